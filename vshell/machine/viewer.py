"""One viewer of a machine: what it is told, what it asks for, the terminal it types at.

The host's thread gives, the viewer's thread takes; neither ever waits for the other. A viewer that
does not take what it is given gets no more batches until it has caught up, and loses what its
terminal shows meanwhile; so it holds only so much memory.
"""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Lock

from vshell.abi.errno import EBUSY, KernelError
from vshell.abi.wire import Batch, Ended, Lost, Message, Output, Question, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.machine.attached import AttachedTerminal
    from vshell.machine.host import Host
    from vshell.machine.thread import Machine

__all__ = ["Viewer"]

_BATCHES_MAX = 8
_OUTPUT_BYTES_MAX = 1_000_000
_PROMPT_BYTES_MAX = 64_000_000
_TYPED_MAX = 100_000
_COLUMNS, _ROWS = 80, 24
_CTRL_C, _CTRL_D = "\x03", "\x04"
_ENDS = ("\n", _CTRL_C, _CTRL_D)
_SIGNALS = (_CTRL_C, "\x1a", "\x1c")


class Viewer:
    """A viewer; its methods down to ``close`` are those of ``vshell.abi.wire.Link``."""

    def __init__(
        self, machine: Machine, notify: Callable[[], None], *, is_quiet: bool = False
    ) -> None:
        """Attach a viewer to a machine; the first messages are a Hello and a batch with a view.

        Args:
            machine: whose inbox its requests enter.
            notify: called when there is something to read, in the host's thread; must not wait.
            is_quiet: whether it wants no batches: it is a prompt.
        """
        self._machine = machine
        self.is_quiet = is_quiet
        """Whether it is told nothing but what its own terminal does."""
        self._notify = notify
        self._messages: SimpleQueue[Message | _Gathered] = SimpleQueue()
        # What its terminal shows until somebody takes it: one message for many small writes.
        self._gathered: _Gathered | None = None
        self._gathering = Lock()
        self._number = 0
        self._bytes_taken = 0
        self._has_asked = False
        self.bytes_written = 0
        """How much has been written for it, for somebody to take note of and reset."""
        # The host thread's side.
        self.is_behind = False
        """Whether it gets no batches because it has not taken those it has."""
        self.cursor = 0
        """How many of the kernel's events have been told to it, or skipped."""
        self._batches = 0
        self._batches_taken = 0
        self._bytes_given = 0
        self._bytes_missed = 0
        self._size = (_COLUMNS, _ROWS)
        self._terminal: _OwnTerminal | AttachedTerminal | None = None
        self._is_gone = False
        machine.put("feed", -1, ("attach", self))

    # -- In the viewer's thread --------------------------------------------------------------------

    def take(self) -> Message | None:
        """Take the next message, None if there is none now."""
        try:
            message = self._messages.get_nowait()
        except Empty:
            if self.is_behind and not self._has_asked:
                self._has_asked = True
                self._machine.put("feed", -1, ("catch_up", self))
            return None
        if isinstance(message, Batch):
            self._batches_taken += 1
            if message.view is not None:
                self._has_asked = False
        elif isinstance(message, _Gathered):
            with self._gathering:
                if self._gathered is message:
                    self._gathered = None
            self._bytes_taken += len(message.data)
            return Output(bytes(message.data), message.missed)
        return message

    def read(self) -> list[Message]:
        """Take all messages that have come."""
        found: list[Message] = []
        while (message := self.take()) is not None:
            found.append(message)
        return found

    def ask(self, request: Request) -> None:
        """Hand over a request."""
        self._machine.put("feed", -1, ("obey", self, request))

    def _ask(self, kind: str, value: Any) -> int:
        self._number += 1
        self.ask(Request(self._number, kind, value))
        return self._number

    def clock(self, command: str) -> int:
        """Ask for "pause", "resume", "step N" or "speed X"."""
        return self._ask("clock", command)

    def type_line(self, line: str) -> int:
        """Type a line at the viewer's own terminal."""
        return self._ask("type", line)

    def press(self, keys: str) -> int:
        """Press keys there."""
        return self._ask("keys", keys)

    def resize(self, columns: int, rows: int) -> int:
        """Say how large it is."""
        return self._ask("size", (columns, rows))

    def explain(self, pid: int) -> int:
        """Ask for all about a task."""
        return self._ask("explain", pid)

    def close(self) -> None:
        """Leave."""
        self._machine.put("feed", -1, ("detach", self))

    # -- In the host's thread ----------------------------------------------------------------------

    def give(self, message: Message) -> None:
        """Give it a message that must not be lost."""
        if not self._is_gone:
            with self._gathering:
                self._gathered = None
            self._messages.put(message)
            self._notify()

    def lose(self, text: str) -> None:
        """Tell it that the machine is gone."""
        self.give(Lost(text))
        self._is_gone = True

    def give_batch(self, batch: Batch, cursor: int) -> None:
        """Give it a batch that ends at an event, or let it fall behind."""
        if self._batches - self._batches_taken >= _BATCHES_MAX:
            self.is_behind = True
            # It may have taken everything just now.
            self._notify()
            return
        self._batches += 1
        self.is_behind = False
        self.cursor = cursor
        self.give(batch)

    def give_output(self, data: bytes) -> None:
        """Give it what its terminal shows, or leave that out."""
        limit = _PROMPT_BYTES_MAX if self.is_quiet else _OUTPUT_BYTES_MAX
        if self._bytes_given - self._bytes_taken + len(data) > limit:
            self._bytes_missed += len(data)
            with self._gathering:
                self._gathered = None
            return
        if self._is_gone:
            return
        self._bytes_given += len(data)
        with self._gathering:
            if self._gathered is not None:
                self._gathered.data += data
                return
            missed, self._bytes_missed = self._bytes_missed, 0
            self._gathered = _Gathered(data, missed)
            self._messages.put(self._gathered)
        self._notify()

    def type_here(self, text: str) -> None:
        """Type text at its terminal; a newline ends a line."""
        if self._terminal is None:
            self._terminal = _OwnTerminal(self, self._machine, self._size)
        if isinstance(self._terminal, _OwnTerminal):
            self._terminal.type(text)

    @property
    def machine(self) -> Machine:
        """Whose viewer it is."""
        return self._machine

    @property
    def attached(self) -> AttachedTerminal | None:
        """The terminal of a prompt, None for a viewer that is none."""
        return None if isinstance(self._terminal, _OwnTerminal) else self._terminal

    def attach(self, terminal: AttachedTerminal) -> None:
        """Give a prompt its terminal."""
        self._terminal = terminal

    def pump(self, host: Host) -> None:
        """Let enter what has been typed, as far as somebody wants it."""
        if isinstance(self._terminal, _OwnTerminal):
            self._terminal.pump(host)

    def resize_here(self, columns: int, rows: int) -> None:
        """Change the size of its terminal."""
        self._size = (columns, rows)
        if self._terminal is not None:
            self._terminal.resize(columns, rows)

    def end_terminal(self) -> None:
        """Note that the session of its terminal is over."""
        self._terminal = None

    def leave(self) -> None:
        """Give it nothing more, and let its terminal hang up."""
        self._is_gone = True
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            terminal.hang_up()


