"""What viewers ask of a machine: to hold its clock, to type at a terminal, to explain a task."""

from __future__ import annotations

import re

import pytest

from tests.machine.watching import LOAD, WAIT_S, Front, watch
from vshell.abi.wire import Answer, Batch, Ended, Output, Question
from vshell.machine import viewer
from vshell.machine.host import Host
from vshell.machine.thread import Machine

S = 1_000_000_000


@pytest.fixture
def make_machine():
    """Start machines at a rate, free if it is 0."""
    made = []

    def make(rate=0.0):
        made.append(Machine(Host, rate=rate))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def machine(make_machine):
    """A machine on the free clock."""
    return make_machine()


def now_ns(machine):
    return machine.query(lambda host, pid: host.kernel.now_ns, wait_s=WAIT_S)


def paused(machine, watcher):
    """Hold the world; give the time at which it stands."""
    watcher.link.clock("pause")
    watcher.until(lambda one: isinstance(one, Batch) and not one.clock.is_moving)
    return now_ns(machine)


# -- The clock ------------------------------------------------------------------------------------


def test_a_command_is_kept_as_everything_that_enters(machine):
    """A command for the clock is stamped with its virtual time and kept in the machine's log."""
    front = Front(machine)
    front.run("sleep 7")
    watcher = watch(machine)
    answer = watcher.answer(watcher.link.clock("speed 5"))
    now = now_ns(machine)

    assert Answer(1) == answer
    assert (now, "clock", -1, "speed 5") == machine.log[-1]
    assert "speed       5 virtual seconds" in front.run("clock")


def test_a_running_command_is_held(make_machine):
    """A pause stops the world in the middle of a command, and it goes on from there."""
    machine = make_machine(20.0)
    front = Front(machine)
    watcher = watch(machine)
    front.terminal.answer("date +%s; sleep 100; date +%s")
    watcher.until(lambda one: isinstance(one, Batch) and one.emitted)
    held = paused(machine, watcher)
    times = {now_ns(machine) for _ in range(200)}
    assert "state       paused" in _type(watcher, "clock")
    watcher.link.clock("resume")
    watcher.link.clock("speed 10000")
    front.wait()

    began, ended = map(int, front.output.split())
    assert {held} == times
    assert 100 <= ended - began <= 101


def _type(watcher, line):
    """Type a line at the viewer's terminal; give what it shows until the next prompt."""
    before = len(watcher.output())
    is_first = not any(isinstance(one, Question) for one in watcher.messages)
    watcher.link.type_line(line)
    if is_first:
        watcher.question()
    watcher.question()
    return watcher.output()[before:].decode()


@pytest.mark.slow  # each batch of the steps comes a tenth of a second after the last
def test_steps_go_one_event_at_a_time(machine):
    """A step ends with what one event is part of, and time stands again."""
    front = Front(machine)
    front.run(LOAD)
    watcher = watch(machine)
    watcher.begin()
    paused(machine, watcher)
    steps = []
    for _ in range(15):
        before = len(_steps(machine))
        watcher.answer(watcher.link.clock("step 1"))
        watcher.until(lambda one: isinstance(one, Batch) and one.emitted)
        steps.append(_steps(machine)[before:])

    assert all(steps)
    # A CPU that idles takes 4 us to switch to the thread that has been woken.
    assert all(step[-1][0] - step[0][0] <= 4_000 for step in steps)
    assert any(len(step) == 1 for step in steps)
    assert steps[-1][-1][0] > steps[0][0][0] + S


def _steps(machine):
    silent = ("timer_start", "timer_cancel", "timer_expire_entry")
    events = machine.query(lambda host, pid: host.kernel.trace.events())
    return [event for event in events if event[3] not in silent]


def test_many_steps_at_once(machine):
    """A step of a hundred events is a hundred, and not many more."""
    front = Front(machine)
    front.run(LOAD)
    watcher = watch(machine)
    watcher.begin()
    paused(machine, watcher)
    before = len(_steps(machine))
    watcher.link.clock("step 100")
    watcher.until(lambda one: isinstance(one, Batch) and not one.clock.is_moving and one.emitted)

    assert 100 <= len(_steps(machine)) - before <= 102


def test_what_is_typed_into_a_held_world_runs(make_machine):
    """A command typed while the world is held runs to its end; then time stands again."""
    machine = make_machine(1.0)
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    held = paused(machine, watcher)
    front.run("sleep 5000")
    after = now_ns(machine)
    times = {now_ns(machine) for _ in range(200)}

    assert 5000 * S <= after - held < 5001 * S
    assert {after} == times


def test_keys_reach_who_waits_for_them_in_a_held_world(make_machine):
    """A program that reads gets its line, Ctrl-C ends one that sleeps; other keys wait."""
    machine = make_machine(1.0)
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    paused(machine, watcher)
    front.terminal.answer("read x; echo got $x")
    front.terminal.press(b"y\r")
    front.wait()
    assert b"got y\n" in front.output
    watcher.answer(watcher.link.clock("resume"))
    front.terminal.answer("sleep 100000")
    held = paused(machine, watcher)
    front.terminal.press(b"z")
    times = {now_ns(machine) for _ in range(200)}
    front.terminal.press(b"\x03")
    front.wait()

    assert {held} == times
    assert now_ns(machine) < held + S


