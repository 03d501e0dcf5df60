"""Kthread workers: a kernel thread that does one piece of work after the other, in order.

Source: kernel/kthread.c (v6.1). Real: 23-deferred-work.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.kernel.struct import Member
from vshell.kernel.timer import Timer
from vshell.kernel.wait import Completion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = ["KthreadDelayedWork", "KthreadWork", "KthreadWorker", "KthreadWorkers"]


class KthreadWork(Member):
    """A kthread_work: a function and where it is queued."""

    __slots__ = ("container", "func", "pending", "worker")

    def __init__(self, func: Callable[..., object] | None = None) -> None:
        """Make work that is not queued."""
        self.container = None
        self.func = func
        self.pending = False
        self.worker: KthreadWorker | None = None


class KthreadDelayedWork(Member):
    """A kthread_delayed_work: work, and the timer that will queue it."""

    __slots__ = ("container", "timer", "work")

    def __init__(self, work: KthreadWork) -> None:
        """Make delayed work that is not queued."""
        self.container = None
        self.work = work
        work.container = (self, "work")
        self.timer = Timer(None)


class KthreadWorker:
    """A kthread_worker: its thread, and what waits for it."""

    __slots__ = ("current_work", "thread", "work_list")

    def __init__(self) -> None:
        """Make a worker without a thread."""
        self.thread: Task | None = None
        self.work_list: list[KthreadWork] = []
        self.current_work: KthreadWork | None = None


class KthreadWorkers:
    """The operations on workers."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Serve one kernel."""
        self._kernel = kernel

    def kthread_worker_fn(self, worker: KthreadWorker) -> int:
        """Do a worker's work until the thread is stopped: the thread's function."""
        kernel = self._kernel
        sched = kernel.sched
        task = sched.current
        assert task.kthread is not None
        worker.thread = task
        while True:
            task.state = st.TASK_INTERRUPTIBLE
            if task.kthread.should_stop():
                task.state = st.TASK_RUNNING
                worker.thread = None
                return 0
            work = worker.work_list.pop(0) if worker.work_list else None
            worker.current_work = work
            if work is None:
                sched.schedule()
            else:
                task.state = st.TASK_RUNNING
                work.pending = False
                assert work.func is not None
                work.func(work)
                worker.current_work = None
            sched.cond_resched()

    def queue_work(self, worker: KthreadWorker, work: KthreadWork) -> bool:
        """Queue work; give False if it is pending already. Any context."""
        if work.pending:
            return False
        work.pending = True
        self._insert(worker, work)
        return True

    def _insert(self, worker: KthreadWorker, work: KthreadWork) -> None:
        work.worker = worker
        worker.work_list.append(work)
        if worker.current_work is None and worker.thread is not None:
            self._kernel.sched.wake_up_process(worker.thread)

    def queue_delayed_work(
        self, worker: KthreadWorker, delayed: KthreadDelayedWork, delay_jiffies: int
    ) -> bool:
        """Queue work when some jiffies have passed; give False if it is pending. Any context."""
        kernel = self._kernel
        work = delayed.work
        if work.pending:
            return False
        work.pending = True
        if not delay_jiffies:
            self._insert(worker, work)
            return True
        work.worker = worker

        def kthread_delayed_work_timer_fn(_timer: Timer) -> None:
            self._insert(worker, work)

        delayed.timer.function = kthread_delayed_work_timer_fn
        now = kernel.clock.jiffies(kernel.sched.now_ns)
        kernel.timers.mod_timer(delayed.timer, now + delay_jiffies)
        return True

    def grab(self, work: KthreadWork, timer: Timer | None = None) -> bool:
        """Take work back that waits; give whether it did."""
        if not work.pending:
            return False
        if timer is None or not self._kernel.timers.del_timer(timer):
            assert work.worker is not None
            work.worker.work_list.remove(work)
        work.pending = False
        return True

    def flush_work(self, work: KthreadWork) -> None:
        """Wait until work that is queued or runs has been done. Sleeps."""
        worker = work.worker
        if worker is None:
            return
        if work in worker.work_list:
            self._wait_behind(worker, worker.work_list.index(work) + 1)
        elif worker.current_work is work:
            self._wait_behind(worker, 0)

    def flush_worker(self, worker: KthreadWorker) -> None:
        """Wait until all that is queued now has been done. Sleeps."""
        self._wait_behind(worker, len(worker.work_list))

    # Linux: kernel/kthread.c kthread_flush_work_fn() (v6.1): a piece of work of one's own.
    def _wait_behind(self, worker: KthreadWorker, place: int) -> None:
        kernel = self._kernel
        done = Completion()

        def flush(_work: KthreadWork) -> None:
            kernel.waits.complete(done)

        barrier = KthreadWork(flush)
        barrier.pending = True
        barrier.worker = worker
        worker.work_list.insert(place, barrier)
        if worker.current_work is None and worker.thread is not None:
            kernel.sched.wake_up_process(worker.thread)
        kernel.waits.wait_for_completion(done)

    def cancel_sync(self, work: KthreadWork, timer: Timer | None = None) -> bool:
        """Take work back and wait until it does not run; give whether it was pending. Sleeps."""
        pending = self.grab(work, timer)
        worker = work.worker
        if worker is not None and worker.current_work is work:
            self._wait_behind(worker, 0)
        return pending
