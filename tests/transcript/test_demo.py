"""Demos: found by name, with a host of their own; and sessions in which the panel was shown."""

from __future__ import annotations

import pytest

from vshell.transcript.demo import demo_names, open_demo
from vshell.transcript.format import parse_yaml
from vshell.transcript.lesson import lesson_names
from vshell.transcript.model import TranscriptError
from vshell.transcript.replay import replay


def test_lessons_come_first():
    """The lessons have names, in the order to take them; stories come behind."""
    assert lesson_names() == list(demo_names())[: len(lesson_names())]
    assert demo_names()["kthread_park"].endswith("/kthread_park.vshell.yaml")


def test_a_name_opens_a_lesson():
    """A lesson's name gives its title, its cues and a host with its files."""
    demo = open_demo("oops-and-hang", 2.0)
    host = demo.make_host()
    found = host.kernel.vfs.root.lookup("home").lookup("test").lookup("deaf")
    host.shut_down()

    assert ("An oops, and an rmmod that hangs", 2.0) == (demo.title, demo.typist.rate)
    assert found is not None
    assert not demo.typist.is_over


def test_a_path_opens_a_file(tmp_path):
    """A path is a transcript with its own settings; without a title it is called by its name."""
    path = tmp_path / "mine.vshell.yaml"
    path.write_text("host: {hostname: elsewhere}\nsteps:\n- run: hostname\n")
    demo = open_demo(str(path))
    host = demo.make_host()
    host.shut_down()

    assert ("mine.vshell.yaml", "elsewhere") == (demo.title, host.settings.hostname)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, ":1:1: no lesson, story or file has this name"),
        ("steps:\n- nonsense: 1\n", ":2:3: unknown key 'nonsense'"),
        ("workspace: nowhere\nsteps:\n- run: ls\n", "nowhere: No such directory"),
    ],
)
def test_what_cannot_be_played_is_told(tmp_path, text, message):
    """A missing file, a mistake in it, a missing workspace: each is told with its place."""
    path = tmp_path / "x.vshell.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(TranscriptError) as caught:
        open_demo(str(path))

    assert message in str(caught.value)


def test_a_session_with_the_panel_replays():
    """Where nobody looks the panel is accepted, shows nothing, and ends at its q."""
    text = (
        "steps:\n- run: panel\n  press: [{after: 3s, keys: xq}]\n"
        "- run: cat /proc/uptime\n  out: '103.* (re)'\n"
    )
    outcome = replay(parse_yaml(text, "x.vshell.yaml"))

    assert (True, "") == (outcome.holds, outcome.failure)


def test_a_session_whose_panel_was_never_left_is_given_up():
    """A panel that nobody leaves fails the replay, which names who waits."""
    outcome = replay(parse_yaml("steps:\n- run: panel\n", "x.vshell.yaml"))

    assert "panel (pid" in outcome.failure
