"""Expressions of awk, made into functions that take the frame of the awk function they are in.

Source: mawk(1), 1.3.4 20200120
"""

from __future__ import annotations

from vshell.usr._awk_array import Array
from vshell.usr._awk_call import builtin
from vshell.usr._awk_lex import AwkError
from vshell.usr._awk_place import ARITHMETIC, Places
from vshell.usr._awk_values import (
    Maybe,
    compare,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.usr._awk_run import Runtime

    Value = float | str | None
    Frame = list[Any]
    Expr = Callable[[Frame], Value]
    Node = tuple[Any, ...]

__all__ = ["Expressions"]

# Up to this length joining texts takes no time of its own.
_TEXT_FREE = 4096
_TESTS: dict[str, tuple[int, ...]] = {
    "<": (-1,),
    "<=": (-1, 0),
    "==": (0,),
    "!=": (-1, 1),
    ">": (1,),
    ">=": (0, 1),
}


class Expressions(Places):
    """Makes functions of expressions."""

    # -- Operators --------------------------------------------------------------------------------

    def make_cond(self, condition: Node, then: Node, otherwise: Node) -> Expr:
        test, yes, no = self.truth(condition), self.expr(then), self.expr(otherwise)
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def make_or(self, left: Node, right: Node) -> Expr:
        one, other = self.truth(left), self.truth(right)
        return lambda frame: 1.0 if one(frame) or other(frame) else 0.0

    def make_and(self, left: Node, right: Node) -> Expr:
        one, other = self.truth(left), self.truth(right)
        return lambda frame: 1.0 if one(frame) and other(frame) else 0.0

    def make_not(self, node: Node) -> Expr:
        test = self.truth(node)
        return lambda frame: 0.0 if test(frame) else 1.0

    def make_minus(self, node: Node) -> Expr:
        value = self.number(node)
        return lambda frame: -value(frame)

    def make_plus(self, node: Node) -> Expr:
        return self.number(node)

    def make_arith(self, operator: str, left: Node, right: Node) -> Expr:
        one, other, act = self.number(left), self.number(right), ARITHMETIC[operator]
        return lambda frame: act(one(frame), other(frame))

    def make_concat(self, left: Node, right: Node) -> Expr:
        one, other = self.text(left), self.text(right)
        long = self.runtime.long_text

        def value(frame: Frame) -> Value:
            text = one(frame) + other(frame)
            if len(text) > _TEXT_FREE:
                long(len(text))
            return text

        return value

    def make_compare(self, operator: str, left: Node, right: Node) -> Expr:
        one, other = self.expr(left), self.expr(right)
        wanted, variables = _TESTS[operator], self.runtime.variables
        unordered = operator == "!="

        def value(frame: Frame) -> Value:
            first, second = one(frame), other(frame)
            found = compare(first, second, str(variables["CONVFMT"]))
            return 1.0 if (found in wanted if found is not None else unordered) else 0.0

        return value

    def make_match(self, negated: bool, left: Node, right: Node) -> Expr:  # noqa: FBT001 - a node
        text = self.text(left)
        if right[0] in ("re", "str"):
            found = self.compiled(right[1], right[2] if right[0] == "re" else self.names.line)
            return lambda frame: 1.0 if (found(text(frame)) is None) is negated else 0.0
        pattern, regex = self.text(right), self.runtime.regex

        def value(frame: Frame) -> Value:
            subject = text(frame)
            return 1.0 if regex(pattern(frame)).matches(subject) is not negated else 0.0

        return value

    # -- Calls ------------------------------------------------------------------------------------

    def make_builtin(self, name: str, nodes: list[Node]) -> Expr:
        return builtin(self, name, nodes)

    def make_call(self, name: str, nodes: list[Node]) -> Expr:
        function = self.names.program.functions[name]
        arrays = self.names.params[name]
        getters: list[Callable[[Frame], Any]] = []
        for param, node in zip(function.params, nodes, strict=False):
            is_name = node[0] == "var"
            if is_name and (param in arrays or self.names.is_array(self.place, node[1])):
                getters.append(self.array(node[1]))
            else:
                getters.append(self.expr(node))
        makers = [Array if one in arrays else None for one in function.params[len(nodes) :]]
        bodies, runtime = self.bodies, self.runtime

        def call(frame: Frame) -> Value:
            own: Frame = [get(frame) for get in getters]
            own += [None if make is None else make() for make in makers]
            own.append(None)
            runtime.step()
            try:
                bodies[name](own)
            except RecursionError:
                runtime.die(f"function call nesting too deep in {name}")
            result: Value = own[-1]
            return result

        return call

    def make_getline(self, kind: str, place: Node | None, source: Node | None) -> Expr:
        runtime = self.runtime
        put = self.setter(place) if place is not None else None
        name = self.text(source) if source is not None else None

        def getline(frame: Frame) -> Value:
            if name is None:
                line = runtime.next_main()
            else:
                line = _read(runtime, kind, name(frame))
                if line is _FAILED:
                    return -1.0
            if line is None:
                return 0.0
            if put is None:
                runtime.set_record(line)
            else:
                put(frame, Maybe(line))
            return 1.0

        return getline

    def make_group(self, nodes: list[Node]) -> Expr:
        raise AwkError(f"line 1: syntax error at or near {')' if nodes else '('}")


_FAILED = "\0failed"


def _read(runtime: Runtime, kind: str, name: str) -> str | None:
    from vshell.abi.errno import KernelError  # noqa: PLC0415 - with getline only

    reader = runtime.streams.reader(kind, name)
    if reader is None:
        return _FAILED
    try:
        return runtime.read_from(reader)
    except KernelError:
        return _FAILED
