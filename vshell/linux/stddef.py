"""NULL, true and false, and the size of things.

Header: include/linux/stddef.h. offsetof() has no counterpart: nothing here has an offset. sizeof()
belongs to the language C itself.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.slab import SizeOf as _SizeOf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["NULL", "false", "sizeof", "true"]

NULL = None
true = True
false = False

_POINTER_BYTES = 8
_INT_BYTES = 4


@macro()
def sizeof(thing: Any) -> int:
    """Give the size of a type or a variable.

    ``kzalloc(sizeof(job), GFP_KERNEL)`` gives an object of the class ``job``.

    C: sizeof(type)

    Returns:
        Bytes: 4 for int, 8 for each member of a structure, the length of text with its end.

    Context:
        Any.

    Source:
        ISO/IEC 9899:2011, 6.5.3.4

    Differs:
        A structure counts 8 bytes for each member, whatever that is.
    """
    if isinstance(thing, (str, bytes, bytearray)):
        return len(thing) + isinstance(thing, str)
    if isinstance(thing, list):
        return sum(sizeof(one) for one in thing)
    if isinstance(thing, type):
        if thing in (int, bool):
            return _SizeOf(_INT_BYTES if thing is int else 1, thing)
        members = vars(thing()) if hasattr(thing, "__dict__") else ()
        return _SizeOf(_POINTER_BYTES * max(len(members), 1), thing)
    if isinstance(thing, int):
        return _INT_BYTES
    return _POINTER_BYTES * max(len(vars(thing)) if hasattr(thing, "__dict__") else 1, 1)
