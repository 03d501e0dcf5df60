"""The modules that are loaded, with their references, as lsmod counts them."""

from __future__ import annotations

from vshell.panel.looks import cut
from vshell.panel.rows import RowView, title_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.panel.looks import Row
    from vshell.panel.world import World

__all__ = ["ModulesView"]


class ModulesView(RowView, can_focus=True):
    """A title, the heads, and a row per module, the newest first."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show the modules of a world."""
        super().__init__(**options)
        self.world = world
        self.top = 0

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give the modules there is room for."""
        found = self.world.modules
        room = max(height - 2, 0)
        self.top = max(0, min(self.top, len(found) - room))
        name_width = max(width - 26, 8)
        head = f"  {cut('MODULE', name_width)} {'SIZE':>7} {'USED':>4} STATE"
        rows: list[Row] = [
            title_row(f"modules  {len(found)}", width, has_focus=self.has_focus),
            ((cut(head, width), "head"),),
        ]
        for one in found[self.top : self.top + room]:
            used = f" by {', '.join(one.used_by)}" if one.used_by else ""
            text = f"  {cut(one.name, name_width)} {one.size:>7} {one.refs:>4} {one.state}{used}"
            rows.append(((cut(text, width), "" if one.state == "Live" else "warn"),))
        return rows

    def scroll_rows(self, count: int) -> None:
        """Show what comes further down, or up."""
        self.top = max(self.top + count, 0)
        self.update_rows()
