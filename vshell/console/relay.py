"""Hears a terminal before its front end is there, and paints the first prompt for it.

The line editor takes longer to load than the host to boot. What the terminal says meanwhile waits
here, in order; the first prompt appears at once, and the editor draws over it what is the same.
"""

from __future__ import annotations

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.machine.desk import Door
    from vshell.machine.terminal import Listener

__all__ = ["Relay", "paint_prompt", "visible_text"]


class Relay:
    """A terminal's listener, and the way to its panel, that stands for another one."""

    def __init__(self, paint: Callable[[str], bool]) -> None:
        """Keep what is heard.

        Args: paint: shows the first prompt, in the host's thread, and tells whether it could.
        """
        self._paint = paint
        self._lock = threading.Lock()
        self._front: Listener | None = None
        self._panel: Door | None = None
        self._heard: list[tuple[str, Any]] = []
        self.is_painted = False
        """Whether a prompt stands on the screen that nobody edits yet."""
        self.has_heard = threading.Event()
        """Set when the terminal's shell asks for a line, or has come to its end."""

    def on_output(self, data: bytes) -> None:
        """Take what programs wrote."""
        self._pass("on_output", data)

    def on_question(self, prompt: str, typed: str) -> None:
        """Take a shell's wish for a line."""
        with self._lock:
            if self._front is None and not self._heard and not typed:
                self.is_painted = self._paint(prompt)
        self._pass("on_question", prompt, typed)
        self.has_heard.set()

    def on_end(self, status: int) -> None:
        """Take the end of the session."""
        self._pass("on_end", status)
        self.has_heard.set()

    def on_failure(self, text: str) -> None:
        """Take the end of the machine."""
        self._pass("on_failure", text)
        self.has_heard.set()

    def _pass(self, name: str, *values: Any) -> None:
        with self._lock:
            if self._front is None:
                self._heard.append((name, values))
                return
            front = self._front
        getattr(front, name)(*values)

    @property
    def has_more(self) -> bool:
        """Whether more has been heard than the first prompt."""
        return len(self._heard) > 1

    def hand_over(self, front: Listener, panel: Door | None) -> None:
        """Give all that has been heard, and all that will be, to the front end."""
        with self._lock:
            for name, values in self._heard:
                getattr(front, name)(*values)
            self._heard.clear()
            self._front, self._panel = front, panel

    def show(self) -> None:
        """Ask for the panel."""
        if self._panel is not None:
            self._panel.show()

    def end(self) -> None:
        """Say that nobody waits for the panel any more."""
        if self._panel is not None:
            self._panel.end()


def visible_text(prompt: str) -> str:
    """Give a prompt's text without what colours it and sets titles."""
    out, position = [], 0
    while position < len(prompt):
        if prompt.startswith("\x1b[", position):
            position += 2
            while position < len(prompt) and not "@" <= prompt[position] <= "~":
                position += 1
            position += 1
        elif prompt.startswith("\x1b]", position):
            ends = ("\x07", "\x1b\\")
            found = [prompt.find(end, position + 2) + len(end) for end in ends if end in prompt]
            position = min((at for at in found if at > position + 2), default=len(prompt))
        else:
            out.append(prompt[position])
            position += 1
    return "".join(out)


def paint_prompt(prompt: str, columns: int) -> bool:
    """Show a prompt that fits on a line, straight to the terminal; tell whether it does."""
    text = visible_text(prompt)
    if not text.isascii() or not text.isprintable() or len(text) >= columns:
        return False
    shown = text if os.environ.get("NO_COLOR") else prompt
    data = shown.encode()
    try:
        return os.write(1, data) == len(data)
    except OSError:
        return False
