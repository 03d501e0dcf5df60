"""The kernel: owns every part, boots them in order, and lets time pass.

Life of a command, seen from here: a process sleeps reading its terminal; a line arrives as an event
(``post``); the event wakes the process; ``run`` resumes it; it forks, waits, prints, reads again;
nothing is left to do and ``run`` returns.

``run`` is the hub: it takes whatever is earliest, an event or a CPU with work, and lets it go on
until something else is earlier. Nothing here reads the real clock or starts a thread; ``machine``
decides when to call ``run`` and how far.
"""

from __future__ import annotations

from heapq import heappop

from vshell.abi import state as st
from vshell.abi.errno import EAGAIN, KernelError
from vshell.abi.units import NEVER_NS
from vshell.kernel.addresses import Addresses
from vshell.kernel.clock import Clock
from vshell.kernel.cmdline import set_early, set_late
from vshell.kernel.context import Hub, TaskExit, VshellBug
from vshell.kernel.dyndbg import DynamicDebug
from vshell.kernel.hrtimer import HrTimers
from vshell.kernel.interrupt import Interrupts
from vshell.kernel.kthread import Kthreads
from vshell.kernel.lock import Locks
from vshell.kernel.module import Modules
from vshell.kernel.oops import KernelPanic, Reports
from vshell.kernel.policy import Fifo, Policy
from vshell.kernel.printk import Printk
from vshell.kernel.process import Processes
from vshell.kernel.queue import RANK_INPUT, Call, EventQueue
from vshell.kernel.random import Random
from vshell.kernel.sched import Cpu, Scheduler
from vshell.kernel.sysctl import Sysctls
from vshell.kernel.task import TASK_COMM_LEN, Task, TaskTable
from vshell.kernel.timer import TimerWheel
from vshell.kernel.trace import Trace
from vshell.kernel.vfs import Vfs
from vshell.kernel.wait import Waits
from vshell.kernel.watchdog import Watchdog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.config import KernelConfig
    from vshell.kernel.kthread_worker import KthreadWorkers
    from vshell.kernel.rcu import Rcu
    from vshell.kernel.rwsem import RwSemaphores
    from vshell.kernel.slab import Slab
    from vshell.kernel.spinlock import Spinning
    from vshell.kernel.workqueue import WorkQueues

__all__ = ["TASKS_MAX", "Kernel", "ModuleRuntime"]

TASKS_MAX = 200_000
"""Tasks alive at once; beyond it fork and kthread_create() give EAGAIN."""


# Parts that only modules need, each in a file that is loaded when one does.
_PARTS = {
    "kthread_workers": ("kthread_worker", "KthreadWorkers"),
    "rcu": ("rcu", "Rcu"),
    "rwsems": ("rwsem", "RwSemaphores"),
    "slab": ("slab", "Slab"),
    "spinning": ("spinlock", "Spinning"),
    "workqueues": ("workqueue", "WorkQueues"),
}


class ModuleRuntime:
    """The kernel's face towards compiled module code."""

    __slots__ = ("turns",)

    def __init__(self) -> None:
        """Start with no task running."""
        self.turns: Any = iter(())


class _Interrupt:
    # While inside, code runs in interrupt context on a CPU, on top of whatever that CPU was doing.
    __slots__ = ("_began_ns", "_cpu", "_hard", "_interrupts", "_saved", "_sched")

    def __init__(self, kernel: Kernel, cpu: Cpu, hard: bool) -> None:  # noqa: FBT001 - one caller
        self._sched = kernel.sched
        self._interrupts = kernel.interrupts
        self._cpu = cpu
        self._hard = hard

    def __enter__(self) -> None:
        sched = self._sched
        self._saved = (sched.cpu, sched.current, self._interrupts.off_inside)
        self._began_ns = sched.now_ns
        sched.cpu = self._cpu
        sched.current = self._cpu.curr
        if not sched.in_interrupt:
            sched.interrupt_began_ns = sched.now_ns
            sched.interrupt_sleeps = 0
            # Whatever takes time in an interrupt is looked at (Scheduler._overtaken).
            if sched.horizon_ns > sched.now_ns:
                sched.horizon_ns = sched.now_ns
        sched.in_interrupt += 1
        sched.in_hardirq += self._hard
        self._interrupts.off_inside = self._hard

    def __exit__(self, *exc: object) -> None:
        sched = self._sched
        cpu = self._cpu
        if cpu.curr is not cpu.idle:
            # The interrupted task has lost this time.
            cpu.clock_ns += sched.now_ns - self._began_ns
        sched.in_interrupt -= 1
        sched.in_hardirq -= self._hard
        sched.cpu, sched.current, self._interrupts.off_inside = self._saved
        if cpu.softirqs and not sched.in_interrupt and exc[0] is None:
            # Linux: kernel/softirq.c irq_exit_rcu() (v6.1).
            self._interrupts.interrupt_ends(cpu)


