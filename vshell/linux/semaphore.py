"""Counting semaphores.

Header: include/linux/semaphore.h, all of it.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.kernel.lock import Semaphore as _Semaphore
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_SEMAPHORE",
    "down",
    "down_interruptible",
    "down_killable",
    "down_timeout",
    "down_trylock",
    "sema_init",
    "semaphore",
    "up",
]


class semaphore(_Semaphore):
    """A semaphore.

    Header: include/linux/semaphore.h.
    """

    __slots__ = ()


def _checked(sem: object) -> semaphore:
    if isinstance(sem, semaphore):
        return sem
    raise _Oops("page", kernel.addresses.address_of(sem), "write")


@macro()
def DEFINE_SEMAPHORE(n: int = 1) -> semaphore:
    """Make a semaphore.

    ``sem = DEFINE_SEMAPHORE()``.

    C: #define DEFINE_SEMAPHORE(name, n)

    Args:
        n: how many it lets through; since 6.4, before it is always 1.

    Returns:
        The semaphore.

    Context:
        Any.

    Source:
        include/linux/semaphore.h (v6.7)

    Differs:
        The variable is assigned, not named.
    """
    return semaphore(n)


@macro()
def sema_init(sem: semaphore, val: int) -> None:
    """Set how many a semaphore lets through.

    C: void sema_init(struct semaphore *sem, int val)

    Args:
        sem: the semaphore.
        val: the count.

    Returns:
        Nothing.

    Context:
        Any; nobody may be waiting.

    Source:
        include/linux/semaphore.h (v6.1)
    """
    fresh = _checked(sem)
    fresh.count = val
    fresh.waiters.clear()
    fresh.passed.clear()


@exported
def down(sem: semaphore) -> None:
    """Take a semaphore, sleeping until it lets through.

    C: void down(struct semaphore *sem)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        kernel/locking/semaphore.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.locks.down_common(_checked(sem), _st.TASK_UNINTERRUPTIBLE)


@exported
def down_interruptible(sem: semaphore) -> int:
    """Take a semaphore, sleeping until it lets through or a signal comes.

    C: int down_interruptible(struct semaphore *sem)

    Returns:
        0 if it was taken, -EINTR for a signal or kthread_stop().

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        kernel/locking/semaphore.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.locks.down_common(_checked(sem), _st.TASK_INTERRUPTIBLE)


@exported
def down_killable(sem: semaphore) -> int:
    """Take a semaphore, sleeping until it lets through or the task is killed.

    C: int down_killable(struct semaphore *sem)

    Returns:
        0 if it was taken, -EINTR if the task is being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        kernel/locking/semaphore.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.locks.down_common(_checked(sem), _st.TASK_KILLABLE)


@exported
def down_trylock(sem: semaphore) -> int:
    """Take a semaphore if it lets through.

    C: int down_trylock(struct semaphore *sem)

    Returns:
        0 if it was taken, 1 if not: the opposite of mutex_trylock().

    Context:
        Any; does not sleep.

    Source:
        kernel/locking/semaphore.c (v6.1)
    """
    kernel.sched.poll()
    return kernel.locks.down_trylock(_checked(sem))


@exported
def down_timeout(sem: semaphore, timeout: int) -> int:
    """Take a semaphore, sleeping until it lets through or until a timeout.

    C: int down_timeout(struct semaphore *sem, long timeout)

    Args:
        sem: the semaphore.
        timeout: jiffies.

    Returns:
        0 if it was taken, -ETIME if the time is over.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        kernel/locking/semaphore.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.locks.down_common(_checked(sem), _st.TASK_UNINTERRUPTIBLE, timeout)


@exported
def up(sem: semaphore) -> None:
    """Release a semaphore: let the first waiter through, or count up.

    C: void up(struct semaphore *sem)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/locking/semaphore.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.locks.up(_checked(sem))
