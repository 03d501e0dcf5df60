"""Bits, set and tested one by one.

Header: include/linux/bitops.h with include/linux/bits.h and find.h. The forms that are not atomic
are not mirrored: they do the same here.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "BIT",
    "DECLARE_BITMAP",
    "GENMASK",
    "bitmap",
    "change_bit",
    "clear_bit",
    "ffs",
    "find_first_bit",
    "find_first_zero_bit",
    "find_next_bit",
    "fls",
    "for_each_set_bit",
    "hweight_long",
    "set_bit",
    "test_and_change_bit",
    "test_and_clear_bit",
    "test_and_set_bit",
    "test_bit",
]

_ULONG = (1 << 64) - 1


class bitmap:
    """Bits, as in an array of unsigned long.

    Header: include/linux/bitmap.h.
    """

    __slots__ = ("bits", "value")

    def __init__(self, bits: int = 64) -> None:
        """Make bits that are all clear."""
        self.bits = bits
        self.value = 0


def _read(addr: object, nr: int) -> bool:
    kernel.sched.poll()
    if isinstance(addr, bitmap):
        return bool(addr.value >> nr & 1)
    raise _Oops("page", kernel.addresses.address_of(addr))


def _write(addr: object, nr: int, value: object) -> None:
    if not isinstance(addr, bitmap):
        raise _Oops("page", kernel.addresses.address_of(addr), "write")
    addr.value = addr.value & ~(1 << nr) | bool(value) << nr


@macro()
def set_bit(nr: int, addr: bitmap) -> None:
    """Set a bit.

    C: void set_bit(long nr, volatile unsigned long *addr)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/bitops.h (v6.1)
    """
    _write(addr, nr, True)


@macro()
def clear_bit(nr: int, addr: bitmap) -> None:
    """Clear a bit.

    C: void clear_bit(long nr, volatile unsigned long *addr)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/bitops.h (v6.1)
    """
    _write(addr, nr, False)


@macro()
def change_bit(nr: int, addr: bitmap) -> None:
    """Turn a bit round.

    C: void change_bit(long nr, volatile unsigned long *addr)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/bitops.h (v6.1)
    """
    _write(addr, nr, not _read(addr, nr))


@macro()
def test_bit(nr: int, addr: bitmap) -> bool:
    """Read a bit.

    C: bool test_bit(long nr, const volatile unsigned long *addr)

    Returns:
        True if it is set.

    Context:
        Any; does not sleep.

    Source:
        include/linux/bitops.h (v6.1)
    """
    return _read(addr, nr)


@macro()
def test_and_set_bit(nr: int, addr: bitmap) -> bool:
    """Set a bit, and tell what it was.

    C: bool test_and_set_bit(long nr, volatile unsigned long *addr)

    Returns:
        True if it was set.

    Context:
        Any; does not sleep.

    Source:
        include/linux/bitops.h (v6.1)
    """
    old = _read(addr, nr)
    _write(addr, nr, True)
    return old


@macro()
def test_and_clear_bit(nr: int, addr: bitmap) -> bool:
    """Clear a bit, and tell what it was.

    C: bool test_and_clear_bit(long nr, volatile unsigned long *addr)

    Returns:
        True if it was set.

    Context:
        Any; does not sleep.

    Source:
        include/linux/bitops.h (v6.1)
    """
    old = _read(addr, nr)
    _write(addr, nr, False)
    return old


@macro()
def test_and_change_bit(nr: int, addr: bitmap) -> bool:
    """Turn a bit round, and tell what it was.

    C: bool test_and_change_bit(long nr, volatile unsigned long *addr)

    Returns:
        True if it was set.

    Context:
        Any; does not sleep.

    Source:
        include/linux/bitops.h (v6.1)
    """
    old = _read(addr, nr)
    _write(addr, nr, not old)
    return old


@macro()
def DECLARE_BITMAP(bits: int) -> bitmap:
    """Make bits, all clear.

    ``flags = DECLARE_BITMAP(64)``: also what a variable of type unsigned long is whose bits are
    set.

    C: #define DECLARE_BITMAP(name, bits)

    Returns:
        The bits.

    Context:
        Any; does not sleep.

    Source:
        include/linux/types.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return bitmap(bits)


@macro()
def find_first_bit(addr: bitmap, size: int) -> int:
    """Find the first bit that is set.

    C: unsigned long find_first_bit(const unsigned long *addr, unsigned long size)

    Returns:
        Its number; ``size`` if there is none.

    Context:
        Any; does not sleep.

    Source:
        include/linux/find.h (v6.1)
    """
    return find_next_bit(addr, size, 0)


@macro()
def find_next_bit(addr: bitmap, size: int, offset: int) -> int:
    """Find the next bit that is set.

    C: unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)

    Args:
        addr: the bits.
        size: how many of them count.
        offset: where to begin.

    Returns:
        Its number; ``size`` if there is none.

    Context:
        Any; does not sleep.

    Source:
        include/linux/find.h (v6.1)
    """  # noqa: E501 - the prototype is one line of the header file
    return next((nr for nr in range(offset, size) if _read(addr, nr)), size)


@macro()
def find_first_zero_bit(addr: bitmap, size: int) -> int:
    """Find the first bit that is clear.

    C: unsigned long find_first_zero_bit(const unsigned long *addr, unsigned long size)

    Returns:
        Its number; ``size`` if there is none.

    Context:
        Any; does not sleep.

    Source:
        include/linux/find.h (v6.1)
    """
    return next((nr for nr in range(size) if not _read(addr, nr)), size)


@macro()
def for_each_set_bit(addr: bitmap, size: int) -> Iterator[int]:
    """Go through the bits that are set.

    ``for bit in for_each_set_bit(flags, 64):``

    C: #define for_each_set_bit(bit, addr, size)

    Returns:
        Their numbers, for a loop.

    Context:
        Any; does not sleep.

    Source:
        include/linux/find.h (v6.1)

    Differs:
        The loop's variable is Python's.
    """
    nr = find_first_bit(addr, size)
    while nr < size:
        yield nr
        nr = find_next_bit(addr, size, nr + 1)


@macro()
def BIT(nr: int) -> int:
    """Give a number with one bit.

    C: #define BIT(nr)

    Returns:
        1 << nr.

    Context:
        Any.

    Source:
        include/linux/bits.h (v6.1)
    """
    return 1 << nr


@macro()
def GENMASK(h: int, low: int) -> int:
    """Give a number whose bits low to h are set.

    C: #define GENMASK(h, l)

    Returns:
        The number.

    Context:
        Any.

    Source:
        include/linux/bits.h (v6.1)
    """
    return (1 << (h + 1)) - (1 << low)


@macro()
def hweight_long(w: int) -> int:
    """Count the bits of a number.

    C: unsigned long hweight_long(unsigned long w)

    Returns:
        How many are set.

    Context:
        Any.

    Source:
        include/linux/bitops.h (v6.1)
    """
    return (w & _ULONG).bit_count()


@macro()
def ffs(x: int) -> int:
    """Find the lowest bit of an int.

    C: int ffs(int x)

    Returns:
        Its number from 1; 0 if there is none.

    Context:
        Any.

    Source:
        include/linux/bitops.h (v6.1)
    """
    return (x & -x & 0xFFFFFFFF).bit_length()


@macro()
def fls(x: int) -> int:
    """Find the highest bit of an int.

    C: int fls(unsigned int x)

    Returns:
        Its number from 1; 0 if there is none.

    Context:
        Any.

    Source:
        include/linux/bitops.h (v6.1)
    """
    return (x & 0xFFFFFFFF).bit_length()
