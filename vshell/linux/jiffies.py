"""jiffies, HZ, and conversions between jiffies and other units of time.

Header: include/linux/jiffies.h. The 64-bit and clock_t conversions are not mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro, value_macro
from vshell.kernel.clock import MAX_JIFFY_OFFSET as _MAX_JIFFY_OFFSET
from vshell.kernel.clock import MAX_SCHEDULE_TIMEOUT as _MAX_SCHEDULE_TIMEOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel
    jiffies: int
    HZ: int
    INITIAL_JIFFIES: int
else:

    @value_macro
    def jiffies() -> int:
        """Give the number of ticks since a moment before boot.

        C: extern unsigned long volatile jiffies

        Returns:
            The ticks; INITIAL_JIFFIES at boot.

        Context:
            Any.

        Source:
            include/linux/jiffies.h (v6.1)
        """
        sched = kernel.sched
        sched.poll()
        return kernel.clock.jiffies(sched.now_ns)

    @value_macro
    def HZ() -> int:
        """Give the number of ticks in a second.

        C: #define HZ CONFIG_HZ

        Returns:
            The ticks.

        Context:
            Any.

        Source:
            include/uapi/asm-generic/param.h (v6.1)
        """
        return kernel.clock.hz

    @value_macro
    def INITIAL_JIFFIES() -> int:
        """Give what jiffies was at boot.

        C: #define INITIAL_JIFFIES ((unsigned long)(unsigned int) (-300*HZ))

        Returns:
            The ticks.

        Context:
            Any.

        Source:
            include/linux/jiffies.h (v6.1)
        """
        return kernel.clock.initial_jiffies


__all__ = [
    "HZ",
    "INITIAL_JIFFIES",
    "MAX_JIFFY_OFFSET",
    "MAX_SCHEDULE_TIMEOUT",
    "jiffies",
    "jiffies_to_msecs",
    "jiffies_to_usecs",
    "msecs_to_jiffies",
    "nsecs_to_jiffies",
    "time_after",
    "time_after_eq",
    "time_before",
    "time_before_eq",
    "usecs_to_jiffies",
]

MAX_JIFFY_OFFSET = _MAX_JIFFY_OFFSET
MAX_SCHEDULE_TIMEOUT = _MAX_SCHEDULE_TIMEOUT


def _earlier(a: int, b: int) -> bool:
    # The difference of two unsigned longs, seen as signed.
    return bool((a - b) & 1 << 63)


@macro()
def time_after(a: int, b: int) -> bool:
    """Tell whether time a is after time b.

    C: #define time_after(a,b)

    Returns:
        True if so, even where jiffies has wrapped between them.

    Context:
        Any.

    Source:
        include/linux/jiffies.h (v6.1)
    """
    return _earlier(b, a)


@macro()
def time_before(a: int, b: int) -> bool:
    """Tell whether time a is before time b.

    C: #define time_before(a,b)

    Returns:
        True if so, even where jiffies has wrapped between them.

    Context:
        Any.

    Source:
        include/linux/jiffies.h (v6.1)
    """
    return _earlier(a, b)


@macro()
def time_after_eq(a: int, b: int) -> bool:
    """Tell whether time a is time b or after it.

    C: #define time_after_eq(a,b)

    Returns:
        True if so.

    Context:
        Any.

    Source:
        include/linux/jiffies.h (v6.1)
    """
    return not _earlier(a, b)


@macro()
def time_before_eq(a: int, b: int) -> bool:
    """Tell whether time a is time b or before it.

    C: #define time_before_eq(a,b)

    Returns:
        True if so.

    Context:
        Any.

    Source:
        include/linux/jiffies.h (v6.1)
    """
    return not _earlier(b, a)


@exported
def msecs_to_jiffies(m: int) -> int:
    """Convert milliseconds to jiffies, rounded up.

    C: unsigned long msecs_to_jiffies(const unsigned int m)

    Returns:
        Jiffies; MAX_JIFFY_OFFSET for a negative number.

    Context:
        Any.

    Source:
        include/linux/jiffies.h, kernel/time/time.c (v6.1)
    """
    return kernel.clock.msecs_to_jiffies(m)


@exported
def usecs_to_jiffies(u: int) -> int:
    """Convert microseconds to jiffies, rounded up.

    C: unsigned long usecs_to_jiffies(const unsigned int u)

    Returns:
        Jiffies.

    Context:
        Any.

    Source:
        include/linux/jiffies.h, kernel/time/time.c (v6.1)
    """
    return kernel.clock.usecs_to_jiffies(u)


@exported
def nsecs_to_jiffies(n: int) -> int:
    """Convert nanoseconds to jiffies, rounded down.

    C: unsigned long nsecs_to_jiffies(u64 n)

    Returns:
        Jiffies.

    Context:
        Any.

    Source:
        kernel/time/time.c (v6.1)
    """
    return n * kernel.clock.hz // 1_000_000_000


@exported
def jiffies_to_msecs(j: int) -> int:
    """Convert jiffies to milliseconds.

    C: unsigned int jiffies_to_msecs(const unsigned long j)

    Returns:
        Milliseconds, rounded up where HZ does not divide 1000.

    Context:
        Any.

    Source:
        kernel/time/time.c (v6.1)
    """
    return kernel.clock.jiffies_to_msecs(j)


@exported
def jiffies_to_usecs(j: int) -> int:
    """Convert jiffies to microseconds.

    C: unsigned int jiffies_to_usecs(const unsigned long j)

    Returns:
        Microseconds.

    Context:
        Any.

    Source:
        kernel/time/time.c (v6.1)
    """
    return j * 1_000_000 // kernel.clock.hz
