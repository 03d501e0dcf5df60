"""A place at a machine in another process of the same user: a prompt's end of the socket.

What the machine tells is passed on in the thread that receives it; nothing here waits for the
machine but the methods that ask it something.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue

from vshell.abi.prompt import Glance, Survey
from vshell.abi.wire import (
    PROMPT_LINE_BYTES_MAX,
    PROMPT_ROLE,
    Answer,
    Ended,
    Hello,
    Lost,
    Output,
    Question,
)
from vshell.machine.client import connect
from vshell.machine.completion import Candidate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.abi.wire import Message
    from vshell.kernel.tty import PanelDoor
    from vshell.machine.terminal import Listener

__all__ = ["RemoteDesk"]

_WAIT_S = 1.0
_GREETING_WAIT_S = 5.0
# A character of a line takes up to six on the wire, and as many again beyond the first plane.
_LINE_LETTERS_MAX = PROMPT_LINE_BYTES_MAX // 12 - 100
_TOO_LONG = b"vshell: the line is too long\n"


class RemoteDesk:
    """A place at a machine in another process; see ``vshell.machine.desk.Desk``."""

    def __init__(self, pid: int = 0) -> None:
        """Connect.

        Args: pid: of the process; 0 for the newest.

        Raises:
            ConnectError: there is none, or it does not let us.
        """
        self._listener: Listener | None = None
        self._answers: dict[int, SimpleQueue[Answer]] = {}
        self._lock = threading.Lock()
        self._greeted: SimpleQueue[Hello | None] = SimpleQueue()
        self._is_over = False
        # What comes waits until we know by whom to read it.
        self._is_ready = threading.Event()
        self._link = connect(self._take, pid, PROMPT_ROLE)
        self._is_ready.set()
        self._take()

    def hello(self) -> Hello | None:
        """Wait for the other side to say who it is; None if it does not."""
        try:
            return self._greeted.get(timeout=_GREETING_WAIT_S)
        except Empty:
            return None

    def open(
        self, listener: Listener, columns: int, rows: int, panel: PanelDoor | None
    ) -> RemoteDesk:
        """Open a terminal; the panel is shown by whoever can, not here."""
        del panel
        self._listener = listener
        if self._is_over:
            listener.on_failure("the host is gone")
        self._link.ask("open", (columns, rows))
        return self

    def close(self) -> None:
        """Leave; the terminal hangs up."""
        self._is_over = True
        self._link.close()

    # -- The terminal -----------------------------------------------------------------------------

    def answer(self, line: str) -> None:
        """Hand over a line that was asked for."""
        if len(line) > _LINE_LETTERS_MAX:
            if self._listener is not None:
                self._listener.on_output(_TOO_LONG)
            self._link.ask("cancel", "")
            return
        self._link.ask("answer", line.replace("\0", ""))

    def end_input(self) -> None:
        """Answer with the end of the input (Ctrl-D)."""
        self._link.ask("end_input", "")

    def cancel_line(self) -> None:
        """Give up the line that was asked for (Ctrl-C at a prompt)."""
        self._link.ask("cancel", "")

    def press(self, keys: bytes) -> None:
        """Pass on keys that were pressed while a job runs."""
        for start in range(0, len(keys), _LINE_LETTERS_MAX):
            piece = keys[start : start + _LINE_LETTERS_MAX]
            self._link.ask("press", piece.decode("utf-8", "surrogateescape"))

    def resize(self, columns: int, rows: int) -> None:
        """Pass on the window's size."""
        self._link.ask("size", (columns, rows))

    # -- Questions --------------------------------------------------------------------------------

    def complete(self, text: str) -> list[Candidate]:
        """Find what could stand at the end of an unfinished line."""
        rows = self._wait_for("complete", text) if len(text) <= _LINE_LETTERS_MAX else None
        return [Candidate(*row) for row in rows or []]

    def survey(self) -> Survey | None:
        """Ask what the editor of the next line needs to know."""
        row = self._wait_for("survey", "")
        return Survey(tuple(row[0]), *row[1:]) if row is not None else None

    def glance(self) -> Glance | None:
        """Ask how the host is."""
        row = self._wait_for("glance", "")
        if row is None:
            return None
        now_ns, rate, is_paused, states, taint = row
        return Glance(now_ns, rate, is_paused, tuple(map(tuple, states)), taint)

    # Ask, and wait for the value of the answer; None if none comes.
    def _wait_for(self, kind: str, value: str) -> Any:
        if self._is_over:
            return None
        answers: SimpleQueue[Answer] = SimpleQueue()
        with self._lock:
            number = self._link.ask(kind, value)
            self._answers[number] = answers
        try:
            return answers.get(timeout=_WAIT_S).value
        except Empty:
            return None
        finally:
            with self._lock:
                self._answers.pop(number, None)

    # -- What comes, in the thread that receives --------------------------------------------------

    def _take(self) -> None:
        if self._is_ready.is_set():
            for message in self._link.read():
                self._tell(message)

    def _tell(self, message: Message) -> None:
        listener = self._listener
        if isinstance(message, Answer):
            with self._lock:
                waiting = self._answers.get(message.number)
            if waiting is not None:
                waiting.put(message)
        elif isinstance(message, Hello):
            self._greeted.put(message)
        elif isinstance(message, Lost):
            self._greeted.put(None)
            if not self._is_over and listener is not None:
                listener.on_failure(f"the host is gone: {message.text}")
            self._is_over = True
        elif listener is None:
            return
        elif isinstance(message, Output):
            if message.missed:
                listener.on_output(f"\nvshell: {message.missed} bytes were lost here\n".encode())
            listener.on_output(message.data)
        elif isinstance(message, Question):
            listener.on_question(message.prompt, message.typed)
        elif isinstance(message, Ended):
            self._is_over = True
            listener.on_end(message.status)
