from __future__ import annotations

import pytest

from tests.linux.play import play, start

WORK = """
seen = []
def fn(work):
    seen.append(("begin", in_task(), current.comm[:7], bool(current.flags & PF_WQ_WORKER)))
    msleep(50)
    seen.append("end")
w = DECLARE_WORK(fn)
"""


def run(bench, lines, functions=WORK, seconds=1.0):
    """Run lines as a module's init with work ``w``; give what was seen."""
    body = "\n".join("    " + line for line in lines.strip().splitlines())
    return play(bench, f"{functions}\ndef start():\n{body}\n    return 0\n", seconds=seconds).seen


BEGIN = ("begin", True, "kworker", True)


def test_work_runs_in_a_worker(bench):
    """schedule_work() gives True once; the work runs in a kworker; flush_work() waits for it."""
    lines = """
seen.append((schedule_work(w), schedule_work(w), work_pending(w)))
seen.append(flush_work(w))
seen.append((flush_work(w), work_pending(w), work_busy(w)))
"""
    assert [(True, False, 1), BEGIN, "end", True, (False, 0, 0)] == run(bench, lines)


def test_work_queued_while_it_runs_runs_again(bench):
    """While it runs it is pending anew (busy 3), runs again afterwards, never twice at a time."""
    lines = """
schedule_work(w)
msleep(20)
seen.append((schedule_work(w), work_pending(w), work_busy(w)))
seen.append(flush_work(w))
"""
    assert [BEGIN, (True, 1, 3), "end", BEGIN, "end", True] == run(bench, lines)


def test_work_is_taken_back(bench):
    """cancel_work() and cancel_work_sync() give whether it was pending; the latter waits."""
    lines = """
schedule_work(w)
seen.append((cancel_work(w), cancel_work(w)))
schedule_work(w)
msleep(20)
seen.append(cancel_work_sync(w))
schedule_work(w)
seen.append(cancel_work_sync(w))
"""
    assert [(True, False), BEGIN, "end", False, True] == run(bench, lines)


DELAYED = """
seen = []
def fn(work):
    seen.append((jiffies - t0, to_delayed_work(work) == d))
d = DECLARE_DELAYED_WORK(fn)
t0 = 0
def begin():
    global t0
    t0 = jiffies
"""


def test_delayed_work(bench):
    """It is queued by a timer of the wheel: HZ / 10 takes 26 jiffies; again while pending False."""
    lines = """
begin()
seen.append((schedule_delayed_work(d, HZ / 10), schedule_delayed_work(d, 1)))
seen.append(delayed_work_pending(d))
msleep(200)
seen.append(delayed_work_pending(d))
"""
    assert [(True, False), 1, (26, True), 0] == run(bench, lines, DELAYED)


def test_delayed_work_is_moved_taken_back_and_flushed(bench):
    """mod_ and cancel_ give whether it was pending; flush_ does it at once.

    flush_delayed_work() gives False where the worker goes first at its might_sleep(), as recorded.
    """
    lines = """
begin()
seen.append(mod_delayed_work(system_wq, d, HZ))
seen.append(mod_delayed_work(system_wq, d, HZ))
seen.append((cancel_delayed_work(d), cancel_delayed_work(d)))
seen.append(queue_delayed_work(system_long_wq, d, HZ))
seen.append((cancel_delayed_work_sync(d), cancel_delayed_work_sync(d)))
queue_delayed_work_on(1, system_wq, d, HZ)
seen.append(flush_delayed_work(d))
"""
    wanted = [False, True, (True, False), True, (True, False), (0, True), False]
    assert wanted == run(bench, lines, DELAYED)


ORDER = """
seen = []
class job:
    def __init__(self):
        self.work = work_struct()
        self.number = 0
jobs = [job() for _ in range(4)]
def fn(work):
    one = container_of(work, job, work)
    seen.append(one.number)
    msleep(20 - 4 * one.number)
    seen.append(-one.number)
def fill(wq):
    for i in range(4):
        jobs[i].number = i + 1
        INIT_WORK(jobs[i].work, fn)
        queue_work(wq, jobs[i].work)
"""


@pytest.mark.parametrize(
    "make", ['alloc_ordered_workqueue("q%d", 0, 7)', 'create_singlethread_workqueue("q7")']
)
def test_an_ordered_queue_does_one_after_the_other(bench, make):
    """Work of an ordered queue never overlaps; flush_workqueue() waits for all of it."""
    lines = f"""
q = {make}
fill(q)
flush_workqueue(q)
seen.append("flushed")
destroy_workqueue(q)
"""
    assert [1, -1, 2, -2, 3, -3, 4, -4, "flushed"] == run(bench, lines, ORDER)


