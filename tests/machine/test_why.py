"""What ``why`` says of kernel threads that sleep: every way to sleep, and who ends it."""

from __future__ import annotations

import pytest

from tests.linux.play import play
from tests.machine.why_steps import Asker, lines


@pytest.fixture
def asker(bench):
    """Ask about the default kernel: 2 CPUs, HZ 250, a jiffy of 4 ms, booted at 0."""
    return Asker(bench)


OBJECTS = """\
wq = DECLARE_WAIT_QUEUE_HEAD()
done = DECLARE_COMPLETION()
sem = DEFINE_SEMAPHORE(0)
ready = 0
def one(data):
    set_current_state(TASK_UNINTERRUPTIBLE)
    {}
    return 0
def start():
    kthread_run(one, None, "one")
    return 0
"""
# After one second: what a thread that called this does, and what is said about it.
IN_4 = "in 4.088 s, at [    5.088000] (jiffies 4294893568)."
IN_3 = "in 3.064 s, at [    4.064000] (jiffies 4294893312)."
NO_TIMER = "No timer runs: nothing wakes it by itself."
ANY = "Any wake-up ends it, as by wake_up_process(), kthread_park() and kthread_stop()."
QUEUE = (
    "It goes on when somebody makes the condition true and calls wake_up() on the wait queue 'wq'."
)
AGAIN = "kthread_stop() on it makes it look at its condition again, no more."
DONE = "It goes on when somebody calls complete() or complete_all() on the completion 'done'."
UP = "It goes on when somebody calls up() on the semaphore 'sem'."
STOPS = "kthread_stop() on it ends the wait, too."
DEAF = "kthread_stop() on it does not end the wait."


def no_earlier(call):
    """Give the sentence about a sleep that goes on until its time."""
    return f"Nothing ends {call}() earlier; woken before its time, it sleeps on."


SLEEPS = {
    "msleep(5000)": [f"A timer wakes it {IN_4}", no_earlier("msleep")],
    "ssleep(5)": [f"A timer wakes it {IN_4}", no_earlier("ssleep")],
    "fsleep(5000000)": [f"A timer wakes it {IN_4}", no_earlier("fsleep")],
    "usleep_range(5000000, 6000000)": [
        "A timer wakes it in 5.000 s, at [    6.000084].",
        no_earlier("usleep_range"),
    ],
    "msleep_interruptible(5000)": [
        f"A timer wakes it {IN_4}",
        "kthread_stop() on it ends it earlier; a mere wake-up does not.",
    ],
    "schedule_timeout_interruptible(1000)": [f"A timer wakes it {IN_3}", ANY],
    "schedule_timeout_uninterruptible(1000)": [f"A timer wakes it {IN_3}", ANY],
    "schedule_timeout_killable(1000)": [f"A timer wakes it {IN_3}", ANY],
    "schedule()": ["No timer runs: it sleeps until somebody wakes it.", ANY],
}
WAITS = {
    "wait_event(wq, ready)": [QUEUE, NO_TIMER, AGAIN],
    "wait_event_timeout(wq, ready, 1000)": [QUEUE, f"A timer ends the wait {IN_3}", AGAIN],
    "wait_event_interruptible(wq, ready)": [QUEUE, NO_TIMER, STOPS],
    "wait_event_killable(wq, ready)": [QUEUE, NO_TIMER, AGAIN],
    "wait_event_idle_timeout(wq, ready, 1000)": [QUEUE, f"A timer ends the wait {IN_3}", AGAIN],
    "wait_for_completion(done)": [DONE, NO_TIMER, DEAF],
    "wait_for_completion_timeout(done, 1000)": [DONE, f"A timer ends the wait {IN_3}", DEAF],
    "wait_for_completion_interruptible(done)": [DONE, NO_TIMER, STOPS],
    "wait_for_completion_killable(done)": [DONE, NO_TIMER, DEAF],
    "down(sem)": [UP, NO_TIMER, DEAF],
    "down_timeout(sem, 1000)": [UP, f"A timer ends the wait {IN_3}", DEAF],
    "down_interruptible(sem)": [UP, NO_TIMER, STOPS],
}


@pytest.mark.parametrize("call", SLEEPS)
def test_a_sleeping_thread(asker, call):
    """Function, line, since when, which timer; and whether something ends the sleep earlier."""
    play(asker.bench, OBJECTS.format(call), seconds=1)
    name = call.partition("(")[0]

    head = f"4 (one) sleeps in {name}() at mod.py:8 since [    0.000084], for 1.000 s."
    assert [head, *(f"  {one}" for one in SLEEPS[call])] == asker.name("one")


@pytest.mark.parametrize("call", WAITS)
def test_a_waiting_thread(asker, call):
    """The variable it waits for, the timer if there is one, and what kthread_stop() would do."""
    play(asker.bench, OBJECTS.format(call), seconds=1)
    name = call.partition("(")[0]

    verb = "waits for a condition in" if name.startswith("wait_event") else "waits in"
    head = f"4 (one) {verb} {name}() at mod.py:8 since [    0.000084], for 1.000 s."
    assert [head, *(f"  {one}" for one in WAITS[call])] == asker.name("one")


