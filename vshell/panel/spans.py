"""What a thread's life is made of: spans of time in one state, one after the other.

A thread's spans have no gaps between them, and each begins later than the one before. The last one
has no end while the thread's number is in the model. Events of different CPUs may lie a little
before what is known already; they then count from where the last span begins.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SPAN_MAX", "STATES", "UNKNOWN", "Span", "Thread", "Wakeup"]

STATES = {
    "R": "running",
    "r": "runnable",
    "S": "interruptible",
    "D": "uninterruptible",
    "P": "parked",
    "I": "idle",
    "T": "stopped",
    "X": "exited",
    "?": "unknown",
}
"""The letters of the states and their words. They are those of ps, but that ps has R for both who
is on a CPU and who waits for one, Z for who has exited until its parent knows, and nothing later.
"""

UNKNOWN = "?"
"""The state in a stretch of time whose events were not told."""

SPAN_MAX = 16_384
"""How many spans of a thread, or of a CPU, are kept unless said otherwise."""

_start_ns = attrgetter("start_ns")


class Span:
    """A stretch of time in one state; equal if everything is."""

    __slots__ = ("cpu", "end_ns", "start_ns", "state")

    def __init__(self, start_ns: int, end_ns: int | None, state: str, cpu: int = -1) -> None:
        """Begin one.

        Args:
            start_ns: virtual nanoseconds since boot.
            end_ns: None while it lasts.
            state: a letter of ``STATES``.
            cpu: where it runs or waits to run; -1 in all other states.
        """
        self.start_ns = start_ns
        self.end_ns = end_ns
        self.state = state
        self.cpu = cpu

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Span):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        place = "" if self.cpu < 0 else f" on CPU {self.cpu}"
        return f"<{self.state}{place} from {self.start_ns} to {self.end_ns}>"

    def _values(self) -> tuple[int, int | None, str, int]:
        return self.start_ns, self.end_ns, self.state, self.cpu


class Wakeup:
    """Somebody woke a thread."""

    __slots__ = ("cpu", "time_ns", "waker_pid", "woken_pid")

    def __init__(self, time_ns: int, waker_pid: int, woken_pid: int, cpu: int) -> None:
        """Note one.

        Args:
            time_ns: virtual nanoseconds since boot.
            waker_pid: 0 for an interrupt: a timer, or input.
            woken_pid: who was woken.
            cpu: where the waker was.
        """
        self.time_ns = time_ns
        self.waker_pid = waker_pid
        self.woken_pid = woken_pid
        self.cpu = cpu

    def __repr__(self) -> str:
        return f"<{self.waker_pid} wakes {self.woken_pid} at {self.time_ns} on CPU {self.cpu}>"


class Thread:
    """A task, from its birth or from when it is first known; changed by ``Timeline`` only."""

    __slots__ = (
        "born_ns",
        "comm",
        "cpu",
        "ended_ns",
        "freed_ns",
        "is_kthread",
        "is_parked",
        "is_unwoken",
        "module",
        "name",
        "parent_pid",
        "pid",
        "requests",
        "spans",
        "wakeups",
    )

    def __init__(self, pid: int, name: str, born_ns: int, first: Span) -> None:
        """Begin a life with its first span that is known."""
        self.pid = pid
        self.name = name
        """The full name; a kernel thread's can be longer than its comm."""
        self.comm = name[:15]
        self.parent_pid = 0
        """Who was its parent when it was born or first seen; 0 if not known."""
        self.module = ""
        """The module whose thread it is, as far as known; "" for all others."""
        self.is_kthread = False
        self.born_ns = born_ns
        self.ended_ns: int | None = None
        self.freed_ns: int | None = None
        """When it was gone from ps: at once, or as a zombie when its parent had waited."""
        self.spans = [first]
        self.cpu = max(first.cpu, 0)
        """The CPU that it runs on, waits for, or ran on last."""
        self.wakeups = 0
        """How often it has been woken since it is known."""
        self.requests: set[str] = set()
        """What it has been asked for and not been relieved of: "stop", "park"."""
        self.is_parked = False
        """Whether it has parked and not gone on since."""
        self.is_unwoken = False
        """Whether it is new and waits, as every new kernel thread, for its first wake-up."""

    def __repr__(self) -> str:
        return f"<Thread {self.pid} {self.name!r} {self.state}>"

    @property
    def state(self) -> str:
        """The letter of the state that it is in now."""
        return self.spans[-1].state

    @property
    def since_ns(self) -> int:
        """When it came into this state."""
        return self.spans[-1].start_ns

    @property
    def first_ns(self) -> int:
        """How far back its spans go: later than its birth if it is known, or kept, from then."""
        return self.spans[0].start_ns

    @property
    def is_zombie(self) -> bool:
        """Whether it has exited and its parent has not waited for it."""
        return self.ended_ns is not None and self.freed_ns is None

    def state_at(self, time_ns: int) -> Span | None:
        """Find the span at a moment, None before ``first_ns``."""
        index = bisect_right(self.spans, time_ns, key=_start_ns)
        return self.spans[index - 1] if index else None

    def spans_between(self, start_ns: int, end_ns: int) -> Iterator[Span]:
        """Give copies of the spans from a time until before another, cut off there."""
        spans = self.spans
        for index in range(max(bisect_right(spans, start_ns, key=_start_ns) - 1, 0), len(spans)):
            span = spans[index]
            begins_ns = max(span.start_ns, start_ns)
            ends_ns = end_ns if span.end_ns is None else min(span.end_ns, end_ns)
            if begins_ns >= end_ns:
                return
            yield Span(begins_ns, ends_ns, span.state, span.cpu)

    def enter(self, time_ns: int, state: str, cpu: int, span_max: int) -> None:
        """Come into a state; what would have lasted for no time at all is left out."""
        spans = self.spans
        last = spans[-1]
        if last.state == state and last.cpu == cpu:
            return
        if time_ns > last.start_ns:
            last.end_ns = time_ns
            spans.append(Span(time_ns, None, state, cpu))
            if len(spans) > span_max:
                del spans[: len(spans) - span_max * 3 // 4]
        elif len(spans) > 1 and spans[-2].state == state and spans[-2].cpu == cpu:
            spans.pop()
            spans[-1].end_ns = None
        else:
            last.state = state
            last.cpu = cpu
