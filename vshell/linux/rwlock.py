"""Reader-writer locks: many readers or one writer, waited for without sleeping.

Header: include/linux/rwlock.h, which C modules get from <linux/spinlock.h>.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel import costs as _costs
from vshell.kernel.interrupt import X86_EFLAGS_IF as _X86_EFLAGS_IF
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.spinlock import RwLock as _RwLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_RWLOCK",
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


class rwlock_t(_RwLock):
    """A reader-writer lock.

    Header: include/linux/rwlock_types.h.
    """

    __slots__ = ()


def _checked(lock: object) -> rwlock_t:
    if isinstance(lock, rwlock_t):
        return lock
    raise _Oops("page", kernel.addresses.address_of(lock), "write")


def _read_lock(lock: object) -> None:
    kernel.sched.charge(_costs.CALL_NS)
    kernel.sched.current.preempt_count += 1
    kernel.spinning.read_lock(_checked(lock))


def _write_lock(lock: object) -> None:
    kernel.sched.charge(_costs.CALL_NS)
    kernel.sched.current.preempt_count += 1
    kernel.spinning.write_lock(_checked(lock))


def _read_unlock(lock: object) -> None:
    kernel.sched.charge(_costs.CALL_NS)
    _checked(lock).readers -= 1
    kernel.sched.current.preempt_count -= 1


def _write_unlock(lock: object) -> None:
    kernel.sched.charge(_costs.CALL_NS)
    _checked(lock).writing = False
    kernel.sched.current.preempt_count -= 1


@macro()
def DEFINE_RWLOCK() -> rwlock_t:
    """Make a free reader-writer lock.

    ``lock = DEFINE_RWLOCK()``.

    C: #define DEFINE_RWLOCK(x)

    Returns:
        The lock.

    Context:
        Any.

    Source:
        include/linux/rwlock.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return rwlock_t()


@macro()
def rwlock_init(lock: rwlock_t) -> None:
    """Make a reader-writer lock free, whatever it was.

    C: #define rwlock_init(lock)

    Returns:
        Nothing.

    Context:
        Any; nobody may hold it.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _checked(lock).readers = 0
    lock.writing = False


@macro()
def read_lock(lock: rwlock_t) -> None:
    """Take a reader-writer lock as a reader; spin while somebody writes.

    C: #define read_lock(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _read_lock(lock)


@macro()
def read_unlock(lock: rwlock_t) -> None:
    """Let go of a reader-writer lock as a reader.

    C: #define read_unlock(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _read_unlock(lock)


@macro()
def read_lock_irq(lock: rwlock_t) -> None:
    """Take a reader-writer lock with interrupts off as a reader; spin while somebody writes.

    C: #define read_lock_irq(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    kernel.interrupts.local_irq_save()
    _read_lock(lock)


@macro()
def read_unlock_irq(lock: rwlock_t) -> None:
    """Let go of a reader-writer lock as a reader and switch interrupts on.

    C: #define read_unlock_irq(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _read_unlock(lock)
    kernel.interrupts.local_irq_restore(_X86_EFLAGS_IF)


@macro()
def read_lock_bh(lock: rwlock_t) -> None:
    """Take a reader-writer lock with softirqs off as a reader; spin while somebody writes.

    C: #define read_lock_bh(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    kernel.interrupts.local_bh_disable()
    _read_lock(lock)


@macro()
def read_unlock_bh(lock: rwlock_t) -> None:
    """Let go of a reader-writer lock as a reader and let softirqs run again.

    C: #define read_unlock_bh(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _read_unlock(lock)
    kernel.interrupts.local_bh_enable()


@macro()
def read_lock_irqsave(lock: rwlock_t) -> int:
    """Take a reader-writer lock as a reader, with interrupts off.

    ``flags = read_lock_irqsave(lock)``.

    C: #define read_lock_irqsave(lock, flags)

    Returns:
        The flags, for read_unlock_irqrestore().

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)

    Differs:
        The flags are the result.
    """
    flags = kernel.interrupts.local_irq_save()
    _read_lock(lock)
    return flags


@macro()
def read_unlock_irqrestore(lock: rwlock_t, flags: int) -> None:
    """Let go of a reader-writer lock and put interrupts back.

    C: #define read_unlock_irqrestore(lock, flags)

    Args:
        lock: the lock.
        flags: what read_lock_irqsave() gave.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _read_unlock(lock)
    kernel.interrupts.local_irq_restore(flags)


@macro()
def read_trylock(lock: rwlock_t) -> int:
    """Take a reader-writer lock as a reader if that is possible at once.

    C: #define read_trylock(lock)

    Returns:
        1 if it was taken, 0 if not.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    kernel.sched.poll()
    if not kernel.spinning.try_read(_checked(lock)):
        return 0
    kernel.sched.current.preempt_count += 1
    return 1


@macro()
def write_lock(lock: rwlock_t) -> None:
    """Take a reader-writer lock as the writer; spin while others hold it.

    C: #define write_lock(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _write_lock(lock)


@macro()
def write_unlock(lock: rwlock_t) -> None:
    """Let go of a reader-writer lock as the writer.

    C: #define write_unlock(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _write_unlock(lock)


@macro()
def write_lock_irq(lock: rwlock_t) -> None:
    """Take a reader-writer lock with interrupts off as the writer; spin while others hold it.

    C: #define write_lock_irq(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    kernel.interrupts.local_irq_save()
    _write_lock(lock)


@macro()
def write_unlock_irq(lock: rwlock_t) -> None:
    """Let go of a reader-writer lock as the writer and switch interrupts on.

    C: #define write_unlock_irq(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _write_unlock(lock)
    kernel.interrupts.local_irq_restore(_X86_EFLAGS_IF)


@macro()
def write_lock_bh(lock: rwlock_t) -> None:
    """Take a reader-writer lock with softirqs off as the writer; spin while others hold it.

    C: #define write_lock_bh(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    kernel.interrupts.local_bh_disable()
    _write_lock(lock)


@macro()
def write_unlock_bh(lock: rwlock_t) -> None:
    """Let go of a reader-writer lock as the writer and let softirqs run again.

    C: #define write_unlock_bh(lock)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _write_unlock(lock)
    kernel.interrupts.local_bh_enable()


@macro()
def write_lock_irqsave(lock: rwlock_t) -> int:
    """Take a reader-writer lock as the writer, with interrupts off.

    ``flags = write_lock_irqsave(lock)``.

    C: #define write_lock_irqsave(lock, flags)

    Returns:
        The flags, for write_unlock_irqrestore().

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)

    Differs:
        The flags are the result.
    """
    flags = kernel.interrupts.local_irq_save()
    _write_lock(lock)
    return flags


@macro()
def write_unlock_irqrestore(lock: rwlock_t, flags: int) -> None:
    """Let go of a reader-writer lock and put interrupts back.

    C: #define write_unlock_irqrestore(lock, flags)

    Args:
        lock: the lock.
        flags: what write_lock_irqsave() gave.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    _write_unlock(lock)
    kernel.interrupts.local_irq_restore(flags)


@macro()
def write_trylock(lock: rwlock_t) -> int:
    """Take a reader-writer lock as the writer if that is possible at once.

    C: #define write_trylock(lock)

    Returns:
        1 if it was taken, 0 if not.

    Context:
        Any; does not sleep. Preemption is off until the unlock.

    Source:
        include/linux/rwlock.h (v6.1)
    """
    kernel.sched.poll()
    if not kernel.spinning.try_write(_checked(lock)):
        return 0
    kernel.sched.current.preempt_count += 1
    return 1
