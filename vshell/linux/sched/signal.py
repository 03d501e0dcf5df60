"""Signals as a task sees its own, and sending them.

Header: include/linux/sched/signal.h. What asks whether a signal waits, what drops it and what sends
one to a task is mirrored; what delivers signals to processes is not.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.linux.sched import _task_of, task_struct
from vshell.linux.signal import allow_signal, disallow_signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "allow_signal",
    "disallow_signal",
    "fatal_signal_pending",
    "flush_signals",
    "kernel_dequeue_signal",
    "send_sig",
    "signal_pending",
]


@macro()
def signal_pending(p: task_struct) -> int:
    """Tell whether an interruptible sleep would end at once.

    C: int signal_pending(struct task_struct *p)

    Returns:
        1 if a signal waits, or if kthread_stop() has been called for the thread; else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/sched/signal.h (v6.1)
    """
    kernel.sched.poll()
    return int(_task_of(p, "signal_pending").signal_pending())


@macro()
def fatal_signal_pending(p: task_struct) -> int:
    """Tell whether a task is being killed.

    C: int fatal_signal_pending(struct task_struct *p)

    Returns:
        1 if so; for a kthread 0, even after allow_signal(SIGKILL).

    Context:
        Any; does not sleep.

    Source:
        include/linux/sched/signal.h (v6.1)
    """
    return int(_task_of(p, "fatal_signal_pending").fatal_signal_pending())


@exported
def flush_signals(t: task_struct) -> None:
    """Drop all signals that wait for a task.

    C: void flush_signals(struct task_struct *t)

    Args:
        t: usually current.

    Returns:
        Nothing. After kthread_stop() signal_pending() stays true.

    Context:
        Any; does not sleep.

    Source:
        kernel/signal.c (v6.1)
    """
    task = _task_of(t, "flush_signals")
    task.sig_pending = task.shared_pending = 0


@macro()
def kernel_dequeue_signal() -> int:
    """Take one signal that waits for the calling thread.

    C: int kernel_dequeue_signal(void)

    Returns:
        Its number, 0 if none waits.

    Context:
        Process context; does not sleep.

    Source:
        include/linux/sched/signal.h (v6.1)
    """
    task = kernel.sched.current
    waiting = (task.sig_pending | task.shared_pending) & ~task.sig_blocked
    if not waiting:
        return 0
    first = waiting & -waiting
    task.sig_pending &= ~first
    task.shared_pending &= ~first
    return first.bit_length()


@exported
def send_sig(sig: int, p: task_struct, priv: int) -> int:
    """Send a signal to a task.

    C: int send_sig(int sig, struct task_struct *p, int priv)

    Args:
        sig: the signal.
        p: whom.
        priv: 1 if the kernel itself sends it.

    Returns:
        0, whether the task takes it or ignores it.

    Context:
        Any; does not sleep.

    Source:
        kernel/signal.c (v6.1)
    """
    del priv
    kernel.sched.charge(_costs.WAKE_NS)
    kernel.processes.send_signal(_task_of(p, "send_sig"), sig, to_thread=True)
    return 0
