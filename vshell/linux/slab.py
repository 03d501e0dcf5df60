"""Memory: asking for it and giving it back.

Header: include/linux/slab.h. kmalloc() and its relatives are mirrored; caches (kmem_cache) are not.

An object is asked for by its type's size, ``kzalloc(sizeof(job), GFP_KERNEL)``, and is there as
``job()`` makes it; an array is a list. A number of bytes gives a bytearray.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro
from vshell.kernel import costs as _costs
from vshell.linux.gfp import __GFP_NOWARN, __GFP_ZERO, GFP_ATOMIC, GFP_KERNEL, GFP_NOWAIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "GFP_ATOMIC",
    "GFP_KERNEL",
    "GFP_NOWAIT",
    "__GFP_NOWARN",
    "__GFP_ZERO",
    "kcalloc",
    "kfree",
    "kmalloc",
    "kmalloc_array",
    "kstrdup",
    "kvcalloc",
    "kvfree",
    "kvmalloc",
    "kvmalloc_array",
    "kvzalloc",
    "kzalloc",
]


def _alloc(size: int, flags: int, count: int | None = None) -> Any:
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.slab.alloc(size, flags, count)


@exported
def kmalloc(size: int, flags: int) -> Any:
    """Ask for memory.

    C: void *kmalloc(size_t size, gfp_t flags)

    Args:
        size: bytes, or sizeof() of a type.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags)


@exported
def kzalloc(size: int, flags: int) -> Any:
    """Ask for memory that is all zero.

    C: void *kzalloc(size_t size, gfp_t flags)

    Args:
        size: bytes, or sizeof() of a type.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags)


@exported
def kvmalloc(size: int, flags: int) -> Any:
    """Ask for memory that may be large.

    C: void *kvmalloc(size_t size, gfp_t flags)

    Args:
        size: bytes, or sizeof() of a type.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags)


@exported
def kvzalloc(size: int, flags: int) -> Any:
    """Ask for memory that may be large and is all zero.

    C: void *kvzalloc(size_t size, gfp_t flags)

    Args:
        size: bytes, or sizeof() of a type.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags)


@macro()
def kmalloc_array(n: int, size: int, flags: int) -> Any:
    """Ask for an array.

    C: void *kmalloc_array(size_t n, size_t size, gfp_t flags)

    Args:
        n: how many.
        size: sizeof() of one.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags, n)


@macro()
def kcalloc(n: int, size: int, flags: int) -> Any:
    """Ask for an array that is all zero.

    C: void *kcalloc(size_t n, size_t size, gfp_t flags)

    Args:
        n: how many.
        size: sizeof() of one.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags, n)


@exported
def kvmalloc_array(n: int, size: int, flags: int) -> Any:
    """Ask for an array that may be large.

    C: void *kvmalloc_array(size_t n, size_t size, gfp_t flags)

    Args:
        n: how many.
        size: sizeof() of one.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags, n)


@exported
def kvcalloc(n: int, size: int, flags: int) -> Any:
    """Ask for an array that may be large and is all zero.

    C: void *kvcalloc(size_t n, size_t size, gfp_t flags)

    Args:
        n: how many.
        size: sizeof() of one.
        flags: GFP_KERNEL, GFP_ATOMIC, ...

    Returns:
        The memory; never NULL here.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context, may sleep.

    Source:
        include/linux/slab.h, mm/slab_common.c (v6.1)

    Differs:
        All memory is cleared, as Python has no other.
    """
    return _alloc(size, flags, n)


@exported
def kfree(objp: Any) -> None:
    """Give memory back.

    C: void kfree(const void *objp)

    Args:
        objp: what kmalloc() or a relative gave; None does nothing.

    Returns:
        Nothing. Giving back twice is a BUG.

    Context:
        Any; does not sleep.

    Source:
        mm/slab_common.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.slab.free(objp)


@exported
def kvfree(addr: Any) -> None:
    """Give memory back that kvmalloc() or a relative gave.

    C: void kvfree(const void *addr)

    Returns:
        Nothing.

    Context:
        Process context; may sleep.

    Source:
        mm/util.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    kernel.slab.free(addr)


@exported
def kstrdup(s: str | None, gfp: int) -> str | None:
    """Copy a text.

    C: char *kstrdup(const char *s, gfp_t gfp)

    Args:
        s: the text.
        gfp: GFP_KERNEL, ...

    Returns:
        The text; None for None.

    Context:
        Any with GFP_ATOMIC; with GFP_KERNEL process context.

    Source:
        mm/util.c (v6.1)

    Differs:
        A text cannot change, so it is not copied, and not to be freed.
    """
    del gfp
    return s
