"""The grammar of ``[[ ... ]]``.

Source: bash(1), "Compound Commands" and "Conditional Expressions"; error texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.lexer import ShellSyntaxError
from vshell.shell.syntax import Condition, Conditional, Literal, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.lexer import Token
    from vshell.shell.parser import Parser
    from vshell.shell.syntax import Node

__all__ = ["BINARY", "UNARY", "parse_conditional"]

UNARY = frozenset(f"-{letter}" for letter in "abcdefghknoprstuvwxzGLNORS")
"""Tests with one operand."""
BINARY = frozenset(
    ("=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef")
)
"""Tests with two operands."""


def parse_conditional(parser: Parser, token: Token) -> Node:
    """Parse what follows ``[[``, up to ``]]``.

    Args:
        parser: stands behind the ``[[``.
        token: the ``[[``.

    Raises:
        ShellSyntaxError: it is no condition.
    """
    grammar = _Grammar(parser, token)
    condition = grammar.disjunction()
    closing = parser.lexer.peek()
    if closing.plain() != "]]":
        text = "syntax error in conditional expression"
        if closing.word is None:
            text += f": unexpected token `{closing.shown()}'"
        grammar.fail(closing, text)
    parser.lexer.take()
    return Conditional(token.line, condition)


class _Grammar:
    def __init__(self, parser: Parser, opening: Token) -> None:
        self.lexer = parser.lexer
        self.opening = opening

    # Never returns. bash says what is wrong and stops reading; $? stays as it was.
    def fail(self, token: Token, text: str) -> None:
        line = self.opening.line if token.kind != "\n" else token.line
        error = ShellSyntaxError(line, text=text)
        error.status = 2 if token.kind == "end" or self.is_last_newline(token) else None
        raise error

    def is_last_newline(self, token: Token) -> bool:
        return token.kind == "\n" and not self.lexer.text[token.end :].strip()

    def skip_newlines(self) -> None:
        while self.lexer.peek().kind == "\n":
            self.lexer.take()

    def disjunction(self) -> Condition:
        left = self.conjunction()
        while True:
            self.skip_newlines()
            token = self.lexer.peek()
            if token.kind != "||":
                return left
            self.lexer.take()
            left = Condition(token.line, "||", [left, self.conjunction()], [])

    def conjunction(self) -> Condition:
        left = self.negation()
        while True:
            self.skip_newlines()
            token = self.lexer.peek()
            if token.kind != "&&":
                return left
            self.lexer.take()
            left = Condition(token.line, "&&", [left, self.negation()], [])

    def negation(self) -> Condition:
        self.skip_newlines()
        token = self.lexer.peek()
        if token.plain() == "!":
            self.lexer.take()
            return Condition(token.line, "!", [self.negation()], [])
        if token.kind == "(":
            self.lexer.take()
            inner = self.disjunction()
            closing = self.lexer.peek()
            if closing.kind != ")":
                self.fail(closing, f"unexpected token `{closing.shown()}', expected `)'")
            self.lexer.take()
            return Condition(token.line, "(", [inner], [])
        return self.test()

    def test(self) -> Condition:
        token = self.lexer.take()
        if token.word is None or token.plain() == "]]":
            # Nothing stands where a test should.
            error = ShellSyntaxError(token.line, text=" ")
            error.status = None
            raise error
        if token.plain() in UNARY:
            operand = self.lexer.peek()
            if operand.word is None or operand.plain() == "]]":
                shown = operand.shown()
                self.fail(operand, f"unexpected argument `{shown}' to conditional unary operator")
            assert operand.word is not None
            self.lexer.take()
            return Condition(token.line, token.plain() or "", [], [operand.word])
        return self.binary(token)

    def binary(self, token: Token) -> Condition:
        assert token.word is not None
        operator = self.lexer.peek()
        if operator.kind in ("&&", "||", ")") or operator.plain() == "]]":
            return Condition(token.line, "-n", [], [token.word])
        name = operator.plain() if operator.word is not None else operator.kind
        if name not in BINARY:
            if operator.word is None:
                shown = operator.shown()
                self.fail(
                    operator, f"unexpected token `{shown}', conditional binary operator expected"
                )
            self.fail(operator, "conditional binary operator expected")
        assert name is not None
        self.lexer.take()
        if name == "=~":
            return Condition(token.line, name, [], [token.word, self.regular_expression()])
        extglob, self.lexer.extglob = self.lexer.extglob, True
        right = self.lexer.peek()
        self.lexer.extglob = extglob
        if right.word is None or right.plain() == "]]":
            shown = right.shown()
            self.fail(right, f"unexpected argument `{shown}' to conditional binary operator")
        assert right.word is not None
        self.lexer.take()
        return Condition(token.line, name, [], [token.word, right.word])

    # Behind =~ parentheses and bars belong to the word, and blanks inside parentheses.
    def regular_expression(self) -> Word:
        lexer = self.lexer
        if lexer.has_peeked:
            lexer.rewind(lexer.peek())
        while lexer.text[lexer.position : lexer.position + 1] in (" ", "\t"):
            lexer.position += 1
        start, line = lexer.position, lexer.line
        parts = []
        depth = 0
        while True:
            word = lexer.read_word(" \t\n()|&;<>" if not depth else "()|")
            parts += word.parts
            letter = lexer.text[lexer.position : lexer.position + 1]
            if not letter and depth:
                text = "unexpected EOF while looking for matching `)'"
                error = ShellSyntaxError(line, text=text)
                error.more = (
                    lexer.end_line(),
                    "unexpected argument to conditional binary operator",
                )
                raise error
            if not letter or letter not in "()|" or (letter == ")" and not depth):
                return Word(parts, line, lexer.source_from(start))
            depth += (letter == "(") - (letter == ")")
            lexer.position += 1
            parts.append(Literal(letter))
