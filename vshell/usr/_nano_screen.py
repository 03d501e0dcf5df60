"""nano's screen: a title, the text, a line for messages and questions, two lines of keys.

Only rows that have changed are written.

Source: nano(1), GNU nano 7.2
"""

from __future__ import annotations

from vshell.usr._terminal import terminal_size
from vshell.usr._width import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._nano_text import EditedText
    from vshell.usr._program import Io

    Keys = tuple[tuple[str, str], ...]

__all__ = ["MAIN_KEYS", "Screen"]

_ENTER = "\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b="
_LEAVE = "\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t"
_REVERSE, _NORMAL = "\x1b[7m", "\x1b[m"
_ALARM = "\x1b[1;37;41m"
_TAB = 8
_CHOICE_WIDTH = 16
MAIN_KEYS: Keys = (
    ("^G", "Help"),
    ("^X", "Exit"),
    ("^O", "Write Out"),
    ("^R", "Read File"),
    ("^W", "Where Is"),
    ("^\\", "Replace"),
    ("^K", "Cut"),
    ("^U", "Paste"),
    ("^T", "Execute"),
    ("^J", "Justify"),
    ("^C", "Location"),
    ("^/", "Go To Line"),
    ("M-U", "Undo"),
    ("M-E", "Redo"),
    ("M-A", "Set Mark"),
    ("M-6", "Copy"),
)
"""What the last two lines show, from the top left down and on to the right."""


