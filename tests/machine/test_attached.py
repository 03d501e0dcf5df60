"""A prompt in another process, through the real socket: its terminal, and what it asks."""

from __future__ import annotations

import shutil
import socket
import tempfile
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.machine.watching import WAIT_S, Front, Watcher
from vshell.abi import wire
from vshell.machine import sockets
from vshell.machine.client import connect, running
from vshell.machine.host import Host
from vshell.machine.remote import RemoteDesk
from vshell.machine.thread import Machine

PROMPT = "kthread_examples\x1b[00m$ "


class Listener:
    """Keeps what a terminal tells."""

    def __init__(self):
        self.heard = SimpleQueue()
        self.output = b""

    def on_output(self, data):
        """Keep what was written."""
        self.output += data

    def on_question(self, prompt, typed):
        """Note that a line is wanted."""
        self.heard.put(("question", prompt, typed))

    def on_end(self, status):
        """Note the end of the session."""
        self.heard.put(("end", status))

    def on_failure(self, text):
        """Note the end of the host."""
        self.heard.put(("failure", text))

    def wait(self):
        """Wait for a prompt or an end."""
        return self.heard.get(timeout=WAIT_S)


class Seat:
    """A prompt at a desk: enters lines, waits for what they show."""

    def __init__(self, columns=80, rows=24):
        self.desk = RemoteDesk()
        self.listener = Listener()
        self.terminal = self.desk.open(self.listener, columns, rows, None)
        self.listener.wait()

    def run(self, line):
        """Run a line; give what has been written until the next prompt."""
        self.listener.output = b""
        self.terminal.answer(line)
        self.listener.wait()
        return self.listener.output.decode()


@pytest.fixture
def runtime(monkeypatch):
    """A directory of our own for sockets; its path must be short."""
    folder = tempfile.mkdtemp(prefix="vs", dir="/tmp")
    monkeypatch.setattr(sockets, "folders", lambda: [f"{folder}/vshell"])
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.fixture
def machine(runtime):
    """A machine with a server, in real time: nothing here waits for virtual seconds."""
    made = Machine(Host, rate=1000.0, server=True)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def first(machine):
    """The machine's first terminal."""
    return Front(machine)


@pytest.fixture
def sit(first):
    """Attach prompts."""
    made = []

    def attach(**options):
        made.append(Seat(**options))
        return made[-1]

    yield attach
    for one in made:
        one.desk.close()


def test_another_terminal_of_the_same_host(sit, first):
    """It has a terminal and a shell of its own, and the files are the same."""
    seat = sit(columns=100, rows=30)

    assert "/dev/pts/1\n30 100\n" == seat.run("tty; stty size")
    assert "" == first.run("echo from the first > /tmp/x")
    assert "from the first\n" == seat.run("cat /tmp/x")
    assert "" == seat.run("cd /; X=1")
    assert "/home/test/kthread_examples\n" == first.run("echo $X$PWD")


def test_keys_go_as_they_are_pressed(sit):
    """A program gets keys through the terminal's line discipline, with its echo."""
    seat = sit()
    seat.listener.output = b""
    seat.terminal.answer("cat > /tmp/typed")
    seat.terminal.press("\u00e4nt".encode()[:1])
    seat.terminal.press("\u00e4nt".encode()[1:] + b"\x7fs\r\x00\x04")
    seat.terminal.press(b"\x04")
    seat.listener.wait()

    assert "\u00e4nt\b \bs\n^@" == seat.listener.output.decode()
    assert " 303 244 n s \\n \\0\n" == seat.run("od -An -c /tmp/typed | tr -s ' '")


def test_keys_that_send_signals(sit):
    """Ctrl-C ends the job in the foreground, Ctrl-C at the prompt gives the line up."""
    seat = sit()
    seat.terminal.answer("sleep 100000")
    seat.terminal.press(b"\x03")
    seat.listener.wait()
    assert "130\n" == seat.run("echo $?")

    seat.run("true")
    seat.terminal.cancel_line()
    seat.listener.wait()
    assert "130\n" == seat.run("echo $?")


