"""The machine in its own thread, on the free clock: nothing here waits for real time to pass."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Event

import pytest

from vshell.kernel.context import VshellBug
from vshell.machine.host import Host
from vshell.machine.panicked import PROMPT
from vshell.machine.thread import Machine, MachineStopped

WAIT_S = 20


class Front:
    """A listener that puts what it hears into a queue."""

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
        """Note that the machine failed."""
        self.heard.put(("failure", text))

    def next(self):
        """Wait for the next note."""
        return self.heard.get(timeout=WAIT_S)


@pytest.fixture
def machine():
    made = Machine(Host, rate=0.0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def front(machine):
    made = Front()
    made.terminal = machine.open_terminal(made, 80, 24)
    assert "question" == made.next()[0]
    return made


def test_a_line_is_run(front):
    """A line that is handed over is run, and the next prompt comes after its output."""
    front.terminal.answer("echo hello")

    assert "question" == front.next()[0]
    assert b"hello\n" == front.output


def test_the_end_is_told(front):
    """The end of the session comes with its status."""
    front.terminal.answer("exit 3")

    assert ("end", 3) == front.next()


def test_ctrl_d_ends_the_session(front):
    """The end of the input at a prompt ends the shell with the last status."""
    front.terminal.end_input()

    assert ("end", 0) == front.next()
    assert b"exit\n" == front.output


def test_ctrl_c_at_a_prompt_gives_a_new_one(front):
    """A line given up sets the status 130 and is asked for anew."""
    front.terminal.cancel_line()
    front.next()
    front.terminal.answer("echo $?")
    front.next()

    assert b"130\n" == front.output


def test_ctrl_c_ends_a_job(front):
    """The interrupt key ends the job in the foreground with status 130."""
    front.terminal.answer("cat")
    front.terminal.press(b"\x03")
    front.next()
    front.terminal.answer("echo $?")
    front.next()

    assert b"^C\n130\n" == front.output


def test_keys_reach_the_program_by_lines(front):
    """Typed keys are echoed, erased and handed over line by line."""
    front.terminal.answer("read x; echo got $x")
    front.terminal.press(b"abd\x7fc\r")
    front.next()

    assert b"abd\b \bc\ngot abc\n" == front.output


def test_keys_typed_ahead_go_to_the_next_prompt(machine, front):
    """What is typed while nobody reads comes with the next question."""
    gate = Event()
    # The machine stands until both entries are in its inbox.
    machine.put("query", 0, (lambda _host, _pid: gate.wait(WAIT_S), SimpleQueue()))
    front.terminal.answer("sleep 20")
    front.terminal.press(b"ls\r")
    gate.set()

    assert "ls\n" == front.next()[2]


def test_the_window_size_is_passed_on(front):
    """A program sees the window's size after a change."""
    front.terminal.resize(132, 43)
    front.terminal.answer("tput cols")
    front.next()

    assert b"132\n" == front.output


def test_two_terminals_share_a_host(machine, front):
    """A second terminal is a session of its own on the same host."""
    other = Front()
    other.terminal = machine.open_terminal(other, 80, 24)
    other.next()
    other.terminal.answer("tty; echo $$ > /tmp/pid")
    other.next()
    front.terminal.answer('[ "$(cat /tmp/pid)" != $$ ] && echo different')
    front.next()

    assert (b"/dev/pts/1\n", b"different\n") == (other.output, front.output)


def test_a_query_sees_the_host(machine, front):
    """A query runs in the host's thread with the session's pid."""
    assert 2914 == machine.query(lambda host, pid: pid)
    assert "test" == machine.query(lambda host, pid: host.settings.user)


def test_what_enters_is_kept(machine, front):
    """The log of inputs holds virtual times, and replays to the same output."""
    front.terminal.answer("sleep 2; echo done")
    front.next()
    front.terminal.answer("date")
    front.next()

    kinds = [(kind, value) for _, kind, _, value in machine.log]
    assert [("open", (80, 24)), ("line", "sleep 2; echo done"), ("line", "date")] == kinds
    times = [time_ns for time_ns, _, _, _ in machine.log]
    assert times == sorted(times)
    assert times[2] - times[1] > 2_000_000_000


