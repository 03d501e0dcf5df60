"""Sleeping and waiting for a length of time.

Header: include/linux/delay.h. Flexible sleeping in jiffies (msleep) and in microseconds
(usleep_range), and busy waiting (udelay) are mirrored.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "fsleep",
    "mdelay",
    "msleep",
    "msleep_interruptible",
    "ndelay",
    "ssleep",
    "udelay",
    "usleep_range",
]

_MSLEEP_FROM_US = 20_000


@exported
def msleep(msecs: int) -> None:
    """Sleep at least some milliseconds, whatever happens.

    C: void msleep(unsigned int msecs)

    Args:
        msecs: milliseconds; rounded up to jiffies, one added, and rounded up again to the timer
            wheel's grain: msleep(1000) takes 1.024 s with HZ=250.

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE; neither a
        signal nor kthread_stop() ends it.

    Source:
        kernel/time/timer.c (v6.1)
    """
    sched = kernel.sched
    sched.charge(_costs.CALL_NS)
    timers = kernel.timers
    timeout = timers.msleep_jiffies.get(msecs) or timers.msleep_to_jiffies(msecs)
    schedule_timeout = timers.schedule_timeout
    while timeout:
        sched.current.state = _st.TASK_UNINTERRUPTIBLE
        timeout = schedule_timeout(timeout)


@exported
def msleep_interruptible(msecs: int) -> int:
    """Sleep at least some milliseconds, or until a signal comes.

    C: unsigned long msleep_interruptible(unsigned int msecs)

    Args:
        msecs: milliseconds.

    Returns:
        Milliseconds left, 0 if the time has passed.

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE; kthread_stop() ends
        it, kthread_park() does not.

    Source:
        kernel/time/timer.c (v6.1)
    """
    sched = kernel.sched
    sched.charge(_costs.CALL_NS)
    timeout = kernel.timers.msleep_to_jiffies(msecs)
    while timeout and not sched.current.signal_pending():
        sched.current.state = _st.TASK_INTERRUPTIBLE
        timeout = kernel.timers.schedule_timeout(timeout)
    return kernel.clock.jiffies_to_msecs(timeout)


@macro(uses=("msleep",))
def ssleep(seconds: int) -> None:
    """Sleep at least some seconds, whatever happens.

    C: void ssleep(unsigned int seconds)

    Args:
        seconds: seconds.

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        include/linux/delay.h (v6.1)
    """
    msleep(seconds * 1000)


@exported
def usleep_range(min: int, max: int) -> None:
    """Sleep between two times, off the jiffy grid.

    C: void usleep_range(unsigned long min, unsigned long max)

    Args:
        min: microseconds at least.
        max: microseconds at which the timer fires if no other interrupt comes before.

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE; neither a
        signal nor kthread_stop() ends it.

    Source:
        kernel/time/timer.c (v6.1)
    """
    sched = kernel.sched
    sched.charge(_costs.CALL_NS)
    longest_ns = (max if max > min else min) * 1000  # noqa: FURB136 - both are arguments here
    expires_ns = sched.now_ns + longest_ns
    while True:
        sched.current.state = _st.TASK_UNINTERRUPTIBLE
        if not kernel.hrtimers.sleep_until(expires_ns):
            return


@macro()
def fsleep(usecs: int) -> None:
    """Sleep some microseconds by whatever means suits their number.

    C: void fsleep(unsigned long usecs)

    Args:
        usecs: microseconds; up to 10 are waited busily, up to 20000 with
            usleep_range(), more with msleep().

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        include/linux/delay.h (v6.1)
    """
    if usecs <= 10:
        udelay(usecs)
    elif usecs <= _MSLEEP_FROM_US:
        usleep_range(usecs, 2 * usecs)
    else:
        msleep(-(-usecs // 1000))


@macro(uses=("__ndelay",))
def ndelay(nsecs: int) -> None:
    """Wait some nanoseconds without sleeping.

    C: void ndelay(unsigned long nsecs)

    Args:
        nsecs: nanoseconds.

    Returns:
        Nothing.

    Context:
        Any; uses the CPU all the time.

    Source:
        include/linux/delay.h (v6.1)
    """
    kernel.sched.charge(nsecs)


@macro(uses=("__const_udelay",))
def udelay(usecs: int) -> None:
    """Wait some microseconds without sleeping.

    C: void udelay(unsigned long usecs)

    Args:
        usecs: microseconds.

    Returns:
        Nothing.

    Context:
        Any; uses the CPU all the time.

    Source:
        include/asm-generic/delay.h (v6.1)
    """
    kernel.sched.charge(usecs * 1000)


@macro(uses=("__const_udelay",))
def mdelay(n: int) -> None:
    """Wait some milliseconds without sleeping.

    C: void mdelay(unsigned long n)

    Args:
        n: milliseconds.

    Returns:
        Nothing.

    Context:
        Any; uses the CPU all the time.

    Source:
        include/linux/delay.h (v6.1)
    """
    for _ in range(n):
        kernel.sched.charge(1_000_000)
