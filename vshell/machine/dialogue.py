"""A dialogue: lines typed at a terminal of a host on the free clock, with what comes back.

Virtual time moves only while a command runs in the foreground; a prompt that waits does not let
threads race ahead, unless the dialogue says ``wait``. Nothing here depends on a real terminal or
the real clock.
"""

from __future__ import annotations

from vshell.machine.free import run_free

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.machine.host import Host

__all__ = ["Dialogue"]


class Dialogue:
    """One terminal of a host, and the bash that runs on it."""

    def __init__(self, host: Host) -> None:
        """Open a session on the host's next terminal and wait for its first prompt."""
        self.host = host
        self.tty = host.add_terminal()
        self._output: list[bytes] = []
        self.tty.output = self._output.append
        self.tty.on_change = self._stop
        self.process = host.open_session(["bash"], self.tty)
        self._run()

    def _stop(self) -> None:
        self.host.kernel.stop_requested = True

    def _run(self) -> None:
        run_free(self.host, lambda: self.tty.question is not None or self.has_ended)

    @property
    def has_ended(self) -> bool:
        """Whether the session is over."""
        return self.process.pid in self.host.exit_statuses

    @property
    def prompt(self) -> str:
        """The prompt that waits for a line, without its colours; "" if none does."""
        return "" if self.tty.question is None else _without_colours(self.tty.question.prompt)

    @property
    def status(self) -> int:
        """The last command's exit status ($?); after the end, the session's."""
        if self.has_ended:
            status = self.host.exit_statuses[self.process.pid]
            return 128 + (status & 0x7F) if status & 0x7F else status >> 8
        return self.tty.question.status if self.tty.question is not None else 0

    def take_output(self) -> str:
        """Give what has been written to the terminal since last asked."""
        text = b"".join(self._output).decode("utf-8", "replace")
        self._output.clear()
        return text

    def type(self, line: str) -> str:
        """Type a line at the prompt and wait for the next one.

        Returns:
            What was written meanwhile: programs' output, not the prompt nor the line itself.

        Raises:
            Standstill: the command can never end.
        """
        tty = self.tty
        self.host.kernel.post(self.host.kernel.now_ns, lambda: tty.answer(line))
        self._await_answer()
        return self.take_output()

    def end(self) -> str:
        """Type Ctrl-D at the prompt."""
        self.host.kernel.post(self.host.kernel.now_ns, self.tty.answer_eof)
        self._await_answer()
        return self.take_output()

    def _await_answer(self) -> None:
        question = self.tty.question
        run_free(self.host, lambda: self.tty.question not in (None, question) or self.has_ended)

    def press(self, data: bytes, at_ns: int) -> None:
        """Let keys be pressed at a virtual time that has not come yet, whatever runs then."""
        self.host.kernel.post(at_ns, lambda: self.tty.receive(data))

    def wait_until(self, time_ns: int) -> None:
        """Leave the prompt alone until a virtual time."""
        kernel = self.host.kernel
        while kernel.peek() <= time_ns:
            kernel.stop_requested = False
            kernel.run(time_ns)
        kernel.advance_to(time_ns)


def _without_colours(text: str) -> str:
    out = []
    for number, part in enumerate(text.split("\x1b[")):
        out.append(part.partition("m")[2] if number else part)
    return "".join(out)
