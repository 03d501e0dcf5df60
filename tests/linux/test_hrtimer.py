from __future__ import annotations

from tests.linux.play import play, start


def test_a_relative_timeout_is_not_on_the_grid_of_jiffies(bench):
    """schedule_hrtimeout() of 1.5 ms takes 1.5 ms and the 50 us of slack."""
    status, took = start(
        bench,
        """
        begin = ktime_get()
        set_current_state(TASK_INTERRUPTIBLE)
        seen.append(schedule_hrtimeout(1_500_000, HRTIMER_MODE_REL))
        seen.append(ktime_get() - begin)
        """,
    )

    assert 0 == status
    assert 1_550_000 <= took < 1_570_000


def test_an_absolute_timeout(bench):
    """HRTIMER_MODE_ABS counts from boot."""
    assert [0, True] == start(
        bench,
        """
        set_current_state(TASK_UNINTERRUPTIBLE)
        seen.append(schedule_hrtimeout(3_000_000, HRTIMER_MODE_ABS))
        seen.append(3_050_000 <= ktime_get() < 3_070_000)
        """,
    )


def test_a_time_of_zero_does_not_sleep(bench):
    """schedule_hrtimeout(0) returns 0 at once, running."""
    status, state, took = start(
        bench,
        """
        begin = ktime_get()
        set_current_state(TASK_INTERRUPTIBLE)
        seen.append(schedule_hrtimeout(0, HRTIMER_MODE_ABS))
        seen.append(current.__state)
        seen.append(ktime_get() - begin)
        """,
    )

    assert (0, 0) == (status, state)
    assert took < 1000


def test_being_woken_early_is_eintr(bench):
    """A wake-up before the time, or without any time, makes it -EINTR."""
    stage = play(
        bench,
        """
        seen = []
        def fn(data):
            for timeout in [1_000_000_000, NULL]:
                set_current_state(TASK_INTERRUPTIBLE)
                seen.append(schedule_hrtimeout(timeout, HRTIMER_MODE_REL))
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            for i in range(2):
                msleep(10)
                wake_up_process(k)
            return 0
        """,
        seconds=2,
    )

    assert [-4, -4] == stage.seen
