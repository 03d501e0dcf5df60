"""yes: print a line again and again.

Source: yes(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_USAGE = (
    "[STRING]...\n  or:  yes OPTION\nRepeatedly output a line with all specified STRING(s), or 'y'."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Print a line until killed: ``yes [TEXT...]``."""
    options = parse(io, words, "", usage=_USAGE, permute=False)
    line = " ".join(options.operands or ["y"]) + "\n"
    block = line * max(8192 // len(line), 1)
    while True:
        io.out(block)
        io.flush()
