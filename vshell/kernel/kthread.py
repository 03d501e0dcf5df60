"""Kernel threads: create, run, bind, park, unpark, stop.

kthread_create() does not make the thread itself: it asks kthreadd, pid 2, and sleeps until that has
done so, which is why kthreadd is every kthread's parent and why threads started earlier have run
when kthread_create() returns. The new thread first waits, uninterruptibly, for its first wake-up.

Stopping and parking are two bits and two completions. The thread looks at the bits
itself; nobody can make it. What follows from that on a real kernel (a second stop hangs,
a park of a thread that returns hangs, a stop before the first run never calls the
function) follows here from the same code.

More than 400 lines, one idea: a thread's life, from kthreadd to its last instruction.
"""

from __future__ import annotations

from itertools import chain

from vshell.abi import state as st
from vshell.abi.errno import EBUSY, EINTR, ENOSYS, KernelError
from vshell.kernel import costs
from vshell.kernel.clock import MAX_SCHEDULE_TIMEOUT
from vshell.kernel.turns import Turns
from vshell.kernel.wait import Completion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

    ThreadFn = Callable[[Any], object]

__all__ = ["IS_PER_CPU", "SHOULD_PARK", "SHOULD_STOP", "Kthread", "KthreadExit", "Kthreads"]

IS_PER_CPU = 1
SHOULD_STOP = 2
SHOULD_PARK = 4

_BOOT_PIDS_MAX = 300
"""Pids of the kernel's own threads lie below this one."""

_KTHREAD_FLAGS = st.PF_KTHREAD | st.PF_NOFREEZE | st.PF_FORKNOEXEC


class KthreadExit(BaseException):
    """Control: kthread_exit() unwinds the thread's stack."""

    def __init__(self, result: int) -> None:
        """Exit with this value."""
        super().__init__(result)
        self.result = result


class Kthread:
    """What is kept about one kthread beside its task (struct kthread)."""

    __slots__ = (
        "cpu",
        "data",
        "desc",
        "exited",
        "flags",
        "full_name",
        "parked",
        "result",
        "started",
        "threadfn",
    )

    def __init__(self, full_name: str, threadfn: ThreadFn | None, data: object) -> None:
        """Describe a thread that has not run."""
        self.full_name = full_name
        # What a worker works for, shown behind its name.
        self.desc = ""
        self.threadfn = threadfn
        self.data = data
        self.flags = 0
        self.cpu = -1
        self.result = 0
        self.started = False
        self.parked = Completion()
        self.exited = Completion()

    def should_stop(self) -> bool:
        """Tell whether kthread_stop() has been called."""
        return bool(self.flags & SHOULD_STOP)


class _Creation:
    # One request to kthreadd (struct kthread_create_info).
    __slots__ = ("abandoned", "data", "done", "full_name", "result", "threadfn")

    def __init__(self, threadfn: ThreadFn, data: object, full_name: str) -> None:
        self.threadfn = threadfn
        self.data = data
        self.full_name = full_name
        self.done = Completion()
        self.result: Task | int = -EINTR
        self.abandoned = False


