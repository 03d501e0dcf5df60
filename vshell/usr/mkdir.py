"""mkdir: make directories.

Source: mkdir(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EEXIST, ENOTDIR, KernelError, strerror
from vshell.usr._mode import parse_mode
from vshell.usr._options import parse, usage_error
from vshell.usr._paths import is_directory
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quote, quoteaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._mode import Change

__all__ = ["main"]

_LONG = {"mode=": "m", "parents": "p", "verbose": "v", "context": "Z"}
_USAGE = "[OPTION]... DIRECTORY...\nCreate the DIRECTORY(ies), if they do not already exist."


@program
def main(io: Io, words: list[str]) -> int:
    """Make directories: ``mkdir [-pv] [-m MODE] DIRECTORY...``."""
    options = parse(io, words, "pm:vZ", _LONG, usage=_USAGE)
    if not options.operands:
        usage_error(io, "missing operand")
    change: Change | None = None
    if options.has("m"):
        umask = io.sys.umask(0)
        io.sys.umask(umask)
        change = parse_mode(options.value("m"), umask)
        if change is None:
            io.die(f"invalid mode {quote(options.value('m'))}")
    status = 0
    for name in options.operands:
        try:
            if options.has("p"):
                _make_parents(io, name, verbose=options.has("v"))
            created = _make(io, name, again=options.has("p"), verbose=options.has("v"))
            if created and change is not None:
                io.sys.chmod(name, change(0o777, True))
        except KernelError as error:
            io.complain(f"cannot create directory {quote(name)}: {strerror(error.errno)}")
            status = 1
        except Quit:
            status = 1
    return status


# Make one directory; False if it is there already and may be.
def _make(io: Io, name: str, *, again: bool, verbose: bool) -> bool:
    try:
        io.sys.mkdir(name)
    except KernelError as error:
        if again and error.errno == EEXIST and is_directory(io.sys, name):
            return False
        raise
    if verbose:
        io.out(f"{io.name}: created directory {quoteaf(name)}\n")
    return True


def _make_parents(io: Io, name: str, *, verbose: bool) -> None:
    path = "/" if name.startswith("/") else ""
    for part in [part for part in name.split("/") if part][:-1]:
        path += part
        try:
            _make(io, path, again=True, verbose=verbose)
        except KernelError as error:
            errno = ENOTDIR if error.errno == EEXIST else error.errno
            io.complain(f"cannot create directory {quote(path)}: {strerror(errno)}")
            raise Quit(1) from None
        path += "/"
