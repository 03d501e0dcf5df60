"""arch: print the machine's architecture.

Source: arch(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Print the architecture: ``arch``."""
    options = parse(io, words, "", usage="[OPTION]...\nPrint machine architecture.")
    if options.operands:
        usage_error(io, f"extra operand {quote(options.operands[0])}")
    io.out(io.sys.uname().machine + "\n")
    return 0
