from __future__ import annotations

import pytest

from tests.linux.play import play, start


def test_a_semaphore_lets_its_count_through(bench):
    """down() counts down; down_trylock() gives 0 if it got it, 1 if not."""
    assert [0, 1, 0, 0, 0, 1, -62] == start(
        bench,
        """
        sem = DEFINE_SEMAPHORE(2)
        down(sem)
        seen.append(down_trylock(sem))
        seen.append(down_trylock(sem))
        up(sem)
        seen.append(down_interruptible(sem))
        up(sem)
        seen.append(down_killable(sem))
        up(sem)
        seen.append(down_timeout(sem, 10))
        seen.append(down_trylock(sem))
        seen.append(down_timeout(sem, 10))
        """,
    )


def test_a_timeout_takes_its_jiffies(bench):
    """down_timeout(10) gives -ETIME after 11 jiffies."""
    assert [-62, 11] == start(
        bench,
        """
        sem = DEFINE_SEMAPHORE(0)
        begin = jiffies
        seen.append(down_timeout(sem, 10))
        seen.append(jiffies - begin)
        """,
    )


def test_waiters_are_served_in_order(bench):
    """up() lets the first who waits through; nobody else can take it."""
    seen = play(
        bench,
        """
        seen = []
        sem = DEFINE_SEMAPHORE(0)
        def worker(number):
            down(sem)
            seen.append(number)
            return 0
        def start():
            for i in range(3):
                kthread_run(worker, i, "w%d", i)
                msleep(1)
            for i in range(3):
                up(sem)
                seen.append(down_trylock(sem))
                msleep(1)
            up(sem)
            seen.append(sem.count)
            return 0
        """,
        seconds=1,
    ).seen

    assert [1, 0, 1, 1, 1, 2, 1] == seen


def test_sema_init_sets_the_count(bench):
    """sema_init() makes a semaphore new."""
    assert [3] == start(bench, "sem = semaphore(0)\nsema_init(sem, 3)\nseen.append(sem.count)")


def test_the_default_is_a_binary_semaphore(bench):
    """DEFINE_SEMAPHORE() without a number lets one through."""
    assert [0, 1] == start(
        bench,
        """
        sem = DEFINE_SEMAPHORE()
        seen.append(down_trylock(sem))
        seen.append(down_trylock(sem))
        """,
    )


@pytest.mark.parametrize("call", ["down", "up", "down_trylock"])
def test_something_else_than_a_semaphore_is_a_fault(bench, call):
    """A NULL semaphore is a NULL pointer dereference."""
    play(bench, f"def start():\n    {call}(NULL)\n    return 0")

    assert "BUG: kernel NULL pointer dereference, address: 0000000000000000" in bench.log()