def test_the_timer_fires_when_it_was_said(asker):
    """The stamp that is told for a timer is that of the thread's next switch-in, less the wake."""
    play(asker.bench, OBJECTS.format("msleep(5000)"), seconds=1)
    asker.bench.pass_time(4.087)
    before = asker.name("one")[1]
    asker.bench.pass_time(0.002)

    assert "  A timer wakes it in 910 us, at [    5.088000] (jiffies 4294893568)." == before
    assert "4 (one) has ended at [    5.088004].\n" == asker.why.task(4)


def test_a_queue_that_no_variable_names(asker):
    """An object that no variable of a module holds is "its"; one in a structure has a path."""
    play(
        asker.bench,
        """
        class device:
            pass
        dev = device()
        def one(data):
            wait_event(DECLARE_WAIT_QUEUE_HEAD(), 0)
            return 0
        def two(data):
            wait_event(dev.queue, 0)
            return 0
        def start():
            dev.queue = DECLARE_WAIT_QUEUE_HEAD()
            kthread_run(one, None, "one")
            kthread_run(two, None, "two")
            return 0
        """,
        seconds=1,
    )
    goes_on = "It goes on when somebody makes the condition true and calls wake_up() on"

    assert f"{goes_on} its wait queue." == asker.details("one")[0]
    assert f"{goes_on} the wait queue 'dev.queue'." == asker.details("two")[0]


MUTEX = """\
lock = DEFINE_MUTEX()
def one(data):
    mutex_lock(lock)
    return 0
def two(data):
    mutex_lock(lock)
    {}
    return 0
def start():
    kthread_run(two, None, "two")
    kthread_run(one, None, "one")
    kthread_run(one, None, "three")
    return 0
"""


def test_a_mutex_has_an_owner(asker):
    """Who holds a mutex and who waits before is told; the owner is explained."""
    play(asker.bench, MUTEX.format("msleep(5000)"), seconds=1)

    assert lines("""
        6 (three) waits in mutex_lock() at mod.py:4 since [    0.000110], for 1.000 s.
          4 (two) holds the mutex 'lock': it must call mutex_unlock().
          Before it waits 5 (one).
          kthread_stop() on it does not end the wait.
        4 (two) sleeps in msleep() at mod.py:8 since [    0.000084], for 1.000 s.
          A timer wakes it in 4.088 s, at [    5.088000] (jiffies 4294893568).
          Nothing ends msleep() earlier; woken before its time, it sleeps on.
    """) == asker.name("three")


def test_a_mutex_whose_owner_has_ended(asker):
    """A thread that ends with a mutex leaves it locked."""
    play(asker.bench, MUTEX.format("pass"), seconds=1)

    assert (
        "4 (two) held the mutex 'lock' and has ended without unlocking it."
        == (asker.details("one")[0])
    )


def test_a_mutex_locked_twice(asker):
    """Who locks its own mutex waits for ever."""
    play(asker.bench, MUTEX.format("mutex_lock(lock)"), seconds=1)

    assert "It holds the mutex 'lock' itself, and so waits for ever." == asker.details("two")[0]


def test_a_deadlock_is_named(asker):
    """Two threads that hold what the other wants: the circle is followed once, and named."""
    play(
        asker.bench,
        """
        first = DEFINE_MUTEX()
        second = DEFINE_MUTEX()
        def one(data):
            mutex_lock(first)
            msleep(10)
            mutex_lock(second)
            return 0
        def two(data):
            mutex_lock(second)
            msleep(10)
            mutex_lock(first)
            return 0
        def start():
            kthread_run(two, None, "two")
            kthread_run(one, None, "one")
            return 0
        """,
        seconds=1,
    )

    assert lines("""
        5 (one) waits in mutex_lock() at mod.py:7 since [    0.020004], for 0.980 s.
          4 (two) holds the mutex 'second': it must call mutex_unlock().
          kthread_stop() on it does not end the wait.
        4 (two) waits in mutex_lock() at mod.py:12 since [    0.020004], for 0.980 s.
          5 (one) holds the mutex 'first': it must call mutex_unlock().
          kthread_stop() on it does not end the wait.
          So they wait for each other: a deadlock.
    """) == asker.name("one")


def test_before_whom_a_semaphore_lets_through(asker):
    """Who waits longer for a semaphore comes first; nobody owns it."""
    text = OBJECTS.replace('"one")\n', '"one")\n    kthread_run(one, None, "two")\n')
    play(asker.bench, text.format("down_interruptible(sem)"), seconds=1)

    assert [UP, "Before it waits 4 (one).", NO_TIMER, STOPS] == asker.details("two")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("wait_event(wq, ready)", "No signal ends the wait, not even SIGKILL."),
        ("wait_event_killable(wq, ready)", "SIGKILL ends the wait, too."),
        ("wait_event_interruptible(wq, ready)", "A signal ends the wait, too."),
        ("msleep_interruptible(5000)", "A signal ends it earlier; a mere wake-up does not."),
        ("schedule()", "Any wake-up ends it, as by wake_up_process()."),
    ],
)
def test_a_process_in_a_modules_code(asker, call, said):
    """In an insmod that runs init it is signals that end a wait, and not kthread_stop()."""
    asker.insmod(OBJECTS.replace('kthread_run(one, None, "one")', "one(0)").format(call))
    asker.bench.pass_time(1)

    after = "insmod returns when start() of module mod has returned; Ctrl-C and SIGKILL act only"
    assert [said, f"{after} then."] == asker.details("insmod")[-2:]
