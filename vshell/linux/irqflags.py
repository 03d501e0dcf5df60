"""Switching interrupts off and on, on this CPU.

Header: include/linux/irqflags.h. What modules use of it is mirrored; the raw forms are not.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.interrupt import X86_EFLAGS_IF as _X86_EFLAGS_IF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "irqs_disabled",
    "local_irq_disable",
    "local_irq_enable",
    "local_irq_restore",
    "local_irq_save",
    "local_save_flags",
]


@macro()
def local_irq_save() -> int:
    """Switch interrupts off and remember how they were.

    ``flags = local_irq_save()``.

    C: #define local_irq_save(flags)

    Returns:
        The flags, for local_irq_restore().

    Context:
        Any; does not sleep. Timers and whatever else interrupts wait until interrupts are on.

    Source:
        include/linux/irqflags.h (v6.1)

    Differs:
        The flags are the result.
    """
    return kernel.interrupts.local_irq_save()


@macro()
def local_irq_restore(flags: int) -> None:
    """Put interrupts back to how local_irq_save() found them.

    C: #define local_irq_restore(flags)

    Args:
        flags: what local_irq_save() gave.

    Returns:
        Nothing.

    Context:
        Any; does not sleep. What waited happens at once.

    Source:
        include/linux/irqflags.h (v6.1)
    """
    kernel.interrupts.local_irq_restore(flags)


@macro()
def local_save_flags() -> int:
    """Tell how interrupts are, as flags.

    ``flags = local_save_flags()``.

    C: #define local_save_flags(flags)

    Returns:
        The flags: 0x200 if interrupts are on.

    Context:
        Any.

    Source:
        include/linux/irqflags.h (v6.1)

    Differs:
        The flags are the result.
    """
    return 0 if kernel.interrupts.irqs_disabled() else _X86_EFLAGS_IF


@macro()
def local_irq_disable() -> None:
    """Switch interrupts off.

    C: #define local_irq_disable()

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Sleeping with interrupts off is a bug; the scheduler switches them on.

    Source:
        include/linux/irqflags.h (v6.1)
    """
    kernel.interrupts.local_irq_save()


@macro()
def local_irq_enable() -> None:
    """Switch interrupts on.

    C: #define local_irq_enable()

    Returns:
        Nothing.

    Context:
        Any; does not sleep. What waited happens at once.

    Source:
        include/linux/irqflags.h (v6.1)
    """
    kernel.interrupts.local_irq_restore(_X86_EFLAGS_IF)


@macro()
def irqs_disabled() -> bool:
    """Tell whether interrupts are off on this CPU.

    C: #define irqs_disabled()

    Returns:
        True if so; in a hard interrupt always.

    Context:
        Any.

    Source:
        include/linux/irqflags.h (v6.1)
    """
    return kernel.interrupts.irqs_disabled()
