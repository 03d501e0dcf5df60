"""rmdir: remove empty directories.

Source: rmdir(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import ENOTEMPTY, KernelError, strerror
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quoteaf

__all__ = ["main"]

_LONG = {"ignore-fail-on-non-empty": "ignore", "parents": "p", "verbose": "v"}
_USAGE = "[OPTION]... DIRECTORY...\nRemove the DIRECTORY(ies), if they are empty."


@program
def main(io: Io, words: list[str]) -> int:
    """Remove directories: ``rmdir [-pv] DIRECTORY...``."""
    options = parse(io, words, "pv", _LONG, usage=_USAGE)
    if not options.operands:
        usage_error(io, "missing operand")
    done = [_remove(io, name, options, "") for name in options.operands]
    if options.has("p"):
        for number, name in enumerate(options.operands):
            done[number] = done[number] and _remove_parents(io, name, options)
    return 0 if all(done) else 1


def _remove(io: Io, name: str, options: Options, what: str) -> bool:
    if options.has("v"):
        io.out(f"{io.name}: removing directory, {quoteaf(name)}\n")
    try:
        io.sys.rmdir(name)
    except KernelError as error:
        if error.errno == ENOTEMPTY and options.has("ignore"):
            return True
        io.complain(f"failed to remove {what}{quoteaf(name)}: {strerror(error.errno)}")
        return False
    return True


def _remove_parents(io: Io, name: str, options: Options) -> bool:
    path = name.rstrip("/")
    while "/" in path:
        path = path.rpartition("/")[0].rstrip("/")
        if not path:
            break
        if not _remove(io, path, options, "directory "):
            return False
    return True
