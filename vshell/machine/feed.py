"""What happens in a host, told to those who watch, without the host ever waiting for them.

The kernel keeps its last events in a ring anyhow. A few times a second of real time, between two
turns of the machine's loop, the feed takes what is new there and gives it to all viewers as one
batch. A viewer that has fallen behind catches up from the ring with a fresh view of the kernel; so
does everybody when more happens than can be told. The more a batch costs, the later comes the next:
watching takes a few hundredths of the machine's time, whatever happens in it.
"""

from __future__ import annotations

import os

from vshell import __version__
from vshell.abi.units import NEVER_NS
from vshell.abi.wire import PANEL_KINDS, Answer, Batch, ClockView, Hello, Place, Request
from vshell.kernel.stacktrace import wchan
from vshell.machine.hold import check_command
from vshell.machine.pacing import real_s
from vshell.machine.views import view_kernel, view_modules
from vshell.machine.why_place import find_place, module_task_is_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    from vshell.machine.explain import Explainer
    from vshell.machine.host import Host
    from vshell.machine.thread import Machine
    from vshell.machine.viewer import Viewer

    class Enterer(Protocol):
        """Who wants to know that what it has put into the inbox has been taken out."""

        def note_entered(self) -> None:
            """It has."""


__all__ = ["EVENTS_MAX", "HISTORY_MAX", "PERIOD_S", "Feed"]

PERIOD_S = 0.1
"""The least time between two batches."""

EVENTS_MAX = 10_000
"""The most events of a batch; if there are more, only the last few are told, with a view."""

HISTORY_MAX = 20_000
"""The most events with which a viewer begins, or catches up."""

_FLOOD_EVENTS = 500
_HEARTBEAT_S = 1.0
_SHARE = 0.04
# What it costs to write a byte of a batch for a socket, in another thread but with the same lock.
_S_PER_BYTE = 30e-9
_CHUNK_S_MAX, _CHUNK_S_MIN = 0.05, 0.01
_CHUNK_NS_FIRST, _CHUNK_NS_MIN = 1_000_000_000, 1_000_000
_PLACES_MAX = 500