class Kthreads:
    """All kthreads of a kernel, and kthreadd, their parent."""

    def __init__(self, kernel: Kernel) -> None:
        """Serve one kernel; start() must follow when its scheduler runs."""
        self._kernel = kernel
        self._requests: list[_Creation] = []
        self._park_warned = False
        self.kthreadd: Task | None = None
        self.created = 0

    def start(self) -> None:
        """Make kthreadd, pid 2."""
        self.kthreadd = self.add_idle("kthreadd", 2)
        self.kthreadd.state = st.TASK_INTERRUPTIBLE
        self.spawn(self.kthreadd, self._kthreadd_main)

    def add_idle(self, name: str, pid: int, state: int = st.TASK_IDLE, nice: int = 0) -> Task:
        """Make one of the kernel's own threads, which only sleeps.

        It has a line in ps and no stack.
        """
        kernel = self._kernel
        task = kernel.new_task(name, pid=pid)
        task.kthread = Kthread(name, None, None)
        task.flags = _KTHREAD_FLAGS
        task.kernel_mode = 1
        task.parent = self.kthreadd
        task.sig_ignored = (1 << 64) - 1
        task.state = state
        task.static_prio += nice
        task.set_priorities()
        return task

    def spawn(self, task: Task, main: Callable[[], None]) -> None:
        """Give a task a stack to run ``main`` on, and a supply of loop turns."""
        kernel = self._kernel
        task.context = kernel.hub.spawn(main)
        task.resume = task.context.resume
        task.turns = chain.from_iterable(Turns(kernel.sched, task))

    def daemon(self, name: str, state: int, main: Callable[[], None]) -> Task:
        """Give one of the kernel's own threads a stack; make it now if it is not there yet.

        Args:
            name: such as "ksoftirqd/0".
            state: what it sleeps in.
            main: what it runs when it is woken for the first time; never returns.
        """
        kernel = self._kernel
        for task in kernel.tasks:
            if task.name == name and task.kthread is not None and task.context is None:
                break
        else:
            task = self.add_idle(name, kernel.tasks.free_below(_BOOT_PIDS_MAX), state)
        task.state = state

        def entry() -> None:
            try:
                main()
            except BaseException as error:
                if kernel.stops_on(error):
                    raise
                kernel.oops.die(error, task)
            assert task.kthread is not None
            self._do_exit(task, task.kthread)

        self.spawn(task, entry)
        return task

    def tie(self, task: Task, cpu: int) -> None:
        """Tie one of the kernel's own threads to a CPU."""
        task.cpus_mask = 1 << cpu
        task.flags |= st.PF_NO_SETAFFINITY
        self._kernel.sched.change(task)

    # -- kthreadd -------------------------------------------------------------------------------

    # Never returns.
    def _kthreadd_main(self) -> None:
        kernel = self._kernel
        sched = kernel.sched
        task = sched.current
        while True:
            task.state = st.TASK_INTERRUPTIBLE
            if not self._requests:
                sched.schedule()
            task.state = st.TASK_RUNNING
            while self._requests:
                self._create_kthread(self._requests.pop(0))

    def _create_kthread(self, request: _Creation) -> None:
        kernel = self._kernel
        sched = kernel.sched
        sched.charge(costs.KTHREAD_SPAWN_NS)
        try:
            task = kernel.new_task(request.full_name)
        except KernelError as error:
            request.result = -error.errno
            kernel.waits.complete(request.done)
            return
        self_ = task.kthread = Kthread(request.full_name, request.threadfn, request.data)
        task.flags = _KTHREAD_FLAGS
        task.kernel_mode = 1
        task.parent = self.kthreadd
        task.sig_ignored = (1 << 64) - 1

        def entry() -> None:
            self._kthread_entry(task, self_, request)

        self.spawn(task, entry)
        if kernel.trace.on:
            parent = sched.current
            event = (sched.now_ns, sched.cpu.id, parent.pid, "sched_process_fork")
            kernel.trace.emit((*event, parent.name, parent.pid, task.name, task.pid))
        sched.wake_up_new_task(task)

    # -- The thread itself ----------------------------------------------------------------------

    # The bottom of every kthread's stack. Never lets anything through to the hub.
    def _kthread_entry(self, task: Task, self_: Kthread, request: _Creation) -> None:
        kernel = self._kernel
        try:
            self_.result = self.kthread(task, self_, request)
        except KthreadExit as leaving:
            self_.result = leaving.result
        except BaseException as error:
            if kernel.stops_on(error):
                raise
            kernel.oops.die(error, task)
        self._do_exit(task, self_)

    def kthread(self, task: Task, self_: Kthread, request: _Creation) -> int:
        """Run a kthread from its first instruction.

        It announces itself, waits to be woken, and calls its function.
        """
        kernel = self._kernel
        if request.abandoned:
            return -EINTR
        request.result = task
        kernel.waits.complete(request.done)
        task.state = st.TASK_UNINTERRUPTIBLE
        self._schedule_preempt_disabled()
        if self_.flags & SHOULD_STOP:
            return -EINTR
        self_.started = True
        if self_.flags & SHOULD_PARK:
            self.__kthread_parkme(self_)
        assert self_.threadfn is not None
        return kernel.c_int(self_.threadfn(self_.data))

    # A frame of its own, for backtraces.
    def _schedule_preempt_disabled(self) -> None:
        self._kernel.sched.schedule()

    def _do_exit(self, task: Task, self_: Kthread) -> None:
        kernel = self._kernel
        task.flags |= st.PF_EXITING
        # The completion stands for one waiter: a second kthread_stop() waits for ever.
        kernel.waits.complete(self_.exited)
        task.flags |= st.PF_POSTCOREDUMP
        task.exit_code = self_.result
        kernel.bury(task, autoreap=True)

    # -- Making threads -------------------------------------------------------------------------

    def kthread_create(self, threadfn: ThreadFn, data: object, full_name: str) -> Task | int:
        """Have kthreadd make a thread, which then waits for its first wake-up.

        Args:
            threadfn: called with ``data``; returns an int.
            data: anything.
            full_name: of any length; comm is cut to 15 characters.

        Returns:
            The thread, or a negative errno.

        Context: process context; sleeps.
        """
        kernel = self._kernel
        sched = kernel.sched
        sched.charge(costs.CALL_NS)
        if not self.created:
            kernel.tasks.skip_to(kernel.config.first_kthread_pid)
        self.created += 1
        request = _Creation(threadfn, data, full_name)
        self._requests.append(request)
        assert self.kthreadd is not None
        sched.wake_up_process(self.kthreadd)
        if kernel.waits.wait_for_common(request.done, st.TASK_KILLABLE, MAX_SCHEDULE_TIMEOUT) < 0:
            request.abandoned = True
        return request.result

    def kthread_bind(self, task: Task, cpu: int) -> None:
        """Tie a thread that has not run yet to one CPU; warn for any other."""
        # Linux: kernel/kthread.c __kthread_bind_mask() (v6.1):
        # wait_task_inactive() must find it asleep.
        if task.state != st.TASK_UNINTERRUPTIBLE or task.kthread is None or task.kthread.started:
            self._kernel.oops.warn_at("__kthread_bind")
            return
        task.cpus_mask = 1 << cpu
        task.flags |= st.PF_NO_SETAFFINITY
        self._kernel.sched.change(task)

    def set_per_cpu(self, task: Task, cpu: int) -> None:
        """Mark a thread as one of a set, one per CPU.

        It is bound again at every unpark.
        """
        assert task.kthread is not None
        task.kthread.flags |= IS_PER_CPU
        task.kthread.cpu = cpu

    # -- Parking --------------------------------------------------------------------------------

    def kthread_park(self, task: Task) -> int:
        """Ask a thread to park and wait until it has.

        Returns:
            0, -ENOSYS if it has exited, -EBUSY if it has been asked already.

        Context: process context; sleeps, without limit, unless ``task`` is current.
        """
        kernel = self._kernel
        sched = kernel.sched
        sched.charge(costs.CALL_NS)
        self_ = task.kthread
        assert self_ is not None
        if task.flags & st.PF_EXITING:
            kernel.oops.warn_at("kthread_park", "exiting")
            return -ENOSYS
        if self_.flags & SHOULD_PARK:
            if not self._park_warned:
                self._park_warned = True
                kernel.oops.warn_at("kthread_park", "busy")
            return -EBUSY
        self_.flags |= SHOULD_PARK
        self._trace("kthread_park", task)
        if task is not sched.current:
            sched.wake_up_process(task)
            # No wait_task_inactive() is needed: nothing comes between "parked" and its sleep.
            kernel.waits.wait_for_completion(self_.parked)
        return 0

    def kthread_unpark(self, task: Task) -> None:
        """Let a parked thread go on; leave one that was not asked to park."""
        kernel = self._kernel
        kernel.sched.charge(costs.CALL_NS)
        self_ = task.kthread
        assert self_ is not None
        if not self_.flags & SHOULD_PARK:
            return
        if self_.flags & IS_PER_CPU:
            task.cpus_mask = 1 << self_.cpu
            kernel.sched.change(task)
        self_.flags &= ~SHOULD_PARK
        self._trace("kthread_unpark", task)
        kernel.sched.try_to_wake_up(task, st.TASK_PARKED)

    def kthread_parkme(self, task: Task) -> None:
        """Park the calling thread if it has been asked to; else return at once."""
        assert task.kthread is not None
        self._kernel.sched.charge(costs.CALL_NS)
        self.__kthread_parkme(task.kthread)

    def __kthread_parkme(self, self_: Kthread) -> None:
        # Linux: kernel/kthread.c __kthread_parkme() (v6.1). An unpark and a new park before the
        # thread runs leave it in this loop, and complete "parked" again.
        kernel = self._kernel
        sched = kernel.sched
        task = sched.current
        while True:
            task.state = st.TASK_PARKED
            if not self_.flags & SHOULD_PARK:
                break
            self._trace("kthread_parked", task)
            kernel.waits.complete(self_.parked)
            sched.schedule()
        task.state = st.TASK_RUNNING

    # -- Stopping -------------------------------------------------------------------------------

    def kthread_stop(self, task: Task) -> int:
        """Ask a thread to stop, wake it, and wait until it has exited.

        Returns:
            What its function returned, -EINTR if it never ran.

        Context: process context; sleeps, without limit.
        """
        kernel = self._kernel
        kernel.sched.charge(costs.CALL_NS)
        self_ = task.kthread
        assert self_ is not None
        task.usage += 1
        self_.flags |= SHOULD_STOP
        self._trace("kthread_stop", task)
        self.kthread_unpark(task)
        # Since 6.0 this makes signal_pending() true, so that interruptible sleeps end.
        task.sig_notify = True
        kernel.sched.wake_up_process(task)
        kernel.waits.wait_for_completion(self_.exited)
        result = self_.result
        kernel.put_task(task)
        self._trace("kthread_stopped", task)
        return result

    def _trace(self, name: str, task: Task) -> None:
        kernel = self._kernel
        if kernel.trace.on:
            sched = kernel.sched
            event = (sched.now_ns, sched.cpu.id, sched.current.pid, name)
            kernel.trace.emit((*event, task.name, task.pid))
