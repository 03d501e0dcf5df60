"""Work queues: functions that kernel threads call later, in process context.

A piece of work goes into the pool of a CPU, or of no CPU in particular ("unbound"), and one of the
pool's workers, kworker/CPU:N, calls its function. A pool keeps as few workers running as keep the
CPU busy: another one is woken only when the one that runs goes to sleep within a function, and a
new one is made when none is left. A piece of work never runs twice at a time: if it is queued while
it runs, the worker that runs it does so again afterwards.

Source: kernel/workqueue.c (v6.1). Real: 23-deferred-work.

More than 400 lines, one idea: queues, pools and workers hang on each other.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.kernel.printk import ERR
from vshell.kernel.struct import Member
from vshell.kernel.timer import Timer
from vshell.kernel.wait import Completion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = [
    "WQ_HIGHPRI",
    "WQ_MEM_RECLAIM",
    "WQ_ORDERED",
    "WQ_UNBOUND",
    "DelayedWork",
    "Work",
    "WorkQueue",
    "WorkQueues",
]

WQ_UNBOUND = 1 << 1
WQ_MEM_RECLAIM = 1 << 3
WQ_HIGHPRI = 1 << 4
WQ_ORDERED = 1 << 17
_MAX_ACTIVE = 256
_NAME_MAX = 23
_HIGHPRI_NICE = -20
_RESCUER_NICE = -20


class Work(Member):
    """A work_struct: a function, and where it waits or runs."""

    __slots__ = ("barriers", "container", "func", "pending", "pool", "queue", "worker")

    def __init__(self, func: Callable[..., object] | None = None) -> None:
        """Make work that is not queued."""
        self.container = None
        self.func = func
        self.pending = False
        # Where it waits: None while only its timer runs.
        self.queue: WorkQueue | None = None
        self.pool: _Pool | None = None
        self.worker: _Worker | None = None
        # Who waits until what is pending now has been done.
        self.barriers: list[Completion] = []


class DelayedWork(Member):
    """A delayed_work: work, and the timer that will queue it."""

    __slots__ = ("container", "queue", "timer", "work")

    def __init__(self, work: Work) -> None:
        """Make delayed work that is not queued."""
        self.container = None
        self.work = work
        work.container = (self, "work")
        self.timer = Timer(None)
        self.queue: WorkQueue | None = None


class _Worker:
    __slots__ = ("barriers", "current", "desc", "pool", "scheduled", "sleeping", "task")

    def __init__(self, pool: _Pool, task: Task) -> None:
        self.pool = pool
        self.task = task
        self.current: Work | None = None
        self.desc = ""
        self.sleeping = False
        self.scheduled: list[Work] = []
        self.barriers: list[Completion] = []

    # Linux: kernel/workqueue.c wq_worker_comm() (v6.1).
    def show(self, sign: str) -> None:
        assert self.task.kthread is not None
        self.task.kthread.desc = f"{sign}{self.desc}" if self.desc else ""


class _Pool:
    __slots__ = ("cpu", "idle", "name", "next_id", "nice", "running", "worklist")

    def __init__(self, name: str, cpu: int | None, nice: int) -> None:
        self.name = name
        self.cpu = cpu
        self.nice = nice
        self.worklist: list[Work] = []
        # The one that has worked last is woken first.
        self.idle: list[_Worker] = []
        self.running = 0
        self.next_id = 0

    # An unbound pool does not care how many of its workers run.
    def needs_worker(self) -> bool:
        return bool(self.worklist) and (self.cpu is None or not self.running)


class WorkQueue:
    """A workqueue_struct."""

    __slots__ = ("active", "flags", "inactive", "max_active", "members", "name", "rescuer")

    def __init__(self, name: str, flags: int, max_active: int) -> None:
        """Make an empty queue."""
        self.name = name[:_NAME_MAX]
        self.flags = flags
        self.max_active = max_active or _MAX_ACTIVE
        self.active: dict[str, int] = {}
        self.inactive: list[Work] = []
        # All that is pending or runs, in order of arrival.
        self.members: list[Work] = []
        self.rescuer: Task | None = None


class WorkQueues:
    """All work queues and pools of a kernel."""

    def __init__(self, kernel: Kernel) -> None:
        """Start with the system's own queues and no pool."""
        self._kernel = kernel
        self._pools: dict[str, _Pool] = {}
        self._workers: dict[int, _Worker] = {}
        self.system = {
            name: WorkQueue(name, flags, 0)
            for name, flags in (
                ("events", 0),
                ("events_highpri", WQ_HIGHPRI),
                ("events_long", 0),
                ("events_unbound", WQ_UNBOUND),
            )
        }

    # -- Queues ---------------------------------------------------------------------------------

    def alloc(self, name: str, flags: int, max_active: int) -> WorkQueue:
        """Make a queue; with WQ_MEM_RECLAIM it has a thread of its own, its rescuer.

        Context: process context; sleeps.
        """
        kernel = self._kernel
        queue = WorkQueue(name, flags, max_active)
        if flags & WQ_MEM_RECLAIM:
            task = kernel.kthreads.kthread_create(self._rescuer_thread, queue, queue.name[:15])
            if not isinstance(task, int):
                task.flags |= st.PF_WQ_WORKER
                task.static_prio = st.DEFAULT_PRIO + _RESCUER_NICE
                kernel.sched.change(task)
                queue.rescuer = task
                kernel.sched.wake_up_process(task)
        return queue

    def _rescuer_thread(self, _queue: object) -> int:
        return self.rescuer_thread()

    def rescuer_thread(self) -> int:
        """Sleep until stopped: memory is never short."""
        sched = self._kernel.sched
        task = sched.current
        assert task.kthread is not None
        while True:
            task.state = st.TASK_IDLE
            if task.kthread.should_stop():
                task.state = st.TASK_RUNNING
                return 0
            sched.schedule()

    def destroy(self, queue: WorkQueue) -> None:
        """Do all that is queued, and end the queue.

        Context: process context; sleeps.
        """
        while queue.members:
            self.flush_workqueue(queue)
        if queue.rescuer is not None:
            self._kernel.kthreads.kthread_stop(queue.rescuer)
            queue.rescuer = None

    def flush_workqueue(self, queue: WorkQueue) -> None:
        """Wait until all that is queued now has been done.

        Context: process context; sleeps.
        """
        kernel = self._kernel
        kernel.sched.might_sleep()
        barriers = [self._barrier(work) for work in queue.members]
        for barrier in barriers:
            kernel.waits.wait_for_completion(barrier)

    def _barrier(self, work: Work) -> Completion:
        barrier = Completion()
        if work.pending and work.pool is not None:
            work.barriers.append(barrier)
        else:
            assert work.worker is not None
            work.worker.barriers.append(barrier)
        return barrier

    # -- Work -----------------------------------------------------------------------------------

    def queue_work(self, queue: WorkQueue, work: Work, cpu: int | None = None) -> bool:
        """Queue work; give False if it is pending already.

        Context: any; never sleeps.
        """
        if work.pending:
            return False
        work.pending = True
        self._insert(queue, work, cpu)
        return True

    def _insert(self, queue: WorkQueue, work: Work, cpu: int | None = None) -> None:
        pool = self._pool_of(queue, cpu)
        if work.worker is not None:
            # It must not run twice at a time.
            pool = work.worker.pool
        work.queue = queue
        work.pool = pool
        if work not in queue.members:
            queue.members.append(work)
        if queue.active.get(pool.name, 0) >= queue.max_active:
            queue.inactive.append(work)
            return
        self._activate(queue, work)

    def _activate(self, queue: WorkQueue, work: Work) -> None:
        pool = work.pool
        assert pool is not None
        queue.active[pool.name] = queue.active.get(pool.name, 0) + 1
        pool.worklist.append(work)
        if pool.needs_worker():
            self._wake_worker(pool)

    def queue_delayed_work(
        self, queue: WorkQueue, delayed: DelayedWork, delay_jiffies: int, cpu: int | None = None
    ) -> bool:
        """Queue work when some jiffies have passed; give False if it is pending already.

        Context: any; never sleeps.
        """
        kernel = self._kernel
        work = delayed.work
        if work.pending:
            return False
        work.pending = True
        if not delay_jiffies:
            self._insert(queue, work, cpu)
            return True
        delayed.queue = queue

        def delayed_work_timer_fn(_timer: Timer) -> None:
            if work.func is not None:
                kernel.interrupts.check_memory(work.func, delayed, "__run_timers")
            self._insert(queue, work, cpu)

        delayed.timer.function = delayed_work_timer_fn
        now = kernel.clock.jiffies(kernel.sched.now_ns)
        kernel.timers.mod_timer(delayed.timer, now + delay_jiffies)
        return True

    def is_timed(self, delayed: DelayedWork) -> bool:
        """Tell whether delayed work waits for its timer."""
        return delayed.timer.is_pending()

    def grab(self, work: Work, timer: Timer | None = None) -> bool:
        """Take work back that waits; give whether it did."""
        if timer is not None and self._kernel.timers.del_timer(timer):
            work.pending = False
            return True
        queue, pool = work.queue, work.pool
        if not work.pending or queue is None or pool is None:
            return False
        work.pending = False
        if work in queue.inactive:
            queue.inactive.remove(work)
        else:
            holder = work.worker.scheduled if work.worker is not None else []
            (holder if work in holder else pool.worklist).remove(work)
            self._finished(queue, pool)
        self._leave(work)
        barriers, work.barriers = work.barriers, []
        self._complete(barriers)
        return True

    def mod_delayed_work(
        self, queue: WorkQueue, delayed: DelayedWork, delay_jiffies: int, cpu: int | None = None
    ) -> bool:
        """Queue work anew, later; give whether it was pending."""
        pending = self.grab(delayed.work, delayed.timer)
        self.queue_delayed_work(queue, delayed, delay_jiffies, cpu)
        return pending

    def flush_work(self, work: Work) -> bool:
        """Wait until what is queued or runs now has been done; give whether there was anything.

        Context: process context; sleeps.
        """
        self._kernel.sched.might_sleep()
        if work.worker is None and not (work.pending and work.pool is not None):
            return False
        self._kernel.waits.wait_for_completion(self._barrier(work))
        return True

    def cancel_sync(self, work: Work, timer: Timer | None = None) -> bool:
        """Take work back and wait until it does not run; give whether it was pending.

        Context: process context; sleeps.
        """
        pending = self.grab(work, timer)
        if work.worker is not None:
            barrier = Completion()
            work.worker.barriers.append(barrier)
            self._kernel.waits.wait_for_completion(barrier)
        return pending

    def flush_delayed_work(self, delayed: DelayedWork) -> bool:
        """Queue delayed work now if its timer runs, and wait until it has been done.

        Context: process context; sleeps.
        """
        self._kernel.sched.might_sleep()
        if self._kernel.timers.del_timer(delayed.timer):
            assert delayed.queue is not None
            self._insert(delayed.queue, delayed.work)
        return self.flush_work(delayed.work)

    # -- Pools and workers ----------------------------------------------------------------------

    def _pool_of(self, queue: WorkQueue, cpu: int | None) -> _Pool:
        sched = self._kernel.sched
        high = bool(queue.flags & WQ_HIGHPRI)
        if queue.flags & WQ_UNBOUND:
            # Linux numbers the pools of the CPUs first, two each.
            name, number = f"u{2 * len(sched.cpus) + high}", None
        else:
            number = sched.cpu.id if cpu is None else cpu
            name = f"{number}" + ("H" if high else "")
        pool = self._pools.get(name)
        if pool is None:
            pool = self._pools[name] = _Pool(name, number, _HIGHPRI_NICE if high else 0)
            for _ in range(2):
                self._add_boot_worker(pool)
        return pool

    def _worker_name(self, pool: _Pool) -> str:
        number = pool.next_id
        pool.next_id += 1
        if pool.cpu is None:
            return f"kworker/{pool.name}:{number}"
        return f"kworker/{pool.cpu}:{number}{'H' if pool.nice else ''}"

    # Boot has made a pool's first workers.
    def _add_boot_worker(self, pool: _Pool) -> None:
        kernel = self._kernel
        name = self._worker_name(pool)
        desc = ""
        for task in kernel.tasks:
            head, dash, rest = task.name.partition("-")
            if head == name and task.kthread is not None and task.context is None:
                task.kthread.full_name = name
                desc = rest if dash else ""
        found: list[_Worker] = []
        task = kernel.kthreads.daemon(name, st.TASK_IDLE, lambda: self.worker_thread(found[0]))
        found.append(self._adopt(pool, task))
        found[0].desc = desc
        found[0].show("-")

    def _adopt(self, pool: _Pool, task: Task) -> _Worker:
        worker = _Worker(pool, task)
        self._workers[task.pid] = worker
        task.flags |= st.PF_WQ_WORKER
        task.static_prio = st.DEFAULT_PRIO + pool.nice
        if pool.cpu is not None:
            self._kernel.kthreads.tie(task, pool.cpu)
        else:
            self._kernel.sched.change(task)
        pool.idle.append(worker)
        return worker

    # Linux: kernel/workqueue.c create_worker() (v6.1). May sleep.
    def _create_worker(self, pool: _Pool) -> None:
        kernel = self._kernel
        found: list[_Worker] = []

        def main(_data: object) -> int:
            self.worker_thread(found[0])
            return 0

        task = kernel.kthreads.kthread_create(main, None, self._worker_name(pool))
        if not isinstance(task, int):
            found.append(self._adopt(pool, task))
            kernel.sched.wake_up_process(task)

    def _wake_worker(self, pool: _Pool) -> None:
        if pool.idle:
            self._kernel.sched.wake_up_process(pool.idle[-1].task)

    # Never returns.
    def worker_thread(self, worker: _Worker) -> None:
        """Do a pool's work, and sleep while there is none."""
        sched = self._kernel.sched
        pool = worker.pool
        while True:
            if pool.needs_worker():
                pool.idle.remove(worker)
                pool.running += 1
                if not pool.idle:
                    self._create_worker(pool)
                while pool.worklist and (pool.cpu is None or pool.running <= 1):
                    self.process_one_work(worker, pool.worklist[0])
                    while worker.scheduled:
                        self.process_one_work(worker, worker.scheduled[0])
                pool.running -= 1
                pool.idle.append(worker)
            sched.current.state = st.TASK_IDLE
            sched.schedule()

    def process_one_work(self, worker: _Worker, work: Work) -> None:
        """Call the function of a piece of work that is due."""
        kernel = self._kernel
        pool = worker.pool
        queue = work.queue
        assert queue is not None
        if work in worker.scheduled:
            worker.scheduled.remove(work)
        else:
            pool.worklist.remove(work)
            if work.worker is not None:
                work.worker.scheduled.append(work)
                return
        work.pending = False
        work.queue = None
        work.worker = worker
        worker.current = work
        worker.barriers, work.barriers = work.barriers, []
        worker.desc = queue.name
        worker.show("+")
        if pool.needs_worker():
            self._wake_worker(pool)
        function = work.func
        assert function is not None
        # Linux: kernel/workqueue.c process_one_work() (v6.1): work->func is read first.
        kernel.interrupts.check_memory(function, work, "process_one_work", "read", 24)
        kernel.interrupts.check_loaded(function)
        function(work)
        self._check_leak(worker, function)
        worker.show("-")
        worker.current = None
        work.worker = None
        if not work.pending:
            self._leave(work, queue)
        self._finished(queue, pool)
        barriers, worker.barriers = worker.barriers, []
        self._complete(barriers)
        kernel.sched.cond_resched()

    def _leave(self, work: Work, queue: WorkQueue | None = None) -> None:
        queue = queue or work.queue
        if queue is not None and work in queue.members and work.worker is None:
            queue.members.remove(work)

    def _finished(self, queue: WorkQueue, pool: _Pool) -> None:
        queue.active[pool.name] -= 1
        for work in queue.inactive:
            if work.pool is pool:
                queue.inactive.remove(work)
                self._activate(queue, work)
                return

    def _complete(self, barriers: list[Completion]) -> None:
        for barrier in barriers:
            self._kernel.waits.complete(barrier)

    def _check_leak(self, worker: _Worker, function: Callable[..., object]) -> None:
        task = worker.task
        if not task.preempt_count:
            return
        kernel = self._kernel
        where = kernel.addresses.symbol_at(function, offset=False, backtrace=False)
        count = task.preempt_count & 0xFFFFFFFF
        text = f"BUG: workqueue leaked lock or atomic: {task.comm}/0x{count:08x}/{task.pid}"
        kernel.printk.emit(ERR, f"{text}\n     last function: {where}")
        kernel.oops.dump_stack()
        task.preempt_count = 0

    # -- What the scheduler tells ---------------------------------------------------------------

    def worker_sleeping(self, task: Task) -> None:
        """Note that a worker goes to sleep; within work, another one takes its place."""
        worker = self._workers.get(task.pid)
        if worker is None or worker.current is None or worker.sleeping:
            return
        worker.sleeping = True
        worker.pool.running -= 1
        if worker.pool.needs_worker():
            self._wake_worker(worker.pool)

    def worker_running(self, task: Task) -> None:
        """Note that a worker goes on within its work."""
        worker = self._workers.get(task.pid)
        if worker is not None and worker.sleeping:
            worker.sleeping = False
            worker.pool.running += 1

    def note_system_work(self) -> None:
        """Note that this CPU's worker has done something for the system."""
        pool = self._pools.get(str(self._kernel.sched.cpu.id))
        if pool is not None and pool.idle:
            pool.idle[-1].desc = "events"
            pool.idle[-1].show("-")
