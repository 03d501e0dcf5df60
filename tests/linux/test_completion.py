from __future__ import annotations

from tests.linux.play import evaluate, play, start

WORKERS = """
seen = []
done = DECLARE_COMPLETION()
def worker(number):
    wait_for_completion(done)
    seen.append(number)
    return 0
"""


def test_a_completion_counts(make_bench):
    """Each complete() lets one through, in the order in which they wait."""
    bench = make_bench(cpus=1)
    seen = play(
        bench,
        WORKERS
        + """
def start():
    for i in range(4):
        kthread_run(worker, i, "w%d", i)
    msleep(10)
    complete(done)
    msleep(10)
    seen.append(done.done)
    complete(done)
    complete(done)
    msleep(10)
    seen.append(completion_done(done))
    complete_all(done)
    msleep(10)
    seen.append(done.done)
    return 0
""",
    ).seen

    assert [0, 0, 1, 2, False, 3, 4294967295] == seen


def test_done_counts_up_when_nobody_waits(bench):
    """Two complete() make done 2; try_wait and wait use up one each."""
    assert [False, 0, 2, True, 1, 0, False] == start(
        bench,
        """
        done = DECLARE_COMPLETION()
        seen.append(try_wait_for_completion(done))
        seen.append(done.done)
        complete(done)
        complete(done)
        seen.append(done.done)
        seen.append(try_wait_for_completion(done))
        seen.append(done.done)
        wait_for_completion(done)
        seen.append(done.done)
        seen.append(completion_done(done))
        """,
    )


def test_complete_all_is_not_used_up(bench):
    """After complete_all() done stays UINT_MAX, complete() included, until reinit_completion()."""
    assert [True, 4294967295, 4294967295, 0, False] == start(
        bench,
        """
        done = DECLARE_COMPLETION()
        complete_all(done)
        seen.append(try_wait_for_completion(done))
        wait_for_completion(done)
        seen.append(done.done)
        complete(done)
        seen.append(done.done)
        reinit_completion(done)
        seen.append(done.done)
        seen.append(try_wait_for_completion(done))
        """,
    )


def test_init_completion_forgets(bench):
    """init_completion() makes one not done, whatever it was."""
    assert [0] == start(
        bench,
        """
        done = DECLARE_COMPLETION()
        complete_all(done)
        init_completion(done)
        seen.append(done.done)
        """,
    )


def test_a_timeout_gives_what_is_left_or_zero(bench):
    """wait_for_completion_timeout(): the jiffies left, at least 1; 0 if the time is over."""
    seen = play(
        bench,
        """
        seen = []
        done = DECLARE_COMPLETION()
        def fn(data):
            seen.append(wait_for_completion_timeout(done, 200))
            seen.append(wait_for_completion_timeout(done, 5))
            return 0
        def start():
            kthread_run(fn, NULL, "k")
            msleep(20)
            complete(done)
            return 0
        """,
        seconds=1,
    ).seen

    assert [193, 0] == seen


def test_a_done_completion_gives_the_whole_timeout(bench):
    """Without waiting the timeout comes back, and 1 for a timeout of 0."""
    assert [25, 1, 0, 0] == start(
        bench,
        """
        done = DECLARE_COMPLETION()
        complete(done)
        complete(done)
        seen.append(wait_for_completion_timeout(done, 25))
        seen.append(wait_for_completion_timeout(done, 0))
        seen.append(wait_for_completion_timeout(done, 0))
        complete_all(done)
        seen.append(wait_for_completion_killable(done))
        """,
    )


def test_an_interruptible_wait_that_is_completed(bench):
    """wait_for_completion_interruptible() gives 0, the timeout form the jiffies left."""
    assert [0, 10, 12] == start(
        bench,
        """
        done = DECLARE_COMPLETION()
        complete_all(done)
        seen.append(wait_for_completion_interruptible(done))
        seen.append(wait_for_completion_interruptible_timeout(done, 10))
        seen.append(wait_for_completion_killable_timeout(done, 12))
        """,
    )


def test_something_else_than_a_completion_is_a_fault(bench):
    """complete(NULL) is a NULL pointer dereference."""
    play(bench, "def start():\n    complete(NULL)\n    return 0")

    assert "BUG: kernel NULL pointer dereference, address: 0000000000000000" in bench.log()


def test_a_field_of_the_type(bench):
    """`completion` is the type: its instances are not done."""
    assert 0 == evaluate(bench, "completion().done")


def test_who_gave_up_waiting_does_not_take_a_completion(bench):
    """After a timeout the next complete() goes to who still waits."""
    seen = play(
        bench,
        """
        seen = []
        done = DECLARE_COMPLETION()
        def impatient(data):
            seen.append(wait_for_completion_timeout(done, 2))
            return 0
        def patient(data):
            wait_for_completion(done)
            seen.append("through")
            return 0
        def start():
            kthread_run(impatient, NULL, "impatient")
            msleep(1)
            kthread_run(patient, NULL, "patient")
            msleep(20)
            complete(done)
            return 0
        """,
        seconds=1,
    ).seen

    assert [0, "through"] == seen


def test_the_forms_for_disks(bench):
    """wait_for_completion_io() and its timeout form wait as the plain ones do."""
    lines = """
    complete(c)
    wait_for_completion_io(c)
    seen.append(c.done)
    begin = jiffies
    seen.append(wait_for_completion_io_timeout(c, 5))
    seen.append(jiffies - begin)
    complete(c)
    seen.append(wait_for_completion_io_timeout(c, 5))
    """
    assert [0, 0, 6, 5] == start(bench, lines, "c = DECLARE_COMPLETION()")
