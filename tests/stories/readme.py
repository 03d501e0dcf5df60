"""The README's sessions, taken out of it, run, and compared or put back.

A block marked ``console`` is one session at the prompt of a fresh host: lines that begin with
``$ `` are typed, the rest is what the host answers. A block that begins with ``$ vshell`` is a
command line of the reader's own shell. A block with a comment ``<!-- file: PATH -->`` above it is
a file of the workspace that the sessions after it start with.

``python -m tests.stories.readme`` writes into README.md what the host answers now.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host, load_settings

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"

_BLOCK = re.compile(
    r"(?:^<!-- file: (?P<file>\S+) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```\n",
    re.MULTILINE | re.DOTALL,
)


class Block:
    """One fenced block: its kind, its text, and the file it is, if it is one."""

    def __init__(self, kind: str, text: str, file: str | None, line: int) -> None:
        self.kind = kind
        self.text = text
        self.file = file
        self.line = line

    @property
    def inputs(self) -> list[str]:
        """What is typed in it."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]


def blocks(text: str) -> list[Block]:
    """Give the blocks in order."""
    return [
        Block(
            found["kind"],
            found["text"],
            found["file"],
            text.count("\n", 0, found.start("text")) + 1,
        )
        for found in _BLOCK.finditer(text)
    ]


def files_before(text: str, line: int) -> dict[str, str]:
    """Give the workspace's files that stand above a line."""
    return {
        block.file: block.text
        for block in blocks(text)
        if block.file is not None and block.line < line
    }


def play(block: Block, files: dict[str, str]) -> str:
    """Give a console block as it reads today."""
    if block.inputs[0].startswith("vshell "):
        return "".join(f"$ {line}\n{_reader_types(line, files)}" for line in block.inputs)
    with _workspace(files) as folder:
        host = Host(load_settings(None), workspace=folder)
        dialogue = Dialogue(host)
        if files:
            dialogue.type(f"cd ~/{next(iter(files)).partition('/')[0]}")
        shown = "".join(f"$ {line}\n{dialogue.type(line)}" for line in block.inputs)
        host.shut_down()
    return shown


@contextlib.contextmanager
def _workspace(files: dict[str, str]):
    if not files:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        yield folder


def _reader_types(line: str, files: dict[str, str]) -> str:
    words = [sys.executable, "-m", "vshell", *shlex.split(line)[1:]]
    with _workspace(files) as folder:
        done = subprocess.run(
            words,
            cwd=folder or ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return done.stdout


def update() -> None:
    """Write into README.md what the host answers now."""
    text = README.read_text()
    for block in blocks(text):
        if block.kind == "console":
            text = text.replace(block.text, play(block, files_before(text, block.line)))
    README.write_text(text)


if __name__ == "__main__":
    update()