class Screen:
    """The screen."""

    def __init__(self, io: Io) -> None:
        """Take the terminal's size."""
        self.io = io
        self.top = 0
        """Which line of the text the first row shows."""
        self.numbers = False
        self._shown: list[str] = []
        self.measure()

    def measure(self) -> None:
        """Find out how large the window is; everything will be written anew."""
        self.columns, self.rows = terminal_size(self.io) or (80, 24)
        self.text_rows = max(self.rows - 4, 1)
        self._shown = [""] * self.rows
        self.io.out("\x1b[H\x1b[2J")

    def enter(self) -> None:
        """Begin."""
        self.io.out(_ENTER)
        self.measure()

    def leave(self) -> None:
        """Give the terminal back as it was."""
        self.io.out(f"\x1b[{self.rows};1H\x1b[K{_LEAVE}")
        self.io.flush()

    # -- Drawing ----------------------------------------------------------------------------------

    def draw(
        self, title: str, text: EditedText, status: str, keys: Keys, *, is_alarm: bool = False
    ) -> None:
        """Show the text.

        Args:
            title: the file's name.
            text: what is edited.
            status: a message, "" for none.
            keys: what the last two lines show.
            is_alarm: whether the message is one that should be seen.
        """
        self.follow(text)
        margin = max(len(str(len(text.lines))), 2) + 1 if self.numbers else 0
        room = self.columns - margin
        shown = range(self.top, self.top + self.text_rows)
        rows = [self.title(title, is_modified=text.is_modified)]
        rows += [self.text_row(text, at, margin, room) for at in shown]
        rows.append(
            self.centred(f"[ {status} ]", _ALARM if is_alarm else _REVERSE) if status else ""
        )
        rows += self.key_rows(keys)
        column = columns_before(text.line, text.column)
        start = page_start(column, room)
        self.write(rows, text.row - self.top + 2, margin + column - start + 1)

    # Have the cursor's line on the screen: half a screen away from where it left it.
    def follow(self, text: EditedText) -> None:
        if not self.top <= text.row < self.top + self.text_rows:
            self.top = max(text.row - self.text_rows // 2, 0)

    def title(self, name: str, *, is_modified: bool) -> str:
        left = "  GNU nano 7.2"
        before = max((self.columns - len(name) + 5) // 2, len(left) + 1)
        row = f"{left}{' ' * (before - len(left))}{name}{' *' if is_modified else ''}"
        return f"{_REVERSE}{row[: self.columns]:<{self.columns}}{_NORMAL}"

    def text_row(self, text: EditedText, at: int, margin: int, room: int) -> str:
        if at >= len(text.lines):
            return ""
        number = f"{_REVERSE}{at + 1:>{margin - 1}}{_NORMAL} " if margin else ""
        line = text.lines[at]
        column = columns_before(line, text.column) if at == text.row else 0
        start = page_start(column, room)
        marked = self.marked_span(text, at)
        shown = _expanded(line)
        cells = shown[start : start + room]
        if len(shown) > start + room:
            cells = [*cells[:-1], f"{_REVERSE}>{_NORMAL}"]
        if start:
            cells = [f"{_REVERSE}<{_NORMAL}", *cells[1:]]
        if marked is not None:
            first = max(columns_before(line, marked[0]) - start, 0)
            last = max(columns_before(line, marked[1]) - start, 0)
            cells = [
                *cells[:first],
                _REVERSE,
                *cells[first:last],
                _NORMAL,
                *cells[last:],
            ]
        return number + "".join(cells)

    def marked_span(self, text: EditedText, at: int) -> tuple[int, int] | None:
        if text.mark is None:
            return None
        first, last = sorted((text.mark, (text.row, text.column)))
        if not first[0] <= at <= last[0]:
            return None
        start = first[1] if at == first[0] else 0
        end = last[1] if at == last[0] else len(text.lines[at])
        return start, end

    def centred(self, text: str, look: str) -> str:
        text = text[: self.columns]
        before = max((self.columns - len(text)) // 2, 0)
        return f"{' ' * before}{look}{text}{_NORMAL}"

    def key_rows(self, keys: Keys) -> list[str]:
        count = max(min((self.columns + 40) // 20, (len(keys) + 1) // 2), 1)
        wide = self.columns // count
        if keys[0][0] == " Y":
            wide = _CHOICE_WIDTH
        rows = ["", ""]
        for at, (key, label) in enumerate(keys[: count * 2]):
            shown = label[: wide - len(key) - 1] if wide > len(key) + 1 else ""
            gap = wide - len(key) - 1 - len(shown)
            rows[at % 2] += f"{_REVERSE}{key}{_NORMAL} {shown}{' ' * gap}" if key else " " * wide
        return [row.rstrip() for row in rows]

    # Write the rows that differ from what is there, and put the cursor somewhere.
    def write(self, rows: list[str], row: int, column: int) -> None:
        out = ["\x1b[?25l"]
        for at, text in enumerate(rows[: self.rows]):
            if self._shown[at] != text:
                self._shown[at] = text
                out.append(f"\x1b[{at + 1};1H{text}{_NORMAL}\x1b[K")
        out.append(f"\x1b[{row};{column}H\x1b[?25h")
        self.io.out("".join(out))
        self.io.flush()

    def ask(self, question: str, typed: str, keys: Keys) -> None:
        """Show a question in the line above the keys, with what has been typed."""
        text = f"{question}{typed}"
        cut = text[-(self.columns - 1) :]
        rows = list(self._shown)
        rows[self.rows - 3] = f"{_REVERSE}{cut:<{self.columns}}{_NORMAL}"
        rows[self.rows - 2 :] = self.key_rows(keys)
        self.write(rows, self.rows - 2, len(cut) + 1)

    def show_page(self, title: str, lines: list[str], keys: Keys) -> None:
        """Show lines in the place of the text."""
        rows = [self.title(title, is_modified=False)]
        rows += [line[: self.columns] for line in lines[: self.text_rows]]
        rows += [""] * (self.rows - 2 - len(rows))
        self.write([*rows, *self.key_rows(keys)], self.rows, 1)


def columns_before(line: str, position: int) -> int:
    """Give the columns that the beginning of a line takes."""
    return len(_expanded(line[:position]))


def page_start(column: int, room: int) -> int:
    """Give the first column that is shown of a line that has the cursor in a column."""
    if column + 2 < room or room <= 8:
        return 0
    return column - 6 - (column - 6) % (room - 8)


# A cell for each column: what is shown there. A wide character's second cell is empty.
def _expanded(line: str) -> list[str]:
    cells: list[str] = []
    for letter in line:
        if letter == "\t":
            cells += [" "] * (_TAB - len(cells) % _TAB)
        elif letter < " " or letter == "\x7f":
            cells += ["^", chr(ord(letter) ^ 0x40)]
        elif "\udc80" <= letter <= "\udcff":
            cells.append("\ufffd")
        else:
            cells += [letter, *[""] * (width(letter) - 1)]
    return cells
