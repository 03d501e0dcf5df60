"""Structures of modules, and how the kernel's own structures lie in them.

A class of a module is a struct. What it holds that can be pointed at from outside (a timer, a piece
of work, a list's link) remembers in which structure it lies and under which name: that is what
container_of() asks for.
"""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Member", "Struct", "build_struct"]


class Member:
    """What can lie in a structure; each class that is one has a slot ``container``."""

    __slots__ = ()

    container: tuple[object, str] | None
    """The structure and the member's name; None if it stands alone."""


class Struct:
    """The base of every class that a module defines without one."""

    def __setattr__(self, name: str, value: object) -> None:
        """Set a member; what is set first anywhere lies there, later settings are pointers."""
        if isinstance(value, Member) and value.container is None:
            member: Any = value
            member.container = (self, name)
        object.__setattr__(self, name, value)


def build_struct(body: Callable[[], Any], name: str, *bases: Any, **options: Any) -> Any:
    """Do for a module what a class statement does."""
    return builtins.__build_class__(body, name, *(bases or (Struct,)), **options)