def test_typed_ahead(sit):
    """What nobody has read yet begins the next line."""
    seat = sit()
    seat.terminal.answer("sleep 500")
    seat.terminal.press(b"echo ahead")

    kind, prompt, typed = seat.listener.wait()
    assert ("question", "echo ahead") == (kind, typed)
    assert prompt.endswith(PROMPT)

    seat.terminal.press(b"later")
    assert "later" == seat.desk.survey().typed


def test_a_raw_program_has_every_key(sit):
    """A program that reads key by key gets a key without Enter."""
    seat = sit()
    seat.terminal.answer("seq 100 | less")
    seat.terminal.press(b"q")

    assert "question" == seat.listener.wait()[0]


def test_completion_over_the_wire(sit):
    """What could stand at the cursor comes from the shell at this terminal."""
    seat = sit()
    seat.run("mkdir -p /tmp/d/inner; cd /tmp/d")

    assert [("inner/", 3, "inner/", "")] == [
        (one.text, one.start, one.shown, one.meta) for one in seat.desk.complete("cd i")
    ]
    (found,) = seat.desk.complete("ls --almost")
    assert ("--almost-all ", "-A, --almost-all", "as --all, without . and ..") == (
        found.text,
        found.shown,
        found.meta,
    )


def test_what_the_editor_needs_to_know(sit):
    """Commands, mode, second prompt and title are those of the shell that asks."""
    seat = sit()
    survey = seat.desk.survey()
    assert {"rmmod", "cd", "while"} <= set(survey.commands)
    assert ("emacs", "> ", False, "test@test-V520-15IKL: ~/kthread_examples") == (
        survey.editing,
        survey.more,
        survey.is_more,
        survey.title,
    )

    seat.run("set -o vi; PS2='more> '; cd /etc")
    seat.run("sudo su")
    survey = seat.desk.survey()
    assert ("emacs", "> ", "root@test-V520-15IKL: /etc") == (
        survey.editing,
        survey.more,
        survey.title,
    )
    seat.run("exit")
    assert ("vi", "more> ") == (seat.desk.survey().editing, seat.desk.survey().more)

    seat.terminal.answer("echo 'open")
    assert "more> " == seat.listener.wait()[1]
    assert seat.desk.survey().is_more


def test_a_glance(sit, first):
    """Time, rate, states and taint are the host's."""
    seat = sit()
    glance = seat.desk.glance()
    assert (1000.0, False, "") == (glance.rate, glance.is_paused, glance.taint)
    assert 100_000_000_000 <= glance.now_ns
    assert ["S", "I"] == [letter for letter, _ in glance.states if letter != "R"]

    first.run("cd ~/kthread_examples; make >/dev/null 2>&1; sudo insmod ./kthread.ko")
    assert "OE" == seat.desk.glance().taint
    first.run("clock pause")
    assert seat.desk.glance().is_paused


def test_leaving_leaves_the_host(sit, first):
    """The end of the input ends the session of this terminal only."""
    seat = sit()
    seat.terminal.end_input()

    assert ("end", 0) == seat.listener.wait()
    assert "1\n" == first.run("ps -e -o comm= | grep -c '^bash$'")


def test_who_is_gone_hangs_up(sit, first):
    """A prompt that goes away without a word leaves no shell and no job behind."""
    seat = sit()
    seat.run("sleep 1000000 &")
    seat.desk.close()

    assert "0\n" == first.run("sleep 100; ps -e | grep -c 'pts/1'")


def test_the_hosts_end_is_told(machine, sit):
    """When the host's process ends, the prompt hears of it, and then nobody answers."""
    seat = sit()
    machine.stop()

    assert ("failure", "the host is gone: vshell has ended") == seat.listener.wait()
    assert None is seat.desk.glance()
    assert [] == seat.desk.complete("rmm")


