"""Wait queues: sleep until a condition holds; whoever makes it true wakes.

Header: include/linux/wait.h. The wait_event family, the wake_up family and waiting by
hand are mirrored.

A condition is written as it is and evaluated again at every wake-up::

    wait_event_interruptible(wq, ready or kthread_should_stop())

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import macro
from vshell.kernel import costs as _costs
from vshell.kernel.hrtimer import HrTimer as _HrTimer
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.wait import WaitQueue as _WaitQueue
from vshell.linux._wait_entry import (
    DEFINE_WAIT,
    add_wait_queue,
    add_wait_queue_exclusive,
    finish_wait,
    init_wait,
    prepare_to_wait,
    prepare_to_wait_exclusive,
    remove_wait_queue,
    wait_queue_entry,
    wq_has_sleeper,
)
from vshell.linux.spinlock import spin_lock_irq, spin_unlock_irq

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DECLARE_WAIT_QUEUE_HEAD",
    "DEFINE_WAIT",
    "add_wait_queue",
    "add_wait_queue_exclusive",
    "finish_wait",
    "init_wait",
    "init_waitqueue_head",
    "prepare_to_wait",
    "prepare_to_wait_exclusive",
    "remove_wait_queue",
    "wait_event",
    "wait_event_hrtimeout",
    "wait_event_idle",
    "wait_event_idle_timeout",
    "wait_event_interruptible",
    "wait_event_interruptible_exclusive",
    "wait_event_interruptible_hrtimeout",
    "wait_event_interruptible_lock_irq",
    "wait_event_interruptible_timeout",
    "wait_event_killable",
    "wait_event_killable_timeout",
    "wait_event_lock_irq",
    "wait_event_timeout",
    "wait_queue_entry",
    "wait_queue_head",
    "waitqueue_active",
    "wake_up",
    "wake_up_all",
    "wake_up_interruptible",
    "wake_up_interruptible_all",
    "wake_up_interruptible_nr",
    "wake_up_interruptible_sync",
    "wake_up_nr",
    "wake_up_sync",
    "wq_has_sleeper",
]


class wait_queue_head(_WaitQueue):
    """A wait queue.

    Header: include/linux/wait.h.
    """

    __slots__ = ()


def _checked(wq_head: object) -> wait_queue_head:
    if isinstance(wq_head, wait_queue_head):
        return wq_head
    raise _Oops("page", kernel.addresses.address_of(wq_head), "write")


@macro()
def DECLARE_WAIT_QUEUE_HEAD() -> wait_queue_head:
    """Make a wait queue.

    ``wq = DECLARE_WAIT_QUEUE_HEAD()``.

    C: #define DECLARE_WAIT_QUEUE_HEAD(name)

    Returns:
        The queue.

    Context:
        Any.

    Source:
        include/linux/wait.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return wait_queue_head()


@macro(uses=("__init_waitqueue_head",))
def init_waitqueue_head(wq_head: wait_queue_head) -> None:
    """Empty a wait queue.

    C: #define init_waitqueue_head(wq_head)

    Returns:
        Nothing.

    Context:
        Any; nobody may be waiting.

    Source:
        include/linux/wait.h (v6.1)
    """
    _checked(wq_head).waiters.clear()


