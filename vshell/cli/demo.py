"""``vshell demo``: a transcript typed for an audience, at the prompt with the panel beside it.

Beside means in tmux: in the window that we are in, or in a session of our own, which is this same
command once more. Without tmux, or without room for two, the panel plays it at its own command
line.
"""

from __future__ import annotations

import os
import subprocess
import sys

from vshell.cli.arguments import UsageError, read_speed
from vshell.transcript.demo import demo_names, open_demo
from vshell.transcript.load import load
from vshell.transcript.model import TranscriptError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.transcript.demo import Demo

__all__ = ["run_demo"]

_USAGE = """\
usage: vshell demo                              what can be played by name
       vshell demo NAME [--speed X] [--here]    play a lesson, a story or a file

Types the session of a transcript at the prompt, with the panel beside it if
tmux is installed and the window is large enough, else in the panel. space pauses
and goes on; q or Ctrl-C leaves. At the end the prompt is yours.

  --speed X    virtual seconds per real second (1.0; 0.2 is slow motion)
  --here       the prompt alone
"""
_COLUMNS_BESIDE, _ROWS_BELOW = 140, 44
_PANEL_SHARE = "60%"
# What the panes must know although tmux began long ago.
_PASSED = ("PYTHONPATH", "XDG_RUNTIME_DIR", "NO_COLOR", "COLORTERM", "VIRTUAL_ENV")


def run_demo(words: list[str]) -> int:
    """Play a demo; give the exit status.

    Args: words: the arguments behind ``demo``.

    Raises:
        UsageError: they make no sense, or it cannot be played.
    """
    names, speed, is_here = [], 1.0, False
    words = list(words)
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name in ("--help", "-h"):
            sys.stdout.write(_USAGE)
            return 0
        if name == "--here":
            is_here = True
        elif name == "--speed":
            if not equals and not words:
                raise UsageError("demo: option '--speed' requires an argument")
            speed = read_speed(value if equals else words.pop(0))
        elif name.startswith("-"):
            raise UsageError(f"demo: unrecognized option '{name}'")
        else:
            names.append(name + equals + value)
    if not names:
        return _list()
    if len(names) > 1:
        raise UsageError(f"demo takes one name, not '{' '.join(names)}'")
    try:
        demo = open_demo(names[0], speed)
    except TranscriptError as error:
        raise UsageError(str(error)) from None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("a demo needs a terminal")
    return _play(demo, names[0], speed, is_here=is_here)


def _list() -> int:
    for name, path in demo_names().items():
        sys.stdout.write(f"{name:<16} {load(path).title}\n")
    sys.stdout.write("\n'vshell demo NAME' plays one; NAME can be a transcript's file.\n")
    return 0


def _play(demo: Demo, name: str, speed: float, *, is_here: bool) -> int:
    if is_here:
        return _play_here(demo, speed)
    direction = _direction()
    if direction is None or not _has_tmux():
        from vshell.cli.panel import play_in_panel  # noqa: PLC0415 - only without tmux

        return play_in_panel(demo, speed)
    if os.environ.get("TMUX"):
        return _play_beside(demo, speed, direction)
    return _play_in_session(demo, name, speed)


def _play_here(demo: Demo, speed: float, on_served: Callable[[], None] | None = None) -> int:
    from vshell.cli.panel import show_panel  # noqa: PLC0415 - only for the prompt
    from vshell.console.opening import run_prompt  # noqa: PLC0415 - only for the prompt

    return run_prompt(demo.make_host, speed, show_panel=show_panel, demo=demo, on_served=on_served)


# -- tmux -----------------------------------------------------------------------------------------


# Where the panel has room: beside the prompt, below it, or nowhere.
def _direction() -> str | None:
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    if columns >= _COLUMNS_BESIDE:
        return "-h"
    return "-v" if rows >= _ROWS_BELOW else None


def _has_tmux() -> bool:
    from shutil import which  # noqa: PLC0415 - only here

    return which("tmux") is not None


# A command line of ours, as tmux has to start it.
def _ourselves(*words: str) -> list[str]:
    passed = [f"{name}={os.environ[name]}" for name in _PASSED if name in os.environ]
    return ["env", *passed, sys.executable, "-m", "vshell", *words]


def _tmux(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["tmux", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607 - found by PATH, as any command


def _play_beside(demo: Demo, speed: float, direction: str) -> int:
    panes: list[str] = []

    # In the thread that serves: the panel can attach from now on.
    def split() -> None:
        options = ("-d", direction, "-l", _PANEL_SHARE, "-P", "-F", "#{pane_id}")
        done = _tmux(
            "split-window",
            *options,
            *("-t", os.environ.get("TMUX_PANE", "")),
            *("-c", os.getcwd()),
            *_ourselves("panel", "--pid", str(os.getpid())),
        )
        panes.append(done.stdout.strip())

    try:
        return _play_here(demo, speed, split)
    finally:
        for pane in filter(None, panes):
            _tmux("kill-pane", "-t", pane)


# A tmux of its own: nobody's settings, nobody's sessions. It ends with what it runs.
def _play_in_session(demo: Demo, name: str, speed: float) -> int:
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - only here

    play = _ourselves("demo", name, "--speed", str(speed))
    settings: list[str] = []
    for option, value in (("status", "off"), ("mouse", "on"), ("escape-time", "20")):
        settings += [";", "set-option", "-g", option, value]
    with TemporaryDirectory(prefix="vshell-") as folder:
        server = ["tmux", "-S", f"{folder}/tmux", "-f", os.devnull]
        try:
            done = subprocess.run([*server, "new-session", *play, *settings], check=False)  # noqa: S603 - ourselves
        finally:
            subprocess.run([*server, "kill-server"], capture_output=True, check=False)  # noqa: S603 - as above
    if done.returncode:
        # It has said what it does not like about the terminal.
        from vshell.cli.panel import play_in_panel  # noqa: PLC0415 - only without tmux

        return play_in_panel(demo, speed)
    return 0
