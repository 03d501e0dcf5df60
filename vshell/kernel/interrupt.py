"""Interrupts as running code meets them: masking them, softirqs, tasklets.

An interrupt is an event of the queue that belongs to a CPU. While the task on that CPU has switched
interrupts (or softirqs) off, the event is held back and comes as soon as they are on again. What an
interrupt leaves to be done later, a softirq, is run when the interrupt ends; what a task raises is
run by the CPU's ksoftirqd, or by the next interrupt if that comes first.

Source: kernel/softirq.c, include/linux/irqflags.h (v6.1). Real: 20-timer-wheel, 23-deferred-work.
"""

from __future__ import annotations

from vshell.abi import dialect
from vshell.abi import state as st
from vshell.kernel.fault import Oops
from vshell.kernel.struct import Member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.queue import Event
    from vshell.kernel.sched import Cpu
    from vshell.kernel.task import Task

__all__ = [
    "HARDIRQ_OFFSET",
    "HI_SOFTIRQ",
    "SOFTIRQ_DISABLE_OFFSET",
    "SOFTIRQ_OFFSET",
    "TASKLET_SOFTIRQ",
    "X86_EFLAGS_IF",
    "Interrupts",
    "Tasklet",
]

X86_EFLAGS_IF = 0x200
"""The bit of the saved flags that says that interrupts were on."""

SOFTIRQ_OFFSET = 0x100
SOFTIRQ_DISABLE_OFFSET = 0x200
_SOFTIRQ_MASK = 0xFF00
HARDIRQ_OFFSET = 0x10000
HI_SOFTIRQ = 0
TASKLET_SOFTIRQ = 6
_RESTARTS_MAX = 10


class Tasklet(Member):
    """A tasklet_struct: a function that is to run once, soon, in softirq context."""

    __slots__ = ("container", "count", "data", "func", "scheduled", "uses_callback")

    def __init__(self) -> None:
        """Make one without a function."""
        self.func: Callable[..., object] | None = None
        self.data: object = 0
        self.uses_callback = True
        self.container = None
        self.count = 0
        self.scheduled = False


