"""whoami: print the name of the effective user.

Source: whoami(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._names import Names
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_USAGE = "[OPTION]...\nPrint the user name associated with the current effective user ID."


@program
def main(io: Io, words: list[str]) -> int:
    """Print the effective user's name: ``whoami``."""
    options = parse(io, words, "", usage=_USAGE)
    if options.operands:
        usage_error(io, f"extra operand {quote(options.operands[0])}")
    uid = io.sys.credentials()[1]
    name = Names(io).user(uid)
    if name == str(uid):
        io.complain(f"cannot find name for user ID {uid}")
        return 1
    io.out(name + "\n")
    return 0
