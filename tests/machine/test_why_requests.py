"""What ``why`` says of kernel threads that run, and of those that are parked or stopped."""

from __future__ import annotations

import pytest

from tests.linux.play import play
from tests.machine.why_steps import Asker, lines


@pytest.fixture
def asker(bench):
    """Ask about the default kernel: 2 CPUs, HZ 250, a jiffy of 4 ms, booted at 0."""
    return Asker(bench)


SPIN = """\
def one(data):
    while not kthread_should_stop():
        pass
    return 0
def start():
    kthread_run(one, None, "one")
    kthread_run(one, None, "two")
    kthread_run(one, None, "three")
    return 0
"""


def test_who_spins_and_who_waits_for_the_cpu(asker):
    """A thread that never sleeps runs since its first switch-in; who is behind it waits for it."""
    insmod = asker.insmod(SPIN)
    asker.bench.pass_time(0.5)
    asker.bench.kernel.run(asker.bench.kernel.now_ns)

    assert (
        lines("""
        3 (insmod) waits in kthread_create() at mod.py:9 since [    0.000087], for 0.500 s.
          It goes on when 2 (kthreadd) has made the thread.
          insmod returns when start() of module mod has returned; Ctrl-C and SIGKILL act only then.
        2 (kthreadd) is ready to run since [    0.000087], for 0.500 s.
          It waits for CPU 0, where 4 (one) runs.
        4 (one) runs on CPU 0 at mod.py:3 since [    0.000084], for 0.500 s.
          It waits for nothing.
          It has not slept since.
          For its CPU waits: 2 (kthreadd).
    """)
        == asker.why.task(insmod.pid).splitlines()
    )


def test_a_new_thread_waits_for_its_first_wake_up(asker):
    """A thread of kthread_create() has not begun; one that is parked then has not either."""
    play(
        asker.bench,
        """
        def one(data):
            return 0
        def start():
            kthread_create(one, None, "one")
            kthread_park(kthread_create(one, None, "two"))
            return 0
        """,
        seconds=1,
    )

    assert lines("""
        4 (one) has been created and waits for its first wake-up since [    0.000076], for 1.000 s.
          wake_up_process() on it lets one() begin.
          kthread_stop() on it ends it without that.
    """) == asker.name("one")
    assert lines("""
        5 (two) is parked since [    0.000100], for 1.000 s.
          3 (test) called kthread_park() at [    0.000096].
          It was parked before one() has begun.
          No timer runs for it, and a wake-up does not help.
          It goes on when somebody calls kthread_unpark() or kthread_stop() on it.
    """) == asker.name("two")


PARK = """\
t = None
def one(data):
    msleep({})
    while not kthread_should_stop():
        msleep(1000)
    msleep(9000)
    return 0
def two(data):
    get_task_struct(t)
    kthread_park(t)
    return 0
def three(data):
    kthread_stop(t)
    return 0
def start():
    global t
    t = kthread_run(one, None, "one")
    kthread_run(two, None, "two")
    {}
    return 0
"""


def test_kthread_park_waits_for_a_thread_that_does_not_park(asker):
    """Who parks waits until the thread calls kthread_parkme(), and the thread knows nothing."""
    play(asker.bench, PARK.format(5000, ""), seconds=1)

    assert lines("""
        5 (two) waits in kthread_park() at mod.py:11 since [    0.000099], for 1.000 s.
          It goes on when 4 (one) calls kthread_parkme().
          If that thread ends before it parks, this wait never ends.
        4 (one) sleeps in msleep() at mod.py:4 since [    0.000084], for 1.000 s.
          A timer wakes it in 4.088 s, at [    5.088000] (jiffies 4294893568).
          Nothing ends msleep() earlier; woken before its time, it sleeps on.
          5 (two) asked it to park at [    0.000097].
          It parks when it calls kthread_parkme().
    """) == asker.name("two")


def test_kthread_park_of_a_thread_that_is_stopped_meanwhile(asker):
    """kthread_stop() takes the request to park back: who parks waits for ever, before and after."""
    play(asker.bench, PARK.format(1000, 'kthread_run(three, None, "three")'), seconds=3)

    assert [
        "4 (one) has been asked to stop since, and need not park any more: this wait never ends."
    ] == asker.details("two")
    asker.bench.pass_time(20)
    assert ["4 (one) has ended without parking: this wait never ends."] == asker.details("two")


def test_a_stopped_thread_has_slept_since_its_msleep_began(asker):
    """The wake-up of kthread_stop() does not make msleep() begin anew; who asked is told."""
    play(
        asker.bench,
        """
        def one(data):
            msleep(5000)
            return 0
        def two(data):
            msleep(1000)
            kthread_stop(data)
            return 0
        def start():
            kthread_run(two, kthread_run(one, None, "one"), "two")
            return 0
        """,
        seconds=2,
    )

    assert lines("""
        5 (two) waits in kthread_stop() at mod.py:7 since [    1.024004], for 0.976 s.
          It goes on when 4 (one) returns from one().
        4 (one) sleeps in msleep() at mod.py:3 since [    0.000084], for 2.000 s.
          A timer wakes it in 3.088 s, at [    5.088000] (jiffies 4294893568).
          Nothing ends msleep() earlier; woken before its time, it sleeps on.
          5 (two) asked it to stop at [    1.024004].
          kthread_should_stop() is true for it, but it must look; it ends when one() returns.
    """) == asker.name("two")


def test_a_second_kthread_stop_never_returns(asker):
    """The end of a thread lets one kthread_stop() go on; others wait for ever."""
    play(
        asker.bench,
        """
        t = None
        def one(data):
            msleep(5000)
            return 0
        def two(data):
            get_task_struct(t)
            kthread_stop(t)
            return 0
        def start():
            global t
            t = kthread_run(one, None, "one")
            kthread_run(two, None, "two")
            kthread_run(two, None, "three")
            return 0
        """,
        seconds=1,
    )

    assert "It goes on when 4 (one) returns from one()." == asker.details("two")[0]
    second = "Another task waits in kthread_stop() for 4 (one), and its end lets only one go on"
    assert [f"{second}: this wait never ends."] == asker.details("three")
    asker.bench.pass_time(9)
    late = "4 (one) has ended, but another kthread_stop() has taken note of that"
    assert [f"{late}: this wait never ends."] == asker.details("three")


def test_a_thread_that_stops_itself(asker):
    """Who waits for its own end waits for ever."""
    play(
        asker.bench,
        """
        def one(data):
            kthread_stop(current)
            return 0
        def start():
            kthread_run(one, None, "one")
            return 0
        """,
        seconds=1,
    )

    assert "It has asked itself to stop, and so waits for ever." == asker.details("one")[0]


def test_events_that_fell_out_of_the_ring_are_left_out(bench):
    """Without the event that parked it a thread is still parked; nobody is named."""
    play(
        bench,
        """
        def one(data):
            while not kthread_should_park():
                msleep(10)
            kthread_parkme()
            return 0
        def start():
            thread = kthread_run(one, None, "one")
            msleep(10)
            kthread_park(thread)
            return 0
        """,
        seconds=1,
    )
    asker = Asker(bench)

    assert [
        "No timer runs for it, and a wake-up does not help.",
        "It goes on when somebody calls kthread_unpark() or kthread_stop() on it.",
    ] == asker.details("one")
