"""Switching preemption off and on.

Header: include/linux/preempt.h. The count and what asks about the context are mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["in_interrupt", "in_task", "preempt_count", "preempt_disable", "preempt_enable"]


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
        0 where sleeping is allowed.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return kernel.sched.current.preempt_count


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
    """Tell whether this is an interrupt.

    C: #define in_interrupt()

    Returns:
        True in timers' callbacks.

    Context:
        Any.

    Source:
        include/linux/preempt.h (v6.1)
    """
    return bool(kernel.sched.in_interrupt)
