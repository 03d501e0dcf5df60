"""Reference counts that notice when they are used wrongly.

Header: include/linux/refcount.h. Counting and its warnings are mirrored; the forms with locks are
not.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "REFCOUNT_INIT",
    "refcount_add",
    "refcount_dec",
    "refcount_dec_and_test",
    "refcount_inc",
    "refcount_inc_not_zero",
    "refcount_read",
    "refcount_set",
    "refcount_sub_and_test",
    "refcount_t",
]

_SATURATED = -(1 << 30)


class refcount_t:
    """A reference count.

    Header: include/linux/refcount.h.
    """

    __slots__ = ("refs",)

    def __init__(self, refs: int = 0) -> None:
        """Start with so many references."""
        self.refs = refs


def _checked(r: object) -> refcount_t:
    kernel.sched.poll()
    if isinstance(r, refcount_t):
        return r
    raise _Oops("page", kernel.addresses.address_of(r), "write")


# Linux: lib/refcount.c refcount_warn_saturate() (v6.1): a count that was used wrongly stays
# where it is for good.
def _saturate(r: refcount_t, site: str, text: str) -> None:
    r.refs = _SATURATED
    kernel.oops.warn_at("refcount_warn_saturate", site, f"refcount_t: {text}.")


def _add(r: refcount_t, i: int) -> None:
    if not r.refs:
        _saturate(r, "", "addition on 0; use-after-free")
    elif r.refs > 0:
        r.refs += i


def _sub_and_test(r: refcount_t, i: int) -> bool:
    if r.refs == i:
        r.refs = 0
        return True
    if 0 <= r.refs < i:
        _saturate(r, "underflow", "underflow; use-after-free")
    elif r.refs > 0:
        r.refs -= i
    return False


@macro()
def REFCOUNT_INIT(n: int) -> refcount_t:
    """Make a count.

    ``r = REFCOUNT_INIT(1)``.

    C: #define REFCOUNT_INIT(n)

    Returns:
        The count.

    Context:
        Any.

    Source:
        include/linux/refcount.h (v6.1)
    """
    return refcount_t(n)


@macro()
def refcount_set(r: refcount_t, n: int) -> None:
    """Set a count.

    C: void refcount_set(refcount_t *r, int n)

    Args:
        r: the count.
        n: how many references there are.

    Returns:
        Nothing.

    Context:
        Any; nobody else may know of it yet.

    Source:
        include/linux/refcount.h (v6.1)
    """
    _checked(r).refs = n


@macro()
def refcount_read(r: refcount_t) -> int:
    """Read a count.

    C: unsigned int refcount_read(const refcount_t *r)

    Returns:
        How many references there are.

    Context:
        Any.

    Source:
        include/linux/refcount.h (v6.1)
    """
    return _checked(r).refs & 0xFFFFFFFF


@macro()
def refcount_inc(r: refcount_t) -> None:
    """Take a reference; there must be one.

    C: void refcount_inc(refcount_t *r)

    Returns:
        Nothing. From 0 there is a warning, and the count is good for nothing any more.

    Context:
        Any; does not sleep.

    Source:
        include/linux/refcount.h (v6.1)
    """
    _add(_checked(r), 1)


@macro()
def refcount_add(i: int, r: refcount_t) -> None:
    """Take some references; there must be one.

    C: void refcount_add(int i, refcount_t *r)

    Returns:
        Nothing. From 0 there is a warning.

    Context:
        Any; does not sleep.

    Source:
        include/linux/refcount.h (v6.1)
    """
    _add(_checked(r), i)


@macro()
def refcount_inc_not_zero(r: refcount_t) -> bool:
    """Take a reference if there is one still.

    C: bool refcount_inc_not_zero(refcount_t *r)

    Returns:
        True if it was taken.

    Context:
        Any; does not sleep.

    Source:
        include/linux/refcount.h (v6.1)
    """
    if not _checked(r).refs:
        return False
    _add(r, 1)
    return True


@macro()
def refcount_dec(r: refcount_t) -> None:
    """Drop a reference that is not the last one.

    C: void refcount_dec(refcount_t *r)

    Returns:
        Nothing. If it was the last one there is a warning.

    Context:
        Any; does not sleep.

    Source:
        include/linux/refcount.h (v6.1)
    """
    if _checked(r).refs in (0, 1):
        _saturate(r, "dec", "decrement hit 0; leaking memory")
    elif r.refs > 0:
        r.refs -= 1


@macro()
def refcount_dec_and_test(r: refcount_t) -> bool:
    """Drop a reference, and tell whether it was the last one.

    C: bool refcount_dec_and_test(refcount_t *r)

    Returns:
        True if nobody holds one any more. From 0 there is a warning.

    Context:
        Any; does not sleep.

    Source:
        include/linux/refcount.h (v6.1)
    """
    return _sub_and_test(_checked(r), 1)


@macro()
def refcount_sub_and_test(i: int, r: refcount_t) -> bool:
    """Drop some references, and tell whether they were the last ones.

    C: bool refcount_sub_and_test(int i, refcount_t *r)

    Returns:
        True if nobody holds one any more.

    Context:
        Any; does not sleep.

    Source:
        include/linux/refcount.h (v6.1)
    """
    return _sub_and_test(_checked(r), i)
