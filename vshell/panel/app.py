"""The panel: its parts, its keys, and how what comes from the machine gets drawn.

A link tells that it has something; the panel reads it in its own event loop, brings its ``World``
up to date, and lets each part draw the lines that differ, ten times a second at most.
"""

from __future__ import annotations

import contextlib
from contextvars import copy_context
from pathlib import Path
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Size

from vshell.machine.client import ConnectError
from vshell.panel.detail import DetailView
from vshell.panel.header import Header
from vshell.panel.lanes import Lanes
from vshell.panel.layout import lay_out
from vshell.panel.log import LogView
from vshell.panel.modules import ModulesView
from vshell.panel.rows import RowView
from vshell.panel.save import save_events, save_picture
from vshell.panel.screens import HelpScreen, ThreadScreen
from vshell.panel.source import SourceView
from vshell.panel.tasks import TaskTable
from vshell.panel.terminal import CommandLine, TerminalView
from vshell.panel.world import ORDERS, World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from textual import events
    from textual.app import ComposeResult
    from textual.screen import Screen

    from vshell.abi.wire import Link
    from vshell.machine.typist import Typist

    MakeLink = Callable[[Callable[[], None]], Link]

__all__ = ["Panel", "run_panel", "show_panel"]

_FRAME_S = 0.1
_KEYSTROKE_S = 0.04
_RECONNECT_S = 1.0
_SPEEDS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
_PAGE_ROWS = 10

