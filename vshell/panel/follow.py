"""What each event says about the threads, CPUs, modules and the log.

More events than these are known (``abi.events``); those that change nothing here are passed over.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from vshell.abi import state as st
from vshell.panel.spans import STATES, UNKNOWN, Span, Thread, Wakeup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.abi.events import Event

    Run = tuple[int, int | None, int]
    """When it began, when it ended (None while it lasts), whose it is."""

__all__ = ["NOBODY", "Follower", "span_letter"]

NOBODY = -1
"""Who has a CPU in a gap."""

_KTHREADD = 2
_time_ns = attrgetter("time_ns")


class Follower:
    """Takes events one by one; ``Timeline`` is what others see of it."""

    def __init__(self, span_max: int) -> None:
        """Know nothing.

        Args:
            span_max: how many spans of each thread and of each CPU are kept.
        """
        self.now_ns = 0
        """The moment that all this is about."""
        self.start_ns: int | None = None
        """Since when events are known; None before the first one and without a view."""
        self.threads: dict[int, Thread] = {}
        """By pid, in the order in which they became known; also those that have ended."""
        self.cpus: list[list[Run]] = []
        """Who had each CPU, one after the other; pid 0 is nobody (idle), -1 not known."""
        self.wakeups: list[Wakeup] = []
        """By rising time."""
        self.log: list[tuple[int, int, str]] = []
        """The kernel log: time, level, text."""
        self.modules: dict[str, tuple[int, int | None]] = {}
        """By name: since when it is there, as far as known, and when it went."""
        self.gaps: list[tuple[int, int]] = []
        """From when to when events are missing."""
        self.population = 0
        """How often threads have come, gone, or got another name or module."""
        self.revision = 0
        self._span_max = span_max
        self._changed_at: dict[int, int] = {}
        self._dirty: set[int] = set()
        self._has_changed = False
        # Which process is loading which module: the threads that it makes are the module's.
        self._loading: dict[int, str] = {}
        self._letters: dict[tuple[int, int], str] = {}
        self._takes: dict[str, Callable[[Event], None]] = {
            "sched_switch": self._take_switch,
            "sched_waking": self._take_waking,
            "sched_wakeup_new": self._take_new,
            "sched_migrate_task": self._take_migration,
            "sched_process_fork": self._take_fork,
            "sched_process_exit": self._take_exit,
            "sched_process_free": self._take_free,
            "task_rename": self._take_rename,
            "module_load": self._take_load,
            "module_free": self._take_unload,
            "console": self._take_line,
            "kthread_park": self._take_park,
            "kthread_parked": self._take_parked,
            "kthread_unpark": self._take_unpark,
            "kthread_stop": self._take_stop,
        }

    def _enter(self, thread: Thread, time_ns: int, state: str, cpu: int = -1) -> None:
        thread.enter(time_ns, state, cpu, self._span_max)
        if cpu >= 0:
            thread.cpu = cpu
        self._dirty.add(thread.pid)

    # A CPU has somebody else from a time on; what lasts for no time at all is left out.
    def _occupy(self, cpu: int, time_ns: int, pid: int) -> None:
        while len(self.cpus) <= cpu:
            self.cpus.append([])
        runs = self.cpus[cpu]
        if runs:
            begins_ns, _, before = runs[-1]
            if before == pid:
                return
            if time_ns <= begins_ns:
                runs.pop()
                time_ns = begins_ns
                if runs and runs[-1][2] == pid:
                    time_ns = runs.pop()[0]
            else:
                runs[-1] = (begins_ns, time_ns, before)
        runs.append((time_ns, None, pid))
        self._has_changed = True
        if len(runs) > self._span_max:
            del runs[: len(runs) - self._span_max * 3 // 4]

    # Somebody who was there before events are known.
    def _meet(self, event: Event, name: str, pid: int, state: str, cpu: int = -1) -> Thread:
        thread = Thread(pid, name, event.time_ns, Span(event.time_ns, None, state, cpu))
        self.threads[pid] = thread
        self._dirty.add(pid)
        self.population += 1
        return thread

    # -- Events -----------------------------------------------------------------------------------

    def _take_switch(self, event: Event) -> None:
        prev_comm, prev_pid, _, prev_state, prev_exit, next_comm, next_pid, _ = event.values
        time_ns, cpu = event.time_ns, event.cpu
        threads = self.threads
        if prev_pid:
            thread = threads.get(prev_pid) or self._meet(event, prev_comm, prev_pid, "R", cpu)
            self._leave(thread, event, prev_state, prev_exit)
        if next_pid:
            thread = threads.get(next_pid) or self._meet(event, next_comm, next_pid, "r", cpu)
            thread.enter(time_ns, "R", cpu, self._span_max)
            thread.cpu = cpu
            self._dirty.add(next_pid)
        self._occupy(cpu, time_ns, next_pid)

    def _leave(self, thread: Thread, event: Event, state: int, exit_state: int) -> None:
        last = thread.spans[-1]
        if last.state == "R" and last.cpu != event.cpu:
            # It has been moved to an idle CPU, and goes on there already.
            return
        key = state, exit_state
        letter = self._letters.get(key) or self._letters.setdefault(key, _letter(*key))
        if letter == "r":
            # It may have been moved before it was switched from.
            self._enter(thread, event.time_ns, "r", thread.cpu if last.state == "R" else event.cpu)
            return
        self._enter(thread, event.time_ns, letter)
        if letter == "X":
            thread.ended_ns = thread.since_ns
            self.population += 1
            if exit_state & st.EXIT_DEAD:
                thread.freed_ns = thread.since_ns

    def _take_waking(self, event: Event) -> None:
        comm, pid, _, target_cpu, in_irq = event.values
        waker_pid = 0 if in_irq else event.pid
        thread = self.threads.get(pid) or self._meet(event, comm, pid, UNKNOWN)
        thread.wakeups += 1
        thread.is_parked = False
        if thread.is_unwoken:
            thread.is_unwoken = False
            thread.module = self._module_of(waker_pid)
            self.population += 1
        # Who has only set its state, and not slept yet, just goes on.
        if thread.spans[-1].state not in "RrX":
            self._enter(thread, event.time_ns, "r", target_cpu)
        self._dirty.add(pid)
        wakeups = self.wakeups
        wakeup = Wakeup(event.time_ns, waker_pid, pid, event.cpu)
        if wakeups and wakeups[-1].time_ns > event.time_ns:
            wakeups.insert(bisect_right(wakeups, event.time_ns, key=_time_ns), wakeup)
        else:
            wakeups.append(wakeup)

    def _take_new(self, event: Event) -> None:
        comm, pid, _, target_cpu = event.values
        thread = self.threads.get(pid)
        if thread is None or thread.ended_ns is not None:
            # A process that the machine itself has started has nobody who forked it.
            thread = self._bear(event, comm, pid)
        self._enter(thread, event.time_ns, "r", target_cpu)

    def _take_migration(self, event: Event) -> None:
        comm, pid, _, _, dest_cpu = event.values
        thread = self.threads.get(pid) or self._meet(event, comm, pid, UNKNOWN)
        thread.cpu = dest_cpu
        if thread.spans[-1].state == "r":
            self._enter(thread, event.time_ns, "r", dest_cpu)
        self._dirty.add(pid)

    def _take_fork(self, event: Event) -> None:
        _, parent_pid, name, pid = event.values
        thread = self._bear(event, name, pid)
        thread.parent_pid = parent_pid
        parent = self.threads.get(parent_pid)
        thread.is_kthread = parent_pid == _KTHREADD or (parent is not None and parent.is_kthread)
        thread.is_unwoken = thread.is_kthread

    # A number that comes round again is another thread.
    def _bear(self, event: Event, name: str, pid: int) -> Thread:
        self.threads.pop(pid, None)
        return self._meet(event, name, pid, "r", event.cpu)

    def _take_exit(self, event: Event) -> None:
        self._loading.pop(event.values[1], None)

    def _take_free(self, event: Event) -> None:
        thread = self.threads.get(event.values[1])
        if thread is not None:
            self._end(thread, event.time_ns)

    def _end(self, thread: Thread, time_ns: int) -> None:
        self.population += 1
        self._enter(thread, time_ns, "X")
        if thread.ended_ns is None:
            thread.ended_ns = thread.since_ns
        if thread.freed_ns is None:
            thread.freed_ns = max(time_ns, thread.ended_ns)

    def _take_rename(self, event: Event) -> None:
        pid, _, comm, _ = event.values
        thread = self.threads.get(pid)
        if thread is not None:
            thread.comm = comm
            # A kernel thread keeps its full name.
            thread.name = thread.name if thread.is_kthread else comm
            self.population += 1
            self._dirty.add(pid)

    # -- Modules, log, requests -------------------------------------------------------------------

    # Whose thread it is that somebody has just made: that of the module he loads or is part of.
    def _module_of(self, pid: int) -> str:
        maker = self.threads.get(pid)
        return self._loading.get(pid) or (maker.module if maker is not None else "")

    def _take_load(self, event: Event) -> None:
        name = event.values[0]
        self.modules[name] = (event.time_ns, None)
        self._loading[event.pid] = name
        self._has_changed = True

    def _take_unload(self, event: Event) -> None:
        name = event.values[0]
        since_ns = self.modules[name][0] if name in self.modules else event.time_ns
        self.modules[name] = (since_ns, event.time_ns)
        self._loading = {pid: one for pid, one in self._loading.items() if one != name}
        self._has_changed = True

    def _take_line(self, event: Event) -> None:
        line_ns, level, text = event.values
        self.log.append((line_ns, level, text))
        self._has_changed = True

    def _take_park(self, event: Event) -> None:
        self._asked(event).requests.add("park")

    def _take_parked(self, event: Event) -> None:
        self._asked(event).is_parked = True

    def _take_unpark(self, event: Event) -> None:
        thread = self._asked(event)
        thread.requests.discard("park")
        thread.is_parked = False

    def _take_stop(self, event: Event) -> None:
        self._asked(event).requests.add("stop")

    def _asked(self, event: Event) -> Thread:
        comm, pid = event.values
        thread = self.threads.get(pid) or self._meet(event, comm, pid, UNKNOWN)
        thread.is_kthread = True
        self._dirty.add(pid)
        return thread


def span_letter(letter: str) -> str:
    """Give the state of a span for the letter of ps, of a task that is not on a CPU."""
    return {"R": "r", "Z": "X", "t": "T"}.get(letter, letter)


def _letter(state: int, exit_state: int) -> str:
    if state == st.TASK_REPORT_MAX:
        return "r"
    letter = span_letter(st.state_letter(state, exit_state))
    assert letter in STATES
    return letter