def test_the_prompt_can_let_go(make_machine):
    """``clock resume`` typed at the prompt ends what a viewer has held."""
    machine = make_machine(1000.0)
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    paused(machine, watcher)
    front.run("clock resume")
    found = watcher.until(lambda one: isinstance(one, Batch) and one.clock.is_moving)

    assert not found.clock.is_paused
    front.run("sleep 10")


def test_commands_that_cannot_be_are_refused(machine):
    """A wrong command is answered with what is wrong, and nothing enters."""
    Front(machine)
    watcher = watch(machine)
    commands = {
        "go": "no such command: 'go'",
        "pause now": "no such command: 'pause now'",
        "step 0": "cannot step '0'",
        "step many": "cannot step 'many'",
        "speed": "no such speed: ''",
        "speed -1": "no such speed: '-1'",
        "speed nan": "no such speed: 'nan'",
    }
    answers = {command: watcher.answer(watcher.link.clock(command)).error for command in commands}

    assert commands == answers
    assert ["open"] == [kind for _, kind, _, _ in machine.log]


# -- The terminal ---------------------------------------------------------------------------------


def test_lines_are_typed_at_a_terminal_of_its_own(machine):
    """The first line opens a terminal on the same host; what it shows comes back."""
    front = Front(machine)
    front.run("echo shared > /tmp/f")
    watcher = watch(machine)

    assert "/dev/pts/1\nshared\n" == _type(watcher, "tty; cat /tmp/f")
    assert "" == _type(watcher, "x=5")
    assert "5\n" == _type(watcher, "echo $x")
    assert (1, "echo $x") == machine.log[-1][2:]


def test_lines_typed_at_once_run_one_after_the_other(machine):
    """Lines that come while another one runs wait for their prompt."""
    Front(machine)
    watcher = watch(machine)
    for line in ("sleep 5", "echo one", "echo two"):
        watcher.link.type_line(line)
    for _ in range(4):
        watcher.question()

    assert b"one\ntwo\n" == watcher.output()


def test_a_program_that_reads_gets_the_line(machine):
    """While a program reads the terminal, a line goes to it, with echo."""
    Front(machine)
    watcher = watch(machine)
    _type(watcher, "true")
    watcher.link.type_line("read x; echo got $x")
    watcher.link.type_line("this")
    watcher.question()

    assert b"this\ngot this\n" == watcher.output()


def test_keys_at_its_prompt(machine):
    """Ctrl-C gives up what has been typed, Ctrl-D ends the session; the next line opens another."""
    Front(machine)
    watcher = watch(machine)
    _type(watcher, "true")
    watcher.link.press("echo half\x03")
    watcher.question()
    assert "130\n" == _type(watcher, "echo $?")
    watcher.link.press("\x04")
    ended = watcher.until(lambda one: isinstance(one, Ended))
    watcher.link.type_line("tty")
    watcher.question()
    watcher.question()

    assert 0 == ended.status
    assert b"half" not in watcher.output()
    assert watcher.output().endswith(b"/dev/pts/2\n")


def test_ctrl_c_ends_its_job(machine):
    """The interrupt key ends what runs at the viewer's terminal."""
    Front(machine)
    watcher = watch(machine)
    _type(watcher, "true")
    watcher.link.type_line("cat")
    watcher.link.press("\x03")
    watcher.question()

    assert "130\n" == _type(watcher, "echo $?")


def test_its_size(machine):
    """The terminal is as large as the viewer says, before it is open and after."""
    Front(machine)
    watcher = watch(machine)
    watcher.link.resize(100, 10)
    assert "100\n10\n" == _type(watcher, "tput cols; tput lines")
    watcher.link.resize(60, 5)

    assert "60\n5\n" == _type(watcher, "tput cols; tput lines")


def test_leaving_hangs_up(machine):
    """When a viewer leaves, its shell and its jobs get SIGHUP; the prompt goes on."""
    front = Front(machine)
    watcher = watch(machine)
    _type(watcher, "sleep 1000 & sleep 2000 & true")
    watcher.link.close()
    front.run("true")
    left = front.run("ps -e | grep -c -e sleep -e pts/1")

    assert "0\n" == left
    assert "hangup" in [kind for _, kind, _, _ in machine.log]


def test_a_session_that_is_over_lets_time_stand(machine):
    """On the free clock time stands while all prompts wait that are left."""
    front = Front(machine)
    watcher = watch(machine)
    _type(watcher, "true")
    watcher.link.type_line("exit")
    watcher.until(lambda one: isinstance(one, Ended))
    front.run(LOAD)
    times = {now_ns(machine) for _ in range(100)}

    assert 1 == len(times)


