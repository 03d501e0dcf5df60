"""pwd: print the working directory.

Source: pwd(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Print the working directory: ``pwd [-LP]``."""
    try:
        options, _ = getopt(words, "LP")
    except OptionError as error:
        io.complain(str(error))
        io.err("pwd: usage: pwd [-LP]\n")
        return 2
    logical = io.sys.environ().get("PWD")
    physical = io.sys.getcwd()
    io.out((logical if logical and options[-1:] == [("L", "")] else physical) + "\n")
    return 0
