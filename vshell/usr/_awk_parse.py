"""The grammar of awk: from words to a tree.

The tree is made of tuples whose first element says what they are. Expressions:
``("num", value)``, ``("str", text)``, ``("re", pattern)``, ``("var", name)``, ``("field", e)``,
``("index", name, [e])``, ``("assign", operator, place, e)``, ``("cond", e, e, e)``,
``("and" | "or", e, e)``, ``("not" | "minus" | "plus", e)``, ``("in", [e], name)``,
``("match", negated, e, e)``, ``("compare", operator, e, e)``, ``("concat", e, e)``,
``("arith", operator, e, e)``, ``("step", is_before, amount, place)``, ``("call", name, [e])``,
``("builtin", name, [e])``, ``("getline", kind, place, e)``, ``("paren", e)``, ``("group", [e])``.

Statements: ``("block", [s])``, ``("if", e, s, s)``, ``("while", e, s)``, ``("do", s, e)``,
``("for", s, e, s, s)``, ``("forin", name, array, s)``, ``("print" | "printf", [e], mode, e)``,
``("expr", e)``, ``("next",)``, ``("nextfile",)``, ``("exit", e)``, ``("return", e)``,
``("break",)``, ``("continue",)``, ``("delete", name, [e])``.

Source: mawk(1), 1.3.4 20200120; POSIX.1-2017, awk
"""

from __future__ import annotations

from vshell.usr._awk_lex import AwkError
from vshell.usr._awk_parse_expr import ExpressionParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = tuple[Any, ...]

__all__ = ["Function", "Parser", "Program"]

_ENDS = (";", "newline", "}", "end")
_REDIRECTIONS = (">", ">>", "|")


class Function:
    """A function of the program's own."""

    __slots__ = ("body", "name", "params")

    def __init__(self, name: str, params: list[str]) -> None:
        """Note its head."""
        self.name = name
        self.params = params
        self.body: Node = ("block", [])


