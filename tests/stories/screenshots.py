"""The pictures in screenshots/, drawn from sessions on the virtual host.

``python -m tests.stories.screenshots`` draws them; ``test_screenshots.py`` says when one is stale.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import re
import struct
import tempfile
import zlib
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.machine.watching import LOAD, Front
from tests.stories.readme import ROOT
from vshell.console.highlight import style_for
from vshell.console.looks import Looks
from vshell.machine.completion import list_commands
from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host, load_settings
from vshell.machine.language import classify
from vshell.machine.thread import Machine
from vshell.machine.viewer import Viewer
from vshell.panel.app import Panel
from vshell.transcript.command import replay_command
from vshell.transcript.lesson import Lesson, Progress, lesson_path
from vshell.transcript.load import load

FOLDER = ROOT / "screenshots"

_PROMPT_SESSION = """\
make 2>&1 | tail -n 5
sudo insmod ./kthread.ko
lsmod | grep kthread
ps -N | grep kthread_park
sleep 3.5
sudo ps -eo pid,stat,wchan:16,comm | grep kthread_park
sudo rmmod kthread
dmesg | tail -n 9
"""

_LESSON_SESSION = (
    "head -n 2 kthread.py; cat kthread.py >/dev/null",
    "insmod kthread.ko",
    "make 2>&1 | tail -n 3",
)
_WRONG_TRANSCRIPT = """\
title: The second thread parks the first
steps:
- run: make >/dev/null 2>&1
- run: sudo insmod ./kthread.ko
- run: sleep 3
- run: sudo ps -eo stat,wchan:16,comm | grep kthread_park
  out: |
    D    msleep           kthread_park thread1 example
    D    msleep           kthread_park thread2 example
- run: dmesg | grep -c 'Thread 1'
  out: |
    1
"""
_PANEL_SESSION = (LOAD, "sleep 8.4")

_THEME = TerminalTheme(
    (24, 24, 27),
    (228, 228, 231),
    [
        (39, 39, 42),
        (248, 113, 113),
        (134, 239, 172),
        (253, 224, 71),
        (125, 170, 255),
        (216, 180, 254),
        (103, 232, 249),
        (228, 228, 231),
    ],
)
_COLUMNS = 104
# Its signature and its first chunk.
_PNG_HEAD_BYTES = 33


def prompt() -> str:
    """Draw the tutorial's session at the prompt."""
    host = Host(load_settings(None))
    dialogue = Dialogue(host)
    commands = frozenset(list_commands(host, dialogue.process.pid))
    screen = Text()
    for line in _PROMPT_SESSION.splitlines():
        screen.append_text(_prompt_text(dialogue))
        screen.append_text(_highlighted(line, commands))
        screen.append("\n")
        screen.append_text(Text.from_ansi(dialogue.type(line)))
        if not screen.plain.endswith("\n"):
            screen.append("\n")
    screen.append_text(_prompt_text(dialogue))
    screen.append("\u2588")
    host.shut_down()
    return _draw(screen, "vshell")


def lesson() -> str:
    """Draw the beginning of a lesson, as the prompt shows it."""
    path = lesson_path("kthread-park")
    assert path is not None
    transcript = load(path)
    with tempfile.TemporaryDirectory() as folder:
        guide = Lesson("kthread-park", transcript, Progress(f"{folder}/lessons.json"))
        host = Host()
        for name, text in transcript.files.items():
            host.place_file(name, text)
        dialogue = Dialogue(host)
        commands = frozenset(list_commands(host, dialogue.process.pid))
        screen = _said(guide.greeting())
        screen.append_text(_said(guide.take_result(host, "", 0)))
        for line in _LESSON_SESSION:
            screen.append_text(_prompt_text(dialogue))
            screen.append_text(_highlighted(line, commands))
            screen.append("\n")
            reply = guide.take_line(line)
            if reply is not None:
                screen.append_text(_said(reply))
                continue
            answer = dialogue.type(line)
            screen.append_text(Text.from_ansi(answer))
            assert dialogue.tty.question is not None
            if not screen.plain.endswith("\n"):
                screen.append("\n")
            result = guide.take_result(host, answer, dialogue.tty.question.status)
            screen.append_text(_said(result))
        screen.append_text(_prompt_text(dialogue))
        screen.append(guide.suggestion, style="#71717a")
        host.shut_down()
    return _draw(screen, "vshell tutorial")


