"""Reader-writer semaphores: many readers, or one writer, who sleep while they wait.

Whoever waits is served in order of arrival; when a reader's turn comes, all waiting readers go with
it. Who arrives while others wait goes behind them.

Source: kernel/locking/rwsem.c (v6.1). Real: 22-sync-primitives.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EINTR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = ["RwSemaphore", "RwSemaphores"]


class _Waiting:
    __slots__ = ("granted", "task", "writes")

    def __init__(self, task: Task, *, writes: bool) -> None:
        self.task = task
        self.writes = writes
        self.granted = False


class RwSemaphore:
    """A struct rw_semaphore."""

    __slots__ = ("readers", "waiting", "writer")

    def __init__(self) -> None:
        """Make a free one."""
        self.readers = 0
        self.writer: Task | None = None
        self.waiting: list[_Waiting] = []


class RwSemaphores:
    """The operations on reader-writer semaphores."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Serve one kernel."""
        self._kernel = kernel

    def try_down(self, sem: RwSemaphore, *, writes: bool) -> bool:
        """Take it if that is possible at once.

        Args:
            sem: the semaphore.
            writes: as the writer, else as a reader.
        """
        if sem.writer is not None or (writes and sem.readers):
            return False
        if writes:
            sem.writer = self._kernel.sched.current
        else:
            sem.readers += 1
        return True

    def rwsem_down_common(self, sem: RwSemaphore, state: int, *, writes: bool) -> int:
        """Take it, sleeping in ``state`` until that is possible.

        Returns:
            0, or -EINTR if a signal came first.

        Context: process context; sleeps.
        """
        sched = self._kernel.sched
        sched.might_sleep()
        if not sem.waiting and self.try_down(sem, writes=writes):
            return 0
        task = sched.current
        mine = _Waiting(task, writes=writes)
        sem.waiting.append(mine)
        while not mine.granted:
            task.state = state
            if (state & st.TASK_INTERRUPTIBLE and task.signal_pending()) or (
                state & st.TASK_WAKEKILL and task.fatal_signal_pending()
            ):
                task.state = st.TASK_RUNNING
                sem.waiting.remove(mine)
                self._pass_on(sem)
                return -EINTR
            sched.schedule()
        return 0

    def up(self, sem: RwSemaphore, *, writes: bool) -> None:
        """Let go of it."""
        if writes:
            sem.writer = None
        else:
            sem.readers -= 1
        self._pass_on(sem)

    def downgrade(self, sem: RwSemaphore) -> None:
        """Turn the writer into a reader, and let the waiting readers in."""
        sem.writer = None
        sem.readers += 1
        if sem.waiting and not sem.waiting[0].writes:
            self._let_readers_in(sem)

    def _pass_on(self, sem: RwSemaphore) -> None:
        if not sem.waiting or sem.writer is not None:
            return
        first = sem.waiting[0]
        if not first.writes:
            self._let_readers_in(sem)
        elif not sem.readers:
            sem.waiting.pop(0)
            sem.writer = first.task
            first.granted = True
            self._kernel.sched.wake_up_process(first.task)

    def _let_readers_in(self, sem: RwSemaphore) -> None:
        readers = [waiting for waiting in sem.waiting if not waiting.writes]
        sem.waiting = [waiting for waiting in sem.waiting if waiting.writes]
        for one in readers:
            sem.readers += 1
            one.granted = True
            self._kernel.sched.wake_up_process(one.task)
