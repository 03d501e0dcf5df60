"""uniq: leave out lines that repeat the line before.

Source: uniq(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import complain_of, records
from vshell.usr._numbers import decimal
from vshell.usr._options import Options, give_up, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

__all__ = ["main"]

_LONG = {
    "count": "c",
    "repeated": "d",
    "all-repeated=?": "D",
    "skip-fields=": "f",
    "ignore-case": "i",
    "skip-chars=": "s",
    "unique": "u",
    "zero-terminated": "z",
    "check-chars=": "w",
}
_USAGE = (
    "[OPTION]... [INPUT [OUTPUT]]\nFilter adjacent matching lines from INPUT (or standard input)."
)
_WHAT = {"f": "fields to skip", "s": "bytes to skip", "w": "bytes to compare"}


@program
def main(io: Io, words: list[str]) -> int:
    """Filter repeated lines: ``uniq [-cdDiuz] [-f N] [-s N] [-w N] [INPUT [OUTPUT]]``."""
    options = parse(io, words, "cdDf:is:uw:z", _LONG, usage=_USAGE)
    files = options.operands
    if len(files) > 2:
        usage_error(io, f"extra operand {quote(files[2])}")
    numbers = {letter: _number(io, options, letter) for letter in "fsw"}
    everything = options.has("D")
    if everything and options.has("c"):
        io.complain("printing all duplicated lines and repeat counts is meaningless")
        give_up(io)
    try:
        fd = 0 if not files or files[0] == "-" else io.sys.open(files[0])
    except KernelError as error:
        complain_of(io, files[0], error)
        return 1
    if len(files) == 2 and files[1] != "-":
        try:
            io.sys.dup2(io.sys.open(files[1], 0o1101), 1)
        except KernelError as error:
            complain_of(io, files[1], error)
            return 1
    return _filter(io, fd, options, numbers)


def _number(io: Io, options: Options, letter: str) -> int | None:
    if not options.has(letter):
        return None
    text = options.value(letter)
    value = decimal(text)
    if value is None:
        io.die(f"{text}: invalid number of {_WHAT[letter]}")
    return value


def _key(line: bytes, numbers: dict[str, int | None], *, fold: bool) -> bytes:
    position = 0
    for _ in range(numbers["f"] or 0):
        while position < len(line) and line[position] in b" \t\n":
            position += 1
        while position < len(line) and line[position] not in b" \t\n":
            position += 1
    position += numbers["s"] or 0
    most = numbers["w"]
    key = line[position:] if most is None else line[position : position + most]
    return key.upper() if fold else key


def _filter(io: Io, fd: int, options: Options, numbers: dict[str, int | None]) -> int:
    end = b"\0" if options.has("z") else b"\n"
    group: list[bytes] = []
    count = 0
    before: bytes | None = None
    separator = options.value("D")
    printer = _Printer(io, options, end, separator)
    try:
        for record in records(io, fd, end):
            line = record.removesuffix(end)
            key = _key(line, numbers, fold=options.has("i"))
            if key != before:
                printer.group(group, count)
                group, count = [line], 1
                before = key
                continue
            count += 1
            if printer.everything:
                group.append(line)
    except KernelError:
        io.complain(f"error reading {quoteaf(options.operands[0] if options.operands else '-')}")
        return 1
    printer.group(group, count)
    return 0


class _Printer:
    def __init__(self, io: Io, options: Options, end: bytes, separator: str) -> None:
        self.io = io
        self.end = end
        self.counts = options.has("c")
        self.everything = options.has("D")
        self.repeated = options.has("d") or self.everything
        self.unique = options.has("u")
        self.separator = separator
        self.printed = False

    def group(self, lines: list[bytes], count: int) -> None:
        if not lines or (count == 1 and self.repeated) or (count > 1 and self.unique):
            return
        if self.separator == "prepend" or (self.separator == "separate" and self.printed):
            self.io.out_bytes(self.end)
        for line in lines:
            self.io.out_bytes((b"%7d " % count if self.counts else b"") + line + self.end)
        self.printed = True
