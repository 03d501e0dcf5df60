"""SIGKILL at any moment leaves a terminal that can be used, and a next start that works."""

from __future__ import annotations

import os
import signal
import sys
import termios

import pytest

from tests.console.terminal import Terminal
from vshell.transcript.load import load

# A shell without an editor of its own leaves the terminal as it finds it.
PLAIN_SHELL = ["/bin/sh", "-c", "stty -a; {} && :; echo ended $?; read line; echo got $line"]
TRIES_MAX = 50
COOKED = termios.ECHO | termios.ICANON | termios.ISIG
# What each place is reached by, None for waiting for the prompt; the last thing that it shows.
PLACES = {
    "at once": ([], None),
    "at the prompt": ([], "$"),
    "in a half-typed line": (["echo hal"], "$ echo hal"),
    "while a command runs": (["echo one; sleep 100\r"], "one"),
    "while a program reads": (["cat\r", "hello\r"], "hello"),
    "in a search of the history": (["echo one\r", None, "\x12one"], "one"),
}


@pytest.fixture
def shell(tmp_path):
    """Run a vshell under a plain shell; give its terminal."""
    opened = []

    def start(*words):
        command = " ".join([sys.executable, "-m", "vshell", *map(str, words)])
        line = [*PLAIN_SHELL[:2], PLAIN_SHELL[2].format(command)]
        opened.append(
            Terminal(command=line, home=tmp_path, columns=110, XDG_RUNTIME_DIR=str(tmp_path))
        )
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


def vshell_under(terminal):
    with open(f"/proc/{terminal.pid}/task/{terminal.pid}/children", encoding="ascii") as file:
        return int(file.read().split()[0])


def kill_in(terminal):
    """Kill the vshell and wait until the terminal has its own mode again."""
    os.kill(vshell_under(terminal), signal.SIGKILL)
    terminal.wait_for(lambda: "ended 137" in "\n".join(terminal.lines))
    terminal.wait_for(lambda: b"\x1b[?25h\r\n" in terminal.raw or not is_taken(terminal))
    terminal.enter("typed")
    # What is typed appears, and Enter ends the line.
    terminal.wait_for(lambda: "got typed" in terminal.lines, "no usable terminal")
    lines = [line for line in terminal.lines if line]
    assert "typed" == lines[lines.index("got typed") - 1]


def is_taken(terminal):
    return termios.tcgetattr(terminal.fd)[3] & COOKED != COOKED


@pytest.mark.slow  # a session at the paced prompt
@pytest.mark.parametrize("place", PLACES)
def test_the_terminal_can_be_used(shell, tmp_path, place):
    """Whatever the prompt was doing, the terminal is its own again when vshell has been killed."""
    keys, shown = PLACES[place]
    terminal = shell()
    if shown is None:
        terminal.wait_for(lambda: is_taken(terminal) and terminal.lines[-1].endswith("$"))
    else:
        terminal.wait_for_prompt()
        for one in keys:
            if one is None:
                terminal.wait_for_prompt()
            else:
                terminal.type(one)
        terminal.wait_for(lambda: terminal.lines[-1].endswith(shown))
    kill_in(terminal)

    assert b"\x1b[?2004l" in terminal.raw[terminal.raw.rindex(b"$") :] or shown is None
    left = list((tmp_path / "vshell").glob("*.sock"))
    again = shell()
    again.wait_for_prompt()
    assert ["hello"] == again.run("echo hello")
    # The new one takes the stale socket away and makes its own, some time after its first prompt.
    for _ in range(TRIES_MAX):
        if not set(left) & set((tmp_path / "vshell").glob("*.sock")):
            break
        again.run("sleep 0.1")
    else:
        raise AssertionError(left)


@pytest.mark.slow  # a session at the paced prompt
def test_no_shown_line_of_a_recording_is_lost(shell, tmp_path):
    """A recording that is killed while lines run over the screen has every one that was shown."""
    path = tmp_path / "a.vshell.yaml"
    terminal = shell("record", path)
    terminal.wait_for_prompt()
    terminal.run("echo first")
    terminal.enter("i=0; while true; do echo line $((i++)); sleep 0.01; done")
    terminal.wait_for(lambda: "line 30" in terminal.lines)
    shown = [line for line in terminal.lines if line.startswith("line ")]
    kill_in(terminal)
    steps = load(str(path)).steps

    assert ("first",) == steps[0].out
    assert shown == [line for line in steps[1].out if line in shown]
    assert [f"line {number}" for number in range(len(steps[1].out))] == list(steps[1].out)


@pytest.mark.slow  # starts a process
def test_a_normal_end_leaves_no_guard(shell):
    """The process that watches over the terminal ends with the prompt."""
    terminal = shell()
    terminal.wait_for_prompt()
    process = vshell_under(terminal)
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
        [guard] = file.read().split()
    terminal.enter("exit 3")
    terminal.wait_for(lambda: "ended 3" in "\n".join(terminal.lines))

    assert not os.path.exists(f"/proc/{guard}")
    assert not is_taken(terminal)
