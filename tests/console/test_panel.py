"""The panel in the prompt's place: the terminal lent, and given back as it was."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import termios

import pytest

from tests.console.terminal import Terminal
from vshell.cli import main

pytestmark = pytest.mark.slow  # each test starts vshell with its line editor, and the panel

STAND_IN = """
import asyncio, sys
from vshell.console.opening import run_prompt
from vshell.machine.host import Host

async def show(make_link):
{body}

sys.exit(run_prompt(Host, 1.0, show_panel=show))
"""
# Shows a word until the machine has told something and Enter has been pressed.
READS = """
    news = asyncio.Event()
    loop = asyncio.get_running_loop()
    link = make_link(lambda: loop.call_soon_threadsafe(news.set))
    await news.wait()
    sys.stdout.write("\\x1b[?1049h\\x1b[?25lSTAND-IN " + type(link.read()[0]).__name__)
    sys.stdout.flush()
    entered = asyncio.Event()

    def read():
        if sys.stdin.buffer.raw.read(1) == b".":
            loop.remove_reader(0)
            entered.set()

    loop.add_reader(0, read)
    await entered.wait()
    sys.stdout.write("\\x1b[?25h\\x1b[?1049l")
    return ""
"""
FAILS = """
    sys.stdout.write("\\x1b[?1049h\\x1b[?1003h\\x1b[?25l")
    sys.stdout.flush()
    raise ValueError("no\\npicture")
"""
QUITS = """
    sys.exit(7)
"""
BROKEN = """
import sys
from vshell.panel import app
def draw(self):
    raise ValueError("no picture")
app.Panel.draw = draw
from vshell.cli import main
sys.exit(main([]))
"""
ALT_ON, ALT_OFF = b"\x1b[?1049h", b"\x1b[?1049l"
BASH_WAITS = "do_wait"


@pytest.fixture
def open_terminal(tmp_path):
    """Start vshell in terminals that are closed after the test."""
    opened = []

    def start(*words, **options):
        opened.append(Terminal(*words, home=tmp_path, **{"columns": 100, "rows": 30} | options))
        opened[-1].wait_for_prompt()
        return opened[-1]

    yield start
    for terminal in opened:
        if terminal.status is None:
            terminal.close()


@pytest.fixture
def open_stand_in(open_terminal):
    """Start the prompt with something else than the panel."""
    return lambda body: open_terminal(command=[sys.executable, "-c", STAND_IN.format(body=body)])


def show(terminal):
    """Type "panel" and wait until it tells where the shell waits."""
    terminal.enter("panel")
    terminal.wait_for(lambda: any(BASH_WAITS in line for line in terminal.lines), "no panel")


def clock_s(terminal):
    """Give the virtual time that the panel's first line shows."""
    found = re.search(r" ([0-9.]+) s ", terminal.lines[0])
    return float(found[1]) if found else 0.0


def wait_until_back(terminal):
    """Wait until the panel has gone and the prompt is there."""
    terminal.wait_for(lambda: terminal.raw.rfind(ALT_OFF) > terminal.raw.rfind(ALT_ON) > 0)
    terminal.wait_for(lambda: terminal.raw.rfind(b"\x1b[?2004h") > terminal.raw.rfind(ALT_OFF))
    terminal.wait_for_prompt()


def mode(terminal):
    """Give the terminal's mode."""
    return termios.tcgetattr(terminal.fd)


def begun(pid):
    """Give the processes of a session that are not dead."""
    done = subprocess.run(
        ["ps", "-s", str(pid), "-o", "pid=,stat=,args="],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in done.stdout.splitlines() if line.split()[1][0] != "Z"]


# -- With the panel itself ------------------------------------------------------------------------


def test_q_gives_the_terminal_back(open_terminal):
    """After q the terminal has its mode, the shell its jobs, and nothing is left on."""
    terminal = open_terminal()
    terminal.run("sleep 1000 &")
    before = mode(terminal)
    show(terminal)
    assert terminal.raw.rfind(ALT_ON) > terminal.raw.rfind(ALT_OFF)
    terminal.type("q")
    wait_until_back(terminal)

    assert before == mode(terminal)
    assert terminal.raw.rfind(ALT_ON) < terminal.raw.rfind(ALT_OFF)
    assert terminal.raw.rfind(b"\x1b[?1003h") < terminal.raw.rfind(b"\x1b[?1003l")
    assert terminal.raw.rfind(b"\x1b[?25l") < terminal.raw.rfind(b"\x1b[?25h")
    assert ["0"] == terminal.run("echo $?")
    assert ["[1]+  Running                 sleep 1000 &"] == terminal.run("jobs")


