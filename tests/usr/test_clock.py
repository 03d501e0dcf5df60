"""clock: what it shows, what it refuses, and when it returns, in virtual time."""

from __future__ import annotations

import re

import pytest

LOAD = "cd ~/kthread_examples; make >/dev/null 2>&1; sudo insmod ./kthread.ko; "
THREAD1 = "4097 (kthread_park thread1 example)"
THREAD2 = "4098 (kthread_park thread2 example)"


def stamps(text):
    """Give the stamps of lines as dmesg writes them, in microseconds."""
    return [
        int(seconds) * 1_000_000 + int(micros)
        for seconds, micros in re.findall(r"^\[ *(\d+)\.(\d{6})\]", text, re.MULTILINE)
    ]


# -- Showing --------------------------------------------------------------------------------------


def test_the_clock_is_shown(sh):
    """Alone it shows the time, the date, the speed, and whose timer is the next."""
    shown = sh("clock")
    time, *others = shown.out.splitlines()
    micros = int(re.fullmatch(r"time        \[  100\.(000\d{3})\] seconds since boot", time)[1])

    assert (0, "") == (shown.status, shown.err)
    left = f"21.{748362 - micros:06d}"
    assert [
        "date        Mon Mar 18 10:01:40 UTC 2024",
        "speed       1 virtual second per real second",
        "state       running",
        f"next timer  [  121.748363] in {left} s: 38 (khungtaskd)",
    ] == others


def test_the_next_timer_is_a_threads(modules_sh):
    """The next timer names the thread that it wakes, and the moment is when dmesg stamps it."""
    shown = modules_sh(LOAD + "sleep 2; clock; sleep 2; dmesg | grep 'Thread 2'")
    line = shown.out.splitlines()[4]
    next_us, *printed = stamps(line.removeprefix("next timer  ") + "\n" + shown.out)

    assert line.endswith(f": {THREAD2}")
    assert any(0 < time_us - next_us < 20 for time_us in printed)


def test_a_sleeping_background_job_has_the_next_timer(sh):
    """A job's own timer is shown, but none of the shells that wait for clock."""
    shown = sh("sleep 7 & sleep 1; (clock)").out.splitlines()[4]

    assert re.fullmatch(r"next timer  \[  107\.\d{6}\] in 5\.99\d{4} s: \d+ \(sleep\)", shown)


def test_whoever_waits_for_clock_has_no_next_timer(sh):
    """The timer of a program that has started clock is not the next that is shown."""
    assert sh("timeout 5 clock").out.endswith(": 38 (khungtaskd)\n")


@pytest.mark.parametrize(
    ("commands", "line"),
    [
        ("clock speed 2.50", "speed       2.5 virtual seconds per real second"),
        ("clock speed max", "speed       max: as fast as it can while a command runs"),
        ("clock pause", "state       paused: stands while a prompt waits"),
        ("clock step", "state       paused: stands while a prompt waits"),
        ("clock pause; clock resume", "state       running"),
    ],
)
def test_what_was_set_is_shown(sh, commands, line):
    """Speed, pause, step and resume change what is shown, though no real clock is followed."""
    assert line in sh(f"{commands} >/dev/null; clock").out.splitlines()


def test_the_date_follows_the_time_zone(sh):
    """The date is that of TZ."""
    assert "date        Mon Mar 18 05:01:40 EST 2024" in sh("TZ=EST5 clock").out


def test_help_says_that_it_is_an_addition(sh):
    """--help names the forms, and that no real Linux has it."""
    shown = sh("clock --help")

    assert (0, "") == (shown.status, shown.err)
    assert "This command is an addition of vshell" in shown.out
    assert "clock +DURATION" in shown.out


# -- Running ahead --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "delay_ns"),
    [
        ("+5s", 5_000_000_000),
        ("+250ms", 250_000_000),
        ("+2min", 120_000_000_000),
        ("+1.5", 1_500_000_000),
        ("+1 h", 3_600_000_000_000),
        ("+0", 0),
    ],
)
def test_a_duration_passes(sh, words, delay_ns):
    """A duration passes, and little more."""
    before, after = map(int, sh(f"date +%s%N; clock {words}; date +%s%N").out.split())

    assert 0 <= after - before - delay_ns < 1_000_000


@pytest.mark.parametrize("words", ["140.5", "'[  140.500000]'", "'[140.5]'", "140500ms"])
def test_a_time_since_boot_comes(sh, words):
    """Until a time since boot, or a stamp as dmesg prints it."""
    shown = sh(f"clock until {words}; clock")

    assert 0 <= stamps(shown.out.removeprefix("time        "))[0] - 140_500_000 < 200


