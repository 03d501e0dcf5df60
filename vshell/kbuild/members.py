"""Checks of members: a structure of the kernel has those that its header names, and no others."""

from __future__ import annotations

import ast

from vshell.kbuild.checker import Checker
from vshell.kbuild.shapes import distance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kbuild.headers import Declaration

__all__ = ["MemberChecks"]

_NEAR = 3


class MemberChecks(Checker):
    """The checks of what stands behind a dot."""

    def check_members(self) -> None:
        """Check the members of variables that can only be one of the kernel's structures."""
        kinds = self._structures()
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
                continue
            name = node.value.id
            function = self.by_name.get(self.where(node))
            scope = ""
            if function is not None and name in function.own_names():
                scope = function.name
            kind = kinds.get((scope, name)) or self._made_by(node.value)
            if kind is not None and node.attr not in kind.members and node.attr[0] != "_":
                self._no_member(node, kind)

    def _no_member(self, node: ast.Attribute, kind: Declaration) -> None:
        text = f"'struct {kind.name}' has no member named '{node.attr}'"
        near = [one for one in kind.members if distance(one, node.attr, _NEAR) < _NEAR]
        if near:
            best = min(near, key=lambda one: distance(one, node.attr, _NEAR))
            text += f"; did you mean '{best}'?"
        line = node.end_lineno or node.lineno
        column = (node.end_col_offset or node.col_offset) - len(node.attr)
        length = len(node.attr) + 1
        self.out.add("error", line, column, length, text, function=self.where(node))

    # What each variable is that is only ever given structures of one kind, or NULL.
    def _structures(self) -> dict[tuple[str, str], Declaration]:
        found: dict[tuple[str, str], Declaration | None] = {}
        counts: dict[tuple[str, str], int] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                place = self._place(node)
                counts[place] = counts.get(place, 0) + 1
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            target, value = node.targets[0], node.value
            if not isinstance(target, ast.Name):
                continue
            place = self._place(target)
            if isinstance(value, ast.Constant) and value.value is None:
                counts[place] -= 1
                continue
            kind = self._made_by(value.func) if isinstance(value, ast.Call) else None
            if kind is not None and found.setdefault(place, kind) is kind:
                counts[place] -= 1
        return {
            place: kind for place, kind in found.items() if kind is not None and not counts[place]
        }

    # The scope and name of a variable that is assigned to.
    def _place(self, node: ast.Name) -> tuple[str, str]:
        function = self.by_name.get(self.where(node))
        if function is None or node.id in function.globals:
            return "", node.id
        return function.name, node.id

    # The structure that a header's function or macro gives.
    def _made_by(self, node: ast.expr) -> Declaration | None:
        declaration = self.found.names.get(node.id) if isinstance(node, ast.Name) else None
        if declaration is None or not declaration.returns:
            return None
        for header in ("linux/sched.h", declaration.header):
            known = self.headers.get(header)
            kind = known.declarations.get(declaration.returns) if known is not None else None
            if kind is not None and kind.members:
                return kind
        return None