def test_what_jobs_print_meanwhile_comes_afterwards(open_terminal):
    """What a background job prints while the panel is shown appears when the shell is back."""
    terminal = open_terminal("--speed", "50")
    terminal.run("(sleep 20; echo from behind; sleep 1000) &")
    show(terminal)
    shown = len(terminal.raw)
    terminal.wait_for(lambda: clock_s(terminal) > 130)
    assert b"from behind" not in terminal.raw[shown:]
    terminal.type("q")
    wait_until_back(terminal)

    assert "from behind" in terminal.raw[terminal.raw.rfind(ALT_OFF) :].decode()


def test_the_window_may_change_meanwhile(open_terminal):
    """The panel follows the window, whatever was exported, and programs hear of it afterwards."""
    terminal = open_terminal()
    show(terminal)
    terminal.resize(130, 40)
    terminal.wait_for(lambda: max(map(len, terminal.lines)) > 120)
    terminal.type("q")
    wait_until_back(terminal)

    assert ["40 130"] == terminal.run("stty size")


def test_killing_the_program_ends_the_panel(open_terminal):
    """When the program is killed, here from the panel's own command line, the shell is back."""
    terminal = open_terminal()
    before = mode(terminal)
    show(terminal)
    terminal.type(":")
    terminal.wait_for(lambda: any("$" in line for line in terminal.lines[-1:]), "no command line")
    terminal.enter("pkill -9 panel")
    wait_until_back(terminal)

    assert before == mode(terminal)
    assert "Killed" in terminal.raw[terminal.raw.rfind(ALT_OFF) :].decode()
    assert ["137"] == terminal.run("echo $?")


def test_a_recorded_panel_replays(open_terminal, tmp_path):
    """A session in which the panel was shown is recorded, and replays to the same."""
    path = tmp_path / "kept.vshell.yaml"
    terminal = open_terminal("record", str(path))
    show(terminal)
    terminal.type("q")
    wait_until_back(terminal)
    terminal.run("sleep 0.1; uname")
    terminal.type("\x04")
    terminal.wait_for_end()

    assert "- run: panel\n" in path.read_text()
    assert 0 == main(["replay", str(path)])


def test_a_panel_within_the_panel_is_refused(open_terminal):
    """At the panel's own command line ``panel`` says that there is one already."""
    terminal = open_terminal()
    show(terminal)
    terminal.type(":")
    terminal.wait_for(lambda: any("$" in line for line in terminal.lines[-1:]), "no command line")
    terminal.enter("panel")

    terminal.wait_for(
        lambda: any("panel: this terminal shows one already" in line for line in terminal.lines)
    )


def test_a_panel_that_cannot_draw_is_one_line(open_terminal):
    """A mistake in the panel's own code is a line, without a traceback; the shell goes on."""
    terminal = open_terminal(command=[sys.executable, "-c", BROKEN])
    before = mode(terminal)
    terminal.enter("panel")
    wait_until_back(terminal)
    after = terminal.raw[terminal.raw.rfind(ALT_OFF) :].decode()

    assert "vshell: the panel failed: ValueError: no picture\r" in after
    assert "Traceback" not in terminal.raw.decode()
    assert before == mode(terminal)
    assert ["0"] == terminal.run("echo $?")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_vshell_and_leaves_the_terminal_sane(open_terminal, number):
    """SIGTERM and SIGHUP end vshell; the terminal has its first mode again."""
    script = f'{sys.executable} -m vshell; echo status $?; stty -a; read line; echo "<$line>"'
    terminal = open_terminal(command=["sh", "-c", script])
    show(terminal)
    os.kill(vshell_under(terminal), number)
    terminal.wait_for(lambda: b" echo " in terminal.raw[terminal.raw.rfind(b"status") :])
    after = terminal.raw[terminal.raw.rfind(ALT_OFF) :].decode()

    assert f"status {128 + number}" in after
    assert " icanon " in after
    assert "-echo " not in after
    terminal.enter("typed")
    terminal.wait_for_end()
    assert b"<typed>" in terminal.raw
    assert [] == begun(terminal.pid)


