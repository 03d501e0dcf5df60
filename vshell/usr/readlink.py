"""readlink: print where a link leads.

Source: readlink(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import parse, usage_error
from vshell.usr._paths import canonical
from vshell.usr._program import Io, program
from vshell.usr._quote import quotef

__all__ = ["main"]

_LONG = {
    "canonicalize": "f",
    "canonicalize-existing": "e",
    "canonicalize-missing": "m",
    "no-newline": "n",
    "quiet": "q",
    "silent": "s",
    "verbose": "v",
    "zero": "z",
}
_USAGE = "[OPTION]... FILE...\nPrint value of a symbolic link or canonical file name"
_MISSING = {"f": "last", "e": "none", "m": "any"}


@program
def main(io: Io, words: list[str]) -> int:
    """Print links' targets: ``readlink [-femnqsvz] FILE...``."""
    options = parse(io, words, "efmnqsvz", _LONG, usage=_USAGE)
    names = options.operands
    if not names:
        usage_error(io, "missing operand")
    end = "\0" if options.has("z") else "\n"
    if options.has("n"):
        if len(names) > 1:
            io.complain("ignoring --no-newline with multiple arguments")
        else:
            end = ""
    kind = options.last_of("efm")
    status = 0
    for name in names:
        try:
            path = canonical(io.sys, name, _MISSING[kind]) if kind else io.sys.readlink(name)
        except KernelError as error:
            status = 1
            if options.last_of("qsv") == "v":
                io.complain(f"{quotef(name)}: {strerror(error.errno)}")
            continue
        io.out(path + end)
    return status
