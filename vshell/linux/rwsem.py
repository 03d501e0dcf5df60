"""Reader-writer semaphores: many readers or one writer, who sleep while they wait.

Header: include/linux/rwsem.h. Nesting classes and lockdep are not mirrored.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.rwsem import RwSemaphore as _RwSemaphore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DECLARE_RWSEM",
    "down_read",
    "down_read_interruptible",
    "down_read_killable",
    "down_read_trylock",
    "down_write",
    "down_write_killable",
    "down_write_trylock",
    "downgrade_write",
    "init_rwsem",
    "rw_semaphore",
    "rwsem_is_locked",
    "up_read",
    "up_write",
]


class rw_semaphore(_RwSemaphore):
    """A reader-writer semaphore.

    Header: include/linux/rwsem.h.
    """

    __slots__ = ()


def _checked(sem: object) -> rw_semaphore:
    if isinstance(sem, rw_semaphore):
        return sem
    raise _Oops("page", kernel.addresses.address_of(sem), "write")


def _down(sem: object, state: int, *, writes: bool) -> int:
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.rwsems.rwsem_down_common(_checked(sem), state, writes=writes)


def _up(sem: object, *, writes: bool) -> None:
    kernel.sched.charge(_costs.CALL_NS)
    kernel.rwsems.up(_checked(sem), writes=writes)


@macro()
def DECLARE_RWSEM() -> rw_semaphore:
    """Make a free reader-writer semaphore.

    ``sem = DECLARE_RWSEM()``.

    C: #define DECLARE_RWSEM(name)

    Returns:
        The semaphore.

    Context:
        Any.

    Source:
        include/linux/rwsem.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return rw_semaphore()


@macro()
def init_rwsem(sem: rw_semaphore) -> None:
    """Make a reader-writer semaphore free, whatever it was.

    C: #define init_rwsem(sem)

    Returns:
        Nothing.

    Context:
        Any; nobody may be waiting.

    Source:
        include/linux/rwsem.h (v6.1)
    """
    fresh = _checked(sem)
    fresh.readers = 0
    fresh.writer = None
    fresh.waiting.clear()


@exported
def down_read(sem: rw_semaphore) -> None:
    """Become a reader, sleeping until nobody writes.

    C: void down_read(struct rw_semaphore *sem)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    _down(sem, _st.TASK_UNINTERRUPTIBLE, writes=False)


@exported
def down_read_interruptible(sem: rw_semaphore) -> int:
    """Become a reader, sleeping until nobody writes or a signal comes.

    C: int down_read_interruptible(struct rw_semaphore *sem)

    Returns:
        0 if it was taken, -EINTR for a signal or kthread_stop().

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    return _down(sem, _st.TASK_INTERRUPTIBLE, writes=False)


@exported
def down_read_killable(sem: rw_semaphore) -> int:
    """Become a reader, sleeping until nobody writes or the task is killed.

    C: int down_read_killable(struct rw_semaphore *sem)

    Returns:
        0 if it was taken, -EINTR if the task is being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    return _down(sem, _st.TASK_KILLABLE, writes=False)


@exported
def down_read_trylock(sem: rw_semaphore) -> int:
    """Become a reader if that is possible at once.

    C: int down_read_trylock(struct rw_semaphore *sem)

    Returns:
        1 if it was taken, 0 if not.

    Context:
        Any; does not sleep.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    kernel.sched.poll()
    return int(kernel.rwsems.try_down(_checked(sem), writes=False))


@exported
def down_write(sem: rw_semaphore) -> None:
    """Become the writer, sleeping until nobody reads or writes.

    C: void down_write(struct rw_semaphore *sem)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE, for ever if current holds it already.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    _down(sem, _st.TASK_UNINTERRUPTIBLE, writes=True)


@exported
def down_write_killable(sem: rw_semaphore) -> int:
    """Become the writer, sleeping until nobody reads or writes or the task is killed.

    C: int down_write_killable(struct rw_semaphore *sem)

    Returns:
        0 if it was taken, -EINTR if the task is being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    return _down(sem, _st.TASK_KILLABLE, writes=True)


@exported
def down_write_trylock(sem: rw_semaphore) -> int:
    """Become the writer if that is possible at once.

    C: int down_write_trylock(struct rw_semaphore *sem)

    Returns:
        1 if it was taken, 0 if not.

    Context:
        Any; does not sleep.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    kernel.sched.poll()
    return int(kernel.rwsems.try_down(_checked(sem), writes=True))


@exported
def up_read(sem: rw_semaphore) -> None:
    """Let go of a reader-writer semaphore as a reader.

    C: void up_read(struct rw_semaphore *sem)

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    _up(sem, writes=False)


@exported
def up_write(sem: rw_semaphore) -> None:
    """Let go of a reader-writer semaphore as the writer.

    C: void up_write(struct rw_semaphore *sem)

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    _up(sem, writes=True)


@exported
def downgrade_write(sem: rw_semaphore) -> None:
    """Turn from the writer into a reader.

    C: void downgrade_write(struct rw_semaphore *sem)

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        kernel/locking/rwsem.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.rwsems.downgrade(_checked(sem))


@macro()
def rwsem_is_locked(sem: rw_semaphore) -> int:
    """Tell whether somebody reads or writes.

    C: int rwsem_is_locked(struct rw_semaphore *sem)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rwsem.h (v6.1)
    """
    kernel.sched.poll()
    taken = _checked(sem)
    return int(taken.readers > 0 or taken.writer is not None)
