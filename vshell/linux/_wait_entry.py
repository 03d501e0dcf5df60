"""Waiting by hand: entries of wait queues, a part of <linux/wait.h>.

Header: include/linux/wait.h. Entries with functions of their own are not
mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.wait import Waiter as _Waiter
from vshell.kernel.wait import WaitQueue as _WaitQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_WAIT",
    "add_wait_queue",
    "add_wait_queue_exclusive",
    "finish_wait",
    "init_wait",
    "prepare_to_wait",
    "prepare_to_wait_exclusive",
    "remove_wait_queue",
    "wait_queue_entry",
    "wq_has_sleeper",
]


class wait_queue_entry(_Waiter):
    """One waiter of a wait queue.

    Header: include/linux/wait.h.
    """

    __slots__ = ()


def _queue(wq_head: object) -> _WaitQueue:
    kernel.sched.charge(_costs.CALL_NS)
    if isinstance(wq_head, _WaitQueue):
        return wq_head
    raise _Oops("page", kernel.addresses.address_of(wq_head), "write")


@macro()
def DEFINE_WAIT() -> wait_queue_entry:
    """Make an entry for current.

    ``wait = DEFINE_WAIT()``.

    C: #define DEFINE_WAIT(name)

    Returns:
        The entry, in no queue.

    Context:
        Process context.

    Source:
        include/linux/wait.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return wait_queue_entry(kernel.sched.current)


@macro()
def init_wait(wait: wait_queue_entry) -> None:
    """Make an entry one for current, whatever it was.

    C: #define init_wait(wait)

    Returns:
        Nothing.

    Context:
        Process context; it must be in no queue.

    Source:
        include/linux/wait.h (v6.1)
    """
    wait.task = kernel.sched.current
    wait.exclusive = False


@exported
def add_wait_queue(wq_head: _WaitQueue, wq_entry: wait_queue_entry) -> None:
    """Put an entry at the head of a queue.

    C: void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/wait.c (v6.1)
    """
    wq_entry.exclusive = False
    _queue(wq_head).add(wq_entry)


@exported
def add_wait_queue_exclusive(wq_head: _WaitQueue, wq_entry: wait_queue_entry) -> None:
    """Put an entry at the tail of a queue, of which one wake-up wakes one.

    C: void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/wait.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    wq_entry.exclusive = True
    _queue(wq_head).add(wq_entry)


@exported
def remove_wait_queue(wq_head: _WaitQueue, wq_entry: wait_queue_entry) -> None:
    """Take an entry out of a queue.

    C: void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/wait.c (v6.1)
    """
    _queue(wq_head).remove(wq_entry)


@exported
def prepare_to_wait(wq_head: _WaitQueue, wq_entry: wait_queue_entry, state: int) -> None:
    """Enter a queue if not in it, and set current's state; then look at the condition.

    C: void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)

    Args:
        wq_head: the queue.
        wq_entry: the entry.
        state: TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, ...

    Returns:
        Nothing.

    Context:
        Process context; schedule() then sleeps.

    Source:
        kernel/sched/wait.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    wq_entry.exclusive = False
    kernel.waits.prepare_to_wait(_queue(wq_head), wq_entry, state)


@exported
def prepare_to_wait_exclusive(wq_head: _WaitQueue, wq_entry: wait_queue_entry, state: int) -> bool:
    """Enter a queue as an exclusive waiter if not in it, and set current's state.

    C: bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)

    Args:
        wq_head: the queue.
        wq_entry: the entry.
        state: TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, ...

    Returns:
        True if nobody else waits.

    Context:
        Process context; schedule() then sleeps.

    Source:
        kernel/sched/wait.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    queue = _queue(wq_head)
    was_empty = wq_entry.queue is None and not queue.waiters
    wq_entry.exclusive = True
    kernel.waits.prepare_to_wait(queue, wq_entry, state)
    return was_empty


@exported
def finish_wait(wq_head: _WaitQueue, wq_entry: wait_queue_entry) -> None:
    """Set current running, and leave the queue.

    C: void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        kernel/sched/wait.c (v6.1)
    """
    kernel.waits.finish_wait(_queue(wq_head), wq_entry)


@macro()
def wq_has_sleeper(wq_head: _WaitQueue) -> bool:
    """Tell whether somebody waits.

    C: bool wq_has_sleeper(struct wait_queue_head *wq_head)

    Returns:
        True if so.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    return bool(_queue(wq_head).waiters)
