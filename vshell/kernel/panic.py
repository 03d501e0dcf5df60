"""The end of a machine, as an exception that nothing in the kernel catches."""

from __future__ import annotations

__all__ = ["KernelPanic"]


class KernelPanic(Exception):
    """The virtual machine has stopped for good; its text is the panic's."""
