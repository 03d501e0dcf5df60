"""Kthread workers, a part of <linux/kthread.h>: a thread does one piece of work after the other.

Header: include/linux/kthread.h. Affinity masks of workers are not mirrored.

More than 400 lines, one idea: it is one family of functions.
"""

from __future__ import annotations

from vshell.abi.mirror import exported_gpl, macro
from vshell.kernel import costs as _costs
from vshell.kernel.format import vsprintf as _vsprintf
from vshell.kernel.kthread_worker import KthreadDelayedWork as _KthreadDelayedWork
from vshell.kernel.kthread_worker import KthreadWork as _KthreadWork
from vshell.kernel.kthread_worker import KthreadWorker as _KthreadWorker
from vshell.kernel.oops import Oops as _Oops
from vshell.linux.err import ERR_PTR
from vshell.linux.sched import task_struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_KTHREAD_DELAYED_WORK",
    "DEFINE_KTHREAD_WORK",
    "KTHREAD_DELAYED_WORK_INIT",
    "KTW_FREEZABLE",
    "kthread_cancel_delayed_work_sync",
    "kthread_cancel_work_sync",
    "kthread_create_worker",
    "kthread_create_worker_on_cpu",
    "kthread_delayed_work",
    "kthread_destroy_worker",
    "kthread_flush_work",
    "kthread_flush_worker",
    "kthread_init_delayed_work",
    "kthread_init_work",
    "kthread_init_worker",
    "kthread_mod_delayed_work",
    "kthread_queue_delayed_work",
    "kthread_queue_work",
    "kthread_work",
    "kthread_worker",
    "kthread_worker_fn",
]

KTW_FREEZABLE = 1 << 0


class kthread_worker(_KthreadWorker):
    """A worker: ``task`` is its thread.

    Header: include/linux/kthread.h.
    """

    __slots__ = ()

    @property
    def task(self) -> task_struct | None:
        """Its thread; None if it has none."""
        return None if self.thread is None else task_struct.of(self.thread)


class kthread_work(_KthreadWork):
    """A piece of work for a worker: ``func`` gets it.

    Header: include/linux/kthread.h.
    """

    __slots__ = ()


class kthread_delayed_work(_KthreadDelayedWork):
    """Work with a timer: ``work`` is the kthread_work that its function gets.

    Header: include/linux/kthread.h.
    """

    __slots__ = ()

    def __init__(self, func: Callable[[Any], object] | None = None) -> None:
        """Make one that kthread_init_delayed_work() may prepare later."""
        super().__init__(kthread_work(func))


def _checked(thing: Any, kind: type) -> Any:
    kernel.sched.charge(_costs.CALL_NS)
    if isinstance(thing, kind):
        return thing
    raise _Oops("page", kernel.addresses.address_of(thing), "write")


@macro()
def DEFINE_KTHREAD_WORK(fn: Callable[[Any], object]) -> kthread_work:
    """Make work for a worker.

    ``work = DEFINE_KTHREAD_WORK(function)``.

    C: #define DEFINE_KTHREAD_WORK(work, fn)

    Returns:
        The work, not queued.

    Context:
        Any.

    Source:
        include/linux/kthread.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return kthread_work(fn)


@macro()
def DEFINE_KTHREAD_DELAYED_WORK(fn: Callable[[Any], object]) -> kthread_delayed_work:
    """Make delayed work for a worker.

    ``dwork = DEFINE_KTHREAD_DELAYED_WORK(function)``.

    C: #define DEFINE_KTHREAD_DELAYED_WORK(dwork, fn)

    Returns:
        The work, not queued.

    Context:
        Any.

    Source:
        include/linux/kthread.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return kthread_delayed_work(fn)


@macro()
def KTHREAD_DELAYED_WORK_INIT(fn: Callable[[Any], object]) -> kthread_delayed_work:
    """Make delayed work for a worker, as an initialiser.

    C: #define KTHREAD_DELAYED_WORK_INIT(dwork, fn)

    Returns:
        The work, not queued.

    Context:
        Any.

    Source:
        include/linux/kthread.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return kthread_delayed_work(fn)


@macro()
def kthread_init_work(work: kthread_work, fn: Callable[[Any], object]) -> None:
    """Prepare work: say what it calls.

    C: #define kthread_init_work(work, fn)

    Args:
        work: not queued.
        fn: gets the work.

    Returns:
        Nothing.

    Context:
        Any; it must not be queued.

    Source:
        include/linux/kthread.h (v6.1)
    """
    _checked(work, kthread_work).func = fn
    work.pending = False


@macro()
def kthread_init_delayed_work(dwork: kthread_delayed_work, fn: Callable[[Any], object]) -> None:
    """Prepare delayed work: say what it calls.

    C: #define kthread_init_delayed_work(dwork, fn)

    Args:
        dwork: not queued.
        fn: gets ``dwork.work``.

    Returns:
        Nothing.

    Context:
        Any; it must not be queued.

    Source:
        include/linux/kthread.h (v6.1)
    """
    _checked(dwork, kthread_delayed_work).work.func = fn
    dwork.work.pending = False


@exported_gpl
def kthread_create_worker(flags: int, namefmt: str, *args: Any) -> kthread_worker:
    """Make a worker and start its thread.

    C: struct kthread_worker *kthread_create_worker(unsigned int flags, const char namefmt[], ...)

    Args:
        flags: KTW_FREEZABLE or 0.
        namefmt: printf format of the thread's name.
        args: what the format prints.

    Returns:
        The worker, or ERR_PTR(-ENOMEM), ERR_PTR(-EINTR).

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """
    del flags
    return _create(-1, namefmt, args)


@exported_gpl
def kthread_create_worker_on_cpu(cpu: int, flags: int, namefmt: str, *args: Any) -> kthread_worker:
    """Make a worker whose thread is tied to a CPU.

    C: struct kthread_worker *kthread_create_worker_on_cpu(int cpu, unsigned int flags, const char namefmt[], ...)

    Args:
        cpu: its number.
        flags: KTW_FREEZABLE or 0.
        namefmt: printf format of the thread's name.
        args: what the format prints.

    Returns:
        The worker, or an error pointer.

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    del flags
    return _create(cpu, namefmt, args)


