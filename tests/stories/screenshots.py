"""The pictures in screenshots/, drawn from sessions on the virtual host.

``python -m tests.stories.screenshots`` draws them; ``test_screenshots.py`` says when one is stale.
"""

from __future__ import annotations

import asyncio
import io
import re

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.machine.watching import LOAD, Front
from tests.stories.readme import ROOT
from vshell.console.highlight import STYLE
from vshell.machine.completion import list_commands
from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host, load_settings
from vshell.machine.language import classify
from vshell.machine.thread import Machine
from vshell.machine.viewer import Viewer
from vshell.panel.app import Panel

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
    styles = {kind: style.replace("ansi", "").strip() for kind, style in STYLE.style_rules}
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
    return console.export_svg(title=title, theme=_THEME, unique_id=title)


def main() -> None:
    """Draw all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        (FOLDER / name).write_text(draw())


if __name__ == "__main__":
    main()
