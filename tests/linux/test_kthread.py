from __future__ import annotations

import pytest

from tests.linux.play import evaluate, play, start


def tasks_named(bench, name):
    """Find tasks by their comm."""
    return [task for task in bench.kernel.tasks if task.comm == name]


def test_a_created_thread_waits_for_its_first_wake_up(bench):
    """kthread_create() makes a thread in D that has not called its function."""
    stage = play(
        bench,
        """
        seen = []
        def fn(data):
            seen.append(data)
            return 0
        def start():
            seen.append(kthread_create(fn, 5, "k").__state)
            return 0
        """,
        seconds=1,
    )

    assert [2] == stage.seen
    assert [2] == [task.state for task in tasks_named(bench, "k")]


def test_kthread_run_starts_it(bench):
    """kthread_run() is kthread_create() and wake_up_process()."""
    seen = play(
        bench,
        """
        seen = []
        def fn(data):
            seen.append(data)
            return 0
        def start():
            kthread_run(fn, 5, "k")
            return 0
        """,
        seconds=0.01,
    ).seen

    assert [5] == seen
    assert [] == tasks_named(bench, "k")


NAMES = [
    ('"plain"', "plain", "plain"),
    ('"n%d/%s", 3, "x"', "n3/x", "n3/x"),
    ('"exactly15letter"', "exactly15letter", "exactly15letter"),
    ('"exactly16letters"', "exactly16letter", "exactly16letters"),
    ('"kthread_park thread1 example"', "kthread_park th", "kthread_park thread1 example"),
]


@pytest.mark.parametrize(("arguments", "comm", "full"), NAMES)
def test_names_are_formatted_and_cut_at_15(bench, arguments, comm, full):
    """comm has 15 characters; the full name is kept for /proc and ps."""
    stage = play(
        bench,
        f"""
        k = []
        def fn(data):
            return 0
        def start():
            k.append(kthread_create(fn, NULL, {arguments}))
            return 0
        """,
    )
    task = stage.k[0]._task

    assert (comm, full) == (task.comm, task.name)


def test_every_way_to_create_gives_a_child_of_kthreadd(bench):
    """A kthread's parent is kthreadd, pid 2; pids follow each other; flags are recorded ones."""
    play(
        bench,
        """
        def fn(data):
            return 0
        def start():
            kthread_create(fn, NULL, "k")
            kthread_create_on_node(fn, NULL, -1, "k")
            kthread_create_on_cpu(fn, NULL, 1, "k")
            return 0
        """,
    )
    tasks = tasks_named(bench, "k")
    first = tasks[0].pid

    assert [2, 2, 2] == [task.parent.pid for task in tasks]
    assert [first, first + 1, first + 2] == [task.pid for task in tasks]
    assert [0x208040, 0x208040, 0x4208040] == [task.flags for task in tasks]


def test_a_host_says_where_pids_of_module_threads_begin(make_bench):
    """first_kthread_pid skips to a pid once."""
    bench = make_bench(first_kthread_pid=4097)
    pids = start(
        bench,
        'seen.extend([kthread_create(msleep, 1, "k").pid for i in range(2)])',
    )

    assert [4097, 4098] == pids


def test_no_task_left_is_eagain(bench):
    """When every pid is taken, kthread_run() gives ERR_PTR(-EAGAIN)."""
    bench.kernel.tasks._pid_max = 1

    assert (True, -11) == evaluate(
        bench, '(IS_ERR(kthread_run(msleep, 1, "k")), PTR_ERR(kthread_run(msleep, 1, "k")))'
    )


def test_too_many_tasks_is_eagain(bench, monkeypatch):
    """Beyond the limit of tasks every way to create gives -EAGAIN and starts nothing."""
    monkeypatch.setattr("vshell.kernel.core.TASKS_MAX", 2)

    assert [-11] * 4 == evaluate(
        bench,
        """[PTR_ERR(k) for k in [
            kthread_create(msleep, 1, "k"), kthread_run(msleep, 1, "k"),
            kthread_create_on_cpu(msleep, 1, 0, "k"), kthread_run_on_cpu(msleep, 1, 0, "k")]]""",
    )


def test_a_per_cpu_thread(make_bench):
    """kthread_create_on_cpu() formats "%u" with the CPU, binds, and binds again at unpark."""
    bench = make_bench(cpus=4)
    stage = play(
        bench,
        """
        seen = []
        def fn(data):
            while not kthread_should_stop():
                seen.append(smp_processor_id())
                kthread_parkme()
                msleep(100)
            return 0
        def start():
            k = kthread_run_on_cpu(fn, NULL, 3, "on/%u")
            msleep(50)
            seen.append(k.comm)
            seen.append(k.nr_cpus_allowed)
            kthread_park(k)
            kthread_unpark(k)
            msleep(200)
            return 0
        """,
    )

    assert [3, "on/3", 1, 3] == stage.seen[:4]
    assert {3} == {one for one in stage.seen if isinstance(one, int)} - {1}


def test_a_running_thread_cannot_be_bound(bench):
    """kthread_bind() of a thread that has run warns at kernel/kthread.c:524 and binds nothing."""
    found = start(
        bench,
        """
        k = kthread_create(fn, NULL, "k")
        kthread_bind(k, 1)
        seen.append(k.nr_cpus_allowed)
        r = kthread_run(fn, NULL, "r")
        msleep(10)
        kthread_bind(r, 1)
        seen.append(r.nr_cpus_allowed)
        """,
        "def fn(data):\n    msleep(1000)\n    return 0",
    )
    log = bench.log()

    assert [1, 2] == found
    assert 1 == sum(" at kernel/kthread.c:524 __kthread_bind+0x1c/0x80" in line for line in log)


def test_kthread_data_gives_what_it_was_created_with(bench):
    """kthread_data() is the third party's view of the function's argument."""
    assert [7] == start(bench, 'seen.append(kthread_data(kthread_create(msleep, 7, "k")))')


WRONG_CONTEXT = ["kthread_should_stop", "kthread_should_park", "kthread_parkme"]


@pytest.mark.parametrize("function", WRONG_CONTEXT)
def test_asking_from_insmod_is_a_warning_and_an_oops(bench, function):
    """In insmod, which is no kthread: WARNING at kernel/kthread.c:75, then a NULL dereference."""
    play(bench, f"def start():\n    {function}()\n    return 0")
    log = bench.own_log()

    assert "------------[ cut here ]------------" == log[0]
    assert f" at kernel/kthread.c:75 {function}+0x" in log[1]
    assert "BUG: kernel NULL pointer dereference, address: 0000000000000000" in log


def test_kthread_should_stop_or_park_is_false_outside_of_kthreads(bench):
    """kthread_should_stop_or_park() alone may be called by anybody."""
    assert evaluate(bench, "kthread_should_stop_or_park()") is False


@pytest.mark.parametrize("call", ["kthread_stop", "kthread_park", "kthread_unpark", "kthread_data"])
def test_a_process_is_no_kthread(bench, call):
    """kthread_stop(current) and its kin in insmod fault in that function."""
    play(bench, f"def start():\n    {call}(current)\n    return 0")

    assert any(line.startswith(f"RIP: 0010:{call}+0x") for line in bench.log())
