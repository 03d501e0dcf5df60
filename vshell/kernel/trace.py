"""The event stream: what happened, when, on which CPU, to whom.

Everything that is shown derives from it.

An event is a plain tuple ``(time_ns, cpu, pid, name, *fields)`` until somebody looks; the named
records of ``vshell.abi.events`` are made at the reader. While nobody listens, a tracepoint costs
one attribute test (``if trace.on``).
"""

from __future__ import annotations

from collections import deque
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Event = tuple[Any, ...]
    Subscriber = Callable[[Event], None]

__all__ = ["RING_EVENTS_MAX", "Trace"]

RING_EVENTS_MAX = 262_144
"""Events kept for late readers; older ones are dropped and counted."""


class Trace:
    """The ring of events and those who listen to it."""

    __slots__ = ("_count", "_ring", "_subscribers", "failures", "on")

    def __init__(self) -> None:
        """Start with nobody listening."""
        self.on = False
        self.failures: list[str] = []
        self._ring: deque[Event] = deque(maxlen=RING_EVENTS_MAX)
        self._count = 0
        self._subscribers: list[Subscriber] = []

    def start(self) -> None:
        """Keep events in the ring from now on."""
        self.on = True

    def emit(self, event: Event) -> None:
        """Record one event.

        Callers test ``on`` first, so that building the tuple is free when off.
        """
        self._count += 1
        self._ring.append(event)
        for subscriber in self._subscribers:
            self._tell(subscriber, event)

    def _tell(self, subscriber: Subscriber, event: Event) -> None:
        # A listener that fails is removed and noted; it must not break the run.
        try:
            subscriber(event)
        except Exception as error:
            self._subscribers = [one for one in self._subscribers if one != subscriber]
            self.failures.append(f"{subscriber!r}: {error!r}")

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call ``subscriber`` with every event from now on."""
        self.on = True
        self._subscribers = [*self._subscribers, subscriber]

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Stop calling ``subscriber``; unknown ones are ignored."""
        self._subscribers = [one for one in self._subscribers if one != subscriber]

    def events(self) -> list[Event]:
        """Copy the ring, oldest first."""
        return list(self._ring)

    def latest(self, count: int) -> list[Event]:
        """Copy the last ``count`` events of the ring, oldest first."""
        found = list(islice(reversed(self._ring), count))
        found.reverse()
        return found

    @property
    def count(self) -> int:
        """How many events there have been."""
        return self._count

    @property
    def dropped(self) -> int:
        """How many events have fallen out of the ring."""
        return self._count - len(self._ring)
