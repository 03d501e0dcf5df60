"""Switching preemption off and on.

Header: include/linux/preempt.h. The count and what asks about the context are mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "in_atomic",
    "in_hardirq",
    "in_interrupt",
    "in_irq",
    "in_serving_softirq",
    "in_softirq",
    "in_task",
    "preempt_count",
    "preempt_disable",
    "preempt_enable",
]

_SOFTIRQ_MASK = 0xFF00


@macro()
def preempt_disable() -> None:
    """Keep this CPU until preempt_enable(); sleeping in between is a bug.

    C: #define preempt_disable()

    Returns:
        Nothing.

    Context:
        Any; nests.

    Source:
        include/linux/preempt.h (v6.1)
    """
    kernel.sched.current.preempt_count += 1


@macro()
def preempt_enable() -> None:
    """End what preempt_disable() began.

    C: #define preempt_enable()

    Returns:
        Nothing.

    Context:
        Any; may give up the CPU.

    Source:
        include/linux/preempt.h (v6.1)
    """
    kernel.sched.current.preempt_count -= 1


@macro()
def preempt_count() -> int:
    """Tell how often preemption has been switched off.

    C: int preempt_count(void)

    Returns:
        0 where sleeping is allowed: 1 for each preempt_disable() and spinlock, 0x200 for each
        local_bh_disable(), 0x100 in a softirq, 0x10000 in a hard interrupt.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return kernel.interrupts.preempt_count()


@macro()
def in_task() -> bool:
    """Tell whether this is process context.

    C: #define in_task()

    Returns:
        False in an interrupt.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return not kernel.sched.in_interrupt


@macro()
def in_interrupt() -> bool:
    """Tell whether this is an interrupt, or softirqs are off.

    C: #define in_interrupt()

    Returns:
        True in timers' callbacks.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return bool(kernel.interrupts.preempt_count() & ~0xFF)


@macro()
def in_hardirq() -> bool:
    """Tell whether this is a hard interrupt.

    C: #define in_hardirq()

    Returns:
        True in an hrtimer's function.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return bool(kernel.sched.in_hardirq)


@macro()
def in_irq() -> bool:
    """Tell whether this is a hard interrupt, by its older name.

    C: #define in_irq()

    Returns:
        True in an hrtimer's function.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return bool(kernel.sched.in_hardirq)


@macro()
def in_softirq() -> bool:
    """Tell whether this is a softirq, or softirqs are off.

    C: #define in_softirq()

    Returns:
        True in the functions of timers and tasklets.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return bool(kernel.interrupts.preempt_count() & _SOFTIRQ_MASK)


@macro()
def in_serving_softirq() -> bool:
    """Tell whether this is a softirq.

    C: #define in_serving_softirq()

    Returns:
        True in the functions of timers and tasklets.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return bool(kernel.interrupts.preempt_count() & 0x100)


@macro()
def in_atomic() -> bool:
    """Tell whether sleeping would be a bug.

    C: #define in_atomic()

    Returns:
        True in interrupts and with preemption off; not with interrupts off.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return bool(kernel.interrupts.preempt_count())
