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
import os
import signal
import sys
import termios

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.auto_suggest import Suggestion
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.keys import Keys
from prompt_toolkit.shortcuts import CompleteStyle

from vshell.console.completer import ShellCompleter
from vshell.console.highlight import STYLE, ShellLexer
from vshell.console.history import open_history
from vshell.console.keys import make_key_bindings
from vshell.console.suggest import Suggestions
from vshell.machine.thread import Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from vshell.console.guide import Guide
    from vshell.machine.host import Host
    from vshell.machine.observer import Observer

__all__ = ["Prompt", "run_prompt"]

_FLUSH_S = 0.02
_GREETING = "vshell {version}: a virtual Linux host. Type 'help' to begin, Ctrl-D to leave.\n"
_KEYS_MAX = 4096
_GUIDED_BYTES_MAX = 100_000
_GUIDE_WAIT_S = 10.0


class Prompt:
    """The front end of one terminal of a machine."""

    def __init__(
        self,
        machine: Machine,
        console_input: Input | None = None,
        console_output: Output | None = None,
        guide: Guide | None = None,
        *,
        serves: bool = False,
    ) -> None:
        """Prepare a front end.

        Args:
            machine: not started yet, or running.
            guide: leads through a lesson; None without one.
            serves: whether viewers in other processes can attach once the first prompt is there.
            console_input: None for the real terminal.
            console_output: None for the real terminal.
        """
        self._machine = machine
        self._guide = guide
        self._serves = serves
        self._shown = bytearray()
        self._is_repeating = guide is not None
        self._completer = ShellCompleter(machine)
        self._lexer = ShellLexer()
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
            key_bindings=make_key_bindings(),
            enable_open_in_editor=True,
            enable_suspend=False,
            reserve_space_for_menu=6,
            input=console_input,
            output=console_output,
        )
        self._questions: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pending = bytearray()
        self._flush_planned = False
        self._asking = False
        self._column_text = b""
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
        self._call(self._questions.put_nowait, (prompt, typed))

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
        self._questions.put_nowait(None)
        if failure is not None and self._asking and self._session.app.is_running:
            self._session.app.exit(exception=EOFError)

    def _write(self, data: bytes) -> None:
        if self._guide is not None:
            self._shown += data
            del self._shown[:-_GUIDED_BYTES_MAX]
            if self._is_repeating:
                return
        if not self._asking:
            self._put(data)
            return
        # A prompt is being edited: whole lines appear above it, a few times a second.
        self._pending += data
        if not self._flush_planned and b"\n" in data:
            self._flush_planned = True
            assert self._loop is not None
            self._loop.call_later(_FLUSH_S, self._flush_above)

    def _flush_above(self) -> None:
        self._flush_planned = False
        if not self._asking or not self._session.app.is_running:
            return
        whole, newline, rest = bytes(self._pending).rpartition(b"\n")
        self._pending = bytearray(rest)
        if newline:
            run_in_terminal(lambda: self._put(whole + newline))

    def _put(self, data: bytes) -> None:
        if not data:
            return
        tail = (self._column_text + data).rpartition(b"\n")[2]
        self._column_text = tail[-1000:]
        output = self._session.output
        text = data.decode("utf-8", "replace")
        output.write_raw(text.replace("\r\n", "\n").replace("\n", "\r\n"))
        output.flush()

    async def run(self) -> int:
        """Run until the session ends; give its exit status."""
        self._loop = asyncio.get_running_loop()
        columns, rows = _window_size()
        self._machine.start()
        terminal = self._machine.open_terminal(self, columns, rows)
        self._terminal = terminal
        with _JobMode(self._loop, terminal.press, self._size_changed) as job_mode:
            while True:
                question = await self._questions.get()
                if question is None:
                    break
                if self._serves:
                    self._serves = False
                    self._loop.run_in_executor(None, self._serve)
                with job_mode.suspended():
                    await self._ask(*question)
        if self._failure is not None:
            sys.stderr.write(f"\r\nvshell: {self._failure}\n")
        return self._status

    # In a thread of its own: the prompt does not wait for it.
    def _serve(self) -> None:
        from vshell.machine.server import ServerError  # noqa: PLC0415 - not before the prompt

        # Whoever wants to attach is told what is wrong with the place.
        with contextlib.suppress(ServerError):
            self._machine.serve()

    def _size_changed(self) -> None:
        columns, rows = _window_size()
        self._terminal.resize(columns, rows)

    # What the guide says stands apart from what the host says.
    def _say(self, text: str) -> None:
        if not text:
            return
        start, end = ("", "") if os.environ.get("NO_COLOR") else ("\x1b[36m", "\x1b[0m")
        lines = "".join(f"  {start}{line}{end}\n" if line else "\n" for line in text.splitlines())
        self._put(f"\n{lines}\n".encode())

    # Before a prompt: repeat what an earlier sitting did, or look at what the last line has done.
    def _consult(self) -> bool:
        guide = self._guide
        if guide is None:
            return False
        output, self._shown = self._shown.decode("utf-8", "replace"), bytearray()
        if self._is_repeating:
            line = guide.next_repeated()
            if line is not None:
                self._machine.query(lambda host, _pid: host.clock.pause())
                self._terminal.answer(line)
                return True
            self._is_repeating = False
            self._machine.query(lambda host, _pid: host.clock.resume())
            self._say(guide.greeting())

        def look(host: Host, _pid: int) -> str:
            question = host.ttys[0].question
            return guide.take_result(host, output, question.status if question else 0)

        self._say(self._machine.query(look, wait_s=_GUIDE_WAIT_S))
        return False

    # An empty line gets its suggestion at once, not only when something is typed.
    def _suggest(self) -> None:
        buffer = self._session.default_buffer
        if not buffer.text and self._guide is not None:
            buffer.suggestion = Suggestion(self._guide.suggestion)

    async def _ask(self, prompt: str, typed: str) -> None:
        terminal = self._terminal
        if self._consult():
            return
        self._lexer.commands = self._completer.command_names()
        # Text that a program left without a newline stays in front of the prompt, as on any
        # terminal.
        before = self._column_text.decode("utf-8", "replace")
        self._column_text = b""
        if before:
            self._session.output.write_raw("\r")
        line, newline, rest = typed.partition("\n")
        self._asking = True
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
            if self._guide is not None and (reply := self._guide.take_line(text)) is not None:
                if reply == "quit":
                    terminal.end_input()
                    return
                self._say(reply)
                self._questions.put_nowait((prompt, ""))
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
                terminal.press((rest + ahead).encode())
        finally:
            self._asking = False
            left, self._pending = bytes(self._pending), bytearray()
            self._put(left)


