"""``vshell panel``: what every thread of a running vshell does, or of a transcript played here."""

from __future__ import annotations

import os
import sys

from vshell.cli.arguments import UsageError, read_speed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from vshell.abi.wire import Link
    from vshell.machine.typist import Typist
    from vshell.transcript.demo import Demo

    MakeLink = Callable[[Callable[[], None]], Link]

__all__ = ["play_in_panel", "run_panel_command", "show_panel"]

_USAGE = """\
usage: vshell panel [--pid N]                    watch a running vshell of yours
       vshell panel --transcript NAME [--speed X]
                                                 play a lesson, a story or a file

Shows what every thread does, live. Without --pid the vshell that was started
last is watched; where none is left, the panel waits for the next. At a prompt,
'panel' shows the same in the prompt's place.
"""


async def show_panel(make_link: MakeLink) -> str:
    """Show the panel in the terminal until it is left; give what went wrong.

    Args: make_link: attaches it to a machine.
    """
    failure: str = await _panel().show_panel(make_link)
    return failure


# The module of the application; whoever never looks at it does not wait for it.
def _panel() -> ModuleType:
    # Who exported the size of the window meant the window as it was then.
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    from vshell.panel import app  # noqa: PLC0415

    return app


def run_panel_command(words: list[str]) -> int:
    """Run ``vshell panel``; give the exit status.

    Args: words: the arguments behind it.

    Raises:
        UsageError: they make no sense, or there is nothing to watch.
    """
    pid, transcript, speed = 0, "", 1.0
    words = list(words)
    while words:
        name, _, value = words.pop(0).partition("=")
        if name in ("--help", "-h"):
            sys.stdout.write(_USAGE)
            return 0
        if name not in ("--pid", "--transcript", "--speed"):
            raise UsageError(f"panel: unrecognized option '{name}'")
        if not value:
            if not words:
                raise UsageError(f"panel: option '{name}' requires an argument")
            value = words.pop(0)
        if name == "--pid":
            if not (value.isascii() and value.isdigit() and int(value)):
                raise UsageError(f"panel: no process: '{value}'")
            pid = int(value)
        elif name == "--speed":
            speed = read_speed(value)
        else:
            transcript = value
    return _play(transcript, speed) if transcript else _attach(pid)


def _play(name: str, speed: float) -> int:
    from vshell.transcript.demo import open_demo  # noqa: PLC0415 - only to play
    from vshell.transcript.model import TranscriptError  # noqa: PLC0415 - as above

    try:
        demo = open_demo(name, speed)
    except TranscriptError as error:
        raise UsageError(str(error)) from None
    return play_in_panel(demo, speed)


def play_in_panel(demo: Demo, speed: float) -> int:
    """Play a demo at the panel's own command line; give the exit status.

    Raises:
        UsageError: there is no terminal to show it.
    """
    _check_terminal()
    from vshell.machine.thread import Machine  # noqa: PLC0415 - only to play
    from vshell.machine.viewer import Viewer  # noqa: PLC0415 - as above

    machine = Machine(demo.make_host, speed)

    machine.start()
    try:
        return _show(lambda notify: Viewer(machine, notify), demo.typist, tidy=machine.stop)
    finally:
        machine.stop()


def _attach(pid: int) -> int:
    _check_terminal()
    from vshell.machine.client import ConnectError, connect  # noqa: PLC0415 - only to attach

    try:
        connect(lambda: None, pid).close()
    except ConnectError as error:
        raise UsageError(str(error)) from None
    return _show(lambda notify: connect(notify, pid), None, reconnects=True)


def _check_terminal() -> None:
    # Keys come from standard input; pictures go to standard error, as textual does it.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("the panel needs a terminal")


# Show the panel, and have the terminal afterwards as it was, whatever ended it.
def _show(
    make_link: MakeLink,
    typist: Typist | None,
    *,
    reconnects: bool = False,
    tidy: Callable[[], None] = lambda: None,
) -> int:
    import asyncio  # noqa: PLC0415 - only for the panel
    import termios  # noqa: PLC0415 - as above

    from vshell.console.keep import kept_terminal  # noqa: PLC0415 - as above
    from vshell.console.leaving import leave_on_signals  # noqa: PLC0415 - as above

    app = _panel()
    status = 0

    async def show() -> str:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(app.show_panel(make_link, typist, reconnects=reconnects))

        def leave(wanted: int) -> None:
            nonlocal status
            status = wanted
            task.cancel()

        leave_on_signals(loop, leave, tidy)
        await asyncio.wait({task})
        return "" if task.cancelled() else task.result()

    def write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    try:
        with kept_terminal(0, termios.tcgetattr(0), write):
            failure = asyncio.run(show())
    except Exception as error:
        failure = f"the panel failed: {error!r}"
    if failure:
        raise UsageError(" ".join(failure.split()))
    return status