class Interrupts:
    """What running code may do to the interrupts of its CPU."""

    def __init__(self, kernel: Kernel) -> None:
        """Serve one kernel."""
        self._kernel = kernel
        # Whether the interrupt that runs now has interrupts off.
        self.off_inside = False
        self._draining = False
        self._leak_warned = False
        self._held_back: list[tuple[Cpu, int, Event]] = []
        self._daemons: dict[int, Task] = {}

    # -- Masking --------------------------------------------------------------------------------

    def irqs_disabled(self) -> bool:
        """Tell whether interrupts are off on this CPU."""
        sched = self._kernel.sched
        return self.off_inside if sched.in_interrupt else sched.current.irqs_off

    def local_irq_save(self) -> int:
        """Switch interrupts off; give the flags as they were."""
        sched = self._kernel.sched
        flags = 0 if self.irqs_disabled() else X86_EFLAGS_IF
        if sched.in_interrupt:
            self.off_inside = True
        else:
            sched.current.irqs_off = True
        return flags

    def local_irq_restore(self, flags: int) -> None:
        """Switch interrupts on again if the flags say so."""
        if not flags & X86_EFLAGS_IF:
            return
        sched = self._kernel.sched
        if sched.in_interrupt:
            self.off_inside = False
            return
        sched.current.irqs_off = False
        self._let_through()

    def local_bh_disable(self) -> None:
        """Keep softirqs off this CPU; nests."""
        self._kernel.sched.current.preempt_count += SOFTIRQ_DISABLE_OFFSET

    def local_bh_enable(self) -> None:
        """Let softirqs run again, those that wait at once."""
        sched = self._kernel.sched
        task = sched.current
        task.preempt_count -= SOFTIRQ_DISABLE_OFFSET
        if sched.in_interrupt or task.preempt_count & _SOFTIRQ_MASK:
            return
        self._let_through()
        if sched.cpu.softirqs:
            self.do_softirq(sched.cpu)

    def went_to_sleep(self, task: Task) -> None:
        """Switch interrupts on: the scheduler does so whenever it takes another task."""
        task.irqs_off = False
        self._let_through()

    def preempt_count(self) -> int:
        """Give current's preempt_count as Linux keeps it, the interrupt's part included."""
        sched = self._kernel.sched
        count = sched.current.preempt_count
        if sched.in_hardirq:
            return count + HARDIRQ_OFFSET
        return count + (SOFTIRQ_OFFSET if sched.in_interrupt else 0)

    def hold_back(self, cpu: Cpu, rank: int, event: Event, *, softirq: bool) -> bool:
        """Keep an interrupt back if its CPU has them off.

        Args:
            cpu: whose interrupt it is.
            rank: the event's rank in the queue.
            event: it fires again once interrupts are on.
            softirq: whether switching softirqs off stops it, too.

        Returns:
            True if it must not happen now.
        """
        task = cpu.curr
        if not task.irqs_off and not (softirq and task.preempt_count & _SOFTIRQ_MASK):
            return False
        self._held_back.append((cpu, rank, event))
        return True

    # What was held back on this CPU happens before the next thing that takes time.
    def _let_through(self) -> None:
        if not self._held_back:
            return
        sched = self._kernel.sched
        due = [entry for entry in self._held_back if entry[0] is sched.cpu]
        self._held_back = [entry for entry in self._held_back if entry[0] is not sched.cpu]
        for _, rank, event in due:
            self._kernel.queue.push(sched.now_ns, rank, event)
            sched.horizon_ns = min(sched.horizon_ns, sched.now_ns - 1)
        sched.charge(0)

    # -- Code that runs in an interrupt ---------------------------------------------------------

    def call(self, function: Callable[..., object], *args: object) -> object:
        """Call a module's function in an interrupt; what it must not do stops the machine.

        Raises:
            KernelPanic: a fault in an interrupt.
        """
        kernel = self._kernel
        task = kernel.sched.current
        count = task.preempt_count
        try:
            self.check_loaded(function)
            return function(*args)
        except Exception as error:
            if kernel.stops_on(error):
                raise
            kernel.oops.die(error, task)
            return None
        finally:
            self._put_right(function, task, count)

    # Linux: kernel/time/timer.c call_timer_fn() (v6.1): what it left off is reported once.
    def _put_right(self, function: Callable[..., object], task: Task, count: int) -> None:
        if task.preempt_count == count:
            return
        base = self.preempt_count() - task.preempt_count
        left = base + task.preempt_count & 0xFFFFFFFF
        task.preempt_count = count
        if not self._leak_warned:
            self._leak_warned = True
            kernel = self._kernel
            name = kernel.addresses.symbol_at(function, offset=False, backtrace=False)
            text = f"timer: {name} preempt leak: {base + count:08x} -> {left:08x}"
            kernel.oops.warn_at("call_timer_fn", "", text)

    def check_memory(
        self,
        function: Callable[..., object],
        thing: object,
        at: str,
        access: str = "write",
        offset: int = 8,
    ) -> None:
        """Fault where the kernel follows a pointer to a variable of a module that is gone.

        Args:
            function: of the module.
            thing: the variable; what was allocated is still there.
            at: the function of the kernel that takes it out of a list.
            access: what that function does first, "read" or "write".
            offset: where in the variable.

        Raises:
            KernelPanic: it is gone, in an interrupt.
            Oops: it is gone.
        """
        module = getattr(function, "__globals__", {}).get(dialect.MODULE_HANDLE)
        if module is None or module in self._kernel.modules.list:
            return
        address = module.data_address(thing)
        if not address:
            return
        try:
            fault = Oops("page", address + offset, access)
            fault.at = at
            raise fault
        except Oops as error:
            sched = self._kernel.sched
            if not sched.in_interrupt:
                raise
            self._kernel.oops.die(error, sched.current)

    def check_loaded(self, function: Callable[..., object]) -> None:
        """Fault where the kernel calls a function of a module that is gone.

        Raises:
            Oops: it is gone.
        """
        module = getattr(function, "__globals__", {}).get(dialect.MODULE_HANDLE)
        if module is not None and module not in self._kernel.modules.list:
            code = getattr(function, "__code__")  # noqa: B009 - not every callable has one
            raise Oops("page", module.function_address(code), "fetch")

    # -- Softirqs -------------------------------------------------------------------------------

    def raise_softirq(self, number: int, work: Callable[[], object]) -> None:
        """Have something run in softirq context on this CPU.

        Args:
            number: of the softirq; the lower goes first.
            work: what to run.

        Context: any; never sleeps.
        """
        sched = self._kernel.sched
        sched.cpu.softirqs.append((number, work))
        if not self.preempt_count() & (_SOFTIRQ_MASK | HARDIRQ_OFFSET):
            self._wake_daemon(sched.cpu)

    def interrupt_ends(self, cpu: Cpu) -> None:
        """Run what an interrupt has left behind, unless its CPU has softirqs off."""
        if not self._draining and not cpu.curr.preempt_count & _SOFTIRQ_MASK:
            self.do_softirq(cpu)

    def do_softirq(self, cpu: Cpu) -> None:
        """Run what waits on a CPU; ksoftirqd takes over what never ends."""
        restarts = _RESTARTS_MAX
        self._draining = True
        with self._kernel.interrupt(cpu, "softirq"):
            while cpu.softirqs and restarts:
                restarts -= 1
                waiting = sorted(cpu.softirqs, key=lambda entry: entry[0])
                cpu.softirqs = []
                for _, work in waiting:
                    work()
        self._draining = False
        if cpu.softirqs:
            self._wake_daemon(cpu)

    def _wake_daemon(self, cpu: Cpu) -> None:
        kernel = self._kernel
        daemon = self._daemons.get(cpu.id)
        if daemon is None:
            name = f"ksoftirqd/{cpu.id}"
            daemon = kernel.kthreads.daemon(name, st.TASK_INTERRUPTIBLE, self._run_ksoftirqd)
            kernel.kthreads.tie(daemon, cpu.id)
            self._daemons[cpu.id] = daemon
        kernel.sched.wake_up_process(daemon)

    # Never returns.
    def _run_ksoftirqd(self) -> None:
        sched = self._kernel.sched
        task = sched.current
        while True:
            task.state = st.TASK_INTERRUPTIBLE
            if not sched.cpu.softirqs:
                sched.schedule()
            task.state = st.TASK_RUNNING
            if sched.cpu.softirqs:
                self.do_softirq(sched.cpu)
                sched.cond_resched()

    # -- Tasklets -------------------------------------------------------------------------------

    def tasklet_schedule(self, tasklet: Tasklet, number: int = TASKLET_SOFTIRQ) -> None:
        """Let a tasklet run soon, on this CPU; once, however often it is asked for."""
        if not tasklet.scheduled:
            tasklet.scheduled = True
            self.raise_softirq(number, lambda: self._run_tasklet(tasklet, number))

    def _run_tasklet(self, tasklet: Tasklet, number: int) -> None:
        if not tasklet.scheduled:
            return
        if tasklet.count:
            # Switched off: it stays scheduled, and is looked at again at the next softirq.
            cpu = self._kernel.sched.cpu
            cpu.softirqs.append((number, lambda: self._run_tasklet(tasklet, number)))
            return
        tasklet.scheduled = False
        if tasklet.func is None:
            raise self._kernel.oops.panic("Fatal exception in interrupt")
        self.check_memory(tasklet.func, tasklet, "tasklet_action_common.constprop.0")
        self.call(tasklet.func, tasklet if tasklet.uses_callback else tasklet.data)

    def tasklet_kill(self, tasklet: Tasklet) -> None:
        """Wait until a tasklet has run if it is scheduled.

        Context: process context; sleeps.
        """
        kernel = self._kernel
        while tasklet.scheduled:
            kernel.sched.current.state = st.TASK_UNINTERRUPTIBLE
            kernel.timers.schedule_timeout(1)
