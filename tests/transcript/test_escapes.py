"""What stands in transcripts and in their names is text: it cannot drive the user's terminal."""

from __future__ import annotations

import json
import re

import pytest

from vshell.abi.plain import plain_text
from vshell.transcript.command import replay_command

NASTY = r"""
title: "\e]0;owned\a"
steps:
- run: "echo \u009b31mx"
  out: |
    hello
- run: echo hi
  out: "\e[31mred\u009b \u202e"
- run: printf '\033]0;owned\a\033[31mred\n'
  out: |
    x
- run: "true"
  goal: "ran x\e[1m"
- run: "true"
  status: 3
"""
NAME = "\x1b[31mname\x9b.vshell.yaml"
# All that a terminal does not simply show.
DRIVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


@pytest.fixture
def replay(tmp_path, capsys):
    """Write a transcript under a nasty name and replay its folder; give all that was printed."""

    def run(text, *words, **files):
        (tmp_path / NAME).write_text(text)
        for name, contents in files.items():
            (tmp_path / name).write_text(contents)
        status = replay_command([*words, str(tmp_path)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.mark.parametrize("words", [[], ["--verbose"]])
def test_a_report_is_text(replay, words):
    """Names, typed lines, expected lines and goals are told with escapes written out."""
    status, out, err = replay(NASTY, *words)

    assert 1 == status
    assert None is DRIVES.search(out + err)
    assert r"\x1b[31mname\x9b.vshell.yaml:4: $ echo \x9b31mx" in out
    assert r"-\x1b[31mred\x9b \u202e" in out
    assert r"goal not met: ran x\x1b[1m" in out


@pytest.mark.parametrize(
    "text",
    [
        'steps: "\\e[2J"\n',
        '"\\e[2J": 1\n',
        'steps:\n- "\\e[2J": 1\n',
        'host: {"\\e[2J": 1}\nsteps: []\n',
        'host: {hostname: "\\e[2J"}\nsteps: []\n',
        'steps:\n- run: x\n  status: "\\e[2J"\n',
        'steps:\n- run: x\n  wait: "\\e[2J"\n',
        'steps:\n- run: x\n  out: "\\e[2J( (re)"\n',
        "steps: [\x1b\n",
    ],
)
def test_a_mistake_is_told_as_text(replay, text):
    """Whatever is wrong with a transcript, the message about it is text."""
    _, out, err = replay(text)

    assert "vshell: " in err
    assert None is DRIVES.search(out + err)


def test_recorded_events_are_text(replay):
    """A recorded event that differs is shown as text, be it an event or not."""
    text = "events: one.jsonl\nsteps:\n- run: 'true'\n"
    for line in ("\x1b[2J", json.dumps([1, 0, 1, "sched_switch\x1b[2J"])):
        status, out, err = replay(text, **{"one.jsonl": line + "\n"})

        assert 1 == status
        assert "the first kernel event that differs" in out
        assert None is DRIVES.search(out + err)


def test_letters_of_all_languages_stay():
    """Only what drives a terminal is written out; newlines and tabs are layout."""
    assert "Grüße, 世界 \u2713\n\tß" == plain_text("Grüße, 世界 \u2713\n\tß")
    assert r"\x1b\x9b\x7f\r\u202e".replace(r"\r", r"\x0d") == plain_text("\x1b\x9b\x7f\r\u202e")
