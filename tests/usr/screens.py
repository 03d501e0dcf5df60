"""What is on the screen after each key: of the real program when recording, and of the virtual one.

What the real program showed is kept in ``answers``, and asked for again with ``VSHELL_RECORD=1``.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shutil
import struct
import termios
import time
from pathlib import Path

import pyte

_ANSWERS = Path(__file__).parent / "answers"
_QUIET_S = 0.25
_NSEC = 1_000_000_000


class _Screen:
    def __init__(self, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)

    def feed(self, data: bytes) -> None:
        self.stream.feed(data)

    def rows(self) -> list[str]:
        """Give the rows; what is in reverse stands between braces."""
        return [self._row(number).rstrip() for number in range(self.screen.lines)]

    def _row(self, number: int) -> str:
        cells = self.screen.buffer[number]
        out = ""
        reverse = False
        for column in range(self.screen.columns):
            cell = cells[column]
            if cell.reverse is not reverse:
                out += "}" if reverse else "{"
                reverse = cell.reverse
            out += cell.data
        return out + ("}" if reverse else "")


def _real(command: str, keys: list[str], size: tuple[int, int], folder: Path) -> list[list[str]]:
    columns, rows = size
    pid, fd = pty.fork()
    if not pid:
        os.chdir(folder)
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        time.sleep(0.1)
        os.execvpe("sh", ["sh", "-c", f"exec {command}"], environment)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    screen = _Screen(columns, rows)
    shown = []
    for key in ["", *keys]:
        os.write(fd, key.encode())
        until = time.monotonic() + _QUIET_S + (0.3 if not key else 0)
        while time.monotonic() < until:
            if select.select([fd], [], [], 0.05)[0]:
                try:
                    screen.feed(os.read(fd, 65536))
                except OSError:
                    break
        shown.append(screen.rows())
    os.close(fd)
    os.waitpid(pid, 0)
    return shown


def _virtual(make_dialogue, command: str, keys: list[str], size: tuple[int, int], folder: Path):
    columns, rows = size
    dialogue = make_dialogue(workspace=folder, folder="", columns=columns, rows=rows)
    screen = _Screen(columns, rows)
    screen.screen.set_mode(pyte.modes.LNM)
    now_ns = dialogue.host.kernel.now_ns
    dialogue.take_output()
    dialogue.enter(command)
    shown = []
    for number, key in enumerate([*keys, ""]):
        now_ns += _NSEC
        dialogue.wait_until(now_ns)
        screen.feed(dialogue.take_output().encode("utf-8", "surrogateescape"))
        shown.append(screen.rows())
        if number < len(keys):
            dialogue.press(key.encode(), now_ns + 1)
    return shown, dialogue


def compare_screens(
    name: str,
    make_dialogue,
    folder: Path,
    cases: list[tuple[str, list[str]]],
    size: tuple[int, int] = (40, 10),
) -> None:
    """Assert that after each key the same is on the screen.

    Args:
        name: of the file of answers.
        make_dialogue: the fixture.
        folder: where the commands run.
        cases: command lines, each with the keys pressed then.
        size: columns and rows.
    """
    path = _ANSWERS / f"{name}.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    if os.environ.get("VSHELL_RECORD"):
        copy = folder.with_name(f"{folder.name}-real")
        shutil.copytree(folder, copy)
        kept = {f"{one} {keys}": _real(one, keys, size, copy) for one, keys in cases}
        lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in kept.items())
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    wrong = []
    for command, keys in cases:
        real = kept[f"{command} {keys}"]
        virtual, _ = _virtual(make_dialogue, command, keys, size, folder)
        for key, one, other in zip(["", *keys], real, virtual, strict=True):
            if one != other:
                rows = "\n".join(f"  {a:44}|{b}" for a, b in zip(one, other, strict=True))
                wrong.append(f"$ {command}: {keys}, at {key!r}\n{rows}")
                break

    assert not wrong, f"{len(wrong)} of {len(cases)} differ (real | virtual)\n" + "\n".join(wrong)
