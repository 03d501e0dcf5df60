"""The panel: a frame, and what one can do with it: keys, mouse, commands by name."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from vshell.panel.detail import DetailView
from vshell.panel.frame import Frame
from vshell.panel.log import LogView
from vshell.panel.modules import ModulesView
from vshell.panel.rows import RowView
from vshell.panel.save import save_events, save_picture
from vshell.panel.screens import HelpScreen, ThreadScreen
from vshell.panel.source import SourceView
from vshell.panel.terminal import CommandLine, TerminalView
from vshell.panel.world import ORDERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from textual.screen import Screen

    from vshell.machine.typist import Typist
    from vshell.panel.frame import MakeLink
    from vshell.panel.tasks import TaskTable

__all__ = ["KEYS", "Panel", "run_panel", "show_panel"]

_SPEEDS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
_ROW_PARTS = (LogView, SourceView, DetailView, ModulesView, TerminalView)

KEYS = (
    ("space", "pause", "space", "let virtual time stand, or go on"),
    ("full_stop", "step", ".", "one event further; forward again after going back"),
    ("comma", "look_back", ",", "back to the event before, in the picture only"),
    ("plus,equals_sign", "speed(1)", "+", "faster"),
    ("minus", "speed(-1)", "-", "slower"),
    ("up,k", "go(-1)", "up", "the thread above, or scroll"),
    ("down,j", "go(1)", "down", "the thread below, or scroll"),
    ("pageup", "go(-10)", "page up", "ten further up"),
    ("pagedown", "go(10)", "page down", "ten further down"),
    ("enter", "open", "enter", "all about the chosen thread"),
    ("slash", "filter", "/", "show threads with a word, or in a state by its letter"),
    ("o", "order", "o", "another order of the threads"),
    ("left", "time(-1)", "left", "look at an earlier moment (with shift: much earlier)"),
    ("right", "time(1)", "right", "look at a later moment"),
    ("shift+left", "time(-10)", "", ""),
    ("shift+right", "time(10)", "", ""),
    ("home", "begin", "home", "the first moment that is known"),
    ("end,f", "follow", "end", "follow the clock again"),
    ("left_square_bracket,z", "zoom(1)", "[", "show more time"),
    ("right_square_bracket,x", "zoom(-1)", "]", "show less time"),
    ("a", "mark('A')", "a", "mark the moment that is looked at as A"),
    ("b", "mark('B')", "b", "mark it as B; the first line shows B-A"),
    ("colon,i", "type", ":", "type a command into the host; escape comes back"),
    ("s", "save", "s", "save the picture as SVG and text"),
    ("e", "export", "e", "save the events for Perfetto (JSON) and as ftrace text"),
    ("l", "light", "l", "for light terminals, or for dark ones"),
    ("tab", "app.focus_next", "tab", "the next part; shift-tab the one before"),
    ("shift+tab", "app.focus_previous", "", ""),
    ("ctrl+p", "command_palette", "ctrl-p", "all of this by name"),
    ("question_mark,f1", "help", "?", "this page"),
    ("escape", "close", "escape", "close what is open"),
    ("q", "leave", "q", "leave; the host goes on"),
)
"""Key, action, what the help calls the key, what it does. The order is that of the help."""


class Panel(Frame):
    """The application."""

    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, text, show=False) for keys, action, _, text in KEYS
    ]

    # -- Keys -------------------------------------------------------------------------------------

    def _ask_clock(self, command: str) -> None:
        if self.link is not None:
            self.link.clock(command)

    def action_pause(self) -> None:
        """Let virtual time stand, or go on."""
        self.is_held = not self.world.clock.is_paused
        self._ask_clock("pause" if self.is_held else "resume")

    def action_step(self) -> None:
        """Go one event further."""
        if self.world.at_ns is not None:
            self.world.look_ahead()
            self.draw()
        else:
            self._ask_clock("step")

    def action_look_back(self) -> None:
        """Look at the event before."""
        self.world.look_back()
        self.draw()

    def action_speed(self, steps: int) -> None:
        """Let virtual time pass faster or more slowly."""
        rate = self.world.clock.rate or 1.0
        faster = [one for one in _SPEEDS if one > rate * 1.0001]
        slower = [one for one in _SPEEDS if one < rate * 0.9999]
        found = faster[:1] if steps > 0 else slower[-1:]
        for one in found:
            self._ask_clock(f"speed {one:g}")

    def action_go(self, count: int) -> None:
        """Choose another thread, or scroll the part that has the focus."""
        part = self.focused
        page = self._page()
        if page is not None:
            page.scroll_rows(count)
        elif isinstance(part, _ROW_PARTS):
            part.scroll_rows(count)
        else:
            self.world.choose(self.world.chosen_number + count)
            self.draw()

    # What covers everything, if anything does.
    def _page(self) -> RowView | None:
        if isinstance(self.screen, (ThreadScreen, HelpScreen)):
            return self.screen.query_one(".page", RowView)
        return None

    def action_open(self) -> None:
        """Show all about the chosen thread."""
        if self._page() is None:
            self.push_screen(ThreadScreen(self.world))
            self._paint_screen()

    def action_help(self) -> None:
        """Show the keys."""
        if self._page() is None:
            keys = [(label, text) for _, _, label, text in KEYS if label]
            self.push_screen(HelpScreen(keys))
            self._paint_screen()

    def action_close(self) -> None:
        """Close what is open: a page, the terminal, a filter, the past."""
        world = self.world
        if self._page() is not None:
            self.pop_screen()
        elif self.has_terminal:
            self.show_terminal(is_shown=False)
        elif world.at_ns is not None:
            world.look_at(None)
        elif world.filter:
            world.filter = ""
            world.arrange()
        else:
            world.markers.clear()
        self.draw()

    def action_leave(self) -> None:
        """End; a page is closed first."""
        if self._page() is not None:
            self.action_close()
        else:
            self.exit()

    def action_filter(self) -> None:
        """Type a filter."""
        self.command_line.begin(is_shell=False)

    def action_type(self) -> None:
        """Type a command."""
        self.open_terminal()
        self.command_line.begin(is_shell=True)

    def action_order(self) -> None:
        """Order the threads otherwise."""
        world = self.world
        world.order = ORDERS[(ORDERS.index(world.order) + 1) % len(ORDERS)]
        world.arrange()
        self.draw()

    def action_time(self, cells: int) -> None:
        """Look at an earlier or later moment."""
        self.lanes.move(cells)
        self.draw()

    def action_begin(self) -> None:
        """Look at the first moment."""
        self.world.look_at(self.world.timeline.start_ns)
        self.draw()

    def action_follow(self) -> None:
        """Follow the clock."""
        self.world.look_at(None)
        self.draw()

    def action_zoom(self, steps: int) -> None:
        """Show more time, or less."""
        self.lanes.zoom(steps)
        self.draw()

    def action_mark(self, letter: str) -> None:
        """Mark the moment that is looked at; once more takes the mark away."""
        world = self.world
        if world.markers.get(letter) == world.moment_ns:
            del world.markers[letter]
        else:
            world.markers[letter] = world.moment_ns
        self.draw()

    def action_save(self) -> None:
        """Save the picture."""
        self._save(lambda folder: save_picture(self, folder))

    def action_export(self) -> None:
        """Save the events."""
        self._save(lambda folder: save_events(self.world, folder))

    def _save(self, write: Callable[[Path], list[str]]) -> None:
        try:
            names = write(Path.cwd())
        except OSError as error:
            self.notify(f"{error.filename}: {error.strerror}", severity="error", markup=False)
            return
        self.notify("saved " + " and ".join(names), markup=False)

    def action_light(self) -> None:
        """Change between light and dark."""
        self.theme = "textual-light" if self.current_theme.dark else "textual-dark"
        self._paint_screen()

    def _paint_screen(self) -> None:
        for screen in self.screen_stack:
            screen.set_class(not self.current_theme.dark, "-light")
            for part in screen.query(RowView):
                part.refresh()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Give all actions by name, for the palette."""
        yield from super().get_system_commands(screen)
        for _, action, label, text in KEYS:
            if label and action not in ("command_palette", "help"):

                async def run(action: str = action) -> None:
                    await self.run_action(action)

                yield SystemCommand(text.capitalize(), f"key {label}", run)

    # -- What the parts tell -----------------------------------------------------------------------

    def on_task_table_chosen(self, message: TaskTable.Chosen) -> None:
        """Show the thread that was clicked at."""
        self.draw()
        if message.opens:
            self.action_open()

    def on_task_table_ordered(self) -> None:
        """Show the threads in another order."""
        self.world.arrange()
        self.draw()

    def on_lanes_moved(self) -> None:
        """Show the moment that was clicked at."""
        self.draw()

    def on_command_line_typed(self, message: CommandLine.Typed) -> None:
        """Type a line at the panel's own terminal."""
        self.enter(message.line)

    def on_command_line_pressed(self, message: CommandLine.Pressed) -> None:
        """Press keys at the panel's own terminal."""
        if self.link is not None:
            self.link.press(message.keys)

    def on_command_line_filtered(self, message: CommandLine.Filtered) -> None:
        """Filter the threads."""
        self.world.filter = message.text.strip()
        self.world.arrange()
        if message.is_done:
            self.on_command_line_left()
        self.draw()

    def on_command_line_left(self) -> None:
        """Give the keys back to the panel."""
        self.command_line.end()
        self.tasks.focus()


async def show_panel(
    make_link: MakeLink, typist: Typist | None = None, *, reconnects: bool = False
) -> str:
    """Show the panel in this terminal until the user leaves it.

    Args:
        make_link: see ``Panel``.
        typist: see ``Panel``.
        reconnects: see ``Panel``.

    Returns:
        Why it could not go on, "" if the user has left it.
    """
    panel = Panel(make_link, typist, reconnects=reconnects)
    await panel.run_async()
    return panel.failure


def run_panel(
    make_link: MakeLink, typist: Typist | None = None, *, reconnects: bool = False
) -> str:
    """Do the same in an event loop of its own."""
    import asyncio  # noqa: PLC0415 - the prompt has one already

    return asyncio.run(show_panel(make_link, typist, reconnects=reconnects))
