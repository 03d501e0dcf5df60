"""Inlining: which functions are part of their only caller.

A C compiler puts a static function that is called from one place into that place, unless it is
marked noinline; one marked __always_inline, as a macro of C that is a function here, into every
place. Such a function has no frame of its own: backtraces and wchan name its caller.
Module code runs the same either way; only the loader is told.

Real: 02-park-edges (inlined), 13-oops, 14-bug-warn (noinline).
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["only_callers"]


def only_callers(tree: ast.Module, kept: Iterable[str]) -> dict[str, str]:
    """Find the functions that are called from one place only, with their callers.

    Args:
        tree: of a module.
        kept: functions that have a frame of their own in any case: exported, init and exit.

    Returns:
        Name of each such function to the name of the function it is part of.
    """
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    callers: dict[str, list[str]] = {
        node.name: [] for node in functions if not _is_marked(node, "noinline")
    }
    for name in kept:
        callers.pop(name, None)
    for statement in tree.body:
        inside = statement.name if isinstance(statement, ast.FunctionDef) else ""
        called = {node.func for node in ast.walk(statement) if isinstance(node, ast.Call)}
        for node in ast.walk(statement):
            if not isinstance(node, ast.Name) or node.id not in callers:
                continue
            if node in called and inside not in ("", node.id):
                callers[node.id].append(inside)
            else:
                # Its address is taken, or it calls itself: it must exist.
                del callers[node.id]
    always = {node.name for node in functions if _is_marked(node, "__always_inline")}
    only = {
        name: found[0]
        for name, found in callers.items()
        if len(found) == 1 or (found and name in always)
    }
    return {name: caller for name, caller in only.items() if not _is_circle(name, only)}


# Functions that call only each other are part of none.
def _is_circle(name: str, only: dict[str, str]) -> bool:
    seen: set[str] = set()
    caller = only.get(name)
    while caller is not None and caller not in seen:
        seen.add(caller)
        caller = only.get(caller)
    return name in seen


def _is_marked(node: ast.FunctionDef, mark: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == mark for one in node.decorator_list)
