"""Queues of a fixed size.

Header: include/linux/kfifo.h. Queues of elements are mirrored; records and copying to programs are
not.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.oops import Oops as _Oops
from vshell.linux.spinlock import spin_lock_irqsave, spin_unlock_irqrestore, spinlock_t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DEFINE_KFIFO",
    "kfifo",
    "kfifo_alloc",
    "kfifo_avail",
    "kfifo_free",
    "kfifo_get",
    "kfifo_in",
    "kfifo_in_spinlocked",
    "kfifo_initialized",
    "kfifo_is_empty",
    "kfifo_is_full",
    "kfifo_len",
    "kfifo_out",
    "kfifo_out_spinlocked",
    "kfifo_peek",
    "kfifo_put",
    "kfifo_reset",
    "kfifo_size",
]


class kfifo:
    """A queue.

    Header: include/linux/kfifo.h.
    """

    __slots__ = ("items", "size")

    def __init__(self, size: int = 0) -> None:
        """Make an empty queue; without room until kfifo_alloc() if no size is said."""
        self.size = size
        self.items: list[Any] = []


def _checked(fifo: object) -> kfifo:
    kernel.sched.poll()
    if isinstance(fifo, kfifo):
        return fifo
    raise _Oops("page", kernel.addresses.address_of(fifo), "write")


@macro(named=("type",))
def DEFINE_KFIFO(type: object, size: int) -> kfifo:
    """Make an empty queue.

    ``fifo = DEFINE_KFIFO(int, 8)``.

    C: #define DEFINE_KFIFO(fifo, type, size)

    Args:
        type: of an element.
        size: how many elements it holds; a power of two.

    Returns:
        The queue.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    del type
    return kfifo(size)


@macro()
def kfifo_alloc(fifo: kfifo, size: int, gfp_mask: int) -> int:
    """Give a queue room.

    C: #define kfifo_alloc(fifo, size, gfp_mask)

    Args:
        fifo: ``fifo = kfifo()``.
        size: how many elements; rounded up to a power of two.
        gfp_mask: GFP_KERNEL, ...

    Returns:
        0, or -EINVAL for less than 2.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    del gfp_mask
    if size < 2:
        return -22
    fresh = _checked(fifo)
    fresh.size = 1 << (size - 1).bit_length()
    fresh.items.clear()
    return 0


@macro()
def kfifo_free(fifo: kfifo) -> None:
    """Take a queue's room away.

    C: #define kfifo_free(fifo)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    _checked(fifo).items.clear()
    fifo.size = 0


@macro()
def kfifo_put(fifo: kfifo, val: Any) -> int:
    """Put one element at the end.

    C: #define kfifo_put(fifo, val)

    Returns:
        1 if it was put, 0 if the queue is full.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    if len(_checked(fifo).items) >= fifo.size:
        return 0
    fifo.items.append(val)
    return 1


@macro()
def kfifo_get(fifo: kfifo) -> tuple[int, Any]:
    """Take one element from the front.

    ``ret, val = kfifo_get(fifo)``.

    C: #define kfifo_get(fifo, val)

    Returns:
        1 and the element; 0 and NULL if the queue is empty.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)

    Differs:
        The element is part of the result.
    """
    if not _checked(fifo).items:
        return 0, None
    return 1, fifo.items.pop(0)


@macro()
def kfifo_peek(fifo: kfifo) -> tuple[int, Any]:
    """Look at the element at the front.

    C: #define kfifo_peek(fifo, val)

    Returns:
        1 and the element; 0 and NULL if the queue is empty.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)

    Differs:
        The element is part of the result.
    """
    return (1, fifo.items[0]) if _checked(fifo).items else (0, None)


@macro()
def kfifo_in(fifo: kfifo, buf: Sequence[Any], n: int) -> int:
    """Put elements at the end.

    C: #define kfifo_in(fifo, buf, n)

    Args:
        fifo: the queue.
        buf: the elements.
        n: how many of them.

    Returns:
        How many were put.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    count = min(n, kfifo_avail(fifo))
    fifo.items += buf[:count]
    return count


@macro()
def kfifo_out(fifo: kfifo, n: int) -> tuple[int, list[Any]]:
    """Take elements from the front.

    C: #define kfifo_out(fifo, buf, n)

    Args:
        fifo: the queue.
        n: how many at most.

    Returns:
        How many were taken, and they.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)

    Differs:
        The elements are part of the result.
    """
    taken = _checked(fifo).items[:n]
    del fifo.items[:n]
    return len(taken), taken


@macro()
def kfifo_in_spinlocked(fifo: kfifo, buf: Sequence[Any], n: int, lock: spinlock_t) -> int:
    """Put elements at the end, with a spinlock held.

    C: #define kfifo_in_spinlocked(fifo, buf, n, lock)

    Args:
        fifo: the queue.
        buf: the elements.
        n: how many of them.
        lock: what keeps others out.

    Returns:
        How many were put.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    flags = spin_lock_irqsave(lock)
    count = kfifo_in(fifo, buf, n)
    spin_unlock_irqrestore(lock, flags)
    return count


@macro()
def kfifo_out_spinlocked(fifo: kfifo, n: int, lock: spinlock_t) -> tuple[int, list[Any]]:
    """Take elements from the front, with a spinlock held.

    C: #define kfifo_out_spinlocked(fifo, buf, n, lock)

    Args:
        fifo: the queue.
        n: how many at most.
        lock: what keeps others out.

    Returns:
        How many were taken, and they.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)

    Differs:
        The elements are part of the result.
    """
    flags = spin_lock_irqsave(lock)
    taken = kfifo_out(fifo, n)
    spin_unlock_irqrestore(lock, flags)
    return taken


@macro()
def kfifo_len(fifo: kfifo) -> int:
    """Count a queue's elements.

    C: #define kfifo_len(fifo)

    Returns:
        How many it holds.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    return len(_checked(fifo).items)


@macro()
def kfifo_avail(fifo: kfifo) -> int:
    """Tell how much room a queue has.

    C: #define kfifo_avail(fifo)

    Returns:
        How many more elements it takes.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    return _checked(fifo).size - len(fifo.items)


@macro()
def kfifo_size(fifo: kfifo) -> int:
    """Tell how large a queue is.

    C: #define kfifo_size(fifo)

    Returns:
        How many elements it holds at most.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    return _checked(fifo).size


@macro()
def kfifo_is_empty(fifo: kfifo) -> int:
    """Tell whether a queue is empty.

    C: #define kfifo_is_empty(fifo)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    return int(not _checked(fifo).items)


@macro()
def kfifo_is_full(fifo: kfifo) -> int:
    """Tell whether a queue is full.

    C: #define kfifo_is_full(fifo)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    return int(len(_checked(fifo).items) >= fifo.size)


@macro()
def kfifo_initialized(fifo: kfifo) -> int:
    """Tell whether a queue has room.

    C: #define kfifo_initialized(fifo)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    return int(_checked(fifo).size > 0)


@macro()
def kfifo_reset(fifo: kfifo) -> None:
    """Empty a queue.

    C: #define kfifo_reset(fifo)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/kfifo.h (v6.1)
    """
    _checked(fifo).items.clear()
