"""Kernel threads: create, run, bind, park, unpark, stop.

Header: include/linux/kthread.h. Threads and workers are mirrored whole; the workers stand in a
file of their own.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, exported_gpl, macro
from vshell.kernel.format import vsprintf as _vsprintf
from vshell.kernel.kthread import SHOULD_PARK as _SHOULD_PARK
from vshell.kernel.kthread import SHOULD_STOP as _SHOULD_STOP
from vshell.kernel.kthread import KthreadExit as _KthreadExit
from vshell.kernel.oops import Oops as _Oops
from vshell.linux._kthread_worker import (
    DEFINE_KTHREAD_DELAYED_WORK,
    DEFINE_KTHREAD_WORK,
    KTHREAD_DELAYED_WORK_INIT,
    KTW_FREEZABLE,
    kthread_cancel_delayed_work_sync,
    kthread_cancel_work_sync,
    kthread_create_worker,
    kthread_create_worker_on_cpu,
    kthread_delayed_work,
    kthread_destroy_worker,
    kthread_flush_work,
    kthread_flush_worker,
    kthread_init_delayed_work,
    kthread_init_work,
    kthread_init_worker,
    kthread_mod_delayed_work,
    kthread_queue_delayed_work,
    kthread_queue_work,
    kthread_work,
    kthread_worker,
    kthread_worker_fn,
)
from vshell.linux.err import ERR_PTR, IS_ERR
from vshell.linux.sched import _task_of, task_struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel
    from vshell.kernel.kthread import Kthread
    from vshell.linux.completion import completion

    kernel: Kernel

__all__ = [
    "DEFINE_KTHREAD_DELAYED_WORK",
    "DEFINE_KTHREAD_WORK",
    "KTHREAD_DELAYED_WORK_INIT",
    "KTW_FREEZABLE",
    "kthread_bind",
    "kthread_cancel_delayed_work_sync",
    "kthread_cancel_work_sync",
    "kthread_complete_and_exit",
    "kthread_create",
    "kthread_create_on_cpu",
    "kthread_create_on_node",
    "kthread_create_worker",
    "kthread_create_worker_on_cpu",
    "kthread_data",
    "kthread_delayed_work",
    "kthread_destroy_worker",
    "kthread_exit",
    "kthread_flush_work",
    "kthread_flush_worker",
    "kthread_init_delayed_work",
    "kthread_init_work",
    "kthread_init_worker",
    "kthread_mod_delayed_work",
    "kthread_park",
    "kthread_parkme",
    "kthread_queue_delayed_work",
    "kthread_queue_work",
    "kthread_run",
    "kthread_run_on_cpu",
    "kthread_should_park",
    "kthread_should_stop",
    "kthread_should_stop_or_park",
    "kthread_stop",
    "kthread_stop_put",
    "kthread_unpark",
    "kthread_work",
    "kthread_worker",
    "kthread_worker_fn",
]


@exported
def kthread_create_on_node(
    threadfn: Callable[[Any], Any], data: Any, node: int, namefmt: str, *args: Any
) -> task_struct:
    """Make a thread that waits to be woken for the first time.

    C: struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node, const char namefmt[], ...)

    Args:
        threadfn: the thread's function; gets ``data``, returns an int.
        data: anything.
        node: memory node; -1 (NUMA_NO_NODE) for any.
        namefmt: printf format of the name; longer than 15 characters it
            is whole only in /proc and ps.
        args: what the format prints.

    Returns:
        The thread, or ERR_PTR(-ENOMEM), ERR_PTR(-EAGAIN), ERR_PTR(-EINTR).

    Context:
        Process context. Sleeps until kthreadd has made the thread.

    Source:
        include/linux/kthread.h, kernel/kthread.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    # All memory is one node here.
    del node
    name = _vsprintf(kernel.addresses, namefmt, args)
    task = kernel.kthreads.kthread_create(threadfn, data, name)
    if isinstance(task, int):
        error: task_struct = ERR_PTR(task)
        return error
    return task_struct.of(task)


@macro(uses=("kthread_create_on_node",))
def kthread_create(
    threadfn: Callable[[Any], Any], data: Any, namefmt: str, *args: Any
) -> task_struct:
    """Make a thread that waits to be woken for the first time.

    C: #define kthread_create(threadfn, data, namefmt, arg...)

    Args:
        threadfn: the thread's function; gets ``data``, returns an int.
        data: anything.
        namefmt: printf format of the name.
        args: what the format prints.

    Returns:
        The thread, to be started with wake_up_process(); or an error pointer.

    Context:
        Process context. Sleeps.

    Source:
        include/linux/kthread.h (v6.1)
    """
    return kthread_create_on_node(threadfn, data, -1, namefmt, *args)