def test_a_stopped_machine_answers_no_query(machine, front):
    """After the end a query says that the machine has stopped."""
    machine.stop()
    with pytest.raises(MachineStopped):
        machine.query(lambda host, pid: pid, wait_s=0.01)


def test_a_bug_of_vshell_is_told():
    """A failure of vshell itself reaches the front end as a text, not as a dead thread."""

    def fail():
        raise VshellBug("no such thing")

    machine = Machine(fail, rate=0.0)
    front = Front()
    machine.open_terminal(front, 80, 24)
    machine.start()

    kind, text = front.next()
    assert "failure" == kind
    assert "no such thing" in text


PANIC = "cd ~/oops; make >/dev/null 2>&1; sudo insmod oops.ko; sleep 2"


def panicked(front, timeout=0):
    """Have the kernel panic; give what the terminal shows of it."""
    front.terminal.answer(
        f"sudo sysctl -w kernel.panic_on_oops=1 kernel.panic={timeout} >/dev/null"
    )
    front.next()
    front.output = b""
    front.terminal.answer(PANIC)
    return front.next()


@pytest.mark.parametrize("leave", ["eof", "exit"])
def test_a_panic_is_shown_and_can_be_the_end(front, leave):
    """The terminal shows the report up to its last line; leaving then is a failure."""
    asked = panicked(front)
    lines = front.output.decode().split("\r\n")

    assert asked == ("question", PROMPT, "")
    assert "] BUG: kernel NULL pointer dereference, address: 0000" in lines[1]
    assert "---[ end Kernel panic - not syncing: Fatal exception ]---" in lines[-2]
    if leave == "eof":
        front.terminal.end_input()
    else:
        front.terminal.answer("exit")
    assert ("failure", "the virtual kernel has stopped: Fatal exception") == front.next()


@pytest.mark.parametrize("line", ["", "reboot"])
def test_after_a_panic_a_fresh_host_boots(machine, front, line):
    """Enter, or reboot, and the same terminal has a prompt on a host without modules or taints."""
    panicked(front)
    front.terminal.answer(line)
    kind, prompt, _ = front.next()
    front.output = b""
    front.terminal.answer("cat /proc/sys/kernel/tainted; lsmod | wc -l; tty; stty size")
    front.next()

    assert ("question", True) == (kind, "$ " in prompt)
    assert ["0", "1", "/dev/pts/0", "24", "80"] == front.output.decode().split()
    assert machine.query(lambda host, _: host.kernel.oops.panic_text) == ""


def test_a_panic_timeout_boots_by_itself(front):
    """With kernel.panic=5 nobody is asked."""
    kind, prompt, _ = panicked(front, timeout=5)

    assert b"Rebooting in 5 seconds.." in front.output
    assert ("question", True) == (kind, "$ " in prompt)


def test_reboot_boots_a_fresh_host(machine, front):
    """All sessions that are open begin anew; one that had ended stays ended."""
    second, third = Front(), Front()
    second.terminal = machine.open_terminal(second, 90, 30)
    third.terminal = machine.open_terminal(third, 80, 24)
    second.next()
    third.next()
    third.terminal.answer("exit")
    assert "end" == third.next()[0]
    front.terminal.answer("echo x > /tmp/kept")
    front.next()
    front.terminal.answer("sudo reboot; sleep 1000")
    assert ["question"] * 2 == [front.next()[0], second.next()[0]]
    second.output = b""
    second.terminal.answer("ls /tmp/kept; tty; stty size")
    second.next()

    assert b"No such file" in second.output
    assert ["/dev/pts/1", "30", "90"] == second.output.decode().split()[-3:]
    assert third.heard.empty()
