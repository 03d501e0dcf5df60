"""users: list the names of those logged in.

Source: users(1), coreutils 9.1

Differs:
    Who is logged in is told from the sessions there are.
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote
from vshell.usr._sessions import sessions

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """List names: ``users``."""
    options = parse(io, words, "", usage="[OPTION]... [FILE]\nOutput who is currently logged in.")
    if len(options.operands) > 1:
        usage_error(io, f"extra operand {quote(options.operands[1])}")
    names = [] if options.operands else sorted(one.user for one in sessions(io))
    if names:
        io.out(" ".join(names) + "\n")
    return 0
