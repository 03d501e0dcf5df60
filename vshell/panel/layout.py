"""How much room each part gets, for a size of the terminal."""

from __future__ import annotations

__all__ = ["Layout", "lay_out"]

_WIDE = 110
_LOW = 30
_BARS = 2


class Layout:
    """Rows of each part, columns of those at the right; 0 for what is not shown."""

    __slots__ = ("lanes", "log", "lower", "side_columns", "source_columns", "tasks", "terminal")

    def __init__(self, tasks: int, lanes: int, lower: int, log: int) -> None:
        """Give the rows of the parts that are always there."""
        self.tasks = tasks
        self.lanes = lanes
        self.lower = lower
        self.log = log
        self.terminal = 0
        self.source_columns = 0
        self.side_columns = 0


def lay_out(columns: int, rows: int, *, has_terminal: bool) -> Layout:
    """Share out a terminal.

    Args:
        columns: of the terminal.
        rows: of the terminal.
        has_terminal: whether the panel's own terminal is to be seen.
    """
    room = max(rows - _BARS, 8)
    if room < _LOW - _BARS:
        # The thread's sentences and flags need six lines, the lanes two for the CPUs.
        log = 3 if room >= 20 else 0
        lower = min(7, max(room // 3, 3))
        lanes = max((room - log - lower) // 2, 3)
        found = Layout(max(room - log - lower - lanes, 3), lanes, lower, log)
        if has_terminal:
            # Threads and lanes stay; the terminal takes the place of what explains them.
            found.terminal = found.lower + found.log
            found.lower = found.log = 0
    else:
        tasks, lanes, lower = room * 27 // 100, room * 31 // 100, max(room * 20 // 100, 8)
        found = Layout(tasks, lanes, lower, room - tasks - lanes - lower)
        if has_terminal:
            found.terminal = (found.log + found.lower) * 6 // 10
            found.log = (found.log + found.lower - found.terminal) // 2
            found.lower = room - tasks - lanes - found.terminal - found.log
    if columns >= _WIDE:
        found.source_columns = columns * 42 // 100
        found.side_columns = columns * 36 // 100
    return found
