"""Tasklets: functions that are to run soon, in softirq context.

Header: include/linux/interrupt.h. Tasklets are mirrored; there is no device whose interrupts a
module could handle.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.kernel.interrupt import HI_SOFTIRQ as _HI_SOFTIRQ
from vshell.kernel.interrupt import TASKLET_SOFTIRQ as _TASKLET_SOFTIRQ
from vshell.kernel.interrupt import Tasklet as _Tasklet
from vshell.kernel.oops import Oops as _Oops
from vshell.linux.container_of import container_of
from vshell.linux.irqflags import (
    irqs_disabled,
    local_irq_disable,
    local_irq_enable,
    local_irq_restore,
    local_irq_save,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DECLARE_TASKLET",
    "DECLARE_TASKLET_DISABLED",
    "from_tasklet",
    "irqs_disabled",
    "local_irq_disable",
    "local_irq_enable",
    "local_irq_restore",
    "local_irq_save",
    "tasklet_disable",
    "tasklet_enable",
    "tasklet_hi_schedule",
    "tasklet_init",
    "tasklet_kill",
    "tasklet_schedule",
    "tasklet_setup",
    "tasklet_struct",
]


class tasklet_struct(_Tasklet):
    """A tasklet.

    Header: include/linux/interrupt.h.
    """

    __slots__ = ()


def _checked(t: object) -> tasklet_struct:
    kernel.sched.charge(_costs.CALL_NS)
    if isinstance(t, tasklet_struct):
        return t
    raise _Oops("page", kernel.addresses.address_of(t), "write")


def _make(callback: Callable[[Any], object], count: int) -> tasklet_struct:
    tasklet = tasklet_struct()
    tasklet.func = callback
    tasklet.count = count
    return tasklet


@macro()
def DECLARE_TASKLET(_callback: Callable[[Any], object]) -> tasklet_struct:
    """Make a tasklet that calls a function.

    ``tasklet = DECLARE_TASKLET(function)``.

    C: #define DECLARE_TASKLET(name, _callback)

    Args:
        _callback: gets the tasklet.

    Returns:
        The tasklet, not scheduled.

    Context:
        Any.

    Source:
        include/linux/interrupt.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return _make(_callback, 0)


@macro()
def DECLARE_TASKLET_DISABLED(_callback: Callable[[Any], object]) -> tasklet_struct:
    """Make a tasklet that waits for tasklet_enable().

    C: #define DECLARE_TASKLET_DISABLED(name, _callback)

    Args:
        _callback: gets the tasklet.

    Returns:
        The tasklet, switched off.

    Context:
        Any.

    Source:
        include/linux/interrupt.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return _make(_callback, 1)


@exported
def tasklet_setup(t: tasklet_struct, callback: Callable[[Any], object]) -> None:
    """Prepare a tasklet: say what it calls.

    C: void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))

    Args:
        t: not scheduled.
        callback: gets the tasklet.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/softirq.c (v6.1)
    """
    fresh = _checked(t)
    fresh.func = callback
    fresh.uses_callback = True
    fresh.count = 0
    fresh.scheduled = False


@exported
def tasklet_init(t: tasklet_struct, func: Callable[[Any], object], data: Any) -> None:
    """Prepare a tasklet whose function gets a value, the older way.

    C: void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)

    Args:
        t: not scheduled.
        func: gets ``data``.
        data: a value.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/softirq.c (v6.1)
    """
    tasklet_setup(t, func)
    t.uses_callback = False
    t.data = data


@macro(named=("var", "tasklet_fieldname"))
def from_tasklet(var: object, callback_tasklet: tasklet_struct, tasklet_fieldname: object) -> Any:
    """Give the structure that a tasklet lies in.

    ``x = from_tasklet(x, t, tasklet)`` in the tasklet's function.

    C: #define from_tasklet(var, callback_tasklet, tasklet_fieldname)

    Args:
        var: the variable it is assigned to; only its type matters in C.
        callback_tasklet: the tasklet.
        tasklet_fieldname: the structure's member that is the tasklet.

    Returns:
        The structure.

    Context:
        Any.

    Source:
        include/linux/interrupt.h (v6.1)
    """
    del var
    return container_of(callback_tasklet, object, tasklet_fieldname)


@macro()
def tasklet_schedule(t: tasklet_struct) -> None:
    """Let a tasklet run soon, on this CPU, once.

    C: void tasklet_schedule(struct tasklet_struct *t)

    Returns:
        Nothing; if it is scheduled already, nothing happens.

    Context:
        Any; does not sleep.

    Source:
        include/linux/interrupt.h, kernel/softirq.c (v6.1)
    """
    kernel.interrupts.tasklet_schedule(_checked(t), _TASKLET_SOFTIRQ)


@macro()
def tasklet_hi_schedule(t: tasklet_struct) -> None:
    """Let a tasklet run soon, before timers and other tasklets.

    C: void tasklet_hi_schedule(struct tasklet_struct *t)

    Returns:
        Nothing; if it is scheduled already, nothing happens.

    Context:
        Any; does not sleep.

    Source:
        include/linux/interrupt.h, kernel/softirq.c (v6.1)
    """
    kernel.interrupts.tasklet_schedule(_checked(t), _HI_SOFTIRQ)


@macro()
def tasklet_disable(t: tasklet_struct) -> None:
    """Keep a tasklet from running until tasklet_enable(); nests.

    C: void tasklet_disable(struct tasklet_struct *t)

    Returns:
        Nothing.

    Context:
        Process context; may sleep until it does not run.

    Source:
        include/linux/interrupt.h (v6.1)
    """
    _checked(t).count += 1


@macro()
def tasklet_enable(t: tasklet_struct) -> None:
    """End what tasklet_disable() began.

    C: void tasklet_enable(struct tasklet_struct *t)

    Returns:
        Nothing; if it is scheduled it runs soon.

    Context:
        Any; does not sleep.

    Source:
        include/linux/interrupt.h (v6.1)
    """
    _checked(t).count -= 1


@exported
def tasklet_kill(t: tasklet_struct) -> None:
    """Wait until a tasklet has run, if it is scheduled.

    C: void tasklet_kill(struct tasklet_struct *t)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps; for ever if the tasklet is switched off.

    Source:
        kernel/softirq.c (v6.1)
    """
    kernel.interrupts.tasklet_kill(_checked(t))
