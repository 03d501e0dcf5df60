"""A Markdown page as a transcript: its ``console`` blocks are one session.

In a block fenced by ```` ```console ````, a line that begins with ``$ `` is typed, lines with
``> `` below it go on with it, and the rest is what the terminal shows. A comment
``<!-- file: PATH -->`` above any fenced block makes it a file of the home directory;
``<!-- vshell: new host -->`` lets what follows begin on a fresh host; ``<!-- vshell: skip -->``
above a block leaves it out.
"""

from __future__ import annotations

import re

from vshell.transcript.match import PatternError, check_pattern
from vshell.transcript.model import Place, Step, Transcript, TranscriptError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vshell.transcript.model import StepOutcome

__all__ = ["parse_markdown", "with_answers"]

_FENCE = re.compile(r"( {0,3})(`{3,}|~{3,})\s*([\w+-]*)")
_COMMENT = re.compile(r"\s*<!--\s*(file|vshell):\s*(.*?)\s*-->\s*")


class _Block:
    # A fenced block: its kind, the comment above it, its first line (counted from 0) and its lines.
    def __init__(self, kind: str, orders: list[tuple[str, str]], first: int, margin: int) -> None:
        self.kind = kind
        self.orders = orders
        self.first = first
        self.margin = margin
        self.lines: list[str] = []


def _blocks(text: str, path: str) -> Iterator[_Block]:
    block: _Block | None = None
    fence = ""
    orders: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n")):
        if block is not None:
            if re.fullmatch(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}\s*", line):
                yield block
                block = None
            else:
                block.lines.append(line.removeprefix(" " * block.margin))
            continue
        opened = _FENCE.match(line)
        comment = _COMMENT.fullmatch(line)
        if opened:
            fence = opened[2]
            block = _Block(opened[3], orders, number + 1, len(opened[1]))
            orders = []
        elif comment:
            orders.append((comment[1], comment[2]))
        elif line.strip():
            orders = [one for one in orders if one == ("vshell", "new host")]
    if block is not None:
        raise TranscriptError(path, Place(block.first), "the fenced block never ends")


def parse_markdown(text: str, path: str) -> Transcript:
    """Read the session of a page; it may be empty.

    Raises:
        TranscriptError: a block cannot be understood.
    """
    steps: list[Step] = []
    files: dict[str, str] = {}
    is_fresh = False
    for block in _blocks(text, path):
        for kind, value in block.orders:
            if kind == "file":
                if not value or ".." in value.split("/"):
                    raise TranscriptError(path, Place(block.first), f"no path of a file: {value!r}")
                files[value] = "".join(line + "\n" for line in block.lines)
            elif value == "new host":
                is_fresh = True
            elif value != "skip":
                raise TranscriptError(path, Place(block.first), f"unknown order: {value!r}")
        if block.kind == "console" and ("vshell", "skip") not in block.orders:
            found = _steps(block, path)
            if found and is_fresh and steps:
                found[0] = _fresh(found[0])
            is_fresh = is_fresh and not found
            steps += found
    title = re.search(r"^#\s+(.*)$", text, re.MULTILINE)
    return Transcript(path, tuple(steps), title[1].strip() if title else "", files=files)


def _fresh(step: Step) -> Step:
    return Step(step.place, step.run, step.out, status=None, is_fresh=True)


def _steps(block: _Block, path: str) -> list[Step]:
    steps: list[Step] = []
    typed: list[str] = []
    shown: list[str] = []
    place = Place(block.first + 1)

    def finish() -> None:
        if typed:
            steps.append(Step(place, "\n".join(typed), tuple(shown), status=None))

    for number, line in enumerate(block.lines):
        if line.startswith("$ "):
            finish()
            typed, shown = [line[2:]], []
            place = Place(block.first + number + 1, block.margin + 1)
        elif line.startswith("> ") and typed and not shown:
            typed.append(line[2:])
        elif typed:
            try:
                check_pattern(line)
            except PatternError as error:
                raise TranscriptError(path, Place(block.first + number + 1), str(error)) from None
            shown.append(line)
        else:
            where = Place(block.first + number + 1)
            raise TranscriptError(path, where, "output before the first line that begins with '$ '")
    finish()
    return steps


def with_answers(text: str, outcomes: Iterable[StepOutcome]) -> str:
    """Give a page's text with the answers of the steps that differ."""
    lines = text.split("\n")
    for outcome in sorted(outcomes, key=lambda one: one.step.place.line, reverse=True):
        if outcome.holds:
            continue
        step = outcome.step
        start = step.place.line + (step.run or "").count("\n")
        margin = " " * (step.place.column - 1)
        lines[start : start + len(step.out)] = [margin + line for line in outcome.lines]
    return "\n".join(lines)
