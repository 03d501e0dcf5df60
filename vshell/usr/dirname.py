"""dirname: print a path without its last part.

Source: dirname(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._paths import folder_name
from vshell.usr._program import Io, program

__all__ = ["main"]

_USAGE = (
    "[OPTION] NAME...\n"
    "Output each NAME with its last non-slash component and trailing slashes removed;"
)


@program
def main(io: Io, words: list[str]) -> int:
    """Print the directories of paths: ``dirname [-z] NAME...``."""
    options = parse(io, words, "z", {"zero": "z"}, usage=_USAGE)
    if not options.operands:
        usage_error(io, "missing operand")
    for name in options.operands:
        io.out(folder_name(name) + ("\0" if options.has("z") else "\n"))
    return 0
