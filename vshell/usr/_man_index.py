"""The index of the manual's pages, for whatis and apropos.

Source: whatis(1), apropos(1), man-db 2.11.2
Differs: the index is text, a page a line: name, section and what it is, with tabs between them.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._glob import compile_glob
from vshell.usr._regex import RegexError, compile_posix
from vshell.usr._terminal import terminal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._program import Io

__all__ = ["NOT_FOUND", "look_up"]

NOT_FOUND = 16
"""The exit code for nothing found."""
_INDEX = "/var/cache/man/index.db"


def look_up(
    io: Io,
    words: list[str],
    *,
    sections: list[str],
    names_only: bool,
    how: str,
    every: bool,
    long: bool,
) -> int:
    """Print the pages that words are about.

    Args:
        io: the program's streams.
        words: what is looked for.
        sections: in which only; none for all.
        names_only: whether a word must be a page's name.
        how: "exact", "wildcard", "regex" or "" for the program's own way.
        every: whether all the words must fit.
        long: whether lines may be wider than the terminal.

    Returns:
        The exit code.
    """
    try:
        lines = io.read_text(_INDEX).splitlines()
    except KernelError:
        lines = []
    entries = [line.split("\t", 2) for line in lines]
    entries = [one for one in entries if not sections or one[1] in sections]
    tests = [_test(io, word, names_only=names_only, how=how) for word in words]
    found = [False] * len(words)
    shown = []
    size = terminal_size(io) if io.sys.isatty(1) and not long else None
    width = size[0] if size else 0
    for name, section, text in entries:
        hits = [test(name, text) for test in tests]
        found = [before or hit for before, hit in zip(found, hits, strict=True)]
        if all(hits) if every else any(hits):
            place = f"{name} ({section})"
            shown.append(_cut(f"{place:<20} - {text}", width) + "\n")
    io.out("".join(shown))
    for word, was_found in zip(words, found, strict=True):
        if not was_found or (every and not shown):
            io.err(f"{word}: nothing appropriate.\n")
    return 0 if shown and all(found) else NOT_FOUND


def _cut(line: str, width: int) -> str:
    return f"{line[: width - 3]}..." if width and len(line) > width else line


def _test(io: Io, word: str, *, names_only: bool, how: str) -> Callable[[str, str], bool]:
    if how == "wildcard":
        glob = compile_glob(word)
        if names_only:
            return lambda name, _text: glob.match(name) is not None
        return lambda name, text: any(glob.match(one) for one in (name, text, *text.split()))
    if how == "exact" or (names_only and how != "regex"):
        plain = word.lower()
        if names_only:
            return lambda name, _text: name.lower() == plain
        return lambda name, text: name.lower() == plain or plain in text.lower().split()
    try:
        regex = compile_posix(word, extended=True, ignore_case=True)
    except RegexError as error:
        io.complain(f"fatal: regex `{word}': {error}")
        return lambda _name, _text: False
    if names_only:
        return lambda name, _text: regex.matches(name)
    return lambda name, text: regex.matches(name) or regex.matches(text)
