"""What the panel knows: every thread's life, made from the event stream alone.

``Timeline`` begins with a view of a kernel, or with the last events and the view that they led to,
and follows the events from there. All that it gives are plain values that nobody else changes while
it is not fed. What is old is forgotten: spans, wake-ups, log lines and threads that are gone have
limits, so that a panel can be left open for days.

Events that nobody told (a viewer that did not keep up) leave a gap: threads are ``UNKNOWN`` there
unless the next view says that they slept through it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter, itemgetter

from vshell.panel.follow import NOBODY, Follower, span_letter
from vshell.panel.spans import SPAN_MAX, UNKNOWN, Span, Thread, Wakeup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vshell.abi.events import Event
    from vshell.abi.views import KernelView, TaskView
    from vshell.abi.wire import Batch

__all__ = ["LOG_MAX", "THREADS_MAX", "WAKEUPS_MAX", "Span", "Thread", "Timeline", "Wakeup"]

THREADS_MAX = 4096
"""Of more threads than this, those that have been gone longest are forgotten."""

WAKEUPS_MAX = 65_536
LOG_MAX = 16_384

_time_ns = attrgetter("time_ns")
_begin_ns = itemgetter(0)


class Timeline(Follower):
    """All threads, CPUs, wake-ups, modules and log lines of a kernel, over its virtual time."""

    def __init__(
        self,
        view: KernelView | None = None,
        history: Iterable[Event] = (),
        *,
        span_max: int = SPAN_MAX,
    ) -> None:
        """Begin.

        Args:
            view: of the kernel at the moment from which events will be fed; without one, only
                what events tell is known.
            history: the events before that moment that are still known, oldest first.
            span_max: how many spans of each thread and of each CPU are kept, at least 4.
        """
        super().__init__(max(span_max, 4))
        self.feed(history)
        if view is not None:
            self.sync(view)

    # -- Feeding ----------------------------------------------------------------------------------

    def take(self, batch: Batch) -> None:
        """Take all that a machine tells at once: events, a view, how late it is."""
        events = list(batch.events())
        if batch.missed and self.start_ns is not None:
            self.lose(events[0].time_ns if events else batch.now_ns)
        self.feed(events)
        if batch.view is not None:
            self.sync(batch.view)
        self.advance(batch.now_ns)

    def feed(self, events: Iterable[Event]) -> None:
        """Take events, in the order in which the kernel emitted them."""
        takes = self._takes
        now_ns = self.now_ns
        for event in events:
            time_ns = event.time_ns
            now_ns = max(now_ns, time_ns)
            if self.start_ns is None:
                self.start_ns = time_ns
            take = takes.get(event.name)
            if take is not None:
                take(event)
        self.now_ns = now_ns
        self._conclude()

    def advance(self, now_ns: int) -> None:
        """Let time pass in which nothing has happened."""
        self.now_ns = max(self.now_ns, now_ns)

    def lose(self, until_ns: int) -> None:
        """Take note that events are missing, from now until a time."""
        since_ns = self.now_ns
        self.now_ns = max(until_ns, since_ns)
        self.gaps.append((since_ns, self.now_ns))
        del self.gaps[: -self._span_max]
        for thread in self.threads.values():
            if thread.ended_ns is None:
                self._enter(thread, since_ns, UNKNOWN)
        for cpu in range(len(self.cpus)):
            self._occupy(cpu, since_ns, NOBODY)
        self._conclude()

    def sync(self, view: KernelView) -> None:
        """Bring everything in line with a view of the kernel as it is after the last event."""
        now_ns = self.now_ns = max(self.now_ns, view.now_ns)
        if self.start_ns is None:
            self.start_ns = now_ns
        for task in view.tasks:
            self._sync_thread(task, now_ns)
        self._sync_gone({task.pid for task in view.tasks}, now_ns)
        self.population += 1
        running = {task.cpu: task.pid for task in view.tasks if task.is_running}
        for cpu in range(max(view.cpus, len(self.cpus))):
            self._occupy(cpu, now_ns, running.get(cpu, 0))
        self._sync_modules({module.name for module in view.modules}, now_ns)
        log = [(line.time_ns, line.level, line.text) for line in view.log]
        if log:
            # The kernel's ring may have lost what is still known here.
            log = [line for line in self.log if line[0] < log[0][0]] + log
            self._has_changed |= log[-LOG_MAX:] != self.log
            self.log = log[-LOG_MAX:]
        self._conclude()

    # -- Asking -----------------------------------------------------------------------------------

    def changed_pids(self, since_revision: int) -> set[int]:
        """Give the threads that have changed after a revision; also those that are forgotten."""
        return {pid for pid, revision in self._changed_at.items() if revision > since_revision}

    def running_on(self, cpu: int) -> int:
        """Give who has a CPU now: a pid, 0 if it is idle, -1 if that is not known."""
        return self.cpus[cpu][-1][2]

    def spans_of(self, pid: int, start_ns: int, end_ns: int) -> Iterator[Span]:
        """Give copies of a thread's spans in a stretch of time, cut off at its ends and now."""
        thread = self.threads.get(pid)
        if thread is not None:
            yield from thread.spans_between(start_ns, min(end_ns, self.now_ns))

    def runs_of(self, cpu: int, start_ns: int, end_ns: int) -> Iterator[tuple[int, int, int]]:
        """Give who had a CPU in a stretch of time, cut off at its ends and now."""
        runs = self.cpus[cpu]
        end_ns = min(end_ns, self.now_ns)
        for index in range(max(bisect_right(runs, start_ns, key=_begin_ns) - 1, 0), len(runs)):
            begins_ns, ends_ns, pid = runs[index]
            begins_ns = max(begins_ns, start_ns)
            if begins_ns >= end_ns:
                return
            yield begins_ns, end_ns if ends_ns is None else min(ends_ns, end_ns), pid

    def wakeups_between(self, start_ns: int, end_ns: int) -> list[Wakeup]:
        """Give the wake-ups from a time until before another."""
        first = bisect_left(self.wakeups, start_ns, key=_time_ns)
        return self.wakeups[first : bisect_left(self.wakeups, end_ns, first, key=_time_ns)]

    # -- Changing ---------------------------------------------------------------------------------

    def _conclude(self) -> None:
        if not self._dirty and not self._has_changed:
            return
        self.revision += 1
        self._changed_at.update(dict.fromkeys(self._dirty, self.revision))
        self._dirty.clear()
        self._has_changed = False
        if len(self.threads) > THREADS_MAX:
            self._forget_threads()
        if len(self.wakeups) > WAKEUPS_MAX:
            del self.wakeups[: -WAKEUPS_MAX * 3 // 4]
        if len(self.log) > LOG_MAX:
            del self.log[: -LOG_MAX * 3 // 4]

    # So many that this is not done again for the next one.
    def _forget_threads(self) -> None:
        self.population += 1
        gone = [
            (one.freed_ns, pid) for pid, one in self.threads.items() if one.freed_ns is not None
        ]
        for _, pid in sorted(gone)[: len(self.threads) - THREADS_MAX * 7 // 8]:
            del self.threads[pid]
            self._changed_at[pid] = self.revision
        if len(self._changed_at) > 2 * THREADS_MAX:
            forgotten = [pid for pid in self._changed_at if pid not in self.threads]
            for pid in forgotten[:-THREADS_MAX]:
                del self._changed_at[pid]

    # -- Views ------------------------------------------------------------------------------------

    def _sync_thread(self, task: TaskView, now_ns: int) -> None:
        state, cpu = _state_of(task)
        # Since when a task could run says nothing about since when it does.
        since_ns = now_ns if cpu >= 0 else max(task.state_since_ns, task.started_ns)
        thread = self.threads.get(task.pid)
        if thread is None or thread.freed_ns is not None:
            self.threads.pop(task.pid, None)
            first = Span(since_ns, None, state, cpu)
            thread = self.threads[task.pid] = Thread(task.pid, task.name, task.started_ns, first)
        elif (thread.state, thread.spans[-1].cpu) != (state, cpu):
            # Who has slept through a gap is, from its beginning, in the state of before.
            self._enter(thread, max(since_ns, thread.since_ns), state, cpu)
        thread.name, thread.comm, thread.cpu = task.name, task.comm, task.cpu
        thread.born_ns = task.started_ns
        thread.parent_pid, thread.is_kthread = task.parent_pid, task.is_kthread
        thread.module = task.module
        thread.requests = set(task.requests)
        thread.is_parked = state == "P"
        thread.is_unwoken = False
        if state == "X" and thread.ended_ns is None:
            thread.ended_ns = thread.since_ns
        self._dirty.add(task.pid)

    def _sync_gone(self, pids: set[int], now_ns: int) -> None:
        for pid, thread in self.threads.items():
            if pid not in pids and thread.freed_ns is None:
                self._end(thread, now_ns)

    def _sync_modules(self, names: set[str], now_ns: int) -> None:
        for name in sorted(names):
            if name not in self.modules or self.modules[name][1] is not None:
                self.modules[name] = (now_ns, None)
                self._has_changed = True
        for name, (since_ns, gone_ns) in self.modules.items():
            if gone_ns is None and name not in names:
                self.modules[name] = (since_ns, now_ns)
                self._has_changed = True


def _state_of(task: TaskView) -> tuple[str, int]:
    if task.is_running or task.is_queued:
        return "R" if task.is_running else "r", task.cpu
    letter = span_letter(task.state)
    return letter, task.cpu if letter == "r" else -1
