"""The prompt: a real terminal in front of a machine's terminal.

Two ways of using the real terminal take turns. While a shell asks for a line, prompt_toolkit edits
it, and what background jobs write appears above. While a job runs, keys go to the machine as they
are pressed, and its line discipline echoes, erases and sends signals; what programs write goes
straight to the screen.

The machine calls from its own thread; everything here happens in the event loop's.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import sys

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import Suggestion
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.keys import Keys
from prompt_toolkit.shortcuts import CompleteStyle

from vshell.console.coach import Coach
from vshell.console.completer import ShellCompleter
from vshell.console.highlight import STYLE, ShellLexer
from vshell.console.history import open_history
from vshell.console.job_mode import JobMode, window_size
from vshell.console.keys import make_key_bindings
from vshell.console.leaving import leave_on_signals
from vshell.console.player import Player
from vshell.console.screen import Screen
from vshell.console.stage import Showing, Stage
from vshell.console.suggest import Suggestions
from vshell.machine.thread import Machine, MachineStopped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from vshell.console.guide import Guide
    from vshell.console.player import Demo
    from vshell.console.stage import ShowPanel
    from vshell.machine.host import Host
    from vshell.machine.observer import Observer

__all__ = ["Prompt", "run_prompt"]

_GREETING = "vshell {version}: a virtual Linux host. Type 'help' to begin, Ctrl-D to leave.\n"


class Prompt:
    """The front end of one terminal of a machine."""

    def __init__(
        self,
        machine: Machine,
        console_input: Input | None = None,
        console_output: Output | None = None,
        guide: Guide | None = None,
        *,
        show_panel: ShowPanel | None = None,
        demo: Demo | None = None,
        on_served: Callable[[], None] | None = None,
    ) -> None:
        """Prepare a front end.

        Args:
            machine: not started yet, or running.
            guide: leads through a lesson; None without one.
            show_panel: shows the panel in the terminal until it is left; None if that cannot be.
            demo: played at the prompt; None without one.
            on_served: called, in any thread, when viewers in other processes can attach, after the
                first prompt; None if they cannot.
            console_input: None for the real terminal.
            console_output: None for the real terminal.
        """
        self._machine = machine
        self._on_served = on_served
        self._completer = ShellCompleter(machine)
        self._lexer = ShellLexer()
        bindings = make_key_bindings()
        self._session: PromptSession[str] = PromptSession(
            lexer=self._lexer,
            style=STYLE,
            include_default_pygments_style=False,
            completer=self._completer,
            complete_while_typing=False,
            complete_style=CompleteStyle.MULTI_COLUMN,
            complete_in_thread=True,
            auto_suggest=Suggestions(lambda: guide.suggestion if guide is not None else ""),
            history=open_history(),
            key_bindings=bindings,
            enable_open_in_editor=True,
            enable_suspend=False,
            reserve_space_for_menu=6,
            input=console_input,
            output=console_output,
        )
        self._wishes: asyncio.Queue[tuple[str, str] | Showing | None] = asyncio.Queue()
        self._screen = screen = Screen(self._session)
        self._coach = None if guide is None else Coach(machine, guide, screen.say)
        self._stage: Stage | None = None
        if show_panel is not None:
            self._stage = Stage(machine, show_panel, self._call, self._go_away)
        self._showing: Showing | None = None
        self._player: Player | None = None
        if demo is not None:
            self._player = Player(machine, demo, self._session, screen.say_above, self._leave)
            self._player.bind(bindings)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_pressed = False
        self._status = 0
        self._failure: str | None = None

    # -- What the machine tells, in its thread -----------------------------------------------------

    def _call(self, function: Callable[..., None], *args: object) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            # The loop has been closed: nobody looks any more.
            return

    def on_output(self, data: bytes) -> None:
        """Take what programs wrote."""
        self._call(self._write, data)

    def on_question(self, prompt: str, typed: str) -> None:
        """Take a shell's wish for a line."""
        self._call(self._wishes.put_nowait, (prompt, typed))

    def on_end(self, status: int) -> None:
        """Take the end of the session."""
        self._call(self._end, status, None)

    def on_failure(self, text: str) -> None:
        """Take the end of the machine."""
        self._call(self._end, 2, text)

    # -- In the event loop -------------------------------------------------------------------------

    def _end(self, status: int, failure: str | None) -> None:
        self._status = status
        self._failure = failure
        self._wishes.put_nowait(None)
        if failure is not None and self._screen.is_editing:
            self._session.app.exit(exception=EOFError)

    # The terminal was closed, or somebody wants us to end.
    def _leave(self, status: int = 0) -> None:
        self._end(status, None)
        if self._showing is not None:
            self._showing.end()
        if self._session.app.is_running:
            self._session.app.exit(exception=EOFError)

    # The panel takes the terminal; what programs write from here on waits.
    def _go_away(self, showing: Showing) -> None:
        self._showing = showing
        self._screen.is_held = True
        self._wishes.put_nowait(showing)

    def _write(self, data: bytes) -> None:
        if self._coach is None or self._coach.note_output(data):
            self._screen.write(data)

    async def run(self) -> int:
        """Run until the session ends; give its exit status."""
        loop = self._loop = asyncio.get_running_loop()
        columns, rows = window_size()
        self._machine.start()
        terminal = self._machine.open_terminal(self, columns, rows, self._stage)
        self._terminal = terminal
        leave_on_signals(loop, self._leave, self._machine.stop)
        job_mode = JobMode(
            loop, self._press, self._size_changed, lambda: self._leave(128 + signal.SIGHUP)
        )
        playing = None
        if self._player is not None:
            playing = loop.create_task(self._player.play(terminal, lambda: self._screen.is_editing))
        try:
            with job_mode:
                await self._grant_wishes(job_mode)
        except OSError as error:
            # A terminal that is gone takes no output, and needs none.
            if error.errno != errno.EIO:
                raise
            self._status = 128 + signal.SIGHUP
        if playing is not None:
            playing.cancel()
        if self._failure is not None:
            sys.stderr.write(f"\r\nvshell: {self._failure}\n")
        return self._status

    async def _grant_wishes(self, job_mode: JobMode) -> None:
        while (wish := await self._wishes.get()) is not None:
            if isinstance(wish, Showing):
                await self._perform(wish, job_mode)
                continue
            on_served, self._on_served = self._on_served, None
            if on_served is not None:
                asyncio.get_running_loop().run_in_executor(None, self._serve, on_served)
            with job_mode.suspended():
                await self._ask(*wish)

    # Show the panel, unless whoever wanted it has gone; the terminal is the shell's afterwards.
    async def _perform(self, showing: Showing, job_mode: JobMode) -> None:
        assert self._stage is not None
        failure = ""
        if showing.is_wanted:
            with job_mode.lent(self._screen.write_raw):
                failure = await self._stage.perform(showing)
            self._size_changed()
        if self._showing is showing:
            self._showing = None
            self._screen.release()
        if failure:
            self._screen.put(f"vshell: the panel failed: {failure}\n".encode())
        if showing.is_wanted:
            self._press_job(b"q")

    # In a thread of its own: the prompt does not wait for it.
    def _serve(self, on_served: Callable[[], None]) -> None:
        from vshell.machine.server import ServerError  # noqa: PLC0415 - not before the prompt

        # Whoever wants to attach is told what is wrong with the place.
        with contextlib.suppress(ServerError):
            self._machine.serve()
            on_served()

    def _size_changed(self) -> None:
        columns, rows = window_size()
        self._terminal.resize(columns, rows)

    # Keys while a job runs.
    def _press(self, keys: bytes) -> None:
        if self._player is not None and self._player.is_on:
            self._player.take_key(keys.decode("utf-8", "replace"))
        else:
            self._press_job(keys)

    def _press_job(self, keys: bytes) -> None:
        self._has_pressed = True
        self._terminal.press(keys)

    # What was typed ahead when the shell asked is known; but keys may have been pressed while the
    # question was on its way here.
    def _typed_since(self) -> str:
        if not self._has_pressed:
            return ""
        self._has_pressed = False
        number = self._terminal.number
        with contextlib.suppress(MachineStopped):
            found = self._machine.query(lambda host, _pid: host.ttys[number].take_typed_ahead())
            return str(found)
        return ""

    # An empty line gets its suggestion at once, not only when something is typed.
    def _suggest(self) -> None:
        buffer = self._session.default_buffer
        if not buffer.text and self._coach is not None:
            buffer.suggestion = Suggestion(self._coach.guide.suggestion)

    async def _ask(self, prompt: str, typed: str) -> None:
        terminal, screen = self._terminal, self._screen
        if self._coach is not None and self._coach.consult(terminal):
            return
        if self._player is not None:
            screen.say(self._player.remark())
        self._lexer.commands = self._completer.command_names()
        before = screen.take_tail()
        typed += self._typed_since()
        line, newline, rest = typed.partition("\n")
        screen.is_asking = True
        try:
            text = await self._session.prompt_async(
                ANSI(before + prompt),
                default=line,
                accept_default=bool(newline),
                pre_run=self._suggest,
            )
        except KeyboardInterrupt:
            terminal.cancel_line()
        except EOFError:
            terminal.end_input()
        else:
            guide = self._coach.guide if self._coach is not None else None
            if guide is not None and (reply := guide.take_line(text)) is not None:
                if reply == "quit":
                    terminal.end_input()
                    return
                screen.say(reply)
                self._wishes.put_nowait((prompt, ""))
                return
            self._size_changed()
            terminal.answer(text)
            # What was typed behind the line belongs to the command, as on any terminal; what it
            # does not read comes back with the next question.
            ahead = "".join(
                key.data
                for key in get_typeahead(self._session.input)
                if key.key != Keys.CPRResponse
            )
            if rest or ahead:
                self._press_job((rest + ahead).encode())
        finally:
            screen.release()


def run_prompt(
    make_host: Callable[[], Host],
    rate: float,
    observer: Observer | None = None,
    guide: Guide | None = None,
    *,
    show_panel: ShowPanel | None = None,
    demo: Demo | None = None,
    on_served: Callable[[], None] | None = None,
) -> int:
    """Run the prompt on a new machine until its session ends.

    Args:
        make_host: makes the host, in the machine's thread.
        rate: virtual seconds per real second.
        observer: hears of all that enters and leaves; None for nobody.
        guide: leads through a lesson; None without one.
        show_panel: see ``Prompt``.
        demo: see ``Prompt``.
        on_served: see ``Prompt``; None for nobody.

    Returns:
        The session's exit status, 2 if the machine failed.
    """
    from vshell import __version__  # noqa: PLC0415 - only for the greeting

    machine = Machine(make_host, rate, observer)
    prompt = Prompt(
        machine,
        guide=guide,
        show_panel=show_panel,
        demo=demo,
        on_served=on_served or (lambda: None),
    )
    sys.stdout.write(_GREETING.format(version=__version__))
    sys.stdout.flush()
    try:
        return asyncio.run(prompt.run())
    finally:
        machine.stop()
