"""The free clock: let a host run as fast as it can, until something asked for has happened.

A host that waits for something that can never come would run for ever, because its periodic threads
go on. It is given up when no user process has run for a whole virtual day and none has a timer that
will wake it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.process import Process
    from vshell.machine.host import Host

__all__ = ["Standstill", "run_free"]

_CHUNK_NS = 3_600_000_000_000
_CHUNKS_IDLE_MAX = 24


class Standstill(Exception):
    """What was waited for can never happen; the text says who sleeps where."""


def run_free(host: Host, reached: Callable[[], bool]) -> None:
    """Run until ``reached()`` holds when something asked the kernel to stop.

    Args:
        host: whose kernel runs.
        reached: looked at after each stop.

    Raises:
        Standstill: nothing will ever wake any user process.
    """
    kernel = host.kernel
    idle_chunks, progress = 0, -1
    while not reached():
        kernel.stop_requested = False
        limit_ns = kernel.now_ns + _CHUNK_NS
        kernel.run(limit_ns)
        if kernel.stop_requested:
            idle_chunks = 0
            continue
        before, progress = progress, _progress(host)
        if progress != before or _somebody_will_wake(host):
            idle_chunks = 0
        else:
            # A thread that has computed for an hour will not do anything else.
            idle_chunks += _CHUNKS_IDLE_MAX if kernel.is_busy() else 1
        if idle_chunks > _CHUNKS_IDLE_MAX:
            raise Standstill(_explain(host))
        kernel.advance_to(limit_ns)


# How far the user processes have come: it grows whenever one of them runs.
def _progress(host: Host) -> int:
    return sum(process.task.sum_exec_ns for process in host.kernel.processes)


def _somebody_will_wake(host: Host) -> bool:
    for process in host.kernel.processes:
        timer = process.task.timer
        if timer is not None and timer.is_pending():
            return True
        if process.task.hrtimer is not None or process.alarm is not None:
            return True
    return False


def _explain(host: Host) -> str:
    from vshell.kernel.stacktrace import wchan  # noqa: PLC0415 - only for this message

    process = _innermost(host)
    if process is None:
        return "no process is left that could run"
    where = wchan(host.kernel, process.task) or "user space"
    name = process.argv[0] if process.argv else process.task.comm
    return f"{name} (pid {process.pid}) sleeps in {where} and nothing will ever wake it"


# Whom the others wait for: the newest process without children.
def _innermost(host: Host) -> Process | None:
    alive = [one for one in host.kernel.processes if one.task.context is not None]
    leaves = [one for one in alive if not any(not child.task.exit_state for child in one.children)]
    return leaves[-1] if leaves else None
