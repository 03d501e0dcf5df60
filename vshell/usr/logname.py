"""logname: print who has logged in.

Source: logname(1), coreutils 9.1
Differs: there is no utmp; LOGNAME tells, where there is a terminal.
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Print the login name: ``logname``."""
    options = parse(io, words, "", usage="[OPTION]\nPrint the user's login name.")
    if options.operands:
        usage_error(io, f"extra operand {quote(options.operands[0])}")
    environ = io.sys.environ()
    name = environ.get("SUDO_USER") or environ.get("LOGNAME")
    if not name or not any(io.sys.isatty(fd) for fd in (0, 1, 2)):
        io.die("no login name")
    io.out(name + "\n")
    return 0