def vshell_under(terminal):
    """Give the process of vshell that a shell in the terminal runs."""
    done = subprocess.run(
        ["ps", "--ppid", str(terminal.pid), "-o", "pid="],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_sigkill_leaves_the_terminal_sane(open_terminal):
    """Killed while the panel is shown, vshell leaves a terminal that can be used, and nobody."""
    script = f'{sys.executable} -m vshell; read line; stty -a; echo "<$line>"'
    terminal = open_terminal(command=["sh", "-c", script])
    show(terminal)
    os.kill(vshell_under(terminal), signal.SIGKILL)
    terminal.wait_for(lambda: terminal.raw.endswith(b"\x1b[?25h") or b"Killed" in terminal.raw)
    terminal.wait_for(lambda: terminal.raw.rfind(ALT_OFF) > terminal.raw.rfind(ALT_ON))
    terminal.wait_for(lambda: mode(terminal)[3] & termios.ICANON or not terminal.enter("?"))
    terminal.enter("typed")
    terminal.wait_for_end()

    after = terminal.raw[terminal.raw.rfind(ALT_OFF) :].decode()
    assert " icanon " in after
    assert "-echo " not in after
    assert [] == begun(terminal.pid)


def test_a_closed_terminal_leaves_nobody(open_terminal):
    """When the window is closed while the panel is shown, no process is left."""
    terminal = open_terminal()
    show(terminal)
    terminal.close()

    assert 128 + signal.SIGHUP == terminal.status
    assert [] == begun(terminal.pid)


# -- With a stand-in ------------------------------------------------------------------------------


def test_what_is_lent_gets_a_link(open_stand_in):
    """Whoever shows the panel gets what makes a link with the machine, and the keys."""
    terminal = open_stand_in(READS)
    terminal.enter("panel")
    terminal.wait_for(lambda: "STAND-IN Hello" in "".join(terminal.lines))
    terminal.type("xy.")
    wait_until_back(terminal)

    assert ["0"] == terminal.run("echo $?")


def test_what_is_typed_behind_is_the_shells(open_stand_in):
    """What the panel has not read is there for the shell."""
    terminal = open_stand_in(READS)
    terminal.enter("panel")
    terminal.wait_for(lambda: "STAND-IN Hello" in "".join(terminal.lines))
    terminal.type(".echo be")
    terminal.wait_for_prompt_with("echo be")
    terminal.enter("hind")
    terminal.wait_for(lambda: "behind" in terminal.lines)


def test_the_next_command_waits_for_the_panel(open_stand_in):
    """A line typed behind the one that shows the panel runs afterwards."""
    terminal = open_stand_in(READS)
    terminal.enter("panel; echo after")
    terminal.wait_for(lambda: "STAND-IN Hello" in "".join(terminal.lines))
    assert "after" not in terminal.lines
    terminal.type(".")
    wait_until_back(terminal)

    assert any(line.endswith("after") for line in terminal.lines)


def test_a_failure_is_one_line(open_stand_in):
    """An exception is one line on the terminal, which is itself again; the shell goes on."""
    terminal = open_stand_in(FAILS)
    before = mode(terminal)
    terminal.enter("panel")
    wait_until_back(terminal)
    after = terminal.raw[terminal.raw.rfind(ALT_OFF) :].decode()

    assert "vshell: the panel failed: ValueError: no picture\r" in after
    assert "\x1b[?1003l" in after
    assert "\x1b[?25h" in after
    assert before == mode(terminal)
    assert ["back"] == terminal.run("echo back")


def test_whoever_exits_does_not_take_vshell_along(open_stand_in):
    """An exit of the panel is a failure of it."""
    terminal = open_stand_in(QUITS)
    terminal.enter("panel")
    terminal.wait_for_prompt()

    assert "vshell: the panel failed: SystemExit: 7" in terminal.lines
    assert ["back"] == terminal.run("echo back")


def test_ctrl_c_is_a_key_of_the_panel(open_stand_in):
    """Ctrl-C while the panel has the terminal is a key as others, and ends nothing."""
    terminal = open_stand_in(READS)
    terminal.enter("panel")
    terminal.wait_for(lambda: "STAND-IN Hello" in "".join(terminal.lines))
    terminal.type("\x03.")
    wait_until_back(terminal)

    assert ["0"] == terminal.run("echo $?")
