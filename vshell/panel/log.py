"""The kernel log as it grows, and what the panel's own terminal shows."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from vshell.panel.looks import clean, cut, stamp
from vshell.panel.rows import RowView, title_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.panel.looks import Row
    from vshell.panel.world import World

__all__ = ["LogView"]

_WARNING, _ERROR = 4, 3
_time_ns = itemgetter(0)


class LogView(RowView, can_focus=True):
    """The newest lines of the log, up to the moment that is looked at."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show the log of a world."""
        super().__init__(**options)
        self.world = world
        self.back = 0
        """How many lines from the end it has been scrolled back."""

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give the title and the lines."""
        log = self.world.timeline.log
        count = bisect_right(log, self.world.moment_ns, key=_time_ns)
        room = max(height - 1, 0)
        self.back = max(0, min(self.back, count - room))
        end = count - self.back
        text = f"log  {count} lines" + (f", {self.back} more below" if self.back else "")
        rows: list[Row] = [title_row(text, width, has_focus=self.has_focus)]
        for time_ns, level, line in log[max(end - room, 0) : end]:
            when = f"[{stamp(time_ns):>12}] "
            style = "bad" if level <= _ERROR else "warn" if level == _WARNING else ""
            rows.append(((when, "dim"), (cut(clean(line), max(width - len(when), 0)), style)))
        return rows

    def scroll_rows(self, count: int) -> None:
        """Go towards the newest line, or back."""
        self.back = max(self.back - count, 0)
        self.update_rows()
