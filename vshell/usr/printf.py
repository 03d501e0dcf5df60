"""printf: print by a format.

Source: bash(1) builtin printf, 5.2; printf(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._program import Io, program
from vshell.usr.echo import expand

__all__ = ["main"]

_FLAGS = "-+ #0'"


@program
def main(io: Io, words: list[str]) -> int:
    """Print by a format, again until all is used: ``printf [-v VAR] FORMAT [ARGUMENT...]``."""
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        io.err(f"{io.name}: usage: printf [-v var] format [arguments]\n")
        return 2
    printer = _Printer(io, words[1:])
    template = words[0]
    while True:
        before = len(printer.arguments)
        if not printer.once(template):
            break
        if not printer.arguments or len(printer.arguments) == before:
            break
    return printer.status


class _Printer:
    def __init__(self, io: Io, arguments: list[str]) -> None:
        self.io = io
        self.arguments = arguments
        self.status = 0

    # Print the format once; False if \c ended the output.
    def once(self, template: str) -> bool:
        position = 0
        while position < len(template):
            letter = template[position]
            if letter == "\\":
                end = position + 2
                while (
                    end < len(template)
                    and end - position < 5
                    and template[end] in "0123456789abcdefABCDEFx"
                ):
                    end += 1
                text, used, stop = _escape(template, position)
                self.io.out(text)
                position += used
                if stop:
                    return False
            elif letter == "%":
                position, stop = self.conversion(template, position + 1)
                if stop:
                    return False
            else:
                self.io.out(letter)
                position += 1
        return True

    def take(self) -> str | None:
        return self.arguments.pop(0) if self.arguments else None

    def conversion(self, template: str, position: int) -> tuple[int, bool]:
        if template[position : position + 1] == "%":
            self.io.out("%")
            return position + 1, False
        start = position
        while position < len(template) and template[position] in _FLAGS:
            position += 1
        flags = template[start:position]
        width, position = self.number(template, position)
        precision: int | None = None
        if template[position : position + 1] == ".":
            precision, position = self.number(template, position + 1)
            precision = precision or 0
        while (
            position < len(template)
            and template[position] in "hlLqjzt"
            and template[position + 1 : position + 2]
        ):
            if template[position] == "q":
                break
            position += 1
        letter = template[position : position + 1]
        if width is not None and width < 0:
            flags, width = flags + "-", -width
        stop = self.print_one(letter, flags, width or 0, precision)
        return position + 1, stop

    def number(self, template: str, position: int) -> tuple[int | None, int]:
        if template[position : position + 1] == "*":
            return self.integer(self.take()), position + 1
        start = position
        while template[position : position + 1].isdigit():
            position += 1
        return (int(template[start:position]) if position > start else None), position

    def print_one(self, letter: str, flags: str, width: int, precision: int | None) -> bool:
        argument = self.take()
        if letter in "di":
            self.put(_signed(self.integer(argument), flags, width, precision), flags, width)
        elif letter in "uoxX" and letter:
            self.put(
                _unsigned(self.integer(argument), letter, flags, width, precision), flags, width
            )
        elif letter == "c":
            self.put((argument or "")[:1], flags, width)
        elif letter == "s":
            self.put((argument or "")[:precision], flags, width)
        elif letter == "b":
            text, stop = expand(argument or "")
            self.put(text[:precision], flags, width)
            return stop
        elif letter == "q":
            self.put(_quoted(argument or ""), flags, width)
        elif letter in "fFeEgGaA" and letter:
            self.floating(argument, letter, flags, width, precision)
        else:
            self.io.complain(
                f"`{letter}': invalid format character"
                if letter
                else "`%': missing format character"
            )
            self.status = 1
            return True
        return False

    def put(self, text: str, flags: str, width: int) -> None:
        self.io.out(text.ljust(width) if "-" in flags else text.rjust(width))

    def floating(
        self, argument: str | None, letter: str, flags: str, width: int, precision: int | None
    ) -> None:
        try:
            value = float(argument or "0")
        except ValueError:
            self.complain_number(argument or "")
            value = 0.0
        kept = "".join(flag for flag in flags if flag != "'")
        template = f"%{kept}{width or ''}{'' if precision is None else f'.{precision}'}{letter}"
        self.io.out(template % value)

    def integer(self, text: str | None) -> int:
        if not text:
            return 0
        if text[0] in "'\"":
            return ord(text[1]) if len(text) > 1 else 0
        body = text.strip()
        sign = -1 if body.startswith("-") else 1
        digits = body.lstrip("+-")
        base = (
            16 if digits[:2].lower() == "0x" else 8 if digits[:1] == "0" and len(digits) > 1 else 10
        )
        digits = digits[2:] if base == 16 else digits
        valid = ""
        for digit in digits:
            if digit not in "0123456789abcdefABCDEF"[: {8: 8, 10: 10, 16: 22}[base]]:
                break
            valid += digit
        if valid != digits or not valid:
            self.complain_number(text)
        return sign * int(valid or "0", base)

    def complain_number(self, text: str) -> None:
        self.io.complain(f"{text}: invalid number")
        self.status = 1


def _signed(value: int, flags: str, width: int, precision: int | None) -> str:
    sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
    return _padded(str(abs(value)), sign, flags, width, precision)


def _unsigned(value: int, letter: str, flags: str, width: int, precision: int | None) -> str:
    value &= (1 << 64) - 1
    digits = {"u": str(value), "o": f"{value:o}", "x": f"{value:x}", "X": f"{value:X}"}[letter]
    prefix = ""
    if "#" in flags and value:
        prefix = {"o": "0", "x": "0x", "X": "0X"}.get(letter, "")
    return _padded(digits, prefix, flags, width, precision)


def _padded(digits: str, sign: str, flags: str, width: int, precision: int | None) -> str:
    if precision is not None:
        digits = digits.rjust(precision, "0") if precision or digits != "0" else ""
    elif "0" in flags and "-" not in flags:
        digits = digits.rjust(width - len(sign), "0")
    return sign + digits


def _escape(template: str, position: int) -> tuple[str, int, bool]:
    following = template[position + 1 : position + 2]
    if following in "01234567" and following:
        digits = ""
        while len(digits) < 3 and template[position + 1 + len(digits) :][:1] in tuple("01234567"):
            digits += template[position + 1 + len(digits)]
        character = bytes([int(digits, 8) & 0xFF]).decode("utf-8", "surrogateescape")
        return character, 1 + len(digits), False
    if following == "x":
        digits = ""
        while len(digits) < 2 and template[position + 2 + len(digits) :][:1] in tuple(
            "0123456789abcdefABCDEF"
        ):
            digits += template[position + 2 + len(digits)]
        if digits:
            character = bytes([int(digits, 16)]).decode("utf-8", "surrogateescape")
            return character, 2 + len(digits), False
    if following in ('"', "'", "?"):
        return following, 2, False
    if not following:
        return "\\", 1, False
    text, stop = expand(template[position : position + 2])
    return text, 2, stop


def _quoted(text: str) -> str:
    if not text:
        return "''"
    safe = "_@%+=:,./-"
    return "".join(
        letter if letter.isalnum() or letter in safe else "\\" + letter for letter in text
    )
