"""Integers of a fixed width: a call cuts a number, as a cast does in C.

Header: include/linux/types.h. The integer types are mirrored; the rest has no meaning here.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "s8",
    "s16",
    "s32",
    "s64",
    "size_t",
    "ssize_t",
    "u8",
    "u16",
    "u32",
    "u64",
    "uintptr_t",
]


def _unsigned(value: int, bits: int) -> int:
    return int(value) & (1 << bits) - 1


def _signed(value: int, bits: int) -> int:
    value = _unsigned(value, bits)
    return value - (1 << bits) if value >> (bits - 1) else value


@macro()
def u8(value: int) -> int:
    """Cut a number to 8 bits, unsigned.

    C: (u8)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _unsigned(value, 8)


@macro()
def u16(value: int) -> int:
    """Cut a number to 16 bits, unsigned.

    C: (u16)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _unsigned(value, 16)


@macro()
def u32(value: int) -> int:
    """Cut a number to 32 bits, unsigned.

    C: (u32)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _unsigned(value, 32)


@macro()
def u64(value: int) -> int:
    """Cut a number to 64 bits, unsigned.

    C: (u64)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _unsigned(value, 64)


@macro()
def size_t(value: int) -> int:
    """Cut a number to 64 bits, unsigned.

    C: (size_t)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _unsigned(value, 64)


@macro()
def ssize_t(value: int) -> int:
    """Cut a number to 64 bits, signed.

    C: (ssize_t)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _signed(value, 64)


@macro()
def uintptr_t(pointer: object) -> int:
    """Give the number of an address, to reckon with.

    C: (uintptr_t)pointer

    Returns:
        The address.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return kernel.addresses.address_of(pointer)


@macro()
def s8(value: int) -> int:
    """Cut a number to 8 bits, signed.

    C: (s8)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _signed(value, 8)


@macro()
def s16(value: int) -> int:
    """Cut a number to 16 bits, signed.

    C: (s16)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _signed(value, 16)


@macro()
def s32(value: int) -> int:
    """Cut a number to 32 bits, signed.

    C: (s32)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _signed(value, 32)


@macro()
def s64(value: int) -> int:
    """Cut a number to 64 bits, signed.

    C: (s64)value

    Returns:
        The number as a variable of this type would hold it.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return _signed(value, 64)
