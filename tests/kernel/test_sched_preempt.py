from __future__ import annotations

from itertools import pairwise

import pytest

from tests.linux.play import play, start
from vshell.abi import state as st

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


def test_schedule_while_running_is_a_yield(make_bench):
    """schedule() in TASK_RUNNING stays runnable: it returns without a wake-up."""
    seen = start(
        make_bench(cpus=1),
        "schedule()\nseen.append(current.__state)",
    )

    assert [0] == seen


def test_cpu_time_is_booked(bench):
    """account_running() books what a running thread has used so far."""
    stage = play(
        bench,
        SPINNERS
        + """
def start():
    kthread_run(spin, 0, "spin")
    return 0
""",
        seconds=1,
    )
    task = stage.tasks[0]._task
    before = task.sum_exec_ns
    bench.kernel.sched.account_running()

    assert task.sum_exec_ns >= before
    assert task.sum_exec_ns == pytest.approx(1_000_000_000, rel=0.01)
    assert 0 == task.utime_ns
    assert [task] == bench.kernel.sched.for_each_running()
    assert bench.kernel.sched.is_running(task)


def test_user_time_is_a_processs(bench):
    """CPU time of a process outside of system calls is user time."""
    bench.call(lambda sys: bench.kernel.sched.charge(5_000_000) or sys)
    seen = []

    def work(sys):
        bench.kernel.sched.charge(5_000_000)
        bench.kernel.sched.account(bench.kernel.sched.current)
        seen.append(bench.kernel.sched.current.utime_ns)
        return sys

    bench.call(work)
    assert seen[0] >= 5_000_000


def test_a_process_is_preempted_where_it_stands(make_bench):
    """Two processes that compute share a CPU by slices without any call."""
    bench = make_bench(cpus=1)
    order = []

    def compute(name):
        def work(sys):
            for _ in range(20):
                bench.kernel.sched.charge(1_000_000)
                order.append(name)

        return work

    bench.process(compute("a"), "a")
    bench.process(compute("b"), "b")
    bench.pass_time(1)
    changes = sum(one != two for one, two in pairwise(order))

    assert 40 == len(order)
    assert 5 <= changes <= 20


PREEMPTION = [("voluntary", "after"), ("full", "within"), ("none", "after")]


@pytest.mark.parametrize(("preempt", "when"), PREEMPTION)
def test_kernel_code_is_preempted_only_with_full_preemption(make_bench, preempt, when):
    """A busy loop without cond_resched(): peers wait for its end, unless preempt=full."""
    bench = make_bench(cpus=1, preempt=preempt)
    seen = start(
        bench,
        """
        kthread_run(fn, NULL, "peer")
        for i in range(100):
            udelay(200)
        seen.append("done")
        msleep(1)
        """,
        "def fn(data):\n    seen.append('peer')\n    return 0",
    )

    assert {"within": ["peer", "done"], "after": ["done", "peer"]}[when] == seen


def test_full_preemption_spares_sections_that_forbid_it(make_bench):
    """preempt_disable() keeps a peer out even with preempt=full."""
    bench = make_bench(cpus=1, preempt="full")
    seen = start(
        bench,
        """
        kthread_run(fn, NULL, "peer")
        preempt_disable()
        for i in range(100):
            udelay(200)
        seen.append("done")
        preempt_enable()
        msleep(1)
        """,
        "def fn(data):\n    seen.append('peer')\n    return 0",
    )

    assert ["done", "peer"] == seen


MIGHT_SLEEP = [("voluntary", ["peer", "holder"]), ("none", ["holder", "peer"])]


@pytest.mark.parametrize(("preempt", "order"), MIGHT_SLEEP)
def test_might_sleep_is_where_voluntary_preemption_happens(make_bench, preempt, order):
    """A free mutex_lock() gives way where a reschedule is due; with preempt=none it does not."""
    bench = make_bench(cpus=1, preempt=preempt)
    seen = start(
        bench,
        """
        lock = DEFINE_MUTEX()
        wake_up_process(kthread_create(fn, NULL, "peer"))
        mdelay(20)
        mutex_lock(lock)
        seen.append("holder")
        mutex_unlock(lock)
        msleep(1)
        """,
        "def fn(data):\n    seen.append('peer')\n    return 0",
    )

    assert order == seen


def test_sleeping_with_preemption_off_is_reported_once(bench):
    """scheduling while atomic: reported, the sleep happens, preemption is on from there."""
    assert [0, 0] == start(
        bench,
        """
        preempt_disable()
        msleep(10)
        seen.append(preempt_count())
        msleep(10)
        seen.append(preempt_count())
        """,
    )
    log = bench.own_log()

    assert 1 == sum(line.startswith("BUG: scheduling while atomic: ") for line in log)


def test_switches_are_counted(bench):
    """A sleep is a voluntary switch; a preemption an involuntary one."""
    stage = play(
        bench,
        """
        tasks = []
        def fn(data):
            tasks.append(current)
            for i in range(3):
                msleep(1)
            msleep(100000)
            return 0
        def start():
            kthread_run(fn, NULL, "k")
            return 0
        """,
        seconds=1,
    )
    task = stage.tasks[0]._task

    # One for the wait for its first wake-up, three short sleeps, and the long one.
    assert (5, 0) == (task.nvcsw, task.nivcsw)