def test_the_next_wakeup_is_told(modules_sh):
    """Until the next wake-up runs to the next task's, and says whose it was and when."""
    shown = modules_sh(LOAD + "sleep 2; clock until 'next wakeup'; dmesg | tail -n 1")
    woken, printed = shown.out.splitlines()

    assert woken.endswith(f"] {THREAD2} woken")
    assert "Thread 2 execution" == printed.partition("] ")[2]
    assert 0 < stamps(printed)[0] - stamps(woken)[0] < 20


def test_the_shells_own_wakeups_are_none(sh):
    """A shell that is woken because a job has ended is no step; the next one is another job's."""
    shown = sh("sleep 3 & sleep 9 & clock step 2; true")

    first, second = shown.out.splitlines()
    assert re.fullmatch(r"\[  103\.\d{6}\] \d+ \(sleep\) woken", first)
    assert re.fullmatch(r"\[  109\.\d{6}\] \d+ \(sleep\) woken", second)


def test_steps_are_told(modules_sh):
    """Each of N wake-ups is told, as they come, and the time is that of the last."""
    shown = modules_sh(LOAD + "sleep 2; clock step 3; clock")
    lines = shown.out.splitlines()

    assert [f"{THREAD2} woken"] * 3 == [line.partition("] ")[2] for line in lines[:3]]
    first, _, last = stamps("\n".join(lines[:3]))
    assert 2 * 1_023_362 <= last - first <= 2 * 1_023_363 + 10
    assert 0 < stamps(lines[3].removeprefix("time        "))[0] - last < 200


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("thread1 parked", f"{THREAD1} parked"),
        ("kthread_park thread1 example parked", f"{THREAD1} parked"),
        ("kthread_park th parked", None),
        ("4098 sleeping", f"{THREAD2} sleeping"),
        ("4098 woken", f"{THREAD2} woken"),
        ("thread2 running", f"{THREAD2} running"),
    ],
)
def test_a_state_comes(modules_sh, what, line):
    """Until a thread, by name, a part of it or its pid, is in a state; an ambiguous part fails."""
    shown = modules_sh(LOAD + f"clock until '{what}'")

    if line is None:
        assert (1, "") == (shown.status, shown.out)
        assert f"clock: 'kthread_park th' could be {THREAD1}, {THREAD2}\n" in shown.err
    else:
        assert [line] == [one.partition("] ")[2] for one in shown.out.splitlines()]


def test_parked_is_the_moment_of_parking(modules_sh):
    """Until parked ends when the thread parks, in state P and not before."""
    shown = modules_sh(
        LOAD + "sleep .1; ps -o s= -p 4097; clock until thread1 parked; ps -o s= -p 4097"
    )
    before, told, after = shown.out.splitlines()

    assert ("D", "P") == (before, after)
    assert 100_400_000 < stamps(told)[0] < 101_000_000


def test_what_is_so_already_returns_at_once(modules_sh):
    """A state that a thread is in already takes no time."""
    shown = modules_sh(LOAD + "sleep 2; date +%s%N; clock until thread1 parked >&2; date +%s%N")
    before, after = map(int, shown.out.split())

    assert after - before < 1_000_000


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("(sleep 3; kill -STOP $!) &", "sleep 9 stopped"),
        ("sleep 3 &", "sleep 3 exited"),
    ],
)
def test_a_process_changes(sh, start, what):
    """A process is found by its name: it is stopped, or exits."""
    pid = "p=$!; "
    job = "sleep 9 & " if "stopped" in what else ""
    word = what.rpartition(" ")[2]
    shown = sh(f"{job}{pid if job else ''}{start} {'' if job else pid}clock until $p {word}; clock")
    told, time = shown.out.splitlines()[:2]

    assert re.fullmatch(rf"\[  103\.\d{{6}}\] \d+ \(sleep\) {word}", told)
    assert stamps(time.removeprefix("time        "))[0] - stamps(told)[0] < 200


@pytest.mark.parametrize("state", ["exited", "stopped"])
def test_a_kernel_thread_that_is_stopped_has_ended(modules_sh, state):
    """For a kernel thread, which no signal stops, both words mean its end after kthread_stop()."""
    shown = modules_sh(LOAD + f"(sleep 4; sudo rmmod kthread) & clock until thread2 {state}; dmesg")
    told = shown.out.splitlines()[0]
    (exiting,) = (one for one in shown.out.splitlines() if "exit function" in one)

    assert told.endswith(f"{THREAD2} {state}")
    assert 0 < stamps(told)[0] - stamps(exiting)[0] < 1_100_000


def test_an_end_that_has_been_is_found(modules_sh):
    """Until exited finds one that is gone, by name and by pid, with the moment of its end."""
    shown = modules_sh(
        LOAD + "sleep 2; sudo rmmod kthread; clock until thread1 exited; clock until 4097 exited"
    )
    by_name, by_pid = shown.out.splitlines()

    assert by_name == by_pid
    assert by_name.endswith(f"{THREAD1} exited")


