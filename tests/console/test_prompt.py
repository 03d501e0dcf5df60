"""The prompt in a real pseudo-terminal, seen through a terminal emulator."""

from __future__ import annotations

import re

import pytest

from tests.console.terminal import Terminal

pytestmark = pytest.mark.slow  # each test starts vshell with its line editor

PROMPT = "test@test-V520-15IKL:~/kthread_examples$"


@pytest.fixture
def open_terminal(tmp_path):
    """Start vshell in terminals that are closed after the test; they share one history file."""
    opened = []

    def start(*words, **options):
        opened.append(Terminal(*words, home=tmp_path, **options))
        opened[-1].wait_for_prompt()
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


def test_the_tutorial_at_the_prompt(open_terminal):
    """Typed at the paced prompt, the tutorial's commands show the page's lines."""
    terminal = open_terminal("--speed", "20", columns=110, rows=50)

    made = terminal.run("make")
    terminal.run("sudo insmod ./kthread.ko")
    assert "  CC [M]  /home/test/kthread_examples/kthread.o" in made
    assert "  LD [M]  /home/test/kthread_examples/kthread.ko" in made
    assert ["kthread                16384  0"] == terminal.run("lsmod | grep kthread")
    assert [
        "   4097 ?        00:00:00 kthread_park thread1 example",
        "   4098 ?        00:00:00 kthread_park thread2 example",
    ] == terminal.run("ps -N | grep kthread_park")
    terminal.run("sleep 3")
    assert [] == terminal.run("sudo rmmod kthread")

    log = [line.partition("] ")[2] for line in terminal.run("dmesg | tail -n 20")]
    shown = log[log.index("Inside kthread init function") :]
    middle = shown[3:-3]
    assert ["thread1 created successfully", "thread2 created successfully"] == shown[1:3]
    assert {"Thread 2 execution"} == set(middle)
    assert len(middle) >= 3
    assert ["Inside kthread exit function", "Thread 1 execution", "destroyed thread"] == shown[-3:]


def test_the_prompt_is_coloured(open_terminal):
    """User and host are bright green, the folder bright blue, a command bold green."""
    terminal = open_terminal()
    terminal.type("ls")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ ls"))
    row = terminal.screen.buffer[len(terminal.lines) - 1]

    assert ("green", True) == (row[0].fg, row[0].bold)
    assert ("blue", True) == (row[22].fg, row[22].bold)
    assert "green" in row[len(PROMPT) + 1].fg


def test_ctrl_c_at_the_prompt(open_terminal):
    """Ctrl-C drops the line and sets the status 130."""
    terminal = open_terminal()
    terminal.type("rm -rf \x03")
    terminal.wait_for_prompt()

    assert ["130"] == terminal.run("echo $?")


def test_ctrl_c_ends_a_job(open_terminal):
    """Ctrl-C shows ^C and ends the job in the foreground."""
    terminal = open_terminal()
    terminal.enter("cat")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("cat"))
    terminal.enter("hello")
    terminal.wait_for(lambda: terminal.lines[-2:] == ["hello", "hello"])
    terminal.type("\x03")
    terminal.wait_for_prompt()

    assert "^C" in terminal.lines
    assert ["130"] == terminal.run("echo $?")


def test_ctrl_z_stops_a_job(open_terminal):
    """Ctrl-Z stops the job; jobs lists it; fg brings it back."""
    terminal = open_terminal("--speed", "1000")
    terminal.enter("cat")
    terminal.enter("x")
    terminal.wait_for(lambda: terminal.lines[-1] == "x")
    terminal.type("\x1a")
    terminal.wait_for_prompt()

    assert "[1]+  Stopped                 cat" in terminal.lines
    assert ["[1]+  Stopped                 cat"] == terminal.run("jobs")
    terminal.enter("fg")
    terminal.wait_for(lambda: terminal.lines[-1] == "cat")
    terminal.type("\x04")
    terminal.wait_for_prompt()
    assert ["0"] == terminal.run("echo $?")


def test_ctrl_d_leaves(open_terminal):
    """Ctrl-D at an empty prompt ends vshell with the last status, and says exit."""
    terminal = open_terminal()
    terminal.run("false")
    terminal.type("\x04")

    assert 1 == terminal.wait_for_end()
    assert "exit" == terminal.lines[-1]


