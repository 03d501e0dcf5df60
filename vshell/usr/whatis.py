"""whatis: tell what programs and kernel functions are, in a line.

Source: whatis(1), man-db 2.11.2
"""

from __future__ import annotations

from vshell.usr._man_index import look_up
from vshell.usr._options import parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {
    "long": "l",
    "regex": "r",
    "section=": "s",
    "sections=": "s",
    "wildcard": "w",
}
_USAGE = "[OPTION...] KEYWORD..."


@program
def main(io: Io, words: list[str]) -> int:
    """Describe pages: ``whatis [-rw] [-s LIST] NAME...``."""
    options = parse(io, words, "adelrs:w", _LONG, usage=_USAGE, package="2.11.2")
    if not options.operands:
        io.out(f"{io.name} what?\n")
        return 1
    sections = [one for value in options.values("s") for one in value.replace(":", ",").split(",")]
    how = {"e": "exact", "w": "wildcard", "r": "regex"}.get(options.last_of("ewr"), "")
    return look_up(
        io,
        options.operands,
        sections=sections,
        names_only=True,
        how=how,
        every=options.has("a"),
        long=options.has("l"),
    )
