"""Read-copy-update: readers that are never waited for by name, and waiting for all of them.

Header: include/linux/rcupdate.h. Readers, grace periods and callbacks are mirrored; a pointer is
published by an assignment, so rcu_assign_pointer() has no counterpart.
"""

from __future__ import annotations

from vshell.abi.mirror import exported_gpl, macro
from vshell.kernel import costs as _costs
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.rcu import RcuHead as _RcuHead

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "call_rcu",
    "kfree_rcu",
    "rcu_access_pointer",
    "rcu_barrier",
    "rcu_dereference",
    "rcu_head",
    "rcu_read_lock",
    "rcu_read_unlock",
    "synchronize_rcu",
]


class rcu_head(_RcuHead):
    """What call_rcu() keeps about a structure: a member of it.

    Header: include/linux/types.h.
    """

    __slots__ = ()


def _checked(head: object) -> rcu_head:
    kernel.sched.charge(_costs.CALL_NS)
    if isinstance(head, rcu_head):
        return head
    raise _Oops("page", kernel.addresses.address_of(head), "write")


@macro()
def rcu_read_lock() -> None:
    """Begin to read: what is seen from here on stays until rcu_read_unlock().

    C: void rcu_read_lock(void)

    Returns:
        Nothing.

    Context:
        Any; nests; sleeping in between is a bug.

    Source:
        include/linux/rcupdate.h (v6.1)
    """
    kernel.rcu.read_lock()


@macro()
def rcu_read_unlock() -> None:
    """End what rcu_read_lock() began.

    C: void rcu_read_unlock(void)

    Returns:
        Nothing.

    Context:
        Any.

    Source:
        include/linux/rcupdate.h (v6.1)
    """
    kernel.rcu.read_unlock()


@macro()
def rcu_dereference(p: Any) -> Any:
    """Read a pointer that others may change meanwhile.

    C: #define rcu_dereference(p)

    Returns:
        The pointer.

    Context:
        Between rcu_read_lock() and rcu_read_unlock().

    Source:
        include/linux/rcupdate.h (v6.1)
    """
    kernel.sched.poll()
    return p


@macro()
def rcu_access_pointer(p: Any) -> Any:
    """Read a pointer only to compare it.

    C: #define rcu_access_pointer(p)

    Returns:
        The pointer.

    Context:
        Any.

    Source:
        include/linux/rcupdate.h (v6.1)
    """
    return p


@exported_gpl
def synchronize_rcu() -> None:
    """Wait until all who are reading now have ended.

    C: void synchronize_rcu(void)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps for a grace period at least.

    Source:
        kernel/rcu/tree.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.rcu.synchronize()


@exported_gpl
def call_rcu(head: rcu_head, func: Callable[[Any], object]) -> None:
    """Have a function called when all who are reading now have ended.

    C: void call_rcu(struct rcu_head *head, rcu_callback_t func)

    Args:
        head: a member of the structure; container_of() leads from it to that.
        func: gets the head; runs in softirq context.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/rcu/tree.c (v6.1)
    """
    kernel.rcu.call(_checked(head), func)


@macro(named=("rhf",))
def kfree_rcu(ptr: Any, rhf: object) -> None:
    """Give memory back when all who are reading now have ended.

    C: #define kfree_rcu(ptr, rhf)

    Args:
        ptr: what kmalloc() or a relative gave.
        rhf: the name of its member of type rcu_head.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/rcupdate.h (v6.1)
    """
    del rhf
    kernel.sched.charge(_costs.CALL_NS)
    kernel.rcu.call(_RcuHead(), lambda _head: kernel.slab.free(ptr))


@exported_gpl
def rcu_barrier() -> None:
    """Wait until everything that call_rcu() has been given has been called.

    C: void rcu_barrier(void)

    Returns:
        Nothing.

    Context:
        Process context. Sleeps.

    Source:
        kernel/rcu/tree.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.rcu.barrier()
