r"""Expected lines: what they match, how output is written as such, and the difference of the two.

An expected line stands for itself, unless it ends in a mark: `` (re)`` makes it a regular
expression, `` (glob)`` a pattern with ``*`` and ``?``, `` (esc)`` says that it holds escapes such
as ``\x1b``, `` (no-eol)`` that no newline ends it. ``...`` alone stands for any number of lines.
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ANY_LINES", "PatternError", "as_lines", "check_pattern", "diff", "matches"]

ANY_LINES = "..."
_NO_EOL = " (no-eol)"
_ESC = " (esc)"
_MARKS = (" (re)", " (glob)", _ESC, _NO_EOL)
_CELLS_MAX = 4_000_000
"""How many pairs of lines an alignment may look at; longer texts lose only their middle's."""


class PatternError(Exception):
    """A pattern is malformed; the text says how."""


def as_lines(output: str) -> tuple[str, ...]:
    """Write output as the lines that expect exactly it.

    Args:
        output: what a terminal showed; undecodable bytes as surrogates.
    """
    if not output:
        return ()
    lines = output.split("\n")
    ends = lines.pop() if output.endswith("\n") else None
    written = [_write(line) for line in lines]
    if ends is None:
        written[-1] = _write(lines[-1], " ") + _NO_EOL
    return tuple(written)


# Written so that it is read back as itself: what cannot stand in a YAML block is escaped, and so is
# what would be taken for a mark.
def _write(line: str, ending: str = "") -> str:
    plain = all(letter.isprintable() or letter == "\t" for letter in line)
    if plain and not (line == ANY_LINES and not ending) and not line.endswith(_MARKS):
        return line
    escaped = "".join(map(_escape, line))
    if escaped == line:
        escaped = f"\\x{ord(line[0]):02x}" + line[1:]
    return escaped + _ESC


def _escape(letter: str) -> str:
    code = ord(letter)
    if letter == "\\":
        return "\\\\"
    if letter.isprintable() or letter == "\t":
        return letter
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return {"\r": "\\r", "\x07": "\\a", "\x08": "\\b"}.get(letter, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_UNESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.IGNORECASE)
_LETTERS = {"\\": "\\", "r": "\r", "n": "\n", "t": "\t", "a": "\x07", "b": "\x08", "e": "\x1b"}


def _unescape(text: str) -> str:
    def letter(found: re.Match[str]) -> str:
        byte, short, long, name = found.groups()
        if byte:
            code = int(byte, 16)
            return chr(code if code < 0x80 else 0xDC00 + code)
        if short or long:
            return chr(int(short or long, 16))
        return _LETTERS.get(name, "\\" + name)

    return _UNESCAPE.sub(letter, text)


def check_pattern(expected: str) -> None:
    """Check that an expected line can match something.

    Raises:
        PatternError: a regular expression or an escape is malformed.
    """
    _pattern(expected)


# What an expected line stands for: a text or a compiled pattern, and whether no newline follows.
@lru_cache(maxsize=4096)
def _pattern(expected: str) -> tuple[str | re.Pattern[str], bool]:
    no_eol = expected.endswith(_NO_EOL)
    text = expected.removesuffix(_NO_EOL)
    if text.endswith(_ESC):
        try:
            return _unescape(text.removesuffix(_ESC)), no_eol
        except (ValueError, OverflowError):
            raise PatternError("no such character in an (esc) line") from None
    if text.endswith(" (re)"):
        try:
            return re.compile(text.removesuffix(" (re)")), no_eol
        except (re.error, RecursionError, OverflowError) as error:
            raise PatternError(f"bad regular expression: {error}") from None
    if text.endswith(" (glob)"):
        return re.compile(_glob(text.removesuffix(" (glob)"))), no_eol
    return text, no_eol


def _glob(text: str) -> str:
    out = []
    letters = iter(text)
    for letter in letters:
        if letter == "*":
            out.append(".*")
        elif letter == "?":
            out.append(".")
        elif letter == "\\":
            out.append(re.escape(next(letters, "\\")))
        else:
            out.append(re.escape(letter))
    return "".join(out)


