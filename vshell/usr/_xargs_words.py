"""The arguments that xargs reads: words with quotes, lines, or what a delimiter ends.

Source: xargs(1), findutils 4.9
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.usr._program import Io

__all__ = ["QuoteError", "delimited", "parse_delimiter", "words_of"]

_BLANKS = " \t"
_ESCAPES = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}


class QuoteError(Exception):
    """A quote is not closed; the text is xargs'."""


def parse_delimiter(text: str) -> bytes | None:
    r"""Read the argument of -d: a character, or an escape such as \n, \0, \x2c; None if wrong."""
    if len(text.encode("utf-8", "surrogateescape")) == 1:
        return text.encode("utf-8", "surrogateescape")
    if not text.startswith("\\") or len(text) < 2:
        return None
    rest = text[1:]
    if rest in _ESCAPES:
        return bytes([_ESCAPES[rest]])
    try:
        value = int(rest[1:], 16) if rest[0] == "x" else int(rest, 8)
    except ValueError:
        return None
    return bytes([value]) if 0 <= value < 256 else None


def delimited(io: Io, fd: int, end: bytes) -> Iterator[str]:
    """Go through what a delimiter ends; quotes mean nothing."""
    rest = b""
    while data := io.sys.read(fd):
        *parts, rest = (rest + data).split(end)
        for part in parts:
            yield part.decode("utf-8", "surrogateescape")
    if rest:
        yield rest.decode("utf-8", "surrogateescape")


def words_of(io: Io, fd: int, *, whole_lines: bool) -> Iterator[tuple[str, bool]]:
    """Go through the words; tell of each whether its line goes on behind it.

    Args:
        io: the program's streams.
        fd: where to read.
        whole_lines: whether blanks within a line belong to its one word.

    Raises:
        QuoteError: a quote is not closed on its line.
    """
    held: str | None = None
    for record in _logical_lines(io, fd):
        words, open_quote = _split(record, whole_lines=whole_lines)
        # A blank at the end of a line joins the next one to it.
        joins = record[-1:] in tuple(_BLANKS) and not record.endswith("\\" + record[-1:])
        for word in words:
            if held is not None:
                yield held, True
            held = word
        if held is not None and not joins and not open_quote:
            yield held, False
            held = None
        if open_quote:
            if held is not None:
                yield held, False
            kind = "single" if open_quote == "'" else "double"
            raise QuoteError(
                f"unmatched {kind} quote; by default quotes are special to xargs unless you use "
                "the -0 option"
            )
    if held is not None:
        yield held, False


# Lines without their newline; a backslash before a newline keeps it within a word.
def _logical_lines(io: Io, fd: int) -> Iterator[str]:
    before = ""
    for record in io.lines(fd):
        text = record.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        backslashes = len(text) - len(text.rstrip("\\"))
        if backslashes % 2 and record.endswith(b"\n"):
            before += text + "\n"
            continue
        yield before + text
        before = ""
    if before:
        yield before


def _split(line: str, *, whole_lines: bool) -> tuple[list[str], str]:
    words: list[str] = []
    word = ""
    inside = False
    quote = ""
    position = 0
    if whole_lines:
        line = line.lstrip(_BLANKS)
    while position < len(line):
        letter = line[position]
        position += 1
        if quote:
            if letter == quote:
                quote = ""
            else:
                word += letter
        elif letter in "'\"":
            quote, inside = letter, True
        elif letter == "\\":
            word += line[position : position + 1]
            position += 1
            inside = True
        elif letter in _BLANKS and not whole_lines:
            if inside:
                words.append(word)
            word, inside = "", False
        else:
            word += letter
            inside = True
    if inside and not quote:
        words.append(word)
    return words, quote
