"""less: show text, a page at a time on a real terminal.

Source: less(1), less 590
Differs: the text goes straight through, for a virtual terminal can be scrolled by the one it is in;
so options and commands that are about pages change nothing.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFMT
from vshell.usr._program import Io, program

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Show text: ``less [OPTION...] [FILE...]``."""
    io.write_complaint = ""
    io.write_status = 0
    if any(word in ("-V", "--version") for word in words):
        io.out("less 590 (GNU regular expressions)\n")
        return 0
    names = [word for word in words if word[:1] not in ("-", "+") or word == "-"]
    if not names and io.sys.isatty(0):
        io.err('Missing filename ("less --help" for help)\n')
        return 1
    for name in names or ["-"]:
        try:
            if name != "-" and io.sys.stat(name).mode & S_IFMT == S_IFDIR:
                io.out(f"{name} is a directory\n")
                continue
            _copy(io, name)
        except KernelError as error:
            io.out(f"{name}: {strerror(error.errno)}\n")
    return 0


def _copy(io: Io, name: str) -> None:
    fd = 0 if name == "-" else io.sys.open(name)
    try:
        while data := io.sys.read(fd):
            io.out_bytes(data)
            io.flush()
    finally:
        if fd:
            io.sys.close(fd)
