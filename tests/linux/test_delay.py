from __future__ import annotations

import pytest

from tests.linux.play import play, start

# Real: 21-sleep-timing; jiffies that a loop of msleep() takes per turn once it is steady.
STEADY = [
    *((0, 2), (1, 3), (2, 3), (4, 3), (5, 4), (10, 5), (20, 7), (50, 15), (100, 27), (200, 52)),
    *((240, 62), (244, 63), (248, 64), (252, 72), (255, 72), (256, 72), (300, 80), (500, 128)),
    *((1000, 256), (2000, 504), (2016, 512), (3000, 768)),
]
# The least and most jiffies that one msleep() takes, by where it begins.
RANGES = [
    *((0, 2, 2), (4, 3, 3), (100, 27, 27), (244, 63, 63), (248, 64, 71), (252, 65, 72)),
    *((256, 66, 73), (300, 77, 84), (500, 127, 134), (1000, 252, 259), (2000, 502, 509)),
    *((2016, 506, 569), (3000, 752, 815)),
]


def turns_of(bench, call, count):
    """Give the jiffies that each of some calls in a row took."""
    return start(
        bench,
        f"""
        for i in range({count}):
            begin = jiffies
            {call}
            seen.append(jiffies - begin)
        """,
    )


@pytest.mark.parametrize(("msecs", "jiffies"), STEADY)
def test_a_loop_of_msleep_takes_the_recorded_jiffies(bench, msecs, jiffies):
    """A thread that sleeps again at once settles on what the recorded kernel took."""
    assert [jiffies] * 3 == turns_of(bench, f"msleep({msecs})", 6)[-3:]


@pytest.mark.parametrize(("msecs", "least", "most"), RANGES)
def test_one_msleep_depends_on_where_it_begins(bench, msecs, least, most):
    """From every jiffy of a grid, one msleep() takes what FACTS gives as its range."""
    took = start(
        bench,
        f"""
        for phase in range({64 if most - least > 8 else 8}):
            while jiffies % 64 != phase:
                cpu_relax()
            begin = jiffies
            msleep({msecs})
            seen.append(jiffies - begin)
        """,
    )

    assert (least, most) == (min(took), max(took))


def test_without_the_extra_jiffy_since_6_12(make_bench):
    """6.12 dropped the jiffy that msleep() adds: msleep(10) takes 4, msleep(1000) 256."""
    bench = make_bench(release="6.12.1")

    assert 4 == turns_of(bench, "msleep(10)", 6)[-1]
    bench.unload()
    assert 256 == turns_of(bench, "msleep(1000)", 6)[-1]


def test_ssleep_is_msleep_of_seconds(bench):
    """ssleep(1) takes 256 jiffies."""
    assert 256 == turns_of(bench, "ssleep(1)", 4)[-1]


NANOSECONDS = [
    ("usleep_range(100, 200)", 200_000),
    ("usleep_range(300, 100)", 300_000),
    ("fsleep(10)", 10_000),
    ("fsleep(100)", 200_000),
    ("fsleep(20000)", 40_000_000),
    ("udelay(7)", 7_000),
    ("ndelay(900)", 900),
    ("mdelay(3)", 3_000_000),
]


@pytest.mark.parametrize(("call", "least_ns"), NANOSECONDS)
def test_short_waits_are_not_on_the_grid(bench, call, least_ns):
    """usleep_range(), short fsleep() and the delays take their nanoseconds and a few more."""
    took = start(bench, f"begin = ktime_get()\n{call}\nseen.append(ktime_get() - begin)")[0]

    assert least_ns <= took < least_ns + 20_000


def test_a_long_fsleep_is_msleep(bench):
    """fsleep() over 20 ms rounds up to milliseconds and sleeps by the timer wheel."""
    assert 8 == turns_of(bench, "fsleep(20001)", 4)[-1]


def test_delays_use_the_cpu_and_sleeps_do_not(bench):
    """mdelay() is booked as CPU time of the thread, msleep() is not."""
    play(
        bench,
        """
        threads = []
        def busy(data):
            mdelay(50)
            threads.append(current)
            msleep(1000000)
            return 0
        def start():
            kthread_run(busy, NULL, "busy")
            return 0
        """,
        seconds=1,
    )
    task = next(task for task in bench.kernel.tasks if task.comm == "busy")

    assert 50_000_000 <= task.sum_exec_ns < 50_100_000


