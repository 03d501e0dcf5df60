"""A Markdown page as a transcript: its ``console`` blocks are one session.

In a block fenced by ```` ```console ````, a line that begins with ``$ `` is typed, lines with
``> `` below it go on with it, and the rest is what the terminal shows. A comment
``<!-- file: PATH -->`` above any fenced block makes it a file of the home directory;
``<!-- vshell: new host -->`` lets what follows begin on a fresh host; ``<!-- vshell: skip -->``
above a block leaves it out.
"""

from __future__ import annotations

import re
from dataclasses import replace

from vshell.transcript.match import PatternError, check_pattern, with_escaped_start
from vshell.transcript.model import Place, Step, Transcript, TranscriptError
from vshell.transcript.source import BOM, newline_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vshell.transcript.model import StepOutcome

__all__ = ["parse_markdown", "with_answers"]

# The info behind backticks holds none: else it is code within a line.
_FENCE = re.compile(r"( *)(?:(`{3,})\s*([\w+-]*)[^`]*|(~{3,})\s*([\w+-]*).*)")
_ORDER = re.compile(r"\s*<!--\s*(file|vshell):\s*(.*?)\s*-->\s*")
_HEADING = re.compile(r"#\s+(.*?)\s*#*\s*")
# What an expected line must not begin with: it would be typed, or end the block.
_START = re.compile(r"\$ |> | *(?:```|~~~)")


class _Block:
    # A fenced block: its kind, the comments above it, its first line (counted from 0), its lines.
    def __init__(self, kind: str, orders: list[tuple[str, str]], first: int, margin: int) -> None:
        self.kind = kind
        self.orders = orders
        self.first = first
        self.margin = margin
        self.lines: list[str] = []

    def place(self, number: int) -> Place:
        return Place(self.first + number + 1, self.margin + 1)


class _Page:
    # The parts of a page: its first heading and its fenced blocks.
    def __init__(self, text: str, path: str) -> None:
        self.title = ""
        self.path = path
        self.blocks = list(self._blocks(text.removeprefix(BOM).replace("\r\n", "\n").split("\n")))

    def _blocks(self, lines: list[str]) -> Iterator[_Block]:
        block: _Block | None = None
        fence = ""
        orders: list[tuple[str, str]] = []
        is_hidden = False
        for number, line in enumerate(lines):
            if block is not None:
                if re.fullmatch(rf" *{re.escape(fence[0])}{{{len(fence)},}}\s*", line):
                    yield block
                    block = None
                else:
                    margin = min(block.margin, len(line) - len(line.lstrip(" ")))
                    block.lines.append(line[margin:])
                continue
            if is_hidden or (line.lstrip().startswith("<!--") and "-->" not in line):
                # A comment of several lines: what is in it is not on the page.
                is_hidden = "-->" not in line
                continue
            opened = _FENCE.fullmatch(line)
            order = _ORDER.fullmatch(line)
            heading = _HEADING.fullmatch(line)
            if opened:
                fence = opened[2] or opened[4]
                kind = opened[3] or opened[5] or ""
                block = _Block(kind, orders, number + 1, len(opened[1]))
                orders = []
            elif order:
                orders.append((order[1], order[2]))
            elif line.strip():
                # An order is for the block right below it; a new host can wait for its session.
                orders = [one for one in orders if one == ("vshell", "new host")]
                if heading and not self.title:
                    self.title = heading[1]
        if block is not None:
            raise TranscriptError(self.path, Place(block.first), "the fenced block never ends")


def parse_markdown(text: str, path: str) -> Transcript:
    """Read the session of a page; it may be empty.

    Raises:
        TranscriptError: a block cannot be understood.
    """
    page = _Page(text, path)
    steps: list[Step] = []
    files: dict[str, str] = {}
    is_fresh = False
    for block in page.blocks:
        for kind, value in block.orders:
            if kind == "file":
                if ".." in value.split("/") or value.rpartition("/")[2] in ("", "."):
                    raise TranscriptError(path, Place(block.first), f"no path of a file: {value!r}")
                files[value] = "".join(line + "\n" for line in block.lines)
            elif value == "new host":
                is_fresh = True
            elif value != "skip":
                raise TranscriptError(path, Place(block.first), f"unknown order: {value!r}")
        if block.kind == "console" and ("vshell", "skip") not in block.orders:
            found = _steps(block, path)
            if found and is_fresh and steps:
                found[0] = replace(found[0], is_fresh=True)
            is_fresh = is_fresh and not found
            steps += found
    return Transcript(path, tuple(steps), page.title, files=files)


def _steps(block: _Block, path: str) -> list[Step]:
    steps: list[Step] = []
    typed: list[str] = []
    shown: list[str] = []
    place = Place(1)

    def finish() -> None:
        if typed:
            out_line = place.line + len(typed)
            run = "\n".join(typed)
            steps.append(Step(place, run, tuple(shown), out_line=out_line, status=None))

    for number, line in enumerate(block.lines):
        if line.startswith("$ "):
            finish()
            typed, shown = [line[2:]], []
            place = block.place(number)
        elif typed and not shown and (line.startswith("> ") or line == ">"):
            typed.append(line[2:])
        elif typed:
            try:
                check_pattern(line)
            except PatternError as error:
                raise TranscriptError(path, block.place(number), str(error)) from None
            shown.append(line)
        elif line.strip():
            text = "output before the first line that begins with '$ '"
            raise TranscriptError(path, block.place(number), text)
    finish()
    return steps


def with_answers(text: str, outcomes: Iterable[StepOutcome]) -> str:
    """Give a page's text with the answers of the steps that differ."""
    newline = newline_of(text)
    lines = text.split("\n")
    end = newline.removesuffix("\n")
    for outcome in sorted(outcomes, key=lambda one: one.step.place.line, reverse=True):
        if outcome.holds:
            continue
        step = outcome.step
        start = step.out_line - 1
        margin = " " * (step.place.column - 1)
        shown = [with_escaped_start(one) if _START.match(one) else one for one in outcome.lines]
        new = [(margin + line if line else "") + end for line in shown]
        lines[start : start + len(step.out)] = new
    return "\n".join(lines)
