"""The text that nano edits: lines, a cursor, what was cut, and what can be undone.

Source: nano(1), GNU nano 7.2
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._regex import Regex

__all__ = ["EditedText"]

_UNDO_MAX = 500


class EditedText:
    """Lines without their newlines; an empty last one stands behind the last newline."""

    def __init__(self, text: str) -> None:
        """Take a file's text."""
        self.lines = text.split("\n")
        self.row = self.column = 0
        self.wanted_column = 0
        self.is_modified = False
        self.cut_lines: list[str] = []
        self.mark: tuple[int, int] | None = None
        self._past: list[tuple[list[str], int, int]] = []
        self._future: list[tuple[list[str], int, int]] = []
        self._kind = ""
        # Cuts that follow each other are pasted together.
        self._was_cut = False

    @property
    def line(self) -> str:
        """The line the cursor is in."""
        return self.lines[self.row]

    @property
    def line_count(self) -> int:
        """How many lines the file has."""
        return len(self.lines) - (self.lines[-1] == "")

    def text(self) -> str:
        """Give what is to be written: the last line ends with a newline, too."""
        text = "\n".join(self.lines)
        return text if not text or text.endswith("\n") else text + "\n"

    # -- Changes ----------------------------------------------------------------------------------

    # What is typed in one go is undone in one go.
    def _remember(self, kind: str = "") -> None:
        if not kind or kind != self._kind:
            self._past.append((list(self.lines), self.row, self.column))
            del self._past[:-_UNDO_MAX]
        self._future.clear()
        self._kind = kind
        self.is_modified = True
        self._was_cut = False

    def end_of_typing(self) -> None:
        """What is typed from here on is undone by itself."""
        self._kind = ""

    def undo(self) -> bool:
        """Take the last change back; tell whether there was one."""
        return self._swap(self._past, self._future)

    def redo(self) -> bool:
        """Do again what was taken back; tell whether there was something."""
        return self._swap(self._future, self._past)

    def _swap(
        self,
        source: list[tuple[list[str], int, int]],
        target: list[tuple[list[str], int, int]],
    ) -> bool:
        if not source:
            return False
        target.append((list(self.lines), self.row, self.column))
        self.lines, self.row, self.column = source.pop()
        self.lines = list(self.lines)
        self._kind = ""
        self.is_modified = True
        self.keep_column()
        return True

    def insert(self, text: str) -> None:
        """Put text in at the cursor."""
        self._remember("insert" if "\n" not in text else "")
        before, after = self.line[: self.column], self.line[self.column :]
        parts = (before + text).split("\n")
        self.lines[self.row : self.row + 1] = [*parts[:-1], parts[-1] + after]
        self.row += len(parts) - 1
        self.column = len(parts[-1])
        self.keep_column()

    def delete(self) -> None:
        """Delete the character under the cursor."""
        if self.column < len(self.line):
            self._remember("delete")
            self.lines[self.row] = self.line[: self.column] + self.line[self.column + 1 :]
        elif self.row + 1 < len(self.lines):
            self._remember()
            self.lines[self.row : self.row + 2] = [self.line + self.lines[self.row + 1]]

    def backspace(self) -> None:
        """Delete the character before the cursor."""
        if self.row or self.column:
            self.left()
            self.delete()

    def cut(self) -> bool:
        """Cut what is marked, or the line; tell whether there was something."""
        if self.mark is not None:
            first, last = sorted((self.mark, (self.row, self.column)))
            found = self._between(first, last)
            self._remember()
            self.lines[first[0] : last[0] + 1] = [
                self.lines[first[0]][: first[1]] + self.lines[last[0]][last[1] :]
            ]
            self.row, self.column = first
            self.cut_lines = found
            self.mark = None
            return True
        if self.row == len(self.lines) - 1 and not self.line:
            return False
        goes_on = self._was_cut
        line = self.line
        self._remember()
        if self.row + 1 < len(self.lines):
            del self.lines[self.row]
        else:
            self.lines[self.row] = ""
        kept = self.cut_lines[:-1] if goes_on else []
        self.cut_lines = [*kept, line, ""]
        self.column = 0
        self._was_cut = True
        self.keep_column()
        return True

    def copy(self) -> None:
        """Keep what is marked, or the line, for pasting."""
        if self.mark is not None:
            first, last = sorted((self.mark, (self.row, self.column)))
            self.cut_lines = self._between(first, last)
            self.mark = None
            return
        self.cut_lines = [self.line, ""]
        if self.row + 1 < len(self.lines):
            self.row, self.column = self.row + 1, 0

    def _between(self, first: tuple[int, int], last: tuple[int, int]) -> list[str]:
        if first[0] == last[0]:
            return [self.lines[first[0]][first[1] : last[1]]]
        inside = self.lines[first[0] + 1 : last[0]]
        return [self.lines[first[0]][first[1] :], *inside, self.lines[last[0]][: last[1]]]

    def paste(self) -> bool:
        """Put in what was cut; tell whether there is something."""
        if not self.cut_lines:
            return False
        self.insert("\n".join(self.cut_lines))
        self.end_of_typing()
        return True

    # -- The cursor -------------------------------------------------------------------------------

    def keep_column(self) -> None:
        """Go up and down in this column from now on."""
        self.wanted_column = self.column

    def left(self) -> None:
        """Go one character back."""
        if self.column:
            self.column -= 1
        elif self.row:
            self.row -= 1
            self.column = len(self.line)
        self.keep_column()

    def right(self) -> None:
        """Go one character on."""
        if self.column < len(self.line):
            self.column += 1
        elif self.row + 1 < len(self.lines):
            self.row, self.column = self.row + 1, 0
        self.keep_column()

    def down(self, count: int) -> None:
        """Go so many lines down, or up."""
        self.row = max(0, min(self.row + count, len(self.lines) - 1))
        self.column = min(self.wanted_column, len(self.line))

    def home(self) -> None:
        """Go to the beginning of the line."""
        self.column = 0
        self.keep_column()

    def end(self) -> None:
        """Go to the end of the line."""
        self.column = len(self.line)
        self.keep_column()

    def go(self, row: int, column: int = 0) -> None:
        """Go to a place; one that is not there is the nearest one."""
        self.row = max(0, min(row, len(self.lines) - 1))
        self.column = max(0, min(column, len(self.line)))
        self.keep_column()

    def word(self, *, forward: bool) -> None:
        """Go to the next word, or back to the beginning of one."""
        step = self.right if forward else self.left
        place = (-1, -1)
        while place != (self.row, self.column):
            place = (self.row, self.column)
            step()
            here = self.line[self.column : self.column + 1]
            before = self.line[self.column - 1 : self.column] if self.column else ""
            if (here.isalnum() or here == "_") and not (before.isalnum() or before == "_"):
                return

    # -- Searching --------------------------------------------------------------------------------

    def find(self, pattern: Regex) -> tuple[int, int] | None:
        """Find the next match behind the cursor, from the beginning again if need be."""
        count = len(self.lines)
        for step in range(count + 1):
            row = (self.row + step) % count
            start = self.column + 1 if not step else 0
            if start > len(self.lines[row]):
                continue
            found = pattern.search(self.lines[row], start)
            if found is not None:
                return row, found.start()
        return None

    def replace(self, pattern: Regex, text: str, row: int, column: int) -> None:
        """Replace the match at a place, and go behind it."""
        found = pattern.search(self.lines[row], column)
        assert found is not None
        self._remember()
        line = self.lines[row]
        self.lines[row] = line[: found.start()] + text + line[found.end() :]
        self.go(row, found.start() + len(text))
