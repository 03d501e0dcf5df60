r"""Expected lines: what they match, how output is written as such, and the difference of the two.

An expected line stands for itself, unless it ends in a mark: `` (re)`` makes it a regular
expression, `` (glob)`` a pattern with ``*`` and ``?``, `` (esc)`` says that it holds escapes such
as ``\x1b``, `` (no-eol)`` that no newline ends it. ``...`` alone stands for any number of lines.

What nobody could see, or an editor might take away, is never written as it is: control characters,
blanks at a line's end and bytes that are no UTF-8 become escapes.
"""

from __future__ import annotations

import re
import signal
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import NoReturn

__all__ = [
    "ANY_LINES",
    "PatternError",
    "as_lines",
    "check_pattern",
    "diff",
    "matches",
    "with_escaped_start",
]

ANY_LINES = "..."
_NO_EOL = " (no-eol)"
_ESC = " (esc)"
_MARKS = (" (re)", " (glob)", _ESC, _NO_EOL)
_CELLS_MAX = 1_000_000
"""How many pairs of lines an alignment looks at; of longer texts only the ends are aligned."""
_PATTERN_SECONDS_MAX = 2.0
"""Real seconds that one regular expression may think about one line."""
_LETTERS = {"\\": "\\", "r": "\r", "n": "\n", "t": "\t", "a": "\x07", "b": "\x08", "e": "\x1b"}
_NAMES = {"\\": "\\\\", "\r": "\\r", "\t": "\\t", "\x07": "\\a", "\x08": "\\b"}
_UNESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")


class PatternError(Exception):
    """A pattern is malformed, or takes too long; the text says how."""


# -- Writing --------------------------------------------------------------------------------------


def as_lines(output: str) -> tuple[str, ...]:
    """Write output as the lines that expect exactly it.

    Args:
        output: what a terminal showed; undecodable bytes as surrogates.
    """
    if not output:
        return ()
    lines = output.split("\n")
    last = lines.pop()
    written = [_write(line) for line in lines]
    if last:
        # The mark that follows keeps blanks at the end visible, and "..." from standing alone.
        shown = last if _is_plain(last) and not last.endswith(_MARKS) else _escaped(last)
        written.append(shown + _NO_EOL)
    return tuple(written)


def _write(line: str) -> str:
    is_blank_ended = line[-1:] in (" ", "\t")
    if _is_plain(line) and not is_blank_ended and line != ANY_LINES and not line.endswith(_MARKS):
        return line
    return _escaped(line)


def _is_plain(line: str) -> bool:
    return line.isprintable() or line.replace("\t", "").isprintable()


# Only what needs it is escaped; if nothing does, the first character is, so that the line is no
# mark and no "..." any more.
def _escaped(line: str) -> str:
    body, end = line[:-1], line[-1]
    shown = "".join(map(_escape, body)) + (_code(end) if end in " \t" else _escape(end))
    return (_code(line[0]) + line[1:] if shown == line else shown) + _ESC


def _escape(letter: str) -> str:
    if letter == "\\":
        return "\\\\"
    return letter if letter.isprintable() or letter == "\t" else _code(letter)


def _code(letter: str) -> str:
    code = ord(letter)
    if letter in _NAMES:
        return _NAMES[letter]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def with_escaped_start(line: str) -> str:
    """Write a line of ``as_lines`` so that it begins with an escape and means the same.

    For places where what a line begins with has a meaning of its own.
    """
    text, no_eol = _literal(line)
    body = _code(text[0]) + "".join(map(_escape, text[1:-1])) if text else ""
    end = text[1:][-1:]
    body += _code(end) if end in " \t" and end else "".join(map(_escape, end))
    return body + _ESC + (_NO_EOL if no_eol else "")


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


# -- Matching -------------------------------------------------------------------------------------


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
    letters = iter(re.sub(r"\*+", "*", text))
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


# What a line of output says: its text, and whether no newline follows.
def _literal(actual: str) -> tuple[str, bool]:
    if not actual.endswith((_ESC, _NO_EOL)):
        return actual, False
    text, no_eol = _pattern(actual)
    assert isinstance(text, str), "output is written by as_lines()"
    return text, no_eol


def _agrees(wanted: tuple[str | re.Pattern[str], bool], found: tuple[str, bool]) -> bool:
    text, no_eol = wanted
    if isinstance(text, str):
        return wanted == found
    return no_eol == found[1] and _fullmatch(text, found[0])


_TOO_SLOW: set[str] = set()


# Some expressions take longer than anyone would wait: a line of 30 letters is enough. The alarm
# interrupts them; where none can be set (another thread than the main one), they are not limited.
def _fullmatch(pattern: re.Pattern[str], text: str) -> bool:
    if pattern.pattern in _TOO_SLOW:
        _complain_of(pattern)
    if sum(map(pattern.pattern.count, "*+{")) < 2:
        return pattern.fullmatch(text) is not None
    try:
        former = signal.signal(signal.SIGALRM, lambda *_: _complain_of(pattern))
    except ValueError:
        return pattern.fullmatch(text) is not None
    left_s, interval_s = signal.setitimer(signal.ITIMER_REAL, _PATTERN_SECONDS_MAX)
    try:
        return pattern.fullmatch(text) is not None
    finally:
        signal.setitimer(signal.ITIMER_REAL, left_s, interval_s)
        signal.signal(signal.SIGALRM, former)


