"""High-resolution timers: they fire at their nanosecond.

In hard-interrupt context, and not on the jiffy grid.
"""

from __future__ import annotations

from vshell.kernel.queue import RANK_HARDIRQ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.sched import Cpu

__all__ = ["HrTimer", "HrTimers"]


class _Firing:
    # One arming of a timer: stale ones are recognised when they come due.
    __slots__ = ("timer",)

    def __init__(self, timer: HrTimer) -> None:
        self.timer = timer

    def fire(self) -> None:
        timer = self.timer
        if timer.firing is self:
            timer.owner.expire(timer)


class HrTimer:
    """A timer of nanosecond resolution."""

    __slots__ = ("cpu", "expires_ns", "firing", "function", "owner")

    def __init__(self, owner: HrTimers, function: Callable[[], None]) -> None:
        """Make an inactive timer; ``function`` runs in hard-interrupt context."""
        self.owner = owner
        self.function = function
        self.expires_ns = 0
        self.firing: _Firing | None = None
        self.cpu: Cpu | None = None

    def is_active(self) -> bool:
        """Tell whether it is armed."""
        return self.firing is not None


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
        timer.expires_ns = max(expires_ns, sched.now_ns)
        timer.firing = _Firing(timer)
        self._kernel.queue.push(timer.expires_ns, RANK_HARDIRQ + sched.cpu.id, timer.firing)
        sched.horizon_ns = min(sched.horizon_ns, timer.expires_ns)
        return active

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
        timer.firing = None
        assert timer.cpu is not None
        with self._kernel.interrupt(timer.cpu, "hardirq"):
            timer.function()

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
