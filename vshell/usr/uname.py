"""uname: print what system this is.

Source: uname(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_LONG = {
    "all": "a",
    "kernel-name": "s",
    "nodename": "n",
    "kernel-release": "r",
    "kernel-version": "v",
    "machine": "m",
    "processor": "p",
    "hardware-platform": "i",
    "operating-system": "o",
    "help": "help",
    "version": "version",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Print the system's names: ``uname [-asnrvmpio]``."""
    try:
        options, operands = getopt(words, "asnrvmpio", _LONG)
        if operands:
            raise OptionError(f"extra operand ‘{operands[0]}’")
    except OptionError as error:
        io.complain(str(error))
        io.err(f"Try '{io.name} --help' for more information.\n")
        return 1
    flags = {letter for letter, _ in options}
    if flags & {"help", "version"}:
        io.out("Usage: uname [OPTION]...\n" if "help" in flags else "uname (GNU coreutils) 9.1\n")
        return 0
    names = io.sys.uname()
    values = {
        "s": names.sysname,
        "n": names.nodename,
        "r": names.release,
        "v": names.version,
        "m": names.machine,
        "p": names.machine,
        "i": names.machine,
        "o": "GNU/Linux",
    }
    # "all" leaves out what is unknown; processor and platform are, on this kind of machine.
    wanted = set("snrvmo") | ({"p", "i"}) if "a" in flags else flags or {"s"}
    io.out(" ".join(value for letter, value in values.items() if letter in wanted) + "\n")
    return 0
