"""Which functions refer to code that will be gone: init's to anybody else, exit's to init.

Real: 29-kbuild-errors.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.abi.ko import Function

__all__ = ["section_mismatches"]

_APART = (".init.text", ".exit.text")


def section_mismatches(
    nodes: list[ast.FunctionDef], functions: list[Function]
) -> list[tuple[str, str, int, bool]]:
    """Find references from one section to another that is given back earlier, or not kept.

    Args:
        nodes: the functions of the top level.
        functions: of the object, with their sections.

    Returns:
        For each: who refers, to what, at which offset, and whether it does so whenever it runs.
    """
    sections = {function.name: function.section for function in functions}
    found = []
    for node in nodes:
        always = {
            name
            for statement in node.body
            if not isinstance(statement, (ast.If, ast.While, ast.For))
            for name in ast.walk(statement)
        }
        seen: set[str] = set()
        for name in ast.walk(node):
            if not isinstance(name, ast.Name) or name.id in seen:
                continue
            section = sections.get(name.id)
            if section in _APART and section != sections.get(node.name):
                seen.add(name.id)
                offset = 16 * (name.lineno - node.lineno) + 5
                found.append((node.name, name.id, offset, name in always))
    return found
