"""``[[ ... ]]``: conditions with patterns and without splitting.

Source: bash(1), "Compound Commands" and "Conditional Expressions".
"""

from __future__ import annotations

from vshell.shell.pattern import match, tokens_of
from vshell.shell.state import ShellError
from vshell.shell.syntax import Literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.execute import Executor
    from vshell.shell.syntax import Word

__all__ = ["evaluate_conditional", "literal"]

_UNARY = frozenset(
    [
        "-a",
        "-b",
        "-c",
        "-d",
        "-e",
        "-f",
        "-g",
        "-h",
        "-k",
        "-n",
        "-o",
        "-p",
        "-r",
        "-s",
        "-t",
        "-u",
        "-v",
        "-w",
        "-x",
        "-z",
        "-G",
        "-L",
        "-N",
        "-O",
        "-S",
    ]
)
_NUMERIC = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
_FILES = frozenset(("-nt", "-ot", "-ef"))


class _Evaluator:
    def __init__(self, executor: Executor, words: list[Word]) -> None:
        self.executor = executor
        self.words = words
        self.position = 0

    def peek(self) -> str | None:
        if self.position >= len(self.words):
            return None
        return self.words[self.position].plain()

    def take(self) -> Word:
        if self.position >= len(self.words):
            raise ShellError("syntax error in conditional expression", 2)
        self.position += 1
        return self.words[self.position - 1]

    def run(self) -> bool:
        value = self.disjunction()
        if self.position < len(self.words):
            source = self.words[self.position].source
            raise ShellError(
                f"syntax error in conditional expression: unexpected token `{source}'", 2
            )
        return value

    def disjunction(self) -> bool:
        value = self.conjunction()
        while self.peek() == "||":
            self.take()
            right = self.conjunction()
            value = value or right
        return value

    def conjunction(self) -> bool:
        value = self.negation()
        while self.peek() == "&&":
            self.take()
            right = self.negation()
            value = value and right
        return value

    def negation(self) -> bool:
        if self.peek() == "!":
            self.take()
            return not self.negation()
        if self.peek() == "(":
            self.take()
            value = self.disjunction()
            if self.peek() != ")":
                raise ShellError("expected `)'", 2)
            self.take()
            return value
        return self.primary()

    def primary(self) -> bool:
        word = self.take()
        operator = word.plain()
        expander = self.executor.expander
        following = self.peek()
        if operator in _UNARY and following not in (None, "&&", "||", ")"):
            return self.unary(operator, expander.text(self.take()))
        left = expander.text(word)
        if following in (None, "&&", "||", ")"):
            return left != ""
        binary = self.take().plain() or ""
        return self.binary(left, binary, self.take())

    def unary(self, operator: str, operand: str) -> bool:
        from vshell.usr.test import unary_test  # noqa: PLC0415 - shared with test

        shell = self.executor.shell
        if operator == "-v":
            return shell.get(operand) is not None
        if operator == "-o":
            from vshell.shell.builtin.option import OPTION_NAMES  # noqa: PLC0415 - -o only

            return OPTION_NAMES.get(operand, "?") in shell.options
        return unary_test(operator, operand, shell.sys)

    def binary(self, left: str, operator: str, right: Word) -> bool:
        expander = self.executor.expander
        if operator in ("=", "==", "!="):
            matched = match(tokens_of(expander.pieces(right)), left)
            return matched == (operator != "!=")
        if operator == "=~":
            return self.regular_expression(left, right)
        text = expander.text(right)
        if operator in ("<", ">"):
            return left < text if operator == "<" else left > text
        if operator in _NUMERIC:
            a, b = self.executor.shell.arithmetic(left), self.executor.shell.arithmetic(text)
            return {
                "-eq": a == b,
                "-ne": a != b,
                "-lt": a < b,
                "-le": a <= b,
                "-gt": a > b,
                "-ge": a >= b,
            }[operator]
        if operator in _FILES:
            from vshell.usr.test import binary_test  # noqa: PLC0415 - shared with test

            return binary_test(left, operator, text, self.executor.shell.sys)
        raise ShellError(f"conditional binary operator expected: `{operator}'", 2)

    def regular_expression(self, left: str, right: Word) -> bool:
        import re  # noqa: PLC0415 - =~ only

        from vshell.usr._regex import extended  # noqa: PLC0415 - shared with grep

        shell = self.executor.shell
        pattern = "".join(
            re.escape(text) if quoted else extended(text)
            for text, quoted in self.executor.expander.pieces(right)
        )
        try:
            found = re.search(pattern, left)
        except re.error:
            raise ShellError("invalid regular expression", 2) from None
        variable = shell.declare("BASH_REMATCH")
        groups = [found.group(0), *found.groups()] if found is not None else []
        variable.elements = {str(n): group or "" for n, group in enumerate(groups)}
        return found is not None


def evaluate_conditional(executor: Executor, words: list[Word]) -> int:
    """Evaluate what stands between [[ and ]].

    Give 0 for true, 1 for false, 2 for nonsense.
    """
    try:
        return int(not _Evaluator(executor, words).run())
    except ShellError as error:
        executor.shell.complain(str(error))
        return error.status


def literal(word: Word) -> str:
    """Give the unquoted text of a word's literal parts."""
    return "".join(part.text for part in word.parts if isinstance(part, Literal))
