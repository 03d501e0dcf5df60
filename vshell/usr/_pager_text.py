"""The text that a pager shows: lines read as they are needed, cut into rows of the screen.

A place in it is a line's number and a row within that line, both from 0.

Source: less(1), less 590
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError
from vshell.usr._width import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io
    from vshell.usr._regex import Regex

    Place = tuple[int, int]
    Cell = tuple[str, str]

__all__ = ["PagerText"]

_READ = 16384
_REVERSE, _REVERSE_OFF = "\x1b[7m", "\x1b[27m"
_BOLD, _BOLD_OFF = "\x1b[1m", "\x1b[0m"
_UNDERLINE, _UNDERLINE_OFF = "\x1b[4m", "\x1b[24m"
_OFF = {_REVERSE: _REVERSE_OFF, _BOLD: _BOLD_OFF, _UNDERLINE: _UNDERLINE_OFF}
_TAB = 8


class PagerText:
    """One text."""

    def __init__(self, io: Io, fd: int) -> None:
        """Begin to read a descriptor."""
        self.io = io
        self.fd = fd
        self.columns = 80
        self.chop = False
        self.colours = False
        self.numbers = False
        self.shift = 0
        """How many columns of chopped lines are left of the screen."""
        self.pattern: Regex | None = None
        """What is highlighted."""
        self.ended = False
        self.interrupted = False
        """Whether reading was interrupted by a signal, since last asked."""
        self.lines: list[str] = []
        self._rest = b""
        self._rows: dict[int, list[str]] = {}

    # -- Reading ----------------------------------------------------------------------------------

    def has_line(self, number: int) -> bool:
        """Tell whether there is such a line; reads up to it."""
        while number >= len(self.lines):
            if not self.read_more():
                return False
        return True

    def read_more(self) -> bool:
        """Read on; tell whether there was something."""
        if self.ended:
            return False
        try:
            data = self.io.sys.read(self.fd, _READ)
        except KernelError as error:
            if error.errno != EINTR:
                raise
            self.interrupted = True
            return False
        if not data:
            self.ended = True
            if self._rest:
                self._add(self._rest)
                self._rest = b""
                return True
            return False
        *parts, self._rest = (self._rest + data).split(b"\n")
        for part in parts:
            self._add(part)
        return True

    def _add(self, line: bytes) -> None:
        self.lines.append(line.decode("utf-8", "surrogateescape"))

    def read_all(self) -> None:
        """Read to the end, or until a signal comes."""
        while self.read_more():
            continue

    def try_again(self) -> bool:
        """Read on behind what was the end; tell whether there is more now."""
        self.ended = False
        count = len(self.lines)
        self.read_all()
        return len(self.lines) > count

    def forget_rows(self) -> None:
        """Cut all lines anew: how they are shown has changed."""
        self._rows.clear()

    # -- Rows -------------------------------------------------------------------------------------

    def rows(self, number: int) -> list[str]:
        """Give a line's rows, as they are written to the terminal."""
        found = self._rows.get(number)
        if found is None:
            if len(self._rows) > 4096:
                self._rows.clear()
            found = self._rows[number] = self._cut(number)
        return found

    def row(self, place: Place) -> str:
        """Give one row."""
        return self.rows(place[0])[place[1]]

    def after(self, place: Place) -> Place | None:
        """Give the row behind, None at the end."""
        line, row = place
        if row + 1 < len(self.rows(line)):
            return line, row + 1
        return (line + 1, 0) if self.has_line(line + 1) else None

    def before(self, place: Place) -> Place | None:
        """Give the row before, None at the beginning."""
        line, row = place
        if row:
            return line, row - 1
        return (line - 1, len(self.rows(line - 1)) - 1) if line else None

    def last(self) -> Place | None:
        """Give the last row, None if there is no text."""
        self.read_all()
        if not self.lines:
            return None
        line = len(self.lines) - 1
        return line, len(self.rows(line)) - 1

    def plain(self, number: int) -> str:
        """Give a line without its looks, as it is searched."""
        return "".join(letter for letter, _ in self._cells(self.lines[number]))

    def _cut(self, number: int) -> list[str]:
        cells = self._cells(self.lines[number])
        self._highlight(cells)
        columns = self.columns - (8 if self.numbers else 0)
        chopped = [_within(cells, self.shift, columns)] if self.chop else None
        pieces = chopped or _folded(cells, columns)
        margin = f"{number + 1:>7} " if self.numbers else ""
        shown = [_written(piece) for piece in pieces]
        return [(margin if not row else " " * len(margin)) + text for row, text in enumerate(shown)]

    # Each character with the look it has: an escape sequence that is on, or "".
    def _cells(self, line: str) -> list[Cell]:
        cells: list[Cell] = []
        look = ""
        position = 0
        while position < len(line):
            letter = line[position]
            position += 1
            if letter == "\x1b" and self.colours and line[position : position + 1] == "[":
                end = position + 1
                while end < len(line) and line[end] in "0123456789;:":
                    end += 1
                if line[end : end + 1] == "m":
                    sequence = line[position - 1 : end + 1]
                    look = "" if sequence in ("\x1b[m", "\x1b[0m") else look + sequence
                    position = end + 1
                    continue
            if letter == "\b" and cells and position < len(line):
                under = cells.pop()[0]
                over = line[position]
                position += 1
                cells.append(_overstruck(under, over))
            elif letter == "\t":
                cells += [(" ", look)] * (_TAB - len(cells) % _TAB)
            elif letter == "\r" and position == len(line):
                continue
            elif letter < " " or letter == "\x7f":
                shown = "ESC" if letter == "\x1b" else "^" + chr(ord(letter) ^ 0x40)
                cells += [(one, _REVERSE) for one in shown]
            elif "\udc80" <= letter <= "\udcff":
                cells += [(one, _REVERSE) for one in f"<{ord(letter) & 0xFF:02X}>"]
            else:
                cells.append((letter, look))
        return cells

    def _highlight(self, cells: list[Cell]) -> None:
        if self.pattern is None:
            return
        text = "".join(letter for letter, _ in cells)
        for start, end in self.pattern.spans(text):
            for at in range(start, end):
                cells[at] = (cells[at][0], _REVERSE)


# What a printer would print bold or underlined.
def _overstruck(under: str, over: str) -> Cell:
    if under == over:
        return over, _BOLD
    if under == "_":
        return over, _UNDERLINE
    return (under, _UNDERLINE) if over == "_" else (over, _BOLD)


def _folded(cells: list[Cell], columns: int) -> list[list[Cell]]:
    pieces: list[list[Cell]] = [[]]
    used = 0
    for cell in cells:
        wide = width(cell[0])
        if used + wide > columns:
            pieces.append([])
            used = 0
        pieces[-1].append(cell)
        used += wide
    return pieces


def _within(cells: list[Cell], shift: int, columns: int) -> list[Cell]:
    piece = _folded(cells[shift:], columns)[0]
    if len(piece) < len(cells) - shift:
        piece = [*piece[: columns - 1], (">", _REVERSE)]
    return piece


def _written(cells: list[Cell]) -> str:
    out = []
    look = ""
    for letter, wanted in cells:
        if wanted != look:
            if look:
                out.append(_OFF.get(look, "\x1b[m"))
            out.append(wanted)
            look = wanted
        out.append(letter)
    if look:
        out.append(_OFF.get(look, "\x1b[m"))
    return "".join(out).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
