"""The machine: a host in an OS thread of its own; the only surface other threads may touch.

Everything that enters the host passes one inbox: typed lines, keys, a changed window, clock
commands, questions. The host's thread takes an entry out, stamps it with the virtual time at which
it entered, and keeps it in ``log``; so a session can be repeated exactly. What leaves the host
leaves through the listener of a terminal, called in the host's thread, with values only.

The loop: sleep until the real moment of the next virtual event or until something enters; hand it
over; let the kernel run up to the virtual time that it is now by the pacing. A host that has been
told to reboot, or has panicked, is followed by a fresh one on the same terminals.

More than 400 lines, one idea: all that happens in the host's thread, from boot to boot.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue

from vshell.abi.units import NEVER_NS
from vshell.kernel.context import VshellBug
from vshell.kernel.oops import KernelPanic
from vshell.machine.hold import Hold
from vshell.machine.pacing import Pacing
from vshell.machine.panicked import PROMPT, screen, wants_to_leave
from vshell.machine.terminal import Terminal, connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.tty import PanelDoor, Tty
    from vshell.machine.feed import Feed
    from vshell.machine.host import Host
    from vshell.machine.observer import Observer
    from vshell.machine.server import Server
    from vshell.machine.terminal import Listener

__all__ = ["Machine", "MachineStopped"]

_BUSY_DELAY_S = 0.002
_CHUNK_REAL_NS = 50_000_000
_BEHIND_REAL_NS_MAX = 500_000_000
_BEHIND_NS_MAX = 1_000_000_000_000
# A thread cannot wait for longer than some hundred years; slow motion can ask for that.
_DELAY_S_MAX = 86_400.0
_CHUNK_FREE_NS = 1_000_000_000
_CHUNK_PAUSED_NS = 10_000_000


class MachineStopped(Exception):
    """The machine no longer answers."""


class Machine:
    """A host in a thread."""

    def __init__(
        self,
        make_host: Callable[[], Host],
        rate: float = 1.0,
        observer: Observer | None = None,
        *,
        server: bool = False,
    ) -> None:
        """Describe a machine; ``start`` makes it run.

        Args:
            make_host: makes the host, in its thread.
            rate: virtual seconds per real second, until ``clock`` asks for another; 0 for the free
                clock, whatever ``clock`` asks for.
            observer: who hears of everything that enters and leaves; None for nobody.
            server: whether viewers in other processes can attach; ``serve`` lets them later.
        """
        self._make_host = make_host
        self._observer = observer
        self.pacing = Pacing(rate)
        self._is_free = not rate
        self._inbox: SimpleQueue[tuple[str, int, Any]] = SimpleQueue()
        self._thread = threading.Thread(target=self._main, name="vshell-kernel", daemon=True)
        self._host: Host | None = None
        self._listeners: list[Listener] = []
        self._panels: list[PanelDoor | None] = []
        self._ttys: list[Tty] = []
        self._pids: list[int] = []
        self._ended: set[Tty] = set()
        self._opened = 0
        self._opening = threading.Lock()
        # Inputs that have been stamped, but have not happened yet.
        self._entering = 0
        self._running = True
        # Of those who watch, made when the first one comes.
        self._feed: Feed | None = None
        self._hold: Hold | None = None
        self._wants_server = server
        self._server: Server | None = None
        self.log: list[tuple[int, str, int, Any]] = []
        """What has entered: virtual time, kind, terminal, value."""

    # -- From any thread --------------------------------------------------------------------------

    def start(self) -> None:
        """Boot the host.

        Raises:
            ServerError: viewers were to be able to attach, and cannot.
        """
        if self._wants_server:
            self.serve()
        self._thread.start()

    def serve(self) -> None:
        """Let viewers in other processes attach, by a socket of this user's.

        Raises:
            ServerError: there is no private place for it.
        """
        if self._server is None:
            from vshell.machine.server import Server  # noqa: PLC0415 - only if asked

            self._server = Server(self)

    def open_terminal(
        self, listener: Listener, columns: int, rows: int, panel: PanelDoor | None = None
    ) -> Terminal:
        """Open a session on the next terminal.

        Args:
            listener: hears what happens there.
            columns: its width.
            rows: its height.
            panel: how the listener is asked for the panel; None if it cannot show it.
        """
        with self._opening:
            number = self._opened
            self._opened += 1
            self._listeners.append(listener)
            self._panels.append(panel)
            self.put("open", number, (columns, rows))
        return Terminal(self, number)

    def now_ns(self) -> int:
        """Give the virtual time that it is now, 0 before the boot."""
        if self._host is None:
            return 0
        return self.pacing.virtual_ns() if self.pacing.rate else self._host.kernel.now_ns

    def put(self, kind: str, number: int, value: Any) -> None:
        """Put something into the inbox."""
        self._inbox.put((kind, number, value))

    def query(
        self, function: Callable[[Host, Any], Any], number: int = 0, wait_s: float = 1.0
    ) -> Any:
        """Have a function look at the host, in its thread, between two events.

        Args: function: called with the host and the pid of the terminal's session; it must change
            nothing.
            number: of the terminal.
            wait_s: how long to wait at most.

        Raises:
            MachineStopped: there was no answer.
        """
        answer: SimpleQueue[Any] = SimpleQueue()
        self.put("query", number, (function, answer))
        try:
            return answer.get(timeout=wait_s)
        except Empty:
            raise MachineStopped from None

    def stop(self) -> None:
        """Stop the machine and wait for its thread."""
        self.put("stop", 0, None)
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        if self._server is not None:
            self._server.close()

    # -- In the host's thread ----------------------------------------------------------------------

    def _main(self) -> None:
        try:
            host = self._boot()
            # Virtual time begins to pass when the first session is opened, not before.
            first = self._inbox.get()
            self.pacing.start(host.kernel.now_ns)
            self._accept(host, first, host.kernel.now_ns)
            while self._running:
                try:
                    self._turn(host)
                    if not (host.kernel.reboot_requested and self._running):
                        continue
                except KernelPanic as panic:
                    if not self._is_to_boot(host, panic):
                        break
                host = self._boot_again(host)
            host.shut_down()
        except KernelPanic as panic:
            self._fail(f"the virtual kernel has stopped: {panic}")
        except VshellBug as bug:
            self._fail(f"this is a bug in vshell, please report it: {bug}")
        except Exception as error:
            import traceback  # noqa: PLC0415 - only for a bug

            self._fail(
                f"this is a bug in vshell, please report it: {error!r}\n{traceback.format_exc()}"
            )
        self._part("vshell has ended")

    def _boot(self) -> Host:
        host = self._host = self._make_host()
        if not self._is_free:
            # Whoever records the session takes this from the settings.
            host.clock.rate = host.settings.speed = self.pacing.rate
        if self._observer is not None:
            self._observer.on_boot(host)
        return host

    # The machine has panicked: show why, and wait until somebody wants it to boot again.
    def _is_to_boot(self, host: Host, panic: KernelPanic) -> bool:
        if self._observer is not None:
            # A transcript ends where its host does.
            raise panic
        text = f"the virtual kernel has stopped: {panic}"
        self._end_feed(text)
        for number, tty in enumerate(self._ttys):
            if tty not in self._ended:
                self._listeners[number].on_output(screen(host, tty))
                if host.kernel.sysctls.panic <= 0:
                    self._listeners[number].on_question(PROMPT, "")
        while host.kernel.sysctls.panic <= 0:
            kind, number, value = entry = self._inbox.get()
            if kind == "query":
                self._accept(host, entry, host.kernel.now_ns)
            elif wants_to_leave(kind, value):
                self._fail(text)
                return False
            elif kind in ("line", "open"):
                if kind == "open":
                    self._inbox.put(entry)
                return True
        return True

    # The same terminals, on a host that knows nothing of what has been.
    def _boot_again(self, host: Host) -> Host:
        self._end_feed("the host boots again")
        before, self._ttys, self._pids = self._ttys, [], []
        ended, self._ended = self._ended, set()
        self._hold, self._entering = None, 0
        host.shut_down()
        host = self._boot()
        self.pacing.start(host.kernel.now_ns)
        for number, tty in enumerate(before):
            if tty not in ended:
                self._open(host, number, tty.columns, tty.rows)
                continue
            self._ttys.append(host.add_terminal())
            self._pids.append(0)
            self._ended.add(self._ttys[-1])
        return host

    def _end_feed(self, text: str) -> None:
        if self._feed is not None:
            self._feed.end(text)
            self._feed = None

    # Nobody is left waiting: whoever watches, or wanted to, is told.
    def _part(self, text: str) -> None:
        self._running = False
        self._end_feed(text)
        while (entry := self._next_entry(0)) is not None:
            if entry[0] == "feed" and entry[2][0] == "attach":
                entry[2][1].lose(text)

    def _fail(self, text: str) -> None:
        self._running = False
        self._end_feed(text)
        for listener in self._listeners:
            listener.on_failure(text)

    def _turn(self, host: Host) -> None:
        kernel = host.kernel
        feed = self._feed
        self._follow_clock(host)
        delay_s = self._delay_s(host)
        entry = self._next_entry(delay_s if feed is None else feed.delay_s(delay_s))
        if entry is not None:
            # What enters happens at the virtual time that it is now, after all that is due before.
            now_ns = kernel.now_ns
            if self.pacing.rate:
                limit_ns = self._limit_ns(host)
                kernel.run(limit_ns)
                now_ns = max(limit_ns, kernel.now_ns)
            self._accept(host, entry, now_ns)
            kernel.stop_requested = False
            kernel.run(now_ns)
            self._follow_clock(host)
        reached_ns = kernel.now_ns
        if self.pacing.rate or not self._stands(host):
            kernel.stop_requested = False
            limit_ns = self._limit_ns(host)
            kernel.run(limit_ns)
            is_there = self.pacing.rate and not kernel.stop_requested
            reached_ns = max(limit_ns, kernel.now_ns) if is_there else kernel.now_ns
        self._tell_ended(host)
        if feed is not None:
            feed.turn(reached_ns)
        if kernel.reboot_requested and self._observer is not None:
            self._running = False
            for listener in self._listeners:
                listener.on_end(0)

    def _next_entry(self, delay_s: float | None) -> tuple[str, int, Any] | None:
        try:
            return self._inbox.get(timeout=delay_s) if delay_s != 0 else self._inbox.get_nowait()
        except Empty:
            return None

    # How long nothing will happen, None for ever.
    def _delay_s(self, host: Host) -> float | None:
        kernel = host.kernel
        if not self.pacing.rate:
            return None if self._stands(host) else 0.0
        next_ns = kernel.peek()
        delay_s = self.pacing.real_delay_s(next_ns)
        if delay_s < _BUSY_DELAY_S and kernel.is_busy():
            # A CPU that computes has something to do at every moment; look after it now and then.
            return _BUSY_DELAY_S
        return None if delay_s == float("inf") else min(delay_s, _DELAY_S_MAX)

    # Let the pacing be what programs have asked for.
    def _follow_clock(self, host: Host) -> None:
        if not self._is_free:
            host.clock.lead(self.pacing)

    # Whether virtual time stands as long as nothing enters: it follows no real clock, and every
    # prompt waits for a line, or with a clock that has been paused a program for a key.
    def _stands(self, host: Host) -> bool:
        if self._entering:
            return False
        if self._hold is not None and self._hold.is_on:
            return self._hold.stands()
        ttys = [tty for tty in self._ttys if tty not in self._ended]
        if self._is_free:
            return all(tty.question is not None for tty in ttys)
        if host.clock.runs_ahead:
            return False
        return all(tty.question is not None or tty.is_awaited for tty in ttys)

    def is_moving(self, host: Host) -> bool:
        """Tell whether virtual time passes now, although nothing enters. In the host's thread."""
        return bool(self.pacing.rate) or not self._stands(host)

    # Up to which virtual time the kernel may run. A machine that falls behind lets the clock wait
    # for it.
    def _limit_ns(self, host: Host) -> int:
        kernel, feed = host.kernel, self._feed
        rate = self.pacing.rate
        if not rate:
            is_far = self._is_free or host.clock.runs_ahead
            chunk_ns = _CHUNK_FREE_NS if is_far else _CHUNK_PAUSED_NS
            if feed is not None:
                chunk_ns = min(chunk_ns, feed.chunk_ns)
            return min(kernel.peek() + chunk_ns, NEVER_NS)
        now_ns = self.pacing.virtual_ns()
        due_ns = kernel.peek()
        if now_ns - due_ns > min(_BEHIND_REAL_NS_MAX * rate, _BEHIND_NS_MAX):
            chunk_ns = int(min(_CHUNK_REAL_NS * rate, _BEHIND_NS_MAX))
            now_ns = due_ns + (chunk_ns if feed is None else min(chunk_ns, feed.chunk_ns))
            self.pacing.start(now_ns)
        return now_ns

    def _accept(self, host: Host, entry: tuple[str, int, Any], time_ns: int) -> None:
        kind, number, value = entry
        if kind == "stop":
            self._running = False
            return
        if kind == "query":
            function, answer = value
            answer.put(function(host, self._pids[number] if number < len(self._pids) else 0))
            return
        if kind == "feed":
            self._tell_feed(host, value, time_ns)
            return
        self.log.append((time_ns, kind, number, value))
        if self._observer is not None:
            self._observer.on_entry(time_ns, kind, number, value)
        if kind == "open":
            self._open(host, number, *value)
            self._note_entry(kind, number, value)
            return
        if kind == "clock":
            self._post(host, time_ns, lambda: self._hold_of(host).obey(value))
            return
        tty = self._ttys[number]
        act: Callable[[], None] = {
            "line": lambda: tty.answer(value),
            "eof": tty.answer_eof,
            "cancel": tty.cancel_line,
            "keys": lambda: tty.receive(value),
            "resize": lambda: tty.resize(*value),
            "hangup": lambda: host.hang_up(tty),
        }[kind]

        def enter() -> None:
            self._note_entry(kind, number, value)
            act()

        self._post(host, time_ns, enter)

    def _post(self, host: Host, time_ns: int, act: Callable[[], None]) -> None:
        def happen() -> None:
            self._entering -= 1
            act()

        self._entering += 1
        host.kernel.post(time_ns, happen)

    def _note_entry(self, kind: str, number: int, value: Any) -> None:
        if self._hold is not None:
            self._hold.note_entry(kind, value, self._ttys[number])

    def _hold_of(self, host: Host) -> Hold:
        if self._hold is None:
            self._hold = Hold(host, self._ended)
        return self._hold

    def _tell_feed(self, host: Host, value: tuple[Any, ...], time_ns: int) -> None:
        if self._feed is None:
            from vshell.machine.feed import Feed  # noqa: PLC0415 - only if somebody watches

            self._feed = Feed(self, host)
        kernel = host.kernel
        is_there = self.pacing.rate and not kernel.stop_requested
        what, *rest = value
        if what in ("attach", "catch_up"):
            rest.append(time_ns if is_there else kernel.now_ns)
        getattr(self._feed, what)(*rest)

    def _open(self, host: Host, number: int, columns: int, rows: int) -> None:
        tty = host.add_terminal()
        tty.columns, tty.rows = columns, rows
        tty.panel = self._panels[number]
        connect(tty, number, self._listeners[number], self._observer)
        self._ttys.append(tty)
        self._pids.append(host.open_session(["bash"], tty).pid)

    def _tell_ended(self, host: Host) -> None:
        for number, pid in enumerate(self._pids):
            status = host.exit_statuses.pop(pid, None)
            if status is None:
                continue
            code = 128 + (status & 0x7F) if status & 0x7F else status >> 8
            self._ended.add(self._ttys[number])
            if self._observer is not None:
                self._observer.on_end(number, host.kernel.now_ns, code)
            self._listeners[number].on_end(code)
