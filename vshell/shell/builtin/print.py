"""The builtins echo and printf; they differ from the programs of the same names.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from math import isfinite

from vshell.shell.builtin.common import options_of, write_out
from vshell.shell.quote import ansi_quote, has_controls
from vshell.shell.state import Discard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]

_USAGE = "printf [-v var] format [arguments]"
_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
}
_HEX = "0123456789abcdefABCDEF"
_NEEDS_BACKSLASH = " \t\n!\"$&'()*,;<>?[\\]^`{|}"
_INT_MAX, _INT_MIN, _UINT_MAX = (1 << 63) - 1, -(1 << 63), (1 << 64) - 1


class _Stop(Exception):
    # \c: nothing more is printed.
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _take(text: str, position: int, allowed: str, most: int) -> str:
    end = position
    while end < len(text) and end - position < most and text[end] in allowed:
        end += 1
    return text[position:end]


# One escape: what it stands for, and how many characters it takes. kind: "echo", "b" for printf's
# %b, "format".
def _escape(ex: Executor, text: str, position: int, kind: str) -> tuple[str, int]:
    letter = text[position + 1 : position + 2]
    if not letter:
        return "\\", 1
    if letter == "c" and kind != "format":
        raise _Stop("")
    if letter in _ESCAPES:
        return _ESCAPES[letter], 2
    if letter in "\"'?" and (kind == "format" or (kind == "b" and letter != '"')):
        return letter, 2
    if letter in "01234567" and (letter == "0" or kind != "echo"):
        skipped = letter == "0" and kind != "format"
        digits = _take(text, position + 1 + skipped, "01234567", 3)
        value = int(digits or "0", 8) & 0xFF
        return bytes([value]).decode("utf-8", "surrogateescape"), 1 + skipped + len(digits)
    if letter in "xuU":
        digits = _take(text, position + 2, _HEX, {"x": 2, "u": 4, "U": 8}[letter])
        if not digits:
            if kind != "echo":
                what = (
                    "missing hex digit for \\x"
                    if letter == "x"
                    else (f"missing unicode digit for \\{letter}")
                )
                ex.shell.complain(f"printf: {what}")
            return "\\" + letter, 2
        value = int(digits, 16)
        shown = chr(value) if letter != "x" else bytes([value]).decode("utf-8", "surrogateescape")
        return shown, 2 + len(digits)
    return "\\" + letter, 2


def _expand(ex: Executor, text: str, kind: str) -> str:
    out = []
    position = 0
    while position < len(text):
        if text[position] != "\\":
            out.append(text[position])
            position += 1
            continue
        try:
            piece, used = _escape(ex, text, position, kind)
        except _Stop:
            raise _Stop("".join(out)) from None
        out.append(piece)
        position += used
    return "".join(out)


def _echo(ex: Executor, argv: list[str]) -> int:
    words = argv[1:]
    newline, escapes = True, "xpg_echo" in ex.shell.shopt
    while words and len(words[0]) > 1 and words[0][0] == "-" and set(words[0][1:]) <= set("neE"):
        for letter in words.pop(0)[1:]:
            newline = newline and letter != "n"
            escapes = letter == "e" if letter in "eE" else escapes
    text = " ".join(words)
    if escapes:
        try:
            text = _expand(ex, text, "echo")
        except _Stop as stop:
            return write_out(ex, stop.text, "echo")
    return write_out(ex, text + ("\n" if newline else ""), "echo")


def _printf(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "v:", _USAGE)
    name, _, index = options.get("v", "").partition("[")
    if "v" in options and not (name.isascii() and name.isidentifier()):
        shell.complain(f"printf: `{options['v']}': not a valid identifier")
        return 2
    if not words:
        shell.write_error(f"printf: usage: {_USAGE}\n")
        return 2
    printer = _Printer(ex, words[0], words[1:])
    printer.run()
    text = "".join(printer.out)
    if "v" not in options:
        return write_out(ex, text, "printf") or printer.status
    # A string of C ends at its first NUL.
    text = text.partition("\0")[0]
    try:
        if index:
            shell.set_element(name, index.removesuffix("]"), text)
        else:
            shell.set(name, text)
    except Discard as error:
        shell.complain(str(error))
        return 1
    return printer.status


class _Printer:
    def __init__(self, ex: Executor, template: str, arguments: list[str]) -> None:
        self.ex = ex
        self.template = template
        self.arguments = arguments
        self.out: list[str] = []
        self.status = 0

    # Print by the format, again and again until the arguments are used up.
    def run(self) -> None:
        try:
            while True:
                before = len(self.arguments)
                self.once()
                if not self.arguments or len(self.arguments) == before:
                    return
        except _Stop as stop:
            self.out.append(stop.text)

    def complain(self, text: str) -> None:
        self.ex.shell.complain(f"printf: {text}")
        self.status = 1

    def once(self) -> None:
        template = self.template
        position = 0
        while position < len(template):
            letter = template[position]
            if letter == "\\":
                piece, used = _escape(self.ex, template, position, "format")
                self.out.append(piece)
                position += used
            elif letter == "%":
                position = self.conversion(position)
            else:
                self.out.append(letter)
                position += 1

    def take(self) -> str | None:
        return self.arguments.pop(0) if self.arguments else None

    # A "%" and what belongs to it; give where it ends.
    def conversion(self, start: int) -> int:
        template = self.template
        position = start + 1
        if template[position : position + 1] == "%":
            self.out.append("%")
            return position + 1
        flags = _take(template, position, "-+ #0'", 99)
        position += len(flags)
        width, position = self.number(position)
        precision = None
        if template[position : position + 1] == ".":
            precision, position = self.number(position + 1)
            precision = precision or 0
        if width is not None and width < 0:
            flags, width = flags + "-", -width
        if precision is not None and precision < 0:
            precision = None
        if template[position : position + 1] == "(":
            end = template.find(")T", position)
            if end > 0:
                self.put(self.time(template[position + 1 : end]), flags, width or 0)
                return end + 2
        position += len(_take(template, position, "hlLjzt", 9))
        letter = template[position : position + 1]
        if not letter:
            self.complain(f"`{template[start:]}': missing format character")
            raise _Stop("")
        self.one(letter, flags, width or 0, precision)
        return position + 1

    def number(self, position: int) -> tuple[int | None, int]:
        if self.template[position : position + 1] == "*":
            return self.integer(self.take()), position + 1
        digits = _take(self.template, position, "0123456789", 9)
        return (int(digits) if digits else None), position + len(digits)

    def put(self, text: str, flags: str, width: int) -> None:
        self.out.append(text.ljust(width) if "-" in flags else text.rjust(width))

    def one(self, letter: str, flags: str, width: int, precision: int | None) -> None:
        if letter in "diuoxX":
            argument = self.take()
            value = self.integer(argument, unsigned=letter not in "di")
            self.put(_integer_text(value, letter, flags, width, precision), flags, width)
        elif letter == "c":
            self.put((self.take() or "\0")[:1], flags, width)
        elif letter == "s":
            self.put((self.take() or "")[:precision], flags, width)
        elif letter == "b":
            try:
                text = _expand(self.ex, self.take() or "", "b")
            except _Stop as stop:
                self.put(stop.text[:precision], flags, width)
                raise _Stop("") from None
            self.put(text[:precision], flags, width)
        elif letter in "qQ":
            text = self.take() or ""
            text = text[:precision] if letter == "Q" else text
            shown = _backslash_quote(text)
            self.put(shown[:precision] if letter == "q" else shown, flags, width)
        elif letter in "fFeEgGaA":
            self.floating(self.take(), letter, flags, width, precision)
        else:
            self.complain(f"`{letter}': invalid format character")
            raise _Stop("")

    def integer(self, text: str | None, *, unsigned: bool = False) -> int:
        if not text:
            return 0
        if text[0] in "'\"":
            return ord(text[1]) if len(text) > 1 else 0
        body = text.lstrip()
        sign = -1 if body.startswith("-") else 1
        digits = body[1:] if body[:1] in ("+", "-") else body
        base = 10
        if digits[:2].lower() == "0x":
            base, digits = 16, digits[2:]
        elif digits[:1] == "0" and len(digits) > 1:
            base = 8
        valid = _take(digits, 0, {8: "01234567", 10: "0123456789", 16: _HEX}[base], len(digits))
        if valid != digits or not valid:
            octal = base == 8 and digits[len(valid) : len(valid) + 1].isdigit()
            self.complain(f"{text}: invalid {'octal ' if octal else ''}number")
        value = sign * int(valid or "0", base)
        lowest, highest = (-_UINT_MAX, _UINT_MAX) if unsigned else (_INT_MIN, _INT_MAX)
        if not lowest <= value <= highest:
            self.ex.shell.complain(f"printf: warning: {text}: Numerical result out of range")
            return highest if value > 0 or unsigned else lowest
        return value

    def floating(
        self, text: str | None, letter: str, flags: str, width: int, precision: int | None
    ) -> None:
        value = 0.0
        if text and text[0] in "'\"":
            value = float(ord(text[1]) if len(text) > 1 else 0)
        elif text:
            value = self.parse_float(text)
        kept = "".join(flag for flag in flags if flag != "'")
        if letter in "aA":
            self.put(_hexadecimal(value, upper=letter == "A"), flags, width)
            return
        template = f"%{kept}{width or ''}{'' if precision is None else f'.{precision}'}{letter}"
        self.out.append(template % value)

    def parse_float(self, text: str) -> float:
        body = text.strip()
        try:
            return (
                float.fromhex(body) if body.lower().lstrip("+-").startswith("0x") else float(body)
            )
        except ValueError:
            end = len(body)
            while end:
                end -= 1
                try:
                    value = float(body[:end])
                except ValueError:
                    continue
                self.complain(f"{text}: invalid number")
                return value
            self.complain(f"{text}: invalid number")
            return 0.0

    # %(FORMAT)T: a date; the argument is seconds, -1 or nothing now, -2 when the shell began.
    def time(self, template: str) -> str:
        from datetime import datetime, timezone  # noqa: PLC0415 - %()T only

        text = self.take()
        seconds = self.integer(text) if text else -1
        sys = self.ex.shell.sys
        if seconds == -2:
            elapsed_ns = sys.clock_monotonic_ns() - self.ex.shell.seconds_base_ns
            seconds = (sys.clock_realtime_ns() - elapsed_ns) // 1_000_000_000
        elif seconds == -1:
            seconds = sys.clock_realtime_ns() // 1_000_000_000
        moment = datetime.fromtimestamp(seconds, timezone.utc)
        return moment.strftime((template or "%X").replace("%s", str(seconds)))


def _integer_text(value: int, letter: str, flags: str, width: int, precision: int | None) -> str:
    if letter in "di":
        sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
        digits = str(abs(value))
    else:
        value &= _UINT_MAX
        digits = {"u": f"{value}", "o": f"{value:o}", "x": f"{value:x}", "X": f"{value:X}"}[letter]
        prefix = {"o": "0", "x": "0x", "X": "0X"}.get(letter, "")
        sign = prefix if "#" in flags and value else ""
    if precision is not None:
        digits = digits.rjust(precision, "0") if precision or digits != "0" else ""
    elif "0" in flags and "-" not in flags:
        digits = digits.rjust(width - len(sign), "0")
    return sign + digits


# %a as glibc prints an x86's long double: the first digit holds four bits.
def _hexadecimal(value: float, *, upper: bool) -> str:
    if not isfinite(value):
        text = str(abs(value))
        text = ("-" if value < 0 else "") + text
        return text.upper() if upper else text
    if value == 0:
        text = "0x0p+0"
    else:
        mantissa, _, exponent = abs(value).hex()[2:].partition("p")
        whole, _, fraction = mantissa.partition(".")
        bits = (int(whole + (fraction or ""), 16)) << 3
        power = int(exponent) - 3
        digits = len(fraction or "") * 4
        head, rest = bits >> digits, bits & ((1 << digits) - 1)
        tail = f"{rest:0{digits // 4}x}".rstrip("0") if digits else ""
        text = f"0x{head:x}{'.' + tail if tail else ''}p{power:+d}"
    text = ("-" if value < 0 else "") + text
    return text.upper() if upper else text


def _backslash_quote(text: str) -> str:
    if not text:
        return "''"
    if has_controls(text):
        return ansi_quote(text)
    out = []
    for number, letter in enumerate(text):
        special = letter in _NEEDS_BACKSLASH or (letter in "~#" and not number)
        out.append("\\" + letter if special else letter)
    return "".join(out)


BUILTINS: dict[str, Builtin] = {
    "echo": _echo,
    "printf": _printf,
}
"""The builtins of this file, by name."""
