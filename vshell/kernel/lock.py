"""Sleeping locks: mutexes and counting semaphores.

Source: kernel/locking/mutex.c, kernel/locking/semaphore.c (v6.1). Real:
07-ps-states, 22-sync-primitives.

A mutex goes to whoever asks while it is free. A waiter that has been woken and found it taken again
sets *hand-off*: the next unlock gives the mutex to it and to nobody else, so nobody starves.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EINTR, ETIME
from vshell.kernel.clock import MAX_SCHEDULE_TIMEOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = ["Locks", "Mutex", "Semaphore"]


class Mutex:
    """A struct mutex: owner, waiters in order of arrival, hand-off."""

    __slots__ = ("granted", "handoff", "owner", "waiters")

    def __init__(self) -> None:
        """Make an unlocked mutex."""
        self.owner: Task | None = None
        self.waiters: list[Task] = []
        self.handoff = False
        # Whom the last unlock has given it to, until that waiter has seen it.
        self.granted: Task | None = None


class Semaphore:
    """A struct semaphore: a count, and waiters in order of arrival."""

    __slots__ = ("count", "passed", "waiters")

    def __init__(self, count: int) -> None:
        """Make a semaphore that lets ``count`` through."""
        self.count = count
        self.waiters: list[Task] = []
        self.passed: set[int] = set()


class Locks:
    """The operations on sleeping locks."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Serve one kernel."""
        self._kernel = kernel

    def mutex_trylock(self, mutex: Mutex) -> int:
        """Take a mutex if it is free; give 1 if it was."""
        if mutex.owner is not None:
            return 0
        mutex.owner = self._kernel.sched.current
        return 1

    def mutex_lock_common(self, mutex: Mutex, state: int) -> int:
        """Take a mutex, sleeping in ``state`` until it is free.

        Returns:
            0, or -EINTR if a signal came first.

        Context: process context; sleeps.
        """
        sched = self._kernel.sched
        sched.might_sleep()
        if not mutex.waiters and self.mutex_trylock(mutex):
            return 0
        task = sched.current
        mutex.waiters.append(task)
        status = 0
        # Whoever owns it already waits for itself, for ever.
        while mutex.owner is not None and mutex.granted is not task:
            if _interrupted(task, state):
                status = -EINTR
                break
            task.state = state
            sched.schedule()
            if mutex.waiters[0] is task and mutex.owner is not None and mutex.granted is not task:
                mutex.handoff = True
        if not status:
            mutex.owner = task
            mutex.granted = None
        mutex.waiters.remove(task)
        if not mutex.waiters:
            mutex.handoff = False
        return status

    def mutex_unlock(self, mutex: Mutex) -> None:
        """Release a mutex and wake the first waiter.

        Unlocking an unlocked one does nothing visible.
        """
        mutex.owner = None
        if mutex.waiters:
            first = mutex.waiters[0]
            if mutex.handoff:
                mutex.owner = mutex.granted = first
                mutex.handoff = False
            self._kernel.sched.wake_up_process(first)

    def down_trylock(self, semaphore: Semaphore) -> int:
        """Take a semaphore if it lets through; give 0 if it did, 1 if not."""
        if semaphore.count > 0:
            semaphore.count -= 1
            return 0
        return 1

    def down_common(
        self, semaphore: Semaphore, state: int, timeout_jiffies: int = MAX_SCHEDULE_TIMEOUT
    ) -> int:
        """Take a semaphore, sleeping in ``state`` until it lets through.

        Returns:
            0, -EINTR if a signal came first, -ETIME if the time is over.

        Context: process context; sleeps.
        """
        kernel = self._kernel
        kernel.sched.might_sleep()
        if not self.down_trylock(semaphore):
            return 0
        task = kernel.sched.current
        semaphore.waiters.append(task)
        left = timeout_jiffies
        while True:
            status = -EINTR if _interrupted(task, state) else -ETIME if left <= 0 else 0
            if status:
                semaphore.waiters.remove(task)
                return status
            task.state = state
            left = kernel.timers.schedule_timeout(left)
            if task.pid in semaphore.passed:
                semaphore.passed.remove(task.pid)
                return 0

    def up(self, semaphore: Semaphore) -> None:
        """Let one waiter through, or count up. Any context."""
        if not semaphore.waiters:
            semaphore.count += 1
            return
        first = semaphore.waiters.pop(0)
        semaphore.passed.add(first.pid)
        self._kernel.sched.wake_up_process(first)


def _interrupted(task: Task, state: int) -> bool:
    if state & st.TASK_INTERRUPTIBLE:
        return task.signal_pending()
    return bool(state & st.TASK_WAKEKILL) and task.fatal_signal_pending()
