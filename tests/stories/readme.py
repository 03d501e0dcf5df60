"""The README's parts: its sessions are replayed as a transcript, its command lines are run.

``python -m tests.stories.readme`` writes into README.md what the host answers now.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from vshell.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"

_BLOCK = re.compile(
    r"^(?:<!-- (?P<order>[^\n]*) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```\n",
    re.MULTILINE | re.DOTALL,
)


def blocks(kind: str) -> list[tuple[str, str]]:
    """Give the comment above and the text of each fenced block of a kind."""
    found = _BLOCK.finditer(README.read_text())
    return [(one["order"] or "", one["text"]) for one in found if one["kind"] == kind]


def command_lines() -> list[str]:
    """Give the console blocks that are typed at the reader's own shell."""
    return [text for _, text in blocks("console") if text.startswith("$ vshell ")]


def run_command_line(block: str) -> str:
    """Give such a block as it reads today."""
    line = block.partition("\n")[0].removeprefix("$ ")
    done = subprocess.run(
        [sys.executable, "-m", "vshell", *shlex.split(line)[1:]],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"$ {line}\n{done.stdout}"


def update() -> None:
    """Write into README.md what the host answers now."""
    main(["replay", "--update", str(README)])
    for block in command_lines():
        README.write_text(README.read_text().replace(block, run_command_line(block)))


if __name__ == "__main__":
    update()
