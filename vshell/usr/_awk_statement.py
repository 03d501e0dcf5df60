"""Statements of awk, made into functions; and a whole program, run.

A statement's function gives None to go on, or how a loop or a function is left.

Source: mawk(1), 1.3.4 20200120
"""

from __future__ import annotations

from vshell.usr._awk_expr import Expressions
from vshell.usr._awk_names import Names
from vshell.usr._awk_run import Exit, NextFile, NextRecord, Runtime
from vshell.usr._awk_values import to_int, to_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.usr._awk_parse import Program

    Frame = list[Any]
    Run = Callable[[Frame], str | None]
    Test = Callable[[Frame], bool]
    Node = tuple[Any, ...]

__all__ = ["Script"]

_BREAK, _CONTINUE, _RETURN = "break", "continue", "return"


class _Statements(Expressions):
    # Makes functions of statements.

    def statement(self, node: Node | None) -> Run:
        if node is None:
            return lambda _frame: None
        method: Callable[..., Run] = getattr(self, f"do_{node[0]}")
        return method(*node[1:])

    def do_block(self, nodes: list[Node]) -> Run:
        if len(nodes) == 1:
            return self.statement(nodes[0])
        steps = [self.statement(node) for node in nodes]

        def block(frame: Frame) -> str | None:
            for step in steps:
                leaving = step(frame)
                if leaving is not None:
                    return leaving
            return None

        return block

    def do_expr(self, node: Node) -> Run:
        value = self.expr(node)

        def run(frame: Frame) -> None:
            value(frame)

        return run

    def do_if(self, condition: Node, then: Node, otherwise: Node | None) -> Run:
        test, yes, no = self.truth(condition), self.statement(then), self.statement(otherwise)
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def loop(self, test: Test, body: Run, step: Run, *, first: bool = False) -> Run:
        tick = self.runtime.step

        def run(frame: Frame) -> str | None:
            skips_test = first
            while skips_test or test(frame):
                skips_test = False
                tick()
                leaving = body(frame)
                if leaving == _BREAK:
                    break
                if leaving == _RETURN:
                    return leaving
                step(frame)
            return None

        return run

    def do_while(self, condition: Node, body: Node) -> Run:
        return self.loop(self.truth(condition), self.statement(body), self.statement(None))

    def do_do(self, body: Node, condition: Node) -> Run:
        test = self.truth(condition)
        return self.loop(test, self.statement(body), self.statement(None), first=True)

    def do_for(
        self, first: Node | None, condition: Node | None, step: Node | None, body: Node
    ) -> Run:
        begin = self.statement(first)
        test: Test = self.truth(condition) if condition is not None else lambda _frame: True
        run = self.loop(test, self.statement(body), self.statement(step))

        def loop(frame: Frame) -> str | None:
            begin(frame)
            return run(frame)

        return loop

    def do_forin(self, name: str, array_name: str, body: Node) -> Run:
        array, put = self.array(array_name), self.setter(("var", name))
        step, tick = self.statement(body), self.runtime.step

        def loop(frame: Frame) -> str | None:
            for key in array(frame).ordered():
                tick()
                put(frame, key)
                leaving = step(frame)
                if leaving == _BREAK:
                    break
                if leaving == _RETURN:
                    return leaving
            return None

        return loop

    def do_print(self, nodes: list[Node], mode: str, target: Node | None) -> Run:
        runtime = self.runtime
        values = [self.expr(node) for node in nodes]

        def line(frame: Frame) -> str:
            variables = runtime.variables
            end = runtime.text(variables["ORS"])
            if not values:
                return runtime.record() + end
            shown = [runtime.printed(value(frame)) for value in values]
            if len(shown) == 1:
                return shown[0] + end
            return runtime.text(variables["OFS"]).join(shown) + end

        return self.output(line, mode, target)

    def do_printf(self, nodes: list[Node], mode: str, target: Node | None) -> Run:
        runtime = self.runtime
        form = self.text(nodes[0])
        values = [self.expr(node) for node in nodes[1:]]

        def text(frame: Frame) -> str:
            template = form(frame)
            return runtime.format("printf", template, [value(frame) for value in values])

        return self.output(text, mode, target)

    def output(self, text: Callable[[Frame], str], mode: str, target: Node | None) -> Run:
        if target is None:
            out = self.runtime.io.out_bytes

            def run(frame: Frame) -> None:
                out(text(frame).encode("latin-1"))

            return run
        name, write = self.text(target), self.runtime.streams.write

        def run_to(frame: Frame) -> None:
            shown = text(frame)
            write(mode, name(frame), shown)

        return run_to

    def do_next(self) -> Run:
        def run(_frame: Frame) -> None:
            raise NextRecord

        return run

    def do_nextfile(self) -> Run:
        def run(_frame: Frame) -> None:
            raise NextFile

        return run

    def do_exit(self, node: Node | None) -> Run:
        value = self.expr(node) if node is not None else None
        runtime = self.runtime

        def run(frame: Frame) -> None:
            if value is not None:
                runtime.status = to_int(to_number(value(frame)))
            raise Exit

        return run

    def do_return(self, node: Node | None) -> Run:
        value = self.expr(node) if node is not None else None

        def run(frame: Frame) -> str:
            frame[-1] = value(frame) if value is not None else None
            return _RETURN

        return run

    def do_break(self) -> Run:
        return lambda _frame: _BREAK

    def do_continue(self) -> Run:
        return lambda _frame: _CONTINUE

    def do_delete(self, name: str, nodes: list[Node] | None) -> Run:
        array = self.array(name)
        if nodes is None:
            return lambda frame: array(frame).clear()
        key = self.key(nodes)
        return lambda frame: array(frame).remove(key(frame)[0])


