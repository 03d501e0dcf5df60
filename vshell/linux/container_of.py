"""From a member to the structure it lies in.

Header: include/linux/container_of.h. container_of() is mirrored; container_of_const() is not.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.struct import Member as _Member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "container_of",
]


@macro(named=("member",))
def container_of(ptr: Any, type: Any, member: object) -> Any:
    """Give the structure that a member lies in.

    ``container_of(work, job, work)``: the job whose member ``work`` is the thing that ``work``
    points to.

    C: #define container_of(ptr, type, member)

    Args:
        ptr: the member, of a kernel type: a timer, work, a list's link.
        type: the structure's class.
        member: the member's name.

    Returns:
        The structure.

    Context:
        Any.

    Source:
        include/linux/container_of.h (v6.1)

    Differs:
        A member that lies in no structure is a fault here; in C the result points to anything.
    """
    if isinstance(ptr, _Member) and ptr.container is not None:
        structure, name = ptr.container
        if isinstance(structure, type) and name == str(member):
            return structure
    raise _Oops("page", kernel.addresses.address_of(ptr))
