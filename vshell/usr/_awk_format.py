"""printf of awk.

Source: mawk(1), 1.3.4 20200120; printf(3)
"""

from __future__ import annotations

from math import isinf, isnan

from vshell.usr._awk_values import Maybe, float_word, number_text, to_int, to_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    Value = float | str | None

__all__ = ["FormatError", "sprintf"]

_INTEGER = "dioxXuc"
_FLOAT = "eEfFgGaA"
_UNSIGNED_MAX = 4294967295.0


class FormatError(Exception):
    """A format is wrong, or has too few arguments; the text is mawk's."""

    def __init__(self, text: str, made: str) -> None:
        """Say what is wrong.

        Args:
            text: the complaint.
            made: what has been made of the format before.
        """
        super().__init__(text)
        self.made = made


def sprintf(form: str, values: list[Value], name: str, convfmt: str = "%.6g") -> str:
    """Put values into a format.

    Args:
        form: the format.
        values: the values, in order.
        name: of the function, for complaints.
        convfmt: how numbers become strings.

    Raises:
        FormatError: that cannot be done.
    """
    if "%" not in form:
        return form
    out: list[str] = []
    waiting = iter(values)
    position = count = 0

    def take() -> Value:
        for value in waiting:
            return value
        raise FormatError(f'not enough arguments passed to {name}("{form}")', "".join(out))

    while True:
        mark = form.find("%", position)
        if mark < 0:
            out.append(form[position:])
            return "".join(out)
        out.append(form[position:mark])
        position = mark + 1
        if form[position : position + 1] == "%":
            out.append("%")
            position += 1
            continue
        count += 1
        flags, position = _span(form, position, "-+ #0")
        if form[position : position + 1] == "*":
            width = int(to_number(take()))
            flags += "-" if width < 0 else ""
            digits, position = str(abs(width)), position + 1
        else:
            digits, position = _span(form, position, "0123456789")
        precision: int | None = None
        if form[position : position + 1] == ".":
            if form[position + 1 : position + 2] == "*":
                precision = int(to_number(take()))
                precision = None if precision < 0 else precision
                position += 2
            else:
                text, position = _span(form, position + 1, "0123456789")
                precision = int(text or "0")
        _, position = _span(form, position, "hl")
        letter = form[position : position + 1]
        position += 1
        if not letter or letter not in _INTEGER + _FLOAT + "s":
            text = f'improper conversion(number {count}) in {name}("{form}")'
            raise FormatError(text, "".join(out))
        body = _convert(letter, flags, precision, take(), convfmt)
        out.append(_pad(body, int(digits or "0"), flags, letter, precision))


def _span(form: str, position: int, letters: str) -> tuple[str, int]:
    end = position
    while end < len(form) and form[end] in letters:
        end += 1
    return form[position:end], end


def _convert(letter: str, flags: str, precision: int | None, value: Value, convfmt: str) -> str:
    if letter == "c":
        return _character(value)
    if letter == "s":
        text = number_text(value, convfmt) if type(value) is float else str(value or "")
        return text if precision is None else text[:precision]
    number = to_number(value)
    if letter in _INTEGER:
        return _integer(letter, flags, precision, number)
    return _float(letter, flags, precision, number)


def _character(value: Value) -> str:
    if type(value) is Maybe:
        number = value.number()
        value = str(value) if number is None else number
    if type(value) is float:
        return chr(int(value) & 0xFF)
    return str(value or "")[:1] or "\0"


def _integer(letter: str, flags: str, precision: int | None, number: float) -> str:
    # Numbers lose what an int, or an unsigned one, cannot hold.
    sign = ""
    if letter in "di":
        whole = to_int(number)
        sign = "-" if whole < 0 else "+" if "+" in flags else " " if " " in flags else ""
        digits = str(abs(whole))
    else:
        whole = 0 if isnan(number) else int(max(0.0, min(_UNSIGNED_MAX, number)))
        digits = {"o": f"{whole:o}", "x": f"{whole:x}", "X": f"{whole:X}"}.get(letter, str(whole))
        if "#" in flags and whole:
            sign = {"x": "0x", "X": "0X"}.get(letter, "")
            digits = "0" + digits if letter == "o" else digits
    if precision is not None:
        digits = digits.rjust(precision, "0") if precision or whole else ""
    return sign + digits


def _float(letter: str, flags: str, precision: int | None, number: float) -> str:
    sign = "+" if "+" in flags else " " if " " in flags else ""
    if isinf(number) or isnan(number):
        word = float_word(number)
        word = word.upper() if letter.isupper() else word
        return word if word.startswith("-") else sign + word
    if letter in "aA":
        text = number.hex()
        mantissa, _, exponent = text.partition("p")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa}p{exponent}"
        text = text.upper() if letter == "A" else text
    else:
        alternate = "#" if "#" in flags else ""
        places = 6 if precision is None else precision
        text = format(number, f"{alternate}.{places}{letter}")
    return text if text.startswith("-") else sign + text


def _pad(body: str, width: int, flags: str, letter: str, precision: int | None) -> str:
    if len(body) >= width:
        return body
    if "-" in flags:
        return body.ljust(width)
    finite = not body[-1:].isalpha() or letter in "xX"
    if "0" in flags and letter not in "sc" and finite:
        if letter in _INTEGER and precision is not None:
            return body.rjust(width)
        signs = len(body) - len(body.lstrip("+- "))
        if body[signs : signs + 2] in ("0x", "0X") and "#" in flags:
            signs += 2
        return body[:signs] + body[signs:].rjust(width - signs, "0")
    return body.rjust(width)
