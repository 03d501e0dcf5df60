"""Pacing: how virtual time follows the real clock.

*Paced*: so many virtual seconds per real second. *Free*: virtual time jumps to the next event. What
programs ask of the clock, a pause for one, is ``machine.clock``'s. This is the only file that reads
the real clock.
"""

from __future__ import annotations

from time import monotonic_ns, sleep

from vshell.abi.units import NEVER_NS

__all__ = ["Pacing", "real_s"]

_SLEEP_NS_MAX = 50_000_000


def real_s() -> float:
    """Give the real clock in seconds since some moment, for telling how long something took."""
    return monotonic_ns() / 1e9


class Pacing:
    """The relation between the two clocks. A rate of 0 is free."""

    __slots__ = ("_base_real_ns", "_base_virtual_ns", "rate")

    def __init__(self, rate: float) -> None:
        """Let virtual time run at ``rate`` virtual seconds per real second."""
        self.rate = rate
        self._base_real_ns = 0
        self._base_virtual_ns = 0

    def start(self, virtual_ns: int) -> None:
        """Let this virtual time be now."""
        self._base_real_ns = monotonic_ns()
        self._base_virtual_ns = virtual_ns

    def virtual_ns(self) -> int:
        """Give the virtual time that it should be now; free: any."""
        if not self.rate:
            return NEVER_NS
        return self._base_virtual_ns + int((monotonic_ns() - self._base_real_ns) * self.rate)

    def real_delay_s(self, virtual_ns: int) -> float:
        """Give the real seconds until a virtual time, at least 0."""
        if not self.rate:
            return 0.0
        if virtual_ns >= NEVER_NS:
            return float("inf")
        left_ns = (virtual_ns - self.virtual_ns()) / self.rate
        return max(left_ns / 1e9, 0.0)

    def wait_until(self, virtual_ns: int) -> None:
        """Sleep until a virtual time has come, in the calling thread; signals are noticed."""
        while (delay_s := self.real_delay_s(virtual_ns)) > 0:
            sleep(min(delay_s, _SLEEP_NS_MAX / 1e9))
