"""Searching the history: a few letters of a line, in their order, find it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples

__all__ = ["HistorySearch", "find_lines"]

_HITS_MAX = 8
_LINES_MAX = 20_000


def find_lines(query: str, lines: Iterable[str], hits_max: int = _HITS_MAX) -> list[str]:
    """Find the lines that have the query's words, each as letters in their order.

    A line that has a word as it is comes before one that has its letters only, one in which they
    stand closer together before one in which they are far apart, and the newer before the older.
    Capital letters in the query count.

    Args:
        query: words; "" finds every line.
        lines: the newest first; each is given once.
        hits_max: how many to give at most.
    """
    words = query.split()
    found: list[tuple[int, int, str]] = []
    seen = set()
    for age, line in enumerate(lines):
        if age >= _LINES_MAX:
            break
        if line in seen or not line.strip():
            continue
        seen.add(line)
        spread = 0
        for word in words:
            loose = _spread(word, line if word != word.lower() else line.lower())
            if loose < 0:
                break
            spread += loose
        else:
            found.append((spread, age, line))
    return [line for _, _, line in sorted(found)[:hits_max]]


# How many letters stand between those of a word, at least; -1 if they are not all there.
def _spread(word: str, line: str) -> int:
    if word in line:
        return 0
    best = -1
    start = line.find(word[0])
    while start >= 0:
        at = start
        for letter in word[1:]:
            at = line.find(letter, at + 1)
            if at < 0:
                return best
        loose = at - start + 1 - len(word) + 1
        best = loose if best < 0 else min(best, loose)
        start = line.find(word[0], start + 1)
    return best


class HistorySearch:
    """A search in a buffer's history: the line that is edited is the query."""

    def __init__(self, buffer: Buffer) -> None:
        """Search nothing yet."""
        self._buffer = buffer
        self._before: Document | None = None
        self._hits: list[str] = []
        self._chosen = 0
        buffer.on_text_changed += lambda _: self._find()

    @property
    def is_on(self) -> bool:
        """Whether a search goes on."""
        return self._before is not None

    def begin(self) -> None:
        """Begin; what is typed already is looked for."""
        self._before = self._buffer.document
        self._find()

    def move(self, by: int) -> None:
        """Choose another of the lines found; a positive number goes back in time."""
        if self._hits:
            self._chosen = (self._chosen + by) % len(self._hits)

    def accept(self) -> bool:
        """Take the chosen line; tell whether there is one."""
        before, self._before = self._before, None
        if self._hits:
            self._buffer.text = self._hits[self._chosen]
            self._buffer.cursor_position = len(self._buffer.text)
            return True
        if before is not None:
            self._buffer.document = before
        return False

    def give_up(self) -> None:
        """Have the line as it was."""
        before, self._before = self._before, None
        if before is not None:
            self._buffer.document = before

    def _find(self) -> None:
        if not self.is_on:
            return
        self._chosen = 0
        lines = reversed(self._buffer.history.get_strings())
        self._hits = find_lines(self._buffer.text, lines)

    def rows(self, columns: int) -> StyleAndTextTuples:
        """Give the lines found, the best one first, as the toolbar shows them.

        Args: columns: how wide the toolbar is.
        """
        if not self._hits:
            return [("class:bottom-toolbar", "nothing in the history is like it")]
        rows: StyleAndTextTuples = []
        for number, hit in enumerate(self._hits):
            shown = " ".join(hit.split("\n"))
            shown = shown if len(shown) < columns else f"{shown[: columns - 2]}\u2026"
            kind = "chosen" if number == self._chosen else "hit"
            rows += [(f"class:bottom-toolbar.{kind}", shown), ("", "\n")]
        return rows[:-1]
