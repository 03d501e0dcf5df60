"""The panel's own terminal: what it has shown, and the line in which one types."""

from __future__ import annotations

from rich.text import Text
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from vshell.panel.looks import clean, cut
from vshell.panel.rows import RowView, title_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from textual import events
    from textual.app import ComposeResult

    from vshell.panel.looks import Row
    from vshell.panel.world import World

__all__ = ["CommandLine", "TerminalView"]

_LINES_MAX = 2000
_HINT = "space pause  . step  , back  +- speed  / filter  enter open  ? help  q leave"
_FIRST_PROMPT = "> "
_KEYS = {"ctrl+c": "\x03", "ctrl+d": "\x04", "ctrl+z": "\x1a", "ctrl+backslash": "\x1c"}


class TerminalView(RowView, can_focus=True):
    """The last lines that the panel's own terminal has shown."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show the terminal of a world."""
        super().__init__(**options)
        self.world = world
        self.back = 0

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give the title and the lines."""
        lines = self._lines(width)
        room = max(height - 1, 0)
        self.back = max(0, min(self.back, len(lines) - room))
        end = len(lines) - self.back
        title = "terminal" + (f"  {self.back} more lines below" if self.back else "")
        return [
            title_row(title, width, has_focus=self.has_focus, right=(("escape closes", "dim"),)),
            *(((cut(line, width), ""),) for line in lines[max(end - room, 0) : end]),
        ]

    # A long line goes on in the next one, as in a terminal.
    def _lines(self, width: int) -> list[str]:
        found: list[str] = []
        for line in self.world.output.split("\n")[-_LINES_MAX:]:
            text = clean(Text.from_ansi(line).plain.expandtabs(8)) if line else ""
            found += [text[at : at + width] for at in range(0, len(text), width)] or [""]
        while found and not found[-1]:
            found.pop()
        return found

    def scroll_rows(self, count: int) -> None:
        """Go towards the newest line, or back."""
        self.back = max(self.back - count, 0)
        self.update_rows()


class _Line(Input):
    # Keys that send signals, and those that bring back earlier lines.
    async def _on_key(self, event: events.Key) -> None:
        owner = self.parent
        assert isinstance(owner, CommandLine)
        if event.key in _KEYS and owner.is_shell:
            event.stop()
            event.prevent_default()
            owner.press(_KEYS[event.key])
        elif event.key in ("up", "down") and owner.is_shell:
            event.stop()
            event.prevent_default()
            owner.recall(-1 if event.key == "up" else 1)
        elif event.key == "escape":
            event.stop()
            event.prevent_default()
            owner.post_message(CommandLine.Left())
        else:
            await super()._on_key(event)


class CommandLine(Horizontal):
    """The last line: a prompt, and what is typed; or a filter that is being typed."""

    class Typed(Message):
        """A line has been entered for the host."""

        def __init__(self, line: str) -> None:
            """Keep it."""
            super().__init__()
            self.line = line

    class Pressed(Message):
        """Keys have been pressed that do not wait for the end of a line."""

        def __init__(self, keys: str) -> None:
            """Keep them."""
            super().__init__()
            self.keys = keys

    class Filtered(Message):
        """What the threads are filtered by has changed."""

        def __init__(self, text: str, *, is_done: bool) -> None:
            """Keep it."""
            super().__init__()
            self.text = text
            self.is_done = is_done

    class Left(Message):
        """The user is done with the line."""

    def __init__(self, world: World, **options: Any) -> None:
        """Be the line of a world."""
        super().__init__(**options)
        self.world = world
        self.is_shell = True
        """Whether what is typed goes to the host; if not, it is a filter."""
        self._history: list[str] = []
        self._place = 0
        self._prompt = Label("", id="prompt", markup=False)
        self._line = _Line(placeholder=_HINT, id="line", compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """The prompt and the line."""
        yield self._prompt
        yield self._line

    def show_prompt(self) -> None:
        """Show what the shell asks with."""
        if not self.is_shell:
            text = "/ "
        elif self.world.prompt is None:
            text = _FIRST_PROMPT if not self.world.output else ": "
        else:
            text = clean(Text.from_ansi(self.world.prompt.replace("\n", " ")).plain)
        if str(self._prompt.content) != text:
            self._prompt.update(text)
            # Beside a shell's prompt there is no room for hints, nor need.
            self._line.placeholder = _HINT if text == _FIRST_PROMPT else ""

    def begin(self, *, is_shell: bool) -> None:
        """Take the keys, for the host or for a filter."""
        self.is_shell = is_shell
        self._line.value = "" if is_shell else self.world.filter
        self._line.cursor_position = len(self._line.value)
        self.show_prompt()
        self._line.focus()

    def end(self) -> None:
        """Give the keys back."""
        self.is_shell = True
        self._line.value = ""
        self.show_prompt()

    def fill(self, text: str) -> None:
        """Show a text as if it had been typed."""
        self._line.value = text
        self._line.cursor_position = len(text)

    def recall(self, step: int) -> None:
        """Bring back an earlier line, or a later one."""
        self._place = max(0, min(self._place + step, len(self._history)))
        known = self._place < len(self._history)
        self.fill(self._history[self._place] if known else "")

    def press(self, keys: str) -> None:
        """Pass on keys; what was being typed is given up, as a terminal does for Ctrl-C."""
        self._line.value = ""
        self.post_message(self.Pressed(keys))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while it is typed."""
        event.stop()
        if not self.is_shell:
            self.post_message(self.Filtered(event.value, is_done=False))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand over what has been typed."""
        event.stop()
        if not self.is_shell:
            self.post_message(self.Filtered(event.value, is_done=True))
            return
        line = event.value
        self._line.value = ""
        if line and self._history[-1:] != [line]:
            self._history.append(line)
        self._place = len(self._history)
        self.post_message(self.Typed(line))
