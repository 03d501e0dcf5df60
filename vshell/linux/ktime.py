"""Times in nanoseconds.

Header: include/linux/ktime.h with include/linux/timekeeping.h. A ktime_t is an int here.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro
from vshell.kernel.module import c_divide as _c_divide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "ktime_add",
    "ktime_add_ms",
    "ktime_add_ns",
    "ktime_add_us",
    "ktime_after",
    "ktime_before",
    "ktime_compare",
    "ktime_get",
    "ktime_get_boottime",
    "ktime_get_ns",
    "ktime_get_real",
    "ktime_get_real_seconds",
    "ktime_ms_delta",
    "ktime_set",
    "ktime_sub",
    "ktime_sub_ns",
    "ktime_to_ms",
    "ktime_to_ns",
    "ktime_to_us",
    "ktime_us_delta",
    "ms_to_ktime",
    "ns_to_ktime",
    "us_to_ktime",
]


@exported
def ktime_get() -> int:
    """Give the time since boot.

    C: ktime_t ktime_get(void)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        kernel/time/timekeeping.c (v6.1)
    """
    kernel.sched.poll()
    return kernel.sched.now_ns


@exported
def ktime_get_real() -> int:
    """Give the date.

    C: ktime_t ktime_get_real(void)

    Returns:
        Nanoseconds since 1970, UTC.

    Context:
        Any.

    Source:
        include/linux/timekeeping.h (v6.1)
    """
    kernel.sched.poll()
    return kernel.clock.wall_ns(kernel.sched.now_ns)


@macro()
def ktime_set(secs: int, nsecs: int) -> int:
    """Make a time from seconds and nanoseconds.

    C: ktime_t ktime_set(const s64 secs, const unsigned long nsecs)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return secs * 1_000_000_000 + nsecs


@macro()
def ms_to_ktime(ms: int) -> int:
    """Make a time from milliseconds.

    C: ktime_t ms_to_ktime(u64 ms)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return ms * 1_000_000


@macro()
def us_to_ktime(us: int) -> int:
    """Make a time from microseconds.

    C: ktime_t us_to_ktime(u64 us)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return us * 1_000


@macro()
def ns_to_ktime(ns: int) -> int:
    """Make a time from nanoseconds.

    C: ktime_t ns_to_ktime(u64 ns)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return ns


@macro()
def ktime_to_ns(kt: int) -> int:
    """Give a time in nanoseconds.

    C: s64 ktime_to_ns(const ktime_t kt)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return kt


@macro()
def ktime_to_us(kt: int) -> int:
    """Give a time in microseconds, rounded down.

    C: s64 ktime_to_us(const ktime_t kt)

    Returns:
        Microseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return int(_c_divide(kt, 1_000))


@macro()
def ktime_to_ms(kt: int) -> int:
    """Give a time in milliseconds, rounded down.

    C: s64 ktime_to_ms(const ktime_t kt)

    Returns:
        Milliseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return int(_c_divide(kt, 1_000_000))


@macro()
def ktime_sub(lhs: int, rhs: int) -> int:
    """Subtract two times.

    C: #define ktime_sub(lhs, rhs)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return lhs - rhs


@macro()
def ktime_us_delta(later: int, earlier: int) -> int:
    """Give the microseconds between two times, rounded down.

    C: s64 ktime_us_delta(const ktime_t later, const ktime_t earlier)

    Returns:
        Microseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return int(_c_divide(later - earlier, 1_000))


@macro()
def ktime_ms_delta(later: int, earlier: int) -> int:
    """Give the milliseconds between two times, rounded down.

    C: s64 ktime_ms_delta(const ktime_t later, const ktime_t earlier)

    Returns:
        Milliseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return int(_c_divide(later - earlier, 1_000_000))


@macro()
def ktime_add_ms(kt: int, msec: int) -> int:
    """Add milliseconds to a time.

    C: ktime_t ktime_add_ms(const ktime_t kt, const u64 msec)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return kt + msec * 1_000_000


@macro()
def ktime_get_ns() -> int:
    """Give the time since boot.

    C: u64 ktime_get_ns(void)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/timekeeping.h (v6.1)
    """
    return ktime_get()


@macro()
def ktime_get_boottime() -> int:
    """Give the time since boot, suspended time included: there is none.

    C: ktime_t ktime_get_boottime(void)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/timekeeping.h (v6.1)
    """
    return ktime_get()


@macro()
def ktime_get_real_seconds() -> int:
    """Give the date in seconds.

    C: time64_t ktime_get_real_seconds(void)

    Returns:
        Seconds since 1970, UTC.

    Context:
        Any.

    Source:
        include/linux/timekeeping.h (v6.1)
    """
    return ktime_get_real() // 1_000_000_000


@macro()
def ktime_add(lhs: int, rhs: int) -> int:
    """Add two times.

    C: #define ktime_add(lhs, rhs)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return lhs + rhs


@macro()
def ktime_add_ns(kt: int, nsval: int) -> int:
    """Add nanoseconds to a time.

    C: #define ktime_add_ns(kt, nsval)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return kt + nsval


@macro()
def ktime_add_us(kt: int, usec: int) -> int:
    """Add microseconds to a time.

    C: ktime_t ktime_add_us(const ktime_t kt, const u64 usec)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return kt + usec * 1_000


@macro()
def ktime_sub_ns(kt: int, nsval: int) -> int:
    """Take nanoseconds from a time.

    C: #define ktime_sub_ns(kt, nsval)

    Returns:
        Nanoseconds.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return kt - nsval


@macro()
def ktime_compare(cmp1: int, cmp2: int) -> int:
    """Compare two times.

    C: int ktime_compare(const ktime_t cmp1, const ktime_t cmp2)

    Returns:
        -1, 0 or 1: the first is earlier, equal, later.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return int(cmp1 > cmp2) - int(cmp1 < cmp2)


@macro()
def ktime_after(cmp1: int, cmp2: int) -> bool:
    """Tell whether a time is later than another.

    C: bool ktime_after(const ktime_t cmp1, const ktime_t cmp2)

    Returns:
        True if so.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return cmp1 > cmp2


@macro()
def ktime_before(cmp1: int, cmp2: int) -> bool:
    """Tell whether a time is earlier than another.

    C: bool ktime_before(const ktime_t cmp1, const ktime_t cmp2)

    Returns:
        True if so.

    Context:
        Any.

    Source:
        include/linux/ktime.h (v6.1)
    """
    return cmp1 < cmp2
