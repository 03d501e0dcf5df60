r"""dmesg: how records are shown: prefixes, stamps, escapes, indents, colours, JSON.

Source: dmesg(1), util-linux 2.38.1. Real: 17-printk-levels, 18-dmesg-options.
"""

from __future__ import annotations

from vshell.usr._dates import moment, strftime
from vshell.usr._dmesg_records import FACILITIES, LEVELS, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["JsonPrinter", "Style", "TextPrinter"]

_US = 1_000_000
_RESET = "\033[0m"
_GREEN, _BREAK, _YELLOW = "\033[32m", "\033[32m\033[1m", "\033[33m"
_BY_LEVEL = {1: "\033[7m\033[31m", 2: "\033[1m\033[31m", 3: "\033[31m", 4: "\033[1m"}
_SEGFAULT = "\033[2m\033[31m"


class Style:
    """What was asked for."""

    def __init__(self) -> None:
        """Ask for nothing."""
        self.time = "plain"
        """plain, delta, reltime, ctime, notime or iso."""
        self.raw = False
        self.delta = False
        """Whether the time since the record before stands beside the stamp."""
        self.decode = False
        self.color = False
        self.force_prefix = False
        self.escape = True
        self.utf8 = True


class TextPrinter:
    """Prints records as lines."""

    def __init__(self, io: Io, style: Style, boot_us: int) -> None:
        """Print in a style.

        Args:
            io: where to.
            style: how.
            boot_us: the date of the boot, microseconds since 1970.
        """
        self._io = io
        self._style = style
        self._boot_us = boot_us
        self._last_us = 0
        self._last_minute = ""

    def end(self) -> None:
        """Close the output."""

    def record(self, record: Record) -> None:
        """Print a record."""
        if self._style.raw and record.raw:
            self._io.out_bytes(self._escaped(record.raw, 0) + b"\n")
            return
        if not record.text:
            self._io.out("\n")
            return
        lines = [record.text]
        if self._style.force_prefix and not record.raw:
            lines = [line for line in record.text.split(b"\n") if line] or [b""]
        prefix = self._prefix(record)
        stamp, color = self._stamp(record)
        for number, line in enumerate(lines):
            if number and not self._style.delta:
                stamp, color = self._stamp(record)
            self._io.out(prefix + self._colored(stamp, color))
            self._io.out_bytes(self._body(line, record.level, len(prefix) + len(stamp)))
            self._io.out("\n")

    def _prefix(self, record: Record) -> str:
        if self._style.raw:
            return f"<{record.level | record.facility}>"
        if self._style.decode and record.level >= 0:
            facility = list(FACILITIES)[record.facility]
            return f"{facility:<6s}:{list(LEVELS)[record.level]:<6s}: "
        return ""

    def _colored(self, text: str, color: str) -> str:
        return f"{color}{text}{_RESET}" if self._style.color and color and text else text

    # -- Time -------------------------------------------------------------------------------------

    def _stamp(self, record: Record) -> tuple[str, str]:
        style = self._style
        time_us = record.time_us
        since_us = time_us - self._last_us if self._last_us else 0
        self._last_us = time_us
        plain = f"[{time_us // _US:5d}.{time_us % _US:06d}] "
        if style.raw:
            return plain, _GREEN
        date = moment(self._io, (self._boot_us + time_us) * 1000)
        sign = "-" if since_us < 0 else ""
        delta = f"{sign}{abs(since_us) // _US}.{abs(since_us) % _US:06d}"
        if style.time == "ctime":
            stamp = strftime("%c", date)
        elif style.time == "iso":
            return strftime("%Y-%m-%dT%H:%M:%S,%6N%:z ", date), _GREEN
        elif style.time == "reltime" and not style.delta:
            minute = strftime("%Y %b%d %H:%M", date)
            if minute != self._last_minute:
                self._last_minute = minute
                return f"[{minute[5:]}] ", _BREAK
            return f"[{'+' + delta if not sign else delta:>11s}] ", _GREEN
        elif style.time == "plain":
            stamp = plain[1:-2]
        else:
            stamp = ""
        if style.delta:
            gap = " " if stamp else ""
            return f"[{stamp}{gap}<{delta:>12s}>] ", _GREEN
        return (f"[{stamp}] " if stamp else ""), _GREEN

    # -- Text -------------------------------------------------------------------------------------

    def _body(self, text: bytes, level: int, indent: int) -> bytes:
        if not self._style.color:
            return self._escaped(text, indent)
        name, colon, rest = text.partition(b": ")
        if not colon:
            name, rest = b"", text
        color = _BY_LEVEL.get(level, "")
        if not color and b"segfault at " in rest:
            color = _SEGFAULT
        shown = self._escaped(rest, indent)
        if color and shown:
            shown = color.encode() + shown + _RESET.encode()
        if colon:
            name = self._escaped(name + colon, indent)
            shown = _YELLOW.encode() + name + _RESET.encode() + shown
        return shown

    # Further lines stand below the text; what is not printable becomes \xNN.
    def _escaped(self, text: bytes, indent: int) -> bytes:
        lines = text.split(b"\n")
        if self._style.escape:
            lines = [self._printable(line) for line in lines]
        last = lines.pop() if len(lines) > 1 and not lines[-1] else None
        body = (b"\n" + b" " * indent).join(lines)
        return body if last is None else body + b"\n"

    def _printable(self, line: bytes) -> bytes:
        if line.isascii() and line.decode().isprintable():
            return line
        text = line.decode("utf-8" if self._style.utf8 else "ascii", "surrogateescape")
        return b"".join(_escape(letter) for letter in text)


def _escape(letter: str) -> bytes:
    data = letter.encode("utf-8", "surrogateescape")
    if letter == "\t" or letter.isprintable():
        return data
    return b"".join(b"\\x%02x" % byte for byte in data)


class JsonPrinter:
    """Prints records as one JSON object."""

    def __init__(self, io: Io, style: Style) -> None:
        """Print; of the style only ``decode`` counts."""
        self._io = io
        self._decode = style.decode
        self._printed = False

    def end(self) -> None:
        """Close the list, if anything stands in it."""
        if self._printed:
            self._io.out("\n   ]\n}\n")

    def record(self, record: Record) -> None:
        """Print a record; an empty one is left out."""
        if not record.text:
            return
        fields = []
        if record.level >= 0 and self._decode:
            fields.append(f'"fac": "{list(FACILITIES)[record.facility]}"')
            fields.append(f'"pri": "{list(LEVELS)[record.level]}"')
        elif record.level >= 0:
            fields.append(f'"pri": {record.level | record.facility}')
        fields.append(f'"time": {record.time_us // _US:5d}.{record.time_us % _US:06d}')
        fields.append(f'"msg": "{_json_text(record.text)}"')
        inner = ",\n         ".join(fields)
        head = "," if self._printed else '{\n   "dmesg": [\n      '
        self._io.out(f"{head}{{\n         {inner}\n      }}")
        self._printed = True


def _json_text(text: bytes) -> str:
    names = {
        '"': '\\"',
        "\\": "\\\\",
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
    }
    letters = text.decode("utf-8", "surrogateescape")
    return "".join(
        names.get(letter) or (f"\\u{ord(letter):04x}" if letter < " " else letter)
        for letter in letters
    )