@exported_gpl
def kthread_worker_fn(worker_ptr: kthread_worker) -> int:
    """Do a worker's work until the thread is stopped.

    C: int kthread_worker_fn(void *worker_ptr)

    Returns:
        0.

    Context:
        The thread's function, for kthread_run(kthread_worker_fn, worker, ...). Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """
    return kernel.kthread_workers.kthread_worker_fn(_checked(worker_ptr, kthread_worker))


@macro()
def kthread_init_worker(worker: kthread_worker) -> None:
    """Make a worker empty, for a thread that kthread_run() starts.

    C: #define kthread_init_worker(worker)

    Returns:
        Nothing.

    Context:
        Any.

    Source:
        include/linux/kthread.h (v6.1)
    """
    fresh = _checked(worker, kthread_worker)
    fresh.work_list.clear()
    fresh.current_work = None


@exported_gpl
def kthread_queue_work(worker: kthread_worker, work: kthread_work) -> bool:
    """Queue work for a worker.

    C: bool kthread_queue_work(struct kthread_worker *worker, struct kthread_work *work)

    Returns:
        True if it was queued, False if it is pending already.

    Context:
        Any; does not sleep.

    Source:
        kernel/kthread.c (v6.1)
    """
    return kernel.kthread_workers.queue_work(
        _checked(worker, kthread_worker), _checked(work, kthread_work)
    )


@exported_gpl
def kthread_queue_delayed_work(
    worker: kthread_worker, dwork: kthread_delayed_work, delay: int
) -> bool:
    """Queue work for a worker when some time has passed.

    C: bool kthread_queue_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork, unsigned long delay)

    Args:
        worker: the worker.
        dwork: the work.
        delay: jiffies.

    Returns:
        True if its timer was started, False if it is pending already.

    Context:
        Any; does not sleep.

    Source:
        kernel/kthread.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    return kernel.kthread_workers.queue_delayed_work(
        _checked(worker, kthread_worker), _checked(dwork, kthread_delayed_work), delay
    )


@exported_gpl
def kthread_mod_delayed_work(
    worker: kthread_worker, dwork: kthread_delayed_work, delay: int
) -> bool:
    """Queue work for a worker, or give it another time.

    C: bool kthread_mod_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork, unsigned long delay)

    Args:
        worker: the worker.
        dwork: the work.
        delay: jiffies.

    Returns:
        True if it was pending.

    Context:
        Any; does not sleep.

    Source:
        kernel/kthread.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    _checked(dwork, kthread_delayed_work)
    pending = kernel.kthread_workers.grab(dwork.work, dwork.timer)
    kernel.kthread_workers.queue_delayed_work(_checked(worker, kthread_worker), dwork, delay)
    return pending


@exported_gpl
def kthread_flush_work(work: kthread_work) -> None:
    """Wait until work that is queued or runs has been done.

    C: void kthread_flush_work(struct kthread_work *work)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """
    kernel.kthread_workers.flush_work(_checked(work, kthread_work))


@exported_gpl
def kthread_flush_worker(worker: kthread_worker) -> None:
    """Wait until all that is queued now has been done.

    C: void kthread_flush_worker(struct kthread_worker *worker)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """
    kernel.kthread_workers.flush_worker(_checked(worker, kthread_worker))


@exported_gpl
def kthread_cancel_work_sync(work: kthread_work) -> bool:
    """Take work back and wait until it does not run.

    C: bool kthread_cancel_work_sync(struct kthread_work *work)

    Returns:
        True if it was pending.

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """
    return kernel.kthread_workers.cancel_sync(_checked(work, kthread_work))


@exported_gpl
def kthread_cancel_delayed_work_sync(work: kthread_delayed_work) -> bool:
    """Take delayed work back and wait until it does not run.

    C: bool kthread_cancel_delayed_work_sync(struct kthread_delayed_work *work)

    Returns:
        True if it was pending.

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """
    _checked(work, kthread_delayed_work)
    return kernel.kthread_workers.cancel_sync(work.work, work.timer)


@exported_gpl
def kthread_destroy_worker(worker: kthread_worker) -> None:
    """Do all work that is queued, and stop a worker.

    C: void kthread_destroy_worker(struct kthread_worker *worker)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """
    gone = _checked(worker, kthread_worker)
    task = gone.thread
    if task is None:
        kernel.oops.warn_at("kthread_destroy_worker")
        return
    kernel.kthread_workers.flush_worker(gone)
    kernel.kthreads.kthread_stop(task)


def _create(cpu: int, namefmt: str, args: tuple[Any, ...]) -> kthread_worker:
    worker = kthread_worker()
    name = _vsprintf(kernel.addresses, namefmt, (cpu, *args) if cpu >= 0 and not args else args)
    task = kernel.kthreads.kthread_create(kernel.kthread_workers.kthread_worker_fn, worker, name)
    if isinstance(task, int):
        error: kthread_worker = ERR_PTR(task)
        return error
    if cpu >= 0:
        kernel.kthreads.kthread_bind(task, cpu)
    worker.thread = task
    kernel.sched.wake_up_process(task)
    return worker