def _complain_of(pattern: re.Pattern[str]) -> NoReturn:
    _TOO_SLOW.add(pattern.pattern)
    raise PatternError(f"the regular expression takes too long: {pattern.pattern}")


def matches(expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Tell whether output, written by ``as_lines``, is what is expected.

    Raises:
        PatternError: a regular expression takes too long.
    """
    wanted = [None if line == ANY_LINES else _pattern(line) for line in expected]
    found = [_literal(line) for line in actual]
    place, at = 0, 0
    again_at, again_from = -1, 0
    while at < len(found):
        is_within = place < len(wanted)
        want = wanted[place] if is_within else None
        if is_within and want is None:
            # Takes as few lines as possible at first; a later mismatch lets it take one more.
            again_at, again_from = place, at
            place += 1
        elif want is not None and _agrees(want, found[at]):
            place += 1
            at += 1
        elif again_at >= 0:
            again_from += 1
            place, at = again_at + 1, again_from
        else:
            return False
    return all(want is None for want in wanted[place:])


# -- The difference -------------------------------------------------------------------------------


def diff(
    expected: Sequence[str], actual: Sequence[str], context: int = 3, first: int = 1
) -> list[str]:
    """Give a unified diff; a pattern that matches stands as the lines it matched.

    Args:
        expected: the lines as written.
        actual: output, written by ``as_lines``.
        context: how many lines that agree are shown around those that do not.
        first: the number of the first expected line, in its file.

    Returns:
        Lines that begin with "@@", " ", "-" or "+".
    """
    pairs = list(_align(expected, actual))
    changed = [number for number, (mark, _, _) in enumerate(pairs) if mark != " "]
    out: list[str] = []
    shown_to = 0
    for number in changed:
        start = max(number - context, shown_to)
        if start > shown_to or not out:
            new = sum(mark != "-" for mark, _, _ in pairs[:start])
            out.append(f"@@ -{first + pairs[start][2]} +{first + new} @@")
        stop = min(number + context + 1, len(pairs))
        out += [mark + text for mark, text, _ in pairs[start:stop]]
        shown_to = max(stop, shown_to)
    return out


# Yields a mark, a line, and at which expected line it stands (counted from 0).
def _align(expected: Sequence[str], actual: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    head = 0
    shorter = min(len(expected), len(actual))
    while head < shorter and _agree(expected[head], actual[head]):
        yield " ", actual[head], head
        head += 1
    tail = 0
    while tail < shorter - head and _agree(expected[-1 - tail], actual[-1 - tail]):
        tail += 1
    rows, columns = len(expected) - tail, len(actual) - tail
    yield from _align_middle(expected[head:rows], actual[head:columns], head)
    for number in range(tail):
        yield " ", actual[columns + number], rows + number


def _agree(expected: str, actual: str) -> bool:
    if expected == ANY_LINES:
        return False
    try:
        return _agrees(_pattern(expected), _literal(actual))
    except PatternError:
        return False


# As few changes as can be, where "..." may stand for many lines.
def _align_middle(
    expected: Sequence[str], actual: Sequence[str], first: int
) -> Iterator[tuple[str, str, int]]:
    rows, columns = len(expected), len(actual)
    if rows * columns > _CELLS_MAX:
        yield from (("-", line, first + i) for i, line in enumerate(expected))
        yield from (("+", line, first + rows) for line in actual)
        return
    hits = [_hits(line, actual) for line in expected]
    least = _changes(expected, hits, columns)
    i = j = 0
    while i < rows or j < columns:
        if i < rows and expected[i] == ANY_LINES:
            if least[i][j] == least[i + 1][j]:
                i += 1
                continue
            yield " ", actual[j], first + i
            j += 1
        elif i < rows and j in hits[i] and least[i][j] == least[i + 1][j + 1]:
            yield " ", actual[j], first + i
            i, j = i + 1, j + 1
        elif i < rows and least[i][j] == least[i + 1][j] + 1:
            yield "-", expected[i], first + i
            i += 1
        else:
            yield "+", actual[j], first + i
            j += 1


def _hits(expected: str, actual: Sequence[str]) -> set[int]:
    return {j for j, line in enumerate(actual) if _agree(expected, line)}


# least[i][j]: how many changes it takes at least from expected[i:] to actual[j:].
def _changes(expected: Sequence[str], hits: Sequence[set[int]], columns: int) -> list[list[int]]:
    least = [list(range(columns, -1, -1)) for _ in range(len(expected) + 1)]
    for i in range(len(expected) - 1, -1, -1):
        below, row, hit = least[i + 1], least[i], hits[i]
        is_any = expected[i] == ANY_LINES
        row[columns] = below[columns] + (not is_any)
        for j in range(columns - 1, -1, -1):
            if is_any:
                row[j] = min(below[j], row[j + 1])
            elif j in hit:
                row[j] = below[j + 1]
            else:
                row[j] = min(below[j], row[j + 1]) + 1
    return least