class Kernel:
    """One virtual kernel. Several may live in one process, one OS thread each."""

    if TYPE_CHECKING:
        kthread_workers: KthreadWorkers
        rcu: Rcu
        rwsems: RwSemaphores
        slab: Slab
        spinning: Spinning
        workqueues: WorkQueues

    def __init__(self, config: KernelConfig, policy: Policy | None = None) -> None:
        """Build every part; nothing runs yet."""
        set_early(config)
        self.config = config
        self.policy = policy or Fifo()
        self.clock = Clock(
            config.hz,
            config.jiffy_ns,
            config.jiffies_phase_ns,
            config.timer_lag_jiffies,
            config.boot_wall_ns,
        )
        self.hub = Hub()
        self.queue = EventQueue()
        self.trace = Trace()
        self.tasks = TaskTable(config.first_pid, config.pid_max)
        self.sched = Scheduler(self, config.cpus, config.uptime_ns)
        self.interrupts = Interrupts(self)
        self.timers = TimerWheel(self)
        self.hrtimers = HrTimers(self)
        self.waits = Waits(self)
        self.locks = Locks(self)
        self.printk = Printk(self)
        self.oops = Reports(self)
        self.watchdog = Watchdog(self)
        self.sysctls = Sysctls(self)
        self.random = Random(self)
        self.dyndbg = DynamicDebug(self)
        self.addresses = Addresses(self)
        self.kthreads = Kthreads(self)
        self.modules = Modules(self)
        self.vfs = Vfs(self)
        self.processes = Processes(self)
        self.runtime = ModuleRuntime()
        self.stop_requested = False
        self.dying = False
        self.reboot_requested = False
        set_late(self)

    def __getattr__(self, name: str) -> object:
        """Make a part that only modules need, when it is first asked for."""
        if name not in _PARTS:
            raise AttributeError(name)
        from importlib import import_module  # noqa: PLC0415 - few hosts need any of them

        file, part = _PARTS[name]
        made: object = getattr(import_module(f"vshell.kernel.{file}"), part)(self)
        setattr(self, name, made)
        return made

    def has(self, name: str) -> bool:
        """Tell whether a part that only modules need has been made."""
        return name in self.__dict__

    # -- Tasks ----------------------------------------------------------------------------------

    def new_task(self, comm: str, pid: int | None = None) -> Task:
        """Make a task, with the next pid or a given one, and enter it.

        Raises:
            KernelError: EAGAIN when there are too many.
        """
        if len(self.tasks) >= TASKS_MAX:
            raise KernelError(EAGAIN)
        sched = self.sched
        number = self.tasks.next_pid() if pid is None else pid
        task = Task(number, comm, sched.cpu, sched.now_ns)
        task.cpus_mask = sched.all_cpus_mask
        self.tasks.add(task)
        return task

    def bury(self, task: Task, *, autoreap: bool) -> None:
        """End the current task; its stack must return to the hub afterwards.

        Args:
            task: current.
            autoreap: whether it vanishes at once; else it stays a zombie until its parent waits.
        """
        sched = self.sched
        if self.trace.on:
            event = (sched.now_ns, sched.cpu.id, task.pid, "sched_process_exit")
            self.trace.emit((*event, task.name, task.pid, task.prio))
        task.state = st.TASK_DEAD
        task.exit_state = st.EXIT_DEAD if autoreap else st.EXIT_ZOMBIE
        task.preempt_count = 0
        if task.timer is not None:
            self.timers.del_timer(task.timer)
        if task.hrtimer is not None:
            self.hrtimers.cancel(task.hrtimer)
        sched.exit_current()
        task.context = None
        task.resume = None
        task.turns = None
        if autoreap:
            self.release(task)

    def release(self, task: Task) -> None:
        """Take a dead task out of the table and drop the kernel's own reference."""
        if self.trace.on:
            sched = self.sched
            event = (sched.now_ns, sched.cpu.id, sched.current.pid, "sched_process_free")
            self.trace.emit((*event, task.name, task.pid, task.prio))
        task.exit_state = st.EXIT_DEAD
        self.tasks.remove(task)
        self.processes.forget(task)
        self.put_task(task)

    def set_task_comm(self, task: Task, comm: str) -> None:
        """Give a task another comm, cut to what it holds."""
        comm = comm[: TASK_COMM_LEN - 1]
        if self.trace.on:
            sched = self.sched
            event = (sched.now_ns, sched.cpu.id, sched.current.pid, "task_rename")
            self.trace.emit((*event, task.pid, task.comm, comm, 0))
        task.comm = comm

    def put_task(self, task: Task) -> None:
        """Drop a reference; the last one frees the task."""
        task.usage -= 1
        if task.usage <= 0:
            task.freed = True

    def c_int(self, value: object) -> int:
        """Cut what a function returned to a C int; nothing returned is 0."""
        if not isinstance(value, int):
            return 0
        value &= 0xFFFFFFFF
        return value - (1 << 32) if value & 0x80000000 else int(value)

    def stops_on(self, error: BaseException) -> bool:
        """Tell whether an exception ends the task or the machine.

        It is then not a module's fault.
        """
        return isinstance(error, (TaskExit, VshellBug, KernelPanic, KeyboardInterrupt, SystemExit))

    def synchronize_rcu(self) -> None:
        """Wait until everybody who may still look at what was taken out of a list has slept.

        Context: process context; sleeps for a grace period.
        """
        sched = self.sched
        config = self.config
        end_ns = sched.now_ns + config.rcu_grace_jiffies * config.jiffy_ns
        while sched.now_ns < end_ns:
            sched.current.state = st.TASK_UNINTERRUPTIBLE
            self.hrtimers.sleep_until(end_ns)

    # -- Events ---------------------------------------------------------------------------------

    def interrupt(self, cpu: Cpu, kind: str) -> _Interrupt:
        """Enter interrupt context on a CPU: "hardirq", "softirq" or "input".

        ``with kernel.interrupt(cpu, "softirq"):``
        """
        return _Interrupt(self, cpu, kind != "softirq")

    def post(self, time_ns: int, function: Callable[[], None]) -> Call:
        """Let something from outside happen at a virtual time (not before now).

        Returns:
            The event, which can be cancelled.
        """

        def happen() -> None:
            with self.interrupt(self.sched.cpus[0], "input"):
                function()

        call = Call(happen)
        self.queue.push(max(time_ns, self.sched.now_ns), RANK_INPUT, call)
        self.sched.horizon_ns = min(self.sched.horizon_ns, max(time_ns, self.sched.now_ns))
        return call

    # -- Time -----------------------------------------------------------------------------------

    @property
    def now_ns(self) -> int:
        """The present, nanoseconds since boot."""
        return self.sched.now_ns

    def is_busy(self) -> bool:
        """Tell whether a CPU has a task to run. Hub only."""
        return any(cpu.curr is not cpu.idle for cpu in self.sched.cpus)

    def peek(self) -> int:
        """Give the time of what happens next, NEVER_NS if nothing will. Hub only."""
        time_ns = self.queue.next_ns()
        for cpu in self.sched.cpus:
            if cpu.curr is not cpu.idle:
                time_ns = min(time_ns, cpu.clock_ns)
        return time_ns

    def run(self, limit_ns: int = NEVER_NS) -> None:
        """Let all happen that is due up to ``limit_ns`` or ``stop_requested``.

        Raises:
            KernelPanic: the virtual machine has stopped.
            VshellBug: vshell is wrong.
        """
        sched = self.sched
        cpus = sched.cpus
        entries = self.queue.entries
        runtime = self.runtime
        while not self.stop_requested:
            # The earliest CPU with work, and the earliest of everything else.
            cpu = None
            clock_ns = other_ns = NEVER_NS
            for one in cpus:
                if one.curr is not one.idle:
                    if one.clock_ns < clock_ns:
                        other_ns = clock_ns
                        clock_ns = one.clock_ns
                        cpu = one
                    elif one.clock_ns < other_ns:
                        other_ns = one.clock_ns
            event_ns = entries[0][0] if entries else NEVER_NS
            if event_ns <= clock_ns:
                if event_ns > limit_ns or event_ns == NEVER_NS:
                    return
                sched.now_ns = event_ns
                heappop(entries)[3].fire()
                continue
            if cpu is None or clock_ns > limit_ns:
                return
            if clock_ns >= cpu.watchdog_ns:
                self.watchdog.look_at(cpu)
                continue
            task = cpu.curr
            horizon_ns = other_ns if other_ns < event_ns else event_ns
            horizon_ns = min(horizon_ns, limit_ns, cpu.watchdog_ns)
            if cpu.nr_queued and sched.may_preempt(task):
                slice_end_ns = clock_ns if cpu.need_resched else cpu.slice_end_ns
                horizon_ns = max(clock_ns, min(horizon_ns, slice_end_ns))
            sched.horizon_ns = horizon_ns
            sched.now_ns = clock_ns
            sched.cpu = cpu
            sched.current = task
            runtime.turns = task.turns
            assert task.resume is not None
            task.resume()
        return

    def advance_to(self, time_ns: int) -> None:
        """Let idle time pass up to ``time_ns``. Hub only.

        Whatever is due before must have happened.
        """
        self.sched.now_ns = max(self.sched.now_ns, time_ns)

    def power_off(self) -> None:
        """Unwind every stack that is left, in the order of pids. Hub only."""
        self.dying = True
        for task in list(self.tasks):
            context = task.context
            if context is None:
                continue
            self.sched.current = task
            self.sched.cpu = task.cpu
            task.fault = TaskExit()
            context.kill()
            task.context = None
            task.resume = None