def _wait(wq_head: Any, condition: Any, state: int, timeout: int | None = None, **how: bool) -> int:
    kernel.sched.charge(_costs.CALL_NS)
    queue = _checked(wq_head)
    kernel.sched.might_sleep()
    if timeout is None:
        return min(kernel.waits.wait_event(queue, condition, state, **how), 0)
    return kernel.waits.wait_event(queue, condition, state, timeout_jiffies=timeout, **how)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule", "finish_wait"),
)
def wait_event(wq_head: wait_queue_head, condition: Any) -> None:
    """Sleep until a condition holds.

    C: #define wait_event(wq_head, condition)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE, without limit.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wait(wq_head, condition, _st.TASK_UNINTERRUPTIBLE)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule_timeout", "finish_wait"),
)
def wait_event_timeout(wq_head: wait_queue_head, condition: Any, timeout: int) -> int:
    """Sleep until a condition holds, at most ``timeout`` jiffies.

    C: #define wait_event_timeout(wq_head, condition, timeout)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        timeout: jiffies.

    Returns:
        Jiffies left (at least 1) if it holds, 0 if the time is over and it does not.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait(wq_head, condition, _st.TASK_UNINTERRUPTIBLE, timeout)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule", "finish_wait"),
)
def wait_event_interruptible(wq_head: wait_queue_head, condition: Any) -> int:
    """Sleep until a condition holds or a signal comes.

    C: #define wait_event_interruptible(wq_head, condition)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.

    Returns:
        0 if it holds, -ERESTARTSYS for a signal or kthread_stop().

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait(wq_head, condition, _st.TASK_INTERRUPTIBLE)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule_timeout", "finish_wait"),
)
def wait_event_interruptible_timeout(wq_head: wait_queue_head, condition: Any, timeout: int) -> int:
    """Sleep until a condition holds or a signal comes, or until a timeout.

    C: #define wait_event_interruptible_timeout(wq_head, condition, timeout)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        timeout: jiffies.

    Returns:
        Jiffies left (at least 1) if it holds, 0 if the time is over and it does not. -ERESTARTSYS
        for a signal or kthread_stop().

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait(wq_head, condition, _st.TASK_INTERRUPTIBLE, timeout)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule", "finish_wait"),
)
def wait_event_interruptible_exclusive(wq_head: wait_queue_head, condition: Any) -> int:
    """Sleep until a condition holds or a signal comes, as exclusive waiter.

    A wake_up() reaches one such waiter only.

    C: #define wait_event_interruptible_exclusive(wq_head, condition)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.

    Returns:
        0 if it holds, -ERESTARTSYS for a signal or kthread_stop().

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait(wq_head, condition, _st.TASK_INTERRUPTIBLE, exclusive=True)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule", "finish_wait"),
)
def wait_event_killable(wq_head: wait_queue_head, condition: Any) -> int:
    """Sleep until a condition holds or the task is killed.

    C: #define wait_event_killable(wq_head, condition)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.

    Returns:
        0 if it holds, -ERESTARTSYS if the task is being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait(wq_head, condition, _st.TASK_KILLABLE)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule_timeout", "finish_wait"),
)
def wait_event_killable_timeout(wq_head: wait_queue_head, condition: Any, timeout: int) -> int:
    """Sleep until a condition holds or the task is killed, or a timeout.

    C: #define wait_event_killable_timeout(wq_head, condition, timeout)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        timeout: jiffies.

    Returns:
        Jiffies left (at least 1) if it holds, 0 if the time is over and it does not. -ERESTARTSYS
        if the task is being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait(wq_head, condition, _st.TASK_KILLABLE, timeout)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule", "finish_wait"),
)
def wait_event_idle(wq_head: wait_queue_head, condition: Any) -> None:
    """Sleep until a condition holds, as an idle thread.

    C: #define wait_event_idle(wq_head, condition)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_IDLE, without limit.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wait(wq_head, condition, _st.TASK_IDLE)


@macro(
    lazy=("condition",),
    uses=("init_wait_entry", "prepare_to_wait_event", "schedule_timeout", "finish_wait"),
)
def wait_event_idle_timeout(wq_head: wait_queue_head, condition: Any, timeout: int) -> int:
    """Sleep until a condition holds or a timeout, as an idle thread.

    C: #define wait_event_idle_timeout(wq_head, condition, timeout)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        timeout: jiffies.

    Returns:
        Jiffies left (at least 1) if it holds, 0 if the time is over and it does not.

    Context:
        Process context. Sleeps in TASK_IDLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait(wq_head, condition, _st.TASK_IDLE, timeout)


@macro(uses=("__wake_up",))
def wake_up(wq_head: wait_queue_head) -> None:
    """Wake all non-exclusive waiters and one exclusive one.

    C: #define wake_up(x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_NORMAL, 1)


@macro(uses=("__wake_up",))
def wake_up_nr(wq_head: wait_queue_head, nr: int) -> None:
    """Wake all non-exclusive waiters and some exclusive ones.

    C: #define wake_up_nr(x, nr)

    Args:
        wq_head: the queue.
        nr: how many.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_NORMAL, nr)


@macro(uses=("__wake_up",))
def wake_up_all(wq_head: wait_queue_head) -> None:
    """Wake all waiters.

    C: #define wake_up_all(x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_NORMAL, 0)


@macro(uses=("__wake_up",))
def wake_up_interruptible(wq_head: wait_queue_head) -> None:
    """Wake all non-exclusive waiters and one exclusive one.

    Only those that sleep interruptibly.

    C: #define wake_up_interruptible(x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_INTERRUPTIBLE, 1)


@macro(uses=("__wake_up",))
def wake_up_interruptible_nr(wq_head: wait_queue_head, nr: int) -> None:
    """Wake all non-exclusive waiters and some exclusive ones.

    Only those that sleep interruptibly.

    C: #define wake_up_interruptible_nr(x, nr)

    Args:
        wq_head: the queue.
        nr: how many.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_INTERRUPTIBLE, nr)


