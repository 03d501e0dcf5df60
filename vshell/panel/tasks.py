"""The table of threads: what each one is doing now."""

from __future__ import annotations

from textual.message import Message

from vshell.panel.looks import WORDS, cut, cut_left, duration
from vshell.panel.rows import RowView, title_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.panel.looks import Row
    from vshell.panel.model import Thread
    from vshell.panel.world import World

__all__ = ["TaskTable"]

# Name, width, from which width of the table on it is there, the order that its head stands for.
_COLUMNS = (
    ("PID", 6, 0, "pid"),
    ("THREAD", 0, 0, "name"),
    ("S", 2, 0, "state"),
    ("STATE", 9, 44, "state"),
    ("CPU", 4, 56, "cpu"),
    ("WAITS IN", 15, 64, ""),
    ("FOR", 6, 0, "for"),
    ("WOKEN", 7, 100, "woken"),
    ("MODULE", 14, 100, "module"),
    ("AT", 14, 78, ""),
)
# Which columns get more, from which width on, and how much.
_MORE = (
    ("WAITS IN", 100, 3),
    ("WAITS IN", 140, 7),
    ("FOR", 100, 1),
    ("AT", 140, 8),
    ("MODULE", 140, 4),
)
_NAME_MIN = 12
_HEAD_ROWS = 2


class TaskTable(RowView, can_focus=True):
    """A title, the heads of the columns, and a row per thread."""

    class Chosen(Message):
        """A thread has been chosen with the mouse."""

        def __init__(self, *, opens: bool) -> None:
            """Say whether it is to be opened, too."""
            super().__init__()
            self.opens = opens

    class Ordered(Message):
        """The head of a column has been clicked at."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show the threads of a world."""
        super().__init__(**options)
        self.world = world
        self.top = 0

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give the title, the heads, and the threads around the one that is chosen."""
        world = self.world
        room = max(height - _HEAD_ROWS, 1)
        count = len(world.shown)
        chosen = world.chosen_number
        self.top = max(min(self.top, chosen, count - room), chosen - room + 1, 0)
        columns = _fitting(width)
        heads = [("  ", "head"), *((_align(name, name, size), "head") for name, size in columns)]
        rows = [self._title(width), tuple(heads)]
        for number in range(self.top, min(self.top + room, count)):
            thread = world.timeline.threads[world.shown[number]]
            rows.append(self._thread(thread, columns, is_chosen=number == chosen))
        return rows

    def _title(self, width: int) -> Row:
        world = self.world
        threads = world.timeline.threads
        alive = sum(thread.ended_ns is None for thread in threads.values())
        shown = sum(threads[pid].ended_ns is None for pid in world.shown)
        ended = len(world.shown) - shown
        text = f"threads  {shown} of {alive}" + (f", {ended} ended" if ended else "")
        if world.filter:
            text += f", with '{world.filter}'"
        if world.order != "own":
            text += f", by {world.order}"
        found = world.modules
        words = "  ".join(f"{one.name} {_module_words(one.state, one.refs)}" for one in found)
        right: Row = (("modules ", "dim"), (words[: max(width // 2, 0)] or "none", "title"))
        return title_row(text, width, has_focus=self.has_focus, right=right)

    def _thread(self, thread: Thread, columns: list[tuple[str, int]], *, is_chosen: bool) -> Row:
        world = self.world
        state, since_ns = world.state_of(thread)
        place = world.place_of(thread)
        texts = {
            "PID": str(thread.pid),
            "THREAD": thread.name,
            "S": state,
            "STATE": WORDS[state],
            "CPU": str(thread.cpu) if state != "X" else "-",
            "WAITS IN": (place.wchan if place is not None else "") or "-",
            "FOR": duration(max(world.moment_ns - since_ns, 0)),
            "WOKEN": str(thread.wakeups),
            "MODULE": thread.module or "-",
            "AT": (place.source if place is not None else "") or "-",
        }
        base = "chosen" if is_chosen else ""
        plain = "dim" if state == "X" else ""
        row = [("\u25b6 " if is_chosen else "  ", _join(base, "marker"))]
        for name, size in columns:
            style = f"state {state}" if name in ("S", "STATE") else plain
            row.append((_align(name, texts[name], size), _join(base, style)))
        return tuple(row)

    def scroll_rows(self, count: int) -> None:
        """Choose a thread further down, or up."""
        self.world.choose(self.world.chosen_number + count)
        self.post_message(self.Chosen(opens=False))

    def press_row(self, row: int, column: int, *, twice: bool) -> None:
        """Choose the thread of a row, or the order of a column."""
        world = self.world
        if row == 1:
            place = 2
            for name, size in _fitting(self.size.width):
                order = next(order for known, _, _, order in _COLUMNS if known == name)
                if place <= column < place + size and order:
                    world.order = "own" if world.order == order else order
                    self.post_message(self.Ordered())
                place += size
        elif row >= _HEAD_ROWS and self.top + row - _HEAD_ROWS < len(world.shown):
            world.choose(self.top + row - _HEAD_ROWS)
            self.post_message(self.Chosen(opens=twice))


def _fitting(width: int) -> list[tuple[str, int]]:
    chosen = [(name, size) for name, size, least, _ in _COLUMNS if width >= least]
    for index, (name, size) in enumerate(chosen):
        more = [extra for known, least, extra in _MORE if known == name and width >= least]
        chosen[index] = name, size + sum(more)
    rest = max(width - 2 - sum(size for _, size in chosen), _NAME_MIN)
    return [(name, size or rest) for name, size in chosen]


# Numbers stand at the right, a place keeps its line number.
def _align(name: str, text: str, size: int) -> str:
    if name in ("PID", "CPU", "WOKEN", "FOR"):
        return text.rjust(size - 1)[: size - 1] + " "
    if name == "WAITS IN" and len(text) >= size:
        # What is left is a name that one may know.
        text = text.lstrip("_")
    return (cut_left if name == "AT" else cut)(text, size - 1) + " "


def _join(base: str, style: str) -> str:
    return f"{base}+{style}" if base and style else base or style


def _module_words(state: str, refs: int) -> str:
    return f"{state}, used {refs}" if refs else state
