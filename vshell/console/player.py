"""A demo at the prompt: a typist types, the audience may pause it or leave.

What is to be typed says the typist, in virtual time; where a session has paused its own clock, real
time passes for it. Space holds the world as a viewer's pause does, in the middle of a command, too.
"""

from __future__ import annotations

import asyncio
import textwrap

from prompt_toolkit.filters import Condition
from prompt_toolkit.keys import Keys

from vshell.console.window import window_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    from vshell.machine.desk import Typable
    from vshell.machine.thread import Machine
    from vshell.machine.typist import Typed, Typist

    class Demo(Protocol):
        """What is played."""

        @property
        def title(self) -> str:
            """What it is called."""

        @property
        def typist(self) -> Typist:
            """Who types."""


__all__ = ["Player"]

_PERIOD_S = 0.02
_WIDTH, _INDENT = 78, 3
_OVER = "The demo is over; the prompt is yours."
_KEYS = "space pauses, q leaves"
_PAUSED = "paused; space goes on, q leaves"


class Player:
    """Plays a demo at a prompt; all of it happens in the event loop."""

    def __init__(
        self,
        machine: Machine,
        demo: Demo,
        session: PromptSession[str],
        say: Callable[[str], None],
        leave: Callable[[], None],
    ) -> None:
        """Prepare it.

        Args:
            machine: at whose first terminal it is played.
            demo: what is played.
            session: edits the line.
            say: shows a text above the prompt.
            leave: ends the prompt.
        """
        self._machine = machine
        self._demo = demo
        self._typist = demo.typist
        self._session = session
        self._say = say
        self._leave = leave
        self._is_paused = False
        self._told = ""
        self._bar()

    @property
    def is_on(self) -> bool:
        """Whether the keys are the demo's."""
        return not self._typist.is_over

    def remark(self) -> str:
        """Give what is to be said before a prompt: at the beginning, and after the end."""
        is_over = self._typist.is_over
        text = _OVER if is_over else f"Demo: {self._demo.title}. {_KEYS.capitalize()}."
        is_known, self._told = self._told == text, text
        return "" if is_known else text

    def bind(self, bindings: KeyBindings) -> None:
        """Take all keys at the prompt while the demo goes on."""
        is_on = Condition(lambda: self.is_on)

        @bindings.add(Keys.Any, filter=is_on, eager=True)
        def take(event: KeyPressEvent) -> None:
            press = event.key_sequence[0]
            if press.key == Keys.CPRResponse:
                # No key, but the terminal's answer.
                row = press.data[2:-1].partition(";")[0]
                event.app.renderer.report_absolute_cursor_row(int(row))
            else:
                self.take_key(press.data)

    def take_key(self, key: str) -> None:
        """Take what the audience presses while the demo goes on; most keys do nothing."""
        if key == " ":
            self._is_paused = not self._is_paused
            self._machine.put("clock", -1, "pause" if self._is_paused else "resume")
            self._bar()
        elif key in ("q", "\x03", "\x04"):
            self._typist.stop()
            self._leave()

    def _bar(self) -> None:
        text = f" {self._demo.title}: {_PAUSED if self._is_paused else _KEYS} "
        self._session.bottom_toolbar = text if self.is_on else None
        self._session.app.invalidate()

    async def play(self, terminal: Typable, is_asking: Callable[[], bool]) -> None:
        """Play until the last line has been entered.

        Args:
            terminal: takes keys.
            is_asking: whether the prompt is there and waits for a line.
        """
        loop = asyncio.get_running_loop()
        looked_s = loop.time()
        seen_ns = -1
        while self.is_on:
            await asyncio.sleep(_PERIOD_S)
            now_ns = self._machine.now_ns()
            passed_s, looked_s = loop.time() - looked_s, loop.time()
            if now_ns == seen_ns and not self._is_paused and is_asking():
                self._typist.pass_time(int(passed_s * 1e9))
            seen_ns = now_ns
            self._typist.rate = self._machine.pacing.rate or 1.0
            typed = self._typist.due(now_ns, is_asking())
            if typed is not None:
                self._show(typed, terminal)
        self._bar()

    def _show(self, typed: Typed, terminal: Typable) -> None:
        if typed.said:
            columns, _ = window_size()
            self._say(_filled(typed.said, min(_WIDTH, columns - _INDENT)))
        elif typed.keys:
            self._press(typed.keys, terminal)
        else:
            buffer = self._session.default_buffer
            if buffer.text != typed.text:
                buffer.text = typed.text
                buffer.cursor_position = len(typed.text)
            if typed.is_entered:
                buffer.validate_and_handle()

    def _press(self, keys: str, terminal: Typable) -> None:
        app = self._session.app
        if not app.is_running:
            terminal.press(keys.encode("utf-8", "surrogateescape"))
        elif keys == "\x03":
            app.exit(exception=KeyboardInterrupt)
        elif keys == "\x04":
            app.exit(exception=EOFError)


# Each paragraph filled to a width; lines that are indented stay as they are.
def _filled(text: str, columns: int) -> str:
    paragraphs = [
        one
        if one.startswith(" ")
        else textwrap.fill(" ".join(one.split()), max(columns, 20), break_long_words=False)
        for one in text.split("\n\n")
    ]
    return "\n\n".join(paragraphs)