def _matches_line(expected: str, actual: str) -> bool:
    if expected == actual:
        return True
    wanted, no_eol = _pattern(expected)
    found, found_no_eol = _pattern(actual)
    if no_eol != found_no_eol or not isinstance(found, str):
        return False
    if isinstance(wanted, str):
        return wanted == found
    return wanted.fullmatch(found) is not None


def matches(expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Tell whether output, written by ``as_lines``, is what is expected."""
    place, again_at, again_from = 0, -1, 0
    at = 0
    while at < len(actual):
        if place < len(expected) and expected[place] == ANY_LINES:
            # Takes as few lines as possible at first; a later mismatch lets it take one more.
            again_at, again_from = place, at
            place += 1
        elif place < len(expected) and _matches_line(expected[place], actual[at]):
            place += 1
            at += 1
        elif again_at >= 0:
            again_from += 1
            place, at = again_at + 1, again_from
        else:
            return False
    return all(line == ANY_LINES for line in expected[place:])


def diff(expected: Sequence[str], actual: Sequence[str], context: int = 3) -> list[str]:
    """Give a unified diff; a pattern that matches stands as the line it matched.

    Returns:
        Lines that begin with "@@", " ", "-" or "+".
    """
    pairs = list(_align(expected, actual))
    changed = [number for number, (mark, _) in enumerate(pairs) if mark != " "]
    out: list[str] = []
    shown_to = 0
    for number in changed:
        start = max(number - context, shown_to)
        if start > shown_to or not out:
            old = sum(mark != "+" for mark, _ in pairs[:start]) + 1
            new = sum(mark != "-" for mark, _ in pairs[:start]) + 1
            out.append(f"@@ -{old} +{new} @@")
        stop = min(number + context + 1, len(pairs))
        out += [mark + text for mark, text in pairs[start:stop]]
        shown_to = max(stop, shown_to)
    return out


def _align(expected: Sequence[str], actual: Sequence[str]) -> Iterator[tuple[str, str]]:
    head = 0
    while (
        head < min(len(expected), len(actual))
        and expected[head] != ANY_LINES
        and _matches_line(expected[head], actual[head])
    ):
        yield " ", actual[head]
        head += 1
    rest, lines = expected[head:], actual[head:]
    tail = 0
    while (
        tail < min(len(rest), len(lines))
        and rest[-1 - tail] != ANY_LINES
        and _matches_line(rest[-1 - tail], lines[-1 - tail])
    ):
        tail += 1
    after = lines[len(lines) - tail :]
    yield from _align_middle(rest[: len(rest) - tail], lines[: len(lines) - tail])
    for line in after:
        yield " ", line


def _align_middle(expected: Sequence[str], actual: Sequence[str]) -> Iterator[tuple[str, str]]:
    rows, columns = len(expected), len(actual)
    if rows * columns > _CELLS_MAX:
        yield from (("-", line) for line in expected)
        yield from (("+", line) for line in actual)
        return
    # best[i][j]: how many lines agree from here on, and which step leads there.
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        line, below, row = expected[i], best[i + 1], best[i]
        if line == ANY_LINES:
            row[columns] = below[columns]
            for j in range(columns - 1, -1, -1):
                row[j] = max(below[j], row[j + 1] + 1)
            continue
        for j in range(columns - 1, -1, -1):
            row[j] = max(below[j], row[j + 1])
            if _matches_line(line, actual[j]):
                row[j] = max(row[j], below[j + 1] + 1)
    i = j = 0
    while i < rows or j < columns:
        if i < rows and expected[i] == ANY_LINES:
            if best[i][j] == best[i + 1][j]:
                i += 1
                continue
            yield " ", actual[j]
            j += 1
        elif i < rows and j < columns and _takes(best, expected[i], actual[j], i, j):
            yield " ", actual[j]
            i, j = i + 1, j + 1
        elif i < rows and (j == columns or best[i][j] == best[i + 1][j]):
            yield "-", expected[i]
            i += 1
        else:
            yield "+", actual[j]
            j += 1


def _takes(best: list[list[int]], expected: str, actual: str, i: int, j: int) -> bool:
    return best[i][j] == best[i + 1][j + 1] + 1 and _matches_line(expected, actual)
