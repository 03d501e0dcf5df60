"""Writes transcripts: new ones step by step, and answers into those there are.

A change in place touches nothing but the ``out`` and ``status`` of the steps that differ: comments,
order and everything else stay byte by byte. It is made of splices at the places where the YAML
library found the values, so it knows no more of YAML than where a value's last line ends.
"""

from __future__ import annotations

import json
import re

from vshell.transcript.format import step_nodes
from vshell.transcript.nodes import place_of
from vshell.transcript.source import newline_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vshell.transcript.model import Place, StepOutcome
    from vshell.transcript.nodes import MappingNode, Node

    Splice = tuple[int, int, str]

__all__ = ["OutBlock", "entry_text", "head_text", "scalar_text", "with_answers"]

_PLAIN = re.compile(r"[A-Za-z_./][^:#\n\t\"'\\{}\[\],&*!|>%@`]*")
# What YAML takes for something else than text.
_RESERVED = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n", "...", "---"))
_COMMENT_BELOW = re.compile(r"(?:[ \t]*\r?\n)+( *)#")
_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_EMPTY_LINE = " (esc)"


# -- Values ---------------------------------------------------------------------------------------


def scalar_text(text: str) -> str:
    """Write a text as a YAML scalar on one line, plain where it can be."""
    if (
        _PLAIN.fullmatch(text)
        and text == text.strip()
        and text.lower() not in _RESERVED
        and text.isprintable()
        and not text.startswith(".")
    ):
        return text
    return _quoted(text)


# JSON's escapes are YAML's, but YAML has no pairs of surrogates.
def _quoted(text: str) -> str:
    return "".join(map(_visible, json.dumps(text, ensure_ascii=False)))


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# The head of a block and its lines, without their margin of two; no lines if it is none.
def _block(lines: Sequence[str]) -> tuple[str, list[str]]:
    if not any(lines):
        return _quoted("\n" * len(lines)), []
    # YAML drops empty lines at the end.
    return _block_head(lines[0]), [*lines[:-1], lines[-1] or _EMPTY_LINE]


# YAML guesses the margin by the first line.
def _block_head(first: str) -> str:
    return "|2" if not first or first[0] in " \t" else "|"


def _block_text(lines: Sequence[str], margin: str) -> str:
    head, body = _block(lines)
    return "\n".join([head, *(margin + line if line else "" for line in body)]) + "\n"


# -- New transcripts ------------------------------------------------------------------------------


def head_text(title: str, host: Mapping[str, object], **others: str) -> str:
    """Write what stands above the steps."""
    text = f"title: {scalar_text(title)}\n"
    if host:
        text += "host:\n"
        for name, value in host.items():
            shown = scalar_text(value) if isinstance(value, str) else json.dumps(value)
            text += f"  {name}: {shown}\n"
    for name, value in others.items():
        text += f"{name}: {scalar_text(value)}\n"
    return text + "steps:\n"


def entry_text(keys: Mapping[str, object]) -> str:
    """Write one step: its keys in order.

    Args:
        keys: texts, numbers, tuples of expected lines (written as a block), or a list of mappings
            (written as one line each).
    """
    text = ""
    for name, value in keys.items():
        text += "- " if not text else "  "
        if isinstance(value, tuple):
            text += f"{name}: {_block_text(value, '    ')}"
        elif isinstance(value, list):
            text += f"{name}:\n"
            for one in value:
                pairs = ", ".join(f"{key}: {_inline(item)}" for key, item in one.items())
                text += f"  - {{{pairs}}}\n"
        elif isinstance(value, str) and _can_be_block(value):
            text += f"{name}: {_block_text(value.split(chr(10)), '    ')}"
        else:
            text += f"{name}: {_scalar(value)}\n"
    return text


