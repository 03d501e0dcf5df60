from __future__ import annotations

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


def threads(bench, comm):
    """Find tasks by their comm."""
    return [task for task in bench.kernel.tasks if task.comm == comm]


def test_a_woken_thread_takes_an_idle_cpu(bench):
    """A thread that is woken while its waker works runs on the other CPU at the same time."""
    seen = start(
        bench,
        """
        k = kthread_create(fn, NULL, "k")
        wake_up_process(k)
        mdelay(5)
        seen.append(("waker", smp_processor_id()))
        """,
        "def fn(data):\n    seen.append(('woken', smp_processor_id()))\n    return 0",
    )
    where = dict(seen)

    assert ["woken", "waker"] == [name for name, _ in seen]
    assert {0, 1} == set(where.values())


def test_a_thread_goes_back_to_the_cpu_it_ran_on(make_bench):
    """With several CPUs idle a woken thread takes the one it ran on last."""
    bench = make_bench(cpus=4)
    seen = start(
        bench,
        """
        for i in range(3):
            kthread_run(fn, NULL, "k%d", i)
        msleep(2000)
        """,
        """
def fn(data):
    cpus = []
    for i in range(5):
        cpus.append(smp_processor_id())
        msleep(100)
    seen.append(cpus)
    return 0
""",
    )

    # The first sleeps end in one tick, and the threads spread; from then on each keeps its CPU.
    assert [{0}, {1}, {2}] == [set(cpus[1:]) for cpus in seen]


def test_an_idle_cpu_takes_over_a_waiting_thread(bench):
    """Of three spinners on two CPUs none starves: a CPU that falls idle pulls."""
    stage = play(
        bench,
        """
        seen = []
        def short(data):
            mdelay(30)
            seen.append((data, smp_processor_id()))
            return 0
        def start():
            threads = [kthread_create(short, i, "k%d", i) for i in range(4)]
            for k in threads:
                wake_up_process(k)
            return 0
        """,
        seconds=1,
    )

    assert [0, 1, 2, 3] == sorted(number for number, _ in stage.seen)
    assert {0, 1} == {cpu for _, cpu in stage.seen}


def test_a_bound_thread_is_not_pulled(bench):
    """A thread bound to a busy CPU waits for it, though another is idle."""
    stage = play(
        bench,
        """
        seen = []
        def hog(data):
            mdelay(100)
            return 0
        def bound(data):
            seen.append((ktime_to_ms(ktime_get() - data), smp_processor_id()))
            return 0
        def start():
            h = kthread_run_on_cpu(hog, NULL, 1, "hog/%u")
            usleep_range(100, 100)
            k = kthread_create_on_cpu(bound, ktime_get(), 1, "bound/%u")
            wake_up_process(k)
            return 0
        """,
        seconds=1,
    )

    assert 1 == len(stage.seen)
    waited, cpu = stage.seen[0]
    assert (1, True) == (cpu, waited >= 98)


def test_affinity_can_be_changed_while_running(bench):
    """A running thread leaves a CPU that is taken from it at its next chance."""
    stage = play(
        bench,
        SPINNERS
        + """
def start():
    kthread_run(spin, 0, "spin")
    return 0
""",
        seconds=0.1,
    )
    task = stage.tasks[0]._task
    before = task.cpu.id
    bench.call(lambda sys: sys.sched_setaffinity(task.pid, 1 << (1 - before)))
    bench.pass_time(0.1)

    assert 1 - before == task.cpu.id
    assert st.TASK_RUNNING == task.state


def test_affinity_of_a_sleeping_thread(bench):
    """A sleeping thread wakes on the CPU that it may use."""
    stage = play(
        bench,
        """
        cpus = []
        def fn(data):
            while not kthread_should_stop():
                cpus.append(smp_processor_id())
                msleep(100)
            return 0
        def start():
            kthread_run(fn, NULL, "sleepy")
            return 0
        """,
        seconds=0.05,
    )
    other = 1 - stage.cpus[0]
    bench.call(lambda sys: sys.sched_setaffinity(threads(bench, "sleepy")[0].pid, 1 << other))
    bench.pass_time(0.5)

    assert {other} == set(stage.cpus[1:])


def test_affinity_of_a_waiting_thread(make_bench):
    """A thread that waits on a busy CPU moves to the one it is given."""
    bench = make_bench(cpus=2)
    stage = play(
        bench,
        """
        seen = []
        def hog(data):
            mdelay(200)
            return 0
        def fn(data):
            seen.append(smp_processor_id())
            return 0
        def start():
            for i in range(2):
                kthread_run(hog, NULL, "hog")
            wake_up_process(kthread_create(fn, NULL, "waits"))
            return 0
        """,
    )
    bench.pass_time(0.01)
    task = threads(bench, "waits")
    if task:
        queued = task[0]
        queued.cpus_mask = 1 << (1 - queued.cpu.id)
        bench.kernel.sched.change(queued)
        assert queued.cpus_mask == 1 << queued.cpu.id
    bench.pass_time(1)

    assert 1 == len(stage.seen)


def test_a_queued_real_time_thread_can_become_normal(make_bench):
    """sched_set_normal() of a FIFO thread that waits moves it behind real-time ones."""
    seen = start(
        make_bench(cpus=1),
        """
        threads = [kthread_create(fn, i, "k%d", i) for i in range(2)]
        for k in threads:
            sched_set_fifo(k)
            wake_up_process(k)
        sched_set_normal(threads[0], 0)
        msleep(1)
        """,
        "def fn(data):\n    seen.append(data)\n    return 0",
    )

    assert [1, 0] == seen


def test_a_wake_up_before_the_sleep_is_not_lost(bench):
    """A thread woken between set_current_state() and schedule() does not sleep."""
    seen = start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        msleep(1)
        seen.append(wake_up_process(k))
        msleep(100)
        """,
        """
def fn(data):
    set_current_state(TASK_UNINTERRUPTIBLE)
    mdelay(20)
    begin = ktime_get()
    schedule()
    seen.append(ktime_get() - begin < 100000)
    return 0
""",
    )

    assert [1, True] == seen
