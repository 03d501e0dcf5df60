"""High-resolution timers: functions called at a nanosecond, and sleeping until one.

Header: include/linux/hrtimer.h. Timers and schedule_hrtimeout() are mirrored; clocks beside
CLOCK_MONOTONIC count as that one.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, exported_gpl, macro
from vshell.kernel import costs as _costs
from vshell.kernel.hrtimer import CallbackTimer as _CallbackTimer
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "CLOCK_BOOTTIME",
    "CLOCK_MONOTONIC",
    "CLOCK_REALTIME",
    "HRTIMER_MODE_ABS",
    "HRTIMER_MODE_ABS_SOFT",
    "HRTIMER_MODE_REL",
    "HRTIMER_MODE_REL_SOFT",
    "HRTIMER_NORESTART",
    "HRTIMER_RESTART",
    "hrtimer",
    "hrtimer_active",
    "hrtimer_cancel",
    "hrtimer_forward",
    "hrtimer_forward_now",
    "hrtimer_get_expires",
    "hrtimer_get_remaining",
    "hrtimer_init",
    "hrtimer_is_queued",
    "hrtimer_restart",
    "hrtimer_setup",
    "hrtimer_start",
    "hrtimer_try_to_cancel",
    "schedule_hrtimeout",
]

CLOCK_REALTIME = 0
CLOCK_MONOTONIC = 1
CLOCK_BOOTTIME = 7
HRTIMER_MODE_ABS = 0
HRTIMER_MODE_REL = 1
HRTIMER_MODE_ABS_SOFT = 4
HRTIMER_MODE_REL_SOFT = 5
HRTIMER_NORESTART = 0
HRTIMER_RESTART = 1
_MODE_REL = 1
_MODE_SOFT = 4
# What the expiry of an ordinary task may slip: current->timer_slack_ns.
_SLACK_NS = 50_000


class hrtimer(_CallbackTimer):
    """A timer: ``function`` gets it and gives HRTIMER_RESTART or HRTIMER_NORESTART.

    Header: include/linux/hrtimer.h.
    """

    __slots__ = ()

    def __init__(self) -> None:
        """Make one that hrtimer_init() has not prepared yet: ``timer = hrtimer()``."""
        super().__init__(None, None)


def _checked(timer: object) -> hrtimer:
    kernel.sched.charge(_costs.CALL_NS)
    if isinstance(timer, hrtimer):
        return timer
    raise _Oops("page", kernel.addresses.address_of(timer), "write")


# Without hrtimer_init() a timer has no base.
def _ready(timer: object) -> hrtimer:
    found = _checked(timer)
    if found.owner is None:
        raise _Oops("page")
    return found


@exported_gpl
def hrtimer_init(timer: hrtimer, clock_id: int, mode: int) -> None:
    """Prepare a timer; its ``function`` is assigned afterwards.

    C: void hrtimer_init(struct hrtimer *timer, clockid_t which_clock, enum hrtimer_mode mode)

    Args:
        timer: not active.
        clock_id: CLOCK_MONOTONIC.
        mode: HRTIMER_MODE_REL or HRTIMER_MODE_ABS; with _SOFT its function runs in softirq
            context.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/hrtimer.c (v6.1)
    """
    del clock_id
    fresh = _checked(timer)
    fresh.owner = kernel.hrtimers
    fresh.soft = bool(mode & _MODE_SOFT)


@exported_gpl
def hrtimer_setup(timer: hrtimer, function: Callable[[Any], int], clock_id: int, mode: int) -> None:
    """Prepare a timer: say what it calls.

    C: void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *), clockid_t clock_id, enum hrtimer_mode mode)

    Args:
        timer: not active.
        function: gets the timer; gives HRTIMER_RESTART to be armed again for the timer's expiry.
        clock_id: CLOCK_MONOTONIC.
        mode: as for hrtimer_init().

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/hrtimer.c (v6.13)
    """  # noqa: E501 - the prototype is one line of the header file
    hrtimer_init(timer, clock_id, mode)
    timer.function = function


@macro()
def hrtimer_start(timer: hrtimer, tim: int, mode: int) -> None:
    """Arm a timer, or move it.

    C: void hrtimer_start(struct hrtimer *timer, ktime_t tim, const enum hrtimer_mode mode)

    Args:
        timer: one that hrtimer_init() has prepared.
        tim: nanoseconds, from now or since boot.
        mode: HRTIMER_MODE_REL or HRTIMER_MODE_ABS.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/hrtimer.h (v6.1)
    """
    armed = _ready(timer)
    base_ns = kernel.sched.now_ns if mode & _MODE_REL else 0
    kernel.hrtimers.start(armed, tim + base_ns)


@exported_gpl
def hrtimer_cancel(timer: hrtimer) -> int:
    """Disarm a timer and wait until its function does not run.

    C: int hrtimer_cancel(struct hrtimer *timer)

    Returns:
        1 if it was armed, else 0.

    Context:
        Any but its own function.

    Source:
        kernel/time/hrtimer.c (v6.1)
    """
    return kernel.hrtimers.cancel(_checked(timer))


@exported_gpl
def hrtimer_try_to_cancel(timer: hrtimer) -> int:
    """Disarm a timer unless its function runs.

    C: int hrtimer_try_to_cancel(struct hrtimer *timer)

    Returns:
        1 if it was armed, 0 if not, -1 if its function runs.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/hrtimer.c (v6.1)
    """
    return -1 if _checked(timer).running else kernel.hrtimers.cancel(timer)


@exported_gpl
def hrtimer_active(timer: hrtimer) -> bool:
    """Tell whether a timer is armed, or its function runs.

    C: bool hrtimer_active(const struct hrtimer *timer)

    Returns:
        True if so.

    Context:
        Any.

    Source:
        kernel/time/hrtimer.c (v6.1)
    """
    return _checked(timer).is_active()


@macro()
def hrtimer_is_queued(timer: hrtimer) -> bool:
    """Tell whether a timer is armed.

    C: bool hrtimer_is_queued(struct hrtimer *timer)

    Returns:
        True if so; in its own function False.

    Context:
        Any.

    Source:
        include/linux/hrtimer.h (v6.1)
    """
    return _checked(timer).firing is not None


@exported_gpl
def hrtimer_forward(timer: hrtimer, now: int, interval: int) -> int:
    """Move a timer's expiry past a time, by whole intervals.

    C: u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)

    Args:
        timer: not armed: usually in its own function.
        now: nanoseconds since boot.
        interval: nanoseconds.

    Returns:
        By how many intervals; 0 if it is not due.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/hrtimer.c (v6.1)
    """
    return kernel.hrtimers.forward(_ready(timer), now, interval)


@macro()
def hrtimer_forward_now(timer: hrtimer, interval: int) -> int:
    """Move a timer's expiry past now, by whole intervals.

    C: u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)

    Args:
        timer: not armed: usually in its own function.
        interval: nanoseconds.

    Returns:
        By how many intervals: 1 if none was missed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/hrtimer.h (v6.1)
    """
    return hrtimer_forward(timer, kernel.sched.now_ns, interval)


@macro()
def hrtimer_get_expires(timer: hrtimer) -> int:
    """Tell when a timer is due.

    C: ktime_t hrtimer_get_expires(const struct hrtimer *timer)

    Returns:
        Nanoseconds since boot.

    Context:
        Any.

    Source:
        include/linux/hrtimer.h (v6.1)
    """
    return _checked(timer).expires_ns


@macro()
def hrtimer_get_remaining(timer: hrtimer) -> int:
    """Tell how long it is until a timer is due.

    C: ktime_t hrtimer_get_remaining(const struct hrtimer *timer)

    Returns:
        Nanoseconds; negative if it is late or was never armed.

    Context:
        Any.

    Source:
        include/linux/hrtimer.h (v6.1)
    """
    return _checked(timer).expires_ns - kernel.sched.now_ns


@macro()
def hrtimer_restart(timer: hrtimer) -> None:
    """Arm a timer again for the expiry that it has.

    C: void hrtimer_restart(struct hrtimer *timer)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/hrtimer.h (v6.1)
    """
    kernel.hrtimers.start(_ready(timer), timer.expires_ns)


@exported
def schedule_hrtimeout(expires: int | None, mode: int) -> int:
    """Sleep until woken or until a time; current's state must have been set.

    C: int schedule_hrtimeout(ktime_t *expires, const enum hrtimer_mode mode)

    Args:
        expires: a ktime_t; None for no limit.
        mode: HRTIMER_MODE_REL or HRTIMER_MODE_ABS.

    Returns:
        0 if the time has come, -EINTR if woken before. At once 0 for a time of 0.

    Context:
        Process context. Sleeps.

    Source:
        kernel/time/hrtimer.c (v6.1)
    """
    sched = kernel.sched
    sched.charge(_costs.CALL_NS)
    if expires is None:
        sched.schedule()
        return -4
    if not expires:
        sched.current.state = 0
        return 0
    expires_ns = expires + (sched.now_ns if mode == HRTIMER_MODE_REL else 0)
    return kernel.hrtimers.sleep_until(expires_ns + _SLACK_NS)