class OutBlock:
    """The answer of a step that is being written, line by line as they come.

    Whatever has been written at any moment is YAML, and means the lines so far; only empty lines at
    the end wait for what follows them.
    """

    def __init__(self) -> None:
        """Begin with no line."""
        self._is_open = False
        self._empty = 0

    def add(self, lines: Iterable[str]) -> str:
        """Give what is to be written for more lines, which are those of ``as_lines``."""
        text = ""
        for line in lines:
            if not line:
                self._empty += 1
                continue
            if not self._is_open:
                text += f"  out: {_block_head('' if self._empty else line)}\n"
                self._is_open = True
            text += "\n" * self._empty + f"    {line}\n"
            self._empty = 0
        return text

    def end(self) -> str:
        """Give what is to be written behind the last line."""
        if not self._empty:
            return ""
        if not self._is_open:
            return "  " + entry_text({"out": ("",) * self._empty})[2:]
        return "\n" * (self._empty - 1) + f"    {_EMPTY_LINE}\n"


def _can_be_block(text: str) -> bool:
    lines = text.split("\n")
    return len(lines) > 1 and lines[-1] != "" and all(line.isprintable() for line in lines)


def _scalar(value: object) -> str:
    if not isinstance(value, str):
        return str(value)
    # A last newline belongs to the form, not to what is typed.
    return scalar_text(value + "\n" if value.endswith("\n") else value)


def _inline(value: object) -> str:
    return _quoted(value) if isinstance(value, str) else str(value)


# -- Answers --------------------------------------------------------------------------------------


def with_answers(text: str, path: str, outcomes: Iterable[StepOutcome]) -> str:
    """Give a transcript's text with the answers of the steps that differ.

    Args:
        text: of the file.
        path: of the file, for messages.
        outcomes: of its steps, in any order; those that hold are left alone.
    """
    nodes = {_act_place(node): node for node in step_nodes(text, path)}
    splices: list[Splice] = []
    for outcome in outcomes:
        if outcome.holds:
            continue
        node = nodes[outcome.step.place]
        splices += _Answer(text, node, outcome).splices()
    # Those at the same place keep their order; the last ones are made first.
    splices.sort(key=lambda splice: splice[0])
    for start, stop, new in reversed(splices):
        text = text[:start] + new + text[stop:]
    return text


# Where a step's outcome says that it stands.
def _act_place(node: MappingNode) -> Place:
    acts = [value for key, value in node.value if key.value in ("run", "key")]
    return place_of(acts[0] if acts else node)


