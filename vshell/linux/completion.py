"""Completions: one task waits until another has done something.

Header: include/linux/completion.h. wait_for_completion_state() is not mirrored.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.kernel.clock import MAX_SCHEDULE_TIMEOUT as _FOR_EVER
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.wait import Completion as _Completion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DECLARE_COMPLETION",
    "complete",
    "complete_all",
    "completion",
    "completion_done",
    "init_completion",
    "reinit_completion",
    "try_wait_for_completion",
    "wait_for_completion",
    "wait_for_completion_interruptible",
    "wait_for_completion_interruptible_timeout",
    "wait_for_completion_io",
    "wait_for_completion_io_timeout",
    "wait_for_completion_killable",
    "wait_for_completion_killable_timeout",
    "wait_for_completion_timeout",
]


class completion(_Completion):
    """A completion; ``done`` counts what was completed and not waited for.

    Header: include/linux/completion.h.
    """

    __slots__ = ()


def _checked(x: object) -> completion:
    if isinstance(x, completion):
        return x
    raise _Oops("page", kernel.addresses.address_of(x), "write")


@macro()
def DECLARE_COMPLETION() -> completion:
    """Make a completion that is not done.

    ``done = DECLARE_COMPLETION()``.

    C: #define DECLARE_COMPLETION(work)

    Returns:
        The completion.

    Context:
        Any.

    Source:
        include/linux/completion.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return completion()


@macro(uses=("__init_swait_queue_head",))
def init_completion(x: completion) -> None:
    """Make a completion not done, whatever it was.

    C: void init_completion(struct completion *x)

    Returns:
        Nothing.

    Context:
        Any; nobody may be waiting.

    Source:
        include/linux/completion.h (v6.1)
    """
    fresh = _checked(x)
    fresh.done = 0
    fresh.wait.waiters.clear()


@macro()
def reinit_completion(x: completion) -> None:
    """Make a completion not done, to use it again.

    C: void reinit_completion(struct completion *x)

    Returns:
        Nothing.

    Context:
        Any.

    Source:
        include/linux/completion.h (v6.1)
    """
    _checked(x).done = 0


@exported
def complete(x: completion) -> None:
    """Let one waiter through, now or later.

    C: void complete(struct completion *x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    kernel.sched.charge(_costs.WAKE_NS)
    kernel.waits.complete(_checked(x))


@exported
def complete_all(x: completion) -> None:
    """Let all waiters through, now and later.

    C: void complete_all(struct completion *x)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    kernel.sched.charge(_costs.WAKE_NS)
    kernel.waits.complete_all(_checked(x))


def _wait(x: completion, state: int, timeout: int) -> int:
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.waits.wait_for_common(_checked(x), state, timeout)


@exported
def wait_for_completion(x: completion) -> None:
    """Wait until a completion is done.

    C: void wait_for_completion(struct completion *x)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE, without limit.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    _wait(x, _st.TASK_UNINTERRUPTIBLE, _FOR_EVER)


@exported
def wait_for_completion_timeout(x: completion, timeout: int) -> int:
    """Wait until a completion is done, at most ``timeout`` jiffies.

    C: unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)

    Returns:
        Jiffies left (at least 1) if it is done, 0 if the time is over.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    return _wait(x, _st.TASK_UNINTERRUPTIBLE, timeout)


@exported
def wait_for_completion_interruptible(x: completion) -> int:
    """Wait until a completion is done or a signal comes.

    C: int wait_for_completion_interruptible(struct completion *x)

    Returns:
        0 if it is done, -ERESTARTSYS for a signal or kthread_stop().

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    return min(_wait(x, _st.TASK_INTERRUPTIBLE, _FOR_EVER), 0)


@exported
def wait_for_completion_interruptible_timeout(x: completion, timeout: int) -> int:
    """Wait until a completion is done or a signal comes, or a timeout.

    C: long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout)

    Returns:
        Jiffies left (at least 1) if it is done, 0 if the time is over, -ERESTARTSYS for a signal.

    Context:
        Process context. Sleeps in TASK_INTERRUPTIBLE.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    return _wait(x, _st.TASK_INTERRUPTIBLE, timeout)


@exported
def wait_for_completion_killable(x: completion) -> int:
    """Wait until a completion is done or the task is killed.

    C: int wait_for_completion_killable(struct completion *x)

    Returns:
        0 if it is done, -ERESTARTSYS if the task is being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    return min(_wait(x, _st.TASK_KILLABLE, _FOR_EVER), 0)


@exported
def wait_for_completion_killable_timeout(x: completion, timeout: int) -> int:
    """Wait until a completion is done or the task is killed, or a timeout.

    C: long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout)

    Returns:
        Jiffies left (at least 1) if it is done, 0 if the time is over,
        -ERESTARTSYS if being killed.

    Context:
        Process context. Sleeps in TASK_KILLABLE.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    return _wait(x, _st.TASK_KILLABLE, timeout)


@exported
def try_wait_for_completion(x: completion) -> bool:
    """Use one "done" up if there is one.

    C: bool try_wait_for_completion(struct completion *x)

    Returns:
        True if there was one.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    kernel.sched.poll()
    if not _checked(x).done:
        return False
    return kernel.waits.wait_for_common(x, _st.TASK_UNINTERRUPTIBLE, 0) > 0


@exported
def completion_done(x: completion) -> bool:
    """Tell whether nobody waits.

    C: bool completion_done(struct completion *x)

    Returns:
        True if a waiter would not have to sleep.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    kernel.sched.poll()
    return bool(_checked(x).done)


@exported
def wait_for_completion_io(x: completion) -> None:
    """Wait until a completion is done, as somebody who waits for a disk.

    C: void wait_for_completion_io(struct completion *x)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE, without limit.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    _wait(x, _st.TASK_UNINTERRUPTIBLE, _FOR_EVER)


@exported
def wait_for_completion_io_timeout(x: completion, timeout: int) -> int:
    """Wait for a completion at most ``timeout`` jiffies, as somebody who waits for a disk.

    C: unsigned long wait_for_completion_io_timeout(struct completion *x, unsigned long timeout)

    Returns:
        Jiffies left (at least 1) if it is done, 0 if the time is over.

    Context:
        Process context. Sleeps in TASK_UNINTERRUPTIBLE.

    Source:
        kernel/sched/completion.c (v6.1)
    """
    return _wait(x, _st.TASK_UNINTERRUPTIBLE, timeout)
