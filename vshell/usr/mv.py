"""mv: move or rename files.

Source: mv(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._copy import each_target
from vshell.usr._move import Mover
from vshell.usr._options import parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {
    "backup=?": "b",
    "force": "f",
    "interactive": "i",
    "no-clobber": "n",
    "no-target-directory": "T",
    "strip-trailing-slashes": "strip",
    "suffix=": "S",
    "target-directory=": "t",
    "update": "u",
    "verbose": "v",
}
_USAGE = (
    "[OPTION]... [-T] SOURCE DEST\n"
    "  or:  mv [OPTION]... SOURCE... DIRECTORY\n"
    "  or:  mv [OPTION]... -t DIRECTORY SOURCE..."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Move: ``mv [-bfinTuv] [-t DIRECTORY] SOURCE... TARGET``."""
    options = parse(io, words, "bfint:uvS:TZ", _LONG, usage=_USAGE)
    copier = Mover(io)
    last = options.last_of("fin")
    copier.overwrite = {"i": "ask", "n": "no", "f": "force"}.get(last, "yes")
    copier.update = options.has("u")
    copier.verbose = options.has("v")
    if options.has("b", "S"):
        copier.backup = options.value("S", "~")
    if options.has("strip"):
        options.operands = [name.rstrip("/") or "/" for name in options.operands]
    return each_target(io, options, copier.move)
