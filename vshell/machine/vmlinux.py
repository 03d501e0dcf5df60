"""vmlinux: the mirror of the headers, linked to one kernel.

The functions of ``vshell.linux`` refer to a global name ``kernel`` that no file defines. Linking
gives each kernel its own copies of those functions, whose globals have ``kernel`` set to it. The
copies share their code with the originals, so a link costs a fraction of a microsecond per
function, and several kernels live side by side with no state between them.
"""

from __future__ import annotations

from importlib import import_module
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

__all__ = ["HEADER_NAMES", "Vmlinux"]

_PACKAGE = "vshell.linux"

HEADER_NAMES = (
    "atomic",
    "bitops",
    "bottom_half",
    "bug",
    "compiler",
    "completion",
    "container_of",
    "cpumask",
    "delay",
    "err",
    "errno",
    "export",
    "gfp",
    "hrtimer",
    "init",
    "interrupt",
    "irqflags",
    "jiffies",
    "kernel",
    "kfifo",
    "kthread",
    "ktime",
    "list",
    "module",
    "moduleparam",
    "mutex",
    "preempt",
    "printk",
    "processor",
    "rcupdate",
    "refcount",
    "rwlock",
    "rwsem",
    "sched",
    "sched.signal",
    "sched.task",
    "semaphore",
    "signal",
    "slab",
    "smp",
    "spinlock",
    "stddef",
    "string",
    "timer",
    "types",
    "wait",
    "workqueue",
)
"""Every header of the mirror, as a module imports it behind ``vshell.linux.``."""


class Vmlinux:
    """The linked mirror of one kernel."""

    def __init__(self, kernel: Kernel) -> None:
        """Link nothing yet; each header is linked when first asked for."""
        self._kernel = kernel
        self._linked: dict[str, dict[str, Any]] = {}

    def link(self, header: str) -> dict[str, Any]:
        """Give a header's names, linked to the kernel.

        Args:
            header: as behind ``vshell.linux.``: "kthread", "sched.task".

        Returns:
            Name to function, class or constant; empty if there is no such header.
        """
        if header not in HEADER_NAMES:
            return {}
        return self._link(f"{_PACKAGE}.{header}")

    def _link(self, name: str) -> dict[str, Any]:
        found = self._linked.get(name)
        if found is not None:
            return found
        module = import_module(name)
        namespace: dict[str, Any] = dict(vars(module))
        self._linked[name] = namespace
        namespace["kernel"] = self._kernel
        for key, value in vars(module).items():
            if not isinstance(value, FunctionType):
                continue
            origin = value.__module__
            if origin == name:
                namespace[key] = _rebind(value, namespace)
            elif origin.startswith(_PACKAGE):
                namespace[key] = self._link(origin)[value.__name__]
        return namespace


def _rebind(function: FunctionType, namespace: dict[str, Any]) -> FunctionType:
    copy = FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__dict__.update(function.__dict__)
    return copy
