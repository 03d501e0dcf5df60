"""Demos: a session typed at the prompt or in the panel, alone or beside each other."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

from tests.console.terminal import Terminal
from vshell.cli import main

pytestmark = pytest.mark.slow  # each test starts vshell, and somebody types at it

SESSION = """\
title: Two lines
files:
  greet.sh: "#!/bin/sh\\necho hello\\n"
steps:
- run: ../greet.sh
- say: |
    What comes now
    is more.
  run: echo more
"""
OVER = "The demo is over; the prompt is yours."


@pytest.fixture
def session(tmp_path):
    """A transcript of two lines."""
    path = tmp_path / "two.vshell.yaml"
    path.write_text(SESSION)
    return str(path)


@pytest.fixture
def runtime():
    """A directory of our own for sockets; its path must be short."""
    folder = tempfile.mkdtemp(prefix="vs", dir="/tmp")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def open_terminal(tmp_path, runtime):
    """Start vshell in terminals that are closed after the test."""
    opened = []

    def start(*words, **options):
        chosen = {"columns": 100, "rows": 30, "XDG_RUNTIME_DIR": runtime, "TMUX": ""} | options
        opened.append(Terminal(*words, home=tmp_path, **chosen))
        return opened[-1]

    yield start
    for terminal in opened:
        if terminal.status is None:
            terminal.close()


def shows(terminal, text):
    """Wait until the screen shows a text."""
    terminal.wait_for(lambda: any(text in line for line in terminal.lines), f"no {text!r}")


# -- At the prompt --------------------------------------------------------------------------------


def test_a_session_is_typed_at_the_prompt(open_terminal, session):
    """Its lines are typed letter by letter, its prose is told, and then the prompt is ours."""
    terminal = open_terminal("demo", session, "--here")
    shows(terminal, "Demo: Two lines. Space pauses, q leaves.")
    shows(terminal, "$ ../gr")
    assert "hello" not in terminal.lines
    shows(terminal, OVER)

    lines = terminal.lines
    assert (
        "hello"
        == lines[next(i for i, one in enumerate(lines) if one.endswith("$ ../greet.sh")) + 1]
    )
    assert "  What comes now is more." in lines
    assert (
        "more" == lines[next(i for i, one in enumerate(lines) if one.endswith("$ echo more")) + 1]
    )
    terminal.wait_for_prompt()
    assert ["ours"] == terminal.run("echo ours")


def test_space_pauses_and_goes_on(open_terminal, session):
    """Paused, nothing is typed and no key does anything; after a second space it goes on."""
    terminal = open_terminal("demo", session, "--here")
    shows(terminal, "$ .")
    terminal.type(" ")
    shows(terminal, "paused; space goes on")
    before = typed(terminal)
    terminal.type("zzz\r")
    terminal.type("\x1b[A")
    terminal.type(" ")
    shows(terminal, "Two lines: space pauses")
    assert typed(terminal).startswith(before)
    shows(terminal, "hello")

    assert not any("zzz" in line for line in terminal.lines)


def typed(terminal):
    """Give what stands behind the last prompt."""
    return [line for line in terminal.lines if "$ " in line][-1].partition("$ ")[2]


@pytest.mark.parametrize("key", ["q", "\x03", "\x04"])
def test_a_key_leaves(open_terminal, session, key):
    """q, Ctrl-C and Ctrl-D leave, whatever is being typed."""
    terminal = open_terminal("demo", session, "--here")
    shows(terminal, "$ .")
    terminal.type(key)

    assert 0 == terminal.wait_for_end()
    assert "hello" not in terminal.lines


def test_a_key_leaves_a_command_that_runs(open_terminal, tmp_path):
    """q leaves while a command runs that would never end."""
    path = tmp_path / "ever.vshell.yaml"
    path.write_text("steps:\n- run: echo before; sleep 100000\n- run: echo never\n")
    terminal = open_terminal("demo", str(path), "--here")
    shows(terminal, "before")
    terminal.wait_for(lambda: "before" in terminal.lines)
    terminal.type("q")

    assert 0 == terminal.wait_for_end()


def test_keys_of_a_command_are_pressed(open_terminal, tmp_path):
    """What is pressed while a command runs is pressed; a session may pause its own clock."""
    path = tmp_path / "keys.vshell.yaml"
    path.write_text(
        'steps:\n- run: read line; echo "<$line>"\n  press: [{after: 1s, keys: "abc\\r"}]\n'
        "- run: clock pause\n- run: echo still\n"
    )
    terminal = open_terminal("demo", str(path), "--here")
    shows(terminal, "<abc>")

    terminal.wait_for(lambda: "still" in terminal.lines)


# -- In the panel ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["panel", "--transcript"], ["demo"]])
def test_a_session_is_typed_in_the_panel(open_terminal, session, words):
    """Where there is no tmux or no room, the panel plays it at its own command line."""
    terminal = open_terminal(*words, session, PATH="/nonexistent", columns=200)
    terminal.wait_for(lambda: "hello" in terminal.lines)
    terminal.wait_for(lambda: "more" in terminal.lines)
    terminal.type("q")

    assert 0 == terminal.wait_for_end()
    assert terminal.raw.rfind(b"\x1b[?1049l") > terminal.raw.rfind(b"\x1b[?1049h")


# -- Beside each other ----------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_prompt_and_panel_beside_each_other(open_terminal, session, runtime):
    """In a wide window the panel is beside the prompt, and both end with the demo."""
    terminal = open_terminal("demo", session, columns=180, rows=40, TMUX_TMPDIR=runtime)
    shows(terminal, "threads")
    shows(terminal, "$ ../greet.sh")
    shows(terminal, OVER)
    rows = [line for line in terminal.lines if "│" in line]
    assert len(rows) > 30
    terminal.enter("exit 0")

    assert 0 == terminal.wait_for_end()
    assert [] == processes_with(session)
    assert [] == [name for name in os.listdir(runtime) if name != "vshell"]


def processes_with(text):
    """Give the processes that live and name this in their command line or environment."""
    done = subprocess.run(
        ["ps", "ax", "-o", "stat=,args="], capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if text in line and line[0] != "Z"]


# -- Attaching ------------------------------------------------------------------------------------


def test_the_panel_attaches_to_a_running_prompt(open_terminal):
    """In a second terminal the panel shows what the first does; killed, it disturbs nobody."""
    prompt = open_terminal()
    prompt.wait_for_prompt()
    prompt.run("sleep 1000 &")
    panel = open_terminal("panel", "--pid", str(prompt.pid))
    shows(panel, "sleep")
    os.kill(panel.pid, signal.SIGKILL)
    panel.wait_for_end()
    assert ["[1]+  Running                 sleep 1000 &"] == prompt.run("jobs")
    other = open_terminal("panel", f"--pid={prompt.pid}")
    shows(other, "sleep")
    os.kill(other.pid, signal.SIGTERM)

    assert 128 + signal.SIGTERM == other.wait_for_end()
    assert other.raw.rfind(b"\x1b[?1049l") > other.raw.rfind(b"\x1b[?1049h")


def test_there_must_be_one_to_attach_to(open_terminal):
    """Where no such vshell runs, a line says so, with status 2."""
    terminal = open_terminal("panel", "--pid", "1")

    assert 2 == terminal.wait_for_end()
    assert ["vshell: no vshell with process 1 is running that could be watched"] == terminal.lines


# -- Command lines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["panel"], "the panel needs a terminal"),
        (["panel", "--pid"], "panel: option '--pid' requires an argument"),
        (["panel", "--pid", "x"], "panel: no process: 'x'"),
        (["panel", "--pid", "0"], "panel: no process: '0'"),
        (["panel", "x"], "panel: unrecognized option 'x'"),
        (["panel", "--transcript", "nosuch"], "nosuch:1:1: no lesson, story or file has this name"),
        (["panel", "--transcript=kthread-park"], "the panel needs a terminal"),
        (["panel", "--speed", "0"], "the speed must be a positive number, not '0'"),
        (["demo", "kthread-park"], "a demo needs a terminal"),
        (["demo", "nosuch"], "nosuch:1:1: no lesson, story or file has this name"),
        (["demo", "a", "b"], "demo takes one name, not 'a b'"),
        (["demo", "--speed"], "demo: option '--speed' requires an argument"),
        (["demo", "--nosuch"], "demo: unrecognized option '--nosuch'"),
    ],
)
def test_a_wrong_command_line_is_one_line(capsys, words, text):
    """What cannot be is told in one line, with status 2."""
    assert 2 == main(words)
    assert ("", f"vshell: {text}\n") == capsys.readouterr()


def test_demos_have_names(capsys):
    """Without a name the lessons are listed, and the stories where they came along."""
    assert 0 == main(["demo"])
    lines = capsys.readouterr().out.splitlines()

    assert "kthread-park     Parking and unparking a kernel thread" == lines[0]
    assert any(line.startswith("kthread_park ") for line in lines)


@pytest.mark.parametrize("name", ["panel", "demo"])
def test_each_has_help(capsys, name):
    """--help says what the command is for."""
    assert 0 == main([name, "--help"])
    assert capsys.readouterr().out.startswith(f"usage: vshell {name}")


def test_a_demo_that_needs_two_prompts_is_refused(capsys, tmp_path):
    """A transcript with a second terminal is refused by its line."""
    path = tmp_path / "two.vshell.yaml"
    path.write_text("steps:\n- run: ls\n- run: ps\n  terminal: b\n")

    assert 2 == main(["demo", str(path)])
    assert f"vshell: {path}:3:8: a demo has one prompt" in capsys.readouterr().err


def test_demos_load_no_more_than_they_need():
    """Importing the demo's command loads neither prompt_toolkit nor textual."""
    code = "import sys, vshell.cli.demo; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert set() == {"textual", "prompt_toolkit", "rich"} & set(done.stdout.split())
