from __future__ import annotations

import pytest

from tests.linux.play import play, source
from vshell.kernel.kthread import Kthread


def test_kthreadd_is_pid_2(bench):
    """kthreadd is pid 2, sleeps interruptibly, and is the parent of what it makes."""
    kthreadd = bench.kernel.kthreads.kthreadd
    assert 1 == kthreadd.state
    play(bench, 'def start():\n    kthread_create(msleep, 1, "child")\n    return 0')
    child = next(task for task in bench.kernel.tasks if task.comm == "child")

    assert (2, "kthreadd") == (kthreadd.pid, kthreadd.comm)
    assert 1 == kthreadd.state
    assert kthreadd is child.parent


def test_a_kthread_is_deaf_to_signals(bench):
    """All signals are ignored by a kthread, and nothing is pending."""
    play(bench, 'def start():\n    kthread_create(msleep, 1, "deaf")\n    return 0')
    task = next(task for task in bench.kernel.tasks if task.comm == "deaf")

    assert (1 << 64) - 1 == task.sig_ignored
    assert not task.signal_pending()


def test_threads_made_in_a_row_have_begun(make_bench):
    """kthread_create() sleeps, so thread i has run when kthread_run(i + 1) returns [46]."""
    stage = play(
        make_bench(cpus=1),
        """
        seen = []
        def fn(number):
            seen.append(("thread", number))
            return 0
        def start():
            for i in range(3):
                kthread_run(fn, i, "k%d", i)
                seen.append(("made", i))
            return 0
        """,
        seconds=1,
    )

    assert [
        *(("made", 0), ("thread", 0), ("made", 1), ("thread", 1), ("made", 2), ("thread", 2)),
    ] == stage.seen


def test_a_finished_thread_is_gone(bench):
    """After its function has returned a thread has no stack, no pid and no timers."""
    stage = play(
        bench,
        """
        k = []
        def fn(data):
            msleep(10)
            return 0
        def start():
            k.append(kthread_run(fn, NULL, "k"))
            get_task_struct(k[0])
            return 0
        """,
        seconds=1,
    )
    task = stage.k[0]._task

    assert task not in list(bench.kernel.tasks)
    assert (None, None, 0x10, 0x20804C) == (
        task.context,
        task.resume,
        task.exit_state,
        task.flags,
    )
    assert not task.is_alive()
    assert not task.on_rq
    assert not task.freed


def test_the_life_of_a_thread_in_the_trace(bench):
    """Fork, park, parked, unpark, stop, exit, stopped: each is an event with the thread's pid."""
    bench.kernel.trace.start()
    stage = play(
        bench,
        """
        k = []
        def fn(data):
            while not kthread_should_stop():
                kthread_parkme()
                msleep(1)
            return 0
        def start():
            k.append(kthread_run(fn, NULL, "traced"))
            get_task_struct(k[0])
            msleep(10)
            kthread_park(k[0])
            kthread_unpark(k[0])
            kthread_stop(k[0])
            return 0
        """,
    )
    pid = stage.k[0]._task.pid
    names = (
        *("kthread_park", "kthread_parked", "kthread_unpark", "kthread_stop", "kthread_stopped"),
        *("sched_process_fork", "sched_process_exit"),
    )
    events = [
        event[3] for event in bench.kernel.trace.events() if event[3] in names and pid in event[4:]
    ]

    assert [
        *("sched_process_fork", "kthread_park", "kthread_parked", "kthread_unpark"),
        *("kthread_stop", "sched_process_exit", "kthread_stopped"),
    ] == events


ORPHANS = [
    "while True:\n        msleep(10)",
    "usleep_range(1_000_000, 1_000_000)\n    return 0",
    "while True:\n        pass",
    "while True:\n        cpu_relax()",
    "while True:\n        cond_resched()",
    "while True:\n        yield_()",
    "schedule_timeout_interruptible(250)\n    return 0",
]


@pytest.mark.parametrize("body", ORPHANS)
def test_a_thread_whose_module_goes_faults(bench, body):
    """rmmod without kthread_stop(): the thread dies of an instruction fetch, all else goes on."""
    text = f"""
def fn(data):
    {body}
def start():
    kthread_run(fn, NULL, "orphan")
    return 0
"""
    assert 0 == bench.load(source(text))
    bench.pass_time(0.1)
    assert 0 == bench.unload()
    bench.pass_time(5)
    log = bench.log()

    assert any(line.startswith("BUG: unable to handle page fault for address: ") for line in log)
    assert "#PF: supervisor instruction fetch in kernel mode" in log
    assert any(line.startswith("note: orphan[") for line in log)
    assert [] == [task for task in bench.kernel.tasks if task.comm == "orphan"]
    assert [] == bench.kernel.timers.pending()


def test_a_stale_thread_has_no_sure_frames(bench):
    """Behind the fault all that is left of the stack is marked unsure."""
    text = """
    def fn(data):
        while True:
            msleep(10)
    def start():
        kthread_run(fn, NULL, "orphan")
        return 0
    """
    bench.load(source(text))
    bench.unload()
    bench.pass_time(1)
    log = bench.log()
    trace = log.index("Call Trace:")

    assert all(line.startswith(" ? ") for line in log[trace + 2 : log.index(" </TASK>")])
    assert any(line.startswith(" ? kthread+0x") for line in log)


def test_what_is_kept_about_a_thread():
    """A new Kthread has not run, is not bound, and is neither parked nor exited."""
    kthread = Kthread("name", None, 5)

    assert ("name", 5, 0, -1, False) == (
        kthread.full_name,
        kthread.data,
        kthread.flags,
        kthread.cpu,
        kthread.started,
    )
    assert (0, 0) == (kthread.parked.done, kthread.exited.done)


def test_binding_is_for_good(bench):
    """A per-CPU thread is on its CPU from the start, and bound to it again at every unpark."""
    stage = play(
        bench,
        """
        k = []
        def fn(data):
            while not kthread_should_stop():
                kthread_parkme()
                msleep(1)
            return 0
        def unpark(data):
            kthread_unpark(k[0])
            return 0
        def start():
            k.append(kthread_create_on_cpu(fn, NULL, 1, "on/%u"))
            kthread_park(k[0])
            kthread_create(unpark, NULL, "unparker")
            return 0
        """,
    )
    task = stage.k[0]._task
    unparker = next(task for task in bench.kernel.tasks if task.comm == "unparker")

    assert (1, 0b10) == (task.cpu.id, task.cpus_mask)
    task.cpus_mask = 0b11
    bench.kernel.sched.wake_up_process(unparker)
    bench.pass_time(1)
    assert 0b10 == task.cpus_mask