class Feed:
    """Tells a host's viewers what happens. In the host's thread only."""

    def __init__(self, machine: Machine, host: Host) -> None:
        """Tell nobody."""
        self._machine = machine
        self._host = host
        self._trace = host.kernel.trace
        self._viewers: list[Viewer] = []
        self._cursor = self._trace.count
        self._flushed_s = self._next_s = self._turned_s = real_s()
        self._facts: tuple[object, ...] = ()
        self._moved: dict[int, None] = {}
        self._explainer: Explainer | None = None
        self._chunk_ns = _CHUNK_NS_FIRST

    @property
    def is_watched(self) -> bool:
        """Whether anybody is told what happens."""
        return any(not one.is_quiet for one in self._viewers)

    @property
    def chunk_ns(self) -> int:
        """How much virtual time to let pass at most before the next turn."""
        return self._chunk_ns if self.is_watched else NEVER_NS

    # -- Viewers ----------------------------------------------------------------------------------

    def attach(self, viewer: Viewer, now_ns: int) -> None:
        """Greet a viewer; it begins with a view and the events that led to it."""
        if not viewer.is_quiet:
            self._flush(now_ns)
        self._viewers.append(viewer)
        settings = self._host.settings
        names = (settings.hostname, settings.release, settings.user)
        clock = self._host.kernel.clock
        ticks = (clock.jiffy_ns, clock.phase_ns, clock.initial_jiffies)
        viewer.give(Hello(__version__, os.getpid(), *names, settings.cpus, *ticks))
        if not viewer.is_quiet:
            self._give_view(viewer, now_ns)

    def detach(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        viewer.leave()
        self._viewers = [one for one in self._viewers if one is not viewer]

    def catch_up(self, viewer: Viewer, now_ns: int) -> None:
        """Let a viewer that has fallen behind begin anew where it stopped."""
        if viewer in self._viewers:
            self._flush(now_ns)
            self._give_view(viewer, now_ns)

    def end(self, text: str) -> None:
        """Tell all that the machine is gone."""
        for viewer in self._viewers:
            viewer.lose(text)
        self._viewers = []

    def _give_view(self, viewer: Viewer, now_ns: int) -> None:
        new = self._cursor - viewer.cursor
        events = self._trace.latest(min(new, HISTORY_MAX))
        view = view_kernel(self._host)
        places = self._places(task.pid for task in view.tasks)
        told = (view.modules, places, tuple(events), new - len(events), view)
        viewer.give_batch(Batch(now_ns, self._view_clock(), *told), self._cursor)

    # -- Requests ---------------------------------------------------------------------------------

    def obey(self, viewer: Viewer, request: Request) -> None:
        """Do what a viewer asks for; whatever goes wrong is the answer."""
        self._answer(viewer, request, self._obey)

    def look(self, viewer: Viewer, request: Request) -> None:
        """Answer what a prompt asks, after all that it has typed before has entered."""
        from vshell.machine.attached import look  # noqa: PLC0415 - only for prompts

        self._answer(viewer, request, lambda *_: look(viewer, self._host, request))

    def _answer(
        self,
        viewer: Viewer,
        request: Request,
        act: Callable[[Viewer, Request], Answer | None],
    ) -> None:
        try:
            answer = act(viewer, request)
        except Exception as error:
            answer = Answer(request.number, f"cannot do that: {error!r}")
        if answer is not None:
            viewer.give(answer)

    def _obey(self, viewer: Viewer, request: Request) -> Answer | None:
        number, value = request.number, request.value
        if viewer.is_quiet:
            from vshell.machine.attached import obey  # noqa: PLC0415 - only for prompts

            return obey(viewer, request)
        if request.kind not in PANEL_KINDS:
            return Answer(number, f"a viewer cannot ask for that: {request.kind}")
        if request.kind == "clock":
            wrong = check_command(value)
            if not wrong:
                # It enters as everything does: it is stamped, and kept in the machine's log.
                self._machine.put("clock", -1, value)
            return Answer(number, wrong)
        if request.kind == "explain":
            return self._explain(number, value)
        if request.kind == "size":
            viewer.resize_here(*value)
        elif request.kind == "type":
            viewer.type_here(value + "\n")
        else:
            viewer.type_here(value)
        return Answer(number)

    def note_entered(self, terminal: Enterer) -> None:
        """Tell a terminal that what it has let enter has entered."""
        terminal.note_entered()

    def _explain(self, number: int, pid: int) -> Answer:
        if self._explainer is None:
            from vshell.machine.explain import Explainer  # noqa: PLC0415 - only if asked

            self._explainer = Explainer(self._host)
        found = self._explainer.explain(pid)
        return Answer(number, "" if found is not None else f"no such process: {pid}", found)

    # -- Telling ----------------------------------------------------------------------------------

    def delay_s(self, delay_s: float | None) -> float | None:
        """Give how long the machine may sleep, who would sleep so long (None: for ever)."""
        if not self.is_watched:
            return delay_s
        due_s = self._next_s if self._has_news() else self._heartbeat_due_s()
        if due_s is None:
            return delay_s
        left_s = max(due_s - real_s(), 0.0)
        return left_s if delay_s is None else min(delay_s, left_s)

    def _has_news(self) -> bool:
        is_same = self._trace.count == self._cursor and self._clock_facts() == self._facts
        return bool(self._moved) or not is_same

    # Where time moves by itself, a viewer hears how far it has come although nothing happens.
    def _heartbeat_due_s(self) -> float | None:
        return self._flushed_s + _HEARTBEAT_S if self._facts[2:] == (True,) else None

    def turn(self, now_ns: int) -> None:
        """Tell what is to be told by now; the machine's loop calls it at every turn.

        Args: now_ns: virtual time up to which everything has happened.
        """
        if not self.is_watched:
            return
        for viewer in self._viewers:
            viewer.pump(self._host)
        turned_s, self._turned_s = self._turned_s, real_s()
        self._fit_chunk(self._turned_s - turned_s)
        due_s = self._next_s if self._has_news() else self._heartbeat_due_s()
        if due_s is not None and self._turned_s >= due_s:
            self._flush(now_ns)

    # So much virtual time that one turn takes less real time than a batch's period.
    def _fit_chunk(self, took_s: float) -> None:
        if took_s > _CHUNK_S_MAX:
            self._chunk_ns = max(self._chunk_ns // 2, _CHUNK_NS_MIN)
        elif took_s < _CHUNK_S_MIN:
            self._chunk_ns = min(self._chunk_ns * 2, NEVER_NS)

    def _flush(self, now_ns: int) -> None:
        began_s = real_s()
        trace = self._trace
        new = trace.count - self._cursor
        self._cursor = trace.count
        readers = [one for one in self._viewers if not (one.is_behind or one.is_quiet)]
        if readers:
            batch = self._batch(new, now_ns)
            for viewer in readers:
                viewer.give_batch(batch, self._cursor)
        written = 0
        for viewer in self._viewers:
            written += viewer.bytes_written
            viewer.bytes_written = 0
        self._flushed_s = real_s()
        cost_s = self._flushed_s - began_s + written * _S_PER_BYTE
        self._next_s = self._flushed_s + max(PERIOD_S, cost_s / _SHARE)

    def _batch(self, new: int, now_ns: int) -> Batch:
        host = self._host
        is_flood = new > EVENTS_MAX
        events = self._trace.latest(_FLOOD_EVENTS if is_flood else new)
        view = None
        if is_flood:
            view = view_kernel(host)
            self._moved = dict.fromkeys(task.pid for task in view.tasks)
        else:
            self._note_moved(events)
        pids = list(self._moved)
        self._moved = dict.fromkeys(pids[_PLACES_MAX:])
        places = self._places(pids[:_PLACES_MAX])
        told = (view_modules(host), places, tuple(events), new - len(events), view)
        return Batch(now_ns, self._view_clock(), *told)

    def _note_moved(self, events: list[tuple[Any, ...]]) -> None:
        moved = self._moved
        for event in events:
            if event[3] == "sched_switch":
                moved[event[5]] = None
                moved[event[10]] = None

    # -- What a batch says beside its events -------------------------------------------------------

    def _clock_facts(self) -> tuple[object, ...]:
        clock = self._host.clock
        return clock.is_paused, clock.rate, self._machine.is_moving(self._host)

    def _view_clock(self) -> ClockView:
        from vshell.machine.clock_file import pending_timers  # noqa: PLC0415 - only when watched

        self._facts = self._clock_facts()
        is_paused, rate, is_moving = (
            self._host.clock.is_paused,
            self._host.clock.rate,
            self._facts[2],
        )
        timer = min(pending_timers(self._host.kernel), default=(-1, 0, ""))
        return ClockView(is_paused, rate, bool(is_moving), *timer)

    def _places(self, pids: Iterable[int]) -> tuple[Place, ...]:
        kernel = self._host.kernel
        found = []
        for pid in pids:
            task = kernel.tasks.get(pid)
            if task is None:
                continue
            where = wchan(kernel, task)
            where = "" if where == "0" else where
            if task.context is None:
                # One of the boot, that has nothing to do here.
                found.append(Place(pid, where, "", "", ""))
                continue
            place = find_place(kernel, task)
            own = module_task_is_in(kernel, task)
            module = own.name if own is not None else place.module
            found.append(Place(pid, where, place.source, place.function, module))
        return tuple(found)
