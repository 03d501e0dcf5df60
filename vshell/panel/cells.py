"""Time cut into the cells of a lane: which state, and whose run, each cell stands for.

Cells begin at multiples of their length, so that a picture that moves with time does not flicker.
A cell in which several things happened stands for what one would want to see: a run however short,
before a wait.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.panel.model import Timeline

__all__ = ["CELL_SIZES_NS", "EMPTY", "WOKEN", "CellCache", "Window"]

EMPTY = " "
"""A cell of which nothing is known, or that has not come yet."""

WOKEN = "\u25b8"
"""What stands for a wake-up."""

CELL_SIZES_NS = tuple(digit * 10**power for power in range(2, 12) for digit in (1, 2, 5))
"""How long a cell may last, from 100 ns to 500 s."""

_LATE_NS = 1_000_000
"""How much later than what follows an event may be told."""

_RANKS = {state: rank for rank, state in enumerate(" X?ISDTPrR")}
# A run of a task that has no mark in the lanes, and of nobody.
_OTHER, _NOBODY = "*", "\u00b7"


class Window:
    """A stretch of virtual time, cut into cells."""

    __slots__ = ("cell_ns", "count", "first")

    def __init__(self, cell_ns: int, count: int, end_ns: int) -> None:
        """Cut.

        Args:
            cell_ns: how long a cell lasts.
            count: how many cells.
            end_ns: a moment in the last one.
        """
        self.cell_ns = cell_ns
        self.count = count
        self.first = end_ns // cell_ns - count + 1

    @property
    def start_ns(self) -> int:
        """When the first cell begins, 0 at the earliest."""
        return max(self.first * self.cell_ns, 0)

    @property
    def end_ns(self) -> int:
        """When the last cell ends."""
        return (self.first + self.count) * self.cell_ns

    def part(self, first: int) -> Window:
        """Give the cells from one on, by its number since boot."""
        found = Window(self.cell_ns, 1, 0)
        found.first, found.count = first, self.first + self.count - first
        return found

    def cell_of(self, time_ns: int) -> int:
        """Give the number of the cell of a moment; outside of the window below 0 or too large."""
        return time_ns // self.cell_ns - self.first

    def states(self, timeline: Timeline, pid: int) -> list[str]:
        """Give the letter of a thread's state in each cell."""
        cells = [EMPTY] * self.count
        cell_ns, first, ranks = self.cell_ns, self.first, _RANKS
        for span in timeline.spans_of(pid, self.start_ns, self.end_ns):
            state, end_ns = span.state, span.end_ns
            assert end_ns is not None
            low = span.start_ns // cell_ns - first
            high = min((max(end_ns - 1, span.start_ns)) // cell_ns - first, self.count - 1)
            if high > low + 1:
                # Cells in between hold nothing else.
                cells[low + 1 : high] = [state] * (high - low - 1)
            for cell in {low, high}:
                if ranks[state] > ranks[cells[cell]]:
                    cells[cell] = state
        return cells

    def runs(self, timeline: Timeline, cpu: int, mark: Callable[[int], str]) -> list[str]:
        """Give for each cell the mark of who had a CPU: "*" without a mark, "·" for nobody."""
        cells = [EMPTY] * self.count
        cell_ns, first = self.cell_ns, self.first
        for start_ns, end_ns, pid in timeline.runs_of(cpu, self.start_ns, self.end_ns):
            low = start_ns // cell_ns - first
            high = min(max(end_ns - 1, start_ns) // cell_ns - first, self.count - 1)
            letter = _NOBODY if pid == 0 else "?" if pid < 0 else mark(pid) or _OTHER
            for cell in range(low, high + 1):
                if _run_rank(letter) > _run_rank(cells[cell]):
                    cells[cell] = letter
        return cells

    def wakeups(self, timeline: Timeline, pid: int) -> list[str]:
        """Give a letter for each cell in which somebody woke a thread, "" for the others."""
        cells = [""] * self.count
        for one in timeline.wakeups_between(self.start_ns, self.end_ns):
            if one.woken_pid == pid:
                cells[one.time_ns // self.cell_ns - self.first] = WOKEN
        return cells


class CellCache:
    """Keeps the cells that cannot change any more, lane by lane."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._lanes: dict[object, tuple[int, int, list[str]]] = {}

    def clear(self) -> None:
        """Forget everything: the past is known better now."""
        self._lanes.clear()

    def cells(
        self, lane: object, window: Window, now_ns: int, make: Callable[[Window], list[str]]
    ) -> list[str]:
        """Give a lane's cells.

        Args:
            lane: whose.
            window: which cells.
            now_ns: the newest moment that is known.
            make: gives the cells of a window, which may be a part of this one.
        """
        size_ns, first, known = self._lanes.get(lane, (0, 0, []))
        if size_ns != window.cell_ns or not first <= window.first <= first + len(known):
            first, known = window.first, []
        known = known[window.first - first :][: window.count]
        if len(known) < window.count:
            known += make(window.part(window.first + len(known)))
        final = (now_ns - _LATE_NS) // window.cell_ns - window.first
        self._lanes[lane] = window.cell_ns, window.first, known[: max(final, 0)]
        return known


def _run_rank(letter: str) -> int:
    return {EMPTY: 0, "?": 1, _NOBODY: 2, _OTHER: 3}.get(letter, 4)