class Script:
    """A program that can be run."""

    def __init__(self, program: Program, runtime: Runtime, line: int) -> None:
        """Make functions of all of it.

        Args:
            program: the program.
            runtime: what it runs on.
            line: its last, for complaints about all of it.

        Raises:
            AwkError: the program is wrong.
        """
        self.runtime = runtime
        make = _Statements(runtime, Names(program, line))
        for name, function in program.functions.items():
            make.place = name
            make.params = {param: slot for slot, param in enumerate(function.params)}
            make.bodies[name] = make.statement(function.body)
        make.place, make.params = "", {}
        self.begin = [make.statement(node) for node in program.begin]
        self.rules = [_rule(make, patterns, body) for patterns, body in program.rules]
        self.end = [make.statement(node) for node in program.end]

    def run(self) -> int:
        """Run it; give its exit code."""
        runtime = self.runtime
        frame: Frame = []
        try:
            for step in self.begin:
                step(frame)
            if self.rules or self.end:
                self.go_through_input(frame)
        except Exit:
            if runtime.status == 2 and runtime.has_failed:
                return self.finish()
        except NextRecord:
            pass
        try:
            for step in self.end:
                step(frame)
        except Exit:
            pass
        return self.finish()

    def finish(self) -> int:
        self.runtime.streams.close_all()
        return self.runtime.status & 0xFF

    def go_through_input(self, frame: Frame) -> None:
        runtime = self.runtime
        while (line := runtime.next_main()) is not None:
            runtime.step()
            runtime.set_record(line)
            try:
                for rule in self.rules:
                    rule(frame)
            except NextFile:
                runtime.skip_file()
            except NextRecord:
                continue


def _rule(make: _Statements, patterns: list[Node], body: Node) -> Run:
    action = make.statement(body)
    if not patterns:
        return action
    first = make.truth(patterns[0])
    if len(patterns) == 1:
        return lambda frame: action(frame) if first(frame) else None
    last = make.truth(patterns[1])
    is_within = False

    def run(frame: Frame) -> str | None:
        nonlocal is_within
        if not is_within and not first(frame):
            return None
        is_within = not last(frame)
        return action(frame)

    return run
