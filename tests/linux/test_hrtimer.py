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


TIMER = """
seen = []
begin = 0
def fn(h):
    seen.append((ktime_ms_delta(ktime_get(), begin), in_hardirq(), h == t))
    FORWARD
t = hrtimer()
def start():
    global begin
    begin = ktime_get()
    hrtimer_init(t, CLOCK_MONOTONIC, MODE)
    t.function = fn
    hrtimer_start(t, ms_to_ktime(10), HRTIMER_MODE_REL)
    LINES
    return 0
"""


def timed(bench, forward="return HRTIMER_NORESTART", lines="pass", mode="HRTIMER_MODE_REL"):
    """Start a timer for 10 ms; give what its function and the lines saw."""
    text = TIMER.replace("FORWARD", forward).replace("LINES", lines).replace("MODE)", f"{mode})")
    return play(bench, text, seconds=0.2).seen


def test_a_timer_calls_its_function_in_a_hard_interrupt(bench):
    """It gets the timer, at its time, once; with _SOFT in a softirq."""
    assert [(10, True, True)] == timed(bench)
    bench.unload()
    assert [(10, False, True)] == timed(bench, mode="HRTIMER_MODE_REL_SOFT")


def test_a_timer_that_goes_on(bench):
    """HRTIMER_RESTART after hrtimer_forward_now() fires each interval; missed ones are counted."""
    forward = """seen.append(hrtimer_forward_now(h, ms_to_ktime(20)))
    return HRTIMER_RESTART if len(seen) < 6 else HRTIMER_NORESTART"""
    assert [(10, True, True), 1, (30, True, True), 1, (50, True, True), 1] == timed(bench, forward)
    bench.unload()
    assert (
        6 == timed(bench, "seen.append(hrtimer_forward(h, ktime_get() + 100000000, 20000000))")[1]
    )


def test_what_a_timer_is_and_what_cancelling_gives(bench):
    """Active until it has fired or been cancelled; cancel gives 1 if it was armed."""
    lines = """seen.append((hrtimer_active(t), hrtimer_is_queued(t)))
    seen.append(9 < hrtimer_get_remaining(t) / 1000000 + 1 <= 10)
    seen.append((hrtimer_get_expires(t) - begin) / 1000000)
    seen.append((hrtimer_cancel(t), hrtimer_cancel(t), hrtimer_try_to_cancel(t)))
    hrtimer_restart(t)
    seen.append((hrtimer_try_to_cancel(t), hrtimer_active(t)))"""
    assert [(True, True), True, 10, (1, 0, 0), (1, False)] == timed(bench, lines=lines)


def test_a_timer_knows_that_it_runs(bench):
    """In its own function it is active, not queued, and try_to_cancel gives -1."""
    forward = """seen.append((hrtimer_active(h), hrtimer_is_queued(h), hrtimer_try_to_cancel(h)))
    return HRTIMER_NORESTART"""
    assert (True, False, -1) == timed(bench, forward)[1]


def test_a_timer_without_init_is_a_fault(bench):
    """hrtimer_start() of a timer that hrtimer_init() has not prepared follows NULL."""
    play(bench, "def start():\n    hrtimer_start(hrtimer(), 5, HRTIMER_MODE_REL)\n    return 0")

    assert any("address: 0000000000000000" in line for line in bench.log())