def test_exit_ends_with_its_status(open_terminal):
    """The status of exit is vshell's."""
    terminal = open_terminal()
    terminal.enter("exit 3")

    assert 3 == terminal.wait_for_end()


def test_tab_completes(open_terminal):
    """Tab completes commands, files, and the names of loaded modules."""
    terminal = open_terminal("--speed", "20", columns=110)
    terminal.enter("mak\t >/dev/null 2>&1")
    terminal.wait_for_prompt()
    terminal.enter("sudo ins\t./kthread.k\t")
    terminal.wait_for_prompt()
    terminal.type("sudo rmmod kth\t")
    terminal.wait_for(lambda: terminal.lines[-1].rstrip().endswith("sudo rmmod kthread"))
    terminal.type("\r")
    terminal.wait_for_prompt()

    assert ["0"] == terminal.run("echo $?")


def test_history_is_kept(open_terminal):
    """A line of an earlier session comes back with Ctrl-R."""
    first = open_terminal()
    first.run("echo something to remember")
    first.enter("exit")
    first.wait_for_end()
    second = open_terminal()
    second.type("\x12to rem")
    second.wait_for(lambda: "echo something to remember" in second.lines[-1])
    second.type("\r")
    second.wait_for_prompt()

    assert "something to remember" in second.lines


def test_background_output_appears_above(open_terminal):
    """What a background job prints appears above the line that is being typed."""
    terminal = open_terminal("--speed", "5")
    terminal.enter("(sleep 2; echo from behind) &")
    terminal.wait_for_prompt()
    terminal.type("echo being typed")
    terminal.wait_for(lambda: "from behind" in terminal.lines)
    terminal.wait_for(lambda: terminal.lines[-1] == f"{PROMPT} echo being typed")
    terminal.type("\r")
    terminal.wait_for(lambda: "being typed" in terminal.lines)

    assert terminal.lines.index("from behind") < terminal.lines.index("being typed")


def test_a_line_goes_on(open_terminal):
    """An open quote asks for more with the second prompt."""
    terminal = open_terminal()
    terminal.enter('echo "one')
    terminal.wait_for(lambda: terminal.lines[-1] == ">")
    terminal.enter('two"')
    terminal.wait_for_prompt()

    assert ["one", "two"] == terminal.lines[-3:-1]


def test_many_lines_are_pasted(open_terminal):
    """A paste of many lines runs them in order, when Enter is pressed."""
    terminal = open_terminal()
    lines = "\r".join(f"echo number {n}" for n in range(8))
    terminal.type(f"\x1b[200~{lines}\x1b[201~\r")
    terminal.wait_for(lambda: "number 7" in terminal.lines)
    terminal.wait_for_prompt()

    shown = [line for line in terminal.lines if re.fullmatch(r"number \d", line)]
    assert [f"number {n}" for n in range(8)] == shown


def test_what_is_typed_ahead_comes_next(open_terminal):
    """What is typed while a command runs is the next line."""
    terminal = open_terminal("--speed", "5")
    terminal.enter("sleep 2")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("sleep 2"))
    terminal.enter("echo typed ahead")
    terminal.wait_for(lambda: "typed ahead" in terminal.lines)

    assert any(line == f"{PROMPT} echo typed ahead" for line in terminal.lines)


def test_the_window_can_change(open_terminal):
    """After a change of the window's size programs see the new one."""
    terminal = open_terminal()
    terminal.resize(100, 30)
    terminal.wait_for_prompt()

    assert ["30 100"] == terminal.run("stty size")


def test_suggestions_come_from_the_history(open_terminal):
    """A line typed before is suggested in grey, and taken with the right arrow."""
    terminal = open_terminal()
    terminal.run("echo a long line that was typed")
    terminal.type("echo a l")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("was typed"))
    terminal.type("\x1b[C")
    terminal.type("\r")
    terminal.wait_for_prompt()

    assert 2 == terminal.lines.count("a long line that was typed")


def test_help_is_for_a_newcomer(open_terminal):
    """Help names the tutorial's commands and fits into 80 columns."""
    terminal = open_terminal(rows=100)
    shown = terminal.run("help")

    assert any("make" in line for line in shown)
    assert any("rmmod kthread" in line for line in shown)
    assert any("Ctrl-R" in line for line in shown)
    assert max(map(len, shown)) < 80
