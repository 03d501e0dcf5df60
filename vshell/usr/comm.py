"""comm: compare two sorted files line by line.

Source: comm(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import complain_of, records
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_LONG = {
    "check-order": "check",
    "nocheck-order": "nocheck",
    "output-delimiter=": "delimiter",
    "total": "total",
    "zero-terminated": "z",
}
_USAGE = "[OPTION]... FILE1 FILE2\nCompare sorted files FILE1 and FILE2 line by line."


@program
def main(io: Io, words: list[str]) -> int:
    """Compare sorted files: ``comm [-123z] [--total] FILE1 FILE2``."""
    options = parse(io, words, "123z", _LONG, usage=_USAGE)
    files = options.operands
    if len(files) < 2:
        usage_error(io, f"missing operand after {quote(files[0])}" if files else "missing operand")
    if len(files) > 2:
        usage_error(io, f"extra operand {quote(files[2])}")
    end = b"\0" if options.has("z") else b"\n"
    delimiter = (options.value("delimiter") or "\t").encode("utf-8", "surrogateescape")
    shown = [not options.has(column) for column in "123"]
    strict = options.has("check")
    sides = [_Side(io, name, number + 1, end) for number, name in enumerate(files)]
    counts = [0, 0, 0]
    unpaired = False
    first, second = sides
    while first.line is not None or second.line is not None:
        if second.line is None or (first.line is not None and first.line < second.line):
            column = 0
        else:
            column = 1 if first.line is None or first.line > second.line else 2
        unpaired = unpaired or column < 2
        counts[column] += 1
        line = first.line if column != 1 else second.line
        if shown[column]:
            io.out_bytes(delimiter * sum(shown[:column]) + (line or b"") + end)
        for side in (first, second):
            if column in (side.number - 1, 2):
                side.advance()
                if side.disorder and not options.has("nocheck") and (strict or unpaired):
                    side.complain(fatal=strict)
    if options.has("total"):
        io.out_bytes(delimiter.join(str(count).encode() for count in counts))
        io.out_bytes(delimiter + b"total" + end)
    if first.complained or second.complained:
        io.complain("input is not in sorted order")
        return 1
    return 0


class _Side:
    # One of the two files: its line at hand, None at the end.
    def __init__(self, io: Io, name: str, number: int, end: bytes) -> None:
        self.io = io
        self.name = name
        self.number = number
        self.end = end
        self.disorder = False
        self.complained = False
        self.line: bytes | None = None
        try:
            fd = 0 if name == "-" else io.sys.open(name)
        except KernelError as error:
            complain_of(io, name, error)
            raise Quit(1) from None
        self.source: Iterator[bytes] = records(io, fd, end)
        self.advance()

    def advance(self) -> None:
        before = self.line
        try:
            line = next(self.source, None)
        except KernelError as error:
            complain_of(self.io, self.name, error)
            raise Quit(1) from None
        self.line = line.removesuffix(self.end) if line is not None else None
        self.disorder = before is not None and self.line is not None and self.line < before

    def complain(self, *, fatal: bool) -> None:
        if not self.complained:
            self.io.complain(f"file {self.number} is not in sorted order")
        self.complained = True
        if fatal:
            raise Quit(1)
