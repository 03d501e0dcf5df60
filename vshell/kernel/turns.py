"""Loop turns: how compiled-in preemption points cost almost nothing.

``make`` turns ``while c:`` into ``for _ in turns:`` and gives every ``for`` loop a second iterator,
so that each loop turn takes one item from ``turns``, an iterator in C over a batch of items. Only
when a batch is used up does Python code run: ``Turns.__next__`` charges the batch's virtual time,
lets others go first if that is due, and hands out the next batch. Every task has its own, because
it may be suspended right there.

A task that has taken millions of turns without ever sleeping is not computing but spinning.
From then on each turn stands for more time, up to 16 us, so that a loop that never ends
moves the virtual clock quickly.
"""

from __future__ import annotations

from itertools import repeat

from vshell.kernel import costs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.sched import Scheduler
    from vshell.kernel.task import Task

__all__ = ["Turns"]


class Turns:
    """The supply of loop turns of one task: an endless iterator of batches."""

    __slots__ = ("_growing_at", "_sched", "_switches", "_task", "_turn_ns", "_turns", "_used_ns")

    def __init__(self, sched: Scheduler, task: Task) -> None:
        """Supply this task."""
        self._sched = sched
        self._task = task
        self._switches = -1
        self._turns = 0
        self._turn_ns = 0
        self._growing_at = 0
        self._used_ns = 0

    def __iter__(self) -> Turns:
        """Be the iterator."""
        return self

    def __next__(self) -> repeat[bool]:
        """Charge for the batch that is used up, and give the next one."""
        task = self._task
        if task.nvcsw != self._switches:
            # It has slept since: start anew.
            self._switches = task.nvcsw
            self._turns = 0
            self._turn_ns = costs.TURN_NS
            self._growing_at = costs.TURNS_BEFORE_GROWTH
        self._turns += costs.TURNS_PER_BATCH
        if self._turns >= self._growing_at and self._turn_ns < costs.TURN_NS_MAX:
            self._turn_ns = min(2 * self._turn_ns, costs.TURN_NS_MAX)
            self._growing_at += costs.TURNS_PER_DOUBLING
        # In arrears: what was handed out last time has been used up now.
        self._sched.charge(self._used_ns)
        self._used_ns = costs.TURNS_PER_BATCH * self._turn_ns
        return repeat(True, costs.TURNS_PER_BATCH)
