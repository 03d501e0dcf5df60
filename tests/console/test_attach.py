"""``vshell attach``: a second terminal in a pseudo-terminal of its own."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile

import pytest

from tests.console.terminal import Terminal

pytestmark = pytest.mark.slow  # each test starts vshell twice, with its line editor

DEAF = """
from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_run, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init


def deaf(data):
    while True:
        msleep(1000)


def start():
    global task
    task = kthread_run(deaf, None, "deaf")
    return 0


def stop():
    kthread_stop(task)


module_init(start)
module_exit(stop)
MODULE_LICENSE("GPL")
"""
MAKEFILE = """obj-m += deaf.o
all:
\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules
"""


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
        opened.append(Terminal(*words, home=tmp_path, XDG_RUNTIME_DIR=runtime, **options))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def first(open_terminal, runtime):
    """The first terminal, when others can attach."""

    def start(*words):
        terminal = open_terminal(*words)
        terminal.wait_for_prompt()
        folder = f"{runtime}/vshell"
        while not (os.path.isdir(folder) and os.listdir(folder)):
            terminal.run("true")
        return terminal

    return start


def test_a_second_terminal_looks_while_rmmod_hangs(first, open_terminal, tmp_path):
    """What hangs in the first terminal can be looked at in the second, and the panel too."""
    workspace = tmp_path / "work"
    (workspace / "deaf").mkdir(parents=True)
    (workspace / "deaf" / "deaf.py").write_text(DEAF)
    (workspace / "deaf" / "Makefile").write_text(MAKEFILE)
    one = first("--workspace", str(workspace), "--speed", "20")
    one.run("cd ~/deaf; make > log 2>&1; sudo insmod ./deaf.ko")
    one.enter("sudo rmmod deaf")
    two = open_terminal("attach")
    two.wait_for_prompt()

    assert "test@test-V520-15IKL:~$" == two.lines[-1]
    assert ["D+   rmmod"] == two.run("ps -e -o stat,comm | grep rmmod$")
    assert ["deaf                   16384  -1"] == two.run("lsmod | grep deaf")
    assert ["/dev/pts/1"] == two.run("tty")
    one.wait_for(lambda: one.lines[-1].endswith("$ sudo rmmod deaf"))


def test_ctrl_d_leaves_only_that_terminal(first, open_terminal):
    """Ctrl-D ends the attached prompt with its status; the first one goes on."""
    one = first()
    two = open_terminal("attach", "--pid", str(one.pid))
    two.wait_for_prompt()
    told = f"Attached to vshell {one.pid} on test-V520-15IKL; Ctrl-D leaves this terminal only."
    assert told == two.lines[0]
    two.run("false")
    two.type("\x04")

    assert 1 == two.wait_for_end()
    assert "exit" == two.lines[-1]
    assert ["alive"] == one.run("echo alive")


def test_completion_history_and_colours_there(first, open_terminal):
    """Tab asks the host, Ctrl-R the history, and what is a command is green."""
    one = first()
    one.run("echo something to remember")
    two = open_terminal("attach")
    two.wait_for_prompt()
    two.type("ls kth\t")
    two.wait_for(lambda: two.lines[-1].rstrip().endswith("ls kthread.py"))
    row = two.screen.buffer[len(two.lines) - 1]
    assert "green" in row[len("test@test-V520-15IKL:~/kthread_examples$ ")].fg
    two.type("\x03")
    two.wait_for_prompt()
    two.type("\x12rmbr")
    two.wait_for(lambda: "echo something to remember" in two.lines[-1])
    two.type("\r")
    two.wait_for_prompt()

    assert "something to remember" in two.lines


def test_jobs_keys_and_size_there(first, open_terminal):
    """Ctrl-C ends a job, a program reads keys, the window's size is the terminal's own."""
    first()
    two = open_terminal("attach", columns=100, rows=30)
    two.wait_for_prompt()
    assert ["30 100"] == two.run("stty size")
    two.enter("cat")
    two.enter("hello")
    two.wait_for(lambda: two.lines[-2:] == ["hello", "hello"])
    two.type("\x03")
    two.wait_for_prompt()
    assert ["130"] == two.run("echo $?")
    two.resize(90, 20)
    two.enter("stty size")
    two.wait_for(lambda: "20 90" in two.lines)


@pytest.mark.parametrize("end", ["exit", "kill"])
def test_the_hosts_death_is_told(first, open_terminal, end):
    """When the first terminal ends, or is killed, the attached prompt says so and ends."""
    one = first()
    two = open_terminal("attach")
    two.wait_for_prompt()
    two.type("half a line")
    two.wait_for(lambda: two.lines[-1].endswith("half a line"))
    if end == "exit":
        one.enter("exit")
    else:
        os.kill(one.pid, signal.SIGKILL)

    assert 2 == two.wait_for_end()
    assert two.lines[-1].startswith("vshell: the host is gone: ")


def test_a_closed_window_leaves_no_shell(first, open_terminal):
    """Who closes the second window takes its shell and jobs along."""
    one = first("--speed", "20")
    two = open_terminal("attach")
    two.wait_for_prompt()
    two.run("sleep 100000 &")
    assert ["1"] == one.run("ps -e -o comm= | grep -c '^sleep$'")
    two.hang_up()

    deadline = 50
    while one.run("ps -e -o comm= | grep -c '^sleep$'") != ["0"] and deadline:
        one.run("sleep 2")
        deadline -= 1
    assert deadline


def test_nothing_to_attach_to(open_terminal):
    """Without a running vshell it says so, with status 2; so it does about a wrong process."""
    terminal = open_terminal("attach")
    assert 2 == terminal.wait_for_end()
    assert ["vshell: no vshell is running that could be watched"] == terminal.lines

    terminal = open_terminal("attach", "--pid", "x")
    assert 2 == terminal.wait_for_end()
    assert ["vshell: attach: no process: 'x'"] == terminal.lines
