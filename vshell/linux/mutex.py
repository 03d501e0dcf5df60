"""Mutexes: one task at a time.

Header: include/linux/mutex.h. Nesting classes and lockdep are not mirrored.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.kernel.lock import Mutex as _Mutex
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_MUTEX",
    "mutex",
    "mutex_destroy",
    "mutex_init",
    "mutex_is_locked",
    "mutex_lock",
    "mutex_lock_interruptible",
    "mutex_lock_killable",
    "mutex_trylock",
    "mutex_unlock",
]


class mutex(_Mutex):
    """A mutex.

    Header: include/linux/mutex.h.
    """

    __slots__ = ()


def _checked(lock: object) -> mutex:
    if isinstance(lock, mutex):
        return lock
    raise _Oops("page", kernel.addresses.address_of(lock), "write")


@macro()
def DEFINE_MUTEX() -> mutex:
    """Make an unlocked mutex.

    ``lock = DEFINE_MUTEX()``.

    C: #define DEFINE_MUTEX(mutexname)

    Returns:
        The mutex.

    Context:
        Any.

    Source:
        include/linux/mutex.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return mutex()


@macro(uses=("__mutex_init",))
def mutex_init(lock: mutex) -> None:
    """Make a mutex unlocked, whatever it was.

    C: #define mutex_init(mutex)

    Returns:
        Nothing.

    Context:
        Any; nobody may be waiting.

    Source:
        include/linux/mutex.h (v6.1)
    """
    fresh = _checked(lock)
    fresh.owner = fresh.granted = None
    fresh.handoff = False
    fresh.waiters.clear()


@exported
def mutex_lock(lock: mutex) -> None:
    """Take a mutex, sleeping until it is free.

    C: void mutex_lock(struct mutex *lock)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE, for ever if current holds it already.

    Source:
        kernel/locking/mutex.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.locks.mutex_lock_common(_checked(lock), _st.TASK_UNINTERRUPTIBLE)


@exported
def mutex_lock_interruptible(lock: mutex) -> int:
    """Take a mutex, sleeping until it is free or a signal comes.

    C: int mutex_lock_interruptible(struct mutex *lock)

    Returns:
        0 if it was taken, -EINTR for a signal or kthread_stop().

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        kernel/locking/mutex.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.locks.mutex_lock_common(_checked(lock), _st.TASK_INTERRUPTIBLE)


@exported
def mutex_lock_killable(lock: mutex) -> int:
    """Take a mutex, sleeping until it is free or the task is killed.

    C: int mutex_lock_killable(struct mutex *lock)

    Returns:
        0 if it was taken, -EINTR if the task is being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        kernel/locking/mutex.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.locks.mutex_lock_common(_checked(lock), _st.TASK_KILLABLE)


@exported
def mutex_trylock(lock: mutex) -> int:
    """Take a mutex if it is free.

    C: int mutex_trylock(struct mutex *lock)

    Returns:
        1 if it was taken, 0 if not.

    Context:
        Process context; does not sleep.

    Source:
        kernel/locking/mutex.c (v6.1)
    """
    kernel.sched.poll()
    return kernel.locks.mutex_trylock(_checked(lock))


@exported
def mutex_unlock(lock: mutex) -> None:
    """Release a mutex; the first waiter is woken.

    C: void mutex_unlock(struct mutex *lock)

    Returns:
        Nothing. Unlocking an unlocked mutex is silent.

    Context:
        Process context; does not sleep.

    Source:
        kernel/locking/mutex.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.locks.mutex_unlock(_checked(lock))


@exported
def mutex_is_locked(lock: mutex) -> bool:
    """Tell whether a mutex is taken.

    C: bool mutex_is_locked(struct mutex *lock)

    Returns:
        True if so.

    Context:
        Any; does not sleep.

    Source:
        kernel/locking/mutex.c (v6.1)
    """
    kernel.sched.poll()
    return _checked(lock).owner is not None


@macro()
def mutex_destroy(lock: mutex) -> None:
    """Say that a mutex is not used any more.

    C: void mutex_destroy(struct mutex *lock)

    Returns:
        Nothing; only kernels that debug locks look at it.

    Context:
        Any; nobody may hold it.

    Source:
        include/linux/mutex.h (v6.1)
    """
    _checked(lock)
