"""basename: print the last part of a path.

Source: basename(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import parse, usage_error
from vshell.usr._paths import base_name
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_LONG = {"multiple": "a", "suffix=": "s", "zero": "z"}
_USAGE = (
    "NAME [SUFFIX]\n"
    "  or:  basename OPTION... NAME...\n"
    "Print NAME with any leading directory components removed."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Print last parts: ``basename NAME [SUFFIX]``, ``basename [-az] [-s SUFFIX] NAME...``."""
    options = parse(io, words, "as:z", _LONG, usage=_USAGE, permute=False)
    names = options.operands
    if not names:
        usage_error(io, "missing operand")
    suffix = options.value("s")
    if not options.has("a", "s"):
        if len(names) > 2:
            usage_error(io, f"extra operand {quote(names[2])}")
        suffix = names.pop() if len(names) > 1 else ""
    for name in names:
        base = base_name(name)
        if suffix and base != suffix and not base.startswith("/"):
            base = base.removesuffix(suffix)
        io.out(base + ("\0" if options.has("z") else "\n"))
    return 0
