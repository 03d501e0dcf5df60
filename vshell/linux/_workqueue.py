"""Work queues, work and delayed work themselves: a part of <linux/workqueue.h>.

Header: include/linux/workqueue.h. What queues work stands in workqueue.py.

More than 400 lines, one idea: queues and what goes into them.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, exported_gpl, macro, value_macro
from vshell.kernel import costs as _costs
from vshell.kernel.format import vsprintf as _vsprintf
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.workqueue import WQ_HIGHPRI, WQ_MEM_RECLAIM, WQ_UNBOUND
from vshell.kernel.workqueue import WQ_ORDERED as _WQ_ORDERED
from vshell.kernel.workqueue import DelayedWork as _DelayedWork
from vshell.kernel.workqueue import Work as _Work
from vshell.kernel.workqueue import WorkQueue as _WorkQueue
from vshell.linux.container_of import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel
    system_wq: workqueue_struct
    system_highpri_wq: workqueue_struct
    system_long_wq: workqueue_struct
    system_unbound_wq: workqueue_struct
else:

    @value_macro
    def system_wq() -> workqueue_struct:
        """Give the queue that schedule_work() uses.

        C: struct workqueue_struct *system_wq

        Returns:
            The queue.

        Context:
            Any.

        Source:
            include/linux/workqueue.h (v6.1)
        """
        return kernel.workqueues.system["events"]

    @value_macro
    def system_highpri_wq() -> workqueue_struct:
        """Give the queue of workers with nice -20.

        C: struct workqueue_struct *system_highpri_wq

        Returns:
            The queue.

        Context:
            Any.

        Source:
            include/linux/workqueue.h (v6.1)
        """
        return kernel.workqueues.system["events_highpri"]

    @value_macro
    def system_long_wq() -> workqueue_struct:
        """Give the queue for work that takes long.

        C: struct workqueue_struct *system_long_wq

        Returns:
            The queue.

        Context:
            Any.

        Source:
            include/linux/workqueue.h (v6.1)
        """
        return kernel.workqueues.system["events_long"]

    @value_macro
    def system_unbound_wq() -> workqueue_struct:
        """Give the queue of workers that are tied to no CPU.

        C: struct workqueue_struct *system_unbound_wq

        Returns:
            The queue.

        Context:
            Any.

        Source:
            include/linux/workqueue.h (v6.1)
        """
        return kernel.workqueues.system["events_unbound"]


__all__ = [
    "DECLARE_DELAYED_WORK",
    "DECLARE_WORK",
    "INIT_DELAYED_WORK",
    "INIT_WORK",
    "WQ_CPU_INTENSIVE",
    "WQ_FREEZABLE",
    "WQ_HIGHPRI",
    "WQ_MEM_RECLAIM",
    "WQ_SYSFS",
    "WQ_UNBOUND",
    "alloc_ordered_workqueue",
    "alloc_workqueue",
    "create_singlethread_workqueue",
    "create_workqueue",
    "delayed_work",
    "destroy_workqueue",
    "drain_workqueue",
    "flush_workqueue",
    "system_highpri_wq",
    "system_long_wq",
    "system_unbound_wq",
    "system_wq",
    "to_delayed_work",
    "work_struct",
    "workqueue_struct",
]

WQ_FREEZABLE = 1 << 2
WQ_CPU_INTENSIVE = 1 << 5
WQ_SYSFS = 1 << 6


class work_struct(_Work):
    """A piece of work: ``func`` gets it.

    Header: include/linux/workqueue.h.
    """

    __slots__ = ()


class delayed_work(_DelayedWork):
    """Work with a timer: ``work`` is the work_struct that its function gets.

    Header: include/linux/workqueue.h.
    """

    __slots__ = ()

    def __init__(self, func: Callable[[Any], object] | None = None) -> None:
        """Make one that INIT_DELAYED_WORK() may prepare later: ``dwork = delayed_work()``."""
        super().__init__(work_struct(func))


# Only the functions below give one out.
workqueue_struct = _WorkQueue


def _queue(wq: object) -> _WorkQueue:
    if isinstance(wq, _WorkQueue):
        return wq
    raise _Oops("page", kernel.addresses.address_of(wq))


def _checked(work: object) -> work_struct:
    kernel.sched.charge(_costs.CALL_NS)
    if isinstance(work, work_struct):
        return work
    raise _Oops("page", kernel.addresses.address_of(work), "write")


def _delayed(dwork: object) -> delayed_work:
    kernel.sched.charge(_costs.CALL_NS)
    if isinstance(dwork, delayed_work):
        return dwork
    raise _Oops("page", kernel.addresses.address_of(dwork), "write")


@macro()
def DECLARE_WORK(f: Callable[[Any], object]) -> work_struct:
    """Make work.

    ``work = DECLARE_WORK(function)``.

    C: #define DECLARE_WORK(n, f)

    Returns:
        The work, not queued.

    Context:
        Any.

    Source:
        include/linux/workqueue.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return work_struct(f)