# What the terminal itself says: an exported COLUMNS would not follow the window.
def _window_size() -> tuple[int, int]:
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        columns, rows = 0, 0
    return columns or 80, rows or 24


class _JobMode:
    # The real terminal while a job runs: no echo, no signals, every key at once.
    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        press: Callable[[bytes], None],
        size_changed: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._press = press
        self._size_changed = size_changed
        self._fd = sys.stdin.fileno() if sys.stdin.isatty() else -1
        self._saved: list[Any] = []

    def __enter__(self) -> Self:
        if self._fd >= 0:
            self._saved = list(termios.tcgetattr(self._fd))
        self._begin()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end()

    def _begin(self) -> None:
        if self._fd < 0:
            return
        mode = termios.tcgetattr(self._fd)
        mode[0] &= ~(termios.ICRNL | termios.IXON | termios.INLCR)
        mode[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        termios.tcsetattr(self._fd, termios.TCSADRAIN, mode)
        self._loop.add_reader(self._fd, self._read)
        self._loop.add_signal_handler(signal.SIGWINCH, self._size_changed)

    def _end(self) -> None:
        if self._fd < 0:
            return
        self._loop.remove_reader(self._fd)
        self._loop.remove_signal_handler(signal.SIGWINCH)
        termios.tcsetattr(self._fd, termios.TCSADRAIN, self._saved)

    def _read(self) -> None:
        keys = os.read(self._fd, _KEYS_MAX)
        if keys:
            self._press(keys)

    def suspended(self) -> _Suspended:
        return _Suspended(self._end, self._begin)


class _Suspended:
    def __init__(self, leave: Callable[[], None], enter: Callable[[], None]) -> None:
        self._leave = leave
        self._enter = enter

    def __enter__(self) -> None:
        self._leave()

    def __exit__(self, *exc: object) -> None:
        self._enter()


def run_prompt(
    make_host: Callable[[], Host],
    rate: float,
    observer: Observer | None = None,
    guide: Guide | None = None,
) -> int:
    """Run the prompt on a new machine until its session ends.

    Args:
        make_host: makes the host, in the machine's thread.
        rate: virtual seconds per real second.
        observer: hears of all that enters and leaves; None for nobody.
        guide: leads through a lesson; None without one.

    Returns:
        The session's exit status, 2 if the machine failed.
    """
    from vshell import __version__  # noqa: PLC0415 - only for the greeting

    machine = Machine(make_host, rate, observer)
    prompt = Prompt(machine, guide=guide, serves=True)
    sys.stdout.write(_GREETING.format(version=__version__))
    sys.stdout.flush()
    try:
        return asyncio.run(prompt.run())
    finally:
        machine.stop()
