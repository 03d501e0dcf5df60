from __future__ import annotations

import pytest

from tests.linux.play import play, start

SPINNERS = """
turns = [0, 0, 0]
tasks = []
def spin(number):
    tasks.append(current)
    while not kthread_should_stop():
        turns[number] += 1
        udelay(100)
        cond_resched()
    return 0
"""


def used_ns(bench, stage):
    """Give the CPU time that each of the stage's threads has used."""
    bench.kernel.sched.account_running()
    return [task._task.sum_exec_ns for task in stage.tasks]


def test_two_spinners_share_a_cpu(make_bench):
    """Two threads that never sleep get half of their CPU each."""
    bench = make_bench(cpus=1)
    stage = play(
        bench,
        SPINNERS
        + """
def start():
    for i in range(2):
        kthread_run(spin, i, "spin%d", i)
    return 0
""",
        seconds=2,
    )
    first, second = used_ns(bench, stage)

    assert abs(first - second) <= 5_000_000
    assert first + second > 1_990_000_000


def test_two_spinners_have_a_cpu_each(bench):
    """On two CPUs two threads that never sleep get all of one each."""
    stage = play(
        bench,
        SPINNERS
        + """
def start():
    for i in range(2):
        kthread_run(spin, i, "spin%d", i)
    return 0
""",
        seconds=2,
    )

    assert all(used > 1_990_000_000 for used in used_ns(bench, stage))
    assert {0, 1} == {task._task.cpu.id for task in stage.tasks}


NICE = [(0, 5, 1024 / 335), (-5, 0, 3121 / 1024), (0, 19, 1024 / 15)]


@pytest.mark.parametrize(("one", "other", "ratio"), NICE)
def test_nice_values_weigh(make_bench, one, other, ratio):
    """Shares of a CPU are in the ratio of the weights of the nice values."""
    bench = make_bench(cpus=1)
    stage = play(
        bench,
        SPINNERS
        + f"""
def start():
    for i, nice in enumerate([{one}, {other}]):
        k = kthread_create(spin, i, "spin%d", i)
        set_user_nice(k, nice)
        wake_up_process(k)
    return 0
""",
        seconds=20,
    )
    first, second = used_ns(bench, stage)

    assert ratio == pytest.approx(first / second, rel=0.1)


def test_a_sleeper_is_not_starved_by_a_spinner(make_bench):
    """A thread that sleeps 1 s and works a little runs on time beside a spinner."""
    bench = make_bench(cpus=1)
    stage = play(
        bench,
        SPINNERS
        + """
late = []
def sleeper(data):
    for i in range(10):
        due = jiffies + 101
        schedule_timeout_uninterruptible(100)
        late.append(jiffies - due)
    return 0
def start():
    kthread_run(spin, 0, "spin")
    kthread_run(sleeper, NULL, "sleeper")
    return 0
""",
        seconds=10,
    )

    assert 10 == len(stage.late)
    assert max(stage.late) <= 8


def test_fifo_goes_before_normal(make_bench):
    """A SCHED_FIFO thread that is woken runs at the waker's next step, a normal one later."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        for i, name in enumerate(["normal", "fifo"]):
            k = kthread_create(fn, name, "%s", name)
            if i:
                sched_set_fifo(k)
            threads.append(k)
        for k in threads:
            wake_up_process(k)
        seen.append("waker")
        msleep(1)
        """,
        "threads = []\ndef fn(data):\n    seen.append(data)\n    return 0",
    )

    assert ["waker", "fifo", "normal"] == seen


def test_real_time_priorities_are_kept(make_bench):
    """Higher real-time priorities first, first come first served among equals."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        threads = [kthread_create(fn, i, "k%d", i) for i in range(4)]
        for i, k in enumerate(threads):
            if i % 2:
                sched_set_fifo(k)
            else:
                sched_set_fifo_low(k)
            wake_up_process(k)
        msleep(1)
        """,
        "def fn(data):\n    seen.append(data)\n    return 0",
    )

    assert [1, 3, 0, 2] == seen