def test_a_new_line_of_the_log_comes(modules_sh):
    """Until a log line with a text runs to a new one, not one that is there, and shows it."""
    shown = modules_sh(LOAD + "sleep 3; dmesg | tail -n 1; clock until 'log Thread 2'; dmesg")
    before, told, *log = shown.out.splitlines()

    assert before != told
    assert told == log[-1]
    assert "Thread 2 execution" == told.partition("] ")[2]


def test_other_jobs_do_what_they_do_meanwhile(sh):
    """Background jobs run and print while the clock runs ahead."""
    shown = sh("(sleep 1; echo one; sleep 1; echo two) & clock +5s; echo end")

    assert "one\ntwo\nend\n" == shown.out


def test_a_job_that_is_stopped_goes_on(make_dialogue):
    """Stopped with Ctrl-Z and continued, it still ends at the time that was asked for."""
    dialogue = make_dialogue()
    now_ns = dialogue.host.kernel.now_ns
    dialogue.press(b"\x1a", now_ns + 2_000_000_000)
    dialogue.type("clock until 150")
    stopped_ns = dialogue.host.kernel.now_ns
    dialogue.type("fg")

    assert 0 < stopped_ns - now_ns - 2_000_000_000 < 10_000_000
    assert 0 < dialogue.host.kernel.now_ns - 150_000_000_000 < 10_000_000
    assert 0 == dialogue.host.clock.runs_ahead


# -- What cannot be -------------------------------------------------------------------------------


def test_what_does_not_happen_is_given_up(sh):
    """After a day of virtual time it is given up, with status 1."""
    shown = sh("clock until 'log no such text'; echo $?; clock")
    status, time, *_ = shown.out.splitlines()

    assert "clock: 'log no such text' did not happen within a day\n" == shown.err
    assert "1" == status
    assert 0 <= stamps(time.removeprefix("time        "))[0] - 86_500_000_000 < 1000


def test_a_task_that_ends_first_is_told(sh):
    """Whoever waits for a state of a task that exits hears of it then, not after a day."""
    shown = sh("sleep 2 & clock until sleep stopped; echo $?; clock")
    status, time, *_ = shown.out.splitlines()

    assert "1" == status
    assert "clock: 'sleep stopped' cannot happen: " in shown.err
    assert 0 < stamps(time.removeprefix("time        "))[0] - 102_000_000 < 10_000


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        ("foo", 2, "unknown command 'foo'"),
        ("-5s", 2, "invalid option -- '5'"),
        ("until", 2, "missing operand after 'until'"),
        ("speed", 2, "missing operand after 'speed'"),
        ("pause 3", 2, "extra operand '3'"),
        ("step 1 2", 2, "extra operand '2'"),
        ("speed x", 1, "invalid speed: 'x'; it is a number from 0.001 on, or max"),
        ("speed 0", 1, "invalid speed: '0'; it is a number from 0.001 on, or max"),
        ("speed 0.0009", 1, "invalid speed: '0.0009'; it is a number from 0.001 on, or max"),
        ("speed -1", 1, "invalid speed: '-1'; it is a number from 0.001 on, or max"),
        ("speed nan", 1, "invalid speed: 'nan'; it is a number from 0.001 on, or max"),
        ("speed inf", 1, "invalid speed: 'inf'; it is a number from 0.001 on, or max"),
        ("step 0", 1, "invalid number of steps: '0'"),
        ("step -1", 1, "invalid number of steps: '-1'"),
        ("step 99999999999", 1, "invalid number of steps: '99999999999'"),
        ("+x", 1, "invalid duration: '+x'; it is a number with ms, s, min or h"),
        ("+", 1, "invalid duration: '+'; it is a number with ms, s, min or h"),
        ("+-3s", 1, "invalid duration: '+-3s'; it is a number with ms, s, min or h"),
        ("until 99", 1, "[   99.000000] has passed: it is [  100.000"),
        ("until soon", 1, "cannot wait for 'soon': no time, 'next wakeup', 'NAME STATE' or"),
        ("until thread1 dead", 1, "cannot wait for 'thread1 dead': no time,"),
        ("until thread1 parked", 1, "no process or thread called 'thread1'"),
        ("until 99999 parked", 1, "no process or thread called '99999'"),
        ("until nobody exited", 1, "'nobody exited' cannot happen: there is no such task, or"),
        ("until 99999999999999 exited", 1, "'99999999999999 exited' cannot happen: "),
    ],
)
def test_wrong_words_are_refused(sh, words, status, text):
    """A clear error for each mistake, and nothing is changed."""
    shown = sh(f"clock {words}; echo $?; clock")

    assert f"{status}\n" == shown.out[:2]
    assert f"clock: {text}" in shown.err
    assert "state       running" in shown.out
    assert stamps(shown.out.split("time        ")[1])[0] < 100_100_000