@macro(uses=("__wake_up",))
def wake_up_interruptible_all(wq_head: wait_queue_head) -> None:
    """Wake all waiters that sleep interruptibly.

    C: #define wake_up_interruptible_all(x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_INTERRUPTIBLE, 0)


def _wake(wq_head: object, states: int, exclusive_max: int) -> None:
    kernel.sched.charge(_costs.WAKE_NS)
    kernel.waits.wake_up(_checked(wq_head), states, exclusive_max)


@macro()
def waitqueue_active(wq_head: wait_queue_head) -> int:
    """Tell whether somebody waits.

    C: int waitqueue_active(struct wait_queue_head *wq_head)

    Returns:
        1 if somebody does, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    return int(bool(_checked(wq_head).waiters))


@macro(lazy=("condition",))
def wait_event_lock_irq(wq_head: wait_queue_head, condition: Any, lock: Any) -> None:
    """Sleep until a condition holds that a spinlock guards.

    C: #define wait_event_lock_irq(wq_head, condition, lock)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        lock: held with interrupts off; free while current sleeps.

    Returns:
        Nothing; the lock is held.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wait_locked(wq_head, condition, _st.TASK_UNINTERRUPTIBLE, lock)


@macro(lazy=("condition",))
def wait_event_interruptible_lock_irq(wq_head: wait_queue_head, condition: Any, lock: Any) -> int:
    """Sleep until a condition holds that a spinlock guards, or a signal comes.

    C: #define wait_event_interruptible_lock_irq(wq_head, condition, lock)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        lock: held with interrupts off; free while current sleeps.

    Returns:
        0 if it holds, -ERESTARTSYS for a signal or kthread_stop(); the lock is held.

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait_locked(wq_head, condition, _st.TASK_INTERRUPTIBLE, lock)


def _wait_locked(wq_head: object, condition: Any, state: int, lock: Any) -> int:
    while not condition():
        spin_unlock_irq(lock)
        status = _wait(wq_head, condition, state)
        spin_lock_irq(lock)
        if status:
            return status
    return 0


@macro(lazy=("condition",))
def wait_event_hrtimeout(wq_head: wait_queue_head, condition: Any, timeout: int) -> int:
    """Sleep until a condition holds, or some nanoseconds.

    C: #define wait_event_hrtimeout(wq_head, condition, timeout)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        timeout: nanoseconds.

    Returns:
        0 if it holds, -ETIME if the time is over.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait_ns(wq_head, condition, _st.TASK_UNINTERRUPTIBLE, timeout)


@macro(lazy=("condition",))
def wait_event_interruptible_hrtimeout(
    wq_head: wait_queue_head, condition: Any, timeout: int
) -> int:
    """Sleep until a condition holds or a signal comes, or some nanoseconds.

    C: #define wait_event_interruptible_hrtimeout(wq, condition, timeout)

    Args:
        wq_head: where whoever changes the condition calls wake_up().
        condition: an expression; must not sleep.
        timeout: nanoseconds.

    Returns:
        0 if it holds, -ERESTARTSYS for a signal, -ETIME if the time is over.

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        include/linux/wait.h (v6.1)
    """
    return _wait_ns(wq_head, condition, _st.TASK_INTERRUPTIBLE, timeout)


# Linux: include/linux/wait.h __wait_event_hrtimeout() (v6.1): a timer wakes the task.
def _wait_ns(wq_head: object, condition: Any, state: int, timeout: int) -> int:
    sched = kernel.sched
    task = sched.current
    over = []

    def hrtimer_wakeup() -> None:
        over.append(True)
        sched.wake_up_process(task)

    timer = _HrTimer(kernel.hrtimers, hrtimer_wakeup)
    kernel.hrtimers.start(timer, sched.now_ns + timeout)
    status = _wait(wq_head, lambda: condition() or over, state)
    kernel.hrtimers.cancel(timer)
    return status or (0 if condition() or not over else -62)


@macro()
def wake_up_sync(wq_head: wait_queue_head) -> None:
    """Wake as wake_up() does, and say that current will sleep soon.

    C: #define wake_up_sync(x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_NORMAL, 1)


@macro()
def wake_up_interruptible_sync(wq_head: wait_queue_head) -> None:
    """Wake as wake_up_interruptible() does, and say that current will sleep soon.

    C: #define wake_up_interruptible_sync(x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/wait.h (v6.1)
    """
    _wake(wq_head, _st.TASK_INTERRUPTIBLE, 1)