@macro()
def DECLARE_DELAYED_WORK(f: Callable[[Any], object]) -> delayed_work:
    """Make delayed work.

    ``dwork = DECLARE_DELAYED_WORK(function)``.

    C: #define DECLARE_DELAYED_WORK(n, f)

    Returns:
        The work, not queued.

    Context:
        Any.

    Source:
        include/linux/workqueue.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return delayed_work(f)


@macro()
def INIT_WORK(_work: work_struct, _func: Callable[[Any], object]) -> None:
    """Prepare work: say what it calls.

    C: #define INIT_WORK(_work, _func)

    Args:
        _work: not queued.
        _func: gets the work; container_of() leads to the structure around it.

    Returns:
        Nothing.

    Context:
        Any; it must not be queued.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    fresh = _checked(_work)
    fresh.func = _func
    fresh.pending = False


@macro()
def INIT_DELAYED_WORK(_work: delayed_work, _func: Callable[[Any], object]) -> None:
    """Prepare delayed work: say what it calls.

    C: #define INIT_DELAYED_WORK(_work, _func)

    Args:
        _work: not queued.
        _func: gets ``_work.work``; to_delayed_work() leads back.

    Returns:
        Nothing.

    Context:
        Any; it must not be queued.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    fresh = _delayed(_work)
    fresh.work.func = _func
    fresh.work.pending = False


@macro()
def to_delayed_work(work: work_struct) -> delayed_work:
    """Give the delayed work that work is part of.

    C: struct delayed_work *to_delayed_work(struct work_struct *work)

    Returns:
        The delayed work.

    Context:
        Any.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    found: delayed_work = container_of(work, delayed_work, "work")
    return found


@exported
def alloc_workqueue(fmt: str, flags: int, max_active: int, *args: Any) -> workqueue_struct:
    """Make a queue.

    C: struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)

    Args:
        fmt: printf format of its name, of which 23 characters count.
        flags: WQ_UNBOUND (on any CPU), WQ_HIGHPRI (nice -20), WQ_MEM_RECLAIM (with a rescuer
            thread), ...
        max_active: how many pieces of work run at a time on a CPU; 0 for 256.
        args: what the format prints.

    Returns:
        The queue.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    name = _vsprintf(kernel.addresses, fmt, args)
    return kernel.workqueues.alloc(name, flags, max_active)


@macro()
def alloc_ordered_workqueue(fmt: str, flags: int, *args: Any) -> workqueue_struct:
    """Make a queue that does one piece of work at a time, in order.

    C: #define alloc_ordered_workqueue(fmt, flags, args...)

    Args:
        fmt: printf format of its name.
        flags: WQ_MEM_RECLAIM, WQ_FREEZABLE or 0.
        args: what the format prints.

    Returns:
        The queue.

    Context:
        Process context. Sleeps.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return alloc_workqueue(fmt, WQ_UNBOUND | _WQ_ORDERED | flags, 1, *args)


@macro()
def create_workqueue(name: str) -> workqueue_struct:
    """Make a queue with a rescuer, by its older name.

    C: #define create_workqueue(name)

    Returns:
        The queue.

    Context:
        Process context. Sleeps.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return alloc_workqueue("%s", WQ_MEM_RECLAIM, 1, name)


@macro()
def create_singlethread_workqueue(name: str) -> workqueue_struct:
    """Make an ordered queue with a rescuer, by its older name.

    C: #define create_singlethread_workqueue(name)

    Returns:
        The queue.

    Context:
        Process context. Sleeps.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return alloc_ordered_workqueue("%s", WQ_MEM_RECLAIM, name)


@exported
def destroy_workqueue(wq: workqueue_struct) -> None:
    """Do all work that is queued, and end a queue.

    C: void destroy_workqueue(struct workqueue_struct *wq)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """
    kernel.workqueues.destroy(_queue(wq))


@exported
def flush_workqueue(wq: workqueue_struct) -> None:
    """Wait until all that is queued now has been done.

    C: void flush_workqueue(struct workqueue_struct *wq)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.workqueues.flush_workqueue(_queue(wq))


@exported_gpl
def drain_workqueue(wq: workqueue_struct) -> None:
    """Wait until nothing is queued, not even what work queues itself.

    C: void drain_workqueue(struct workqueue_struct *wq)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """
    queue = _queue(wq)
    while queue.members:
        kernel.workqueues.flush_workqueue(queue)