class _Gathered:
    # Output that grows until it is taken.
    __slots__ = ("data", "missed")

    def __init__(self, data: bytes, missed: int) -> None:
        self.data = bytearray(data)
        self.missed = missed


class _OwnPanel:
    # A terminal within a panel shows none.
    def show(self) -> None:
        raise KernelError(EBUSY)

    def end(self) -> None:
        raise NotImplementedError


class _OwnTerminal:
    # The terminal at which a viewer types: a listener of the machine's. In the host's thread only.
    #
    # What is typed waits here until somebody wants it: a shell that asks for a line, or a program
    # that reads. Keys that send signals wait for nobody.
    def __init__(self, viewer: Viewer, machine: Machine, size: tuple[int, int]) -> None:
        self._viewer = viewer
        self._machine = machine
        self._is_asking = False
        self._is_entering = False
        self._ahead = ""
        self._terminal = machine.open_terminal(self, *size, panel=_OwnPanel())
        self.resize = self._terminal.resize
        self.hang_up = self._terminal.hang_up

    def type(self, text: str) -> None:
        self._ahead = (self._ahead + text.replace("\r", "\n"))[:_TYPED_MAX]

    # Let enter what somebody wants now.
    def pump(self, host: Host) -> None:
        number = self._terminal.number
        if not self._ahead or self._is_entering or number >= len(host.ttys):
            return
        tty = host.ttys[number]
        if self._is_asking:
            # Keys that came a moment after their reader had gone.
            self._ahead = tty.take_typed_ahead() + self._ahead
            self._answer()
            return
        signal_at = max(map(self._ahead.rfind, _SIGNALS))
        if signal_at >= 0:
            # What was typed before is dropped, as a terminal does.
            self._press(signal_at, signal_at + 1)
        elif tty.is_awaited and (end := self._end()) >= 0:
            self._press(0, end + 1)

    # Where a line ends, -1 if none does yet.
    def _end(self) -> int:
        return min((at for at in map(self._ahead.find, _ENDS) if at >= 0), default=-1)

    def _press(self, start: int, end: int) -> None:
        keys, self._ahead = self._ahead[start:end], self._ahead[end:]
        self._terminal.press(keys.replace("\n", "\r").encode("utf-8", "surrogateescape"))
        self._is_entering = True
        self._machine.put("feed", -1, ("note_entered", self))

    def note_entered(self) -> None:
        self._is_entering = False

    def _answer(self) -> None:
        at = self._end()
        if at < 0:
            return
        line, end, self._ahead = self._ahead[:at], self._ahead[at], self._ahead[at + 1 :]
        if end == _CTRL_D and line:
            self._ahead = line + self._ahead
            return
        self._is_asking = False
        if end == _CTRL_C:
            self._terminal.cancel_line()
        elif end == _CTRL_D:
            self._terminal.end_input()
        else:
            self._terminal.answer(line)

    # -- What the machine tells --------------------------------------------------------------------

    def on_output(self, data: bytes) -> None:
        self._viewer.give_output(data)

    def on_question(self, prompt: str, typed: str) -> None:
        self._is_asking = True
        self._ahead = typed + self._ahead
        self._viewer.give(Question(prompt))

    def on_end(self, status: int) -> None:
        self._viewer.end_terminal()
        self._viewer.give(Ended(status))

    def on_failure(self, text: str) -> None:
        # The feed tells every viewer.
        del text
