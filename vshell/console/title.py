"""The window's title: whose shell it is and where."""

from __future__ import annotations

import os

from vshell.console.looks import is_dumb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Title"]

_LETTERS_MAX = 200
# Remember the title, and have it back.
_PUSH, _POP = "\x1b[22;2t", "\x1b[23;2t"
# Terminals without a title that would show it as text.
_WITHOUT = ("linux", "vt100", "vt220", "cons25", "eterm-color")


class Title:
    """The title of the window that the prompt is in; another's is had back at the end."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """Prepare it.

        Args: write: to the terminal, past every buffer.
        """
        self._write = write
        self._shown = ""
        self._can = not is_dumb() and os.environ.get("TERM") not in _WITHOUT

    def show(self, text: str) -> None:
        """Show a title; whatever could end it, or do anything else, is left out."""
        clean = "".join(letter for letter in text if letter.isprintable())[:_LETTERS_MAX]
        if not self._can or not clean or clean == self._shown:
            return
        before = "" if self._shown else _PUSH
        self._shown = clean
        self._write(f"{before}\x1b]2;{clean}\x07")

    def end(self) -> None:
        """Have the title as it was."""
        if self._shown:
            self._shown = ""
            self._write(_POP)
