"""What the panel knows and what the user has chosen: the same for all of its widgets.

``take`` brings what a link has read; ``moment_ns`` is what is looked at: the newest moment, or an
earlier one that the user has gone back to. Nothing here draws.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter

from vshell.abi.wire import Answer, Batch, ClockView, Ended, Hello, Lost, Output, Question
from vshell.panel.looks import WORDS
from vshell.panel.model import Timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from vshell.abi.views import KernelView, ModuleView
    from vshell.abi.wire import Explanation, Message, Place
    from vshell.panel.model import Thread

__all__ = ["ORDERS", "World"]

ORDERS = ("own", "pid", "name", "state", "cpu", "for", "woken", "module")
"""How the threads can be ordered; "own": those of modules first, then sessions, then the rest."""

RECORD_MAX = 200_000
"""How many events are kept for an export."""

_OUTPUT_MAX = 200_000
_MARKS = "123456789abcdefghijklmnopqrstuvwxyz"
_GONE_MAX = 12
_STILL = ("own", "pid", "name", "module")
_STATE_ORDER = "RrDSPTIX?"
_end_ns = attrgetter("end_ns")
_time_ns = attrgetter("time_ns")


class World:
    """One machine, as one viewer sees it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.timeline = Timeline()
        self.hello: Hello | None = None
        self.clock = ClockView(
            is_paused=False, rate=1.0, is_moving=False, next_ns=-1, next_pid=0, next_name=""
        )
        self.modules: tuple[ModuleView, ...] = ()
        self.places: dict[int, Place] = {}
        self.prompt: str | None = None
        """What the shell of the panel's own terminal asks with; None while it does not ask."""
        self.output = ""
        """What that terminal has shown."""
        self.explanation: Explanation | None = None
        self.lost = ""
        """Why nothing more comes; "" while it does."""
        self.chosen = 0
        """The pid of the thread that is looked at."""
        self.has_chosen = False
        """Whether the user has chosen it."""
        self.order = "own"
        self.filter = ""
        self.gone_since_ns = 0
        """Threads that were gone before are not shown."""
        self.at_ns: int | None = None
        """The moment in the past that is looked at; None follows the clock."""
        self.markers: dict[str, int] = {}
        """The moments that the user has marked, by letter."""
        self.refusals: list[str] = []
        """What has been asked for and refused, for somebody to show and clear."""
        self.begins: KernelView | None = None
        """The view with which the record begins."""
        self.record: list[tuple[Any, ...]] = []
        """The events since then, for an export."""
        self.shown: list[int] = []
        """The pids of the threads to show, in order."""
        self.rewritten = 0
        """How often the past has become better known than it was."""
        self.marks_revision = 0
        """How often marks have been given or taken back."""
        self._marks: dict[int, str] = {}
        self._arranged_for: tuple[Any, ...] = ()

    # -- Taking -----------------------------------------------------------------------------------

    def take(self, messages: Iterable[Message]) -> None:
        """Take what has come from the machine."""
        for message in messages:
            if isinstance(message, Batch):
                self._take_batch(message)
            elif isinstance(message, Output):
                text = message.data.decode("utf-8", "replace").replace("\r\n", "\n")
                self.output = (self.output + text)[-_OUTPUT_MAX:]
            elif isinstance(message, Question):
                self.prompt = message.prompt
            elif isinstance(message, Ended):
                self.prompt = None
            elif isinstance(message, Answer):
                self._take_answer(message)
            elif isinstance(message, Hello):
                self.hello = message
            else:
                assert isinstance(message, Lost)
                self.lost = message.text
        self.arrange()

    def _take_batch(self, batch: Batch) -> None:
        self.timeline.take(batch)
        self.clock = batch.clock
        self.modules = batch.modules
        if batch.view is not None:
            self.rewritten += 1
            self.places.clear()
            if self.begins is None or batch.missed:
                # An export cannot have a gap: it begins anew.
                self.begins = batch.view
                self.record.clear()
            else:
                self.record += batch.emitted
        else:
            self.record += batch.emitted
        if len(self.record) > RECORD_MAX:
            del self.record[: RECORD_MAX // 2]
        for place in batch.places:
            self.places[place.pid] = place

    def _take_answer(self, answer: Answer) -> None:
        if answer.error:
            self.refusals.append(answer.error)
        elif answer.explanation is not None:
            self.explanation = answer.explanation

    # -- The moment that is looked at -------------------------------------------------------------

    @property
    def now_ns(self) -> int:
        """The newest moment that is known."""
        return self.timeline.now_ns

    @property
    def moment_ns(self) -> int:
        """The moment that is looked at."""
        return self.now_ns if self.at_ns is None else self.at_ns

    def look_at(self, time_ns: int | None) -> None:
        """Look at another moment; one that has not come yet, or None, follows the clock."""
        if time_ns is not None:
            time_ns = max(time_ns, self.timeline.start_ns or 0)
        self.at_ns = None if time_ns is None or time_ns >= self.now_ns else time_ns
        self.arrange()

    def look_back(self) -> None:
        """Look at the last moment before in which something happened to a thread that is shown."""
        moments = [self._change_before(pid, self.moment_ns) for pid in self.shown]
        known = [moment for moment in moments if moment is not None]
        if known:
            self.look_at(max(known))

    def look_ahead(self) -> None:
        """Look at the next moment of that kind, or follow the clock if there is none."""
        moments = [self._change_after(pid, self.moment_ns) for pid in self.shown]
        self.look_at(min((moment for moment in moments if moment is not None), default=None))

    def _change_before(self, pid: int, time_ns: int) -> int | None:
        spans = self.timeline.threads[pid].spans
        index = bisect_left(spans, time_ns, key=lambda span: span.start_ns)
        return spans[index - 1].start_ns if index > 0 else None

    def _change_after(self, pid: int, time_ns: int) -> int | None:
        spans = self.timeline.threads[pid].spans
        index = bisect_right(spans, time_ns, key=lambda span: span.start_ns)
        return spans[index].start_ns if index < len(spans) else None

    def state_of(self, thread: Thread) -> tuple[str, int]:
        """Give the letter of a thread's state at the moment looked at, and since when it is so."""
        if self.at_ns is None:
            return thread.state, thread.since_ns
        span = thread.state_at(self.at_ns)
        return ("?", self.at_ns) if span is None else (span.state, span.start_ns)

    def place_of(self, thread: Thread) -> Place | None:
        """Give where a thread stands; None if it runs, or if that is not known of the moment."""
        state, since_ns = self.state_of(thread)
        if since_ns != thread.since_ns or state in "RrX?":
            return None
        return self.places.get(thread.pid)

    # -- Which threads, in which order ------------------------------------------------------------

    def arrange(self) -> None:
        """Find out which threads are shown, in which order, and that one is chosen."""
        threads = self.timeline.threads
        choice = self.order, self.filter, self.at_ns, self.gone_since_ns
        arranged_for = *choice, self.timeline, self.timeline.population
        if arranged_for == self._arranged_for and self.order in _STILL and not self.filter:
            return
        self._arranged_for = arranged_for
        moment_ns = self.moment_ns
        gone: list[Thread] = []
        found: list[tuple[Any, int]] = []
        word = self.filter.lower()
        for pid, thread in threads.items():
            if thread.born_ns > moment_ns:
                continue
            if word and not self._matches(thread, word):
                continue
            ended_ns = thread.ended_ns
            if ended_ns is not None and ended_ns <= moment_ns:
                gone.append(thread)
            else:
                found.append((self._key(thread), pid))
        gone = [one for one in gone if (one.ended_ns or 0) >= self.gone_since_ns]
        gone.sort(key=lambda one: one.ended_ns or 0)
        found += [(self._key(one), one.pid) for one in gone[-_GONE_MAX:]]
        found.sort()
        self.shown = [pid for _, pid in found]
        if self.shown and not self._is_chosen_well():
            self.chosen = self.shown[0]

    # Until the user chooses, the first thread of a module is what one wants to see.
    def _is_chosen_well(self) -> bool:
        thread, first = self.thread, self.timeline.threads[self.shown[0]]
        if thread is None or self.has_chosen:
            return thread is not None
        is_better = self.kind_of(first) < self.kind_of(thread) or thread.freed_ns is not None
        return not is_better or self.order != "own"

    def _matches(self, thread: Thread, word: str) -> bool:
        state, _ = self.state_of(thread)
        place = self.places.get(thread.pid)
        wchan = place.wchan if place is not None else ""
        text = f"{thread.pid} {thread.name} {WORDS[state]} {thread.module} {wchan}"
        return word == state.lower() if len(word) == 1 and word.isalpha() else word in text.lower()

    def _key(self, thread: Thread) -> tuple[Any, ...]:
        order, pid = self.order, thread.pid
        if order == "own":
            has_ended = thread.ended_ns is not None and thread.ended_ns <= self.moment_ns
            return self.kind_of(thread), has_ended, pid
        if order == "name":
            return thread.name, pid
        if order == "state":
            return _STATE_ORDER.index(self.state_of(thread)[0]), pid
        if order == "cpu":
            return thread.cpu, pid
        if order == "for":
            return -self.state_of(thread)[1], pid
        if order == "woken":
            return -thread.wakeups, pid
        if order == "module":
            return not thread.module, thread.module, pid
        return (pid,)

    def kind_of(self, thread: Thread) -> int:
        """Give 0 for a module's thread, 1 for a process of a session, 2 for the host's own."""
        if thread.module:
            return 0
        if thread.is_kthread:
            return 2
        threads = self.timeline.threads
        one: Thread | None = thread
        for _ in range(50):
            if one is None:
                return 2
            if one.comm == "bash":
                return 1
            one = threads.get(one.parent_pid)
        return 2

    def choose(self, number: int) -> None:
        """Choose a thread by its place among those shown."""
        if self.shown:
            self.has_chosen = True
            self.chosen = self.shown[max(0, min(number, len(self.shown) - 1))]

    @property
    def chosen_number(self) -> int:
        """Where the thread that is chosen stands among those shown, 0 if it does not."""
        try:
            return self.shown.index(self.chosen)
        except ValueError:
            return 0

    @property
    def thread(self) -> Thread | None:
        """The thread that is chosen."""
        return self.timeline.threads.get(self.chosen)

    # -- Names ------------------------------------------------------------------------------------

    def mark_of(self, pid: int) -> str:
        """Give the mark of a thread that has a lane, "" without one; it keeps it while shown."""
        return self._marks.get(pid, "")

    def mark(self, pids: list[int]) -> None:
        """Give these threads marks, and take back those of threads that are gone from the model."""
        marks, threads = self._marks, self.timeline.threads
        if all(pid in marks for pid in pids):
            return
        self.marks_revision += 1
        shown = set(pids)
        free = [letter for letter in _MARKS if letter not in marks.values()]
        for pid in pids:
            if pid in marks:
                continue
            if not free:
                gone = [one for one in marks if one not in threads or one not in shown]
                if not gone:
                    return
                free.append(marks.pop(gone[0]))
            marks[pid] = free.pop(0)

    def name_of(self, pid: int) -> str:
        """Give a thread's full name with its number."""
        if pid == 0:
            return "an interrupt"
        thread = self.timeline.threads.get(pid)
        return f"{pid} ({thread.name})" if thread is not None else str(pid)


def short_names(names: list[str]) -> list[str]:
    """Leave out of names, word by word, with what those of the same first word all begin or end."""
    groups: dict[str, list[list[str]]] = {}
    for name in names:
        words = name.split()
        if len(words) > 1:
            groups.setdefault(words[0], []).append(words)
    return [_short_name(name, groups) for name in names]


def _short_name(name: str, groups: dict[str, list[list[str]]]) -> str:
    words = name.split()
    group = groups.get(words[0], []) if words else []
    if len(group) < 2:
        return name
    shortest = min(map(len, group))
    front = 0
    while front < shortest - 1 and len({one[front] for one in group}) == 1:
        front += 1
    back = 0
    while back < shortest - 1 - front and len({one[-1 - back] for one in group}) == 1:
        back += 1
    return " ".join(words[front : len(words) - back])
