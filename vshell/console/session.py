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

from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.keys import Keys

from vshell.abi.plain import plain_text
from vshell.console.coach import Coach
from vshell.console.editor import Editor
from vshell.console.job_mode import JobMode
from vshell.console.leaving import leave_on_signals
from vshell.console.player import Player
from vshell.console.screen import Screen
from vshell.console.stage import Showing, Stage
from vshell.console.title import Title
from vshell.console.window import window_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.console.guide import Guide
    from vshell.console.looks import Looks
    from vshell.console.player import Demo
    from vshell.console.relay import Relay
    from vshell.console.stage import ShowPanel
    from vshell.machine.desk import Desk, Typable
    from vshell.machine.thread import Machine

__all__ = ["Prompt"]


class Prompt:
    """The front end of one terminal of a machine."""

    def __init__(
        self,
        desk: Desk,
        looks: Looks,
        *,
        machine: Machine | None = None,
        guide: Guide | None = None,
        show_panel: ShowPanel | None = None,
        demo: Demo | None = None,
        on_served: Callable[[], None] | None = None,
    ) -> None:
        """Prepare a front end.

        Args:
            desk: where it sits at the machine.
            looks: how it looks.
            machine: if it is in this process; the rest is only for one that is.
            guide: leads through a lesson; None without one.
            show_panel: shows the panel in the terminal until it is left; None if that cannot be.
            demo: played at the prompt; None without one.
            on_served: called, in any thread, when viewers in other processes can attach, after the
                first prompt; None if they cannot.
        """
        self._desk = desk
        self._machine = machine
        self._on_served = on_served
        self._editor = Editor(
            desk,
            looks,
            lambda: guide.suggestion if guide is not None else "",
            has_toolbar=demo is None,
        )
        self._session = session = self._editor.session
        self._wishes: asyncio.Queue[tuple[str, str] | Showing | None] = asyncio.Queue()
        self._screen = screen = Screen(session, looks)
        self._title = Title(screen.write_raw)
        self._coach: Coach | None = None
        self._stage: Stage | None = None
        self._showing: Showing | None = None
        self._player: Player | None = None
        if machine is not None:
            self._coach = None if guide is None else Coach(machine, guide, screen.say)
            if show_panel is not None:
                self._stage = Stage(machine, show_panel, self._call, self._go_away)
            if demo is not None:
                self._player = Player(machine, demo, session, screen.say_above, self._leave)
                self._player.bind(self._editor.bindings)
        self._terminal: Typable
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over = False
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
        self._is_over = True
        self._wishes.put_nowait(None)
        if self._screen.is_editing:
            self._session.app.exit(exception=EOFError)

    # The terminal was closed, or somebody wants us to end.
    def _leave(self, status: int = 0) -> None:
        self._end(status, None)
        if self._showing is not None:
            self._showing.end()

    # The panel takes the terminal; what programs write from here on waits.
    def _go_away(self, showing: Showing) -> None:
        self._showing = showing
        self._screen.is_held = True
        self._wishes.put_nowait(showing)

    def _write(self, data: bytes) -> None:
        if self._coach is None or self._coach.note_output(data):
            self._screen.write(data)

    def run(self, relay: Relay, terminal: Typable, own_mode: list[Any]) -> int:
        """Run until the session ends; give its exit status.

        Args:
            relay: has heard the terminal until here.
            terminal: that this is the front end of.
            own_mode: the real terminal's, before anybody changed it.
        """
        return asyncio.run(self._run(relay, terminal, own_mode))

    async def _run(self, relay: Relay, terminal: Typable, own_mode: list[Any]) -> int:
        loop = self._loop = asyncio.get_running_loop()
        self._terminal = terminal
        leave_on_signals(loop, self._leave, self._desk.close)
        gone = 128 + signal.SIGHUP
        job_mode = JobMode(
            loop, self._press, self._size_changed, lambda: self._leave(gone), own_mode
        )
        beside = []
        if self._player is not None:
            play = self._player.play(self._terminal, lambda: self._screen.is_editing)
            beside.append(loop.create_task(play))
        if self._editor.toolbar is not None:
            beside.append(loop.create_task(self._editor.toolbar.follow()))
        try:
            with job_mode:
                if relay.is_painted:
                    # The editor draws the same there, or output comes first.
                    self._screen.write_raw("\r\x1b[K" if relay.has_more else "\r")
                relay.hand_over(self, self._stage)
                await self._grant_wishes(job_mode)
        except OSError as error:
            # A terminal that is gone takes no output, and needs none.
            if error.errno != errno.EIO:
                raise
            self._status = gone
        for task in beside:
            task.cancel()
        with contextlib.suppress(OSError):
            self._title.end()
        if self._failure is not None:
            sys.stderr.write(f"\r\nvshell: {plain_text(self._failure)}\n")
        return self._status

    async def _grant_wishes(self, job_mode: JobMode) -> None:
        while (wish := await self._wishes.get()) is not None and not self._is_over:
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
            if self._machine is not None:
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
        self._terminal.press(keys)

    async def _ask(self, prompt: str, typed: str) -> None:
        terminal, screen = self._terminal, self._screen
        if self._coach is not None and self._coach.consult(terminal):
            return
        if self._player is not None:
            screen.say(self._player.remark())
        # What was typed ahead when the shell asked is known; but keys may have been pressed while
        # the question was on its way here.
        survey = self._desk.survey()
        if survey is not None:
            typed += survey.typed
            self._title.show(survey.title)
        before = screen.take_tail()
        line, newline, rest = typed.partition("\n")
        screen.is_asking = True
        try:
            text = await self._editor.ask(before + prompt, survey, line, is_whole=bool(newline))
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
