"""How deep Python's stack may become: bash lets functions call themselves thousands of times.

Python's limit holds for whatever runs in the process, modules of the kernel too, whose endless
recursion must be found early. So it is raised only while a shell is deep in its functions.
"""

from __future__ import annotations

import sys as python

__all__ = ["DEPTH_USUAL", "deepen", "prepare", "surface"]

DEPTH_USUAL = 1000
"""So many commands inside each other fit under the usual limit."""
_FRAMES_USUAL = 12_000
# What a command needs at most: a function's call with redirections, in a loop.
_FRAMES_PER_COMMAND = 12
_deep = 0


def prepare() -> None:
    """Make room for the usual depth."""
    if python.getrecursionlimit() < _FRAMES_USUAL:
        python.setrecursionlimit(_FRAMES_USUAL)


def deepen(depth: int) -> None:
    """Make room for a command that is inside so many others."""
    global _deep
    if depth == DEPTH_USUAL + 1:
        _deep += 1
    needed = _FRAMES_PER_COMMAND * depth + _FRAMES_USUAL
    if python.getrecursionlimit() < needed:
        python.setrecursionlimit(needed + _FRAMES_USUAL)


def surface() -> None:
    """A shell is no deeper than usual any more: the limit goes back after the last one."""
    global _deep
    _deep = max(_deep - 1, 0)
    if not _deep and python.getrecursionlimit() > _FRAMES_USUAL:
        python.setrecursionlimit(_FRAMES_USUAL)
