"""Programs that take the whole screen, at the prompt in a real pseudo-terminal."""

from __future__ import annotations

import pytest

from tests.console.terminal import Terminal

pytestmark = pytest.mark.slow  # each test starts vshell with its line editor


@pytest.fixture
def terminal(tmp_path):
    """Give vshell's prompt in a terminal of 80 columns and 24 rows."""
    opened = Terminal(home=tmp_path)
    opened.wait_for_prompt()
    yield opened
    opened.close()


def _shows(terminal, *texts):
    terminal.wait_for(
        lambda: all(any(text in line for line in terminal.lines) for text in texts), texts
    )


def test_less(terminal):
    """less pages by its keys, and leaves the prompt as it was."""
    terminal.enter("seq 100 | less")
    _shows(terminal, "23")
    terminal.type(" ")
    _shows(terminal, "46")
    terminal.type("G")
    _shows(terminal, "(END)", "100")
    terminal.type("g/^50$\r")
    _shows(terminal, "72")
    assert "50" == terminal.lines[0]
    terminal.type("q")
    terminal.wait_for_prompt()
    assert ["ok"] == terminal.run("echo ok")


def test_man(terminal):
    """man shows a page in less."""
    terminal.enter("man kthread_park")
    _shows(terminal, "Manual page kthread_park(9) line 1")
    terminal.type("q")
    terminal.wait_for_prompt()


def test_top(terminal):
    """top shows frame after frame, and q ends it."""
    terminal.enter("top -d 0.5")
    _shows(terminal, "top - ", "PID USER")
    first = terminal.lines[0]
    terminal.wait_for(lambda: terminal.lines[0] != first)
    terminal.type("q")
    terminal.wait_for_prompt()


def test_nano(terminal):
    """nano edits a file of the host."""
    terminal.enter("nano note")
    _shows(terminal, "GNU nano", "[ New File ]")
    terminal.type("hello\rworld")
    _shows(terminal, "hello", "world", "note *")
    terminal.type("\x18")
    _shows(terminal, "Save modified buffer?")
    terminal.type("y")
    _shows(terminal, "File Name to Write: note")
    terminal.type("\r")
    terminal.wait_for_prompt()
    assert ["hello", "world"] == terminal.run("cat note")
