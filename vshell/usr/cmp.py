"""cmp: compare two files byte by byte.

Source: cmp(1), diffutils 3.8
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFMT, S_IFREG
from vshell.usr._numbers import parse_count
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {
    "print-bytes": "b",
    "ignore-initial=": "i",
    "verbose": "l",
    "bytes=": "n",
    "quiet": "s",
    "silent": "s",
}
_PACKAGE = "(GNU diffutils) 3.8"
_USAGE = (
    "[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]\n"
    "Compare two files byte by byte; without FILE2, FILE1 and standard input."
)
_NO_LIMIT = (1 << 63) - 1


@program
def main(io: Io, words: list[str]) -> int:
    """Compare: ``cmp [-bls] [-i SKIP1[:SKIP2]] [-n LIMIT] FILE1 [FILE2 [SKIP1 [SKIP2]]]``."""
    io.write_complaint = "standard output: {}"
    io.write_status = 2
    hint = f"{io.name}: Try '{io.name} --help' for more information.\n"
    options = parse(
        io, words, "bci:ln:sv", _LONG, usage=_USAGE, package=_PACKAGE, status=2, hint=hint
    )
    if options.has("v"):
        io.out(f"{io.name} {_PACKAGE}\n")
        return 0
    names = options.operands
    if not names:
        usage_error(io, f"missing operand after '{io.name}'", 2, hint)
    if options.has("l") and options.has("s"):
        usage_error(io, "options -l and -s are incompatible", 2, hint)
    if len(names) > 4:
        usage_error(io, f"extra operand '{names[4]}'", 2, hint)
    return _Comparison(io, options, hint).run()


class _Comparison:
    def __init__(self, io: Io, options: Options, hint: str) -> None:
        self.io = io
        self.hint = hint
        self.options = options
        names = options.operands
        self.names = [names[0], names[1] if len(names) > 1 else "-"]
        first, _, second = options.value("i", "0").partition(":")
        self.skips = [self.number(first), self.number(second or first)]
        for at, text in enumerate(names[2:]):
            self.skips[at] = self.number(text)
        self.limit = self.number(options.value("n"), "bytes") if options.has("n") else _NO_LIMIT

    def number(self, text: str, option: str = "ignore-initial") -> int:
        value = parse_count(text, blocks=False)
        if value is None:
            usage_error(self.io, f"invalid --{option} value '{text}'", 2, self.hint)
        return value

    # What a file holds behind the skipped bytes, but not more than ``most``; and how much it could
    # hold.
    def read(self, name: str, skip: int, most: int) -> tuple[bytes, int]:
        sys = self.io.sys
        try:
            fd = 0 if name == "-" else sys.open(name)
            found = sys.fstat(fd)
            data = self.io.read_all(fd, skip + most)[skip:]
            if fd:
                sys.close(fd)
        except KernelError as error:
            if not self.options.has("s"):
                self.io.complain(f"{name}: {strerror(error.errno)}")
            raise
        # What is no file could be of any length.
        known = found.mode & S_IFMT == S_IFREG
        return data, max(found.size - skip, 0) if known else self.limit

    def is_regular(self, name: str) -> bool:
        try:
            found = self.io.sys.fstat(0) if name == "-" else self.io.sys.stat(name)
        except KernelError:
            return False
        return found.mode & S_IFMT == S_IFREG

    def run(self) -> int:
        try:
            # Of a device, which may go on for ever, one byte more than the other has is enough.
            last = int(self.is_regular(self.names[0]) or not self.is_regular(self.names[1]))
            read = [(b"", 0), (b"", 0)]
            most = self.limit
            for at in (1 - last, last):
                read[at] = self.read(self.names[at], self.skips[at], most)
                most = min(most, len(read[at][0]) + 1)
        except KernelError:
            return 2
        (one, size), (two, other_size) = read
        if one == two:
            return 0
        if self.options.has("s"):
            return 1
        common = min(len(one), len(two))
        if self.options.has("l"):
            self.list_all(one, two, len(str(min(size, other_size, self.limit))))
        elif one[:common] != two[:common]:
            self.first(one, two)
            return 1
        if len(one) != len(two):
            self.short(one, two)
        return 1

    def first(self, one: bytes, two: bytes) -> None:
        at = _first_difference(one, two)
        line = one.count(b"\n", 0, at) + 1
        text = f"{self.names[0]} {self.names[1]} differ: byte {at + 1}, line {line}"
        if self.options.has("b"):
            a, b = one[at], two[at]
            text += f" is {a:3o} {_shown(a)} {b:3o} {_shown(b)}"
        self.io.out(text + "\n")

    def list_all(self, one: bytes, two: bytes, width: int) -> None:
        for number, (a, b) in enumerate(zip(one, two, strict=False), 1):
            if a == b:
                continue
            if self.options.has("b"):
                self.io.out(f"{number:{width}} {a:3o} {_shown(a):<4} {b:3o} {_shown(b)}\n")
            else:
                self.io.out(f"{number:{width}} {a:3o} {b:3o}\n")

    def short(self, one: bytes, two: bytes) -> None:
        shorter, data = min((len(one), 0, one), (len(two), 1, two))[1:]
        text = f"EOF on {self.names[shorter]}"
        if not data:
            text += " which is empty"
        elif self.options.has("l"):
            text += f" after byte {len(data)}"
        else:
            line = data.count(b"\n")
            where = f"line {line}" if data.endswith(b"\n") else f"in line {line + 1}"
            text += f" after byte {len(data)}, {where}"
        self.io.complain(text)


# By halves: comparing bytes one by one would take long.
def _first_difference(one: bytes, two: bytes) -> int:
    low, high = 0, min(len(one), len(two))
    while low < high - 1:
        middle = (low + high) // 2
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _shown(byte: int) -> str:
    prefix = ""
    if byte >= 128:
        prefix, byte = "M-", byte - 128
    if byte < 32:
        return f"{prefix}^{chr(byte + 64)}"
    return f"{prefix}^?" if byte == 127 else prefix + chr(byte)