def test_the_trace_of_a_switch(bench):
    """sched_waking and sched_switch say who, in which state, for whom."""
    bench.kernel.trace.start()
    start(bench, "msleep(1)")
    switches = [event for event in bench.kernel.trace.events() if event[3] == "sched_switch"]
    wakings = [event for event in bench.kernel.trace.events() if event[3] == "sched_waking"]

    assert any(event[7] == st.TASK_UNINTERRUPTIBLE for event in switches)
    assert "test" in {event[4] for event in wakings}
    assert all(len(event) == 12 for event in switches)


def test_a_switch_takes_time(make_bench):
    """From one thread to the next on a CPU it takes 1 us."""
    seen = start(
        make_bench(cpus=1),
        """
        threads = [kthread_create(fn, NULL, "k%d", i) for i in range(2)]
        for k in threads:
            wake_up_process(k)
        msleep(1)
        """,
        "def fn(data):\n    seen.append(ktime_get())\n    return 0",
    )

    assert 1_000 <= seen[1] - seen[0] < 2_000


def test_without_a_listener_nothing_is_traced(bench):
    """A trace that is off keeps nothing."""
    start(bench, 'kthread_run(msleep, 1, "k")\nmsleep(10)')

    assert [] == bench.kernel.trace.events()


def test_a_thread_that_hardly_runs_keeps_the_cpu_when_it_yields(make_bench):
    """Beside a busy thread, yield() of one that mostly sleeps returns at once."""
    stage = play(
        make_bench(cpus=1),
        """
        seen = []
        def busy(data):
            while not kthread_should_stop():
                cond_resched()
            return 0
        def polite(data):
            for i in range(50):
                msleep(20)
                begin = ktime_get()
                yield_()
                seen.append(ktime_to_us(ktime_get() - begin))
            return 0
        def start():
            kthread_run(busy, NULL, "busy")
            kthread_run(polite, NULL, "polite")
            return 0
        """,
        seconds=4,
    )

    assert 50 == len(stage.seen)
    assert max(stage.seen[5:]) < 100


SPINNER = """
seen = []
def spin(data):
    while not kthread_should_stop():
        udelay(100)
        cond_resched()
    return 0
"""


def test_a_wake_up_preempts_who_has_run_long(make_bench):
    """A thread that wakes beside a busy one runs at the busy one's next cond_resched()."""
    stage = play(
        make_bench(cpus=1),
        SPINNER
        + """
def sleeper(data):
    for i in range(30):
        begin = ktime_get()
        usleep_range(10000, 10000)
        seen.append(ktime_to_us(ktime_get() - begin))
    return 0
def start():
    kthread_run(spin, NULL, "spin")
    kthread_run(sleeper, NULL, "sleeper")
    return 0
""",
        seconds=1,
    )

    assert 30 == len(stage.seen)
    assert max(stage.seen) < 10_300


def test_a_normal_wake_up_does_not_preempt_fifo(make_bench):
    """A normal thread that wakes waits until the FIFO one sleeps."""
    stage = play(
        make_bench(cpus=1),
        SPINNER
        + """
def fifo(data):
    for i in range(300):
        udelay(100)
        cond_resched()
    seen.append("fifo")
    return 0
def normal(data):
    usleep_range(10000, 10000)
    seen.append("normal")
    return 0
def start():
    threads = [kthread_create(normal, NULL, "normal"), kthread_create(fifo, NULL, "fifo")]
    sched_set_fifo(threads[1])
    for k in threads:
        wake_up_process(k)
        usleep_range(100, 100)
    return 0
""",
        seconds=1,
    )

    assert ["fifo", "normal"] == stage.seen


def test_who_becomes_fifo_while_running_is_not_sliced_any_more(make_bench):
    """sched_set_fifo(current) takes effect at once."""
    seen = start(
        make_bench(cpus=1),
        """
        wake_up_process(kthread_create(fn, NULL, "peer"))
        sched_set_fifo(current)
        for i in range(30):
            mdelay(1)
            cond_resched()
        seen.append("fifo")
        sched_set_normal(current, 0)
        for i in range(30):
            mdelay(1)
            cond_resched()
        seen.append("normal")
        """,
        "def fn(data):\n    seen.append('peer')\n    return 0",
    )

    assert ["fifo", "peer", "normal"] == seen


def test_migrations_are_counted(bench):
    """Each change of a CPU counts as a migration; a task that sleeps is not running."""
    stage = play(
        bench,
        """
        tasks = []
        def fn(data):
            tasks.append(current)
            while not kthread_should_stop():
                msleep(10)
            return 0
        def start():
            kthread_run(fn, NULL, "moves")
            return 0
        """,
        seconds=0.1,
    )
    task = stage.tasks[0]._task
    bench.call(lambda sys: sys.sched_setaffinity(task.pid, 1 << 0))
    bench.pass_time(0.05)
    before = task.migrations
    for cpu in (1, 0, 1):
        bench.call(lambda sys, cpu=cpu: sys.sched_setaffinity(task.pid, 1 << cpu))
        bench.pass_time(0.05)
        assert cpu == task.cpu.id

    assert 3 == task.migrations - before
    assert not bench.kernel.sched.is_running(task)
