"""nproc: print how many CPUs there are for the caller.

Source: nproc(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._numbers import decimal
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_USAGE = "[OPTION]...\nPrint the number of processing units available to the current process,"


@program
def main(io: Io, words: list[str]) -> int:
    """Print the number of CPUs: ``nproc [--all] [--ignore=N]``."""
    options = parse(io, words, "", {"all": "all", "ignore=": "ignore"}, usage=_USAGE)
    if options.operands:
        usage_error(io, f"extra operand {quote(options.operands[0])}")
    text = options.value("ignore", "0")
    ignored = decimal(text)
    if ignored is None:
        io.die(f"invalid number: {quote(text)}")
    count = io.sys.cpus_online()
    if not options.has("all"):
        count = io.sys.sched_getaffinity(0).bit_count()
    io.out(f"{max(count - ignored, 1)}\n")
    return 0