def test_a_long_paste(sit):
    """Two thousand lines go through; a line that is too long is given up, and told."""
    seat = sit()
    lines = "\n".join(f"echo {number} >> /tmp/pasted" for number in range(2000))
    seat.run(lines)
    assert "2000 1999\n" == seat.run("echo $(wc -l < /tmp/pasted) $(tail -n 1 /tmp/pasted)")

    assert "vshell: the line is too long\n" == seat.run("#" * 1_000_000)
    assert "alive\n" == seat.run("echo alive")


def test_megabytes_of_output(sit):
    """Ten megabytes arrive whole, and in order."""
    seat = sit()
    seat.run("seq 10000 > /tmp/s; for i in {1..204}; do cat /tmp/s; done > /tmp/large")
    shown = seat.run("cat /tmp/large")

    assert "".join(f"{number}\n" for number in range(1, 10_001)) * 204 == shown


def test_many_small_writes(sit):
    """A hundred thousand lines, each written for itself, arrive as fast as they are made."""
    seat = sit()

    assert "".join(f"{number}\n" for number in range(1, 100_001)) == seat.run("seq 100000")


def test_output_stays_in_order(sit):
    """What a background job writes while a prompt waits comes behind that prompt."""
    seat = sit()
    order = []
    on_output, on_question = seat.listener.on_output, seat.listener.on_question
    seat.listener.on_output = lambda data: (order.append(data), on_output(data))
    seat.listener.on_question = lambda *told: (order.append("?"), on_question(*told))
    seat.run("(sleep 300; echo behind) & echo before")
    while b"behind" not in seat.listener.output:
        seat.run("sleep 100")

    text = "".join(one if one == "?" else one.decode() for one in order)
    assert 0 <= text.index("before") < text.index("?") < text.index("behind")


def test_a_prompt_hears_of_no_events(sit, first):
    """Whoever is only a prompt is told neither views nor events; a viewer beside it is."""
    seat = sit()
    viewer = Watcher(connect)
    viewer.begin()
    heard = []
    pass_on = seat.desk._tell
    seat.desk._tell = lambda message: (heard.append(message), pass_on(message))
    seat.run("sleep 1000")
    viewer.until(lambda one: isinstance(one, wire.Batch) and one.emitted)
    viewer.link.close()

    assert not [one for one in heard if isinstance(one, wire.Batch)]


def test_prompts_cannot_ask_for_what_viewers_can(sit):
    """What is a viewer's is refused to a prompt, and the other way round."""
    seat = sit()
    answers = SimpleQueue()
    seat.desk._tell = answers.put
    seat.desk._link.clock("pause")
    seat.desk._link.ask("open", (80, 24))

    assert "a prompt cannot ask for that: clock" == answers.get(timeout=WAIT_S).error
    assert "its terminal is open" == answers.get(timeout=WAIT_S).error

    viewer = Watcher(connect)
    assert "a viewer cannot ask for that: survey" == (
        viewer.answer(viewer.link.ask("survey", "")).error
    )
    viewer.link.close()


def test_nothing_before_the_terminal(first):
    """A prompt that has not opened its terminal is told so."""
    desk = RemoteDesk()
    assert "test" == desk.hello().user
    answers = SimpleQueue()
    desk._tell = answers.put
    desk._link.ask("answer", "ls")

    assert "its terminal is not open" == answers.get(timeout=WAIT_S).error
    desk.close()


@pytest.mark.parametrize(
    "request_line",
    [b'[1, "open", [0, 24]]\n', b'[1, "press", 5]\n', b'[1, "answer", "a\\u0000b"]\n'],
)
def test_nonsense_ends_its_prompt_only(first, request_line):
    """A prompt that sends nonsense is closed; the host goes on."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(WAIT_S)
        sock.connect(running()[0][1])
        sock.sendall(wire.greeting(role=wire.PROMPT_ROLE) + request_line)
        received = b""
        while data := sock.recv(65536):
            received += data
    assert b'"error"' in received

    assert "alive\n" == first.run("echo alive")
