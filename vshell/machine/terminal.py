"""A machine's terminal as its front end has it, and what the front end hears."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from vshell.kernel.tty import Tty
    from vshell.machine.observer import Observer
    from vshell.machine.thread import Machine

    class Listener(Protocol):
        """What a terminal's front end hears; every method is called in the host's thread."""

        def on_output(self, data: bytes) -> None:
            """Programs have written to the terminal."""

        def on_question(self, prompt: str, typed: str) -> None:
            """A shell asks for a line; ``typed`` has been typed ahead."""

        def on_end(self, status: int) -> None:
            """The session is over."""

        def on_failure(self, text: str) -> None:
            """The machine has stopped; the text is for the user."""


__all__ = ["Terminal", "connect"]


class Terminal:
    """A terminal of a machine, for its front end. Any thread may call any method."""

    def __init__(self, machine: Machine, number: int) -> None:
        """Stand for the machine's terminal of this number."""
        self._machine = machine
        self._number = number

    @property
    def number(self) -> int:
        """Which of the machine's terminals it is, 0 for the first."""
        return self._number

    def answer(self, line: str) -> None:
        """Hand over a line that was asked for."""
        self._machine.put("line", self._number, line)

    def end_input(self) -> None:
        """Answer with the end of the input (Ctrl-D)."""
        self._machine.put("eof", self._number, "")

    def cancel_line(self) -> None:
        """Give up the line that was asked for (Ctrl-C at a prompt)."""
        self._machine.put("cancel", self._number, "")

    def press(self, keys: bytes) -> None:
        """Pass on keys that were pressed while a job runs."""
        self._machine.put("keys", self._number, keys)

    def resize(self, columns: int, rows: int) -> None:
        """Pass on the window's size."""
        self._machine.put("resize", self._number, (columns, rows))

    def hang_up(self) -> None:
        """Close the terminal: its session gets SIGHUP."""
        self._machine.put("hangup", self._number, "")


def connect(tty: Tty, number: int, listener: Listener, observer: Observer | None) -> None:
    """Have a machine's tty tell its listener, and an observer, what happens there.

    Args:
        tty: before its session is opened.
        number: of the terminal.
        listener: its front end.
        observer: hears of it first; None for nobody.
    """
    kernel = tty.kernel
    tty.output = listener.on_output
    if observer is not None:

        def write(data: bytes) -> None:
            observer.on_output(number, kernel.now_ns, data)
            listener.on_output(data)

        tty.output = write

    def ask() -> None:
        question = tty.question
        if question is not None:
            typed = tty.take_typed_ahead()
            if observer is not None:
                observer.on_question(number, kernel.now_ns, question.prompt, question.status)
            listener.on_question(question.prompt, typed)
        kernel.stop_requested = True

    tty.on_change = ask
