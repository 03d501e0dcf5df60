"""hexdump: show the bytes of files in hexadecimal, decimal, octal or as characters.

Source: hexdump(1), util-linux 2.38.1
Differs: formats of one's own (-e, -f) and colours are not known.
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, KernelError, strerror
from vshell.usr._numbers import parse_count
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_LONG = {
    "one-byte-octal": "b",
    "one-byte-char": "c",
    "canonical": "C",
    "two-bytes-decimal": "d",
    "two-bytes-octal": "o",
    "two-bytes-hex": "x",
    "length=": "n",
    "skip=": "s",
    "no-squeezing": "v",
    "help": "help",
    "version": "version",
}
_HELP = """
Usage:
 hexdump [options] <file>...

Show the bytes of files.

Options:
 -b, --one-byte-octal      bytes in octal
 -c, --one-byte-char       bytes as characters
 -C, --canonical           bytes in hexadecimal and as characters
 -d, --two-bytes-decimal   pairs of bytes in decimal
 -o, --two-bytes-octal     pairs of bytes in octal
 -x, --two-bytes-hex       pairs of bytes in hexadecimal
 -n, --length <length>     show so many bytes only
 -s, --skip <offset>       leave so many bytes out
 -v, --no-squeezing        show lines that repeat

 -h, --help                display this help
 -V, --version             display version
"""
_ESCAPES = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
_LINE = 16
# The width of a pair, and how it is written.
_PAIRS = {"": (5, " {:04x}"), "d": (8, "   {:05d}"), "o": (8, "  {:06o}"), "x": (8, "    {:04x}")}


@program
def main(io: Io, words: list[str]) -> int:
    """Show bytes: ``hexdump [-bcCdoxv] [-n LENGTH] [-s OFFSET] [FILE...]``."""
    options = parse(
        io,
        words,
        "bcCdhn:os:vVx",
        _LONG,
        usage="",
        help_text=_HELP,
        package="from util-linux 2.38.1",
    )
    if options.has("h", "V"):
        io.out(_HELP if options.has("h") else "hexdump from util-linux 2.38.1\n")
        return 0
    return _Dump(io, options).run()


class _Dump:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.skip = self.number(options, "s", "offset")
        self.left = self.number(options, "n", "length") if options.has("n") else None
        self.all = options.has("v")
        self.formats = [name for name, _ in options.items if name in "bcCdox"] or [""]
        self.names = options.operands
        self.position = self.skip
        self.status = 0
        self.opened = 0

    def number(self, options: Options, letter: str, what: str) -> int:
        text = options.value(letter, "0")
        if text.lower().startswith("0x") and text[2:].isalnum():
            try:
                return int(text, 16)
            except ValueError:
                text = ""
        value = parse_count(text)
        if value is None:
            shown = options.value(letter)
            self.io.die(f"failed to parse {what}: '{shown}': {strerror(EINVAL)}")
        return value

    def descriptors(self) -> Iterator[tuple[str, int]]:
        if not self.names:
            yield "stdin", 0
            return
        for name in self.names:
            try:
                fd = self.io.sys.open(name)
            except KernelError as error:
                self.io.complain(f"{name}: {strerror(error.errno)}")
                self.status = 1
                continue
            self.opened += 1
            yield name, fd
            self.io.sys.close(fd)

    # The bytes of all files, without those to be skipped and those beyond the limit.
    def chunks(self) -> Iterator[bytes]:
        skip = self.skip
        for name, fd in self.descriptors():
            while self.left is None or self.left > 0:
                try:
                    data = self.io.sys.read(fd)
                except KernelError as error:
                    self.io.complain(f"{name}: {strerror(error.errno)}")
                    break
                if not data:
                    break
                cut = min(skip, len(data))
                skip -= cut
                data = data[cut : None if self.left is None else cut + self.left]
                self.left = None if self.left is None else self.left - len(data)
                yield data
        self.position -= skip

    def run(self) -> int:
        rest = b""
        before = b""
        repeated = False
        for data in self.chunks():
            rest += data
            whole = len(rest) // _LINE * _LINE
            for start in range(0, whole, _LINE):
                line = rest[start : start + _LINE]
                if line != before or self.all:
                    self.show(line)
                    repeated = False
                elif not repeated:
                    self.io.out("*\n")
                    repeated = True
                before = line
                self.position += _LINE
            rest = rest[whole:]
        if rest:
            self.show(rest)
        end = self.position + len(rest)
        if self.names and not self.opened:
            self.io.die("all input file arguments failed")
        if end:
            self.io.out(f"{end:08x}\n" if self.formats[-1] == "C" else f"{end:07x}\n")
        return self.status

    def show(self, line: bytes) -> None:
        for kind in self.formats:
            if kind == "C":
                self.canonical(line)
                continue
            if kind == "b":
                text = "".join(f" {byte:03o}" for byte in line).ljust(4 * _LINE)
            elif kind == "c":
                text = "".join(f" {_character(byte):>3}" for byte in line).ljust(4 * _LINE)
            else:
                width, template = _PAIRS[kind]
                data = line + b"\0" * (len(line) % 2)
                pairs = zip(data[::2], data[1::2], strict=True)
                text = "".join(template.format(low | high << 8) for low, high in pairs)
                text = text.ljust(width * _LINE // 2)
            self.io.out(f"{self.position:07x}{text}\n")

    def canonical(self, line: bytes) -> None:
        left = "".join(f" {byte:02x}" for byte in line[:8]).ljust(24)
        right = "".join(f" {byte:02x}" for byte in line[8:]).ljust(24)
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        self.io.out(f"{self.position:08x} {left} {right}  |{shown}|\n")


def _character(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return chr(byte) if 32 <= byte < 127 else f"{byte:03o}"
