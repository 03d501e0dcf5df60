"""Which names of an awk program are arrays: what the program does with them tells.

Source: mawk(1), 1.3.4 20200120
"""

from __future__ import annotations

from vshell.usr._awk_lex import AwkError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from vshell.usr._awk_parse import Program

    Node = tuple[Any, ...]

__all__ = ["Names", "walk"]


def walk(node: Any) -> Iterator[Node]:
    """Go through all nodes of a tree, each before its parts."""
    if isinstance(node, list):
        for one in node:
            yield from walk(one)
    elif isinstance(node, tuple):
        yield node
        for part in node[1:]:
            yield from walk(part)


class Names:
    """The arrays among the globals, and among each function's parameters."""

    def __init__(self, program: Program, line: int) -> None:
        """Look at a whole program.

        Raises:
            AwkError: a name is used as an array and as a variable.
        """
        self.program = program
        self.line = line
        self.arrays: set[str] = {"ENVIRON", "ARGV"}
        self.params: dict[str, set[str]] = {name: set() for name in program.functions}
        self._trees: list[tuple[str, Node]] = [
            *(("", one) for one in program.begin + program.end),
            *(("", body) for _, body in program.rules),
            *(("", one) for patterns, _ in program.rules for one in patterns),
            *((name, function.body) for name, function in program.functions.items()),
        ]
        for place, tree in self._trees:
            self._direct_uses(place, tree)
        while self._pass_on():
            pass
        for place, tree in self._trees:
            self._check(place, tree)

    def is_array(self, place: str, name: str) -> bool:
        """Tell whether a name is an array within a function ("" for the rules)."""
        if place and name in self.program.functions[place].params:
            return name in self.params[place]
        return name in self.arrays

    def _note(self, place: str, name: str) -> bool:
        known = self.arrays
        if place and name in self.program.functions[place].params:
            known = self.params[place]
        if name in known:
            return False
        known.add(name)
        return True

    def _direct_uses(self, place: str, tree: Node) -> None:
        for node in walk(tree):
            kind = node[0]
            if kind in ("index", "delete"):
                self._note(place, node[1])
            elif kind in ("in", "forin"):
                self._note(place, node[2])
            elif kind == "builtin" and node[1] == "split" and node[2][1][0] == "var":
                self._note(place, node[2][1][1])

    # What is given to a parameter that is an array is one, and the other way round.
    def _pass_on(self) -> bool:
        changed = False
        for place, tree in self._trees:
            for node in walk(tree):
                if node[0] != "call" or node[1] not in self.program.functions:
                    continue
                function = self.program.functions[node[1]]
                for param, given in zip(function.params, node[2], strict=False):
                    if given[0] != "var":
                        continue
                    if param in self.params[function.name]:
                        changed |= self._note(place, given[1])
                    elif self.is_array(place, given[1]):
                        self.params[function.name].add(param)
                        changed = True
        return changed

    def _check(self, place: str, tree: Node) -> None:
        allowed = set()
        for node in walk(tree):
            if node[0] == "call" or (node[0] == "builtin" and node[1] in ("split", "length")):
                allowed |= {id(one) for one in node[2]}
            elif node[0] == "var" and id(node) not in allowed and self.is_array(place, node[1]):
                first = next(self._uses(tree, node[1]), "array")
                raise AwkError(f"line {self.line}: illegal reference to {first} {node[1]}")

    # How a name is used, in order.
    def _uses(self, tree: Node, name: str) -> Iterator[str]:
        for node in walk(tree):
            if node[0] == "var" and node[1] == name:
                yield "variable"
            elif (node[0] in ("index", "delete") and node[1] == name) or (
                node[0] in ("in", "forin") and node[2] == name
            ):
                yield "array"
