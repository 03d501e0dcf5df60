"""Wait queues and completions: how a task sleeps until another says so.

A wait queue is a list of entries, each with a task and a function that is called by a
wake-up. The order is Linux's: a non-exclusive waiter is put at the head, an exclusive one at
the tail, and a wake-up goes from the head: every non-exclusive waiter, then as many
exclusive ones as were asked for.

No wake-up is lost, because a waiter sets its state *before* it looks at its condition: whoever
makes the condition true afterwards finds the waiter in a sleeping state and sets it running again,
and schedule() then returns at once. In this kernel nothing can come between two statements except
at charge(), which none of the functions here calls between the two.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import ERESTARTSYS
from vshell.kernel.clock import MAX_SCHEDULE_TIMEOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = ["UINT_MAX", "Completion", "WaitQueue", "Waiter", "Waits"]

UINT_MAX = 0xFFFFFFFF


class Waiter:
    """One entry of a wait queue: wait_queue_entry, autoremove_wake_function."""

    __slots__ = ("exclusive", "queue", "task")

    def __init__(self, task: Task, *, exclusive: bool = False) -> None:
        """Make an entry that is on no queue."""
        self.task = task
        self.exclusive = exclusive
        self.queue: WaitQueue | None = None


class WaitQueue:
    """A wait_queue_head: waiters, the first to be woken first."""

    __slots__ = ("waiters",)

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self.waiters: list[Waiter] = []

    def add(self, waiter: Waiter) -> None:
        """Enter a waiter: exclusive ones at the tail, others at the head."""
        waiter.queue = self
        if waiter.exclusive:
            self.waiters.append(waiter)
        else:
            self.waiters.insert(0, waiter)

    def append(self, waiter: Waiter) -> None:
        """Enter a waiter at the tail whatever it is (what simple wait queues do)."""
        waiter.queue = self
        self.waiters.append(waiter)

    def remove(self, waiter: Waiter) -> None:
        """Take a waiter out if it is still in."""
        if waiter.queue is self:
            waiter.queue = None
            self.waiters.remove(waiter)


class Completion:
    """A completion: ``done`` counts complete() calls not yet waited for.

    UINT_MAX means complete_all().
    """

    __slots__ = ("done", "wait")

    def __init__(self) -> None:
        """Start not done."""
        self.done = 0
        self.wait = WaitQueue()


class Waits:
    """The operations on wait queues and completions."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Serve one kernel."""
        self._kernel = kernel

    # -- Wait queues ----------------------------------------------------------------------------

    def prepare_to_wait(self, queue: WaitQueue, waiter: Waiter, state: int) -> None:
        """Enter the queue if not in it, and set current's state."""
        if waiter.queue is None:
            queue.add(waiter)
        self._kernel.sched.current.state = state

    def finish_wait(self, queue: WaitQueue, waiter: Waiter) -> None:
        """Set current running and leave the queue."""
        self._kernel.sched.current.state = st.TASK_RUNNING
        queue.remove(waiter)

    def wake_up(
        self, queue: WaitQueue, states: int = st.TASK_NORMAL, exclusive_max: int = 1
    ) -> int:
        """Wake waiters in ``states``: all non-exclusive ones, some exclusive ones.

        Args:
            queue: the wait queue.
            states: mask of the states to wake from.
            exclusive_max: how many exclusive waiters, 0 for all.

        Returns:
            How many tasks it woke.

        Context: any; never sleeps.
        """
        woken = 0
        sched = self._kernel.sched
        for waiter in list(queue.waiters):
            if not sched.try_to_wake_up(waiter.task, states):
                continue
            woken += 1
            queue.remove(waiter)
            if waiter.exclusive and exclusive_max:
                exclusive_max -= 1
                if not exclusive_max:
                    break
        return woken

    def wait_event(
        self,
        queue: WaitQueue,
        condition: Callable[[], object],
        state: int,
        *,
        exclusive: bool = False,
        timeout_jiffies: int = MAX_SCHEDULE_TIMEOUT,
    ) -> int:
        """Sleep in ``state`` until the condition holds.

        It is looked at before and after every wake-up.

        Args:
            queue: where whoever makes the condition true will wake.
            condition: looked at by the waiting task; must not sleep.
            state: TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE or TASK_IDLE.
            exclusive: whether a wake-up that reaches this waiter ends there.
            timeout_jiffies: the most to wait.

        Returns:
            Jiffies left (at least 1) when the condition holds, 0 when it does not and the time is
            over, -ERESTARTSYS when a signal came first.

        Context: process context; sleeps.
        """
        # Linux: include/linux/wait.h ___wait_event() (v6.1).
        left = timeout_jiffies
        if condition():
            return left or 1
        waiter = Waiter(self._kernel.sched.current, exclusive=exclusive)
        while True:
            # A signal is looked at before queueing, so that a wake-up meant for one exclusive
            # waiter is not used up by one that leaves.
            interrupted = self._interrupted(state)
            if interrupted:
                queue.remove(waiter)
            else:
                self.prepare_to_wait(queue, waiter, state)
            if condition():
                left = left or 1
                break
            if interrupted or not left:
                left = -ERESTARTSYS if interrupted and left else 0
                break
            left = self._kernel.timers.schedule_timeout(left)
        self.finish_wait(queue, waiter)
        return left

    def _interrupted(self, state: int) -> bool:
        task = self._kernel.sched.current
        if state & st.TASK_INTERRUPTIBLE:
            return task.signal_pending()
        return bool(state & st.TASK_WAKEKILL) and task.fatal_signal_pending()

    # -- Completions ----------------------------------------------------------------------------

    def complete(self, completion: Completion) -> None:
        """Let one waiter through, now or later. Context: any; never sleeps."""
        if completion.done != UINT_MAX:
            completion.done += 1
        self._wake_one(completion)

    def complete_all(self, completion: Completion) -> None:
        """Let all waiters through, now and later. Context: any; never sleeps."""
        completion.done = UINT_MAX
        while completion.wait.waiters:
            self._wake_one(completion)

    # Linux: kernel/sched/swait.c swake_up_locked() (v6.1): wakes the
    # first and takes it off the list.
    def _wake_one(self, completion: Completion) -> None:
        if completion.wait.waiters:
            waiter = completion.wait.waiters[0]
            self._kernel.sched.try_to_wake_up(waiter.task, st.TASK_NORMAL)
            completion.wait.remove(waiter)

    def wait_for_common(self, completion: Completion, state: int, timeout_jiffies: int) -> int:
        """Wait until a completion is done, and use one "done" up.

        Returns:
            Jiffies left (at least 1), 0 if the time is over, -ERESTARTSYS if a signal came first.

        Context: process context; sleeps.
        """
        # Linux: kernel/sched/completion.c do_wait_for_common() (v6.1).
        kernel = self._kernel
        sched = kernel.sched
        sched.might_sleep()
        left = timeout_jiffies
        if not completion.done:
            task = sched.current
            waiter = Waiter(task)
            while True:
                if self._interrupted(state):
                    left = -ERESTARTSYS
                    break
                if waiter.queue is None:
                    completion.wait.append(waiter)
                task.state = state
                left = kernel.timers.schedule_timeout(left)
                if completion.done or not left:
                    break
            task.state = st.TASK_RUNNING
            completion.wait.remove(waiter)
            if not completion.done:
                return left
        if completion.done != UINT_MAX:
            completion.done -= 1
        return left or 1

    def wait_for_completion(self, completion: Completion) -> None:
        """Wait, uninterruptibly and without limit."""
        self.wait_for_common(completion, st.TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT)
