from __future__ import annotations

import pytest

from tests.linux.play import play, start


def tasks_named(bench, name):
    """Find tasks by their comm."""
    return [task for task in bench.kernel.tasks if task.comm == name]


STOPS = [
    # How the thread is made, what it does, what kthread_stop() returns.
    ("kthread_create", "return 5", -4),
    ("kthread_run", "msleep(10)\n    return 5", 5),
    ("kthread_run", "return -22", -22),
    ("kthread_run", "return 1 << 32 | 9", 9),
    ("kthread_run", "return 'text'", 0),
    ("kthread_run", "kthread_exit(3)", 3),
    ("kthread_run", "kthread_complete_and_exit(NULL, -7)", -7),
    ("kthread_run", "NULL.field = 1\n    return 8", 0),
    ("kthread_run", "BUG()", 0),
]


@pytest.mark.parametrize(("create", "body", "result"), STOPS)
def test_what_kthread_stop_returns(bench, create, body, result):
    """kthread_stop() gives the function's value as an int, -EINTR if it never ran, 0 if it died."""
    assert [result] == start(
        bench,
        f"""
        k = {create}(fn, NULL, "k")
        get_task_struct(k)
        msleep(5)
        seen.append(kthread_stop(k))
        """,
        f"def fn(data):\n    {body}",
    )


def test_on_one_cpu_run_and_stop_at_once_never_calls_the_function(make_bench):
    """Where the waker goes on, kthread_run() and kthread_stop() in a row give -EINTR."""
    found = start(
        make_bench(cpus=1),
        'seen.append(kthread_stop(kthread_run(fn, NULL, "k")))',
        "def fn(data):\n    seen.append('ran')\n    return 0",
    )

    assert [-4] == found


def test_the_stopper_sees_all_that_the_thread_did(bench):
    """kthread_stop() returns after the thread's last line."""
    found = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        msleep(10)
        seen.append(("stopped", kthread_stop(k)))
        """,
        """
def fn(data):
    while not kthread_should_stop():
        msleep(30)
    msleep(500)
    seen.append("last line")
    return 1
""",
    )

    assert ["last line", ("stopped", 1)] == found


def test_a_second_stop_hangs(bench):
    """The completion is used up: stopping a thread twice never returns."""
    stage = play(
        bench,
        """
        seen = []
        def fn(data):
            while not kthread_should_stop():
                msleep(10)
            return 1
        def stopper(k):
            seen.append(kthread_stop(k))
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            get_task_struct(k)
            msleep(10)
            kthread_run(stopper, k, "stopper")
            kthread_run(stopper, k, "stopper")
            return 0
        """,
        seconds=60,
    )

    assert [1] == stage.seen
    assert [2] == [task.state for task in tasks_named(bench, "stopper")]


def test_stopping_oneself_hangs(bench):
    """kthread_stop(current) waits for an exit that cannot come."""
    play(
        bench,
        """
        def fn(data):
            return kthread_stop(current)
        def start():
            kthread_run(fn, NULL, "self")
            return 0
        """,
        seconds=60,
    )

    assert [2] == [task.state for task in tasks_named(bench, "self")]


def test_stopping_a_freed_thread_is_use_after_free(bench):
    """Without a reference a finished thread's stop is a refcount_t warning, then an Oops."""
    play(
        bench,
        """
        def fn(data):
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            msleep(10)
            kthread_stop(k)
            return 0
        """,
    )
    log = bench.own_log()

    assert "refcount_t: addition on 0; use-after-free." == log[1]
    assert " at lib/refcount.c:25 refcount_warn_saturate+0x" in log[2]
    assert any(line.startswith("RIP: 0010:kthread_stop+0x") for line in log)


def test_kthread_stop_put_drops_the_reference(bench):
    """kthread_stop_put() is kthread_stop() and put_task_struct()."""
    found = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        get_task_struct(k)
        msleep(5)
        seen.append(kthread_stop_put(k))
        """,
        "tasks = []\ndef fn(data):\n    tasks.append(current)\n    return 4",
    )
    task = bench.kernel.modules.find("mod").namespace["tasks"][0]._task

    assert [4] == found
    assert task.freed


def test_kthread_complete_and_exit_completes(bench):
    """kthread_complete_and_exit() wakes who waits, and what stands behind it never runs."""
    found = start(
        bench,
        """
        kthread_run(fn, NULL, "k")
        wait_for_completion(done)
        msleep(1)
        seen.append("through")
        """,
        """
done = DECLARE_COMPLETION()
def fn(data):
    seen.append("running")
    kthread_complete_and_exit(done, 0)
    seen.append("never")
    return 0
""",
    )

    assert ["running", "through"] == found
