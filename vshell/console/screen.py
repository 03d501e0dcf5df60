"""What appears on the real terminal, and when: programs' output, and what vshell itself says."""

from __future__ import annotations

import asyncio

from prompt_toolkit.application import run_in_terminal

from vshell.abi.plain import plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

    from vshell.console.looks import Looks

__all__ = ["Screen"]

_FLUSH_S = 0.02
_HELD_BYTES_MAX = 1_000_000
_TAIL_BYTES_MAX = 1000


class Screen:
    """The screen behind a line editor. In the event loop only."""

    def __init__(self, session: PromptSession[str], looks: Looks) -> None:
        """Show everything at once.

        Args:
            session: edits the lines.
            looks: how vshell's own texts look.
        """
        self._session = session
        self._looks = looks
        self._pending = bytearray()
        self._flush_planned = False
        self._tail = b""
        self.is_held = False
        """Whether another one has the terminal: what is written waits for ``release``."""
        self.is_asking = False
        """Whether a prompt is there, above which whole lines appear."""

    @property
    def is_editing(self) -> bool:
        """Whether a line can be typed now."""
        return self.is_asking and self._session.app.is_running

    def write(self, data: bytes) -> None:
        """Show what programs have written, now or when it can be seen."""
        if self.is_held:
            self._pending += data
            del self._pending[:-_HELD_BYTES_MAX]
            return
        if not self.is_asking:
            self.put(data)
            return
        # A prompt is being edited: whole lines appear above it, a few times a second.
        self._pending += data
        if not self._flush_planned and b"\n" in data:
            self._flush_planned = True
            asyncio.get_running_loop().call_later(_FLUSH_S, self._flush_above)

    def _flush_above(self) -> None:
        self._flush_planned = False
        if not self.is_editing:
            return
        whole, newline, rest = bytes(self._pending).rpartition(b"\n")
        self._pending = bytearray(rest)
        if newline:
            run_in_terminal(lambda: self.put(whole + newline))

    def release(self) -> None:
        """Show what has waited; nobody else has the terminal."""
        self.is_held = self.is_asking = False
        left, self._pending = bytes(self._pending), bytearray()
        self.put(left)

    def put(self, data: bytes) -> None:
        """Show bytes at once."""
        if not data:
            return
        self._tail = (self._tail + data).rpartition(b"\n")[2][-_TAIL_BYTES_MAX:]
        text = data.decode("utf-8", "replace")
        self.write_raw(text.replace("\r\n", "\n").replace("\n", "\r\n"))

    def write_raw(self, text: str) -> None:
        """Write to the terminal itself."""
        self._session.output.write_raw(text)
        self._session.output.flush()

    def take_tail(self) -> str:
        """Take the text that a program has left without a newline, for the prompt's line."""
        tail, self._tail = self._tail.decode("utf-8", "replace"), b""
        if tail:
            self._session.output.write_raw("\r")
        return tail

    def say(self, text: str) -> None:
        """Show a text that stands apart from what the host says."""
        if not text:
            return
        start, end = ("\x1b[34m" if self._looks.is_light else "\x1b[36m"), "\x1b[0m"
        if not self._looks.has_colours:
            start = end = ""
        plain = plain_text(text).removesuffix("\n").split("\n")
        lines = "".join(f"  {start}{line}{end}\n" if line else "\n" for line in plain)
        self.put(f"\n{lines}\n".encode())

    def say_above(self, text: str) -> None:
        """Say it above the prompt."""
        run_in_terminal(lambda: self.say(text))
