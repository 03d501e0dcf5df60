"""Lanes: how each thread came to where it is, over virtual time, and who had each CPU.

A lane's cells hold the letter of a state, and between letters a filling of its own, so that a
picture without colours says the same. "▸" stands before the cell in which a thread was woken.
"""

from __future__ import annotations

from textual.message import Message

from vshell.panel.cells import CELL_SIZES_NS, EMPTY, WOKEN, CellCache, Window
from vshell.panel.looks import FILLINGS, LEGEND, WORDS, cut, duration
from vshell.panel.rows import RowView, title_row
from vshell.panel.world import short_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from textual import events

    from vshell.panel.looks import Piece, Row
    from vshell.panel.world import World

__all__ = ["Lanes"]

_FIRST_CELL_NS = 50_000_000
_LETTER_EVERY = 12
_HEAD_ROWS = 2
_CPU_ROWS_MIN = 2
_BESIDE_LEGEND = 14
_TICK_CELLS = 16
_STEP_CELLS = 8


class Lanes(RowView, can_focus=True):
    """A title with the legend, a ruler, a lane per thread, a lane per CPU."""

    class Moved(Message):
        """Another moment, another stretch of time, or another thread is looked at."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show the history of a world."""
        super().__init__(**options)
        self.world = world
        self.cell_ns = _FIRST_CELL_NS
        self.top = 0
        self._window = Window(_FIRST_CELL_NS, 1, 0)
        self._cache = CellCache()
        self._known_as = -1
        # The states that the lanes show.
        self._present: set[str] = set()
        # The right end while the past is looked at.
        self._end_ns: int | None = None

    # -- The stretch of time ----------------------------------------------------------------------

    def zoom(self, steps: int) -> None:
        """Let a cell stand for more time, or less if negative."""
        index = CELL_SIZES_NS.index(self.cell_ns) + steps
        self.cell_ns = CELL_SIZES_NS[max(0, min(index, len(CELL_SIZES_NS) - 1))]
        moment_ns = self.world.at_ns
        if moment_ns is not None:
            # What is looked at stays where it is, as far as there is anything at its right.
            right = self._window.count - 1 - self._window.cell_of(moment_ns)
            self._end_ns = moment_ns + max(right, 0) * self.cell_ns
        self._remember_gone()

    def _remember_gone(self) -> None:
        self.world.gone_since_ns = self.window(max(self._cells(self.size.width), 1)).start_ns
        self.world.arrange()

    def move(self, cells: int) -> None:
        """Look at a moment so many cells later, or earlier if negative."""
        self.world.look_at(self.world.moment_ns + cells * self.cell_ns)

    def window(self, count: int) -> Window:
        """Give the stretch of time that is shown: the moment looked at is always inside."""
        world = self.world
        moment_ns = world.at_ns
        if moment_ns is None:
            self._end_ns = None
            # The picture stands still, and grows at its right end, until there is no room left.
            step_ns = min(_STEP_CELLS, count) * self.cell_ns
            return Window(self.cell_ns, count, (world.now_ns // step_ns + 1) * step_ns - 1)
        end_ns = world.now_ns if self._end_ns is None else self._end_ns
        end_ns = max(end_ns, moment_ns)
        window = Window(self.cell_ns, count, min(end_ns, max(world.now_ns, moment_ns)))
        if moment_ns < window.start_ns:
            # As far back as needed, and a quarter more.
            window = Window(self.cell_ns, count, moment_ns + self.cell_ns * (count * 3 // 4))
        self._end_ns = window.end_ns - 1
        return window

    # -- Drawing ----------------------------------------------------------------------------------

    def _label_width(self, width: int) -> int:
        return min(max(width // 7, 10), 30)

    def _cells(self, width: int) -> int:
        return width - self._label_width(width)

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give the title, the ruler, the lanes around the chosen thread, and those of the CPUs."""
        world = self.world
        label, count = self._label_width(width), max(self._cells(width), 1)
        window = self._window = self.window(count)
        world.gone_since_ns = window.start_ns
        cpus = len(world.timeline.cpus)
        cpu_rows = min(cpus, max((height - _HEAD_ROWS) // 3, _CPU_ROWS_MIN))
        room = max(height - _HEAD_ROWS - cpu_rows, 1)
        chosen = world.chosen_number
        shown = len(world.shown)
        self.top = max(min(self.top, chosen, shown - room), chosen - room + 1, 0)
        pids = world.shown[self.top : self.top + room]
        world.mark(pids)
        self._present = {"P", "R"}
        names = short_names([world.timeline.threads[pid].name for pid in pids])
        lanes = [
            self._thread(pid, name, label, window) for pid, name in zip(pids, names, strict=True)
        ]
        rows = [self._title(width, window), self._ruler(label, window), *lanes]
        rows += [()] * (room - len(pids))
        for cpu in range(cpu_rows):
            rows.append(self._cpu(cpu, label, window))
        return rows

    def _cached(
        self, lane: object, window: Window, make: Callable[[Window], list[str]]
    ) -> list[str]:
        if self._known_as != self.world.rewritten:
            self._known_as = self.world.rewritten
            self._cache.clear()
        return self._cache.cells(lane, window, self.world.now_ns, make)

    def _title(self, width: int, window: Window) -> Row:
        text = "lanes"
        room = width - _BESIDE_LEGEND
        words: list[Piece] = [(WOKEN, "marker"), (" woken", "dim")]
        # The most telling first; what there is no room for is in the help.
        for letter in sorted(self._present, key="PRDSrTIX?".index):
            entry = [(letter, f"mark {letter}"), (f" {LEGEND.get(letter, WORDS[letter])}  ", "dim")]
            if sum(len(one) for one, _ in (*entry, *words)) <= room:
                words[-2:-2] = entry
        used = sum(len(one) for one, _ in words)
        size = f"  {duration(window.cell_ns)} a cell"
        text += size if used + len(size) <= room else ""
        return title_row(text, width, has_focus=self.has_focus, right=tuple(words))

    def _ruler(self, label: int, window: Window) -> Row:
        world = self.world
        letters = [" "] * window.count
        step = next(
            (size for size in CELL_SIZES_NS if size >= window.cell_ns * _TICK_CELLS),
            CELL_SIZES_NS[-1],
        )
        first = -(-window.start_ns // step)
        digits = max(0, min(9, 10 - len(str(step))))
        for tick_ns in range(first * step, window.end_ns, step):
            cell = window.cell_of(tick_ns)
            text = f"\u2575{tick_ns / 1e9:.{digits}f}"
            if cell + len(text) <= window.count:
                letters[cell : cell + len(text)] = text
        pieces: list[Piece] = [(cut("", label), "head")]
        marks = {window.cell_of(at): letter for letter, at in sorted(world.markers.items())}
        if world.at_ns is not None:
            marks[window.cell_of(world.at_ns)] = "\u25bc"
        text = "".join(letters)
        start = 0
        for cell in sorted(cell for cell in marks if 0 <= cell < window.count):
            pieces += [(text[start:cell], "dim"), (marks[cell], "here")]
            start = cell + 1
        pieces.append((text[start:], "dim"))
        return tuple(piece for piece in pieces if piece[0])

    def _cpu(self, cpu: int, label: int, window: Window) -> Row:
        world = self.world
        lane = "cpu", cpu, world.marks_revision
        marks = self._cached(
            lane, window, lambda part: part.runs(world.timeline, cpu, world.mark_of)
        )
        return ((cut(f"  CPU {cpu}", label), "head"), *_cpu_pieces(marks))

    def _thread(self, pid: int, name: str, label: int, window: Window) -> Row:
        world = self.world
        states = self._cached(pid, window, lambda part: part.states(world.timeline, pid))
        self._present.update(state for state in states if state != EMPTY)
        woken = self._cached(("woken", pid), window, lambda part: part.wakeups(world.timeline, pid))
        is_chosen = pid == world.chosen
        text = cut(f"{world.mark_of(pid) or ' '} {name}", label - 1) + " "
        pieces: list[Piece] = [(text, "chosen+strong" if is_chosen else "")]
        cell = 0
        while cell < len(states):
            state, start = states[cell], cell
            while cell < len(states) and states[cell] == state:
                cell += 1
            pieces += _span_pieces(state, start, cell, window.first, woken)
        return tuple(pieces)

    # -- Being used -------------------------------------------------------------------------------

    def scroll_rows(self, count: int) -> None:
        """Choose a thread further down, or up."""
        self.world.choose(self.world.chosen_number + count)
        self.post_message(self.Moved())

    def press_row(self, row: int, column: int, *, twice: bool) -> None:
        """Look at the moment of a cell, and at its thread."""
        del twice
        cell = column - self._label_width(self.size.width)
        pids = self.world.shown[self.top :]
        if 0 <= row - _HEAD_ROWS < len(pids):
            self.world.choose(self.top + row - _HEAD_ROWS)
        if cell >= 0:
            self.world.look_at((self._window.first + cell) * self.cell_ns + self.cell_ns // 2)
        self.post_message(self.Moved())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down; with Ctrl show more time, with Shift go on in time."""
        event.stop()
        self._wheel(1, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up; with Ctrl show less time, with Shift go back in time."""
        event.stop()
        self._wheel(-1, event)

    def _wheel(self, step: int, event: events.MouseEvent) -> None:
        if event.ctrl:
            self.zoom(step)
        elif event.shift:
            self.move(4 * step)
        else:
            self.world.choose(self.world.chosen_number + step)
        self.post_message(self.Moved())


# The cells from one to before another, all in one state: letters at the beginning and at every
# twelfth cell of time, the filling between them, and the marks of wake-ups.
def _span_pieces(state: str, start: int, end: int, first: int, woken: list[str]) -> list[Piece]:
    if state == EMPTY:
        return [(EMPTY * (end - start), "")]
    filling, style = FILLINGS[state], f"lane {state}"
    pieces: list[Piece] = []
    text = ""
    for cell in range(start, end):
        # At times that do not depend on the window, and not close behind the first.
        is_later = (first + cell) % _LETTER_EVERY == 0 and cell - start > _LETTER_EVERY // 2
        letter = state if cell == start or (is_later and state != "X") else filling
        if woken[cell] == "" and "".join(woken[cell + 1 : cell + 2]):
            pieces += [(text, style), (WOKEN, f"mark {state}")]
            text = ""
        else:
            text += letter
    pieces.append((text, style))
    return [piece for piece in pieces if piece[0]]


def _cpu_pieces(marks: list[str]) -> list[Piece]:
    pieces: list[Piece] = []
    start = 0
    for cell in range(1, len(marks) + 1):
        if cell == len(marks) or _cpu_style(marks[cell]) != _cpu_style(marks[start]):
            pieces.append(("".join(marks[start:cell]), _cpu_style(marks[start])))
            start = cell
    return pieces


def _cpu_style(mark: str) -> str:
    if mark in ("\u00b7", EMPTY, "?"):
        return "lane I" if mark != EMPTY else ""
    return "lane S" if mark == "*" else "lane R"