class Program:
    """A program: what to do before, with each record, and after."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.begin: list[Node] = []
        self.rules: list[tuple[list[Node], Node]] = []
        """The patterns (none, one, or the two of a range) and what to do."""
        self.end: list[Node] = []
        self.functions: dict[str, Function] = {}


class Parser(ExpressionParser):
    """Reads one program."""

    def __init__(self, text: str) -> None:
        """Begin at its first word."""
        super().__init__(text)
        self.program = Program()
        self.loops = 0
        self.place = ""

    def parse(self) -> Program:
        """Read it all.

        Raises:
            AwkError: it is wrong.
        """
        self.skip_ends()
        while self.token.kind != "end":
            self.item()
            self.skip_ends()
        for name, count, line in self.calls:
            function = self.program.functions.get(name)
            if function is None:
                raise AwkError(f"line {self.lexer.line}: function {name} never defined")
            if count > len(function.params):
                raise AwkError(f"line {line}: too many arguments in call to {name}")
        return self.program

    # -- Items ------------------------------------------------------------------------------------

    def item(self) -> None:
        kind = self.token.kind
        if kind == "function":
            self.function()
        elif kind in ("BEGIN", "END"):
            self.place = self.advance().kind
            if self.token.kind != "{":
                self.refuse()
            body = self.block()
            (self.program.begin if kind == "BEGIN" else self.program.end).append(body)
            self.place = ""
        else:
            patterns: list[Node] = []
            if kind != "{":
                patterns.append(self.expression())
                if self.take(","):
                    self.skip_newlines()
                    patterns.append(self.expression())
            if self.token.kind == "{":
                body = self.block()
            elif self.token.kind in (";", "newline", "end"):
                body = ("print", [], "", None)
            else:
                self.refuse()
            self.program.rules.append((patterns, body))

    def function(self) -> None:
        self.advance()
        if self.token.kind not in ("name", "call"):
            self.refuse()
        name = self.advance().text
        if name in self.program.functions:
            self.complain(f"redefinition of {name}")
        self.expect("(")
        params: list[str] = []
        while self.token.kind != ")":
            if self.token.kind != "name":
                self.refuse()
            param = self.advance().text
            if param in params:
                self.complain(f"{param} is duplicated in argument list")
            params.append(param)
            if not self.take(","):
                break
            self.skip_newlines()
        self.expect(")")
        self.skip_newlines()
        function = self.program.functions[name] = Function(name, params)
        self.place = "function"
        if self.token.kind != "{":
            self.refuse()
        function.body = self.block()
        self.place = ""

    # -- Statements -------------------------------------------------------------------------------

    def block(self) -> Node:
        self.expect("{")
        self.depth += 1
        statements = []
        self.skip_ends()
        while self.token.kind != "}":
            statements.append(self.statement())
            self.skip_ends()
        self.depth -= 1
        self.advance()
        return ("block", statements)

    def statement(self) -> Node:
        kind = self.token.kind
        if kind == "{":
            return self.block()
        if kind == ";":
            self.advance()
            return ("block", [])
        method = {
            "if": self.if_statement,
            "while": self.while_statement,
            "do": self.do_statement,
            "for": self.for_statement,
        }.get(kind)
        if method is not None:
            return method()
        node = self.simple()
        if self.token.kind == "}":
            return node
        if self.token.kind == "end" and self.depth:
            self.refuse()
        if self.token.kind not in (";", "newline"):
            self.refuse()
        self.advance()
        return node

    # A statement that a condition or a loop stands before.
    def body(self) -> Node:
        self.skip_newlines()
        return ("block", []) if self.token.kind == "}" else self.statement()

    def condition(self) -> Node:
        self.expect("(")
        node = self.expression()
        self.expect(")")
        return node

    def if_statement(self) -> Node:
        self.advance()
        condition = self.condition()
        then = self.body()
        # "else" may stand behind ends of statements.
        saved = (self.lexer.position, self.lexer.line, self.token)
        self.skip_ends()
        if self.take("else"):
            return ("if", condition, then, self.body())
        self.lexer.position, self.lexer.line, self.token = saved
        return ("if", condition, then, None)

    def loop_body(self) -> Node:
        self.loops += 1
        node = self.body()
        self.loops -= 1
        return node

    def while_statement(self) -> Node:
        self.advance()
        condition = self.condition()
        if self.take(";"):
            return ("while", condition, ("block", []))
        return ("while", condition, self.loop_body())

    def do_statement(self) -> Node:
        self.advance()
        body = self.loop_body()
        self.skip_ends()
        self.expect("while")
        return ("do", body, self.condition())

    def for_statement(self) -> Node:
        self.advance()
        self.expect("(")
        first: Node | None = None
        if self.token.kind != ";":
            first = self.simple()
            if self.token.kind == ")" and first[0] == "expr" and first[1][0] == "in":
                _, names, array = first[1]
                if len(names) == 1 and names[0][0] == "var":
                    self.advance()
                    return ("forin", names[0][1], array, self.loop_body())
        self.expect(";")
        self.skip_newlines()
        condition = None if self.token.kind == ";" else self.expression()
        self.expect(";")
        self.skip_newlines()
        step = None if self.token.kind == ")" else self.simple()
        self.expect(")")
        if self.take(";"):
            return ("for", first, condition, step, ("block", []))
        return ("for", first, condition, step, self.loop_body())

    def simple(self) -> Node:
        kind = self.token.kind
        if kind in ("print", "printf"):
            return self.print_statement()
        if kind in ("next", "nextfile"):
            if self.place in ("BEGIN", "END"):
                self.complain(f"improper use of {kind}")
            self.advance()
            return (kind,)
        if kind in ("break", "continue"):
            if not self.loops:
                self.complain(f"{kind} statement outside of loop")
            self.advance()
            return (kind,)
        if kind in ("exit", "return"):
            if kind == "return" and self.place != "function":
                self.complain("return outside function body")
            self.advance()
            return (kind, None if self.token.kind in _ENDS else self.expression())
        if kind == "delete":
            return self.delete_statement()
        return ("expr", self.expression())

    def delete_statement(self) -> Node:
        self.advance()
        name = self.expect("name").text
        indices = None
        if self.take("["):
            indices = self.expressions("]")
            self.expect("]")
        return ("delete", name, indices)

    def print_statement(self) -> Node:
        kind = self.advance().kind
        saved, self.no_greater = self.no_greater, True
        arguments: list[Node] = []
        if self.token.kind not in (*_ENDS, *_REDIRECTIONS):
            arguments.append(self.expression(in_print=True))
            while self.take(","):
                self.skip_newlines()
                arguments.append(self.expression())
            if len(arguments) == 1 and arguments[0][0] == "group":
                arguments = arguments[0][1]
        if kind == "printf" and not arguments:
            self.complain("no arguments in call to printf")
        mode, target = "", None
        if self.token.kind in _REDIRECTIONS:
            mode = self.advance().kind
            target = self.concatenation()
        self.no_greater = saved
        return (kind, arguments, mode, target)
