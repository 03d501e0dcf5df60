"""Virtual time: nanoseconds since boot, jiffies, milliseconds, the date.

The clock holds no "now"; the kernel does. It only converts, and every
conversion states its rounding.
"""

from __future__ import annotations

from vshell.abi.units import NSEC_PER_SEC

__all__ = ["MAX_JIFFY_OFFSET", "MAX_SCHEDULE_TIMEOUT", "Clock"]

MAX_JIFFY_OFFSET = (1 << 62) - 2
"""What a negative or endless time becomes in jiffies: ((LONG_MAX >> 1) - 1)."""

MAX_SCHEDULE_TIMEOUT = (1 << 63) - 1
"""A timeout that never comes: LONG_MAX."""


class Clock:
    """One host's relation of nanoseconds to jiffies and to the date."""

    __slots__ = ("boot_wall_ns", "hz", "initial_jiffies", "jiffy_ns", "lag_jiffies", "phase_ns")

    def __init__(
        self, hz: int, jiffy_ns: int, phase_ns: int, lag_jiffies: int, boot_wall_ns: int
    ) -> None:
        """Set the clock.

        Args:
            hz: ticks per nominal second.
            jiffy_ns: how long a tick lasts by the printk clock; a real machine's differs from 1/hz.
            phase_ns: how long before the printk clock's zero jiffies began to count.
            lag_jiffies: jiffies that a task woken by a timer reads past the timer's bucket.
            boot_wall_ns: the date at boot, nanoseconds since 1970 in UTC.
        """
        self.hz = hz
        self.jiffy_ns = jiffy_ns
        self.phase_ns = phase_ns
        self.lag_jiffies = lag_jiffies
        self.boot_wall_ns = boot_wall_ns
        # (unsigned long)(unsigned int)(-300 * HZ): on 64 bit this does not wrap.
        self.initial_jiffies = (1 << 32) - 300 * hz

    def jiffies(self, time_ns: int) -> int:
        """Give jiffies at a time since boot, rounded down."""
        return (time_ns + self.phase_ns) // self.jiffy_ns + self.initial_jiffies

    def at(self, jiffies: int) -> int:
        """Give the first nanosecond at which jiffies has this value."""
        return (jiffies - self.initial_jiffies) * self.jiffy_ns - self.phase_ns

    def msecs_to_jiffies(self, msecs: int) -> int:
        """Convert milliseconds, rounded up.

        A number with the sign bit set is MAX_JIFFY_OFFSET.
        """
        msecs &= 0xFFFFFFFF
        if msecs & 0x80000000:
            return MAX_JIFFY_OFFSET
        return -(-msecs * self.hz // 1000)

    def usecs_to_jiffies(self, usecs: int) -> int:
        """Convert microseconds, rounded up."""
        return -(-(usecs & 0xFFFFFFFF) * self.hz // 1_000_000)

    def jiffies_to_msecs(self, jiffies: int) -> int:
        """Convert to milliseconds, rounded up where HZ does not divide 1000."""
        return -(-jiffies * 1000 // self.hz)

    def wall_ns(self, time_ns: int) -> int:
        """Give the date (nanoseconds since 1970, UTC) at a time since boot."""
        return self.boot_wall_ns + time_ns

    def user_ticks(self, time_ns: int) -> int:
        """Convert a length of time to /proc's ticks of 1/100 s, rounded down."""
        return time_ns * 100 // NSEC_PER_SEC
