r"""Keys from a terminal, one at a time.

A key is a character, or for those that send several bytes a name: "up", "down", "left", "right",
"home", "end", "pageup", "pagedown", "delete", "escape"; with Alt held, "alt-" and a character.

Source: terminfo(5), xterm's entry; termios(3)
"""

from __future__ import annotations

from contextlib import suppress

from vshell.abi.errno import EAGAIN, EINTR, EIO, KernelError
from vshell.abi.signals import SIGCONT, SIGINT, SIGWINCH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["Keyboard"]

_NAMES = {
    "[A": "up",
    "[B": "down",
    "[C": "right",
    "[D": "left",
    "[H": "home",
    "[F": "end",
    "[1~": "home",
    "[3~": "delete",
    "[4~": "end",
    "[5~": "pageup",
    "[6~": "pagedown",
    "[7~": "home",
    "[8~": "end",
    "OA": "up",
    "OB": "down",
    "OC": "right",
    "OD": "left",
    "OH": "home",
    "OF": "end",
}
_O_NONBLOCK = 0o4000
_POLL_NS = 50_000_000


class Keyboard:
    """The terminal's keys, as long as a program has them."""

    def __init__(self, io: Io, *, signal_keys: bool = True) -> None:
        """Take the controlling terminal.

        Args:
            io: the program's streams.
            signal_keys: whether Ctrl-C and its like send signals.

        Raises:
            KernelError: there is none.
        """
        self.io = io
        self.resized = False
        """Whether the window has changed, or others have had the terminal, since last asked."""
        self.interrupted = False
        """Whether Ctrl-C has been pressed since last asked."""
        self._signal_keys = signal_keys
        self._fd = io.sys.open("/dev/tty")
        io.sys.set_cloexec(self._fd)
        io.sys.set_tty_raw(self._fd, True, signal_keys=signal_keys)
        io.sys.sigaction(SIGWINCH, self._on_resize)
        io.sys.sigaction(SIGCONT, self._on_continue)
        io.sys.sigaction(SIGINT, self._on_interrupt)

    def _on_resize(self, _signal: int) -> None:
        self.resized = True

    # A shell has had the terminal meanwhile.
    def _on_continue(self, _signal: int) -> None:
        self.resized = True
        self.io.sys.set_tty_raw(self._fd, True, signal_keys=self._signal_keys)

    def _on_interrupt(self, _signal: int) -> None:
        self.interrupted = True

    def take(self) -> str:
        """Wait for a key; "" if a signal came instead, "end of input" when the terminal is gone."""
        byte = self._byte()
        if byte is None:
            return ""
        if not byte:
            return "end of input"
        if byte == b"\x1b":
            return self._sequence()
        return self._character(byte)

    def take_within(self, delay_ns: int) -> str:
        """Wait so long at most for a key; "" if none came."""
        sys = self.io.sys
        end_ns = sys.clock_monotonic_ns() + delay_ns
        while not sys.can_read(self._fd):
            now_ns = sys.clock_monotonic_ns()
            if now_ns >= end_ns or self.resized or self.interrupted:
                return ""
            try:
                sys.sleep_until(min(end_ns, now_ns + _POLL_NS))
            except KernelError as error:
                if error.errno != EINTR:
                    raise
        return self.take()

    def _byte(self) -> bytes | None:
        try:
            return self.io.sys.read(self._fd, 1)
        except KernelError as error:
            if error.errno in (EINTR, EAGAIN):
                return None
            if error.errno == EIO:
                return b""
            raise

    def _character(self, byte: bytes) -> str:
        more = 3 if byte[0] >= 0xF0 else 2 if byte[0] >= 0xE0 else 1 if byte[0] >= 0xC0 else 0
        while more and self.io.sys.can_read(self._fd):
            byte += self._byte() or b""
            more -= 1
        return byte.decode("utf-8", "surrogateescape")

    # What a key sends comes at once, so that a lone escape is one that nothing follows.
    def _sequence(self) -> str:
        text = ""
        while self.io.sys.can_read(self._fd):
            text += (self._byte() or b"").decode("latin-1")
            if text in _NAMES:
                return _NAMES[text]
            if text[0] not in "[O":
                return f"alt-{text}"
            if len(text) > 1 and (text[-1].isalpha() or text[-1] == "~"):
                return "unknown"
        return "escape"

    def release(self) -> None:
        """Give the terminal back."""
        with suppress(KernelError):
            self.io.sys.set_tty_raw(self._fd, False)
        self.io.sys.close(self._fd)