SLEEPS = [
    # What sleeps, what kthread_stop() after 100 ms makes of it: cut short, and the value.
    ("msleep(1000)", False, None),
    ("ssleep(1)", False, None),
    ("usleep_range(400000, 400000)", False, None),
    ("mdelay(400)", False, None),
    ("fsleep(400000)", False, None),
    ("msleep_interruptible(1000)", True, range(850, 910)),
    ("schedule_timeout_interruptible(250)", True, range(210, 228)),
    ("schedule_timeout_uninterruptible(250)", True, range(210, 228)),
    ("schedule_timeout_killable(250)", True, range(210, 228)),
    ("schedule_timeout_idle(250)", True, range(210, 228)),
    ("wait_for_completion_timeout(done, 250)", False, [0]),
    ("wait_for_completion_killable_timeout(done, 250)", False, [0]),
    ("wait_for_completion_interruptible(done)", True, [-512]),
    ("wait_for_completion_interruptible_timeout(done, 250)", True, [-512]),
    ("wait_event_interruptible(queue, False)", True, [-512]),
    ("wait_event_interruptible(queue, kthread_should_stop())", True, [0]),
    ("wait_event_interruptible_timeout(queue, False, 250)", True, [-512]),
    ("wait_event_interruptible_exclusive(queue, False)", True, [-512]),
    ("wait_event(queue, kthread_should_stop())", True, None),
    ("wait_event_timeout(queue, False, 250)", False, [0]),
    ("wait_event_timeout(queue, kthread_should_stop(), 250)", True, range(210, 228)),
    ("wait_event_killable(queue, kthread_should_stop())", True, [0]),
    ("wait_event_killable_timeout(queue, False, 250)", False, [0]),
    ("wait_event_idle(queue, kthread_should_stop())", True, None),
    ("wait_event_idle_timeout(queue, False, 250)", False, [0]),
    ("mutex_lock_interruptible(held)", True, [-4]),
    ("down_interruptible(taken)", True, [-4]),
    ("down_timeout(taken, 250)", False, [-62]),
]


@pytest.mark.parametrize(("call", "is_cut_short", "values"), SLEEPS)
def test_what_kthread_stop_does_to_a_wait(bench, call, is_cut_short, values):
    """kthread_stop() ends the waits that FACTS names, with the values it names."""
    seen = play(
        bench,
        f"""
        seen = []
        done = DECLARE_COMPLETION()
        queue = DECLARE_WAIT_QUEUE_HEAD()
        held = DEFINE_MUTEX()
        taken = DEFINE_SEMAPHORE(0)
        def fn(data):
            seen.append({call})
            seen.append(jiffies - data)
            return 7
        def start():
            mutex_lock(held)
            k = kthread_run(fn, jiffies, "k")
            msleep(100)
            seen.append(kthread_stop(k))
            mutex_unlock(held)
            return 0
        """,
    ).seen
    value, took, result = seen

    assert 7 == result
    assert (value is None) if values is None else (value in values)
    assert is_cut_short == (took < 40)


def test_waits_that_nothing_ends_go_on_after_a_stop(bench):
    """An endless uninterruptible wait goes on; the stopper waits for the thread."""
    seen = play(
        bench,
        """
        seen = []
        done = DECLARE_COMPLETION()
        held = DEFINE_MUTEX()
        taken = DEFINE_SEMAPHORE(0)
        def completion_waiter(data):
            wait_for_completion(done)
            return 1
        def killable_waiter(data):
            return wait_for_completion_killable(done)
        def locker(data):
            mutex_lock(held)
            mutex_unlock(held)
            return 2
        def killable_locker(data):
            status = mutex_lock_killable(held)
            mutex_unlock(held)
            return status
        def downer(data):
            down(taken)
            return 3
        def killable_downer(data):
            return down_killable(taken)
        def stopper(k):
            seen.append(kthread_stop(k))
            return 0
        def start():
            mutex_lock(held)
            functions = completion_waiter, killable_waiter, locker, killable_locker, downer
            for function in functions + (killable_downer,):
                kthread_run(stopper, kthread_run(function, NULL, "waiter"), "stopper")
            msleep(200)
            seen.append("now")
            complete_all(done)
            mutex_unlock(held)
            up(taken)
            up(taken)
            return 0
        """,
        seconds=1,
    ).seen

    assert "now" == seen[0]
    assert [0, 0, 0, 1, 2, 3] == sorted(seen[1:])


def test_kthread_park_wakes_but_is_no_signal(bench):
    """kthread_park() ends schedule_timeout_*(); msleep_interruptible() goes on to its end."""
    seen = play(
        bench,
        """
        seen = []
        def fn(data):
            begin = jiffies
            seen.append(schedule_timeout_interruptible(250))
            kthread_parkme()
            begin = jiffies
            seen.append((msleep_interruptible(400), jiffies - begin))
            kthread_parkme()
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            msleep(100)
            seen.append(kthread_park(k))
            kthread_unpark(k)
            msleep(100)
            seen.append(kthread_park(k))
            return 0
        """,
    ).seen
    left, parked, (rest, took), parked_again = seen

    assert left in range(210, 228)
    assert (0, 0, 0) == (parked, rest, parked_again)
    assert 102 <= took <= 109
