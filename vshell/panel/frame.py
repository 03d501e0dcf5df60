"""The panel's frame: its parts, and how what comes from the machine gets drawn.

A link tells that it has something; the panel reads it in its own event loop, brings its ``World``
up to date, and lets each part draw the lines that differ, ten times a second at most.
"""

from __future__ import annotations

import contextlib
from contextvars import copy_context

from textual.app import App
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
from vshell.panel.source import SourceView
from vshell.panel.tasks import TaskTable
from vshell.panel.terminal import CommandLine, TerminalView
from vshell.panel.world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual import events
    from textual.app import ComposeResult

    from vshell.abi.wire import Link, Message
    from vshell.machine.typist import Typist

    MakeLink = Callable[[Callable[[], None]], Link]

__all__ = ["Frame"]

_FRAME_S = 0.1
_KEYSTROKE_S = 0.04
_RECONNECT_S = 1.0


class Frame(App[None]):
    """The parts, and the machine that they show."""

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
        self.is_held = False
        """Whether it is the user who has let virtual time stand."""
        self._explained: tuple[int, int] = (0, -1)
        self.has_terminal = False
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
            self.open_terminal()
            self.set_interval(_KEYSTROKE_S, self._type)
        self._wake()

    # A terminal of the panel's own is opened when somebody is going to type there.
    def open_terminal(self) -> None:
        """Open it, if no shell asks there yet."""
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
        with self._failing():
            self._take(self.link.read())

    def _take(self, messages: list[Message]) -> None:
        had_output = bool(self.world.output)
        if not messages:
            return
        if self.world.lost:
            self._begin_anew()
        self.world.take(messages)
        assert self._loop is not None
        self._heard_s = self._loop.time()
        if self.world.output and not had_output:
            self.show_terminal()
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
            with self._failing():
                self.draw()

    # What the event loop calls by itself fails as what the application does.
    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._handle_exception(error)

    # The terminal is lent: it gets a line of whoever has lent it, no traceback.
    def _fatal_error(self) -> None:
        error = self._exception
        self.failure = self.failure or f"{type(error).__name__}: {error}".removesuffix(": ")
        self._close_messages_no_wait()

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
        if clock.is_paused and not self.is_held:
            # The session has paused its own clock, and goes on all the same.
            typist.pass_time(int(_KEYSTROKE_S * 1e9))
        elif clock.is_moving:
            now_ns += int((self._loop.time() - self._heard_s) * 1e9 * clock.rate)
        typist.rate = clock.rate
        typed = typist.due(now_ns, is_asking=world.prompt is not None)
        if typed is None:
            return
        self.show_terminal()
        if typed.said:
            world.output += f"# {typed.said}\n"
        if typed.keys:
            self.link.press(typed.keys)
        self.command_line.fill("" if typed.is_entered else typed.text)
        if typed.is_entered:
            self.enter(typed.text)
        self.draw()

    # -- Room -------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Share the room out anew."""
        self._room = event.size
        self._lay_out()

    def _lay_out(self) -> None:
        columns, rows = self._room
        found = lay_out(columns, rows, has_terminal=self.has_terminal)
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

    def show_terminal(self, *, is_shown: bool = True) -> None:
        """Give the panel's own terminal room, or take it back."""
        if self.has_terminal != is_shown:
            self.has_terminal = is_shown
            self._lay_out()

    # -- Its own terminal --------------------------------------------------------------------------

    def enter(self, line: str) -> None:
        """Enter a line at the panel's own terminal."""
        if self.link is None:
            self.notify("there is no host to type at", severity="warning")
            return
        self.show_terminal()
        world = self.world
        if world.prompt is not None:
            # The host's terminal does not echo what its shell has asked for.
            world.output += f"{world.prompt}{line}\n"
            world.prompt = None
        self.terminal.back = 0
        self.link.type_line(line)
        self.draw()

    def on_unmount(self) -> None:
        """Let the machine go."""
        if self.link is not None:
            self.link.close()
            self.link = None
