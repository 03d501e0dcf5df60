"""realpath: print absolute paths without links.

Source: realpath(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import complain_of
from vshell.usr._options import parse, usage_error
from vshell.usr._paths import canonical, relative
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {
    "canonicalize-existing": "e",
    "canonicalize-missing": "m",
    "logical": "L",
    "physical": "P",
    "quiet": "q",
    "relative-to=": "to",
    "relative-base=": "base",
    "strip": "s",
    "no-symlinks": "s",
    "zero": "z",
}
_USAGE = "[OPTION]... FILE...\nPrint the resolved absolute file name;"


@program
def main(io: Io, words: list[str]) -> int:
    """Print absolute paths: ``realpath [-emqsz] [--relative-to=DIR] FILE...``."""
    options = parse(io, words, "eLmPqsz", _LONG, usage=_USAGE)
    if not options.operands:
        usage_error(io, "missing operand")
    missing = {"e": "none", "m": "any"}.get(options.last_of("em"), "last")
    links = options.last_of("sLP") not in ("s", "L")
    base = start = None
    try:
        name = options.value("base")
        base = canonical(io.sys, name, missing, links=links) if name else None
        name = options.value("to") or name
        start = canonical(io.sys, name, missing, links=links) if name else None
    except KernelError as error:
        complain_of(io, name, error)
        return 1
    status = 0
    for name in options.operands:
        try:
            path = canonical(io.sys, name, missing, links=links)
        except KernelError as error:
            if not options.has("q"):
                complain_of(io, name, error)
            status = 1
            continue
        inside = base is None or path == base or path.startswith(base.rstrip("/") + "/")
        if start is not None and inside:
            path = relative(path, start)
        io.out(path + ("\0" if options.has("z") else "\n"))
    return status
