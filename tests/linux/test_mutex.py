from __future__ import annotations

import pytest

from tests.linux.play import play, start


def test_a_mutex_is_locked_or_not(bench):
    """mutex_trylock() gives 1 if it got it, 0 if not; mutex_is_locked() tells."""
    assert [False, 1, True, 0, False, 0, 0] == start(
        bench,
        """
        lock = DEFINE_MUTEX()
        seen.append(mutex_is_locked(lock))
        seen.append(mutex_trylock(lock))
        seen.append(mutex_is_locked(lock))
        seen.append(mutex_trylock(lock))
        mutex_unlock(lock)
        seen.append(mutex_is_locked(lock))
        seen.append(mutex_lock_interruptible(lock))
        mutex_unlock(lock)
        seen.append(mutex_lock_killable(lock))
        """,
    )


def test_waiters_are_served_in_order(make_bench):
    """Sleepers get a mutex first come first served."""
    seen = play(
        make_bench(cpus=1),
        """
        seen = []
        lock = DEFINE_MUTEX()
        def worker(number):
            mutex_lock(lock)
            seen.append(number)
            msleep(1)
            mutex_unlock(lock)
            return 0
        def start():
            mutex_lock(lock)
            for i in range(4):
                kthread_run(worker, i, "w%d", i)
                msleep(1)
            mutex_unlock(lock)
            return 0
        """,
        seconds=1,
    ).seen

    assert [0, 1, 2, 3] == seen


def test_who_unlocks_and_locks_again_gets_it_once_more(make_bench):
    """A running thread takes the mutex again before the woken waiter; then it is handed off."""
    seen = play(
        make_bench(cpus=1),
        """
        seen = []
        lock = DEFINE_MUTEX()
        def greedy(data):
            for i in range(4):
                mutex_lock(lock)
                seen.append("greedy")
                msleep(4)
                mutex_unlock(lock)
            return 0
        def patient(data):
            mutex_lock(lock)
            seen.append("patient")
            mutex_unlock(lock)
            return 0
        def start():
            kthread_run(greedy, NULL, "greedy")
            kthread_run(patient, NULL, "patient")
            return 0
        """,
        seconds=1,
    ).seen

    assert ["greedy", "greedy", "patient", "greedy", "greedy"] == seen


def test_a_waiter_that_is_interrupted_leaves_the_line(bench):
    """-EINTR takes a waiter out of line; the next one gets the mutex."""
    seen = play(
        bench,
        """
        seen = []
        lock = DEFINE_MUTEX()
        def impatient(data):
            seen.append(mutex_lock_interruptible(lock))
            return 0
        def patient(data):
            mutex_lock(lock)
            seen.append("patient")
            return 0
        def start():
            mutex_lock(lock)
            k = kthread_run(impatient, NULL, "impatient")
            msleep(4)
            kthread_run(patient, NULL, "patient")
            msleep(4)
            kthread_stop(k)
            mutex_unlock(lock)
            return 0
        """,
        seconds=1,
    ).seen

    assert [-4, "patient"] == seen


def test_unlocking_an_unlocked_mutex_is_silent(bench):
    """mutex_unlock() of a free mutex does nothing visible."""
    assert [False] == start(
        bench,
        """
        lock = DEFINE_MUTEX()
        mutex_unlock(lock)
        seen.append(mutex_is_locked(lock))
        """,
    )
    assert [] == bench.own_log()


def test_locking_twice_hangs_uninterruptibly(bench):
    """A thread that locks its own mutex again sleeps in D for ever."""
    play(
        bench,
        """
        lock = DEFINE_MUTEX()
        def fn(data):
            mutex_lock(lock)
            mutex_lock(lock)
            return 0
        def start():
            kthread_run(fn, NULL, "dead")
            return 0
        """,
        seconds=100,
    )

    assert [2] == [task.state for task in bench.kernel.tasks if task.comm == "dead"]


def test_mutex_init_makes_it_free(bench):
    """mutex_init() makes a mutex unlocked, whatever it was."""
    assert [1, False] == start(
        bench,
        """
        lock = mutex()
        seen.append(mutex_trylock(lock))
        mutex_init(lock)
        seen.append(mutex_is_locked(lock))
        """,
    )


@pytest.mark.parametrize("call", ["mutex_lock", "mutex_unlock", "mutex_trylock", "mutex_is_locked"])
def test_something_else_than_a_mutex_is_a_fault(bench, call):
    """A NULL mutex is a NULL pointer dereference."""
    play(bench, f"def start():\n    {call}(NULL)\n    return 0")

    assert "BUG: kernel NULL pointer dereference, address: 0000000000000000" in bench.log()


def test_a_woken_waiter_holds_it(bench):
    """Who got a mutex after waiting holds it: it is locked, and nobody else gets it."""
    seen = play(
        bench,
        """
        seen = []
        lock = DEFINE_MUTEX()
        def waiter(data):
            mutex_lock(lock)
            seen.append(mutex_is_locked(lock))
            msleep(100)
            mutex_unlock(lock)
            return 0
        def start():
            mutex_lock(lock)
            kthread_run(waiter, NULL, "waiter")
            msleep(10)
            mutex_unlock(lock)
            msleep(10)
            seen.append(mutex_trylock(lock))
            msleep(200)
            seen.append(mutex_trylock(lock))
            return 0
        """,
    ).seen

    assert [True, 0, 1] == seen


def test_a_hand_off_ends_with_the_last_waiter(make_bench):
    """A waiter that asked for a hand-off and then gave up leaves an ordinary mutex."""
    stage = play(
        make_bench(cpus=1),
        """
        seen = []
        lock = DEFINE_MUTEX()
        def impatient(data):
            seen.append(mutex_lock_interruptible(lock))
            return 0
        def start():
            mutex_lock(lock)
            k = kthread_run(impatient, NULL, "impatient")
            msleep(1)
            mutex_unlock(lock)
            mutex_lock(lock)
            msleep(1)
            seen.append(lock.handoff)
            kthread_stop(k)
            seen.append(lock.handoff)
            return 0
        """,
    )

    assert [True, -4, False] == stage.seen


def test_destroying_is_silent(bench):
    """mutex_destroy() of a mutex says nothing; of NULL it is a fault."""
    start(bench, "mutex_destroy(m)", "m = DEFINE_MUTEX()")
    assert [] == bench.own_log()
    bench.unload()
    start(bench, "mutex_destroy(NULL)")
    assert any("address: 0000000000000000" in line for line in bench.log())
