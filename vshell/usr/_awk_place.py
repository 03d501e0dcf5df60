"""Operands of awk's expressions and what can be assigned to: variables, fields, elements of arrays.

Source: mawk(1), 1.3.4 20200120
"""

from __future__ import annotations

from operator import add, mul, sub

from vshell.usr._awk_lex import AwkError
from vshell.usr._awk_regex import RegexError, awk_regex
from vshell.usr._awk_values import is_true, number_text, power, quotient, remainder, to_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.usr._awk_array import Array
    from vshell.usr._awk_names import Names
    from vshell.usr._awk_run import Runtime

    Value = float | str | None
    Frame = list[Any]
    Expr = Callable[[Frame], Value]
    Node = tuple[Any, ...]

__all__ = ["ARITHMETIC", "Places"]

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": quotient,
    "%": remainder,
    "^": power,
}


class Places:
    """Makes functions of operands and of assignments."""

    def __init__(self, runtime: Runtime, names: Names) -> None:
        """Make them for one runtime."""
        self.runtime = runtime
        self.names = names
        self.place = ""
        self.params: dict[str, int] = {}
        self.bodies: dict[str, Callable[[Frame], object]] = {}
        """What each function of the program does; filled in when all are made."""

    def expr(self, node: Node) -> Expr:
        """Make a function of an expression."""
        method: Callable[..., Expr] = getattr(self, f"make_{node[0]}")
        return method(*node[1:])

    def text(self, node: Node) -> Callable[[Frame], str]:
        """Make a function that gives an expression as text."""
        if node[0] == "str":
            constant = str(node[1])
            return lambda _frame: constant
        value, text = self.expr(node), self.runtime.text
        return lambda frame: text(value(frame))

    def number(self, node: Node) -> Callable[[Frame], float]:
        """Make a function that gives an expression as a number."""
        if node[0] == "num":
            constant = float(node[1])
            return lambda _frame: constant
        value = self.expr(node)
        return lambda frame: to_number(value(frame))

    def truth(self, node: Node) -> Callable[[Frame], bool]:
        """Make a function that tells whether a condition holds."""
        value = self.expr(node)
        return lambda frame: is_true(value(frame))

    # -- Operands ---------------------------------------------------------------------------------

    def make_num(self, value: float) -> Expr:
        return lambda _frame: value

    def make_str(self, value: str) -> Expr:
        return lambda _frame: value

    def make_paren(self, node: Node) -> Expr:
        return self.expr(node)

    # A regular expression by itself asks whether the record has it.
    def make_re(self, pattern: str, line: int) -> Expr:
        found = self.compiled(pattern, line)
        record = self.runtime.record
        return lambda _frame: 1.0 if found(record()) else 0.0

    def compiled(self, pattern: str, line: int) -> Callable[[str], object]:
        """Compile a pattern of the program; give what tells whether a text has it.

        Raises:
            AwkError: the pattern is wrong.
        """
        try:
            return awk_regex(pattern).compiled.search
        except RegexError as error:
            raise AwkError(
                f"line {line}: regular expression compile failed ({error})\n{pattern}"
            ) from None

    def make_var(self, name: str) -> Expr:
        runtime = self.runtime
        if name in self.params:
            slot = self.params[name]
            return lambda frame: frame[slot]
        if name == "NF":
            return lambda _frame: float(len(runtime.fields()))
        get = runtime.variables.get
        return lambda _frame: get(name)

    def make_field(self, node: Node) -> Expr:
        field = self.runtime.field
        if node[0] == "num":
            number = float(node[1])
            return lambda _frame: field(number)
        index = self.expr(node)
        return lambda frame: field(index(frame))

    def array(self, name: str) -> Callable[[Frame], Array]:
        """Make a function that gives an array by its name."""
        if name in self.params:
            slot = self.params[name]
            return lambda frame: frame[slot]
        found = self.runtime.array(name)
        return lambda _frame: found

    def key(self, nodes: list[Node]) -> Callable[[Frame], tuple[str, bool]]:
        """Make a function that gives an index: its text, and whether it was an integer."""
        runtime = self.runtime
        if len(nodes) > 1:
            texts = [self.text(node) for node in nodes]

            def joined(frame: Frame) -> tuple[str, bool]:
                separator = runtime.text(runtime.variables["SUBSEP"])
                return separator.join([text(frame) for text in texts]), False

            return joined
        index = self.expr(nodes[0])

        def one(frame: Frame) -> tuple[str, bool]:
            value = index(frame)
            if type(value) is float:
                if value == int(value) if abs(value) <= 2147483647 else False:
                    return str(int(value)), True
                return number_text(value, str(runtime.variables["CONVFMT"])), False
            return ("" if value is None else str(value)), False

        return one

    def make_index(self, name: str, nodes: list[Node]) -> Expr:
        array, key = self.array(name), self.key(nodes)

        def value(frame: Frame) -> Value:
            found = array(frame)
            text, is_integer = key(frame)
            found.touch(text, is_integer=is_integer)
            return found.values[text]

        return value

    def make_in(self, nodes: list[Node], name: str) -> Expr:
        array, key = self.array(name), self.key(nodes)

        def value(frame: Frame) -> Value:
            text, is_integer = key(frame)
            return 1.0 if array(frame).has(text, is_integer=is_integer) else 0.0

        return value

    # -- Places -----------------------------------------------------------------------------------

    def setter(self, node: Node) -> Callable[[Frame, Value], None]:
        """Make a function that assigns to a variable, a field or an element."""
        kind = node[0]
        runtime = self.runtime
        if kind == "paren":
            return self.setter(node[1])
        if kind == "field":
            index = self.expr(node[1])
            return lambda frame, value: runtime.set_field(index(frame), value)
        if kind == "index":
            array, key = self.array(node[1]), self.key(node[2])

            def set_element(frame: Frame, value: Value) -> None:
                found = array(frame)
                text, is_integer = key(frame)
                found.touch(text, is_integer=is_integer)
                found.values[text] = value

            return set_element
        name = node[1]
        if name in self.params:
            slot = self.params[name]

            def set_param(frame: Frame, value: Value) -> None:
                frame[slot] = value

            return set_param
        if name == "NF":
            return lambda _frame, value: runtime.set_field_count(value)
        variables = runtime.variables

        def set_variable(_frame: Frame, value: Value) -> None:
            variables[name] = value

        return set_variable

    def make_assign(self, operator: str, place: Node, node: Node) -> Expr:
        if not operator:
            return self.plain_assignment(place, self.expr(node))
        place = self.once(place)
        put, value = self.setter(place), self.expr(node)
        old, act = self.number(place), ARITHMETIC[operator]

        def change(frame: Frame) -> Value:
            amount = to_number(value(frame))
            found = act(old(frame), amount)
            put(frame, found)
            return found

        return change

    # The index is computed before what is assigned.
    def plain_assignment(self, place: Node, value: Expr) -> Expr:
        runtime = self.runtime
        if place[0] == "index":
            array, key = self.array(place[1]), self.key(place[2])

            def assign_element(frame: Frame) -> Value:
                found = array(frame)
                text, is_integer = key(frame)
                result = value(frame)
                found.touch(text, is_integer=is_integer)
                found.values[text] = result
                return result

            return assign_element
        if place[0] == "field":
            index = self.expr(place[1])

            def assign_field(frame: Frame) -> Value:
                number = index(frame)
                result = value(frame)
                runtime.set_field(number, result)
                return result

            return assign_field
        put = self.setter(place)

        def assign(frame: Frame) -> Value:
            result = value(frame)
            put(frame, result)
            return result

        return assign

    # A place whose index has effects, so that it must be computed once for reading and writing.
    def once(self, place: Node) -> Node:
        if place[0] == "field" and _has_effects(place[1]):
            return ("field", ("kept", self.expr(place[1]), []))
        if place[0] == "index" and any(map(_has_effects, place[2])):
            return ("index", place[1], [("kept", self.expr(one), []) for one in place[2]])
        return place

    # The first use in a round computes the value, the second takes it back.
    def make_kept(self, value: Expr, kept: list[Value]) -> Expr:
        def get(frame: Frame) -> Value:
            if kept:
                return kept.pop()
            kept.append(value(frame))
            return kept[0]

        return get

    def make_step(self, is_before: bool, amount: int, place: Node) -> Expr:  # noqa: FBT001 - a node
        place = self.once(place)
        put, old = self.setter(place), self.number(place)

        def step(frame: Frame) -> Value:
            before = old(frame)
            put(frame, before + amount)
            return before + amount if is_before else before

        return step


def _has_effects(node: object) -> bool:
    from vshell.usr._awk_names import walk  # noqa: PLC0415 - they do not need each other

    return any(one[0] in ("assign", "step", "call", "builtin", "getline") for one in walk(node))
