"""The scheduler: CPUs, run queues, sleeping, waking, and who goes next.

Each CPU has its own clock, ``Cpu.clock_ns``: the time up to which it has been simulated. The hub
(``Kernel.run``) always lets the CPU or the event that is earliest go on, so nothing ever happens in
another's past. A running task moves its CPU's clock by ``charge()``; when that overtakes the
``horizon_ns`` (the earliest of everything else), the task hands over to the hub until it is the
earliest again. Work is charged first and done afterwards, so whatever a task does, nobody else can
still do something before it.

A run queue is a heap by virtual runtime, with real-time tasks before it, as in CFS. A task that
wakes keeps its virtual runtime but is credited no more than half a latency period of sleep, a new
one starts one slice behind. A waker always goes on until it sleeps: no wake-up preempts, except a
real-time task's (Real: 46-run-order, the same with every preemption model).

Rejected: one queue for all CPUs (park/unpark across CPUs would never interleave); stepping all CPUs
tick by tick (a sleeping machine would cost time). A different choice would be needed only if CPUs
had to share caches or interrupts in detail.

More than 400 lines, one idea: who runs, sleeps and wakes is decided over the same queues.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from vshell.abi import state as st
from vshell.abi.units import NEVER_NS
from vshell.kernel import costs
from vshell.kernel.context import TaskExit
from vshell.kernel.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel

__all__ = ["Cpu", "Scheduler"]

# How long a CPU is idle before its tick stops: RCU has work for it for some grace periods more.
# Recorded: more than 100 ms.
_TICK_STOPPED_NS = 128_000_000
# Looked up once: they are used at every switch.
_FIFO = st.SCHED_FIFO
_SLICE_NS = costs.SLICE_NS
_WAKE_IDLE_NS = costs.WAKE_IDLE_NS
_POLL_NS = costs.POLL_NS
_POLLS_BEFORE_GROWTH = costs.POLLS_BEFORE_GROWTH
_NICE_0_LOAD = 1024
_MAX_RT_PRIO = 100
_WQ_WORKER = st.PF_WQ_WORKER
_SLEEP_ENDED_BY_SIGNALS = st.TASK_INTERRUPTIBLE | st.TASK_WAKEKILL


class Cpu:
    """One virtual CPU: its clock, its current task, its run queue."""

    __slots__ = (
        "clock_ns",
        "curr",
        "fair",
        "id",
        "idle",
        "idle_ns",
        "min_vruntime_ns",
        "need_resched",
        "nr_queued",
        "resched_ns",
        "rt",
        "sample_ns",
        "slice_end_ns",
        "soft_reported_s",
        "softirqs",
        "switches",
        "tick_was_stopped",
        "timer_clk",
        "watchdog_ns",
    )

    def __init__(self, number: int, clock_ns: int) -> None:
        """Bring up an idle CPU."""
        self.id = number
        self.clock_ns = clock_ns
        self.idle = Task(0, f"swapper/{number}", self, clock_ns)
        self.idle.state = st.TASK_RUNNING
        self.idle.flags = st.PF_IDLE | st.PF_KTHREAD
        self.curr = self.idle
        self.fair: list[tuple[int, int, Task]] = []
        self.rt: list[Task] = []
        self.nr_queued = 0
        self.min_vruntime_ns = 0
        self.need_resched = False
        self.slice_end_ns = NEVER_NS
        self.switches = 0
        self.idle_ns = 0
        # The wheel's base->clk: one past the jiffy in which timers have been run last.
        self.timer_clk = 0
        # Softirqs that have been raised and not run: number and work.
        self.softirqs: list[tuple[int, Callable[[], object]]] = []
        # The soft-lockup watchdog's: when the CPU last gave others a chance, and the next look.
        self.resched_ns = clock_ns
        self.watchdog_ns = 0
        self.sample_ns = 0
        self.soft_reported_s = 0
        # Whether the tick was stopped before the CPU began to work, until the next sample.
        self.tick_was_stopped = False


class Scheduler:
    """All CPUs, and what the running code may ask of them."""

    def __init__(self, kernel: Kernel, cpus: int, start_ns: int) -> None:
        """Bring up ``cpus`` idle CPUs at ``start_ns``."""
        self.kernel = kernel
        self.cpus = [Cpu(number, start_ns) for number in range(cpus)]
        self.all_cpus_mask = (1 << cpus) - 1
        # Where the simulation stands: written by the hub when it resumes a task, and by charge().
        self.now_ns = start_ns
        self.horizon_ns = NEVER_NS
        self.cpu = self.cpus[0]
        self.current = self.cpus[0].idle
        self.in_interrupt = 0
        # How many of these are hard interrupts; the others are softirqs.
        self.in_hardirq = 0
        # Of the outermost one: when it began, and how often it has tried to sleep.
        self.interrupt_began_ns = 0
        self.interrupt_sleeps = 0
        self._trace = kernel.trace
        # How many tasks wait on all CPUs.
        self._nr_queued = 0
        self.preempt_full = kernel.config.preempt == "full"
        # Linux: kernel/sched/fair.c get_update_sysctl_factor() (v6.1): the figures are those of
        # two CPUs.
        factor = min(cpus, 8).bit_length()
        self._sleeper_credit_ns = costs.SLEEPER_CREDIT_NS * factor // 2
        self._granularity_ns = costs.WAKEUP_GRANULARITY_NS * factor // 2
        self._yield_lead_ns = costs.NEW_TASK_DEBIT_NS * factor // 2 + self._granularity_ns
        self._sequence = 0
        self._suspend = kernel.hub.suspend

    def adopt_hub(self) -> None:
        """Follow the kernel's hub after it has moved to another context."""
        self._suspend = self.kernel.hub.suspend

    # -- Time -----------------------------------------------------------------------------------

    def charge(self, cost_ns: int) -> None:
        """Use virtual CPU time, and let others go first if that overtakes them.

        Context: any. May hand over to other CPUs, and preempt where the host's setting allows it.
        """
        self.now_ns = now = self.now_ns + cost_ns
        if now > self.horizon_ns:
            self._overtaken()

    def poll(self) -> None:
        """Charge for a look at something that only others can change.

        A task that keeps looking without ever sleeping is spinning; its looks cost more and more,
        so that spinning through a second of virtual time stays cheap.
        """
        task = self.current
        task.spins = spins = task.spins + 1
        cost_ns = _POLL_NS
        if spins > _POLLS_BEFORE_GROWTH:
            cost_ns = min(4 * (spins - costs.POLLS_BEFORE_GROWTH), costs.POLL_NS_MAX)
        self.now_ns = now = self.now_ns + cost_ns
        if now > self.horizon_ns:
            self._overtaken()

    def may_preempt(self, task: Task) -> bool:
        """Tell whether a running task gives way without being asked."""
        if task.preempt_count or task.irqs_off:
            return False
        return self.preempt_full or not task.kernel_mode

    # The hub is never overtaken: events are instants.
    def _overtaken(self) -> None:
        if self.in_interrupt or self.kernel.dying:
            if self.now_ns - self.interrupt_began_ns > costs.INTERRUPT_NS_MAX and self.in_interrupt:
                raise self.kernel.watchdog.interrupt_stuck()
            return
        cpu = self.cpu
        task = self.current
        if cpu.nr_queued and self.now_ns >= cpu.slice_end_ns:
            cpu.need_resched = True
        if cpu.need_resched and self.may_preempt(task):
            self._reschedule(task, preempted=True)
            return
        cpu.clock_ns = self.now_ns
        self._suspend()
        if task.fault is not None:
            raise task.fault

    # -- Going to sleep -------------------------------------------------------------------------

    def schedule(self) -> None:
        """Give up the CPU: sleep if the state says so, else let others go first.

        Context: process context, preemption on. Sleeps until woken if
        current's state is not running.
        """
        task = self.current
        if self.kernel.dying:
            raise TaskExit
        if task.preempt_count or self.in_interrupt:
            self.kernel.oops.scheduling_while_atomic()
            if self.in_interrupt:
                # It cannot sleep: whoever looks again whether he must goes on to try.
                self.interrupt_sleeps += 1
                if self.interrupt_sleeps > costs.INTERRUPT_SLEEPS_MAX:
                    raise self.kernel.watchdog.interrupt_stuck()
                return
            # Linux: kernel/sched/core.c schedule_debug() (v6.1): preemption is on from here on.
            task.preempt_count = 0
        if task.irqs_off:
            self.kernel.interrupts.went_to_sleep(task)
        state = task.state
        is_worker = task.flags & _WQ_WORKER
        if state:
            if state & _SLEEP_ENDED_BY_SIGNALS and self._signal_wakes(task):
                task.state = 0
            else:
                task.on_rq = False
                if is_worker:
                    self.kernel.workqueues.worker_sleeping(task)
                if not self._nr_queued:
                    self._sleep(task)
                    if is_worker:
                        self.kernel.workqueues.worker_running(task)
                    return
        self._reschedule(task, preempted=False)
        if is_worker:
            self.kernel.workqueues.worker_running(task)

    # What _reschedule() comes to where nobody waits on any CPU: this one becomes idle.
    def _sleep(self, task: Task) -> None:
        cpu, now_ns = self.cpu, self.now_ns
        # account(), as far as it is needed for one that runs.
        delta_ns = now_ns - task.exec_start_ns
        task.exec_start_ns = now_ns
        task.sum_exec_ns += delta_ns
        if not task.kernel_mode:
            task.utime_ns += delta_ns
        if task.weight != _NICE_0_LOAD:
            delta_ns = delta_ns * _NICE_0_LOAD // task.weight
        task.vruntime_ns = vruntime_ns = task.vruntime_ns + delta_ns
        if vruntime_ns > cpu.min_vruntime_ns and task.prio >= _MAX_RT_PRIO:
            cpu.min_vruntime_ns = vruntime_ns
        task.nvcsw += 1
        task.spins = 0
        task.state_since_ns = now_ns
        idle = cpu.idle
        if self._trace.on:
            self._tell_switch(cpu, task, idle, now_ns, task.state)
        cpu.curr = idle
        cpu.clock_ns = cpu.resched_ns = idle.exec_start_ns = now_ns
        cpu.switches += 1
        cpu.need_resched = False
        cpu.slice_end_ns = now_ns + _SLICE_NS
        self._suspend()
        if task.fault is not None:
            raise task.fault

    def _signal_wakes(self, task: Task) -> bool:
        # Linux: kernel/sched/core.c signal_pending_state() (v6.1).
        state = task.state
        if not state & (st.TASK_INTERRUPTIBLE | st.TASK_WAKEKILL) or not task.signal_pending():
            return False
        return bool(state & st.TASK_INTERRUPTIBLE) or task.fatal_signal_pending()

    # Switch to the next task of this CPU; returns when ``task`` is running again.
    def _reschedule(self, task: Task, *, preempted: bool) -> None:
        cpu = self.cpu
        self.account(task)
        # Linux: kernel/sched/fair.c update_curr() (v6.1): what it has used counts although it goes.
        if task.vruntime_ns > cpu.min_vruntime_ns and not task.is_rt():
            lowest = min(task.vruntime_ns, cpu.fair[0][0]) if cpu.fair else task.vruntime_ns
            cpu.min_vruntime_ns = max(cpu.min_vruntime_ns, lowest)
        cpu.resched_ns = self.now_ns
        if task.on_rq:
            if not cpu.nr_queued and task.cpus_mask >> cpu.id & 1:
                cpu.need_resched = False
                cpu.slice_end_ns = _slice_end_ns(task, self.now_ns)
                if preempted:
                    cpu.clock_ns = self.now_ns
                    self._suspend()
                    self._resumed(task)
                return
            self._put_prev(cpu, task, preempted=preempted)
        else:
            task.nvcsw += 1
            task.spins = 0
            task.state_since_ns = self.now_ns
        self._switch_to_next(cpu, task, preempted=preempted)
        self._suspend()
        self._resumed(task)

    def _put_prev(self, cpu: Cpu, task: Task, *, preempted: bool) -> None:
        if preempted:
            task.nivcsw += 1
        else:
            task.nvcsw += 1
        if task.cpus_mask >> cpu.id & 1:
            # A task that was preempted stays ahead of others of its real-time priority.
            self._enqueue(cpu, task, ahead=preempted and task.policy == st.SCHED_FIFO)
        else:
            self._place(self._select_cpu(task), task)

    def _resumed(self, task: Task) -> None:
        if task.fault is not None:
            raise task.fault

    def exit_current(self) -> None:
        """Take the current task off its CPU for good.

        The caller must then return to the hub.

        Context: the last thing a task does. Does not switch itself.
        """
        task = self.current
        self.account(task)
        task.on_rq = False
        task.nvcsw += 1
        self.cpu.resched_ns = self.now_ns
        self._switch_to_next(self.cpu, task)

    def _switch_to_next(self, cpu: Cpu, prev: Task, *, preempted: bool = False) -> None:
        following = self._pick_next(cpu)
        if following is not cpu.idle:
            self.now_ns += costs.SWITCH_NS
        state = st.TASK_REPORT_MAX if preempted else prev.state
        self._switch_in(cpu, prev, following, self.now_ns, state)

    def _switch_in(self, cpu: Cpu, prev: Task, task: Task, time_ns: int, state: int) -> None:
        if self._trace.on and prev is not task:
            self._tell_switch(cpu, prev, task, time_ns, state)
        cpu.curr = task
        cpu.clock_ns = time_ns
        cpu.switches += 1
        cpu.need_resched = False
        cpu.slice_end_ns = _slice_end_ns(task, time_ns)
        task.exec_start_ns = time_ns
        if prev is not task:
            if prev is cpu.idle and time_ns - cpu.resched_ns > _TICK_STOPPED_NS:
                cpu.tick_was_stopped = True
            cpu.resched_ns = time_ns

    def _tell_switch(self, cpu: Cpu, prev: Task, task: Task, time_ns: int, state: int) -> None:
        before = (prev.name, prev.pid, prev.prio, state, prev.exit_state)
        after = (task.name, task.pid, task.prio)
        self._trace.emit((time_ns, cpu.id, prev.pid, "sched_switch", *before, *after))

    def cond_resched(self) -> int:
        """Let others go first if one waits and the time slice is over.

        Returns:
            1 if it did, else 0.

        Context: process context; may give up the CPU, but stays runnable.
        """
        self.poll()
        cpu = self.cpu
        cpu.resched_ns = self.now_ns
        task = self.current
        if cpu.nr_queued and self.now_ns >= cpu.slice_end_ns:
            cpu.need_resched = True
        if not cpu.need_resched or task.preempt_count or self.in_interrupt:
            return 0
        self._reschedule(task, preempted=True)
        return 1

    def might_sleep(self) -> None:
        """Give up the CPU where a sleeping function is entered, if one is due.

        That is voluntary preemption.
        """
        if self.cpu.need_resched and self.kernel.config.preempt != "none":
            self.cond_resched()

    def yield_(self) -> None:
        """Let every other task of this CPU go first.

        A task that has had much less than its share goes on at once: neither the skip buddy of CFS
        nor the deadline of EEVDF takes the CPU from it.
        """
        # Who yields again and again without sleeping is spinning.
        self.poll()
        task = self.current
        task.state = st.TASK_RUNNING
        waiting = [entry[0] for entry in self.cpu.fair]
        if waiting and not task.is_rt():
            self.account(task)
            if min(waiting) - task.vruntime_ns > self._yield_lead_ns:
                return
            task.vruntime_ns = max(task.vruntime_ns, *waiting)
        self.schedule()

    # -- Accounting -----------------------------------------------------------------------------

    def account(self, task: Task) -> None:
        """Book the CPU time that ``task`` has used up to now. It must be running."""
        now = self.now_ns if task is self.current else task.cpu.clock_ns
        # An interrupt may come before the moment its CPU has been simulated to.
        now = max(now, task.exec_start_ns)
        delta_ns = now - task.exec_start_ns
        task.exec_start_ns = now
        task.sum_exec_ns += delta_ns
        if not task.kernel_mode:
            task.utime_ns += delta_ns
        if task.weight != 1024:
            delta_ns = delta_ns * 1024 // task.weight
        task.vruntime_ns += delta_ns

    def account_running(self) -> None:
        """Book what every running task has used, before somebody reads it."""
        for cpu in self.cpus:
            if cpu.curr is not cpu.idle:
                self.account(cpu.curr)

    # -- Waking up ------------------------------------------------------------------------------

    def wake_up_process(self, task: Task) -> int:
        """Wake a sleeping task (interruptible or not).

        Returns:
            1 if it was asleep, 0 if it was running, parked, stopped or dead.
        """
        return self.try_to_wake_up(task, st.TASK_NORMAL)

    def try_to_wake_up(self, task: Task, states: int) -> int:
        """Make a task runnable if it sleeps in one of ``states``.

        Args:
            task: any task; current is allowed.
            states: mask of the states to wake from.

        Returns:
            1 if the state matched, else 0.

        Context: any; never sleeps.
        """
        if not task.state & states or task.exit_state:
            return 0
        trace = self._trace
        cpu = task.cpu
        if trace.on:
            event = (self.now_ns, self.cpu.id, self.current.pid, "sched_waking")
            in_irq = int(self.in_interrupt > 0)
            trace.emit((*event, task.name, task.pid, task.prio, cpu.id, in_irq))
        task.waker_pid = self.current.pid
        task.state = 0
        task.state_since_ns = now_ns = self.now_ns
        if task.on_rq:
            return 1
        if cpu.curr is cpu.idle and not cpu.nr_queued and task.cpus_mask >> cpu.id & 1:
            # What activate() comes to where its own CPU is idle, without the calls: 0.9 us of 1.5.
            floor_ns = cpu.min_vruntime_ns - self._sleeper_credit_ns
            if task.vruntime_ns < floor_ns:
                task.vruntime_ns = floor_ns
            self._start(cpu, task, now_ns)
        else:
            self.activate(task)
        return 1

    def wake_up_new_task(self, task: Task) -> None:
        """Make a task runnable for the first time."""
        task.state = st.TASK_RUNNING
        task.state_since_ns = self.now_ns
        cpu = self._select_cpu(task)
        self._follow_min_vruntime(cpu)
        # Linux: kernel/sched/core.c wake_up_new_task() (v6.1): its first CPU is no migration.
        self._set_cpu(task, cpu)
        task.vruntime_ns = cpu.min_vruntime_ns + costs.NEW_TASK_DEBIT_NS
        trace = self.kernel.trace
        if trace.on:
            event = (self.now_ns, self.cpu.id, self.current.pid, "sched_wakeup_new")
            trace.emit((*event, task.name, task.pid, task.prio, cpu.id))
        self._place(cpu, task)

    def activate(self, task: Task) -> None:
        """Put a task that is off every queue on that of the CPU that suits it."""
        cpu = self._select_cpu(task)
        self._follow_min_vruntime(cpu)
        self._move(task, cpu)
        floor = cpu.min_vruntime_ns - self._sleeper_credit_ns
        task.vruntime_ns = max(task.vruntime_ns, floor)
        self._place(cpu, task)

    def _move(self, task: Task, cpu: Cpu) -> None:
        trace = self.kernel.trace
        if trace.on and task.cpu is not cpu:
            event = (self.now_ns, self.cpu.id, self.current.pid, "sched_migrate_task")
            trace.emit((*event, task.name, task.pid, task.prio, task.cpu.id, cpu.id))
        self._set_cpu(task, cpu)

    def _set_cpu(self, task: Task, cpu: Cpu) -> None:
        if task.cpu is not cpu:
            # Virtual time is per CPU: a task takes along only how far it is ahead or behind.
            task.vruntime_ns += cpu.min_vruntime_ns - task.cpu.min_vruntime_ns
            task.migrations += 1
            task.cpu = cpu

    # Linux: kernel/sched/fair.c update_min_vruntime() (v6.1).
    def _follow_min_vruntime(self, cpu: Cpu) -> None:
        lowest = cpu.fair[0][0] if cpu.fair else None
        curr = cpu.curr
        if curr is not cpu.idle and not curr.is_rt():
            # It may have run for seconds since its time was booked last.
            self.account(curr)
            lowest = curr.vruntime_ns if lowest is None else min(lowest, curr.vruntime_ns)
        if lowest is not None and lowest > cpu.min_vruntime_ns:
            cpu.min_vruntime_ns = lowest

    # Where to run: the CPU it ran on if that is idle, another idle one,
    # the one with the fewest tasks.
    def _select_cpu(self, task: Task) -> Cpu:
        mask = task.cpus_mask
        last = task.cpu
        if last.curr is last.idle and not last.nr_queued and mask >> last.id & 1:
            return last
        best = None
        least = 0
        for cpu in self.cpus:
            if not mask >> cpu.id & 1:
                continue
            load = 2 * cpu.nr_queued + 2 * (cpu.curr is not cpu.idle) + (cpu is not last)
            if best is None or load < least:
                best, least = cpu, load
        return best or last

    def _place(self, cpu: Cpu, task: Task) -> None:
        self._move(task, cpu)
        if cpu.curr is cpu.idle and not cpu.nr_queued:
            self._start(cpu, task, self.now_ns)
            return
        task.on_rq = True
        self._enqueue(cpu, task)
        self._check_preempt(cpu, task)

    # Let an idle CPU run a task.
    def _start(self, cpu: Cpu, task: Task, now_ns: int) -> None:
        task.on_rq = True
        clock_ns = cpu.clock_ns
        start_ns = (now_ns if now_ns > clock_ns else clock_ns) + _WAKE_IDLE_NS
        cpu.idle_ns += start_ns - clock_ns
        idle = cpu.idle
        if self._trace.on:
            self._tell_switch(cpu, idle, task, start_ns, idle.state)
        cpu.curr = task
        cpu.clock_ns = start_ns
        cpu.switches += 1
        cpu.need_resched = False
        cpu.slice_end_ns = NEVER_NS if task.policy == _FIFO else start_ns + _SLICE_NS
        task.exec_start_ns = start_ns
        if start_ns - cpu.resched_ns > _TICK_STOPPED_NS:
            cpu.tick_was_stopped = True
        cpu.resched_ns = start_ns
        if start_ns < self.horizon_ns:
            self.horizon_ns = start_ns

    # Linux: kernel/sched/fair.c wakeup_preempt_entity() (v6.1): who was woken goes first if it is
    # real-time, or if the running task is ahead of it by more than the granularity.
    def _check_preempt(self, cpu: Cpu, task: Task) -> None:
        curr = cpu.curr
        if task.is_rt():
            cpu.need_resched |= task.prio < curr.prio
        elif not curr.is_rt():
            ran_ns = max(self.now_ns - curr.exec_start_ns, 0)
            ahead_ns = curr.vruntime_ns + ran_ns - task.vruntime_ns
            cpu.need_resched |= ahead_ns > self._granularity_ns
        if cpu.need_resched and cpu is self.cpu and self.may_preempt(curr):
            self.horizon_ns = self.now_ns

    def _enqueue(self, cpu: Cpu, task: Task, *, ahead: bool = False) -> None:
        cpu.nr_queued += 1
        self._nr_queued += 1
        if task.is_rt():
            index = len(cpu.rt)
            while index and cpu.rt[index - 1].prio > task.prio - ahead:
                index -= 1
            cpu.rt.insert(index, task)
            return
        self._sequence += 1
        heappush(cpu.fair, (task.vruntime_ns, self._sequence, task))
        # The horizon of the running task includes the end of its slice only while somebody waits.
        if cpu is self.cpu and not self.in_interrupt and self.may_preempt(cpu.curr):
            self.horizon_ns = min(self.horizon_ns, max(cpu.slice_end_ns, self.now_ns))

    def _dequeue(self, cpu: Cpu, task: Task) -> None:
        cpu.nr_queued -= 1
        self._nr_queued -= 1
        if task in cpu.rt:
            cpu.rt.remove(task)
            return
        cpu.fair = [entry for entry in cpu.fair if entry[2] is not task]
        heapify(cpu.fair)

    # -- Who goes next --------------------------------------------------------------------------

    def _pick_next(self, cpu: Cpu) -> Task:
        if not cpu.nr_queued and not self._pull(cpu):
            return cpu.idle
        policy = self.kernel.policy
        cpu.nr_queued -= 1
        self._nr_queued -= 1
        if cpu.rt:
            peers = sum(1 for task in cpu.rt if task.prio == cpu.rt[0].prio)
            return cpu.rt.pop(policy.choose(peers))
        if policy.in_order:
            task = heappop(cpu.fair)[2]
        else:
            cpu.fair.sort()
            task = cpu.fair.pop(policy.choose(len(cpu.fair)))[2]
            heapify(cpu.fair)
        cpu.min_vruntime_ns = max(cpu.min_vruntime_ns, task.vruntime_ns)
        return task

    # An idle CPU takes over a task that waits elsewhere (Linux: newidle_balance()).
    def _pull(self, cpu: Cpu) -> bool:
        others = [other for other in self.cpus if other is not cpu and other.nr_queued]
        for busiest in sorted(others, key=lambda other: -other.nr_queued):
            for task in busiest.rt + [entry[2] for entry in sorted(busiest.fair)]:
                if task.cpus_mask >> cpu.id & 1:
                    self._dequeue(busiest, task)
                    self._move(task, cpu)
                    self._enqueue(cpu, task)
                    return True
        return False

    # -- Attributes -----------------------------------------------------------------------------

    def change(self, task: Task) -> None:
        """Bring queues in line with a task's new policy, priority or affinity.

        The caller has set the fields; prio and weight follow here.
        """
        queued = task.on_rq and task.cpu.curr is not task
        if queued:
            self._dequeue(task.cpu, task)
        task.set_priorities()
        allowed = task.cpus_mask >> task.cpu.id & 1
        if queued:
            self._place(task.cpu if allowed else self._select_cpu(task), task)
        elif task.on_rq:
            rt = task.cpu.rt
            task.cpu.need_resched |= not allowed or bool(rt and rt[0].prio < task.prio)
            task.cpu.slice_end_ns = _slice_end_ns(task, self.now_ns)
        elif not allowed:
            self._move(task, self._select_cpu(task))

    def is_running(self, task: Task) -> bool:
        """Tell whether a task is on a CPU right now (not merely runnable)."""
        return task.cpu.curr is task and task.on_rq

    def for_each_running(self) -> list[Task]:
        """The tasks that are on a CPU now, idle tasks left out."""
        return [cpu.curr for cpu in self.cpus if cpu.curr is not cpu.idle]


# SCHED_FIFO knows no slices.
def _slice_end_ns(task: Task, now_ns: int) -> int:
    return NEVER_NS if task.policy == st.SCHED_FIFO else now_ns + costs.SLICE_NS
