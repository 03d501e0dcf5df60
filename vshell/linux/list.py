"""Lists that run through structures.

Header: include/linux/list.h. Doubly linked lists are mirrored; hlist and the RCU forms are not.
What CONFIG_DEBUG_LIST checks is checked.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.printk import ERR as _ERR
from vshell.kernel.struct import Member as _Member
from vshell.linux.container_of import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "INIT_LIST_HEAD",
    "LIST_HEAD",
    "LIST_POISON1",
    "LIST_POISON2",
    "list_add",
    "list_add_tail",
    "list_count_nodes",
    "list_del",
    "list_del_init",
    "list_empty",
    "list_entry",
    "list_first_entry",
    "list_first_entry_or_null",
    "list_for_each",
    "list_for_each_entry",
    "list_for_each_entry_reverse",
    "list_for_each_entry_safe",
    "list_head",
    "list_is_last",
    "list_is_singular",
    "list_last_entry",
    "list_move",
    "list_move_tail",
    "list_replace",
    "list_splice",
    "list_splice_init",
]

LIST_POISON1: Any = 0xDEAD000000000100
LIST_POISON2: Any = 0xDEAD000000000122


class list_head(_Member):
    """A link of a list, or a list's head: ``next`` and ``prev``.

    Header: include/linux/types.h.
    """

    __slots__ = ("container", "next", "prev")

    next: list_head
    prev: list_head

    def __init__(self) -> None:
        """Make a link that is in no list: an empty list of its own."""
        self.container = None
        self.next = self.prev = self


def _checked(link: object) -> list_head:
    if isinstance(link, list_head):
        return link
    raise _Oops("page", kernel.addresses.address_of(link), "write")


# Where a link leads: into the void if it has been taken out.
def _follow(link: object) -> list_head:
    if isinstance(link, list_head):
        return link
    address = kernel.addresses.address_of(link)
    raise _Oops("gp", address) if address >> 48 else _Oops("page", address)


# Linux: lib/list_debug.c (v6.1) with CONFIG_BUG_ON_DATA_CORRUPTION.
def _corrupt(line: int, text: str) -> None:
    kernel.printk.emit(_ERR, text)
    raise _Oops("ud2", text=f"lib/list_debug.c:{line}")


def _address(link: object) -> str:
    return f"{kernel.addresses.address_of(link):016x}"


def _insert(new: list_head, before: list_head, after: list_head) -> None:
    if after.prev is not before:
        was = f"should be prev ({_address(before)}), but was {_address(after.prev)}"
        _corrupt(25, f"list_add corruption. next->prev {was}. (next={_address(after)}).")
    if new is before or new is after:
        where = f"new={_address(new)}, prev={_address(before)}, next={_address(after)}"
        _corrupt(33, f"list_add double add: {where}.")
    new.next, new.prev = after, before
    after.prev = before.next = new


def _take_out(entry: list_head) -> None:
    here = _address(entry)
    if entry.next is LIST_POISON1:
        _corrupt(49, f"list_del corruption, {here}->next is LIST_POISON1 ({LIST_POISON1:016x})")
    if entry.prev.next is not entry:
        was = f"should be {here}, but was {_address(entry.prev.next)}"
        _corrupt(56, f"list_del corruption. prev->next {was}. (prev={_address(entry.prev)})")
    entry.prev.next, entry.next.prev = entry.next, entry.prev


@macro()
def LIST_HEAD() -> list_head:
    """Make an empty list.

    ``jobs = LIST_HEAD()``.

    C: #define LIST_HEAD(name)

    Returns:
        The head.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)

    Differs:
        The variable is assigned, not named.
    """
    return list_head()


@macro()
def INIT_LIST_HEAD(list: list_head) -> None:
    """Make a head an empty list, whatever it was.

    C: void INIT_LIST_HEAD(struct list_head *list)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    link = _checked(list)
    link.next = link.prev = link


@macro()
def list_add(new: list_head, head: list_head) -> None:
    """Put a link behind another: at the front of a list.

    C: void list_add(struct list_head *new, struct list_head *head)

    Returns:
        Nothing. A link that is in the list there already is a BUG.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    _insert(_checked(new), _checked(head), head.next)


@macro()
def list_add_tail(new: list_head, head: list_head) -> None:
    """Put a link before another: at the end of a list.

    C: void list_add_tail(struct list_head *new, struct list_head *head)

    Returns:
        Nothing. A link that is in the list there already is a BUG.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    _insert(_checked(new), _checked(head).prev, head)


@macro()
def list_del(entry: list_head) -> None:
    """Take a link out of its list.

    C: void list_del(struct list_head *entry)

    Returns:
        Nothing. Taking it out twice is a BUG.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    _take_out(_checked(entry))
    entry.next = LIST_POISON1
    entry.prev = LIST_POISON2


@macro()
def list_del_init(entry: list_head) -> None:
    """Take a link out of its list and make it an empty list.

    C: void list_del_init(struct list_head *entry)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    _take_out(_checked(entry))
    entry.next = entry.prev = entry


@macro()
def list_move(list: list_head, head: list_head) -> None:
    """Move a link to the front of a list.

    C: void list_move(struct list_head *list, struct list_head *head)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    _take_out(_checked(list))
    _insert(list, _checked(head), head.next)


@macro()
def list_move_tail(list: list_head, head: list_head) -> None:
    """Move a link to the end of a list.

    C: void list_move_tail(struct list_head *list, struct list_head *head)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    _take_out(_checked(list))
    _insert(list, _checked(head).prev, head)


