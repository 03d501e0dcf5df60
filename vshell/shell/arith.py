"""Arithmetic: expressions of $(( )), (( )) and subscripts, in 64 bits.

Source: bash(1), "Arithmetic Evaluation".
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Variables(Protocol):
        """Where names get their values from."""

        def get_arith(self, name: str, index: str | None) -> str:
            """Give a variable's text."""
            ...

        def set_arith(self, name: str, index: str | None, value: int) -> None:
            """Set a variable."""
            ...


__all__ = ["ExpressionError", "evaluate"]

_BINARY = [
    ["||"],
    ["&&"],
    ["|"],
    ["^"],
    ["&"],
    ["==", "!="],
    ["<=", ">=", "<", ">"],
    ["<<", ">>"],
    ["+", "-"],
    ["*", "/", "%"],
]
_OPERATORS = (
    "<<=",
    ">>=",
    "**",
    "++",
    "--",
    "<<",
    ">>",
    "<=",
    ">=",
    "==",
    "!=",
    "&&",
    "||",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "&=",
    "^=",
    "|=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "<",
    ">",
    "!",
    "~",
    "&",
    "|",
    "^",
    "?",
    ":",
    "=",
    ",",
    "(",
    ")",
)
_ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|=")
_DEPTH_MAX = 100


class ExpressionError(Exception):
    """An expression that cannot be evaluated; the text is bash's."""


class _Name:
    __slots__ = ("index", "name")

    def __init__(self, name: str, index: str | None) -> None:
        self.name = name
        self.index = index


def evaluate(text: str, variables: Variables, depth: int = 0) -> int:
    """Evaluate an expression.

    Args:
        text: the expression; empty is 0.
        variables: values of names.
        depth: how deep inside the values of other names this is.

    Raises:
        ExpressionError: with bash's text.
    """
    if depth > _DEPTH_MAX:
        raise ExpressionError(
            f'{text}: expression recursion level exceeded (error token is "{text}")'
        )
    if not text.strip():
        return 0
    return _Evaluator(text, variables, depth).run()


