"""What has happened, as ``why`` needs it: the last event of each kind for each task.

The index follows the ring of events: each look takes in only what is new since the last.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.trace import Trace

__all__ = ["Past"]

# Tasks that have ended and are remembered.
_ENDED_MAX = 1024


class Past:
    """The last request, start and end of each task, and the last load of each module."""

    def __init__(self, trace: Trace) -> None:
        """Follow a stream of events."""
        self._trace = trace
        self._seen = 0
        self.names: dict[int, str] = {}
        """Name by pid, of every task that has been seen to run."""
        self.running_since_ns: dict[int, int] = {}
        """When a task was last put on a CPU, by pid."""
        self.ended_ns: dict[int, int] = {}
        """When a task ended, by pid; not of one whose number is in use again."""
        self.parks: dict[int, tuple[int, int]] = {}
        """Who called kthread_park() last, and when, by pid of the thread."""
        self.stops: dict[int, tuple[int, int]] = {}
        """Who called kthread_stop() last, and when, by pid of the thread."""
        self.loads: dict[str, int] = {}
        """When a module's init began, by name."""
        self.armed: dict[int, tuple[int, int]] = {}
        """The jiffies a task's timer asks for, and when it was first armed for them, by pid.

        A task that was woken too early and sleeps on arms its timer for the same jiffies again.
        """
        self._takes: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "sched_switch": self._take_switch,
            "sched_process_fork": self._take_fork,
            "sched_process_exit": self._take_exit,
            "kthread_park": self._take_park,
            "kthread_stop": self._take_stop,
            "timer_start": self._take_timer,
            "module_load": self._take_load,
        }

    def update(self) -> None:
        """Take in the events since the last time."""
        trace = self._trace
        new = trace.latest(trace.count - self._seen)
        self._seen = trace.count
        takes = self._takes
        for event in new:
            take = takes.get(event[3])
            if take is not None:
                take(event)

    def _take_switch(self, event: tuple[Any, ...]) -> None:
        self.names[event[5]] = event[4]
        self.names[event[10]] = event[9]
        self.running_since_ns[event[10]] = event[0]

    def _take_fork(self, event: tuple[Any, ...]) -> None:
        child = event[7]
        self.names[child] = event[6]
        self._forget(child)

    # All but the name.
    def _forget(self, pid: int) -> None:
        tables: list[dict[int, Any]] = [self.running_since_ns, self.ended_ns, self.armed]
        for table in (*tables, self.parks, self.stops):
            table.pop(pid, None)

    def _take_exit(self, event: tuple[Any, ...]) -> None:
        pid = event[5]
        self.names[pid] = event[4]
        self.ended_ns[pid] = event[0]
        if len(self.ended_ns) > _ENDED_MAX:
            first = next(iter(self.ended_ns))
            del self.names[first]
            self._forget(first)

    def _take_park(self, event: tuple[Any, ...]) -> None:
        self.parks[event[5]] = (event[2], event[0])

    def _take_stop(self, event: tuple[Any, ...]) -> None:
        self.stops[event[5]] = (event[2], event[0])

    def _take_timer(self, event: tuple[Any, ...]) -> None:
        pid, expires = event[5], event[6]
        if pid and self.armed.get(pid, (0, 0))[0] != expires:
            self.armed[pid] = (expires, event[0])

    def _take_load(self, event: tuple[Any, ...]) -> None:
        self.loads[event[4]] = event[0]
