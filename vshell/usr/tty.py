"""tty: print the name of the terminal.

Source: tty(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_USAGE = "[OPTION]...\nPrint the file name of the terminal connected to standard input."


@program
def main(io: Io, words: list[str]) -> int:
    """Print the terminal's name: ``tty [-s]``."""
    options = parse(io, words, "s", {"silent": "s", "quiet": "s"}, usage=_USAGE, status=2)
    if options.operands:
        usage_error(io, f"extra operand {quote(options.operands[0])}", 2)
    name = io.sys.tty_name(0)
    if not options.has("s"):
        io.out((name or "not a tty") + "\n")
    return 0 if name else 1
