"""The clock's control in a machine that follows the real clock, and such a session repeated."""

from __future__ import annotations

from queue import SimpleQueue

import pytest

from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host
from vshell.machine.settings import HostSettings
from vshell.machine.thread import Machine

WAIT_S = 20
S = 1_000_000_000
LOAD = "cd ~/kthread_examples; make >/dev/null 2>&1; sudo insmod ./kthread.ko"


class Front:
    """A terminal of a machine: runs a line, gives what came."""

    def __init__(self, machine):
        self.heard = SimpleQueue()
        self.output = b""
        self.machine = machine
        self.terminal = machine.open_terminal(self, 80, 24)
        self.heard.get(timeout=WAIT_S)

    def on_output(self, data):
        """Keep what was written."""
        self.output += data

    def on_question(self, prompt, typed):
        """Note that a line is wanted."""
        self.heard.put(prompt + typed)

    def on_end(self, status):
        """Note the end of the session."""
        self.heard.put(status)

    def on_failure(self, text):
        """Note that the machine failed."""
        self.heard.put(text)

    def run(self, line):
        """Run a line; give what has been written until the next prompt."""
        self.output = b""
        self.terminal.answer(line)
        self.heard.get(timeout=WAIT_S)
        return self.output.decode()

    def now_ns(self):
        """Give the host's time."""
        return self.machine.query(lambda host, pid: host.kernel.now_ns, wait_s=WAIT_S)


@pytest.fixture
def open_front():
    """Start machines at a rate, each with one terminal."""
    machines = []

    def start(rate, make_host=Host):
        machines.append(Machine(make_host, rate=rate))
        machines[-1].start()
        return Front(machines[-1])

    yield start
    for machine in machines:
        machine.stop()


def now(text):
    """Read what date +%s%N has printed last."""
    return int(text.split()[-1])


# -- A machine with a real clock ------------------------------------------------------------------


def test_running_ahead_takes_no_real_time(open_front):
    """At a pace at which a minute takes sixteen hours, clock +1min returns within the test."""
    front = open_front(1000.0)
    front.run("clock speed 0.001; clock pause; clock resume")
    before = front.now_ns()
    front.run("clock pause")
    front.run("clock +1min")

    assert 60 * S <= front.now_ns() - before < 61 * S


def test_running_ahead_without_a_pause(open_front):
    """The clock goes on at its speed when it has run ahead: from there, not from where it was."""
    front = open_front(1.0)
    before = now(front.run("date +%s%N"))
    front.run("clock +1h")
    after = now(front.run("date +%s%N"))

    assert 3600 * S <= after - before < (3600 + WAIT_S) * S


def test_a_paused_clock_stands(open_front):
    """While paused, time stands at the prompt at any speed, and a foreground sleep jumps."""
    front = open_front(1e6)
    first = now(front.run("clock pause; date +%s%N"))
    second = now(front.run("date +%s%N"))
    third = now(front.run("sleep 100000; date +%s%N"))

    assert second - first < 10_000_000
    assert 0 <= third - second - 100_000 * S < 10_000_000


def test_a_paused_clock_stands_while_a_program_reads_the_terminal(open_front):
    """A program in the foreground that waits for a key lets no time pass either."""
    front = open_front(1e6)
    first = now(front.run("clock pause; date +%s%N"))
    front.terminal.answer("read x; date +%s%N")
    # Each question is answered between two turns of the machine's loop.
    times = [front.now_ns() for _ in range(200)]
    front.terminal.press(b"y\r")
    front.heard.get(timeout=WAIT_S)

    assert times[100:] == [times[-1]] * 100
    assert now(front.output.decode()) - first < 100_000_000


def test_a_step_pauses_and_resume_goes_on(open_front):
    """After a step the clock stands; after resume it goes on from there."""
    front = open_front(1e3)
    front.run(LOAD)
    stepped = front.run("clock step 2")
    first = now(front.run("date +%s%N"))
    second = now(front.run("date +%s%N"))
    front.run("clock resume")
    third = front.now_ns()
    front.run("sleep 30")

    assert 2 == stepped.count(" woken\n")
    assert second - first < 10_000_000
    assert front.now_ns() - third > 29 * S


