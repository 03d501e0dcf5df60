"""uname: print what system this is.

Source: uname(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

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
}


@program
def main(io: Io, words: list[str]) -> int:
    """Print the system's names: ``uname [-asnrvmpio]``."""
    options = parse(io, words, "asnrvmpio", _LONG, usage="[OPTION]...")
    if options.operands:
        usage_error(io, f"extra operand {quote(options.operands[0])}")
    flags = {letter for letter, _ in options.items}
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
