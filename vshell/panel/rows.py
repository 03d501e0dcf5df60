"""A widget made of lines: it draws again only those that have changed.

A subclass gives all lines that can be seen; how many there are besides, and which comes first, is
its own affair. Filling a table anew ten times a second costs half a core; comparing the lines that
can be seen costs a few hundredths (``tests/benchmarks``).
"""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from vshell.panel.looks import DARK, LIGHT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from textual import events

    from vshell.panel.looks import Look, Row

__all__ = ["RowView", "title_row"]

_WHEEL_ROWS = 3


class RowView(Widget):
    """Shows the rows that a subclass makes."""

    def __init__(self, **options: Any) -> None:
        """Show nothing yet."""
        super().__init__(**options)
        self._rows: list[Row] = []
        self._drawn_for: tuple[int, int] = (0, 0)
        self.lines_drawn = 0
        """How many lines have been drawn, ever."""

    # -- What a subclass does ----------------------------------------------------------------------

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give the rows that can be seen, at most ``height``."""
        raise NotImplementedError

    def scroll_rows(self, count: int) -> None:
        """Go down, or up if negative."""

    def press_row(self, row: int, column: int, *, twice: bool) -> None:
        """A row has been clicked at."""

    # -- Drawing ----------------------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """What the names of styles mean now."""
        return DARK if self.app.current_theme.dark else LIGHT

    def update_rows(self) -> None:
        """Make the rows anew, and have those drawn that differ."""
        width, height = self.size
        if not width or not height or not self.display:
            return
        before, self._rows = self._rows, self.make_rows(width, height)
        if self._drawn_for != (width, height):
            self.refresh()
            return
        rows = self._rows
        for y in range(height):
            new = rows[y] if y < len(rows) else ()
            old = before[y] if y < len(before) else ()
            if new != old:
                start, end = _changed_part(old, new, width)
                self.refresh(Region(start, y, end - start, 1))

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        width, height = self.size
        if self._drawn_for != (width, height):
            self._drawn_for = width, height
            self._rows = self.make_rows(width, height)
        self.lines_drawn += 1
        look = self.look
        base = look[""]
        row = self._rows[y] if y < len(self._rows) else ()
        strip = Strip([Segment(text, look[name]) for text, name in row])
        # The last piece goes on to the right edge if it is a bar's.
        goes_on = row and row[-1][1].startswith(("bar", "chosen"))
        return strip.adjust_cell_length(
            width, look[row[-1][1].partition("+")[0]] if goes_on else base
        )

    def on_resize(self) -> None:
        """Make the rows for another size."""
        self.update_rows()

    # -- The mouse --------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Tell which row it was."""
        self.press_row(event.y, event.x, twice=event.chain > 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down."""
        event.stop()
        self.scroll_rows(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up."""
        event.stop()
        self.scroll_rows(-_WHEEL_ROWS)


# From where to where two rows differ, in cells.
def _changed_part(old: Row, new: Row, width: int) -> tuple[int, int]:
    start = 0
    for left, right in zip(old, new, strict=False):
        if left != right:
            if left[1] == right[1]:
                same = zip(left[0], right[0], strict=False)
                start += next((at for at, (a, b) in enumerate(same) if a != b), 0)
            break
        start += len(left[0])
    if sum(len(text) for text, _ in old) != sum(len(text) for text, _ in new):
        return start, width
    end = sum(len(text) for text, _ in new)
    for left, right in zip(reversed(old), reversed(new), strict=False):
        if left != right:
            break
        end -= len(left[0])
    return min(start, width - 1), max(min(end, width), min(start, width - 1) + 1)


def title_row(text: str, width: int, *, has_focus: bool, right: Row = ()) -> Row:
    """Give a line with a title, a rule, and more at its right end if there is room."""
    title = f" {text} "
    right_width = sum(len(piece) for piece, _ in right)
    room = width - 2 - len(title)
    if right_width + 2 > room:
        right, right_width = (), 0
    ends = right_width + (2 if right else 0)
    return (
        ("\u2500\u2500", "rule"),
        (title[: max(width - 2, 0)], "title focus" if has_focus else "title"),
        ("\u2500" * max(room - ends, 0), "rule"),
        *(((" ", "rule"), *right, (" ", "rule")) if right else ()),
    )