def test_the_speed_changes(open_front):
    """A machine in which nothing would come for years is in time once its speed is set."""
    front = open_front(1e6)
    front.run("clock speed 0.5")
    assert "speed       0.5 virtual seconds per real second" in front.run("clock")
    front.run("clock speed 100000")
    front.run("sleep 10000")
    front.run("clock speed max")
    first = now(front.run("date +%s%N"))
    front.run("sleep 100000")
    second = now(front.run("date +%s%N"))

    assert 0 <= second - first - 100_000 * S < S


@pytest.mark.slow  # builds a module at the real clock's pace
def test_ctrl_c_reaches_a_machine_that_runs_ahead(open_front):
    """Keys are taken while time runs ahead, a long way from the end."""
    front = open_front(1.0)
    front.run(LOAD)
    front.terminal.answer("clock +20000h")
    front.terminal.press(b"\x03")
    front.heard.get(timeout=WAIT_S)

    assert "130\n" == front.run("echo $?")


def test_a_background_clock_runs_ahead_of_a_waiting_prompt(open_front):
    """In the background too: time runs ahead while the prompt waits."""
    front = open_front(1.0)
    before = front.now_ns()
    front.run("clock +1h &")
    # Each question is answered between two turns of the machine's loop.
    times = (front.now_ns() for _ in range(20_000))

    assert any(time_ns - before >= 3600 * S for time_ns in times)


@pytest.mark.slow  # builds a module at the real clock's pace
def test_a_speed_that_is_too_high_leaves_the_prompt_alive(open_front):
    """A machine that cannot keep up with its clock lets the clock wait: it answers all the same."""
    front = open_front(1.0)
    front.run(LOAD)
    front.run("clock speed 900000000")
    for _ in range(20):
        front.run("true")
    front.run("clock speed 1")

    assert "speed       1 virtual second per" in front.run("clock")


def test_a_clock_that_nearly_stands_can_be_waited_for(open_front):
    """At a speed at which the next timer is thousands of years away the machine takes a query."""
    front = open_front(1.0)
    front.machine.query(lambda host, pid: host.clock.set_rate(1e-12), wait_s=WAIT_S)

    assert 2914 == front.machine.query(lambda host, pid: pid, wait_s=WAIT_S)
    assert 2914 == front.machine.query(lambda host, pid: pid, wait_s=WAIT_S)


def test_the_free_machine_goes_its_own_way(open_front):
    """A machine on the free clock notes what is set, and is free all the same."""
    front = open_front(0.0)
    before = now(front.run("clock speed 0.001; date +%s%N"))
    after = now(front.run("sleep 1000; date +%s%N"))

    assert 0 <= after - before - 1000 * S < 10_000_000
    assert "speed       0.001 virtual" in front.run("clock")


# -- Repeated -------------------------------------------------------------------------------------


def repeat(log, speed):
    """Let what entered a machine enter a dialogue at the same virtual times; give the output."""
    settings = HostSettings()
    settings.update({"speed": speed}, "test")
    host = Host(settings)
    dialogue = Dialogue(host)
    dialogue.take_output()
    for time_ns, kind, _, value in log:
        if kind == "line":
            dialogue.enter(value, time_ns)
            dialogue.finish()
        else:
            assert "open" == kind
    text = dialogue.take_output()
    host.shut_down()
    return text


@pytest.mark.slow  # builds a module at the real clock's pace
@pytest.mark.parametrize("speed", [1, 20, 0.5])
def test_a_session_with_a_real_clock_repeats_without_one(open_front, speed):
    """What was recorded of a paced session with clock commands gives the same bytes when free."""
    front = open_front(float(speed))
    lines = [
        *("clock", LOAD, "clock +2s", "clock", "clock step 2", "clock", "dmesg | tail -n 4"),
        *("clock until 'thread1 parked'; date +%s%N", "clock resume", "date +%s%N; clock"),
        *("clock until 'next wakeup'", "clock speed 500", "clock", "sleep 3; clock until log Thr"),
        *("clock speed max", "clock", "sudo rmmod kthread; dmesg; cat /proc/vshell/clock"),
    ]
    shown = "".join(front.run(line) for line in lines)

    assert " woken\n" in shown
    assert f"speed       {speed} virtual" in shown
    assert shown == repeat(front.machine.log, speed)


def test_a_recorders_settings_hold_the_speed(open_front):
    """The settings of a host in a machine with a rate say so, for whoever records them."""
    front = open_front(20.0)

    assert 20.0 == front.machine.query(lambda host, pid: host.settings.speed, wait_s=WAIT_S)
