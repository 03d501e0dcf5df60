"""Writes transcripts: new ones step by step, and answers into those there are.

A change in place touches nothing but the ``out`` and ``status`` of the steps that differ: comments,
order and everything else stay byte by byte.
"""

from __future__ import annotations

import json
import re

from vshell.transcript.format import step_nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vshell.transcript.format import MappingNode, Node
    from vshell.transcript.model import StepOutcome

__all__ = ["entry_text", "head_text", "scalar_text", "with_answers"]

_PLAIN = re.compile(r"[A-Za-z_./][^:#\n\t\"'\\{}\[\],&*!|>%@`]*")
# What YAML would take for something else than text.
_RESERVED = frozenset("true false yes no on off null y n ~ ... ---".split())  # noqa: SIM905 - words


def scalar_text(text: str) -> str:
    """Write a text of one line as a YAML scalar, plain where it can be."""
    if (
        _PLAIN.fullmatch(text)
        and text == text.strip()
        and text.lower() not in _RESERVED
        and text.isprintable()
    ):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _block(lines: Iterable[str], indent: int) -> str:
    lines = list(lines)
    mark = "|"
    # YAML guesses the indentation by the first line, and drops empty lines at the end.
    if not lines[0] or lines[0][0] == " ":
        mark += "2"
    if not lines[-1]:
        mark += "+"
    margin = " " * indent
    return mark + "\n" + "".join(f"{margin}{line}\n" if line else "\n" for line in lines)


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
        keys: texts, numbers, tuples of lines (written as a block), or a list of mappings (written
            as one line each).
    """
    text = ""
    for name, value in keys.items():
        text += "- " if not text else "  "
        if isinstance(value, tuple):
            text += f"{name}: {_block(value, 4)}"
        elif isinstance(value, list):
            text += f"{name}:\n"
            for one in value:
                pairs = ", ".join(f"{key}: {_inline(item)}" for key, item in one.items())
                text += f"  - {{{pairs}}}\n"
        elif isinstance(value, str) and "\n" in value:
            text += f"{name}: {_block(value.split(chr(10)), 4)}"
        else:
            text += f"{name}: {scalar_text(value) if isinstance(value, str) else value}\n"
    return text


def _inline(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else str(value)


def with_answers(text: str, path: str, outcomes: Iterable[StepOutcome]) -> str:
    """Give a transcript's text with the answers of the steps that differ.

    Args:
        text: of the file.
        path: of the file, for messages.
        outcomes: of its steps, in order; those that hold are left alone.
    """
    lines = text.split("\n")
    nodes = {node.start_mark.line + 1: node for node in step_nodes(text, path)}
    for outcome in sorted(outcomes, key=lambda one: one.step.place.line, reverse=True):
        if outcome.holds:
            continue
        node = nodes[outcome.step.place.line]
        if node.flow_style:
            _answer_flow(lines, node, outcome)
        else:
            _answer_block(lines, node, outcome)
    return "\n".join(lines)


def _answer_block(lines: list[str], node: MappingNode, outcome: StepOutcome) -> None:
    keys = {key.value: (key, value) for key, value in node.value}
    indent = node.start_mark.column
    margin = " " * indent
    after = _last_line(lines, keys["run" if "run" in keys else "key"][1]) + 1
    changes: list[tuple[int, int, list[str]]] = []
    if not outcome.is_equal:
        written: list[str] = []
        if outcome.lines:
            block = _block(outcome.lines, indent + 2).removesuffix("\n")
            written = f"{margin}out: {block}".split("\n")
        changes.append(_place_of(lines, keys.get("out"), after, written))
    if outcome.step.status not in (None, outcome.status):
        written = [f"{margin}status: {outcome.status}"] if outcome.status else []
        changes.append(_place_of(lines, keys.get("status"), after, written))
    for start, stop, new in sorted(changes, key=lambda change: change[:2], reverse=True):
        dash = lines[start][:indent] if start < stop else ""
        lines[start:stop] = new
        if "-" in dash and new:
            # The key stood behind the step's dash.
            lines[start] = dash + lines[start][indent:]


def _place_of(
    lines: list[str], pair: tuple[Node, Node] | None, after: int, new: list[str]
) -> tuple[int, int, list[str]]:
    if pair is None:
        return after, after, new
    key, value = pair
    start, stop = key.start_mark.line, _last_line(lines, value) + 1
    comment = re.search(r"\s#.*$", lines[value.start_mark.line])
    if new and comment and "|" not in comment[0] and not _is_block(value):
        tail = lines[value.end_mark.line][value.end_mark.column :]
        new = [new[0] + tail, *new[1:]]
    elif new and _is_block(value) and comment:
        new = [new[0] + comment[0], *new[1:]]
    return start, stop, new


def _is_block(node: Node) -> bool:
    return getattr(node, "style", None) in ("|", ">")


# The last line that belongs to a value: blank lines below a block are not its.
def _last_line(lines: list[str], node: Node) -> int:
    last = node.end_mark.line
    if _is_block(node) or node.end_mark.column == 0:
        last -= 1
        keeps = "+" in lines[node.start_mark.line][node.start_mark.column :][:3]
        while not keeps and last > node.start_mark.line and not lines[last].strip():
            last -= 1
    return last


def _answer_flow(lines: list[str], node: MappingNode, outcome: StepOutcome) -> None:
    keys = {key.value: value for key, value in node.value}
    changes = []
    if not outcome.is_equal:
        text = "".join(line + "\n" for line in outcome.lines)
        changes.append(("out", json.dumps(text)))
    if outcome.step.status not in (None, outcome.status):
        changes.append(("status", str(outcome.status)))
    for name, new in reversed(changes):
        value = keys.get(name)
        if value is None:
            value = keys["run" if "run" in keys else "key"]
            row, column = value.end_mark.line, value.end_mark.column
            lines[row] = f"{lines[row][:column]}, {name}: {new}{lines[row][column:]}"
            continue
        first, last = value.start_mark, value.end_mark
        rest = lines[last.line][last.column :]
        lines[first.line : last.line + 1] = [lines[first.line][: first.column] + new + rest]