def test_output_that_is_not_read_is_left_out(machine, monkeypatch):
    """A viewer that does not read loses what its terminal shows, and is told how much."""
    monkeypatch.setattr(viewer, "_OUTPUT_BYTES_MAX", 5_000)
    Front(machine)
    watcher = watch(machine)
    _type(watcher, "true")
    watcher.link.type_line("seq 10000; echo end")
    seen = machine.query(lambda host, pid: host.kernel.now_ns, wait_s=WAIT_S)
    while not machine.query(lambda host, pid: host.ttys[1].question is not None, wait_s=WAIT_S):
        assert now_ns(machine) >= seen
    watcher.question()
    kept = len(watcher.output())
    _type(watcher, "echo on")
    missed = sum(one.missed for one in watcher.messages if isinstance(one, Output))

    assert 4_000 < kept <= 5_000
    assert len("".join(f"{n}\n" for n in range(1, 10001)) + "end\n") == kept + missed
    assert watcher.output().endswith(b"on\n")


# -- Explanations ---------------------------------------------------------------------------------


@pytest.fixture
def loaded(machine):
    """A machine with the tutorial's module, thread 1 parked; its first terminal and a viewer."""
    front = Front(machine)
    front.run(LOAD)
    front.run("sleep 3")
    return front, watch(machine)


def pid_of(front, number):
    """Give the pid of the tutorial's thread 1 or 2."""
    return int(front.run(f"pgrep -f 'thread{number} example'"))


def _without_lengths(text):
    return re.sub(r"for [0-9.]+ ", "for ", " ".join(text.split()))


def test_a_parked_thread_is_explained(loaded):
    """An explanation has the words of ``why``, the backtrace, the flags and the source's line."""
    front, watcher = loaded
    pid = pid_of(front, 1)
    found = watcher.answer(watcher.link.explain(pid)).explanation

    assert _without_lengths(front.run(f"why {pid}")) == _without_lengths(found.why)
    assert "is parked at kthread.py:21 since" in found.why
    assert ("SHOULD_PARK", "PARKED") == found.flags
    assert "__kthread_parkme+0x54/0x80" == found.backtrace[0]
    assert "thread1_function+0x55/0xb0 [kthread] (kthread.py:21)" in found.backtrace
    assert front.run("cat ~/kthread_examples/kthread.py") == found.source.text
    assert ("/home/test/kthread_examples/kthread.py", 21, True) == (
        found.source.path,
        found.source.line,
        found.source.is_current,
    )
    assert "kthread_parkme()" in found.source.text.splitlines()[21 - 1]


def test_a_sleeping_thread_is_explained(loaded):
    """A thread that nobody has asked for anything has no flags."""
    front, watcher = loaded
    found = watcher.answer(watcher.link.explain(pid_of(front, 2))).explanation

    assert () == found.flags
    assert "msleep" in found.source.text.splitlines()[found.source.line - 1]


def test_a_source_that_has_changed_says_so(loaded):
    """The line is no longer to be trusted if the file is not what the module was made from."""
    front, watcher = loaded
    pid = pid_of(front, 1)
    front.run("sed -i '1i import nothing' ~/kthread_examples/kthread.py")
    changed = watcher.answer(watcher.link.explain(pid)).explanation
    front.run("rm ~/kthread_examples/kthread.py")
    gone = watcher.answer(watcher.link.explain(pid)).explanation

    assert not changed.source.is_current
    assert gone.source is None


def test_a_stop_that_waits_is_explained(loaded):
    """While rmmod waits in kthread_stop(), the thread has its flag."""
    front, watcher = loaded
    pid = pid_of(front, 2)
    front.terminal.answer("sudo rmmod kthread")
    stopping = watcher.until(
        lambda one: isinstance(one, Batch) and any(e[3] == "kthread_stop" for e in one.emitted)
    )
    front.wait()
    found = watcher.answer(watcher.link.explain(pid)).explanation

    assert stopping is not None
    assert (("EXITED",), (), None) == (found.flags, found.backtrace, found.source)
    assert f"{pid} (kthread_park thread2 example) has ended" in found.why


def test_a_process_is_explained(loaded):
    """A process has neither flags nor source, and a backtrace down to its system call."""
    _, watcher = loaded
    found = watcher.answer(watcher.link.explain(2914)).explanation

    assert ((), None) == (found.flags, found.source)
    assert "n_tty_read" in found.backtrace[0]
    assert found.backtrace[-1].startswith("entry_SYSCALL_64")


def test_nobody_is_explained(machine):
    """A pid that has never been is refused."""
    Front(machine)
    watcher = watch(machine)
    answer = watcher.answer(watcher.link.explain(99_999))

    assert ("no such process: 99999", None) == (answer.error, answer.explanation)


def test_a_bug_is_an_answer(machine, monkeypatch):
    """What goes wrong in answering is told to who has asked; the machine goes on."""
    monkeypatch.setattr("vshell.machine.explain.Explainer.explain", lambda self, pid: 1 // 0)
    front = Front(machine)
    watcher = watch(machine)
    answer = watcher.answer(watcher.link.explain(1))

    assert "ZeroDivisionError" in answer.error
    assert "on\n" == front.run("echo on")
