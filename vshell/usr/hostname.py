"""hostname: print or set the host's name.

Source: hostname(1), hostname 3.23
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {
    "alias": "a",
    "all-fqdns": "A",
    "boot": "b",
    "domain": "d",
    "fqdn": "f",
    "long": "f",
    "file=": "F",
    "ip-address": "i",
    "all-ip-addresses": "I",
    "short": "s",
    "yp": "y",
    "nis": "y",
}
_USAGE = (
    "[-b] {hostname|-F file}         set host name (from file)\n"
    "       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name\n"
    "       hostname                                 display host name\n"
)


@program
def main(io: Io, words: list[str]) -> int:
    """Print the name: ``hostname [-adfiIs]``; set it: ``hostname [-b] NAME`` or ``-F FILE``."""
    options = parse(
        io,
        words,
        "aAbdfF:hiIsyV",
        _LONG,
        usage=_USAGE,
        package="3.23",
        status=255,
        hint=f"Usage: {io.name} {_USAGE}",
    )
    if options.has("h"):
        io.out(f"Usage: {io.name} {_USAGE}")
        return 0
    if len(options.operands) > 1:
        io.err(f"Usage: {io.name} {_USAGE}")
        return 255
    if options.operands or options.has("F"):
        return _set(io, options)
    name = io.sys.uname().nodename
    kind = options.last_of("aAdfiIsy")
    if kind in ("i", "I"):
        io.out(_address(io, name) + (" \n" if kind == "I" else "\n"))
    elif kind in ("a", "d", "y"):
        io.out("\n" if kind != "d" or "." not in name else name.partition(".")[2] + "\n")
    else:
        io.out(name.partition(".")[0] + "\n" if kind == "s" else name + "\n")
    return 0


def _set(io: Io, options: Options) -> int:
    try:
        if options.has("F"):
            lines = io.read_text(options.value("F")).splitlines()
            name = next((line.strip() for line in lines if line.strip() and line[0] != "#"), "")
        else:
            name = options.operands[0]
        io.sys.sethostname(name)
    except KernelError as error:
        if error.errno == 1:
            io.die("you must be root to change the host name")
        io.die(f"can't open `{options.value('F')}'")
    return 0


def _address(io: Io, name: str) -> str:
    try:
        lines = io.read_text("/etc/hosts").splitlines()
    except KernelError:
        lines = []
    for line in lines:
        address, *names = line.split() or [""]
        if name in names:
            return address
    return "127.0.0.1"
