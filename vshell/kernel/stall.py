"""RCU CPU stalls: a CPU that lets no grace period end.

RCU frees what nobody can still be looking at: it waits until every CPU has been where it holds no
reference. A CPU that keeps preemption off for ``rcu_cpu_stall_timeout`` seconds is reported. In
Linux the tick of each CPU asks; here a busy CPU is looked at each second, and when its time is up.

Source: kernel/rcu/tree_stall.h (v6.1). Real: 15-softlockup.
"""

from __future__ import annotations

from vshell.abi.units import NSEC_PER_SEC
from vshell.kernel.addresses import mix64
from vshell.kernel.printk import ERR, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.sched import Cpu

__all__ = ["RcuStalls"]

_TIMEOUT_MIN_S = 3
_TIMEOUT_MAX_S = 300
_LOOK_NS = NSEC_PER_SEC


class RcuStalls:
    """The stall detector of one kernel."""

    __slots__ = ("_due_ns", "_kernel", "_quiet_ns", "timeout_s")

    def __init__(self, kernel: Kernel) -> None:
        """Watch from now on."""
        self._kernel = kernel
        self.timeout_s = 21
        """The parameter rcu_cpu_stall_timeout; what is out of bounds counts as the bound."""
        # By CPU: when it last held no reference, and when a stall is to be reported.
        self._quiet_ns = [0] * len(kernel.sched.cpus)
        self._due_ns = [0] * len(kernel.sched.cpus)

    def look_at(self, cpu: Cpu) -> int:
        """Report a stall of a busy CPU if its time is up. Hub only.

        Returns:
            When it is to be looked at again.
        """
        now_ns = cpu.clock_ns
        quiet = not cpu.curr.preempt_count or not cpu.curr.kernel_mode
        quiet_ns = now_ns if quiet else max(cpu.resched_ns, self._quiet_ns[cpu.id])
        if quiet_ns != self._quiet_ns[cpu.id]:
            self._quiet_ns[cpu.id] = quiet_ns
            self._due_ns[cpu.id] = self._grace_begin_ns(quiet_ns) + self._timeout_ns()
        if now_ns >= self._due_ns[cpu.id]:
            self._report(cpu)
            self._due_ns[cpu.id] = now_ns + 3 * self._timeout_ns()
        return min(now_ns + _LOOK_NS, self._due_ns[cpu.id])

    # The next grace period begins with a jiffy.
    def _grace_begin_ns(self, time_ns: int) -> int:
        clock = self._kernel.clock
        return clock.at(clock.jiffies(time_ns) + 1)

    def _timeout_ns(self) -> int:
        seconds = min(max(self.timeout_s, _TIMEOUT_MIN_S), _TIMEOUT_MAX_S)
        return seconds * self._kernel.config.hz * self._kernel.clock.jiffy_ns

    # Linux: kernel/rcu/tree_stall.h print_cpu_stall() (v6.1).
    def _report(self, cpu: Cpu) -> None:
        kernel = self._kernel
        clock = kernel.clock
        began = self._grace_begin_ns(self._quiet_ns[cpu.id])
        waited = clock.jiffies(cpu.clock_ns) - clock.jiffies(began)
        # Counters of RCU's own, which nothing here keeps: made up, as registers are.
        made = mix64(cpu.curr.pid << 32 ^ began)
        softirqs = cpu.switches
        kernel.sched.now_ns = max(kernel.sched.now_ns, cpu.clock_ns)
        with kernel.interrupt(cpu, "hardirq"):
            emit = kernel.printk.emit
            emit(ERR, "rcu: INFO: rcu_preempt self-detected stall on CPU")
            state = f"idle={made & 0xFFFF:04x}/1/0x4000000000000000 softirq={softirqs}/{softirqs}"
            ticks = f"({waited - 1} ticks this GP)"
            emit(ERR, f"rcu: \t{cpu.id}-....: {ticks} {state} fqs={waited * 3 // 7}")
            grace = -(made >> 16 & 0x1FF)
            cpus = len(kernel.sched.cpus)
            emit(WARNING, f"\t(t={waited} jiffies g={grace} q={made >> 32 & 0xFF} ncpus={cpus})")
            kernel.watchdog.show_cpu(cpu.curr)
            if kernel.sysctls.panic_on_rcu_stall:
                raise kernel.oops.panic("RCU Stall")
