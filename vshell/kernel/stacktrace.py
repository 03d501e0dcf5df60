"""Backtraces: a task's Python frames as functions of kernel and modules.

A suspended task's frames say where it sleeps: frames of a module's own code carry its
functions, frames of ``vshell.linux`` the exported function that was called, and some of
``vshell.kernel`` what lies below.
"""

from __future__ import annotations

import sys

from vshell.abi import state as st
from vshell.kernel.addresses import KERNEL_TEXT
from vshell.kernel.clock import MAX_SCHEDULE_TIMEOUT
from vshell.kernel.symbols import (
    BOOT_CPU,
    HALTED,
    IDLE,
    INLINE,
    OTHER_CPUS,
    SCHED_TEXT,
    kernel_frames,
    kernel_symbol,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType, TracebackType

    from vshell.kernel.core import Kernel
    from vshell.kernel.module import Module
    from vshell.kernel.task import Task

__all__ = [
    "Symbol",
    "bottom",
    "caller_of_module",
    "frames_below",
    "interrupted",
    "is_asleep",
    "symbols_of_frames",
    "task_frames",
    "task_stack",
    "task_trace",
    "traceback_frames",
    "wchan",
]


class Symbol:
    """One line of a backtrace."""

    __slots__ = ("address", "file", "line", "module", "name", "offset", "reliable", "size", "text")

    def __init__(
        self, name: str, offset: int, size: int, module: str = "", *, reliable: bool = True
    ) -> None:
        """Describe a return address.

        Args:
            name: function.
            offset: bytes from the function's beginning.
            size: bytes of the function.
            module: name of its module, "" for the kernel itself.
            reliable: False for an address that merely lies on the stack, shown with a "?".
        """
        self.name = name
        self.offset = offset
        self.size = size
        self.module = module
        self.reliable = reliable
        self.file = ""
        self.line = 0
        # Of a module's function: where it is, and where the code begins that it lies in.
        self.address = 0
        self.text = 0

    def __str__(self) -> str:
        """Write it as %pS does: "fn+0x1e/0x50 [mod]"; the name alone if it is an address."""
        if not self.size:
            return self.name
        text = f"{self.name}+{self.offset:#x}/{self.size:#x}"
        return f"{text} [{self.module}]" if self.module else text

    def with_place(self) -> str:
        """Write it with a module function's source line."""
        place = f" ({self.file.rsplit('/', 1)[-1]}:{self.line})" if self.line else ""
        return f"{self}{place}"

    def trace_line(self) -> str:
        """Write it as a call trace does, with a module function's source line."""
        return (" " if self.reliable else " ? ") + self.with_place()


def symbols_of_frames(kernel: Kernel, frames: Iterable[tuple[FrameType, int]]) -> list[Symbol]:
    """Translate Python frames, innermost first, each with its current line."""
    version = kernel.config.version_code
    found: list[Symbol] = []
    callee = ""
    inner_line = 0
    for frame, line in frames:
        code = frame.f_code
        name = code.co_name
        module = frame.f_globals.get("__vshell_module__")
        if module is not None:
            # A function that is part of its caller has no frame; the line is the innermost one's.
            inner_line = inner_line or line
            if not name.startswith("<") and not module.is_inlined(name):
                symbol = module.symbol(code, line)
                symbol.line = inner_line
                found.append(symbol)
                callee, inner_line = name, 0
            continue
        place = code.co_filename
        if "vshell" not in place:
            continue
        folder = frame.f_globals.get("__name__", "")
        if folder.startswith("vshell.linux."):
            if name not in INLINE and not name.startswith("_"):
                offset, size = kernel_symbol(name, callee, version)
                found.append(Symbol(name, offset, size))
                callee = name
        elif folder.startswith("vshell.kernel."):
            for text in kernel_frames(name, version):
                # Linux: load_module() ends in a tail call of do_init_module().
                if text == "load_module" and callee == "do_init_module":
                    continue
                if text == "schedule_timeout" and _is_limited(frame):
                    callee = "timer"
                found.append(Symbol(text, *kernel_symbol(text, callee, version)))
                callee = text
    return found


# Whether a frame of schedule_timeout() set a timer: the call is another one then.
def _is_limited(frame: FrameType) -> bool:
    timeout: int = frame.f_locals["timeout_jiffies"]
    return 0 <= timeout < MAX_SCHEDULE_TIMEOUT


def task_frames(kernel: Kernel, task: Task) -> list[tuple[FrameType, int]]:
    """List a task's Python frames, innermost first, with their lines.

    None if it has no stack.
    """
    if task.context is None or task.context.dead:
        return []
    del kernel
    return [(frame, frame.f_lineno) for frame in task.context.frames()]


def traceback_frames(traceback: TracebackType | None) -> list[tuple[FrameType, int]]:
    """List the frames an exception came through, innermost first.

    Each with its line.
    """
    frames = []
    while traceback is not None:
        frames.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    frames.reverse()
    return frames


def frames_below(frames: list[tuple[FrameType, int]]) -> list[tuple[FrameType, int]]:
    """List the frames below those of a traceback: who called the one that caught the exception.

    Args:
        frames: of the traceback, innermost first.
    """
    found = []
    frame = frames[-1][0].f_back if frames else None
    while frame is not None:
        found.append((frame, frame.f_lineno))
        frame = frame.f_back
    return found


def bottom(kernel: Kernel, task: Task, *, unreliable: bool) -> list[Symbol]:
    """Give what lies below every task's own functions.

    Where a thread or a system call began.
    """
    version = kernel.config.version_code
    names: list[str]
    if task.process is not None:
        names = ["do_syscall_64", "entry_SYSCALL_64_after_hwframe"]
    elif version >= (6, 4):
        names = ["?__pfx_kthread", "ret_from_fork", "?__pfx_kthread", "ret_from_fork_asm"]
    else:
        names = ["?kthread_complete_and_exit", "ret_from_fork"]
    found = []
    for name in names:
        reliable = not name.startswith("?")
        if reliable or unreliable:
            plain = name.lstrip("?")
            found.append(Symbol(plain, *kernel_symbol(plain, "", version), reliable=reliable))
    return found


def interrupted(kernel: Kernel, task: Task) -> list[Symbol]:
    """Give where a task is that an interrupt has come upon, innermost first, never empty."""
    version = kernel.config.version_code
    if task.pid:
        found = symbols_of_frames(kernel, task_frames(kernel, task))
        found = found or [Symbol(f"0x{KERNEL_TEXT:x}", 0, 0)]
        return found + bottom(kernel, task, unreliable=True)
    names = HALTED["Intel" if "Intel" in kernel.config.cpu_model else ""]
    names += IDLE + (BOOT_CPU if kernel.sched.cpu.id == 0 else OTHER_CPUS)
    return [Symbol(name, *kernel_symbol(name, "", version)) for name in names]


def task_stack(kernel: Kernel, task: Task) -> list[Symbol]:
    """Give /proc/PID/stack: functions outside the scheduler, innermost first.

    None while the task runs.
    """
    if not is_asleep(kernel, task):
        return []
    symbols = symbols_of_frames(kernel, task_frames(kernel, task))
    while symbols and symbols[0].name in SCHED_TEXT:
        symbols.pop(0)
    return symbols + bottom(kernel, task, unreliable=False)


def task_trace(kernel: Kernel, task: Task) -> list[Symbol]:
    """Give a full backtrace of a sleeping task, the scheduler's part included."""
    symbols = symbols_of_frames(kernel, task_frames(kernel, task))
    if symbols and symbols[0].name in ("schedule", "schedule_preempt_disabled"):
        symbols.insert(
            0, Symbol("__schedule", *kernel_symbol("__schedule", "", kernel.config.version_code))
        )
    return symbols + bottom(kernel, task, unreliable=True)


def wchan(kernel: Kernel, task: Task) -> str:
    """Give /proc/PID/wchan: the first function outside the scheduler.

    "0" while the task runs.
    """
    if not is_asleep(kernel, task):
        return "0"
    for symbol in symbols_of_frames(kernel, task_frames(kernel, task)):
        if symbol.name not in SCHED_TEXT:
            return symbol.name
    # One of the kernel's own threads, which have no stack here.
    return _idle_place(task) if task.context is None else "0"


# Where those of the kernel's own threads sleep that belong to work queues.
def _idle_place(task: Task) -> str:
    if task.state != st.TASK_IDLE:
        return "0"
    if task.name.startswith("kworker/"):
        return "worker_thread"
    return "rescuer_thread" if task.nice == -20 else "0"


def is_asleep(kernel: Kernel, task: Task) -> bool:
    """Tell whether a task is off every CPU and queue: its stack stands still."""
    del kernel
    return not task.on_rq and task.exit_state == 0


def caller_of_module() -> tuple[Module, str, int]:
    """Find where in a module the function of the mirror that asks was called.

    Returns:
        The module, the function's name and the line.

    Raises:
        LookupError: no module's code is on the stack.
    """
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - a macro expands where it is written
    while frame is not None:
        module = frame.f_globals.get("__vshell_module__")
        if module is not None:
            return module, frame.f_code.co_name, frame.f_lineno
        frame = frame.f_back
    raise LookupError
