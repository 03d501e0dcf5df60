"""Timers of the wheel: a function is called once, some jiffies from now.

Header: include/linux/timer.h. Timers are mirrored; what only the scheduler calls is not.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, exported_gpl, macro
from vshell.kernel import costs as _costs
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.timer import Timer as _Timer
from vshell.linux.container_of import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_TIMER",
    "TIMER_DEFERRABLE",
    "TIMER_IRQSAFE",
    "TIMER_PINNED",
    "add_timer",
    "add_timer_on",
    "del_timer",
    "del_timer_sync",
    "from_timer",
    "mod_timer",
    "mod_timer_pending",
    "round_jiffies",
    "round_jiffies_relative",
    "round_jiffies_up",
    "timer_delete",
    "timer_delete_sync",
    "timer_list",
    "timer_pending",
    "timer_reduce",
    "timer_setup",
    "timer_shutdown",
    "timer_shutdown_sync",
    "try_to_del_timer_sync",
]

TIMER_DEFERRABLE = 0x00080000
TIMER_PINNED = 0x00100000
TIMER_IRQSAFE = 0x00200000


class timer_list(_Timer):
    """A timer: ``expires`` in jiffies, ``function`` gets the timer.

    Header: include/linux/timer.h.
    """

    __slots__ = ()

    def __init__(self) -> None:
        """Make one that timer_setup() has not prepared yet: ``t = timer_list()``."""
        super().__init__(None)


def _checked(timer: object) -> timer_list:
    if isinstance(timer, timer_list):
        return timer
    raise _Oops("page", kernel.addresses.address_of(timer), "write")


# What a caller may set and what only the kernel knows: both are needed to arm it.
def _called(timer: object) -> timer_list:
    kernel.sched.charge(_costs.CALL_NS)
    return _checked(timer)


@macro()
def timer_setup(timer: timer_list, callback: Callable[[Any], object], flags: int) -> None:
    """Prepare a timer: say what it calls.

    C: #define timer_setup(timer, callback, flags)

    Args:
        timer: not pending.
        callback: gets the timer; from_timer() leads to the structure around it.
        flags: TIMER_DEFERRABLE, TIMER_PINNED, TIMER_IRQSAFE or 0.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/timer.h (v6.1)
    """
    fresh = _checked(timer)
    fresh.function = callback
    fresh.flags = flags


@macro()
def DEFINE_TIMER(function: Callable[[Any], object]) -> timer_list:
    """Make a timer that calls a function.

    ``timer = DEFINE_TIMER(function)``.

    C: #define DEFINE_TIMER(_name, _function)

    Returns:
        The timer, not pending.

    Context:
        Any.

    Source:
        include/linux/timer.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    timer = timer_list()
    timer.function = function
    return timer


@macro(named=("var", "timer_fieldname"))
def from_timer(var: object, callback_timer: timer_list, timer_fieldname: object) -> Any:
    """Give the structure that a timer lies in.

    ``x = from_timer(x, t, timer)`` in the timer's function.

    C: #define from_timer(var, callback_timer, timer_fieldname)

    Args:
        var: the variable it is assigned to; only its type matters in C.
        callback_timer: the timer.
        timer_fieldname: the structure's member that is the timer.

    Returns:
        The structure.

    Context:
        Any.

    Source:
        include/linux/timer.h (v6.1)
    """
    del var
    return container_of(callback_timer, object, timer_fieldname)


@macro()
def timer_pending(timer: timer_list) -> int:
    """Tell whether a timer is armed.

    C: int timer_pending(const struct timer_list *timer)

    Returns:
        1 if so, else 0; in the timer's own function 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/timer.h (v6.1)
    """
    kernel.sched.poll()
    return int(_checked(timer).bucket is not None)


@exported
def mod_timer(timer: timer_list, expires: int) -> int:
    """Arm a timer, or move it.

    C: int mod_timer(struct timer_list *timer, unsigned long expires)

    Args:
        timer: one that timer_setup() has prepared.
        expires: jiffies at which it is due; the wheel rounds up. What has passed is due at the
            next tick.

    Returns:
        1 if it was armed, 0 if not; 0 and nothing else for one that has been shut down.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.1)
    """
    return kernel.timers.mod_timer(_called(timer), expires)


@exported
def mod_timer_pending(timer: timer_list, expires: int) -> int:
    """Move a timer that is armed.

    C: int mod_timer_pending(struct timer_list *timer, unsigned long expires)

    Args:
        timer: any.
        expires: jiffies.

    Returns:
        1 if it was armed; 0, and nothing happens, if not.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.1)
    """
    if _called(timer).bucket is None:
        return 0
    return kernel.timers.mod_timer(timer, expires)


@exported
def timer_reduce(timer: timer_list, expires: int) -> int:
    """Arm a timer, or make it earlier; never later.

    C: int timer_reduce(struct timer_list *timer, unsigned long expires)

    Args:
        timer: any.
        expires: jiffies.

    Returns:
        1 if it was armed, else 0.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.1)
    """
    if _called(timer).bucket is not None and timer.expires <= expires:
        return 1
    return kernel.timers.mod_timer(timer, expires)


