"""Terminals that give every key as it is pressed, for a while."""

from __future__ import annotations

import pytest

from tests.kernel.terminal import Terminal, errno_of
from vshell.abi.errno import EINTR
from vshell.abi.signals import SIGINT
from vshell.kernel.tty import Question


@pytest.fixture
def terminal(bench):
    return Terminal(bench)


@pytest.fixture
def ended():
    return []


def enter(terminal, ended):
    terminal.tty.enter_raw(lambda: ended.append(terminal.tty.is_raw))


def test_every_key_is_read_at_once(terminal, ended):
    """A key is read as it is pressed, Enter as a newline, and nothing is shown."""
    enter(terminal, ended)
    found = terminal.run(lambda sys: [sys.read(0) for _ in range(4)])
    terminal.type(b"a\x7f\r")
    assert [] == found
    terminal.type(b"\x04")

    assert ([[b"a", b"\x7f", b"\n", b"\x04"]], b"") == (found, terminal.shown)


def test_keys_that_send_signals_still_do(terminal, ended):
    """Ctrl-C reaches who reads as a signal, and shows nothing."""
    enter(terminal, ended)
    caught = []

    def read(sys):
        sys.sigaction(SIGINT, caught.append)
        return errno_of(sys.read, 0)

    found = terminal.run(read)
    terminal.type(b"\x03")

    assert ([EINTR], [SIGINT], b"") == (found, caught, terminal.shown)


def test_half_a_line_can_be_read(terminal, ended):
    """What was typed of a line before is read, up to where it was."""
    terminal.tty.receive(b"ha")
    enter(terminal, ended)

    assert [b"ha"] == terminal.run(lambda sys: sys.read(0))


def test_lines_come_back(terminal, ended):
    """Afterwards lines are collected and shown again; who took the keys is told once."""
    enter(terminal, ended)
    terminal.tty.leave_raw()
    terminal.tty.leave_raw()
    found = terminal.run(lambda sys: sys.read(0))
    terminal.type(b"ls\r")

    assert ([b"ls\n"], b"ls\n", [False]) == (found, terminal.shown, ended)


def test_a_shell_that_asks_takes_the_terminal_back(terminal, ended):
    """A question ends it before the front end hears of it."""
    enter(terminal, ended)
    seen = []
    terminal.tty.on_change = lambda: seen.append(terminal.tty.is_raw)
    terminal.tty.ask(Question("$ ", 0, 1))

    assert ([False], [False]) == (ended, seen)
