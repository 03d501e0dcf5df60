"""Spinlocks: waited for without sleeping, held without being preempted.

Header: include/linux/spinlock.h, which brings rwlock.h along. The raw and nested forms are not
mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel import costs as _costs
from vshell.kernel.interrupt import X86_EFLAGS_IF as _X86_EFLAGS_IF
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.spinlock import SpinLock as _SpinLock
from vshell.linux.rwlock import (
    DEFINE_RWLOCK,
    read_lock,
    read_lock_bh,
    read_lock_irq,
    read_lock_irqsave,
    read_trylock,
    read_unlock,
    read_unlock_bh,
    read_unlock_irq,
    read_unlock_irqrestore,
    rwlock_init,
    rwlock_t,
    write_lock,
    write_lock_bh,
    write_lock_irq,
    write_lock_irqsave,
    write_trylock,
    write_unlock,
    write_unlock_bh,
    write_unlock_irq,
    write_unlock_irqrestore,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_RWLOCK",
    "DEFINE_SPINLOCK",
    "read_lock",
    "read_lock_bh",
    "read_lock_irq",
    "read_lock_irqsave",
    "read_trylock",
    "read_unlock",
    "read_unlock_bh",
    "read_unlock_irq",
    "read_unlock_irqrestore",
    "rwlock_init",
    "rwlock_t",
    "spin_is_locked",
    "spin_lock",
    "spin_lock_bh",
    "spin_lock_init",
    "spin_lock_irq",
    "spin_lock_irqsave",
    "spin_trylock",
    "spin_unlock",
    "spin_unlock_bh",
    "spin_unlock_irq",
    "spin_unlock_irqrestore",
    "spinlock_t",
    "write_lock",
    "write_lock_bh",
    "write_lock_irq",
    "write_lock_irqsave",
    "write_trylock",
    "write_unlock",
    "write_unlock_bh",
    "write_unlock_irq",
    "write_unlock_irqrestore",
]


class spinlock_t(_SpinLock):
    """A spinlock.

    Header: include/linux/spinlock_types.h.
    """

    __slots__ = ()


def _checked(lock: object) -> spinlock_t:
    if isinstance(lock, spinlock_t):
        return lock
    raise _Oops("page", kernel.addresses.address_of(lock), "write")


def _lock(lock: object) -> None:
    kernel.sched.charge(_costs.CALL_NS)
    kernel.sched.current.preempt_count += 1
    kernel.spinning.lock(_checked(lock))


def _unlock(lock: object) -> None:
    kernel.sched.charge(_costs.CALL_NS)
    kernel.spinning.unlock(_checked(lock))
    kernel.sched.current.preempt_count -= 1


@macro()
def DEFINE_SPINLOCK() -> spinlock_t:
    """Make a free spinlock.

    ``lock = DEFINE_SPINLOCK()``.

    C: #define DEFINE_SPINLOCK(x)

    Returns:
        The lock.

    Context:
        Any.

    Source:
        include/linux/spinlock.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return spinlock_t()


@macro()
def spin_lock_init(lock: spinlock_t) -> None:
    """Make a spinlock free, whatever it was.

    C: #define spin_lock_init(lock)

    Returns:
        Nothing.

    Context:
        Any; nobody may hold it.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    _checked(lock).locked = False


@macro()
def spin_lock(lock: spinlock_t) -> None:
    """Take a spinlock; spin until it is free.

    C: void spin_lock(spinlock_t *lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock. For ever if this CPU holds it
        already.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    _lock(lock)


@macro()
def spin_unlock(lock: spinlock_t) -> None:
    """Free a spinlock.

    C: void spin_unlock(spinlock_t *lock)

    Returns:
        Nothing. Freeing a free lock is silent.

    Context:
        Any; does not sleep.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    _unlock(lock)


@macro()
def spin_lock_irq(lock: spinlock_t) -> None:
    """Take a spinlock with interrupts off; spin until it is free.

    C: void spin_lock_irq(spinlock_t *lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    kernel.interrupts.local_irq_save()
    _lock(lock)


@macro()
def spin_unlock_irq(lock: spinlock_t) -> None:
    """Free a spinlock and switch interrupts on.

    C: void spin_unlock_irq(spinlock_t *lock)

    Returns:
        Nothing. Freeing a free lock is silent.

    Context:
        Any; does not sleep.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    _unlock(lock)
    kernel.interrupts.local_irq_restore(_X86_EFLAGS_IF)


@macro()
def spin_lock_bh(lock: spinlock_t) -> None:
    """Take a spinlock with softirqs off; spin until it is free.

    C: void spin_lock_bh(spinlock_t *lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    kernel.interrupts.local_bh_disable()
    _lock(lock)


@macro()
def spin_unlock_bh(lock: spinlock_t) -> None:
    """Free a spinlock and let softirqs run again.

    C: void spin_unlock_bh(spinlock_t *lock)

    Returns:
        Nothing. Freeing a free lock is silent.

    Context:
        Any; does not sleep.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    _unlock(lock)
    kernel.interrupts.local_bh_enable()


@macro()
def spin_lock_irqsave(lock: spinlock_t) -> int:
    """Take a spinlock with interrupts off, and remember how they were.

    ``flags = spin_lock_irqsave(lock)``.

    C: #define spin_lock_irqsave(lock, flags)

    Returns:
        The flags, for spin_unlock_irqrestore().

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/spinlock.h (v6.1)

    Differs:
        The flags are the result.
    """
    flags = kernel.interrupts.local_irq_save()
    _lock(lock)
    return flags


@macro()
def spin_unlock_irqrestore(lock: spinlock_t, flags: int) -> None:
    """Free a spinlock and put interrupts back to how they were.

    C: void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)

    Args:
        lock: the lock.
        flags: what spin_lock_irqsave() gave.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    _unlock(lock)
    kernel.interrupts.local_irq_restore(flags)


@macro()
def spin_trylock(lock: spinlock_t) -> int:
    """Take a spinlock if it is free.

    C: int spin_trylock(spinlock_t *lock)

    Returns:
        1 if it was taken, 0 if not.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    kernel.sched.poll()
    if not kernel.spinning.try_lock(_checked(lock)):
        return 0
    kernel.sched.current.preempt_count += 1
    return 1


@macro()
def spin_is_locked(lock: spinlock_t) -> int:
    """Tell whether a spinlock is taken.

    C: int spin_is_locked(spinlock_t *lock)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/spinlock.h (v6.1)
    """
    kernel.sched.poll()
    return int(_checked(lock).locked)
