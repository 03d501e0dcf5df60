from __future__ import annotations

import pytest

from tests.linux.play import play, start


def tasks_named(bench, name):
    """Find tasks by their comm."""
    return [task for task in bench.kernel.tasks if task.comm == name]


def test_parking_and_unparking(bench):
    """kthread_park() returns when the thread is in parkme; unpark lets it out of it."""
    stage = play(
        bench,
        """
        seen = []
        def fn(data):
            while not kthread_should_stop():
                if kthread_should_park():
                    seen.append("parks")
                    kthread_parkme()
                    seen.append(("goes on", kthread_should_park()))
                schedule_timeout_interruptible(250)
            return 3
        def start():
            k = kthread_run(fn, NULL, "k")
            msleep(10)
            seen.append(kthread_park(k))
            seen.append(k.__state)
            msleep(10000)
            kthread_unpark(k)
            msleep(10)
            seen.append(kthread_stop(k))
            return 0
        """,
    )

    assert ["parks", 0, 0x40, ("goes on", False), 3] == stage.seen


def test_parkme_without_being_asked_returns_at_once(bench):
    """kthread_parkme() of a thread that nobody parks does nothing."""
    found = start(
        bench,
        'kthread_run(fn, NULL, "k")\nmsleep(10)',
        "def fn(data):\n    kthread_parkme()\n    seen.append(current.__state)\n    return 0",
    )

    assert [0] == found


def test_a_thread_parked_before_its_first_run(bench):
    """It parks before its function is called; unpark calls it."""
    found = start(
        bench,
        """
        k = kthread_create(fn, NULL, "k")
        seen.append(kthread_park(k))
        msleep(100)
        seen.append("parked")
        kthread_unpark(k)
        msleep(10)
        """,
        "def fn(data):\n    seen.append('called')\n    return 0",
    )

    assert [0, "parked", "called"] == found


def test_a_thread_stopped_while_parked_before_its_first_run_is_called(bench):
    """kthread_stop() of such a thread unparks it: its function is called and sees should_stop."""
    found = start(
        bench,
        """
        k = kthread_create(fn, NULL, "k")
        kthread_park(k)
        seen.append(kthread_stop(k))
        """,
        """
def fn(data):
    seen.append((kthread_should_stop(), kthread_should_park(), kthread_should_stop_or_park()))
    return 6
""",
    )

    assert [(True, False, True), 6] == found


def test_parking_twice_is_ebusy_and_warns_once(bench):
    """The second kthread_park() gives -EBUSY; the warning comes once per boot."""
    found = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        seen.extend([kthread_park(k), kthread_park(k), kthread_park(k)])
        """,
        """
def fn(data):
    while not kthread_should_stop():
        kthread_parkme()
        msleep(10)
    return 0
""",
    )
    log = bench.log()

    assert [0, -16, -16] == found
    assert 1 == sum(" at kernel/kthread.c:661 kthread_park+0x81/0x90" in line for line in log)


def test_parking_a_finished_thread_is_enosys_and_warns_each_time(bench):
    """kthread_park() after the exit gives -ENOSYS and a warning every time."""
    found = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        get_task_struct(k)
        msleep(10)
        seen.extend([kthread_park(k), kthread_park(k)])
        """,
        "def fn(data):\n    return 0",
    )
    log = bench.log()

    assert [-38, -38] == found
    assert 2 == sum(" at kernel/kthread.c:658 kthread_park+0x73/0x90" in line for line in log)


def test_parking_oneself_only_sets_the_bit(bench):
    """kthread_park(current) gives 0 at once; the thread must park itself."""
    found = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        msleep(10)
        seen.append(k.__state)
        kthread_unpark(k)
        msleep(10)
        """,
        """
def fn(data):
    seen.append((kthread_park(current), kthread_should_park()))
    kthread_parkme()
    seen.append("unparked")
    return 0
""",
    )

    assert [(0, True), 0x40, "unparked"] == found


PARKED_NEVER = [
    ("returns", "msleep(100)\n    return 0"),
    ("never parks", "while True:\n        msleep(100)"),
]


@pytest.mark.parametrize(("what", "body"), PARKED_NEVER, ids=[what for what, _ in PARKED_NEVER])
def test_parking_a_thread_that_does_not_park_hangs(bench, what, body):
    """Who parks a thread that returns or never parks waits in D for ever."""
    play(
        bench,
        f"""
        def fn(data):
            {body.replace(chr(10), chr(10) + "        ")}
        def parker(k):
            kthread_park(k)
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            get_task_struct(k)
            kthread_run(parker, k, "parker")
            return 0
        """,
        seconds=60,
    )

    assert [2] == [task.state for task in tasks_named(bench, "parker")]


def test_stopping_a_parked_thread_returns_its_value(bench):
    """kthread_stop() unparks: parkme returns, should_stop is true."""
    found = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        msleep(10)
        kthread_park(k)
        seen.append(kthread_stop(k))
        """,
        """
def fn(data):
    while not kthread_should_stop():
        if kthread_should_park():
            kthread_parkme()
            continue
        msleep(1)
    return 11
""",
    )

    assert [11] == found


def test_unparking_a_thread_that_was_not_parked_does_nothing(bench):
    """kthread_unpark() without a park neither wakes nor counts."""
    found = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        msleep(10)
        kthread_unpark(k)
        msleep(10)
        seen.append(k.__state)
        seen.append(kthread_park(k))
        """,
        """
def fn(data):
    set_current_state(TASK_INTERRUPTIBLE)
    schedule()
    kthread_parkme()
    return 0
""",
    )

    assert [1, 0] == found


def test_unpark_and_park_at_once(make_bench):
    """On one CPU the thread never leaves parkme between an unpark and a park."""
    found = start(
        make_bench(cpus=1),
        """
        k = kthread_run(fn, NULL, "k")
        msleep(10)
        kthread_park(k)
        kthread_unpark(k)
        seen.append(kthread_park(k))
        kthread_unpark(k)
        msleep(10)
        """,
        """
def fn(data):
    while not kthread_should_park():
        msleep(1)
    kthread_parkme()
    seen.append("out")
    return 0
""",
    )

    assert [0, "out"] == found
