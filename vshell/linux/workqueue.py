"""Work queues: functions that kernel threads call later, in process context.

Header: include/linux/workqueue.h. Queues, work and delayed work are mirrored; attributes, RCU work
and freezing are not.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, exported_gpl, macro
from vshell.linux._workqueue import (
    DECLARE_DELAYED_WORK,
    DECLARE_WORK,
    INIT_DELAYED_WORK,
    INIT_WORK,
    WQ_CPU_INTENSIVE,
    WQ_FREEZABLE,
    WQ_HIGHPRI,
    WQ_MEM_RECLAIM,
    WQ_SYSFS,
    WQ_UNBOUND,
    _checked,
    _delayed,
    _queue,
    alloc_ordered_workqueue,
    alloc_workqueue,
    create_singlethread_workqueue,
    create_workqueue,
    delayed_work,
    destroy_workqueue,
    drain_workqueue,
    flush_workqueue,
    system_highpri_wq,
    system_long_wq,
    system_unbound_wq,
    system_wq,
    to_delayed_work,
    work_struct,
    workqueue_struct,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DECLARE_DELAYED_WORK",
    "DECLARE_WORK",
    "INIT_DELAYED_WORK",
    "INIT_WORK",
    "WORK_BUSY_PENDING",
    "WORK_BUSY_RUNNING",
    "WQ_CPU_INTENSIVE",
    "WQ_FREEZABLE",
    "WQ_HIGHPRI",
    "WQ_MEM_RECLAIM",
    "WQ_SYSFS",
    "WQ_UNBOUND",
    "alloc_ordered_workqueue",
    "alloc_workqueue",
    "cancel_delayed_work",
    "cancel_delayed_work_sync",
    "cancel_work",
    "cancel_work_sync",
    "create_singlethread_workqueue",
    "create_workqueue",
    "delayed_work",
    "delayed_work_pending",
    "destroy_workqueue",
    "drain_workqueue",
    "flush_delayed_work",
    "flush_work",
    "flush_workqueue",
    "mod_delayed_work",
    "queue_delayed_work",
    "queue_delayed_work_on",
    "queue_work",
    "queue_work_on",
    "schedule_delayed_work",
    "schedule_work",
    "schedule_work_on",
    "system_highpri_wq",
    "system_long_wq",
    "system_unbound_wq",
    "system_wq",
    "to_delayed_work",
    "work_busy",
    "work_pending",
    "work_struct",
    "workqueue_struct",
]

WORK_BUSY_PENDING = 1 << 0
WORK_BUSY_RUNNING = 1 << 1


@macro()
def queue_work(wq: workqueue_struct, work: work_struct) -> bool:
    """Queue work.

    C: bool queue_work(struct workqueue_struct *wq, struct work_struct *work)

    Returns:
        True if it was queued, False if it is pending already; while it runs, it is queued once
        more.

    Context:
        Any; does not sleep.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return kernel.workqueues.queue_work(_queue(wq), _checked(work))


@exported
def queue_work_on(cpu: int, wq: workqueue_struct, work: work_struct) -> bool:
    """Queue work for a CPU.

    C: bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)

    Args:
        cpu: its number.
        wq: the queue.
        work: the work.

    Returns:
        True if it was queued, False if it is pending already; while it runs, it is queued once
        more.

    Context:
        Any; does not sleep.

    Source:
        kernel/workqueue.c (v6.1)
    """
    return kernel.workqueues.queue_work(_queue(wq), _checked(work), cpu)


@macro()
def schedule_work(work: work_struct) -> bool:
    """Queue work on the system's queue.

    C: bool schedule_work(struct work_struct *work)

    Returns:
        True if it was queued, False if it is pending already; while it runs, it is queued once
        more.

    Context:
        Any; does not sleep.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return kernel.workqueues.queue_work(kernel.workqueues.system["events"], _checked(work))


@macro()
def schedule_work_on(cpu: int, work: work_struct) -> bool:
    """Queue work on the system's queue for a CPU.

    C: bool schedule_work_on(int cpu, struct work_struct *work)

    Args:
        cpu: its number.
        work: the work.

    Returns:
        True if it was queued, False if it is pending already; while it runs, it is queued once
        more.

    Context:
        Any; does not sleep.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return kernel.workqueues.queue_work(kernel.workqueues.system["events"], _checked(work), cpu)


