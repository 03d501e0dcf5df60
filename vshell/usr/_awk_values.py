"""The values of awk: numbers (float), strings (str), what may be either (Maybe), nothing (None).

Text holds a character per byte, as mawk's does.

Source: mawk(1), 1.3.4 20200120; strtod(3)
"""

from __future__ import annotations

from math import copysign, inf, isinf, isnan, nan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

__all__ = [
    "INT_MAX",
    "Maybe",
    "compare",
    "float_word",
    "is_true",
    "number_text",
    "power",
    "quotient",
    "remainder",
    "to_int",
    "to_number",
]

INT_MAX = 2147483647
_patterns: list[Pattern[str]] = []


class Maybe(str):
    """Text from outside, a number if it looks like one."""

    __slots__ = ()

    def number(self) -> float | None:
        """Give the number that all of it is, None if it is none."""
        found = _number_pattern().match(self)
        if found is None or not found.group(1) or self[found.end() :].strip(" \t\n\v\f\r"):
            return None
        return _read(found.group(1))


def _number_pattern() -> Pattern[str]:
    if not _patterns:
        import re  # noqa: PLC0415 - numbers in text are not in every program

        _patterns.append(
            re.compile(
                r"[ \t\n\v\f\r]*([-+]?(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
                r"(?:[eE][-+]?[0-9]+)?|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN])|)"
            )
        )
    return _patterns[0]


def _read(text: str) -> float:
    if "x" in text or "X" in text:
        return float(int(text, 16))
    return float(text)


def to_number(value: float | str | None) -> float:
    """Give a value as a number: of text what it begins with, else 0."""
    if type(value) is float:
        return value
    if not value:
        return 0.0
    found = _number_pattern().match(str(value))
    return _read(found.group(1)) if found is not None and found.group(1) else 0.0


def number_text(value: float, form: str) -> str:
    """Give a number as text, by CONVFMT or OFMT unless it is an integer."""
    if -INT_MAX <= value <= INT_MAX and value == int(value):
        return str(int(value))
    if form == "%.6g":
        if isinf(value) or isnan(value):
            return float_word(value)
        return f"{value:.6g}"
    from vshell.usr._awk_format import sprintf  # noqa: PLC0415 - it imports this file

    return sprintf(form, [value], "CONVFMT")


def float_word(value: float) -> str:
    """Give C's word for what is no finite number."""
    sign = "-" if copysign(1, value) < 0 else ""
    return sign + ("nan" if isnan(value) else "inf")


def to_int(value: float) -> int:
    """Give a number's integer part within the bounds of an int of C."""
    if isnan(value):
        return -INT_MAX
    return int(max(-INT_MAX, min(INT_MAX, value)))


def is_true(value: float | str | None) -> bool:
    """Tell whether a condition of this value holds."""
    if type(value) is float:
        return value != 0
    if type(value) is Maybe:
        number = value.number()
        return number != 0 if number is not None else value != ""
    return bool(value)


def compare(left: float | str | None, right: float | str | None, form: str) -> int | None:
    """Compare two values, as numbers if both may be; below, equal, above, or None for a NaN."""
    numbers = _as_number(left), _as_number(right)
    if numbers[0] is None or numbers[1] is None or (left is None and type(right) is str):
        one, other = _as_text(left, form), _as_text(right, form)
        return (one > other) - (one < other)
    if isnan(numbers[0]) or isnan(numbers[1]):
        return None
    return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])


def _as_number(value: float | str | None) -> float | None:
    if type(value) is float:
        return value
    if value is None:
        return 0.0
    return value.number() if type(value) is Maybe else None


def _as_text(value: float | str | None, form: str) -> str:
    if value is None:
        return ""
    return number_text(value, form) if type(value) is float else str(value)


def power(base: float, exponent: float) -> float:
    """Raise to a power as C does: what cannot be is NaN or infinite."""
    try:
        result = base**exponent
    except ZeroDivisionError:
        return inf
    except OverflowError:
        return inf if base > 0 or exponent % 2 == 0 else -inf
    return result if isinstance(result, float) else -nan


def quotient(left: float, right: float) -> float:
    """Divide as C does."""
    if right:
        return left / right
    if not left or isnan(left):
        return -nan
    return copysign(inf, left) * copysign(1, right)


def remainder(left: float, right: float) -> float:
    """Give the remainder as fmod(3) does."""
    from math import fmod  # noqa: PLC0415 - seldom used

    if isinf(right) and not isinf(left):
        return left
    return -nan if not right or isinf(left) else fmod(left, right)
