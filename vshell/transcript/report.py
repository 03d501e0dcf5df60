"""Tells what became of transcripts: as text for a person, as JSON, as JUnit XML."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

from vshell.transcript.match import diff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vshell.transcript.model import Outcome, StepOutcome

__all__ = ["as_json", "as_junit", "difference_text", "step_text"]

_COLOURS = {"@": "\x1b[36m", "-": "\x1b[31m", "+": "\x1b[32m"}
_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"


def step_text(path: str, outcome: StepOutcome, *, colour: bool = False) -> str:
    """Describe the difference of one step: its place, its line, a unified diff."""
    step = outcome.step
    typed = (step.run or step.key).split("\n")
    where = f"{path}:{step.place.line}: "
    out = [(_BOLD + where + _RESET if colour else where) + f"$ {typed[0]}"]
    out += [f"> {line}" for line in typed[1:]]
    if not outcome.is_equal:
        for line in diff(step.out, outcome.lines):
            paint = _COLOURS.get(line[:1], "") if colour else ""
            out.append(f"{paint}{line}{_RESET if paint else ''}")
    if step.status not in (None, outcome.status):
        out.append(f"status {outcome.status}, expected {step.status}")
    return "\n".join(out) + "\n"


def difference_text(outcome: Outcome, *, colour: bool = False) -> str:
    """Describe everything that is not as the transcript says."""
    path = outcome.transcript.path
    text = "".join(step_text(path, step, colour=colour) for step in outcome.steps if not step.holds)
    if outcome.failure:
        text += f"{path}: {outcome.failure}\n"
    if outcome.event:
        text += f"{path}: the first kernel event that differs:\n"
        text += "".join(f"  {line}\n" for line in outcome.event.split("\n"))
    return text


def as_json(outcomes: Iterable[Outcome], errors: Sequence[str]) -> str:
    """Give the result of a replay as JSON."""
    files = [
        {
            "path": outcome.transcript.path,
            "title": outcome.transcript.title,
            "holds": outcome.holds,
            "virtual_ns": outcome.virtual_ns,
            "failure": outcome.failure,
            "event": outcome.event,
            "steps": [
                {
                    "line": step.step.place.line,
                    "run": step.step.run or step.step.key,
                    "holds": step.holds,
                    "status": step.status,
                    "out": list(step.lines),
                }
                for step in outcome.steps
            ],
        }
        for outcome in outcomes
    ]
    return json.dumps({"transcripts": files, "errors": list(errors)}, indent=2) + "\n"


def as_junit(outcomes: Sequence[Outcome], errors: Sequence[str]) -> str:
    """Give the result of a replay as JUnit XML: a suite per transcript, a case per step."""
    out = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>"]
    for outcome in outcomes:
        path = outcome.transcript.path
        failed = sum(not step.holds for step in outcome.steps)
        out.append(
            f"<testsuite name={quoteattr(path)} tests={quoteattr(str(len(outcome.steps)))} "
            f'failures="{failed}" errors="{int(bool(outcome.failure or outcome.event))}">'
        )
        for step in outcome.steps:
            name = f"{step.step.place.line}: {step.step.run or step.step.key}"
            head = f"<testcase classname={quoteattr(path)} name={quoteattr(_clean(name))}"
            if step.holds:
                out.append(head + "/>")
            else:
                text = escape(_clean(step_text(path, step)))
                out.append(f'{head}><failure message="differs">{text}</failure></testcase>')
        if outcome.failure or outcome.event:
            text = escape(_clean(outcome.failure or outcome.event))
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


# XML knows no control characters.
def _clean(text: str) -> str:
    return "".join(letter if letter in "\n\t" or letter >= " " else "?" for letter in text)
