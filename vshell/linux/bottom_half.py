"""Switching softirqs off and on, on this CPU.

Header: include/linux/bottom_half.h. It is mirrored whole.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "local_bh_disable",
    "local_bh_enable",
]


@macro()
def local_bh_disable() -> None:
    """Keep softirqs (timers, tasklets) off this CPU; sleeping in between is a bug.

    C: void local_bh_disable(void)

    Returns:
        Nothing.

    Context:
        Any but hard interrupts; nests.

    Source:
        include/linux/bottom_half.h (v6.1)
    """
    kernel.interrupts.local_bh_disable()


@macro()
def local_bh_enable() -> None:
    """End what local_bh_disable() began.

    C: void local_bh_enable(void)

    Returns:
        Nothing.

    Context:
        Any but hard interrupts. Softirqs that wait are run at once.

    Source:
        include/linux/bottom_half.h, kernel/softirq.c (v6.1)
    """
    kernel.interrupts.local_bh_enable()
