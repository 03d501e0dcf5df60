"""Reports of what hangs: soft-lockup watchdog and hung-task detector.

*Soft lockup*: a CPU runs one piece of kernel code for more than twice ``watchdog_thresh``
seconds without giving others a chance. Linux samples every CPU each 2/5 of the threshold, counted
from when the threshold was set; here only a CPU that is busy is looked at, at the same moments.
Seconds are counted as Linux counts them, in units of 2^30 ns. A CPU that has just begun to work
after its tick had been stopped is trusted until the next sample.

*Hung task*: a task in plain D that has not switched since the last look of khungtaskd, which looks
every ``hung_task_timeout_secs``, or every ``hung_task_check_interval_secs`` where that is set.

Source: kernel/watchdog.c, kernel/hung_task.c (v6.1). Real: 15-softlockup, 16-hung-task.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.state import taint_text
from vshell.abi.units import NSEC_PER_SEC
from vshell.kernel.clock import MAX_SCHEDULE_TIMEOUT
from vshell.kernel.printk import EMERG, ERR, INFO, WARNING
from vshell.kernel.registers import registers
from vshell.kernel.stacktrace import bottom, symbols_of_frames, task_frames, task_trace
from vshell.kernel.stall import RcuStalls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.panic import KernelPanic
    from vshell.kernel.sched import Cpu
    from vshell.kernel.task import Task

__all__ = ["Watchdog"]


class Watchdog:
    """Both detectors of one kernel."""

    def __init__(self, kernel: Kernel) -> None:
        """Watch from now on."""
        self._kernel = kernel
        self.thresh_s = 0
        self._period_ns = 0
        self._base_ns = 0
        self._stalls = RcuStalls(kernel)
        self.khungtaskd: Task | None = None
        self.set_thresh(kernel.config.watchdog_thresh_s)

    # -- Soft lockup ----------------------------------------------------------------------------

    def set_thresh(self, seconds: int) -> None:
        """Set watchdog_thresh; 0 switches the soft-lockup watchdog off."""
        self.thresh_s = seconds
        self._period_ns = 2 * seconds * NSEC_PER_SEC // 5
        self._base_ns = self._kernel.sched.now_ns
        for cpu in self._kernel.sched.cpus:
            self.rearm(cpu)

    @property
    def stalls(self) -> RcuStalls:
        """The RCU stall detector, which looks at the CPUs at the same moments."""
        return self._stalls

    def rearm(self, cpu: Cpu) -> None:
        """Set the CPU's next sampling moment."""
        cpu.sample_ns = self._sample_before(cpu.clock_ns) + (self._period_ns or 1 << 62)
        cpu.watchdog_ns = min(cpu.sample_ns, cpu.clock_ns + NSEC_PER_SEC)

    # The threshold's writing was the first sample.
    def _sample_before(self, time_ns: int) -> int:
        if not self._period_ns:
            return 0
        past_ns = max(time_ns - self._base_ns, 0)
        return self._base_ns + past_ns // self._period_ns * self._period_ns

    def look_at(self, cpu: Cpu) -> None:
        """Look at a busy CPU at a moment that was set for it. Hub only."""
        stall_ns = self._stalls.look_at(cpu)
        if cpu.clock_ns >= cpu.sample_ns:
            self._take_sample(cpu)
            self.rearm(cpu)
        cpu.watchdog_ns = min(cpu.sample_ns, stall_ns)

    # Linux: kernel/watchdog.c watchdog_timer_fn() (v6.1).
    def _take_sample(self, cpu: Cpu) -> None:
        sample_ns = self._sample_before(cpu.clock_ns)
        task = cpu.curr
        if not task.kernel_mode:
            cpu.resched_ns = cpu.clock_ns
            return
        # The stopper thread ran for the last time at the sample before the CPU became stuck.
        touched_s = self._sample_before(cpu.resched_ns) >> 30
        now_s = sample_ns >> 30
        if cpu.tick_was_stopped:
            cpu.tick_was_stopped = False
            cpu.soft_reported_s = now_s
        if now_s <= max(touched_s, cpu.soft_reported_s) + 2 * self.thresh_s:
            return
        cpu.soft_reported_s = now_s
        kernel = self._kernel
        kernel.sched.now_ns = max(kernel.sched.now_ns, cpu.clock_ns)
        with kernel.interrupt(cpu, "hardirq"):
            self._report_lockup(cpu, task, now_s - touched_s)

    def _report_lockup(self, cpu: Cpu, task: Task, seconds: int) -> None:
        kernel = self._kernel
        printk = kernel.printk
        stuck = f"CPU#{cpu.id} stuck for {seconds}s! [{task.comm}:{task.pid}]"
        printk.emit(EMERG, f"watchdog: BUG: soft lockup - {stuck}")
        kernel.oops.print_modules()
        self.show_cpu(task)
        kernel.oops.taint(st.TAINT_SOFTLOCKUP)
        if kernel.sysctls.softlockup_panic:
            raise kernel.oops.panic("softlockup: hung tasks")

    def interrupt_stuck(self) -> KernelPanic:
        """Report an interrupt that never ends, and give the panic that stops the machine.

        Nothing else could run on its CPU any more, and nobody end it.
        """
        kernel = self._kernel
        sched = kernel.sched
        task = sched.current
        if sched.in_hardirq:
            kernel.printk.emit(EMERG, f"Watchdog detected hard LOCKUP on cpu {sched.cpu.id}")
        else:
            seconds = (sched.now_ns - sched.interrupt_began_ns) // NSEC_PER_SEC
            stuck = f"CPU#{sched.cpu.id} stuck for {seconds}s! [{task.comm}:{task.pid}]"
            kernel.printk.emit(EMERG, f"watchdog: BUG: soft lockup - {stuck}")
            kernel.oops.taint(st.TAINT_SOFTLOCKUP)
        kernel.oops.print_modules()
        return kernel.oops.panic("Hard LOCKUP" if sched.in_hardirq else "softlockup: hung tasks")

    def show_cpu(self, task: Task) -> None:
        """Print what the task on a CPU that an interrupt looks at is doing."""
        kernel = self._kernel
        printk = kernel.printk
        reports = kernel.oops
        printk.emit(WARNING, reports.cpu_line(task))
        printk.emit(WARNING, f"Hardware name: {kernel.config.hardware}")
        symbols = symbols_of_frames(kernel, task_frames(kernel, task))
        printk.emit(WARNING, f"RIP: 0010:{symbols[0] if symbols else 0}")
        for line in registers(kernel, task, None, symbols[0] if symbols else None):
            printk.emit(WARNING, line)
        printk.emit(WARNING, "Call Trace:")
        printk.emit(WARNING, " <TASK>")
        for symbol in symbols[1:] + bottom(kernel, task, unreliable=True):
            printk.emit(WARNING, symbol.trace_line())
        printk.emit(WARNING, " </TASK>")

    # -- Hung tasks -----------------------------------------------------------------------------

    def start_khungtaskd(self, pid: int) -> None:
        """Make the thread that looks for hung tasks, and let it look."""
        kernel = self._kernel
        self.khungtaskd = task = kernel.kthreads.add_idle("khungtaskd", pid, st.TASK_INTERRUPTIBLE)
        kernel.kthreads.spawn(task, self._khungtaskd_main)
        kernel.sched.wake_up_new_task(task)

    def wake_khungtaskd(self) -> None:
        """Let khungtaskd take note of a changed setting."""
        if self.khungtaskd is not None:
            self._kernel.sched.wake_up_process(self.khungtaskd)

    # Never returns.
    def _khungtaskd_main(self) -> None:
        kernel = self._kernel
        sched = kernel.sched
        last_ns = sched.now_ns
        while True:
            timeout_s = kernel.sysctls.hung_task_timeout_secs
            interval_s = kernel.sysctls.hung_task_check_interval_secs
            limit = MAX_SCHEDULE_TIMEOUT
            if timeout_s:
                due_ns = last_ns + min(interval_s or timeout_s, timeout_s) * NSEC_PER_SEC
                limit = -(-(due_ns - sched.now_ns) // kernel.clock.jiffy_ns)
            if limit <= 0:
                self._check_hung_tasks(timeout_s)
                last_ns = sched.now_ns
                continue
            sched.current.state = st.TASK_INTERRUPTIBLE
            kernel.timers.schedule_timeout(limit)
            if timeout_s != kernel.sysctls.hung_task_timeout_secs:
                last_ns = sched.now_ns

    def _check_hung_tasks(self, timeout_s: int) -> None:
        kernel = self._kernel
        for task in kernel.tasks:
            hung = task.state & ~st.TASK_UNINTERRUPTIBLE == 0 and task.state and not task.on_rq
            if not hung or task.exit_state or (task.context is None and task.kthread is not None):
                continue
            self._check_one(task, timeout_s)

    # Linux: kernel/hung_task.c check_hung_task() (v6.1).
    def _check_one(self, task: Task, timeout_s: int) -> None:
        kernel = self._kernel
        now_ns = kernel.sched.now_ns
        switches = task.nvcsw + task.nivcsw
        if switches != task.hung_switches:
            task.hung_switches = switches
            task.hung_checked_ns = now_ns
            return
        if now_ns - task.hung_checked_ns < timeout_s * NSEC_PER_SEC:
            return
        sysctls = kernel.sysctls
        if sysctls.hung_task_warnings:
            if sysctls.hung_task_warnings > 0:
                sysctls.hung_task_warnings -= 1
            self._report_hung(task, (now_ns - task.hung_checked_ns) // NSEC_PER_SEC)
        if sysctls.hung_task_panic:
            raise kernel.oops.panic("hung_task: blocked tasks")

    def _report_hung(self, task: Task, seconds: int) -> None:
        kernel = self._kernel
        printk = kernel.printk
        config = kernel.config
        printk.emit(
            ERR, f"INFO: task {task.comm}:{task.pid} blocked for more than {seconds} seconds."
        )
        tag = (
            f"{config.build_tag} {config.distribution}" if config.distribution else config.build_tag
        )
        printk.emit(ERR, f"      {taint_text(kernel.oops.taints)} {config.release} {tag}")
        switch = '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs"'
        printk.emit(ERR, f"{switch} disables this message.")
        head = f"task:{task.comm:15s} state:D stack:0     pid:{task.pid:<5d} "
        if config.version_code >= (6, 7):
            head += f"tgid:{task.pid:<5d} "
        ppid = task.parent.pid if task.parent is not None else 0
        printk.emit(INFO, f"{head}ppid:{ppid:<6d} flags:0x00004000")
        printk.emit(INFO, "Call Trace:")
        printk.emit(INFO, " <TASK>")
        for symbol in task_trace(kernel, task):
            printk.emit(INFO, symbol.trace_line())
        printk.emit(INFO, " </TASK>")