@macro()
def list_replace(old: list_head, new: list_head) -> None:
    """Put a link in the place of another.

    C: void list_replace(struct list_head *old, struct list_head *new)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    new.next, new.prev = _checked(old).next, old.prev
    new.next.prev = new.prev.next = _checked(new)


@macro()
def list_splice(list: list_head, head: list_head) -> None:
    """Put all links of one list at the front of another.

    C: void list_splice(const struct list_head *list, struct list_head *head)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    if not list_empty(list):
        first, last, at = list.next, list.prev, _checked(head).next
        first.prev, head.next = head, first
        last.next, at.prev = at, last


@macro()
def list_splice_init(list: list_head, head: list_head) -> None:
    """Put all links of one list at the front of another, and empty the first.

    C: void list_splice_init(struct list_head *list, struct list_head *head)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    list_splice(list, head)
    list.next = list.prev = list


@macro()
def list_empty(head: list_head) -> int:
    """Tell whether a list is empty.

    C: int list_empty(const struct list_head *head)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    return int(_checked(head).next is head)


@macro()
def list_is_singular(head: list_head) -> int:
    """Tell whether a list has one link.

    C: int list_is_singular(const struct list_head *head)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    return int(_checked(head).next is not head and head.next is head.prev)


@macro()
def list_is_last(list: list_head, head: list_head) -> int:
    """Tell whether a link is the last of a list.

    C: int list_is_last(const struct list_head *list, const struct list_head *head)

    Returns:
        1 if so, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    return int(_checked(list).next is head)


@macro()
def list_count_nodes(head: list_head) -> int:
    """Count the links of a list.

    C: size_t list_count_nodes(struct list_head *head)

    Returns:
        How many there are.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.3)
    """
    return sum(1 for _ in list_for_each(head))


@macro(named=("member",))
def list_entry(ptr: list_head, type: Any, member: object) -> Any:
    """Give the structure that a link lies in.

    C: #define list_entry(ptr, type, member)

    Args:
        ptr: the link.
        type: the structure's class.
        member: the member that is the link.

    Returns:
        The structure.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    return container_of(ptr, type, member)


@macro(named=("member",))
def list_first_entry(ptr: list_head, type: Any, member: object) -> Any:
    """Give the first structure of a list that is not empty.

    C: #define list_first_entry(ptr, type, member)

    Args:
        ptr: the head.
        type: the structure's class.
        member: the member that is the link.

    Returns:
        The structure.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    return container_of(_checked(ptr).next, type, member)


@macro(named=("member",))
def list_last_entry(ptr: list_head, type: Any, member: object) -> Any:
    """Give the last structure of a list that is not empty.

    C: #define list_last_entry(ptr, type, member)

    Args:
        ptr: the head.
        type: the structure's class.
        member: the member that is the link.

    Returns:
        The structure.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    return container_of(_checked(ptr).prev, type, member)


@macro(named=("member",))
def list_first_entry_or_null(ptr: list_head, type: Any, member: object) -> Any:
    """Give the first structure of a list.

    C: #define list_first_entry_or_null(ptr, type, member)

    Args:
        ptr: the head.
        type: the structure's class.
        member: the member that is the link.

    Returns:
        The structure; NULL if the list is empty.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)
    """
    return None if list_empty(ptr) else container_of(ptr.next, type, member)


@macro()
def list_for_each(head: list_head) -> Iterator[list_head]:
    """Go through the links of a list.

    ``for pos in list_for_each(head):``

    C: #define list_for_each(pos, head)

    Returns:
        The links, for a loop.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)

    Differs:
        The loop's variable is Python's.
    """
    pos = _follow(_checked(head).next)
    while pos is not head:
        yield pos
        pos = _follow(pos.next)


@macro(named=("member",))
def list_for_each_entry(head: list_head, member: object) -> Iterator[Any]:
    """Go through the structures of a list.

    ``for pos in list_for_each_entry(head, member):``

    C: #define list_for_each_entry(pos, head, member)

    Args:
        head: of the list.
        member: the member that is the link.

    Returns:
        The structures, for a loop.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)

    Differs:
        The loop's variable is Python's. A link that the loop's body takes out is followed into its
        poison, as in C.
    """
    for link in list_for_each(head):
        yield container_of(link, object, member)


@macro(named=("member",))
def list_for_each_entry_reverse(head: list_head, member: object) -> Iterator[Any]:
    """Go through the structures of a list from its end.

    C: #define list_for_each_entry_reverse(pos, head, member)

    Args:
        head: of the list.
        member: the member that is the link.

    Returns:
        The structures, for a loop.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)

    Differs:
        The loop's variable is Python's.
    """
    link = _follow(_checked(head).prev)
    while link is not head:
        yield container_of(link, object, member)
        link = _follow(link.prev)


@macro(named=("member",))
def list_for_each_entry_safe(head: list_head, member: object) -> Iterator[Any]:
    """Go through the structures of a list; the body may take the current one out.

    C: #define list_for_each_entry_safe(pos, n, head, member)

    Args:
        head: of the list.
        member: the member that is the link.

    Returns:
        The structures, for a loop.

    Context:
        Any; does not sleep.

    Source:
        include/linux/list.h (v6.1)

    Differs:
        The loop's variable is Python's, and the one for the next link is not needed.
    """
    link = _follow(_checked(head).next)
    while link is not head:
        following = _follow(link.next)
        yield container_of(link, object, member)
        link = following
