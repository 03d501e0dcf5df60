"""High-resolution timers: they fire at their nanosecond.

In hard-interrupt context, and not on the jiffy grid.
"""

from __future__ import annotations

from vshell.kernel.queue import RANK_HARDIRQ
from vshell.kernel.struct import Member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.sched import Cpu

__all__ = ["CallbackTimer", "HrTimer", "HrTimers"]


class _Firing:
    # One arming of a timer: stale ones are recognised when they come due.
    __slots__ = ("timer",)

    def __init__(self, timer: HrTimer) -> None:
        self.timer = timer

    def fire(self) -> None:
        timer = self.timer
        if timer.firing is self:
            assert timer.owner is not None
            timer.owner.expire(timer)


class HrTimer(Member):
    """A timer of nanosecond resolution."""

    __slots__ = (
        "container",
        "cpu",
        "expires_ns",
        "firing",
        "function",
        "owner",
        "running",
        "soft",
    )

    def __init__(self, owner: HrTimers | None, function: Callable[..., object] | None) -> None:
        """Make an inactive timer; ``function`` runs in hard-interrupt context."""
        self.owner = owner
        self.container = None
        self.soft = False
        self.running = False
        self.function = function
        self.expires_ns = 0
        self.firing: _Firing | None = None
        self.cpu: Cpu | None = None

    def is_active(self) -> bool:
        """Tell whether it is armed, or its function runs."""
        return self.firing is not None or self.running

    def expired(self) -> None:
        """Do what it is for."""
        assert self.function is not None
        self.function()


class CallbackTimer(HrTimer):
    """A timer whose function gets the timer, and says whether it goes on."""

    __slots__ = ()

    def expired(self) -> None:
        """Call the function; arm the timer anew if that asks for it."""
        owner = self.owner
        assert owner is not None
        if owner.run(self) and self.firing is None:
            owner.start(self, self.expires_ns)


class HrTimers:
    """All high-resolution timers of a kernel."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Have none."""
        self._kernel = kernel

    def start(self, timer: HrTimer, expires_ns: int) -> int:
        """Arm a timer, or move it.

        Args:
            timer: inactive or active.
            expires_ns: absolute time since boot; one that has passed fires at once.

        Returns:
            1 if it was active, else 0.
        """
        active = int(timer.firing is not None)
        sched = self._kernel.sched
        timer.cpu = sched.cpu
        timer.expires_ns = expires_ns
        timer.firing = _Firing(timer)
        time_ns = max(expires_ns, sched.now_ns)
        self._kernel.queue.push(time_ns, RANK_HARDIRQ + sched.cpu.id, timer.firing)
        sched.horizon_ns = min(sched.horizon_ns, time_ns)
        return active

    def forward(self, timer: HrTimer, now_ns: int, interval_ns: int) -> int:
        """Move an inactive timer's expiry past a time, by whole intervals.

        Returns:
            By how many; 0 if its expiry lies in the future already, or if it is armed.
        """
        # Linux: kernel/time/hrtimer.c hrtimer_forward() (v6.1).
        late_ns = now_ns - timer.expires_ns
        if late_ns < 0 or timer.firing is not None:
            return 0
        overruns = late_ns // max(interval_ns, 1) + 1
        timer.expires_ns += overruns * max(interval_ns, 1)
        return overruns

    def run(self, timer: CallbackTimer) -> object:
        """Call a timer's function. Hub only."""
        assert timer.function is not None
        interrupts = self._kernel.interrupts
        # Its expiry is looked at first.
        interrupts.check_memory(timer.function, timer, "__hrtimer_run_queues", "read", 32)
        timer.running = True
        try:
            return interrupts.call(timer.function, timer)
        finally:
            timer.running = False

    def cancel(self, timer: HrTimer) -> int:
        """Disarm a timer.

        Returns:
            1 if it was active, else 0.
        """
        active = int(timer.firing is not None)
        timer.firing = None
        return active

    def expire(self, timer: HrTimer) -> None:
        """Run a timer that is due. Hub only."""
        kernel = self._kernel
        cpu = timer.cpu
        assert cpu is not None
        assert timer.firing is not None
        rank = RANK_HARDIRQ + cpu.id
        if kernel.interrupts.hold_back(cpu, rank, timer.firing, softirq=timer.soft):
            return
        timer.firing = None
        with kernel.interrupt(cpu, "softirq" if timer.soft else "hardirq"):
            timer.expired()

    def pending(self) -> list[tuple[int, HrTimer]]:
        """List armed timers with the time at which they fire, soonest first."""
        firings = [entry for entry in self._kernel.queue.entries if isinstance(entry[3], _Firing)]
        return [
            (time_ns, firing.timer)
            for time_ns, _, _, firing in sorted(firings)
            if isinstance(firing, _Firing) and firing.timer.firing is firing
        ]

    def sleep_until(self, expires_ns: int) -> int:
        """Sleep until woken or until a time; current's state must be set before.

        Args:
            expires_ns: absolute time since boot.

        Returns:
            0 if the time has come, else -EINTR (schedule_hrtimeout()'s value).

        Context: process context; sleeps.
        """
        sched = self._kernel.sched
        task = sched.current
        fired = False

        def hrtimer_wakeup() -> None:
            nonlocal fired
            fired = True
            sched.wake_up_process(task)

        timer = task.hrtimer = HrTimer(self, hrtimer_wakeup)
        self.start(timer, expires_ns)
        sched.schedule()
        self.cancel(timer)
        task.hrtimer = None
        return 0 if fired else -4
