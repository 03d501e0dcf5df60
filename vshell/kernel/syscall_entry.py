"""The way into the kernel and out again, which every system call takes.

Source: kernel/entry/common.c, arch/x86/entry/common.c (v6.1), as far as programs can tell.
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError
from vshell.kernel import costs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Concatenate, ParamSpec, TypeVar

    from vshell.kernel.core import Kernel
    from vshell.kernel.process import Process

    C = TypeVar("C", bound="Caller")
    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = ["Caller", "system_call"]


class Caller:
    """The process that calls, and what its calls reach."""

    def __init__(self, process: Process) -> None:
        """Serve this process."""
        self._process = process
        self._kernel: Kernel = process.kernel
        self._sched = process.kernel.sched
        self._vfs = process.kernel.vfs
        # How often it has called since it slept for the last time.
        self._calls = 0
        self._switches = -1

    def charge_call(self, cost_ns: int) -> None:
        """Charge for a call, the more the longer the process has called without ever sleeping."""
        task = self._process.task
        if task.nvcsw != self._switches:
            self._switches = task.nvcsw
            self._calls = 0
        self._calls = calls = self._calls + 1
        if calls > costs.CALLS_BEFORE_GROWTH:
            growth = (calls - costs.CALLS_BEFORE_GROWTH) // costs.CALLS_PER_DOUBLING
            cost_ns <<= min(growth, costs.CALL_GROWTH_MAX)
        self._sched.charge(cost_ns)


def system_call(
    function: Callable[Concatenate[C, P], R],
) -> Callable[Concatenate[C, P], R]:
    """Make a method a system call.

    It charges virtual time when it enters and acts upon signals when it leaves. A call that a stop
    or an ignored signal has interrupted starts anew.
    """

    def syscall(self: C, /, *args: P.args, **kwargs: P.kwargs) -> R:
        process = self._process
        task = process.task
        self.charge_call(costs.SYSCALL_NS)
        tracer = process.tracer
        if tracer is not None:
            tracer.enter(process, function.__name__, (*args, *kwargs.values()))
        while True:
            try:
                result = function(self, *args, **kwargs)
            except KernelError as error:
                if tracer is not None:
                    tracer.leave(process, function.__name__, None, error.errno)
                ran = task.signal_pending() and self._kernel.processes.deliver_signals(process)
                if error.errno != EINTR or ran:
                    raise
                if tracer is not None:
                    tracer.enter(process, function.__name__, (*args, *kwargs.values()))
                continue
            if tracer is not None:
                tracer.leave(process, function.__name__, result)
            if task.signal_pending():
                self._kernel.processes.deliver_signals(process)
            return result

    syscall.__doc__ = function.__doc__
    syscall.__name__ = function.__name__
    return syscall