# Key, action, what the help calls the key, what it does. The order is that of the help.
_KEYS = (
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
_ROW_PARTS = (LogView, SourceView, DetailView, ModulesView, TerminalView)


class Panel(App[None]):
    """The application."""

    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, text, show=False) for keys, action, _, text in _KEYS
    ]
    CSS = """
    Screen { background: #101113; }
    Screen.-light { background: #fbfbfc; }
    Header, CommandLine { height: 1; }
    .page { height: 100%; }
    #lanes, #detail { width: 1fr; }
    #prompt { width: auto; color: #a9b1bd; background: #23272e; text-style: bold; }
    #line, #line:focus { width: 1fr; color: #e6e8eb; background: #23272e; border: none; }
    Screen.-light #prompt { color: #444b55; background: #dfe3e8; }
    Screen.-light #line, Screen.-light #line:focus { color: #1d2127; background: #dfe3e8; }
    """

    def __init__(
        self, make_link: MakeLink, typist: Typist | None = None, *, reconnects: bool = False
    ) -> None:
        """Make a panel.

        Args:
            make_link: attaches to a machine, given what to call, in any thread, when it has told
                something.
            typist: types at the panel's own command line; None for nobody.
            reconnects: whether to attach anew when the machine is gone.
        """
        super().__init__()
        self._make_link = make_link
        self._typist = typist
        self._reconnects = reconnects
        self.link: Link | None = None
        self.world = World()
        self.failure = ""
        """Why it could not go on."""
        self._is_pulling = False
        self._is_drawing = False
        self._drawn_s = 0.0
        self._heard_s = 0.0
        self._room = Size(80, 24)
        self._own_context = copy_context()
        self._is_held = False
        self._explained: tuple[int, int] = (0, -1)
        self._has_terminal = False
        self._make_parts()

    def _make_parts(self) -> None:
        world = self.world
        self.header = Header(world, id="header")
        self.tasks = TaskTable(world, id="tasks")
        self.lanes = Lanes(world, id="lanes")
        self.source = SourceView(world, id="source")
        self.detail = DetailView(world, id="detail")
        self.modules = ModulesView(world, id="modules")
        self.log_view = LogView(world, id="log")
        self.terminal = TerminalView(world, id="terminal")
        self.command_line = CommandLine(world, id="command")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self.header
        yield self.tasks
        yield Horizontal(self.lanes, self.source, id="middle")
        yield Horizontal(self.detail, self.modules, id="lower")
        yield self.log_view
        yield self.terminal
        yield self.command_line

    # -- From the machine to the screen ------------------------------------------------------------

    def on_mount(self) -> None:
        """Attach."""
        # What is called for another thread runs as if this one had called it.
        self._own_context = copy_context()
        self.tasks.focus()
        self._connect()

    def _connect(self) -> None:
        try:
            self.link = self._make_link(self._wake)
        except ConnectError as error:
            if not self._reconnects or self.world.hello is None:
                self.failure = str(error)
                self.exit()
                return
            self.set_timer(_RECONNECT_S, self._connect)
            return
        if self._typist is not None:
            self._open_terminal()
            self.set_interval(_KEYSTROKE_S, self._type)
        self._wake()

    # A terminal of the panel's own is opened when somebody is going to type there.
    def _open_terminal(self) -> None:
        if self.link is not None and self.world.prompt is None:
            self.link.press("")

    # In any thread.
    def _wake(self) -> None:
        loop = self._loop
        if self._is_pulling or loop is None:
            return
        self._is_pulling = True
        # The loop may have been closed: nobody looks any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self.pull, context=self._own_context)

    def pull(self) -> None:
        """Read what the machine has told."""
        self._is_pulling = False
        if self.link is None or not self.is_running:
            return
        had_output = bool(self.world.output)
        messages = self.link.read()
        if not messages:
            return
        if self.world.lost:
            self._begin_anew()
        self.world.take(messages)
        assert self._loop is not None
        self._heard_s = self._loop.time()
        if self.world.output and not had_output:
            self._show_terminal()
        for refusal in self.world.refusals:
            self.notify(refusal, severity="warning", markup=False)
        self.world.refusals.clear()
        if self.world.lost:
            self._lose()
        self._plan_drawing()

    def _lose(self) -> None:
        if self.link is not None:
            self.link.close()
            self.link = None
        if self._reconnects:
            self.notify("waiting for another vshell; q leaves")
            self.set_timer(_RECONNECT_S, self._connect)

    # Another machine is another world.
    def _begin_anew(self) -> None:
        world, new = self.world, World()
        new.order, new.filter = world.order, world.filter
        world.__dict__.update(new.__dict__)
        self._explained = (0, -1)

    def _plan_drawing(self) -> None:
        assert self._loop is not None
        if self._is_drawing:
            return
        self._is_drawing = True
        delay_s = self._drawn_s + _FRAME_S - self._loop.time()
        self._loop.call_later(max(delay_s, 0.0), self._draw_frame)

    def _draw_frame(self) -> None:
        self._is_drawing = False
        if self.is_running and self._loop is not None:
            self._drawn_s = self._loop.time()
            self.draw()

    def draw(self) -> None:
        """Bring every part up to date, and ask for what is to be known of the chosen thread."""
        self._ask_why()
        for part in self.screen.query(RowView):
            part.update_rows()
        self.command_line.show_prompt()

    def _ask_why(self) -> None:
        world = self.world
        wanted = world.chosen, world.timeline.revision
        if self.link is None or not world.chosen or wanted == self._explained:
            return
        self._explained = wanted
        self.link.explain(world.chosen)

    # Let the typist type what is due by now. Between two batches virtual time goes on.
    def _type(self) -> None:
        typist, world, clock = self._typist, self.world, self.world.clock
        assert self._loop is not None
        if typist is None or self.link is None or typist.is_over:
            return
        now_ns = world.now_ns
        if clock.is_paused and not self._is_held:
            # The session has paused its own clock, and goes on all the same.
            typist.pass_time(int(_KEYSTROKE_S * 1e9))
        elif clock.is_moving:
            now_ns += int((self._loop.time() - self._heard_s) * 1e9 * clock.rate)
        typist.rate = clock.rate
        typed = typist.due(now_ns, is_asking=world.prompt is not None)
        if typed is None:
            return
        self._show_terminal()
        if typed.said:
            world.output += f"# {typed.said}\n"
        if typed.keys:
            self.link.press(typed.keys)
        self.command_line.fill("" if typed.is_entered else typed.text)
        if typed.is_entered:
            self._enter(typed.text)
        self.draw()

    # -- Room -------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Share the room out anew."""
        self._room = event.size
        self._lay_out()

    def _lay_out(self) -> None:
        columns, rows = self._room
        found = lay_out(columns, rows, has_terminal=self._has_terminal)
        self.tasks.styles.height = found.tasks
        heights = (
            (self.query_one("#middle"), found.lanes),
            (self.query_one("#lower"), found.lower),
            (self.log_view, found.log),
            (self.terminal, found.terminal),
        )
        for part, height in heights:
            part.styles.height = height
            part.display = height > 0
        for part, width in (
            (self.source, found.source_columns),
            (self.modules, found.side_columns),
        ):
            part.styles.width = width
            part.display = width > 0
        if self.link is not None:
            self.link.resize(columns, max(found.terminal - 1, 5))

    def _show_terminal(self) -> None:
        if not self._has_terminal:
            self._has_terminal = True
            self._lay_out()

    # -- Keys -------------------------------------------------------------------------------------

    def _ask_clock(self, command: str) -> None:
        if self.link is not None:
            self.link.clock(command)

    def action_pause(self) -> None:
        """Let virtual time stand, or go on."""
        self._is_held = not self.world.clock.is_paused
        self._ask_clock("pause" if self._is_held else "resume")

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
            keys = [(label, text) for _, _, label, text in _KEYS if label]
            self.push_screen(HelpScreen(keys))
            self._paint_screen()

    def action_close(self) -> None:
        """Close what is open: a page, the terminal, a filter, the past."""
        world = self.world
        if self._page() is not None:
            self.pop_screen()
        elif self._has_terminal:
            self._has_terminal = False
            self._lay_out()
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
        self._open_terminal()
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
        for _, action, label, text in _KEYS:
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
        self._enter(message.line)

    def _enter(self, line: str) -> None:
        if self.link is None:
            self.notify("there is no host to type at", severity="warning")
            return
        self._show_terminal()
        world = self.world
        if world.prompt is not None:
            # The host's terminal does not echo what its shell has asked for.
            world.output += f"{world.prompt}{line}\n"
            world.prompt = None
        self.terminal.back = 0
        self.link.type_line(line)
        self.draw()

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

    def on_unmount(self) -> None:
        """Let the machine go."""
        if self.link is not None:
            self.link.close()
            self.link = None


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
