"""The source of the chosen thread's module, with the line that it stands at."""

from __future__ import annotations

from vshell.panel.looks import cut
from vshell.panel.rows import RowView, title_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.abi.wire import Source
    from vshell.panel.looks import Row
    from vshell.panel.world import World

__all__ = ["SourceView", "source_rows"]


class SourceView(RowView, can_focus=True):
    """A title with the file and the line, and the lines around it."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show the source of the chosen thread of a world."""
        super().__init__(**options)
        self.world = world
        self._shift = 0
        self._seen: tuple[str, int] = ("", 0)

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give the lines around the one that the thread stands at."""
        source = self._source()
        if source is None:
            title = "source  of no module" if self.world.thread is None else "source  not known"
            return [title_row(title, width, has_focus=self.has_focus)]
        if self._seen != (source.path, source.line):
            self._seen, self._shift = (source.path, source.line), 0
        name = source.path.rpartition("/")[2]
        note: Row = () if source.is_current else (("changed since it was made", "warn"),)
        title = f"source  {name}:{source.line}"
        room = max(height - 1, 0)
        lines = source.text.splitlines()
        top = source.line - 1 - room // 2 + self._shift
        top = max(0, min(top, len(lines) - room))
        self._shift = max(-len(lines), min(self._shift, len(lines)))
        return [
            title_row(title, width, has_focus=self.has_focus, right=note),
            *source_rows(lines, source.line, top, room, width),
        ]

    def _source(self) -> Source | None:
        explanation = self.world.explanation
        if explanation is None or explanation.pid != self.world.chosen:
            return None
        return explanation.source

    def scroll_rows(self, count: int) -> None:
        """Show what comes further down, or up."""
        self._shift += count
        self.update_rows()


def source_rows(lines: list[str], here: int, top: int, room: int, width: int) -> list[Row]:
    """Give lines with their numbers; the one that a thread stands at has a mark."""
    rows: list[Row] = []
    size = len(str(len(lines)))
    for number in range(top + 1, min(top + room, len(lines)) + 1):
        text = lines[number - 1].expandtabs(4)
        if number == here:
            rows.append(((cut(f"\u25b6 {number:>{size}}  {text}", width), "here"),))
        else:
            rows.append(((f"  {number:>{size}}  ", "dim"), (cut(text, width - size - 4), "")))
    return rows
