"""How a host can fail; what front ends need to know of it."""

from __future__ import annotations

__all__ = ["HostFailure"]


class HostFailure(Exception):
    """The host cannot go on: it panicked, waits for ever, or has a bug.

    The text is for the user.
    """
