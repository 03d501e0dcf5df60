"""tee: copy standard input to files and to standard output.

Source: tee(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EPIPE, KernelError
from vshell.abi.signals import SIG_IGN, SIGINT, SIGPIPE
from vshell.usr._files import complain_of
from vshell.usr._options import parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {"append": "a", "ignore-interrupts": "i", "output-error=?": "p"}
_USAGE = "[OPTION]... [FILE]...\nCopy standard input to each FILE, and also to standard output."
_CREATE, _TRUNCATE, _APPEND = 0o101, 0o1000, 0o2000


@program
def main(io: Io, words: list[str]) -> int:
    """Copy standard input: ``tee [-aip] [FILE...]``."""
    options = parse(io, words, "aip", _LONG, usage=_USAGE)
    sys = io.sys
    if options.has("i"):
        sys.sigaction(SIGINT, SIG_IGN)
    if options.has("p"):
        sys.sigaction(SIGPIPE, SIG_IGN)
    status = 0
    outputs = {1: "standard output"}
    for name in options.operands:
        try:
            mode = _CREATE | (_APPEND if options.has("a") else _TRUNCATE)
            outputs[sys.open(name, mode)] = name
        except KernelError as error:
            complain_of(io, name, error)
            status = 1
    while outputs:
        data = sys.read(0)
        if not data:
            break
        for fd, name in list(outputs.items()):
            try:
                _write_all(io, fd, data)
            except KernelError as error:
                del outputs[fd]
                if error.errno == EPIPE and options.has("p"):
                    continue
                complain_of(io, name, error)
                status = 1
    return status


def _write_all(io: Io, fd: int, data: bytes) -> None:
    while data:
        data = data[io.sys.write(fd, data) :]
