"""Recordings: what was done at the prompt, replayed to the same bytes."""

from __future__ import annotations

import json
import os
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.console.terminal import Terminal
from vshell.cli import main
from vshell.transcript.load import load
from vshell.transcript.match import as_lines
from vshell.transcript.record import Recorder
from vshell.transcript.replay import replay
from vshell.transcript.report import difference_text


@pytest.fixture
def record(tmp_path):
    """Start ``vshell record`` in a terminal; give the terminal and the transcript's path."""
    opened = []

    def start(*words, name="session.vshell.yaml"):
        path = tmp_path / name
        terminal = Terminal("record", str(path), *words, home=tmp_path, columns=110, rows=50)
        opened.append(terminal)
        terminal.wait_for_prompt()
        return terminal, path

    yield start
    for terminal in opened:
        terminal.close()


def assert_holds(path):
    """Check that a recording replays to the same bytes, with the same kernel events."""
    outcome = replay(load(str(path)))

    assert "" == difference_text(outcome)
    assert outcome.holds


@pytest.mark.slow  # a session at the paced prompt
def test_a_paced_session_replays_to_the_same_bytes(record):
    """The tutorial, a background job, Ctrl-C, Ctrl-Z, input, loops: the same bytes and events."""
    terminal, path = record("--events", "--speed", "10")
    terminal.run("make")
    terminal.run("sudo insmod ./kthread.ko")
    terminal.run("(sleep 2; echo from behind) &")
    terminal.run("ps -N | grep kthread_park")
    terminal.enter("sleep 1000")
    terminal.wait_for(lambda: "from behind" in terminal.lines)
    terminal.type("\x03")
    terminal.wait_for_prompt()
    terminal.enter("cat")
    terminal.enter("hello")
    terminal.wait_for(lambda: terminal.lines[-2:] == ["hello", "hello"])
    terminal.type("\x1a")
    terminal.wait_for_prompt()
    terminal.run("kill %1; jobs -l")
    terminal.enter("for i in 1 2; do")
    terminal.wait_for(lambda: terminal.lines[-1] == ">")
    terminal.enter("echo $i; done")
    terminal.wait_for_prompt()
    terminal.type("not entered\x03")
    terminal.wait_for_prompt()
    terminal.run("sudo rmmod kthread; dmesg | tail -n 20")
    terminal.run("ps aux | tail -n 4; cat /proc/uptime /proc/self/stat; uptime; date")
    terminal.type("\x04")
    terminal.wait_for_end()

    text = path.read_text()
    assert "destroyed thread\n" in text
    assert "from behind\n" in text
    assert "- key: ctrl-d\n" in text
    assert (path.parent / "session.events.jsonl").stat().st_size > 10_000
    assert_holds(path)


@pytest.mark.slow  # a session at the paced prompt
def test_a_spinning_thread_is_recorded_exactly(record):
    """A thread that computes all the time does not make the replay differ."""
    terminal, path = record("--events", "--speed", "20")
    terminal.run("cd ~/lockup; make > /tmp/log 2>&1; sudo insmod lockup.ko")
    terminal.run("cd; ps aux | tail -n 3")
    terminal.enter("sleep 30; dmesg | tail -n 5; exit 4")

    assert 4 == terminal.wait_for_end()
    assert_holds(path)


@pytest.mark.slow  # a session at the prompt
def test_a_killed_recording_is_a_transcript(record):
    """What was done and shown until SIGKILL is there."""
    terminal, path = record()
    terminal.run("echo one")
    terminal.run("echo two; false")
    terminal.enter("echo three; read x")
    terminal.wait_for(lambda: terminal.lines[-1] == "three")
    os.kill(terminal.pid, signal.SIGKILL)
    transcript = load(str(path))

    typed = ["echo one", "echo two; false", "echo three; read x"]
    assert typed == [one.run for one in transcript.steps]
    assert ("one",) == transcript.steps[0].out
    assert (("two",), 1) == (transcript.steps[1].out, transcript.steps[1].status)
    assert ("three",) == transcript.steps[2].out


def test_commands_are_recorded(tmp_path, capsys):
    """With -c the commands are one step; the output appears as usual; the status is theirs."""
    path = tmp_path / "c.vshell.yaml"

    assert 3 == main(["record", str(path), "-c", "echo hello; (exit 3)"])
    assert "hello\n" == capsys.readouterr().out
    [step] = load(str(path)).steps
    assert ("echo hello; (exit 3)", ("hello",), 3) == (step.run, step.out, step.status)
    assert path.read_text().startswith("title: c\nsteps:\n- run: ")
    assert_holds(path)


