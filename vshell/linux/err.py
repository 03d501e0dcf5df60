"""Error pointers: a pointer that carries an errno.

Header: include/linux/err.h. All of it but the type-checking casts is mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "ERR_CAST",
    "ERR_PTR",
    "IS_ERR",
    "IS_ERR_OR_NULL",
    "IS_ERR_VALUE",
    "MAX_ERRNO",
    "PTR_ERR",
    "PTR_ERR_OR_ZERO",
]

MAX_ERRNO = 4095


class _ErrorPointer:
    # What ERR_PTR() gives: using it as anything else is a fault at the address it stands for.
    __slots__ = ("error_pointer",)

    error_pointer: int

    def __init__(self, error: int) -> None:
        object.__setattr__(self, "error_pointer", error)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name=name, obj=self)


@macro()
def ERR_PTR(error: int) -> Any:
    """Make a pointer that carries an error.

    C: void *ERR_PTR(long error)

    Args:
        error: a negative errno, such as -ENOMEM; 0 gives NULL.

    Returns:
        An error pointer, None for 0.

    Context:
        Any.

    Source:
        include/linux/err.h (v6.1)
    """
    return _ErrorPointer(error) if error else None


@macro()
def IS_ERR(ptr: object) -> bool:
    """Tell whether a pointer carries an error.

    C: bool IS_ERR(const void *ptr)

    Returns:
        True for an error pointer; NULL is none.

    Context:
        Any.

    Source:
        include/linux/err.h (v6.1)
    """
    return isinstance(ptr, _ErrorPointer) or (isinstance(ptr, int) and IS_ERR_VALUE(ptr))


@macro()
def IS_ERR_VALUE(x: int) -> bool:
    """Tell whether a number, seen as unsigned long, is an error pointer's.

    C: bool IS_ERR_VALUE(unsigned long x)

    Returns:
        True for -4095 to -1.

    Context:
        Any.

    Source:
        include/linux/err.h (v6.1)
    """
    return x & 0xFFFFFFFFFFFFFFFF >= (1 << 64) - MAX_ERRNO


@macro()
def PTR_ERR(ptr: object) -> int:
    """Give the error that a pointer carries.

    C: long PTR_ERR(const void *ptr)

    Returns:
        A negative errno; something meaningless for a pointer that carries none, here 0.

    Context:
        Any.

    Source:
        include/linux/err.h (v6.1)
    """
    if isinstance(ptr, _ErrorPointer):
        return ptr.error_pointer
    return ptr if isinstance(ptr, int) else 0


@macro()
def IS_ERR_OR_NULL(ptr: object) -> bool:
    """Tell whether a pointer is NULL or carries an error.

    C: bool IS_ERR_OR_NULL(const void *ptr)

    Returns:
        True for NULL and for an error pointer.

    Context:
        Any.

    Source:
        include/linux/err.h (v6.1)
    """
    return ptr is None or IS_ERR(ptr)


@macro()
def PTR_ERR_OR_ZERO(ptr: object) -> int:
    """Give the error that a pointer carries, 0 if it carries none.

    C: int PTR_ERR_OR_ZERO(const void *ptr)

    Returns:
        A negative errno or 0.

    Context:
        Any.

    Source:
        include/linux/err.h (v6.1)
    """
    return PTR_ERR(ptr) if IS_ERR(ptr) else 0


@macro()
def ERR_CAST(ptr: Any) -> Any:
    """Give an error pointer as a pointer of another type.

    C: void *ERR_CAST(const void *ptr)

    Returns:
        The same pointer.

    Context:
        Any.

    Source:
        include/linux/err.h (v6.1)
    """
    return ptr