@macro(uses=("kthread_create_on_node", "wake_up_process"))
def kthread_run(threadfn: Callable[[Any], Any], data: Any, namefmt: str, *args: Any) -> task_struct:
    """Make a thread and start it.

    C: #define kthread_run(threadfn, data, namefmt, ...)

    Args:
        threadfn: the thread's function; gets ``data``, returns an int.
        data: anything.
        namefmt: printf format of the name.
        args: what the format prints.

    Returns:
        The thread, or an error pointer.

    Context:
        Process context. Sleeps.

    Source:
        include/linux/kthread.h (v6.1)
    """
    k = kthread_create_on_node(threadfn, data, -1, namefmt, *args)
    if not IS_ERR(k):
        kernel.sched.wake_up_process(_task_of(k))
    return k


@exported_gpl
def kthread_create_on_cpu(
    threadfn: Callable[[Any], Any], data: Any, cpu: int, namefmt: str
) -> task_struct:
    """Make a thread tied to one CPU.

    C: struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu, const char *namefmt)

    Args:
        threadfn: the thread's function.
        data: anything.
        cpu: its number.
        namefmt: printf format of the name; ``%u`` prints the CPU.

    Returns:
        The thread, to be started with wake_up_process(); or an error pointer.

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    k = kthread_create_on_node(threadfn, data, -1, namefmt, cpu)
    if not IS_ERR(k):
        task = _task_of(k)
        kernel.kthreads.kthread_bind(task, cpu)
        kernel.kthreads.set_per_cpu(task, cpu)
    return k


@macro(uses=("kthread_create_on_cpu", "wake_up_process"))
def kthread_run_on_cpu(
    threadfn: Callable[[Any], Any], data: Any, cpu: int, namefmt: str
) -> task_struct:
    """Make a thread tied to one CPU and start it.

    C: struct task_struct *kthread_run_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu, const char *namefmt)

    Args:
        threadfn: the thread's function.
        data: anything.
        cpu: its number.
        namefmt: printf format of the name; ``%u`` prints the CPU.

    Returns:
        The thread, or an error pointer.

    Context:
        Process context. Sleeps.

    Source:
        include/linux/kthread.h (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    k = kthread_create_on_cpu(threadfn, data, cpu, namefmt)
    if not IS_ERR(k):
        kernel.sched.wake_up_process(_task_of(k))
    return k


# Give what the kernel keeps about a kthread; anything else faults as in C.
def _kthread_of(p: object, symbol: str) -> tuple[Any, Kthread]:
    task = _task_of(p, symbol)
    if task.kthread is None:
        fault = _Oops("page", 0, "write")
        fault.at = symbol
        raise fault
    return task, task.kthread


# The calling thread's own: what is no kthread gets Linux's warning first.
def _own_kthread(symbol: str) -> Kthread:
    self_ = kernel.sched.current.kthread
    if self_ is None:
        kernel.oops.warn_at(symbol)
        fault = _Oops("page", 0, "read")
        fault.at = symbol
        raise fault
    return self_


@exported
def kthread_bind(k: task_struct, cpu: int) -> None:
    """Tie a thread that has not run yet to one CPU.

    C: void kthread_bind(struct task_struct *k, unsigned int cpu)

    Args:
        k: a thread from kthread_create(), not woken yet; on any other there
            is a WARNING and no binding.
        cpu: its number.

    Returns:
        Nothing.

    Context:
        Process context. May sleep.

    Source:
        kernel/kthread.c (v6.1)
    """
    task, _ = _kthread_of(k, "kthread_bind")
    kernel.kthreads.kthread_bind(task, cpu)


@exported
def kthread_should_stop() -> bool:
    """Tell whether the calling thread has been asked to stop.

    C: bool kthread_should_stop(void)

    Returns:
        True from kthread_stop() on.

    Context:
        A kthread's own code; from any other task there is a WARNING and a fault. Does not sleep.

    Source:
        kernel/kthread.c (v6.1)
    """
    sched = kernel.sched
    sched.poll()
    self_ = sched.current.kthread or _own_kthread("kthread_should_stop")
    return bool(self_.flags & _SHOULD_STOP)


@exported_gpl
def kthread_should_park() -> bool:
    """Tell whether the calling thread has been asked to park.

    C: bool kthread_should_park(void)

    Returns:
        True from kthread_park() until kthread_unpark() or kthread_stop().

    Context:
        A kthread's own code; from any other task there is a WARNING and a fault. Does not sleep.

    Source:
        kernel/kthread.c (v6.1)
    """
    sched = kernel.sched
    sched.poll()
    self_ = sched.current.kthread or _own_kthread("kthread_should_park")
    return bool(self_.flags & _SHOULD_PARK)


@exported
def kthread_should_stop_or_park() -> bool:
    """Tell whether the calling thread has been asked to stop or to park.

    C: bool kthread_should_stop_or_park(void)

    Returns:
        True if either; False for a task that is no kthread.

    Context:
        Any task. Does not sleep.

    Source:
        kernel/kthread.c (v6.7)
    """
    sched = kernel.sched
    sched.poll()
    self_ = sched.current.kthread
    return self_ is not None and bool(self_.flags & (_SHOULD_STOP | _SHOULD_PARK))


@exported_gpl
def kthread_parkme() -> None:
    """Park the calling thread if it has been asked to; else return at once.

    C: void kthread_parkme(void)

    Returns:
        Nothing, once somebody calls kthread_unpark() or kthread_stop() for it.

    Context:
        A kthread's own code. Sleeps in TASK_PARKED.

    Source:
        kernel/kthread.c (v6.1)
    """
    _own_kthread("kthread_parkme")
    kernel.kthreads.kthread_parkme(kernel.sched.current)


@exported_gpl
def kthread_park(k: task_struct) -> int:
    """Ask a thread to park, wake it, and wait until it has.

    C: int kthread_park(struct task_struct *k)

    Args:
        k: a kthread; one that was never woken parks before its function is called.

    Returns:
        0 once it is parked (at once if ``k`` is current), -ENOSYS if it has exited (with a
        WARNING), -EBUSY if it has been asked already (with a WARNING, once).

    Context:
        Process context. Sleeps, for ever if the thread never parks.

    Source:
        kernel/kthread.c (v6.1)
    """
    task, _ = _kthread_of(k, "kthread_park")
    return kernel.kthreads.kthread_park(task)


@exported_gpl
def kthread_unpark(k: task_struct) -> None:
    """Let a parked thread go on.

    C: void kthread_unpark(struct task_struct *k)

    Args:
        k: a kthread; nothing happens to one that was not asked to park.

    Returns:
        Nothing.

    Context:
        Any process context; does not sleep.

    Source:
        kernel/kthread.c (v6.1)
    """
    task, _ = _kthread_of(k, "kthread_unpark")
    kernel.kthreads.kthread_unpark(task)


@exported
def kthread_stop(k: task_struct) -> int:
    """Ask a thread to stop, wake it, and wait until it has exited.

    C: int kthread_stop(struct task_struct *k)

    Args:
        k: a kthread that cannot have been freed: it waits for this call,
            or a reference on it is held.

    Returns:
        What its function returned; -EINTR if that was never called; 0 if an Oops ended it.

    Context:
        Process context. Sleeps, for ever if the thread never returns or has been stopped before.

    Source:
        kernel/kthread.c (v6.1)

    Differs:
        A task used after it was freed is always noticed; on Linux anything may happen.
    """
    if isinstance(k, task_struct) and k._task.freed:  # noqa: SLF001 - its refcount
        kernel.oops.warn_at(
            "refcount_warn_saturate", "", "refcount_t: addition on 0; use-after-free."
        )
        fault = _Oops("page", 0, "write")
        fault.at = "kthread_stop"
        raise fault
    task, _ = _kthread_of(k, "kthread_stop")
    return kernel.kthreads.kthread_stop(task)


@exported
def kthread_stop_put(k: task_struct) -> int:
    """Stop a thread and drop a reference on it.

    C: int kthread_stop_put(struct task_struct *k)

    Returns:
        As kthread_stop().

    Context:
        Process context. Sleeps.

    Source:
        kernel/kthread.c (v6.7)
    """
    result = kthread_stop(k)
    kernel.put_task(_task_of(k, "kthread_stop_put"))
    return result


@exported_gpl
def kthread_data(k: task_struct) -> Any:
    """Give what a thread's function was called with.

    C: void *kthread_data(struct task_struct *k)

    Returns:
        The ``data`` of kthread_create().

    Context:
        Any; does not sleep.

    Source:
        kernel/kthread.c (v6.1)
    """
    _, self_ = _kthread_of(k, "kthread_data")
    return self_.data


@exported
def kthread_exit(result: int) -> None:
    """End the calling thread.

    C: void kthread_exit(long result)

    Args:
        result: what kthread_stop() will give.

    Returns:
        Never.

    Context:
        A kthread's own code.

    Source:
        kernel/kthread.c (v6.7; in 6.1 it is not exported, use kthread_complete_and_exit())
    """
    raise _KthreadExit(kernel.c_int(result))


@exported
def kthread_complete_and_exit(comp: completion | None, code: int) -> None:
    """Complete a completion and end the calling thread.

    C: void kthread_complete_and_exit(struct completion *comp, long code)

    Args:
        comp: completed first; may be NULL.
        code: what kthread_stop() will give.

    Returns:
        Never.

    Context:
        A kthread's own code.

    Source:
        kernel/kthread.c (v6.1)
    """
    if comp is not None:
        kernel.waits.complete(comp)
    raise _KthreadExit(kernel.c_int(code))
