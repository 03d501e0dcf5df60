"""seq: print a sequence of numbers.

Source: seq(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_LONG = {"equal-width": "w", "format=": "f", "separator=": "s"}
_USAGE = (
    "[OPTION]... LAST\n"
    "  or:  seq [OPTION]... FIRST LAST\n"
    "  or:  seq [OPTION]... FIRST INCREMENT LAST\n"
    "Print numbers from FIRST to LAST, in steps of INCREMENT."
)
_CONVERSIONS = "efgaEFGA"


class _Number:
    # A number as it was written: exact, as an integer over a power of ten, unless it is inf or has
    # an exponent.
    def __init__(self, text: str) -> None:
        body = text.strip().lower()
        self.text = text.strip()
        self.negative = body.startswith("-")
        digits = body.lstrip("+-")
        self.infinite = digits in ("inf", "infinity")
        self.decimals = 0
        self.units = 0
        if self.infinite:
            return
        if digits.startswith("0x"):
            self.units = int(digits, 16)
        else:
            mantissa, _, exponent = digits.partition("e")
            whole, _, fraction = mantissa.partition(".")
            if not (whole + fraction).isdigit() or not (whole + fraction).isascii():
                raise ValueError(text)
            power = int(exponent) if exponent else 0
            self.decimals = max(len(fraction) - power, 0)
            self.units = int(whole + fraction) * 10 ** max(power - len(fraction), 0)
        self.units *= -1 if self.negative else 1


@program
def main(io: Io, words: list[str]) -> int:
    """Print numbers: ``seq [-w] [-f FORMAT] [-s TEXT] [FIRST [STEP]] LAST``."""
    place = next((n for n, word in enumerate(words) if _is_negative(word)), None)
    if place is not None:
        # A negative number is no option.
        words = [*words[:place], "--", *words[place:]]
    options = parse(io, words, "f:s:w", _LONG, usage=_USAGE, permute=False)
    operands = [word for word in options.operands if word != "--"]
    if not operands:
        usage_error(io, "missing operand")
    if len(operands) > 3:
        usage_error(io, f"extra operand {quote(operands[3])}")
    numbers = []
    for text in operands:
        try:
            numbers.append(_Number(text))
        except ValueError:
            usage_error(io, f"invalid floating point argument: {quote(text)}")
    first = numbers[0] if len(numbers) > 1 else _Number("1")
    step = numbers[1] if len(numbers) > 2 else _Number("1")
    last = numbers[-1]
    if not step.units and not step.infinite:
        usage_error(io, f"invalid Zero increment value: {quote(operands[1])}")
    template = options.value("f") if options.has("f") else None
    if template is not None:
        _check_format(io, template)
    if options.has("w") and template is not None:
        usage_error(io, "format string may not be specified when printing equal width strings")
    _print(io, (first, step, last), template, options.value("s", "\n"), equal=options.has("w"))
    return 0


def _is_negative(word: str) -> bool:
    return word[:1] == "-" and (word[1:2].isdigit() or word[1:2] == ".")


def _check_format(io: Io, template: str) -> None:
    found = 0
    position = 0
    while position < len(template):
        if template[position] != "%":
            position += 1
            continue
        if template[position + 1 : position + 2] == "%":
            position += 2
            continue
        position += 1
        while template[position : position + 1] in tuple("-+#0 '"):
            position += 1
        while template[position : position + 1] in tuple("0123456789."):
            position += 1
        letter = template[position : position + 1]
        if not letter:
            io.die(f"format {quote(template)} ends in %")
        if letter not in _CONVERSIONS:
            io.die(f"format {quote(template)} has unknown %{letter} directive")
        found += 1
    if found == 0:
        io.die(f"format {quote(template)} has no % directive")
    if found > 1:
        io.die(f"format {quote(template)} has too many % directives")


def _print(
    io: Io,
    numbers: tuple[_Number, _Number, _Number],
    template: str | None,
    separator: str,
    *,
    equal: bool,
) -> None:
    first, step, last = numbers
    if first.infinite or step.infinite:
        return
    decimals = max(first.decimals, step.decimals)
    scale = max(decimals, last.decimals)
    value, increment = (one.units * 10 ** (scale - one.decimals) for one in (first, step))
    limit = last.units * 10 ** (scale - last.decimals)
    width = 0
    if equal:
        width = max(len(_text(one, scale, decimals)) for one in (value, limit))
    started = False
    while last.infinite or (value <= limit if increment > 0 else value >= limit):
        if last.infinite and last.negative == (increment > 0):
            return
        text = _text(value, scale, decimals)
        if template is not None:
            text = template % (value / 10**scale)
        elif width:
            sign = "-" if text.startswith("-") else ""
            text = sign + text.removeprefix("-").rjust(width - len(sign), "0")
        io.out((separator if started else "") + text)
        started = True
        value += increment
    if started:
        io.out("\n")


# An integer over 10**scale with so many decimals.
def _text(value: int, scale: int, decimals: int) -> str:
    sign = "-" if value < 0 else ""
    digits = str(abs(value)).rjust(scale + 1, "0")
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :]
    return sign + whole + ("." + fraction[:decimals] if decimals else "")
