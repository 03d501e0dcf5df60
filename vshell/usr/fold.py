"""fold: break lines that are too long.

Source: fold(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._files import Inputs
from vshell.usr._numbers import decimal
from vshell.usr._options import parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_LONG = {"bytes": "b", "spaces": "s", "width=": "w"}
_USAGE = "[OPTION]... [FILE]...\nWrap input lines in each FILE, writing to standard output."


@program
def main(io: Io, words: list[str]) -> int:
    """Wrap lines: ``fold [-bs] [-w WIDTH] [FILE...]``."""
    words = [f"-w{word[1:]}" if word[:1] == "-" and word[1:].isdigit() else word for word in words]
    options = parse(io, words, "bsw:", _LONG, usage=_USAGE)
    text = options.value("w", "80")
    width = decimal(text)
    if width is None:
        io.die(f"invalid number of columns: {quote(text)}")
    if not width:
        io.die(f"invalid number of columns: {quote(text)}: Numerical result out of range")
    inputs = Inputs(io, options.operands)
    for line in inputs.records():
        _fold(io, line, width, by_bytes=options.has("b"), at_spaces=options.has("s"))
    return inputs.status


def _fold(io: Io, line: bytes, width: int, *, by_bytes: bool, at_spaces: bool) -> None:
    end = b"\n" if line.endswith(b"\n") else b""
    body = line.removesuffix(b"\n")
    start = position = column = 0
    while position < len(body):
        after = _column_after(column, body[position], by_bytes=by_bytes)
        if after > width and position > start:
            cut = position
            if at_spaces:
                blank = max(body.rfind(b" ", start, position), body.rfind(b"\t", start, position))
                cut = blank + 1 if blank >= 0 else position
            io.out_bytes(body[start:cut] + b"\n")
            start = cut
            column = 0
            for byte in body[start:position]:
                column = _column_after(column, byte, by_bytes=by_bytes)
            continue
        column = after
        position += 1
    io.out_bytes(body[start:] + end)


def _column_after(column: int, byte: int, *, by_bytes: bool) -> int:
    if by_bytes:
        return column + 1
    if byte == 8:
        return max(column - 1, 0)
    if byte == 13:
        return 0
    return column + 8 - column % 8 if byte == 9 else column + 1
