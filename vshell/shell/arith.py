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
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"
_ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|=")
# Odd, as bash's 1024 counts: of two names that stand for each other it names the same one.
_DEPTH_MAX = 61


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
    if depth >= _DEPTH_MAX:
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
        # Where the last symbol begins: what a complaint names.
        self.start = 0
        self.advance()

    def run(self) -> int:
        value = self.comma()
        if self.symbol is not None:
            raise self.error("syntax error in expression")
        return value

    def error(self, what: str) -> ExpressionError:
        token = self.text[self.start :].lstrip()
        return ExpressionError(f'{self.text.lstrip()}: {what} (error token is "{token}")')

    def is_at(self, *operators: str) -> bool:
        return self.symbol in operators

    def advance(self) -> None:
        text = self.text
        before = self.symbol
        while self.position < len(text) and text[self.position].isspace():
            self.position += 1
        if self.position >= len(text):
            self.symbol = None
            return
        self.start = self.position
        letter = text[self.position]
        if letter.isdigit():
            self.symbol = self.number()
            return
        if letter.isalpha() or letter == "_":
            self.symbol = self.name()
            return
        for operator in _OPERATORS:
            if text.startswith(operator, self.position):
                if operator in ("++", "--") and not self.is_step(before, operator):
                    operator = operator[0]  # noqa: PLW2901 - two signs, read one by one
                self.position += len(operator)
                self.symbol = operator
                return
        operand = before is None or (isinstance(before, str) and before != ")")
        raise self.error(
            f"syntax error: {'operand expected' if operand else 'invalid arithmetic operator'}"
        )

    # ++ and -- count only beside a name; elsewhere they are two signs.
    def is_step(self, before: int | str | _Name | None, operator: str) -> bool:
        if isinstance(before, _Name):
            return True
        rest = self.text[self.position + len(operator) :].lstrip()
        return rest[:1].isalpha() or rest[:1] == "_"

    def name(self) -> _Name:
        text = self.text
        while self.position < len(text) and (
            text[self.position].isalnum() or text[self.position] == "_"
        ):
            self.position += 1
        name = text[self.start : self.position]
        if text[self.position : self.position + 1] != "[":
            return _Name(name, None)
        opening = self.position
        depth = 0
        while self.position < len(text):
            depth += (text[self.position] == "[") - (text[self.position] == "]")
            self.position += 1
            if not depth:
                return _Name(name, text[opening + 1 : self.position - 1])
        raise self.error("bad array subscript")

    def number(self) -> int:
        text = self.text
        while self.position < len(text) and (
            text[self.position].isalnum() or text[self.position] in "_#@"
        ):
            self.position += 1
        digits = text[self.start : self.position]
        base = 10
        prefix, hash_, rest = digits.partition("#")
        if hash_:
            base = int(prefix) if prefix.isdigit() else 0
            if not 2 <= base <= 64:
                raise self.error("invalid arithmetic base")
            digits = rest
        elif digits[:2] in ("0x", "0X"):
            base, digits = 16, digits[2:]
        elif digits[0] == "0":
            base = 8
        value = 0
        for digit in digits:
            number = _DIGITS.find(digit if base > 36 else digit.lower())
            if not 0 <= number < base:
                raise self.error("value too great for base")
            value = value * base + number
        return _wrap(value)

    def comma(self) -> int:
        value = self.assignment()
        while self.is_at(","):
            self.advance()
            value = self.assignment()
        return value

    def assignment(self) -> int:
        target = self.symbol if isinstance(self.symbol, _Name) else None
        value = self.ternary()
        if not self.is_at(*_ASSIGNMENTS):
            return value
        if target is None or self.last is not target:
            raise self.error("attempted assignment to non-variable")
        operator = str(self.symbol)
        self.advance()
        right = self.assignment()
        if operator != "=":
            right = self.apply(operator[:-1], self.value_of(target), right, self.start)
        self.assign(target, right)
        self.last = None
        return right

    # The name that has been read last, if nothing else has been read since: it can be assigned to.
    last: _Name | None = None

    def ternary(self) -> int:
        condition = self.binary(0)
        if not self.is_at("?"):
            return condition
        self.advance()
        if self.symbol is None or self.is_at(":"):
            raise self.error("expression expected")
        self.skip += not condition
        chosen = self.comma()
        self.skip -= not condition
        if not self.is_at(":"):
            raise self.error("`:' expected for conditional expression")
        self.advance()
        if self.symbol is None:
            raise self.error("expression expected")
        self.skip += bool(condition)
        other = self.ternary()
        self.skip -= bool(condition)
        self.last = None
        return chosen if condition else other

    def binary(self, level: int) -> int:
        if level == len(_BINARY):
            return self.power()
        left = self.binary(level + 1)
        while self.is_at(*_BINARY[level]):
            operator = str(self.symbol)
            after = self.position
            self.advance()
            idle = (operator == "&&" and not left) or (operator == "||" and bool(left))
            self.skip += idle
            right = self.binary(level + 1)
            self.skip -= idle
            left = self.apply(operator, left, right, after)
            self.last = None
        return left

    def power(self) -> int:
        left = self.unary()
        if self.is_at("**"):
            self.advance()
            right = self.power()
            if right < 0:
                raise self.error("exponent less than 0")
            self.last = None
            return _wrap(pow(left, right, 1 << 64))
        return left

    def unary(self) -> int:
        if self.is_at("+", "-", "!", "~"):
            operator = str(self.symbol)
            self.advance()
            value = self.unary()
            self.last = None
            return {"+": value, "-": _wrap(-value), "!": int(not value), "~": ~value}[operator]
        if self.is_at("++", "--"):
            step = 1 if self.is_at("++") else -1
            self.advance()
            target = self.symbol
            assert isinstance(target, _Name)
            self.advance()
            value = _wrap(self.value_of(target) + step)
            self.assign(target, value)
            self.last = None
            return value
        return self.primary()

    def primary(self) -> int:
        symbol = self.symbol
        self.last = None
        if symbol == "(":
            self.advance()
            value = self.comma()
            if not self.is_at(")"):
                raise self.error("missing `)'")
            self.advance()
            self.last = None
            return value
        if isinstance(symbol, int):
            self.advance()
            return symbol
        if isinstance(symbol, _Name):
            self.advance()
            self.last = symbol
            if self.is_at("="):
                # What it was does not matter.
                return 0
            value = self.value_of(symbol)
            if self.is_at("++", "--"):
                self.assign(symbol, _wrap(value + (1 if self.is_at("++") else -1)))
                self.advance()
                self.last = None
            return value
        raise self.error("syntax error: operand expected")

    def value_of(self, name: _Name) -> int:
        if self.skip:
            return 0
        return evaluate(
            self.variables.get_arith(name.name, name.index), self.variables, self.depth + 1
        )

    def assign(self, name: _Name, value: int) -> None:
        if not self.skip:
            self.variables.set_arith(name.name, name.index, value)

    def apply(self, operator: str, left: int, right: int, after: int) -> int:
        if operator in ("/", "%"):
            if not right:
                if self.skip:
                    return 0
                self.start = after
                raise self.error("division by 0")
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