@macro()
def queue_delayed_work(wq: workqueue_struct, dwork: delayed_work, delay: int) -> bool:
    """Queue work when some time has passed.

    C: bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)

    Args:
        wq: the queue.
        dwork: the work.
        delay: jiffies; 0 for at once.

    Returns:
        True if its timer was started, False if it is pending already.

    Context:
        Any; does not sleep.

    Source:
        include/linux/workqueue.h (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    return kernel.workqueues.queue_delayed_work(_queue(wq), _delayed(dwork), delay)


@exported
def queue_delayed_work_on(cpu: int, wq: workqueue_struct, dwork: delayed_work, delay: int) -> bool:
    """Queue work for a CPU when some time has passed.

    C: bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)

    Args:
        cpu: its number.
        wq: the queue.
        dwork: the work.
        delay: jiffies; 0 for at once.

    Returns:
        True if its timer was started, False if it is pending already.

    Context:
        Any; does not sleep.

    Source:
        kernel/workqueue.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    return kernel.workqueues.queue_delayed_work(_queue(wq), _delayed(dwork), delay, cpu)


@macro()
def schedule_delayed_work(dwork: delayed_work, delay: int) -> bool:
    """Queue work on the system's queue when some time has passed.

    C: bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)

    Args:
        dwork: the work.
        delay: jiffies; 0 for at once.

    Returns:
        True if its timer was started, False if it is pending already.

    Context:
        Any; does not sleep.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return queue_delayed_work(kernel.workqueues.system["events"], dwork, delay)


@macro()
def mod_delayed_work(wq: workqueue_struct, dwork: delayed_work, delay: int) -> bool:
    """Queue work, or give it another time.

    C: bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)

    Args:
        wq: the queue.
        dwork: the work.
        delay: jiffies; 0 for at once.

    Returns:
        True if it was pending, False if it was not.

    Context:
        Any; does not sleep.

    Source:
        include/linux/workqueue.h (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    return kernel.workqueues.mod_delayed_work(_queue(wq), _delayed(dwork), delay)


@exported
def flush_work(work: work_struct) -> bool:
    """Wait until work that is queued or runs has been done.

    C: bool flush_work(struct work_struct *work)

    Returns:
        True if it waited, False if there was nothing to wait for.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """
    return kernel.workqueues.flush_work(_checked(work))


@exported
def flush_delayed_work(dwork: delayed_work) -> bool:
    """Queue delayed work now, and wait until it has been done.

    C: bool flush_delayed_work(struct delayed_work *dwork)

    Returns:
        True if it waited.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """
    return kernel.workqueues.flush_delayed_work(_delayed(dwork))


@exported
def cancel_work(work: work_struct) -> bool:
    """Take work back that is queued.

    C: bool cancel_work(struct work_struct *work)

    Returns:
        True if it was pending. It may be running.

    Context:
        Any; does not sleep.

    Source:
        kernel/workqueue.c (v6.1)
    """
    return kernel.workqueues.grab(_checked(work))


@exported_gpl
def cancel_work_sync(work: work_struct) -> bool:
    """Take work back and wait until it does not run.

    C: bool cancel_work_sync(struct work_struct *work)

    Returns:
        True if it was pending.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """
    return kernel.workqueues.cancel_sync(_checked(work))


@exported
def cancel_delayed_work(dwork: delayed_work) -> bool:
    """Take delayed work back.

    C: bool cancel_delayed_work(struct delayed_work *dwork)

    Returns:
        True if it was pending. It may be running.

    Context:
        Any; does not sleep.

    Source:
        kernel/workqueue.c (v6.1)
    """
    return kernel.workqueues.grab(_delayed(dwork).work, dwork.timer)


@exported
def cancel_delayed_work_sync(dwork: delayed_work) -> bool:
    """Take delayed work back and wait until it does not run.

    C: bool cancel_delayed_work_sync(struct delayed_work *dwork)

    Returns:
        True if it was pending.

    Context:
        Process context. Sleeps.

    Source:
        kernel/workqueue.c (v6.1)
    """
    return kernel.workqueues.cancel_sync(_delayed(dwork).work, dwork.timer)


@macro()
def work_pending(work: work_struct) -> int:
    """Tell whether work is queued.

    C: #define work_pending(work)

    Returns:
        1 if so, else 0; while it only runs 0.

    Context:
        Any.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return int(_checked(work).pending)


@macro()
def delayed_work_pending(w: delayed_work) -> int:
    """Tell whether delayed work is queued or waits for its timer.

    C: #define delayed_work_pending(w)

    Returns:
        1 if so, else 0.

    Context:
        Any.

    Source:
        include/linux/workqueue.h (v6.1)
    """
    return int(_delayed(w).work.pending)


@exported_gpl
def work_busy(work: work_struct) -> int:
    """Tell what work is doing.

    C: unsigned int work_busy(struct work_struct *work)

    Returns:
        WORK_BUSY_PENDING (1) and WORK_BUSY_RUNNING (2), or'ed.

    Context:
        Any; does not sleep.

    Source:
        kernel/workqueue.c (v6.1)
    """
    pending = WORK_BUSY_PENDING if _checked(work).pending else 0
    return pending | (WORK_BUSY_RUNNING if work.worker is not None else 0)
