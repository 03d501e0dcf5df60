"""A dialogue: lines typed at a terminal of a host on the free clock, with what comes back.

Virtual time moves only while a command runs in the foreground; a prompt that waits does not let
threads race ahead, unless the dialogue says ``wait_until``. Nothing here depends on a real
terminal; with a pace, virtual seconds take real ones.
"""

from __future__ import annotations

from vshell.kernel.context import VshellBug
from vshell.kernel.oops import KernelPanic
from vshell.machine.clock import run_paced
from vshell.machine.failure import HostFailure
from vshell.machine.free import Standstill, run_free
from vshell.machine.panel_file import UnseenPanel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.machine.host import Host
    from vshell.machine.observer import Observer
    from vshell.machine.pacing import Pacing

__all__ = ["Dialogue"]


class Dialogue:
    """One terminal of a host, and the bash that runs on it."""

    def __init__(
        self, host: Host, pacing: Pacing | None = None, observer: Observer | None = None
    ) -> None:
        """Open a session on the host's next terminal and wait for its first prompt.

        Args:
            host: whose; several dialogues may share one.
            pacing: how virtual time follows the real clock, on top of what ``clock`` asks for;
                None for as fast as can be.
            observer: who hears of what enters and leaves, as of terminal 0.
        """
        self._observer = observer
        self.host = host
        self._pacing = pacing
        self._pace = pacing.rate if pacing is not None else 0.0
        self.tty = host.add_terminal()
        self.tty.panel = UnseenPanel()
        self._output: list[bytes] = []
        self._status = 0
        self.tty.output = self._output.append if observer is None else self._show
        if observer is not None:
            now_ns = host.kernel.now_ns
            observer.on_entry(now_ns, "open", 0, (self.tty.columns, self.tty.rows))
        self.tty.on_change = self._on_question
        self.process = host.open_session(["bash"], self.tty)
        self.finish()

    # A line typed ahead is typed again by whoever leads the dialogue.
    def _on_question(self) -> None:
        question, kernel = self.tty.question, self.host.kernel
        self.tty.take_typed_ahead()
        if question is not None:
            self._status = question.status
        if self._observer is not None and question is not None:
            self._observer.on_question(0, kernel.now_ns, question.prompt, question.status)
        kernel.stop_requested = True

    def _show(self, data: bytes) -> None:
        self._output.append(data)
        if self._observer is not None:
            self._observer.on_output(0, self.host.kernel.now_ns, data)

    def _run(self, reached: Callable[[], bool]) -> None:
        pacing = self._pacing

        def run() -> None:
            if pacing is None:
                run_free(self.host, reached)
                return
            run_paced(self.host, pacing, self._pace, reached)

        self._guarded(run)

    def _guarded(self, run: Callable[[], None]) -> None:
        try:
            run()
        except KernelPanic as panic:
            raise HostFailure(f"the virtual kernel has stopped: {panic}") from None
        except Standstill as standstill:
            raise HostFailure(f"{standstill}; giving up") from None
        except VshellBug as bug:
            raise HostFailure(f"this is a bug in vshell, please report it: {bug}") from bug

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
        return self._status

    def take_output(self) -> str:
        """Give what has been written to the terminal since last asked; odd bytes as surrogates."""
        text = self.peek_output()
        self._output.clear()
        return text

    def peek_output(self) -> str:
        """Give the same, and leave it there."""
        return b"".join(self._output).decode("utf-8", "surrogateescape")

    @property
    def is_waiting(self) -> bool:
        """Whether a prompt waits for a line."""
        return self.tty.question is not None

    def type(self, line: str) -> str:
        """Type a line at the prompt and wait for the next one.

        Returns:
            What was written meanwhile: programs' output, not the prompt nor the line itself.

        Raises:
            HostFailure: the command can never end.
        """
        self.enter(line)
        self.finish()
        return self.take_output()

    def end(self) -> str:
        """Type Ctrl-D at the prompt."""
        self.end_input()
        self.finish()
        return self.take_output()

    def enter(self, line: str, at_ns: int | None = None) -> None:
        """Type a line at the prompt, now or at a virtual time, and wait for nothing after it."""
        self._post("line", line, lambda: self.tty.answer(line), at_ns)

    def end_input(self, at_ns: int | None = None) -> None:
        """Type Ctrl-D at the prompt, and wait for nothing after it."""
        self._post("eof", "", self.tty.answer_eof, at_ns)

    def cancel_line(self, at_ns: int | None = None) -> None:
        """Type Ctrl-C at the prompt, and wait for nothing after it."""
        self._post("cancel", "", self.tty.cancel_line, at_ns)

    def resize(self, columns: int, rows: int, at_ns: int | None = None) -> None:
        """Change the window's size."""
        self._post("resize", (columns, rows), lambda: self.tty.resize(columns, rows), at_ns)

    # What is typed enters at its time, before anything else happens then. It is announced before
    # time goes there: a thread that computes stops for it exactly.
    def _post(self, kind: str, value: object, act: Callable[[], None], at_ns: int | None) -> None:
        kernel = self.host.kernel
        time_ns = kernel.now_ns if at_ns is None else at_ns
        entered: list[bool] = []

        def enter() -> None:
            entered.append(True)
            if self._observer is not None and kind != "wait":
                self._observer.on_entry(time_ns, kind, 0, value)
            act()
            kernel.stop_requested = True

        def run() -> None:
            while not entered:
                kernel.stop_requested = False
                if self._pacing is not None:
                    self.host.clock.lead(self._pacing, self._pace)
                    self._pacing.wait_until(min(kernel.peek(), time_ns))
                    kernel.run(min(self._pacing.virtual_ns(), time_ns))
                else:
                    kernel.run(time_ns)

        kernel.post(time_ns, enter)
        self._guarded(run)

    def finish(self) -> None:
        """Wait for the next prompt, or the end of the session.

        Raises:
            HostFailure: neither can ever come.
        """
        self._run(lambda: self.is_waiting or self.has_ended)
        if self.has_ended and self._observer is not None:
            observer, self._observer = self._observer, None
            observer.on_end(0, self.host.kernel.now_ns, self.status)

    def press(self, data: bytes, at_ns: int) -> None:
        """Let keys be pressed at a virtual time that has not come yet, whatever runs then."""
        self.host.kernel.post(at_ns, lambda: self.tty.receive(data))

    def wait_until(self, time_ns: int) -> None:
        """Let virtual time pass, whether a prompt waits or not.

        Raises:
            HostFailure: the host failed meanwhile.
        """
        self._post("wait", "", lambda: None, max(time_ns, self.host.kernel.now_ns))


def _without_colours(text: str) -> str:
    out = []
    for number, part in enumerate(text.split("\x1b[")):
        out.append(part.partition("m")[2] if number else part)
    return "".join(out)
