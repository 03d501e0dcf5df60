"""od: show the bytes of files as numbers or characters.

Source: od(1), coreutils 9.1
Differs: an offset as an operand (od FILE +10) is not known, nor is long double.
"""

from __future__ import annotations

from math import lcm

from vshell.abi.errno import KernelError
from vshell.usr._files import Inputs
from vshell.usr._numbers import parse_count
from vshell.usr._od_types import Column, TypeError_, columns_of
from vshell.usr._options import Options, choose, parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_LONG = {
    "skip-bytes=": "j",
    "address-radix=": "A",
    "read-bytes=": "N",
    "format=": "t",
    "output-duplicates": "v",
    "strings=?": "S",
    "traditional": "traditional",
    "width=?": "w",
    "endian=": "endian",
}
_USAGE = (
    "[OPTION]... [FILE]...\n"
    "Write an unambiguous representation, octal bytes by default, of FILE to standard output."
)
_TYPES = {
    "a": "a",
    "b": "o1",
    "B": "o2",
    "c": "c",
    "D": "u4",
    "d": "u2",
    "e": "fD",
    "F": "fD",
    "f": "fF",
    "H": "x4",
    "h": "x2",
    "i": "dI",
    "I": "dL",
    "l": "dL",
    "L": "dL",
    "O": "o4",
    "o": "o2",
    "s": "d2",
    "X": "x4",
    "x": "x2",
}
_ADDRESSES = {"o": "07o", "d": "07d", "x": "06x"}


@program
def main(io: Io, words: list[str]) -> int:
    """Show bytes: ``od [-abcdfilosxv] [-A RADIX] [-j N] [-N N] [-t TYPE] [-w[N]] [FILE...]``."""
    short = "A:aBbcDdeFfHhIij:LlN:OoS:st:vw::Xx"
    options = parse(io, words, short, _LONG, usage=_USAGE)
    dump = _Dump(io, options)
    return dump.strings() if dump.least else dump.run()


class _Dump:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.radix = options.value("A", "o")[:1]
        if self.radix not in (*_ADDRESSES, "n"):
            text = "it must be one character from [doxn]"
            io.die(f"invalid output address radix '{self.radix}'; {text}")
        big = False
        if options.has("endian"):
            order = choose(io, options.value("endian"), ("little", "big"), "--endian")
            big = order == "big"
        self.skip = self.number(options, "j", "skip-bytes") or 0
        self.most = self.number(options, "N", "read-bytes")
        self.least = 0
        if options.has("S"):
            self.least = 3 if not options.value("S") else self.number(options, "S", "strings") or 0
        self.all = options.has("v")
        self.columns = self.read_types(options, big_endian=big)
        self.line = self.line_width(options)
        sizes = [self.line // one.size * (one.width + 1) for one in self.columns]
        self.block = max(sizes)
        self.inputs = Inputs(io, options.operands)

    def number(self, options: Options, letter: str, name: str) -> int | None:
        if not options.has(letter):
            return None
        text = options.value(letter)
        digits = text.removeprefix("0x").removeprefix("0X")
        value = int(digits, 16) if digits != text and _is_hex(digits) else parse_count(text)
        if value is None:
            long = any(word.startswith(f"--{name[:2]}") for word in self.io.sys.argv())
            shown = f"--{name}" if long else f"-{letter}"
            rest = text.lstrip("0123456789")
            what = "invalid suffix in" if rest != text else "invalid"
            self.io.die(f"{what} {shown} argument '{text}'")
        return value

    def read_types(self, options: Options, *, big_endian: bool) -> list[Column]:
        columns: list[Column] = []
        for name, value in options.items:
            text = value if name == "t" else _TYPES.get(name, "")
            try:
                columns += columns_of(text, quote(text), big_endian=big_endian)
            except TypeError_ as error:
                self.io.die(str(error))
        return columns or columns_of("o2", "", big_endian=big_endian)

    def line_width(self, options: Options) -> int:
        unit = lcm(*[one.size for one in self.columns])
        if not options.has("w"):
            return unit if unit > 16 else 16 // unit * unit
        text = options.value("w") or "32"
        width = parse_count(text)
        if width is None:
            self.io.die(f"invalid -w argument '{text}'")
        if not width or width % unit:
            self.io.complain(f"warning: invalid width {width}; using {unit} instead")
            return unit
        return width

    def address(self, position: int) -> str:
        return format(position, _ADDRESSES[self.radix]) if self.radix in _ADDRESSES else ""

    # The bytes of all files, without those to be skipped and those beyond the limit.
    def chunks(self) -> Iterator[bytes]:
        skip = self.skip
        left = self.most
        for name, fd in self.inputs:
            while left is None or left > 0:
                try:
                    data = self.io.sys.read(fd)
                except KernelError as error:
                    self.inputs.fail(name, error)
                    break
                if not data:
                    break
                cut = min(skip, len(data))
                skip -= cut
                data = data[cut : None if left is None else cut + left]
                left = None if left is None else left - len(data)
                yield data
        if skip:
            self.io.die("cannot skip past end of combined input")

    def run(self) -> int:
        position = self.skip
        rest = b""
        before: bytes | None = None
        repeated = False
        for data in self.chunks():
            rest += data
            whole = len(rest) // self.line * self.line
            for start in range(0, whole, self.line):
                line = rest[start : start + self.line]
                if line == before and not self.all:
                    if not repeated:
                        self.io.out("*\n")
                    repeated = True
                else:
                    self.show(position, line)
                    repeated = False
                before = line
                position += self.line
            rest = rest[whole:]
        if rest:
            self.show(position, rest)
        if self.radix != "n":
            self.io.out(self.address(position + len(rest)) + "\n")
        return self.inputs.status

    def show(self, position: int, line: bytes) -> None:
        address = self.address(position)
        for number, column in enumerate(self.columns):
            text = self.fields(column, line)
            if column.trailer:
                shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
                text = f"{text.ljust(self.block)}  >{shown}<"
            head = address if number == 0 else " " * len(address)
            self.io.out(f"{head}{text}\n")

    # Fields are set as far apart as the widest column needs.
    def fields(self, column: Column, line: bytes) -> str:
        count = self.line // column.size
        spare = self.block - count * (column.width + 1)
        out = []
        size = column.size
        left = spare
        for number in range(-(-len(line) // size)):
            following = spare * (count - number - 1) // count
            data = line[number * size : number * size + size].ljust(size, b"\0")
            out.append(" " + column.shown(data).rjust(left - following + column.width))
            left = following
        return "".join(out)

    # -S: strings that end in a zero byte.
    def strings(self) -> int:
        data = b"".join(self.chunks())
        start = 0
        for end, byte in enumerate(data):
            if byte == 0:
                if end - start >= self.least:
                    head = self.address(self.skip + start)
                    text = data[start:end].decode("ascii")
                    self.io.out(f"{head}{' ' if head else ''}{text}\n")
                start = end + 1
            elif not 32 <= byte < 127:
                start = end + 1
        return self.inputs.status


def _is_hex(text: str) -> bool:
    return bool(text) and all(letter in "0123456789abcdefABCDEF" for letter in text)
