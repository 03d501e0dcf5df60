"""printenv: print the environment.

Source: printenv(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_USAGE = "[OPTION]... [VARIABLE]...\nPrint the values of the specified environment VARIABLE(s)."


@program
def main(io: Io, words: list[str]) -> int:
    """Print variables: ``printenv [-0] [NAME...]``."""
    io.write_status = 2
    options = parse(io, words, "0", {"null": "0"}, usage=_USAGE, status=2, permute=False)
    end = "\0" if options.has("0") else "\n"
    environ = io.sys.environ()
    if not options.operands:
        io.out("".join(f"{name}={value}{end}" for name, value in environ.items()))
        return 0
    status = 0
    for name in options.operands:
        if name in environ:
            io.out(environ[name] + end)
        else:
            status = 1
    return status
