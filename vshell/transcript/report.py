"""Tells what became of transcripts: as text for a person, as JSON, as JUnit XML."""

from __future__ import annotations

import json
import re
from xml.sax.saxutils import escape, quoteattr

from vshell.abi.plain import plain_text
from vshell.transcript.match import diff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vshell.transcript.model import Outcome, StepOutcome

__all__ = ["as_json", "as_junit", "difference_text", "step_text"]

_COLOURS = {"@": "\x1b[36m", "-": "\x1b[31m", "+": "\x1b[32m"}
_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_NOT_XML = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINES_MAX = 500
"""How many lines of one step's difference are shown."""


def step_text(path: str, outcome: StepOutcome, *, colour: bool = False) -> str:
    """Describe the difference of one step: its place, its line, a unified diff."""
    step = outcome.step
    typed = plain_text(step.run or step.key).split("\n")
    where = f"{plain_text(path)}:{step.place.line}: "
    out = [(_BOLD + where + _RESET if colour else where) + f"$ {typed[0]}"]
    out += [f"> {line}" for line in typed[1:]]
    if not outcome.is_equal:
        lines = diff(step.out, outcome.lines, first=step.out_line or 1)
        if len(lines) > _LINES_MAX:
            lines[_LINES_MAX:] = [f"@@ {len(lines) - _LINES_MAX} more lines @@"]
        for line in lines:
            paint = _COLOURS.get(line[:1], "") if colour else ""
            out.append(f"{paint}{plain_text(line)}{_RESET if paint else ''}")
    if step.status not in (None, outcome.status):
        out.append(f"status {outcome.status}, expected {step.status}")
    out += [f"goal not met: {plain_text(goal)}" for goal in outcome.unmet]
    return "\n".join(out) + "\n"


def difference_text(outcome: Outcome, *, colour: bool = False) -> str:
    """Describe everything that is not as the transcript says."""
    path = outcome.transcript.path
    text = "".join(step_text(path, step, colour=colour) for step in outcome.steps if not step.holds)
    rest = ""
    if outcome.failure:
        rest += f"{_where(path, outcome.failure_line)}: {outcome.failure}\n"
    if outcome.event:
        rest += f"{_where(path, outcome.event_line)}: the first kernel event that differs:\n"
        rest += "".join(f"  {line}\n" for line in outcome.event.split("\n"))
    return text + plain_text(rest)


def _where(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path


def as_json(outcomes: Iterable[Outcome], errors: Sequence[str]) -> str:
    """Give the result of a replay as JSON.

    The form, version 1; later versions only add keys::

        {
          "version": 1,
          "holds": false,                   all hold, and there is no error
          "transcripts": [{
            "path": "a.vshell.yaml",        as given on the command line
            "title": "",
            "holds": false,
            "virtual_ns": 8711000000,       virtual time from the session's beginning to its end
            "failure": "",                  why the replay could not go on
            "failure_line": 0,              the line of the step at which it could not
            "event": "",                    the first kernel event that differs, described
            "event_line": 0,                the line of the step that ran then
            "steps": [{
              "line": 3, "column": 3,       where the step stands in the file
              "terminal": "",
              "run": "false",               the line typed, or the key pressed
              "holds": false,
              "expected_status": 0,         null: any
              "status": 1,
              "expected": [],               the expected lines, as written
              "out": [],                    what the terminal showed, written the same way
              "unmet": []                   a lesson's goals that were not met
            }]
          }],
          "errors": []                      what could not be read or run
        }
    """
    files = [
        {
            "path": outcome.transcript.path,
            "title": outcome.transcript.title,
            "holds": outcome.holds,
            "virtual_ns": outcome.virtual_ns,
            "failure": outcome.failure,
            "failure_line": outcome.failure_line,
            "event": outcome.event,
            "event_line": outcome.event_line,
            "steps": list(map(_step_facts, outcome.steps)),
        }
        for outcome in outcomes
    ]
    holds = not errors and all(file["holds"] for file in files)
    facts = {"version": 1, "holds": holds, "transcripts": files, "errors": list(errors)}
    return json.dumps(facts, indent=2) + "\n"


def _step_facts(outcome: StepOutcome) -> dict[str, object]:
    step = outcome.step
    return {
        "line": step.place.line,
        "column": step.place.column,
        "terminal": step.terminal,
        "run": step.run or step.key,
        "holds": outcome.holds,
        "expected_status": step.status,
        "status": outcome.status,
        "expected": list(step.out),
        "out": list(outcome.lines),
        "unmet": list(outcome.unmet),
    }


def as_junit(outcomes: Sequence[Outcome], errors: Sequence[str]) -> str:
    """Give the result of a replay as JUnit XML: a suite per transcript, a case per step."""
    out = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>"]
    for outcome in outcomes:
        path = _clean(outcome.transcript.path)
        is_broken = bool(outcome.failure or outcome.event)
        failed = sum(not step.holds for step in outcome.steps)
        out.append(
            f'<testsuite name={quoteattr(path)} tests="{len(outcome.steps) + is_broken}" '
            f'failures="{failed}" errors="{int(is_broken)}">'
        )
        for step in outcome.steps:
            name = f"{step.step.place.line}: {step.step.run or step.step.key}"
            head = f"<testcase classname={quoteattr(path)} name={quoteattr(_clean(name))}"
            if step.holds:
                out.append(head + "/>")
            else:
                text = escape(_clean(step_text(path, step)))
                out.append(f'{head}><failure message="differs">{text}</failure></testcase>')
        if is_broken:
            text = escape(_clean("\n".join(filter(None, (outcome.failure, outcome.event)))))
            out.append(
                f'<testcase classname={quoteattr(path)} name="the whole">'
                f"<error>{text}</error></testcase>"
            )
        out.append("</testsuite>")
    out += [
        '<testsuite name="unreadable" tests="1" failures="0" errors="1">'
        f'<testcase name="unreadable"><error>{escape(_clean(error))}</error></testcase>'
        "</testsuite>"
        for error in errors
    ]
    return "\n".join([*out, "</testsuites>", ""])


# XML knows no control characters and no halves of characters.
def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
