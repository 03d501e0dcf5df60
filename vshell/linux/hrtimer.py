"""Sleeping with the precision of the high-resolution timers.

Header: include/linux/hrtimer.h. schedule_hrtimeout() is mirrored; timers with callbacks are not.
"""

from __future__ import annotations

from vshell.abi.mirror import exported
from vshell.kernel import costs as _costs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["HRTIMER_MODE_ABS", "HRTIMER_MODE_REL", "schedule_hrtimeout"]

HRTIMER_MODE_ABS = 0
HRTIMER_MODE_REL = 1
# What the expiry of an ordinary task may slip: current->timer_slack_ns.
_SLACK_NS = 50_000


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
