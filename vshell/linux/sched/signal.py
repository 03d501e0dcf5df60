"""Signals as a task sees its own.

Header: include/linux/sched/signal.h. What asks whether a signal waits is mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.linux.sched import _task_of, task_struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["fatal_signal_pending", "signal_pending"]


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