class _Answer:
    # What is to change in one step.
    def __init__(self, text: str, node: MappingNode, outcome: StepOutcome) -> None:
        self.text = text
        self.newline = newline_of(text)
        self.keys = {key.value: (key, value) for key, value in node.value}
        self.first = node.value[0][0]
        self.is_flow = bool(node.flow_style)
        self.margin = " " * node.start_mark.column
        self.outcome = outcome

    def splices(self) -> list[Splice]:
        outcome = self.outcome
        found: list[Splice] = []
        new: list[str] = []
        after = self.keys["run" if "run" in self.keys else "key"][1]
        if not outcome.is_equal:
            if "out" not in self.keys:
                new.append(self.entry("out", outcome.lines, after))
            elif outcome.lines or not self.is_removable("out"):
                found += self.new_out(self.keys["out"][1])
            else:
                found.append(self.removal("out"))
        if "out" in self.keys and (outcome.lines or not self.is_removable("out")):
            after = self.keys["out"][1]
        if outcome.step.status not in (None, outcome.status):
            if "status" not in self.keys:
                new.append(self.entry("status", outcome.status, after))
            elif outcome.status or not self.is_removable("status"):
                found.append((*self.span("status"), str(outcome.status)))
            else:
                found.append(self.removal("status"))
        if new:
            at = after.end_mark.index if self.is_flow else self.last_line_end(after)
            found.append((at, at, "".join(new)))
        return found

    def span(self, name: str) -> tuple[int, int]:
        value = self.keys[name][1]
        return value.start_mark.index, value.end_mark.index

    # A key with its value, to stand behind another one's value.
    def entry(self, name: str, value: tuple[str, ...] | int, after: Node) -> str:
        if self.is_flow:
            return f", {name}: {self.inline(value) if isinstance(value, tuple) else value}"
        if isinstance(value, int):
            return f"{self.newline}{self.margin}{name}: {value}"
        head, body = self.block(value, after)
        return f"{self.newline}{self.margin}{name}: {head}{self.body(body)}"

    def body(self, lines: Iterable[str]) -> str:
        margin = self.margin + "  "
        return "".join(self.newline + (margin + line if line else "") for line in lines)

    # A comment that stands as deep as a block's lines would become one of them.
    def block(self, lines: Sequence[str], after: Node) -> tuple[str, list[str]]:
        comment = _COMMENT_BELOW.match(self.text, self.last_line_end(after))
        if comment and len(comment[1]) >= len(self.margin) + 2:
            return self.inline(lines), []
        return _block(lines)

    def inline(self, lines: Iterable[str]) -> str:
        return _quoted("".join(line + "\n" for line in lines))

    def new_out(self, value: Node) -> list[Splice]:
        lines = self.outcome.lines
        start, stop = self.span("out")
        is_block = _is_block(value)
        body: list[str] = []
        if self.is_flow or not lines:
            head = self.inline(lines)
        elif not is_block and len(lines) == 1 and lines[0]:
            head = scalar_text(lines[0])
        else:
            head, body = self.block(lines, value)
        if not is_block:
            # A comment behind the value stays on its line.
            end = stop if self.is_flow else self.line_end(stop)
            return [(start, stop, head), (end, end, self.body(body))]
        head_end = start
        while self.text[head_end] in "|>+-123456789":
            head_end += 1
        line_end = self.line_end(start)
        return [
            (start, head_end, head),
            (line_end, max(line_end, self.last_line_end(value)), self.body(body)),
        ]

    # Whether a key stands on lines of its own, with no comment that would go with it, and no block
    # above it that would take the blank lines below it.
    def is_removable(self, name: str) -> bool:
        key, value = self.keys[name]
        if self.is_flow or key is self.first or any(map(self.keeps, self.keys)):
            return False
        end = value.start_mark.index if _is_block(value) else value.end_mark.index
        tail = self.text[end : self.line_end(end)]
        return not _COMMENT.search(" " + tail) and "#" not in self.between(key, value)

    def keeps(self, name: str) -> bool:
        value = self.keys[name][1]
        start = value.start_mark.index
        return _is_block(value) and "+" in self.text[start : start + 3]

    def between(self, key: Node, value: Node) -> str:
        return self.text[key.end_mark.index : value.start_mark.index]

    def removal(self, name: str) -> Splice:
        key, value = self.keys[name]
        start = self.text.rfind("\n", 0, key.start_mark.index) + 1
        end = self.last_line_end(value)
        stop = self.text.find("\n", end) + 1 if "\n" in self.text[end : end + 2] else end
        return start, stop, ""

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        if end < 0:
            return len(self.text)
        return end - 1 if self.text[at:end].endswith("\r") else end

    # Where the last line of a value ends. Blank lines below a block are not its, unless it keeps
    # them, or unless they are so long that they would become part of a new block.
    def last_line_end(self, value: Node) -> int:
        end = value.end_mark.index
        if not _is_block(value):
            return self.line_end(end)
        start = value.start_mark.index
        first_end = self.line_end(start)
        if end <= first_end:
            return first_end
        keeps = "+" in self.text[start : start + 3].split()[0]
        lines = self.text[first_end:end].split("\n")
        if lines[-1] == "":
            lines.pop()
        limit = len(self.margin) + 2
        while len(lines) > 1 and not keeps:
            last = lines[-1].rstrip("\r")
            if last.strip(" ") or len(last) > limit:
                break
            lines.pop()
        whole = "\n".join(lines)
        return first_end + len(whole.removesuffix("\r"))


def _is_block(node: Node) -> bool:
    return getattr(node, "style", None) in ("|", ">")
