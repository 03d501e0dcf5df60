"""rev: print lines with their characters in reverse order.

Source: rev(1), util-linux 2.38.1
"""

from __future__ import annotations

from vshell.usr._files import Inputs
from vshell.usr._options import parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_USAGE = "[options] [file ...]\n\nReverse lines characterwise."


@program
def main(io: Io, words: list[str]) -> int:
    """Turn lines round: ``rev [FILE...]``."""
    options = parse(io, words, "hV", usage=_USAGE, package="from util-linux 2.38.1")
    inputs = Inputs(io, options.operands, prefix="cannot open ")
    for line in inputs.records():
        text = line.decode("utf-8", "surrogateescape")
        body = text.removesuffix("\n")
        io.out(body[::-1] + text[len(body) :])
    return inputs.status
