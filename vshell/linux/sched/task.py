"""References to tasks.

Header: include/linux/sched/task.h. The reference count is mirrored; what forking needs is not.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.linux.sched import _task_of, task_struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["get_task_struct", "put_task_struct"]


@macro()
def get_task_struct(t: task_struct) -> task_struct:
    """Take a reference, so that a task that exits is not freed.

    C: struct task_struct *get_task_struct(struct task_struct *t)

    Returns:
        The task.

    Context:
        Any; does not sleep.

    Source:
        include/linux/sched/task.h (v6.1)
    """
    _task_of(t, "get_task_struct").usage += 1
    return t


@macro()
def put_task_struct(t: task_struct) -> None:
    """Drop a reference; the last one frees a task that has exited.

    C: void put_task_struct(struct task_struct *t)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/sched/task.h (v6.1)
    """
    kernel.put_task(_task_of(t, "put_task_struct"))
