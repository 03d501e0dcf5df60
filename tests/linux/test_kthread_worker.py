from __future__ import annotations

from tests.linux.play import play

WORKER = """
seen = []
def fn(work):
    seen.append((current.comm, current == kw.task))
    msleep(30)
    seen.append("end")
one = DEFINE_KTHREAD_WORK(fn)
two = DEFINE_KTHREAD_WORK(fn)
def late(work):
    seen.append(jiffies - t0)
d = DEFINE_KTHREAD_DELAYED_WORK(late)
kw = NULL
t0 = 0
def start():
    global kw, t0
    kw = kthread_create_worker(0, "kw/%d", 7)
    t0 = jiffies
LINES
    kthread_destroy_worker(kw)
    seen.append("gone")
    return 0
"""
STEP = [("kw/7", True), "end"]


def run(make_bench, lines):
    """Run lines with a worker ``kw`` on one CPU; give what was seen."""
    body = "\n".join("    " + line for line in lines.strip().splitlines())
    return play(make_bench(cpus=1), WORKER.replace("LINES", body), seconds=1).seen


def test_work_runs_in_order_in_the_workers_thread(make_bench):
    """Queued work runs in turn; again while pending False; kthread_flush_worker() waits."""
    lines = """
seen.append((kthread_queue_work(kw, one), kthread_queue_work(kw, two)))
seen.append(kthread_queue_work(kw, two))
kthread_flush_worker(kw)
seen.append("flushed")
"""
    assert [(True, True), False, *STEP, *STEP, "flushed", "gone"] == run(make_bench, lines)


def test_waiting_for_one_piece_of_work(make_bench):
    """kthread_flush_work() waits for work that is queued or runs, and for no other."""
    lines = """
kthread_queue_work(kw, one)
kthread_queue_work(kw, two)
kthread_flush_work(one)
seen.append("one")
msleep(10)
kthread_flush_work(two)
seen.append("two")
kthread_flush_work(two)
"""
    assert [*STEP, "one", STEP[0], "end", "two", "gone"] == run(make_bench, lines)


def test_taking_work_back(make_bench):
    """kthread_cancel_work_sync() gives whether it was pending, and waits if it runs."""
    lines = """
kthread_queue_work(kw, one)
seen.append(kthread_cancel_work_sync(one))
kthread_queue_work(kw, one)
msleep(10)
seen.append(kthread_cancel_work_sync(one))
"""
    assert [True, *STEP, False, "gone"] == run(make_bench, lines)


def test_delayed_work(make_bench):
    """It is queued by a timer; it can be moved and taken back."""
    lines = """
seen.append(kthread_queue_delayed_work(kw, d, HZ / 10))
seen.append(kthread_queue_delayed_work(kw, d, 1))
msleep(200)
seen.append(kthread_mod_delayed_work(kw, d, HZ))
seen.append(kthread_mod_delayed_work(kw, d, HZ))
seen.append(kthread_cancel_delayed_work_sync(d))
seen.append(kthread_cancel_delayed_work_sync(d))
"""
    assert [True, False, 26, False, True, True, False, "gone"] == run(make_bench, lines)


def test_a_worker_of_ones_own_thread(bench):
    """kthread_init_worker() and kthread_run(kthread_worker_fn) make a worker by hand."""
    seen = play(
        bench,
        """
        seen = []
        class box:
            def __init__(self):
                self.work = kthread_work()
                self.dwork = kthread_delayed_work()
        b = box()
        worker = kthread_worker()
        other = KTHREAD_DELAYED_WORK_INIT(NULL)
        def fn(work):
            seen.append(container_of(work, box, work) == b)
        def dfn(work):
            seen.append(current.comm)
        def start():
            kthread_init_worker(worker)
            kthread_init_work(b.work, fn)
            kthread_init_delayed_work(b.dwork, dfn)
            k = kthread_run(kthread_worker_fn, worker, "own")
            kthread_queue_work(worker, b.work)
            kthread_queue_delayed_work(worker, b.dwork, 0)
            kthread_flush_worker(worker)
            seen.append(kthread_stop(k))
            seen.append(other.work.func == NULL)
            return 0
        """,
    ).seen

    assert [True, "own", 0, True] == seen


def test_a_worker_on_a_cpu(bench):
    """kthread_create_worker_on_cpu() ties the thread; a %u in the name is the CPU."""
    seen = play(
        bench,
        """
        seen = []
        def fn(work):
            seen.append((current.comm, smp_processor_id(), current.nr_cpus_allowed))
        w = DEFINE_KTHREAD_WORK(fn)
        def start():
            kw = kthread_create_worker_on_cpu(1, 0, "kw/%u")
            kthread_queue_work(kw, w)
            kthread_destroy_worker(kw)
            return 0
        """,
    ).seen

    assert [("kw/1", 1, 1)] == seen


def test_destroying_twice_is_a_warning(make_bench):
    """kthread_destroy_worker() of a worker without a thread warns."""
    bench = make_bench(cpus=1)
    play(
        bench,
        """
        def start():
            kw = kthread_create_worker(0, "kw")
            kthread_destroy_worker(kw)
            kthread_destroy_worker(kw)
            return 0
        """,
    )

    assert any(" kthread_destroy_worker+" in line for line in bench.log())
