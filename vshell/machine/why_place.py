"""Where a task is: the function it sleeps in, the line of its module, and what that waits for.

A suspended task's Python frames hold all of it: the mirror's function that the module called, the
kernel's function below, and in its variables the queue, the mutex or the thread that is waited for.
"""

from __future__ import annotations

from vshell.abi import dialect
from vshell.kernel.stacktrace import symbols_of_frames, task_frames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType
    from typing import Any

    from vshell.kernel.core import Kernel
    from vshell.kernel.module import Module
    from vshell.kernel.task import Task

__all__ = ["Place", "callers_of", "find_place", "module_task_is_in", "object_name", "remover_of"]

# The kernel's functions in which a task can sleep, the one that says most first: kthread_stop()
# sleeps in wait_for_common(), and that in schedule_timeout().
_SLEEPS = (
    "kthread_stop",
    "kthread_park",
    "kthread_create",
    "__kthread_parkme",
    "do_signal_stop",
    "n_tty_read",
    "pipe_read",
    "pipe_write",
    "do_wait",
    "devkmsg_read",
    "sys_pause",
    "hrtimer_nanosleep",
    "synchronize_rcu",
    "_twin_has_loaded",
    "_resolve",
    "mutex_lock_common",
    "down_common",
    "wait_for_common",
    "wait_event",
    "sleep_until",
    "schedule_timeout",
    "_kthreadd_main",
    "kthread",
    "schedule",
)


class Place:
    """Where a task stands."""

    __slots__ = ("called", "function", "module", "sleeps_in", "source", "values")

    def __init__(self) -> None:
        """Stand nowhere."""
        self.sleeps_in = ""
        """The function of vshell.kernel that says what is waited for, "" if none does."""
        self.values: Mapping[str, Any] = {}
        """That function's variables."""
        self.called = ""
        """The function of the mirror that the module called, "" if none."""
        self.function = ""
        """The module's function, "" if no module's code is on the stack."""
        self.module = ""
        """The module's name."""
        self.source = ""
        """The module's line: "kthread.py:24"."""


def find_place(kernel: Kernel, task: Task) -> Place:
    """Look at a task's frames; the task may sleep or be runnable."""
    place = Place()
    frames = task_frames(kernel, task)
    inner: list[FrameType] = []
    for frame, _ in frames:
        if frame.f_globals.get(dialect.MODULE_HANDLE) is not None:
            break
        inner.append(frame)
    for symbol in symbols_of_frames(kernel, frames):
        if symbol.module:
            place.function, place.module = symbol.name, symbol.module
            place.source = f"{symbol.file.rpartition('/')[2]}:{symbol.line}"
            break
    below: dict[str, FrameType] = {}
    for frame in inner:
        layer = frame.f_globals.get("__name__", "")
        name = frame.f_code.co_name
        if layer.startswith("vshell.linux.") and not name.startswith("_"):
            place.called = name
        elif layer.startswith("vshell.kernel."):
            below[name] = frame
    for name in _SLEEPS:
        if name in below:
            place.sleeps_in = name
            place.values = below[name].f_locals
            break
    return place


def object_name(kernel: Kernel, thing: object) -> str:
    """Name what a module's variable holds: "'lock'" or "'device.lock'", "" if none does."""
    for module in kernel.modules.list:
        for name, value in module.namespace.items():
            if value is thing:
                return f"'{name}'"
            for field, member in getattr(value, "__dict__", {}).items():
                if member is thing and not name.startswith("__"):
                    return f"'{name}.{field}'"
    return ""


def module_task_is_in(kernel: Kernel, task: Task) -> Module | None:
    """Find the module whose thread a task is: its function is the module's, or runs in it."""
    if task.kthread is None:
        return None
    begins = getattr(task.kthread.threadfn, "__globals__", None)
    if begins is not None and dialect.MODULE_HANDLE in begins:
        found: Module = begins[dialect.MODULE_HANDLE]
        return found
    for frame, _ in task_frames(kernel, task):
        inside: Module | None = frame.f_globals.get(dialect.MODULE_HANDLE)
        if inside is not None:
            return inside
    return None


def callers_of(module: Module, names: tuple[str, ...]) -> list[str]:
    """Find a module's functions that call one of some functions.

    Args:
        module: that is loaded.
        names: of functions of the mirror.

    Returns:
        Each with the line of its first call, "thread2_function() (kthread.py:36)", in their order.
    """
    from dis import get_instructions  # noqa: PLC0415 - only for a question

    found: list[tuple[int, str]] = []
    for thing in module.namespace.values():
        code = getattr(thing, "__code__", None)
        if code is None or thing.__globals__ is not module.namespace:
            continue
        for step in get_instructions(code):
            if step.argval in names and step.opname.startswith("LOAD_"):
                line = step.positions.lineno if step.positions is not None else None
                file = code.co_filename.rpartition("/")[2]
                found.append((line or 0, f"{code.co_name}() ({file}:{line})"))
                break
    return [text for _, text in sorted(found)]


def remover_of(kernel: Kernel, module: Module) -> Task | None:
    """Find the task that is in delete_module() for a module."""
    for process in kernel.processes:
        for frame, _ in task_frames(kernel, process.task):
            is_it = frame.f_code.co_name == "delete_module" and "module" in frame.f_locals
            if is_it and frame.f_locals["module"] is module:
                return process.task
    return None
