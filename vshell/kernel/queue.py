"""What will happen and when: one heap, by time, rank and sequence.

The sequence number makes ties first-in-first-out, so that runs repeat. The rank orders what is due
in one nanosecond: what comes from outside first, then hard interrupts, then each CPU's timers with
the highest wheel level first, as Linux runs them.
"""

from __future__ import annotations

from heapq import heappop, heappush

from vshell.abi.units import NEVER_NS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Event(Protocol):
        """Something that can happen."""

        def fire(self) -> None:
            """Happen. Hub only; must not sleep."""


__all__ = ["RANK_HARDIRQ", "RANK_INPUT", "RANK_TIMER", "Call", "EventQueue"]

RANK_INPUT = 0
RANK_HARDIRQ = 1
RANK_TIMER = 256


class Call:
    """An event that calls a function once; ``cancel`` makes it do nothing."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], None] | None) -> None:
        """Call this function when due."""
        self.function = function

    def fire(self) -> None:
        """Call it."""
        if self.function is not None:
            self.function()

    def cancel(self) -> None:
        """Never call it."""
        self.function = None


class EventQueue:
    """The heap. ``entries[0]`` is the next event."""

    __slots__ = ("_sequence", "entries")

    def __init__(self) -> None:
        """Start empty."""
        self.entries: list[tuple[int, int, int, Event]] = []
        self._sequence = 0

    def push(self, time_ns: int, rank: int, event: Event) -> None:
        """Let ``event`` happen at ``time_ns``."""
        self._sequence += 1
        heappush(self.entries, (time_ns, rank, self._sequence, event))

    def pop(self) -> Event:
        """Take the next event out."""
        return heappop(self.entries)[3]

    def next_ns(self) -> int:
        """Give the time of the next event, NEVER_NS if there is none."""
        return self.entries[0][0] if self.entries else NEVER_NS
