"""Integers of 64 bits that are changed in one step: a part of <linux/atomic.h>.

Header: include/linux/atomic.h. The ordered forms (_acquire, _release, _relaxed) are not mirrored.

More than 400 lines, one idea: it is one family of functions.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "ATOMIC64_INIT",
    "atomic64_add",
    "atomic64_add_negative",
    "atomic64_add_return",
    "atomic64_add_unless",
    "atomic64_and",
    "atomic64_cmpxchg",
    "atomic64_dec",
    "atomic64_dec_and_test",
    "atomic64_dec_if_positive",
    "atomic64_dec_return",
    "atomic64_fetch_add",
    "atomic64_fetch_dec",
    "atomic64_fetch_inc",
    "atomic64_fetch_sub",
    "atomic64_inc",
    "atomic64_inc_and_test",
    "atomic64_inc_not_zero",
    "atomic64_inc_return",
    "atomic64_or",
    "atomic64_read",
    "atomic64_set",
    "atomic64_sub",
    "atomic64_sub_and_test",
    "atomic64_sub_return",
    "atomic64_t",
    "atomic64_xchg",
    "atomic64_xor",
]


class atomic64_t:
    """An integer that is changed in one step.

    Header: include/linux/types.h.
    """

    __slots__ = ("counter",)

    def __init__(self, counter: int = 0) -> None:
        """Start with a value."""
        self.counter = counter


def _checked(v: object) -> atomic64_t:
    kernel.sched.poll()
    if isinstance(v, atomic64_t):
        return v
    raise _Oops("page", kernel.addresses.address_of(v), "write")


def _cut(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> (64 - 1) else value


# Add, cut to the width of C's type, and give the new value.
def _change(v: atomic64_t, amount: int) -> int:
    counter = v.counter = _cut(_checked(v).counter + amount)
    return counter


@macro()
def ATOMIC64_INIT(i: int) -> atomic64_t:
    """Make an atomic variable with a value.

    ``v = ATOMIC64_INIT(0)``.

    C: #define ATOMIC64_INIT(i)

    Returns:
        The variable.

    Context:
        Any.

    Source:
        include/linux/types.h (v6.1)
    """
    return atomic64_t(i)


@macro()
def atomic64_read(v: atomic64_t) -> int:
    """Read an atomic variable.

    C: s64 atomic64_read(const atomic64_t *v)

    Returns:
        Its value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return _checked(v).counter


@macro()
def atomic64_set(v: atomic64_t, i: int) -> None:
    """Write an atomic variable.

    C: void atomic64_set(atomic64_t *v, s64 i)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _checked(v).counter = _cut(i)


@macro()
def atomic64_add(i: int, v: atomic64_t) -> None:
    """Add to an atomic variable.

    C: void atomic64_add(s64 i, atomic64_t *v)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _change(v, i)


@macro()
def atomic64_add_return(i: int, v: atomic64_t) -> int:
    """Add to an atomic variable.

    C: s64 atomic64_add_return(s64 i, atomic64_t *v)

    Returns:
        Its new value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return _change(v, i)


@macro()
def atomic64_fetch_add(i: int, v: atomic64_t) -> int:
    """Add to an atomic variable, and tell what it was.

    C: s64 atomic64_fetch_add(s64 i, atomic64_t *v)

    Returns:
        Its old value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    old = _checked(v).counter
    _change(v, i)
    return old


@macro()
def atomic64_sub(i: int, v: atomic64_t) -> None:
    """Subtract from an atomic variable.

    C: void atomic64_sub(s64 i, atomic64_t *v)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _change(v, -i)


@macro()
def atomic64_sub_return(i: int, v: atomic64_t) -> int:
    """Subtract from an atomic variable.

    C: s64 atomic64_sub_return(s64 i, atomic64_t *v)

    Returns:
        Its new value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return _change(v, -i)


@macro()
def atomic64_fetch_sub(i: int, v: atomic64_t) -> int:
    """Subtract from an atomic variable, and tell what it was.

    C: s64 atomic64_fetch_sub(s64 i, atomic64_t *v)

    Returns:
        Its old value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    old = _checked(v).counter
    _change(v, -i)
    return old


@macro()
def atomic64_inc(v: atomic64_t) -> None:
    """Count an atomic variable up.

    C: void atomic64_inc(atomic64_t *v)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _change(v, 1)


@macro()
def atomic64_inc_return(v: atomic64_t) -> int:
    """Count an atomic variable up.

    C: s64 atomic64_inc_return(atomic64_t *v)

    Returns:
        Its new value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return _change(v, 1)


@macro()
def atomic64_fetch_inc(v: atomic64_t) -> int:
    """Count an atomic variable up, and tell what it was.

    C: s64 atomic64_fetch_inc(atomic64_t *v)

    Returns:
        Its old value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    old = _checked(v).counter
    _change(v, 1)
    return old