def test_a_script_is_recorded(tmp_path):
    """A script's lines are steps; the title is as given; a host's settings are kept."""
    script = tmp_path / "s.sh"
    script.write_text("cd /tmp\nfor i in a b; do\n  echo $i\ndone\n\nhostname\nexit 2\n")
    path = tmp_path / "s.vshell.yaml"
    words = ["--title", "A script", "--host", "debian-12", "--seed", "5", str(script)]

    assert 2 == main(["record", str(path), *words])
    transcript = load(str(path))
    assert "A script" == transcript.title
    assert ("root", 5) == (transcript.host["user"], transcript.host["seed"])
    assert "enter" in [step.key for step in transcript.steps]
    assert_holds(path)


def test_strange_output_is_kept(tmp_path):
    """Control characters, bytes that are no text, missing newlines and empty lines come back."""
    path = tmp_path / "odd.vshell.yaml"
    command = r"printf 'a\tb \n\n  c\x01\xff\033[1m\n\n... \n...\nx (re)\n\nno end'"

    main(["record", str(path), "-c", command])

    assert_holds(path)


def test_a_cast_is_a_cast(tmp_path):
    """The asciicast has its header, marks at the prompts, what was typed and shown, and the end."""
    path = tmp_path / "c.cast"
    words = ["-c", "sleep 1.5; echo hello; exit 1", "--cast", str(path)]
    main(["record", str(tmp_path / "c.vshell.yaml"), *words])
    head, *events = map(json.loads, path.read_text().splitlines())

    assert (3, 80, 24) == (head["version"], head["term"]["cols"], head["term"]["rows"])
    assert ["m", "o", "o", "o", "o", "x"] == [kind for _, kind, _ in events]
    assert "sleep 1.5; echo hello; exit 1\r\n" == events[2][2]
    assert "hello\r\n" == events[3][2]
    assert 1.5 <= events[3][0] < 1.6
    assert "1" == events[5][2]


def test_nothing_is_overwritten(tmp_path, capsys):
    """A file that exists is left alone; the message names it."""
    path = tmp_path / "kept.vshell.yaml"
    path.write_text("mine\n")

    assert 2 == main(["record", str(path), "-c", "true"])
    assert f"vshell: {path}: File exists\n" == capsys.readouterr().err
    assert "mine\n" == path.read_text()
    cast = tmp_path / "kept.cast"
    cast.write_text("mine\n")
    assert 2 == main(["record", str(tmp_path / "n.yaml"), "--cast", str(cast), "-c", "true"])
    assert not (tmp_path / "n.yaml").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["record"], "record needs a FILE to write"),
        (["record", "-c", "true"], "record needs a FILE to write"),
        (["record", "/nonexistent/x.yaml", "-c", "true"], "/nonexistent/x.yaml: No such file"),
        (["--cast", "x", "-c", "true"], "--title, --events and --cast belong to"),
        (["--events", "-c", "true"], "--title, --events and --cast belong to"),
    ],
)
def test_wrong_words(words, message, capsys):
    """What cannot be recorded is said, with status 2."""
    assert 2 == main(words)
    assert capsys.readouterr().err.startswith(f"vshell: {message}")


PIECES = [b"a", b" ", b"\n", b"\n", b"\r\n", b"\r", b"...", b"\xff", "ß".encode(), b" (re)", b"\t"]


@given(some.lists(some.sampled_from(PIECES), max_size=12), some.integers(1, 5))
def test_answers_are_written_as_they_come(tmp_path_factory, pieces, size):
    """However output is cut into pieces, the file is a transcript of the complete lines so far."""
    path = tmp_path_factory.mktemp("r") / "a.vshell.yaml"
    recorder = Recorder(str(path), "a")
    recorder.on_entry(0, "open", 0, (80, 24))
    recorder.on_entry(10**9, "line", 0, "x")

    def lines_of(data):
        return as_lines(data.decode("utf-8", "surrogateescape").replace("\r\n", "\n"))

    def written():
        [step] = load(str(path)).steps
        # An empty line at the end has to be written so.
        return tuple("" if line == " (esc)" else line for line in step.out)

    data = b"".join(pieces)
    for start in range(0, len(data), size):
        recorder.on_output(0, 10**9, data[start : start + size])
        lines = lines_of(data[: data.rfind(b"\n", 0, start + size) + 1])
        while lines[-1:] == ("",):
            lines = lines[:-1]

        assert lines == written()

    recorder.close()

    assert lines_of(data) == written()