@exported
def add_timer(timer: timer_list) -> None:
    """Arm a timer for its ``expires``.

    C: void add_timer(struct timer_list *timer)

    Args:
        timer: not armed; else there is a warning.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.1)
    """
    if _called(timer).bucket is not None:
        kernel.oops.warn_at("add_timer")
        return
    kernel.timers.mod_timer(timer, timer.expires)


@exported_gpl
def add_timer_on(timer: timer_list, cpu: int) -> None:
    """Arm a timer for its ``expires`` on a certain CPU.

    C: void add_timer_on(struct timer_list *timer, int cpu)

    Args:
        timer: not armed; else there is a warning.
        cpu: its number.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.1)
    """
    if _called(timer).bucket is not None:
        kernel.oops.warn_at("add_timer")
        return
    kernel.timers.mod_timer(timer, timer.expires, kernel.sched.cpus[cpu])


@exported
def del_timer(timer: timer_list) -> int:
    """Disarm a timer.

    C: int del_timer(struct timer_list *timer)

    Returns:
        1 if it was armed, else 0.

    Context:
        Any; does not sleep. Its function may be running on another CPU.

    Source:
        kernel/time/timer.c (v6.1)
    """
    return kernel.timers.del_timer(_called(timer))


@exported
def del_timer_sync(timer: timer_list) -> int:
    """Disarm a timer and wait until its function does not run.

    C: int del_timer_sync(struct timer_list *timer)

    Returns:
        1 if it was armed, else 0.

    Context:
        Any but its own function; does not sleep.

    Source:
        kernel/time/timer.c (v6.1)
    """
    return kernel.timers.del_timer(_called(timer))


@exported
def try_to_del_timer_sync(timer: timer_list) -> int:
    """Disarm a timer unless its function runs.

    C: int try_to_del_timer_sync(struct timer_list *timer)

    Returns:
        1 if it was armed, else 0. Never -1: no function runs while others look.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.1)
    """
    return kernel.timers.del_timer(_called(timer))


@exported
def timer_delete(timer: timer_list) -> int:
    """Disarm a timer, by its newer name.

    C: int timer_delete(struct timer_list *timer)

    Returns:
        1 if it was armed, else 0.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.2)
    """
    return kernel.timers.del_timer(_called(timer))


@exported
def timer_delete_sync(timer: timer_list) -> int:
    """Disarm a timer and wait until its function does not run, by its newer name.

    C: int timer_delete_sync(struct timer_list *timer)

    Returns:
        1 if it was armed, else 0.

    Context:
        Any but its own function; does not sleep.

    Source:
        kernel/time/timer.c (v6.2)
    """
    return kernel.timers.del_timer(_called(timer))


@exported_gpl
def timer_shutdown(timer: timer_list) -> int:
    """Disarm a timer for good: it cannot be armed until timer_setup().

    C: int timer_shutdown(struct timer_list *timer)

    Returns:
        1 if it was armed, else 0.

    Context:
        Any; does not sleep.

    Source:
        kernel/time/timer.c (v6.2)
    """
    return kernel.timers.shut_down(_called(timer))


@exported_gpl
def timer_shutdown_sync(timer: timer_list) -> int:
    """Disarm a timer for good and wait until its function does not run.

    C: int timer_shutdown_sync(struct timer_list *timer)

    Returns:
        1 if it was armed, else 0.

    Context:
        Any but its own function; does not sleep.

    Source:
        kernel/time/timer.c (v6.2)
    """
    return kernel.timers.shut_down(_called(timer))


@exported_gpl
def round_jiffies(j: int) -> int:
    """Round jiffies to a full second, so that timers fall together.

    C: unsigned long round_jiffies(unsigned long j)

    Args:
        j: jiffies at which a timer is due.

    Returns:
        Jiffies; down if less than a quarter of a second past a full one, else up. ``j`` if that
        has passed.

    Context:
        Any.

    Source:
        kernel/time/timer.c (v6.1)
    """
    return _round(j, up=False)


@exported_gpl
def round_jiffies_up(j: int) -> int:
    """Round jiffies up to a full second.

    C: unsigned long round_jiffies_up(unsigned long j)

    Args:
        j: jiffies at which a timer is due.

    Returns:
        Jiffies.

    Context:
        Any.

    Source:
        kernel/time/timer.c (v6.1)
    """
    return _round(j, up=True)


@exported_gpl
def round_jiffies_relative(j: int) -> int:
    """Round a number of jiffies from now, so that it ends at a full second.

    C: unsigned long round_jiffies_relative(unsigned long j)

    Args:
        j: jiffies from now.

    Returns:
        Jiffies from now.

    Context:
        Any.

    Source:
        kernel/time/timer.c (v6.1)
    """
    now = kernel.clock.jiffies(kernel.sched.now_ns)
    return _round(j + now, up=False) - now


# Linux: kernel/time/timer.c round_jiffies_common() (v6.1): CPU n's second begins 3n jiffies later.
def _round(j: int, *, up: bool) -> int:
    skew = 3 * kernel.sched.cpu.id
    hz = kernel.clock.hz
    rest = (j + skew) % hz
    rounded = j + skew - rest + (hz if up or rest >= hz // 4 else 0) - skew
    return rounded if rounded > kernel.clock.jiffies(kernel.sched.now_ns) else j
