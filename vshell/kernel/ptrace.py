"""Tracing the system calls of processes: each stops where it enters the kernel and where it leaves.

A tracer is an open file, so that whatever ends the program that has it lets its tracees go on. A
tracee stops in TASK_TRACED until it is told to proceed; a stop says what it is about to do, or has
done.

Source: kernel/ptrace.c, ptrace(2), as far as strace(1) needs it
Differs: it is not asked for with ptrace(2), and stops hold the arguments themselves.
"""

from __future__ import annotations

from collections import deque

from vshell.abi import signals as sg
from vshell.abi import state as st
from vshell.abi.errno import EINTR, EINVAL, KernelError
from vshell.kernel.inode import O_RDONLY, File
from vshell.kernel.syscall_entry import Caller, system_call
from vshell.kernel.wait import WaitQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel
    from vshell.kernel.process import Process

__all__ = ["Stop", "TraceCalls", "Tracer"]

_TASK_TRACED = st.__TASK_TRACED | st.TASK_WAKEKILL  # noqa: SLF001 - the kernel's name


class Stop:
    """One thing that happened to a tracee."""

    __slots__ = ("args", "done", "errno", "kind", "name", "pid", "result", "time_ns")

    def __init__(self, kind: str, pid: int, time_ns: int) -> None:
        """Describe it.

        Args:
            kind: "attach", "enter", "leave", "signal" or "exit"; at the first and the last nobody
                waits.
            pid: the tracee's.
            time_ns: when, nanoseconds since boot.
        """
        self.kind = kind
        self.pid = pid
        self.time_ns = time_ns
        self.name = ""
        """The system call, as ``Sys`` calls it."""
        self.args: tuple[Any, ...] = ()
        self.result: Any = None
        """What the call gave; the signal's number; the wait status of one that ended."""
        self.errno = 0
        self.done = False


class Tracer:
    """Who watches some processes."""

    def __init__(self, kernel: Kernel, *, follows: bool) -> None:
        """Begin with no tracee.

        Args:
            kernel: whose processes.
            follows: whether their children are traced, too.
        """
        self.kernel = kernel
        self.follows = follows
        self.stops: deque[Stop] = deque()
        self._tracees: dict[int, Process] = {}
        self._waiting: dict[Stop, Process] = {}
        self._readers = WaitQueue()
        # Before there was a tracee, one is still to come.
        self._has_begun = False

    # -- The tracee's side (in its context) --------------------------------------------------------

    def attach(self, process: Process) -> None:
        """Trace a process from now on."""
        process.tracer = self
        self._tracees[process.pid] = process
        self._has_begun = True
        self._tell(self._stop("attach", process))

    def enter(self, process: Process, name: str, args: tuple[Any, ...]) -> None:
        """Stop before a system call. May sleep."""
        stop = self._stop("enter", process)
        stop.name, stop.args = name, args
        self._wait(process, stop)

    def leave(self, process: Process, name: str, result: object, errno: int = 0) -> None:
        """Stop behind a system call. May sleep."""
        stop = self._stop("leave", process)
        stop.name, stop.result, stop.errno = name, result, errno
        self._wait(process, stop)

    def signalled(self, process: Process, signal: int) -> None:
        """Stop where a signal is acted upon. May sleep."""
        stop = self._stop("signal", process)
        stop.result = signal
        self._wait(process, stop)

    def ended(self, process: Process, status: int) -> None:
        """Note that a process has ended."""
        self._tracees.pop(process.pid, None)
        process.tracer = None
        stop = self._stop("exit", process)
        stop.result = status
        self._tell(stop)

    def _stop(self, kind: str, process: Process) -> Stop:
        return Stop(kind, process.pid, self.kernel.sched.now_ns)

    def _tell(self, stop: Stop) -> None:
        self.stops.append(stop)
        self.kernel.waits.wake_up(self._readers, exclusive_max=0)

    def _wait(self, process: Process, stop: Stop) -> None:
        # Who was let go in the middle of a call has no tracer when it ends.
        if process.tracer is not self:
            return
        task = process.task
        self._waiting[stop] = process
        self._tell(stop)
        while not stop.done and not (task.shared_pending | task.sig_pending) & _KILL:
            task.state = _TASK_TRACED
            self.kernel.sched.schedule()
        self._waiting.pop(stop, None)

    # -- The tracer's side -------------------------------------------------------------------------

    def wait(self) -> Stop | None:
        """Wait for the next stop, None if there is nobody left. May sleep."""
        status = self.kernel.waits.wait_event(
            self._readers,
            lambda: self.stops or (self._has_begun and not self._tracees),
            st.TASK_INTERRUPTIBLE,
        )
        if status < 0:
            raise KernelError(EINTR)
        return self.stops.popleft() if self.stops else None

    def proceed(self, stop: Stop) -> None:
        """Let a tracee go on."""
        stop.done = True
        process = self._waiting.get(stop)
        if process is not None:
            self.kernel.sched.try_to_wake_up(process.task, _TASK_TRACED)

    def let_go(self) -> None:
        """Trace nobody any more."""
        for process in self._tracees.values():
            process.tracer = None
        self._tracees.clear()
        for stop in list(self._waiting):
            self.proceed(stop)


_KILL = sg.mask_of(sg.SIGKILL)


class _TracerFile(File):
    # A tracer, open.
    def __init__(self, tracer: Tracer) -> None:
        super().__init__(None, O_RDONLY)
        self.tracer = tracer

    def release(self) -> None:
        self.tracer.let_go()


class TraceCalls(Caller):
    """The system calls of a tracer."""

    @system_call
    def ptrace_open(self, *, follows: bool) -> int:
        """Become a tracer; give its descriptor.

        Args: follows: whether children of the traced are traced, too.
        """
        return self._process.install(_TracerFile(Tracer(self._kernel, follows=follows)))

    def ptrace_traceme(self, fd: int) -> None:
        """Have the caller traced from here on (PTRACE_TRACEME)."""
        tracer = self._tracer(fd)
        self._process.close(fd)
        tracer.attach(self._process)

    @system_call
    def ptrace_wait(self, fd: int) -> Stop | None:
        """Wait for a tracee's next stop; None if there is none left. May sleep."""
        return self._tracer(fd).wait()

    def ptrace_continue(self, fd: int, stop: Stop) -> None:
        """Let a tracee go on (PTRACE_SYSCALL)."""
        self._tracer(fd).proceed(stop)

    def _tracer(self, fd: int) -> Tracer:
        file = self._process.file(fd)
        if not isinstance(file, _TracerFile):
            raise KernelError(EINVAL)
        return file.tracer
