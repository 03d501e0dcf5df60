"""The panel of a machine's terminals: who is asked for it, and who has none."""

from __future__ import annotations

from queue import SimpleQueue

import pytest

from tests.machine.watching import WAIT_S, watch
from vshell.machine.host import Host
from vshell.machine.thread import Machine


class Front:
    """A terminal with a panel."""

    def __init__(self):
        self.heard = SimpleQueue()
        self.output = b""

    def show(self):
        """Note that the panel is wanted."""
        self.heard.put("show")

    def end(self):
        """Note that it is not any more."""
        self.heard.put("end")

    def on_output(self, data):
        """Keep what was written."""
        self.output += data

    def on_question(self, prompt, typed):
        """Note that a line is wanted."""
        self.heard.put(f"question {typed}".rstrip())

    def on_end(self, status):
        """Note the end of the session."""
        self.heard.put(status)

    def on_failure(self, text):
        """Note that the machine failed."""
        self.heard.put(text)

    def next(self):
        """Wait for the next note."""
        return self.heard.get(timeout=WAIT_S)


@pytest.fixture
def machine():
    made = Machine(Host, rate=0.0)
    made.start()
    yield made
    made.stop()


def open_front(machine, *, has_panel=True):
    """Open a terminal and wait for its prompt."""
    front = Front()
    front.terminal = machine.open_terminal(front, 80, 24, front if has_panel else None)
    assert "question" == front.next()
    return front


def test_the_front_end_is_asked(machine):
    """The terminal's front end hears when the panel is wanted, and when it is not any more."""
    front = open_front(machine)
    front.terminal.answer("panel")
    assert "show" == front.next()
    front.terminal.press(b"q")

    assert ["end", "question"] == [front.next(), front.next()]


def test_what_is_pressed_behind_q_is_typed_ahead(machine):
    """Keys behind the q come back with the question."""
    front = open_front(machine)
    front.terminal.answer("panel")
    assert "show" == front.next()
    front.terminal.press(b"qls")

    assert ["end", "question ls"] == [front.next(), front.next()]


def test_a_hangup_ends_it(machine):
    """When the terminal goes the panel goes, and the session ends."""
    front = open_front(machine)
    front.terminal.answer("panel")
    assert "show" == front.next()
    front.terminal.hang_up()

    assert "end" == front.next()
    assert 129 == front.next()


def test_a_front_end_without_a_panel(machine):
    """A front end that has none is not asked; the program says so."""
    front = open_front(machine, has_panel=False)
    front.terminal.answer("panel")

    assert "question" == front.next()
    assert b"panel: this terminal cannot show it\n" == front.output


def test_the_terminal_within_a_panel(machine):
    """At a viewer's own terminal there is a panel already."""
    open_front(machine)
    viewer = watch(machine)
    viewer.link.type_line("panel")
    viewer.question()
    viewer.question()

    assert "panel: this terminal shows one already" in viewer.output().decode()


def test_the_time_can_be_asked_by_anybody(machine):
    """Other threads can ask for virtual time; before the boot it is 0."""
    assert 0 == Machine(Host).now_ns()
    open_front(machine)
    now_ns = machine.query(lambda host, _pid: host.kernel.now_ns)

    assert now_ns == machine.now_ns() > 0
