"""Transcripts as cues for a typist."""

from __future__ import annotations

import pytest

from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host
from vshell.machine.typist import KEY, KEYS, LINE, SAY, Cue, Typist
from vshell.transcript.cues import make_cues
from vshell.transcript.format import parse_yaml
from vshell.transcript.lesson import lesson_names, lesson_path
from vshell.transcript.load import load
from vshell.transcript.markdown import parse_markdown
from vshell.transcript.model import TranscriptError

SECOND = 1_000_000_000


def cues_of(steps):
    """Give the cues of a transcript with these steps."""
    return make_cues(parse_yaml(f"steps:\n{steps}", "x.vshell.yaml"))


@pytest.mark.parametrize(
    ("steps", "cues"),
    [
        ("- run: ls\n", [Cue(LINE, "ls")]),
        ("- {run: ls, at: 101.5}\n", [Cue(LINE, "ls", 101_500_000_000)]),
        ("- {run: ls, wait: 3s}\n", [Cue(LINE, "ls", None, 3 * SECOND)]),
        ("- {say: Look., run: ls}\n", [Cue(SAY, "Look."), Cue(LINE, "ls")]),
        ("- say: Only prose.\n", [Cue(SAY, "Only prose.")]),
        ("- say: |\n    One\n    two.\n\n     a  b\n", [Cue(SAY, "One two.\n\n a  b")]),
        ("- run: |\n    a\n    b\n  at: 101\n", [Cue(LINE, "a", 101 * SECOND), Cue(LINE, "b")]),
        ("- key: enter\n", [Cue(LINE, "")]),
        ("- {key: ctrl-c, at: 101}\n", [Cue(KEY, "\x03", 101 * SECOND)]),
        ("- key: ctrl-d\n", [Cue(KEY, "\x04")]),
        ("- wait: 2s\n- {run: ls, wait: 3s}\n", [Cue(LINE, "ls", None, 5 * SECOND)]),
        ("- at: 105\n- run: ls\n- run: ps\n", [Cue(LINE, "ls", 105 * SECOND), Cue(LINE, "ps")]),
        (
            "- run: top\n  press: [{after: 2s, keys: b}, {after: 1s, keys: a}]\n",
            [Cue(LINE, "top"), Cue(KEYS, "a", None, SECOND), Cue(KEYS, "b", None, 2 * SECOND)],
        ),
        (
            "- run: top\n  at: 101\n  press: [{at: 104, keys: q}]\n",
            [Cue(LINE, "top", 101 * SECOND), Cue(KEYS, "q", None, 3 * SECOND)],
        ),
        (
            "- run: top\n  press: [{at: 104, keys: q}]\n",
            [Cue(LINE, "top"), Cue(KEYS, "q", 104 * SECOND)],
        ),
    ],
)
def test_steps_are_cues(steps, cues):
    """Each thing a step says, types or presses is a cue with its time."""
    assert cues == cues_of(steps)


def test_a_second_prompt_is_refused():
    """A transcript that needs two prompts cannot be typed at one; the step's line is named."""
    with pytest.raises(TranscriptError) as caught:
        cues_of("- run: ls\n- run: ps\n  terminal: b\n")

    assert "x.vshell.yaml:3:8: a demo has one prompt" in str(caught.value)


def test_a_page_gives_its_first_session():
    """Of a page with several sessions the first is played."""
    page = "# A\n\n```console\n$ ls\n```\n\n# B\n\n```console\n$ ps\n```\n"
    transcript = parse_markdown(page, "page.md")
    runs = [step.run for step in transcript.steps if step.run]

    assert ["ls", "ps"] == runs
    lines = [cue.text for cue in make_cues(transcript) if cue.kind == LINE]
    assert lines[0] == "ls"
    assert len(lines) == (1 if any(step.is_fresh for step in transcript.steps[1:]) else 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", lesson_names())
def test_the_lessons_can_be_played(name):
    """Typed by the typist, each lesson's lines are entered one after the other, to its end.

    Slow: runs whole lessons.
    """
    transcript = load(lesson_path(name))
    host = Host()
    for path, text in transcript.files.items():
        host.place_file(path, text)
    dialogue = Dialogue(host)
    typist = Typist(make_cues(transcript))
    entered = []
    while not typist.is_over:
        typed = typist.due(host.kernel.now_ns, dialogue.is_waiting)
        if typed is not None and typed.is_entered:
            entered.append(typed.text)
            dialogue.type(typed.text)
        else:
            dialogue.wait_until(host.kernel.now_ns + SECOND // 10)
    status = dialogue.status
    host.shut_down()

    assert [
        line for step in transcript.steps for line in (step.run or "").split("\n") if line
    ] == entered
    assert status == transcript.steps[-1].status