@pytest.mark.parametrize(
    "make",
    ['alloc_workqueue("q%d", 0, 0, 7)', 'alloc_workqueue("q", WQ_UNBOUND | WQ_HIGHPRI, 0)'],
)
def test_work_overlaps_where_a_worker_sleeps(bench, make):
    """While one sleeps in its work another worker takes the next; a worker is made where needed."""
    lines = f"""
q = {make}
fill(q)
drain_workqueue(q)
seen.append("drained")
destroy_workqueue(q)
"""
    seen = run(bench, lines, ORDER)

    assert [1, 2, 3, 4] == seen[:4]
    assert [-4, -3, -2, -1] == sorted(seen[4:8])
    assert "drained" == seen[8]


def test_max_active_limits_what_runs(bench):
    """With max_active 2 the third piece of work waits until one has been done."""
    lines = 'q = alloc_workqueue("q", 0, 2)\nfill(q)\ndestroy_workqueue(q)'
    seen = run(bench, lines, ORDER)

    assert [1, 2] == seen[:2]
    assert -2 == seen[2]
    assert 3 == seen[3]


def test_destroying_does_what_is_queued(bench):
    """destroy_workqueue() drains first."""
    lines = 'q = create_workqueue("q")\nqueue_work(q, w)\ndestroy_workqueue(q)\nseen.append("gone")'
    assert [BEGIN, "end", "gone"] == run(bench, lines)


def test_names_of_workers(bench):
    """kworker/CPU:N-queue when idle, + while it works; H for nice -20; u4 for unbound ones."""
    functions = """
seen = []
def fn(work):
    msleep(100)
one = DECLARE_WORK(fn)
two = DECLARE_WORK(fn)
three = DECLARE_WORK(fn)
"""
    lines = """
schedule_work_on(1, one)
queue_work(system_highpri_wq, two)
queue_work_on(0, system_unbound_wq, three)
msleep(20)
"""
    run(bench, lines, functions, seconds=0.02)
    names = {task.proc_name: task for task in bench.kernel.tasks}

    assert "kworker/1:1+events" in names
    assert any(name.endswith("H+events_highpri") for name in names)
    assert "kworker/u4:1+events_unbound" in names
    assert {-20} == {task.nice for name, task in names.items() if "H" in name.partition("+")[0]}
    bench.pass_time(1)
    assert "kworker/1:1-events" in {task.proc_name for task in bench.kernel.tasks}


def test_a_rescuer_stands_in_ps(bench):
    """WQ_MEM_RECLAIM makes a thread of the queue's name, cut to 15 characters, with nice -20."""
    lines = 'seen.append(alloc_workqueue("a_rather_long_name", WQ_MEM_RECLAIM, 0))'
    queue = run(bench, lines)[0]
    rescuer = next(task for task in bench.kernel.tasks if task.proc_name == "a_rather_long_n")

    assert -20 == rescuer.nice
    assert "a_rather_long_name" == queue.name


def test_delayed_work_can_be_prepared_later(bench):
    """INIT_DELAYED_WORK() prepares a member of a structure."""
    functions = """
seen = []
class job:
    def __init__(self):
        self.dwork = delayed_work()
j = job()
def fn(work):
    seen.append(container_of(to_delayed_work(work), job, dwork) == j)
"""
    lines = "INIT_DELAYED_WORK(j.dwork, fn)\nschedule_delayed_work(j.dwork, 2)"
    assert [True] == run(bench, lines, functions)


def test_work_that_leaks_a_lock_is_reported(bench):
    """A spinlock that is held when work ends: BUG: workqueue leaked lock or atomic."""
    functions = "seen = []\nlock = DEFINE_SPINLOCK()\ndef fn(work):\n    spin_lock(lock)\n"
    run(bench, "schedule_work(w)", functions + "w = DECLARE_WORK(fn)\n")
    log = "\n".join(bench.own_log())

    assert "BUG: workqueue leaked lock or atomic: kworker/" in log
    assert "/0x00000001/" in log
    assert "     last function: fn [mod]" in log


def test_something_else_than_work_is_a_fault(bench):
    """schedule_work(NULL) writes to address 0."""
    start(bench, "schedule_work(NULL)")

    assert any("address: 0000000000000000" in line for line in bench.log())
