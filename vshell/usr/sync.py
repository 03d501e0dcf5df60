"""sync: write what is in memory to the disk.

Source: sync(1), coreutils 9.1
Differs: files here are in memory only; all there is to do is to look for the operands.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quoteaf

__all__ = ["main"]

_USAGE = "[OPTION] [FILE]...\nSynchronize cached writes to persistent storage"


@program
def main(io: Io, words: list[str]) -> int:
    """Synchronise: ``sync [-df] [FILE...]``."""
    options = parse(io, words, "df", {"data": "d", "file-system": "f"}, usage=_USAGE)
    if options.has("d") and options.has("f"):
        io.die("cannot specify both --data and --file-system")
    if options.has("d") and not options.operands:
        io.die("--data needs at least one argument")
    status = 0
    for name in options.operands:
        try:
            io.sys.close(io.sys.open(name))
        except KernelError as error:
            io.complain(f"error opening {quoteaf(name)}: {strerror(error.errno)}")
            status = 1
    return status