def test_fifo_is_not_sliced(make_bench):
    """Of two FIFO threads of one priority the first runs until it sleeps, cond_resched() or not."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        threads.extend([kthread_create(fn, i, "k%d", i) for i in range(2)])
        for k in threads:
            sched_set_fifo(k)
            wake_up_process(k)
        msleep(1000)
        """,
        """
threads = []
def fn(data):
    for i in range(3):
        mdelay(20)
        seen.append((data, cond_resched()))
    return 0
""",
    )

    assert [(0, 0)] * 3 + [(1, 0)] * 3 == seen


def test_a_preempted_fifo_thread_stays_ahead_of_its_peers(make_bench):
    """Preempted by a higher priority, a FIFO thread goes on before others of its own."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        low = [kthread_create(fn, i, "low%d", i) for i in range(2)]
        high = kthread_create(urgent, NULL, "high")
        sched_set_fifo(high)
        wake_up_process(high)
        for k in low:
            sched_set_fifo_low(k)
            wake_up_process(k)
        msleep(1000)
        """,
        """
def fn(data):
    for i in range(2):
        mdelay(20)
        cond_resched()
        seen.append(data)
    return 0
def urgent(data):
    usleep_range(10000, 10000)
    seen.append("urgent")
    return 0
""",
    )

    assert ["urgent", 0, 0, 1, 1] == seen


def test_raising_a_waiting_thread_preempts(make_bench):
    """sched_set_fifo() of a thread that waits for the CPU lets it run at the next chance."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        seen.append(need_resched())
        sched_set_fifo(k)
        seen.append(need_resched())
        seen.append(cond_resched())
        """,
        "def fn(data):\n    seen.append('fn')\n    return 0",
    )

    assert [False, True, "fn", 1] == seen


def test_lowering_oneself_below_a_waiting_thread_asks_to_give_way(make_bench):
    """sched_set_normal(current) while a FIFO thread waits sets need_resched."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        sched_set_fifo(current)
        k = kthread_create(fn, NULL, "k")
        sched_set_fifo(k)
        wake_up_process(k)
        seen.append(need_resched())
        sched_set_normal(current, 0)
        seen.append(need_resched())
        cond_resched()
        """,
        "def fn(data):\n    seen.append('fn')\n    return 0",
    )

    assert [False, True, "fn"] == seen


def test_the_waker_goes_on(make_bench):
    """One CPU: a woken thread runs when the waker sleeps, woken threads in wake order [46]."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        threads = [kthread_create(fn, i, "k%d", i) for i in range(3)]
        for k in threads:
            wake_up_process(k)
        seen.append("waker")
        msleep(1)
        """,
        "def fn(data):\n    seen.append(data)\n    return 0",
    )

    assert ["waker", 0, 1, 2] == seen


LATECOMERS = ["msleep(5000)", "cpu_relax()"]


@pytest.mark.parametrize("first", LATECOMERS)
def test_who_comes_late_does_not_catch_up(make_bench, first):
    """A thread that slept for 5 s, or was made after 5 s, gets half of the CPU, not all."""
    bench = make_bench(cpus=1)
    stage = play(
        bench,
        SPINNERS
        + f"""
def late(number):
    {first}
    return spin(number)
def later(number):
    msleep(5000)
    kthread_run(spin, number, "late")
    return 0
def start():
    kthread_run(spin, 0, "early")
    kthread_run({"late" if "msleep" in first else "later"}, 1, "late")
    return 0
""",
        seconds=5.5,
    )
    before = used_ns(bench, stage)
    bench.pass_time(1)
    early, late = (after - then for after, then in zip(used_ns(bench, stage), before, strict=True))

    assert abs(early - late) < 30_000_000
    assert early + late > 990_000_000