# As the prompt sets off what the guide says.
def _said(text: str) -> Text:
    lines = (f"  {line}" for line in text.splitlines())
    return Text("\n" + "\n".join(lines) + "\n\n", style="cyan") if text else Text()


class _Screen(io.StringIO):
    # Standard output that is a terminal.
    def isatty(self) -> bool:
        return True


def failed_replay() -> str:
    """Draw what a transcript that does not hold looks like."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("parked.vshell.yaml").write_text(_WRONG_TRANSCRIPT)
        printed = _Screen()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            replay_command(["parked.vshell.yaml"])
    # How long it took, and the line that it is written over meanwhile.
    text = re.sub(r"in \d+\.\d s\)", "in 0.1 s)", printed.getvalue())
    text = re.sub(r"\r\x1b\[K[^\r\n]*(?=\r)|\r\x1b\[K", "", text)
    screen = Text("$ vshell replay parked.vshell.yaml\n")
    screen.append_text(Text.from_ansi(text))
    return _draw(screen, "vshell replay")


def panel_svg(panel: Panel) -> str:
    """Draw a panel as it is."""
    svg = panel.export_screenshot(title="vshell panel")
    # The names in it come from a checksum of all of it.
    return re.sub(r"terminal-\d+-", "panel-", svg)


def _panel(columns: int, rows: int) -> str:
    machine = Machine(Host, rate=0.0)
    machine.start()
    front = Front(machine)
    for line in _PANEL_SESSION:
        front.run(line)
    drawn = ""

    async def draw() -> None:
        nonlocal drawn
        panel = Panel(lambda notify: Viewer(machine, notify))
        async with panel.run_test(size=(columns, rows)) as pilot:
            while panel.world.explanation is None:
                await pilot.pause(0.01)
            panel.draw()
            await pilot.pause()
            drawn = panel_svg(panel)

    asyncio.run(draw())
    machine.stop()
    return drawn


PICTURES = {
    "prompt.svg": prompt,
    "lesson.svg": lesson,
    "replay.svg": failed_replay,
    "panel-80x24.svg": lambda: _panel(80, 24),
    "panel-120x40.svg": lambda: _panel(120, 40),
    "panel-200x50.svg": lambda: _panel(200, 50),
}


def _prompt_text(dialogue: Dialogue) -> Text:
    question = dialogue.tty.question
    assert question is not None
    text = Text.from_ansi(question.prompt)
    # from_ansi() drops what ends a line; a prompt ends in a space.
    return text if text.plain.endswith(" ") else text.append(" ")


# The prompt's own colours, in rich's names for them.
def _highlighted(line: str, commands: frozenset[str]) -> Text:
    styles = {
        kind: style.replace("ansi", "").strip()
        for kind, style in style_for(Looks("dark")).style_rules
    }
    text = Text()
    for kind, part in classify(line, commands):
        text.append(part, style=styles.get(kind, ""))
    return text


def _draw(screen: Text, title: str) -> str:
    console = Console(
        record=True,
        width=_COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    console.print(screen, soft_wrap=False)
    return console.export_svg(title=title, theme=_THEME, unique_id=title.replace(" ", "-"))


def png_digest(png: bytes) -> str:
    """Give the checksum of the SVG that a PNG was made from, "" without one."""
    found = re.search(rb"tEXtsvg-sha256\0([0-9a-f]{64})", png)
    return found[1].decode() if found is not None else ""


def svg_digest(svg: str) -> str:
    """Give the checksum of an SVG."""
    return hashlib.sha256(svg.encode()).hexdigest()


# As pixels, for places that show no SVG; it says from which one it was made.
def _png(svg: str) -> bytes:
    from cairosvg import svg2png  # noqa: PLC0415 - of an extra of its own

    png: bytes = svg2png(bytestring=svg.replace("Fira Code", "DejaVu Sans Mono").encode())
    text = b"tEXt" + b"svg-sha256\0" + svg_digest(svg).encode()
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return png[:_PNG_HEAD_BYTES] + chunk + png[_PNG_HEAD_BYTES:]


def main() -> None:
    """Draw all pictures; those as pixels need the extra "pictures"."""
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        svg = draw()
        (FOLDER / name).write_text(svg)
        (FOLDER / name).with_suffix(".png").write_bytes(_png(svg))


if __name__ == "__main__":
    main()
