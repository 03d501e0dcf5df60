"""panel: the program that has the panel shown, and gives the terminal back."""

from __future__ import annotations

import pytest

from vshell.abi.errno import EBUSY, KernelError

WAIT_NS = 1_000_000_000


class Door:
    """A front end that can show the panel."""

    def __init__(self):
        self.told = []

    def show(self):
        """Note that it is shown."""
        self.told.append("shown")

    def end(self):
        """Note that it is not any more."""
        self.told.append("ended")


@pytest.fixture
def dialogue(make_dialogue):
    made = make_dialogue()
    made.tty.panel = Door()
    return made


def told(dialogue):
    return dialogue.tty.panel.told


def begin(dialogue, line="panel"):
    """Enter a line and let a second pass."""
    dialogue.enter(line)
    dialogue.wait_until(dialogue.host.kernel.now_ns + WAIT_NS)


def press(dialogue, keys):
    """Press keys and let a second pass."""
    now_ns = dialogue.host.kernel.now_ns
    dialogue.press(keys, now_ns + 1)
    dialogue.wait_until(now_ns + WAIT_NS)


def test_q_gives_the_terminal_back(dialogue):
    """The panel is shown until q is pressed; other keys do nothing, and none is echoed."""
    begin(dialogue)
    assert ["shown"] == told(dialogue)
    press(dialogue, b"x\r")
    assert (["shown"], False) == (told(dialogue), dialogue.is_waiting)
    press(dialogue, b"q")

    assert (["shown", "ended"], True) == (told(dialogue), dialogue.is_waiting)
    assert (0, "") == (dialogue.status, dialogue.take_output())


def test_what_is_typed_behind_q_is_left(dialogue):
    """Keys behind the q are for whoever reads next."""
    begin(dialogue, 'panel; read answer; echo "<$answer>"')
    press(dialogue, b"qyes\r")

    assert "<yes>\n" == dialogue.take_output()


@pytest.mark.parametrize(("keys", "status"), [(b"\x03", 130), (b"\x1c", 131)])
def test_a_signal_gives_the_terminal_back(dialogue, keys, status):
    """Ctrl-C ends the program, and with it the panel; lines are echoed again."""
    begin(dialogue)
    press(dialogue, keys)

    assert (["shown", "ended"], status) == (told(dialogue), dialogue.status)
    assert not dialogue.tty.is_raw


def test_sigkill_gives_the_terminal_back(dialogue):
    """Whatever kills the program ends the panel."""
    begin(dialogue, "(sleep 2; pkill -9 panel) & panel")
    assert ["shown"] == told(dialogue)
    dialogue.finish()

    assert (["shown", "ended"], 137) == (told(dialogue), dialogue.status)


def test_a_stopped_panel_goes_on(dialogue):
    """Ctrl-Z gives the terminal to the shell; fg shows the panel anew, and q ends it."""
    begin(dialogue)
    press(dialogue, b"\x1a")
    assert (["shown", "ended"], True) == (told(dialogue), dialogue.is_waiting)
    begin(dialogue, "fg")
    assert ["shown", "ended", "shown"] == told(dialogue)
    press(dialogue, b"q")

    assert (["shown", "ended"] * 2, True) == (told(dialogue), dialogue.is_waiting)
    assert 0 == dialogue.status


def test_in_the_background_it_waits(dialogue):
    """A panel in the background does not take the terminal: it is stopped until fg."""
    begin(dialogue, "panel &")
    assert [] == told(dialogue)
    assert "Stopped" in dialogue.type("jobs")
    begin(dialogue, "fg")
    assert ["shown"] == told(dialogue)


def test_the_end_of_the_terminal_ends_it(dialogue):
    """When the terminal hangs up the program ends."""
    begin(dialogue)
    dialogue.tty.hang_up()
    dialogue.finish()

    assert ["shown", "ended"] == told(dialogue)


def test_a_terminal_without_a_panel(dialogue):
    """Where the front end has no panel, a line says so, with status 1."""
    dialogue.tty.panel = None

    assert "panel: this terminal cannot show it\n" == dialogue.type("panel")
    assert 1 == dialogue.status


def test_there_is_one_at_a_time(dialogue):
    """A second panel at the same terminal, and one within a panel, is refused."""
    begin(dialogue, "(sleep 2; pkill -9 -o panel) & sh -c 'panel & panel; echo $?; wait'")
    dialogue.finish()

    assert "panel: this terminal shows one already\n" in dialogue.take_output()
    assert ["shown", "ended"] == told(dialogue)


def test_a_panel_refuses_its_own_terminal(dialogue):
    """What the front end says of itself is passed on."""

    def refuse():
        raise KernelError(EBUSY)

    dialogue.tty.panel.show = refuse
    assert "panel: this terminal shows one already\n" == dialogue.type("panel")
    assert not dialogue.tty.is_raw


def test_without_a_terminal(sh):
    """Without a controlling terminal it says what ioctl() does; with -c nobody can show it."""
    assert "panel: this terminal cannot show it\n" == sh("panel").err
    result = sh("setsid -w panel")

    assert (1, "panel: Inappropriate ioctl for device\n") == (result.status, result.err)


def test_its_command_line(sh):
    """It takes no operand; --help says that q ends it."""
    result = sh("panel x")
    assert (1, "panel: extra operand 'x'\n") == (result.status, result.err.splitlines(True)[0])
    assert "until q is pressed" in sh("panel --help").out
