"""clear: clear the terminal.

Source: clear(1), ncurses 6.4; terminfo(5) for the sequences
"""

from __future__ import annotations

from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._terminal import read_terminfo

__all__ = ["main"]

_USAGE = (
    "Usage: {} [options]\n\nOptions:\n"
    "  -T TERM     use this instead of $TERM\n"
    "  -V          print curses-version\n"
    "  -x          do not try to clear scrollback\n"
)


@program
def main(io: Io, words: list[str]) -> int:
    """Clear the terminal: ``clear [-T TERM] [-x]``."""
    try:
        options, operands = getopt(words, "T:Vx")
    except OptionError as error:
        io.complain(str(error))
        operands, options = ["x"], []
    if operands:
        io.err(_USAGE.format(io.name))
        return 1
    given = dict(options)
    if "V" in given:
        io.out("ncurses 6.4.20221231\n")
        return 0
    term = given.get("T", io.sys.environ().get("TERM", ""))
    if not term:
        io.err("TERM environment variable not set.\n")
        return 1
    if term == "dumb":
        return 1
    if not term.startswith("linux") and read_terminfo(io, term) is None:
        io.err(f"'{term}': unknown terminal type.\n")
        return 1
    # The Linux console clears from the cursor on, others the whole screen.
    io.out("\x1b[H\x1b[J" if term.startswith("linux") else "\x1b[H\x1b[2J")
    if "x" not in given:
        io.out("\x1b[3J")
    return 0
