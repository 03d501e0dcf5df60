"""The real terminal while a job runs: no echo, no signals, every key at once.

In between it is an editor's (``suspended``), or the panel's (``lent``), and comes back.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios

from vshell.console.keep import kept_terminal
from vshell.console.window import take_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from typing import Any, Self

__all__ = ["JobMode"]

_KEYS_MAX = 4096


class JobMode:
    """A context in which keys go to ``press`` as they are pressed."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        press: Callable[[bytes], None],
        size_changed: Callable[[], None],
        hung_up: Callable[[], None],
        own_mode: list[Any],
    ) -> None:
        """Prepare it.

        Args:
            loop: the running event loop.
            press: takes keys.
            size_changed: called when the window has another size.
            hung_up: called when the terminal is gone.
            own_mode: the terminal's own mode, before anybody changed it; empty if there is none.
        """
        self._loop = loop
        self._press = press
        self._size_changed = size_changed
        self._hung_up = hung_up
        self._fd = sys.stdin.fileno() if sys.stdin.isatty() else -1
        self._saved = own_mode

    def __enter__(self) -> Self:
        """Begin."""
        self._begin()
        return self

    def __exit__(self, *exc: object) -> None:
        """Give the terminal its own mode back."""
        self._end()

    def _begin(self) -> None:
        if self._fd < 0:
            return
        with contextlib.suppress(termios.error):
            take_keys(self._fd)
        self._listen()

    def _end(self) -> None:
        if self._fd < 0:
            return
        self._stop_listening()
        self._set_mode(self._saved)

    # What is typed and not read yet stays. A terminal that is gone has no mode.
    def _set_mode(self, mode: list[Any]) -> None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._fd, termios.TCSADRAIN, mode)

    def _listen(self) -> None:
        self._loop.add_reader(self._fd, self._read)
        self._loop.add_signal_handler(signal.SIGWINCH, self._size_changed)

    def _stop_listening(self) -> None:
        self._loop.remove_reader(self._fd)
        self._loop.remove_signal_handler(signal.SIGWINCH)

    def _read(self) -> None:
        try:
            keys = os.read(self._fd, _KEYS_MAX)
        except OSError:
            keys = b""
        if keys:
            self._press(keys)
        else:
            self._loop.remove_reader(self._fd)
            self._hung_up()

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Give the terminal its own mode for a while."""
        self._end()
        try:
            yield
        finally:
            self._begin()

    @contextlib.contextmanager
    def lent(self, write: Callable[[str], None]) -> Iterator[None]:
        """Lend the terminal to another user interface, and have it back as it was.

        Keys that come before the borrower reads them are its own; no signal comes of them.

        Args: write: to the terminal, past every buffer.
        """
        if self._fd < 0:
            yield
            return
        self._stop_listening()
        try:
            with kept_terminal(self._fd, self._saved, write):
                yield
        finally:
            self._listen()