@macro()
def atomic64_inc_and_test(v: atomic64_t) -> int:
    """Count an atomic variable up, and tell whether it is 0 now.

    C: bool atomic64_inc_and_test(atomic64_t *v)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return int(not _change(v, 1))


@macro()
def atomic64_dec(v: atomic64_t) -> None:
    """Count an atomic variable down.

    C: void atomic64_dec(atomic64_t *v)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _change(v, -1)


@macro()
def atomic64_dec_return(v: atomic64_t) -> int:
    """Count an atomic variable down.

    C: s64 atomic64_dec_return(atomic64_t *v)

    Returns:
        Its new value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return _change(v, -1)


@macro()
def atomic64_fetch_dec(v: atomic64_t) -> int:
    """Count an atomic variable down, and tell what it was.

    C: s64 atomic64_fetch_dec(atomic64_t *v)

    Returns:
        Its old value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    old = _checked(v).counter
    _change(v, -1)
    return old


@macro()
def atomic64_dec_and_test(v: atomic64_t) -> int:
    """Count an atomic variable down, and tell whether it is 0 now.

    C: bool atomic64_dec_and_test(atomic64_t *v)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return int(not _change(v, -1))


@macro()
def atomic64_sub_and_test(i: int, v: atomic64_t) -> int:
    """Subtract, and tell whether it is 0 now.

    C: bool atomic64_sub_and_test(s64 i, atomic64_t *v)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return int(not _change(v, -i))


@macro()
def atomic64_add_negative(i: int, v: atomic64_t) -> int:
    """Add, and tell whether it is negative now.

    C: bool atomic64_add_negative(s64 i, atomic64_t *v)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    return int(_change(v, i) < 0)


@macro()
def atomic64_xchg(v: atomic64_t, new: int) -> int:
    """Write an atomic variable, and tell what it was.

    C: s64 atomic64_xchg(atomic64_t *v, s64 new)

    Returns:
        Its old value.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    old = _checked(v).counter
    v.counter = _cut(new)
    return old


@macro()
def atomic64_cmpxchg(v: atomic64_t, old: int, new: int) -> int:
    """Write an atomic variable if it still is what one thinks.

    C: s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 new)

    Returns:
        What it was; ``old`` if it was written.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    found = _checked(v).counter
    if found == old:
        v.counter = _cut(new)
    return found


@macro()
def atomic64_add_unless(v: atomic64_t, a: int, u: int) -> int:
    """Add to an atomic variable unless it has a certain value.

    C: bool atomic64_add_unless(atomic64_t *v, s64 a, s64 u)

    Args:
        v: the variable.
        a: what to add.
        u: the value at which it stays.

    Returns:
        1 if it was added, else 0.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    if _checked(v).counter == u:
        return 0
    _change(v, a)
    return 1


@macro()
def atomic64_inc_not_zero(v: atomic64_t) -> int:
    """Count an atomic variable up unless it is 0.

    C: bool atomic64_inc_not_zero(atomic64_t *v)

    Returns:
        1 if it was counted, else 0.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    if not _checked(v).counter:
        return 0
    _change(v, 1)
    return 1


@macro()
def atomic64_dec_if_positive(v: atomic64_t) -> int:
    """Count an atomic variable down unless that makes it negative.

    C: s64 atomic64_dec_if_positive(atomic64_t *v)

    Returns:
        Its value less 1, whether that was written or not.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    value = _checked(v).counter - 1
    if value >= 0:
        v.counter = value
    return value


@macro()
def atomic64_and(i: int, v: atomic64_t) -> None:
    """AND an atomic variable with bits.

    C: void atomic64_and(s64 i, atomic64_t *v)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _checked(v).counter = _cut(v.counter & i)


@macro()
def atomic64_or(i: int, v: atomic64_t) -> None:
    """OR an atomic variable with bits.

    C: void atomic64_or(s64 i, atomic64_t *v)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _checked(v).counter = _cut(v.counter | i)


@macro()
def atomic64_xor(i: int, v: atomic64_t) -> None:
    """XOR an atomic variable with bits.

    C: void atomic64_xor(s64 i, atomic64_t *v)

    Returns:
        Nothing.

    Context:
        Any; does not sleep. Nobody sees it half done.

    Source:
        include/linux/atomic.h (v6.1)
    """
    _checked(v).counter = _cut(v.counter ^ i)