def _wrap(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


class _Evaluator:
    def __init__(self, text: str, variables: Variables, depth: int) -> None:
        self.text = text
        self.variables = variables
        self.depth = depth
        self.position = 0
        self.skip = 0
        # What stands at the position: a number, a name, an operator; None at the end.
        self.symbol: int | str | _Name | None = None
        self.start = 0
        self.advance()

    def run(self) -> int:
        value = self.comma()
        if self.symbol is not None:
            self.fail("syntax error in expression")
        return value

    def fail(self, what: str) -> None:
        rest = self.text[self.start :]
        raise ExpressionError(f'{self.text.strip()}: {what} (error token is "{rest.strip()}")')

    def is_at(self, *operators: str) -> bool:
        return self.symbol in operators

    def advance(self) -> None:
        text = self.text
        while self.position < len(text) and text[self.position].isspace():
            self.position += 1
        self.start = self.position
        if self.position >= len(text):
            self.symbol = None
            return
        letter = text[self.position]
        if letter.isdigit():
            self.symbol = self.number()
            return
        if letter.isalpha() or letter == "_":
            while self.position < len(text) and (
                text[self.position].isalnum() or text[self.position] == "_"
            ):
                self.position += 1
            name = text[self.start : self.position]
            index = None
            if text[self.position : self.position + 1] == "[":
                end = text.find("]", self.position)
                if end > 0:
                    index = text[self.position + 1 : end]
                    self.position = end + 1
            self.symbol = _Name(name, index)
            return
        for operator in _OPERATORS:
            if text.startswith(operator, self.position):
                self.position += len(operator)
                self.symbol = operator
                return
        self.symbol = letter
        self.fail("syntax error: invalid arithmetic operator")

    def number(self) -> int:
        text = self.text
        while self.position < len(text) and (
            text[self.position].isalnum() or text[self.position] in "_#@"
        ):
            self.position += 1
        digits = text[self.start : self.position]
        try:
            base, hash_, rest = digits.partition("#")
            if hash_:
                return _wrap(int(rest, int(base)))
            if digits[:2] in ("0x", "0X"):
                return _wrap(int(digits, 16))
            if digits[0] == "0" and len(digits) > 1:
                return _wrap(int(digits, 8))
            return _wrap(int(digits))
        except ValueError:
            self.fail("value too great for base")
            return 0

    def comma(self) -> int:
        value = self.assignment()
        while self.is_at(","):
            self.advance()
            value = self.assignment()
        return value

    def assignment(self) -> int:
        if isinstance(self.symbol, _Name):
            target, saved, start = self.symbol, self.position, self.start
            self.advance()
            if self.is_at(*_ASSIGNMENTS):
                operator = str(self.symbol)
                self.advance()
                value = self.assignment()
                if operator != "=":
                    value = self.apply(operator[:-1], self.value_of(target), value)
                self.assign(target, value)
                return value
            self.symbol, self.position, self.start = target, saved, start
        return self.ternary()

    def ternary(self) -> int:
        condition = self.binary(0)
        if not self.is_at("?"):
            return condition
        self.advance()
        self.skip += not condition
        chosen = self.assignment()
        self.skip -= not condition
        if not self.is_at(":"):
            self.fail("`:' expected for conditional expression")
        self.advance()
        self.skip += bool(condition)
        other = self.assignment()
        self.skip -= bool(condition)
        return chosen if condition else other

    def binary(self, level: int) -> int:
        if level == len(_BINARY):
            return self.power()
        left = self.binary(level + 1)
        while self.is_at(*_BINARY[level]):
            operator = str(self.symbol)
            self.advance()
            idle = (operator == "&&" and not left) or (operator == "||" and bool(left))
            self.skip += idle
            right = self.binary(level + 1)
            self.skip -= idle
            left = self.apply(operator, left, right)
        return left

    def power(self) -> int:
        left = self.unary()
        if self.is_at("**"):
            self.advance()
            right = self.power()
            if right < 0:
                self.fail("exponent less than 0")
            return _wrap(pow(left, right, 1 << 64) if left >= 0 else left**right)
        return left

    def unary(self) -> int:
        if self.is_at("+", "-", "!", "~"):
            operator = str(self.symbol)
            self.advance()
            value = self.unary()
            return {"+": value, "-": _wrap(-value), "!": int(not value), "~": ~value}[operator]
        if self.is_at("++", "--"):
            step = 1 if self.is_at("++") else -1
            self.advance()
            target = self.symbol
            if not isinstance(target, _Name):
                # Before anything else it is two signs.
                return self.unary()
            self.advance()
            value = _wrap(self.value_of(target) + step)
            self.assign(target, value)
            return value
        return self.primary()

    def primary(self) -> int:
        symbol = self.symbol
        if symbol == "(":
            self.advance()
            value = self.comma()
            if not self.is_at(")"):
                self.fail("missing `)'")
            self.advance()
            return value
        if isinstance(symbol, int):
            self.advance()
            return symbol
        if isinstance(symbol, _Name):
            self.advance()
            value = self.value_of(symbol)
            if self.is_at("++", "--"):
                self.assign(symbol, _wrap(value + (1 if self.is_at("++") else -1)))
                self.advance()
            return value
        self.fail("syntax error: operand expected")
        return 0

    def value_of(self, name: _Name) -> int:
        if self.skip:
            return 0
        return evaluate(
            self.variables.get_arith(name.name, name.index), self.variables, self.depth + 1
        )

    def assign(self, name: _Name, value: int) -> None:
        if not self.skip:
            self.variables.set_arith(name.name, name.index, value)

    def apply(self, operator: str, left: int, right: int) -> int:
        if operator in ("/", "%"):
            if not right:
                if self.skip:
                    return 0
                self.fail("division by 0")
            quotient = abs(left) // abs(right)
            quotient = quotient if (left < 0) == (right < 0) else -quotient
            return _wrap(quotient if operator == "/" else left - quotient * right)
        if operator in ("<<", ">>"):
            right &= 63
            return _wrap(left << right if operator == "<<" else left >> right)
        results = {
            "||": lambda: int(bool(left or right)),
            "&&": lambda: int(bool(left and right)),
            "|": lambda: left | right,
            "^": lambda: left ^ right,
            "&": lambda: left & right,
            "==": lambda: int(left == right),
            "!=": lambda: int(left != right),
            "<=": lambda: int(left <= right),
            ">=": lambda: int(left >= right),
            "<": lambda: int(left < right),
            ">": lambda: int(left > right),
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
        }
        return _wrap(results[operator]())
