"""What a prompt's front end is told of its host: values, the same in this process and on a socket.

Both are taken between two events, so that all in them is of one moment.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Glance", "Survey"]


@dataclass(frozen=True, slots=True)
class Glance:
    """How the host is, at a glance."""

    now_ns: int
    """Virtual nanoseconds since boot."""
    rate: float
    """Virtual seconds per real second; 0 for as fast as can be."""
    is_paused: bool
    states: tuple[tuple[str, int], ...]
    """How many tasks there are in each state: the letter that ps shows, and the number."""
    taint: str
    """The letters of the kernel's taints, "" for none."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a line editor needs to know before it begins."""

    commands: tuple[str, ...]
    """Every word that can stand as a command."""
    typed: str
    """What has been typed ahead since the question was asked."""
    editing: str
    """How the shell wants lines edited: "emacs", "vi", or "" for as plainly as can be."""
    more: str
    """What stands before the further lines of an unfinished command; it can hold escape codes."""
    is_more: bool
    """Whether the line that is asked for goes on with an unfinished command."""
    title: str
    """Whose shell it is and where: "user@host: folder"."""
