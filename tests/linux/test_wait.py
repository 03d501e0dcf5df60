from __future__ import annotations

import pytest

from tests.linux.play import play, start

CROWD = """
seen = []
queue = DECLARE_WAIT_QUEUE_HEAD()
go = [False]
def worker(number):
    {wait}
    seen.append(number)
    return 0
def start():
    for i in range(4):
        kthread_run(worker, i, "w%d", i)
        msleep(4)
    {script}
    return 0
"""


def crowd(bench, wait, *steps):
    """Let four threads wait; give who is through after each step."""
    script = "\n    ".join(f"{step}\n    msleep(12)\n    seen.append('|')" for step in steps)
    return play(bench, CROWD.format(wait=wait, script=script)).seen


def test_a_wake_up_without_the_condition_lets_nobody_through(bench):
    """The condition is looked at after every wake-up; without a wake-up it is not."""
    seen = crowd(bench, "wait_event(queue, go[0])", "wake_up(queue)", "go[0] = True")

    assert ["|", "|"] == seen


def test_wake_up_wakes_all_that_are_not_exclusive(bench):
    """One wake_up() lets every non-exclusive waiter through."""
    seen = crowd(bench, "wait_event(queue, go[0])", "go[0] = True; wake_up(queue)")

    assert [0, 1, 2, 3] == sorted(seen[:-1])


def test_wake_up_wakes_one_exclusive_waiter(bench):
    """Exclusive waiters go one per wake_up(), n per wake_up_nr(), first come first served."""
    seen = crowd(
        bench,
        "wait_event_interruptible_exclusive(queue, go[0])",
        "go[0] = True; wake_up(queue)",
        "wake_up_interruptible(queue)",
        "wake_up_nr(queue, 1)",
        "wake_up_all(queue)",
    )

    assert [0, "|", 1, "|", 2, "|", 3, "|"] == seen


def test_wake_up_nr_wakes_as_many_as_it_says(bench):
    """wake_up_nr(2) and wake_up_interruptible_nr(2) let two exclusive waiters through each."""
    seen = crowd(
        bench,
        "wait_event_interruptible_exclusive(queue, go[0])",
        "go[0] = True; wake_up_nr(queue, 2)",
        "wake_up_interruptible_nr(queue, 2)",
    )

    assert [[0, 1], [2, 3]] == [sorted(seen[:2]), sorted(seen[3:5])]
    assert ["|", "|"] == [seen[2], seen[5]]


def test_wake_up_interruptible_leaves_uninterruptible_sleepers(bench):
    """wake_up_interruptible*() reach S only; wake_up() reaches D too."""
    seen = crowd(
        bench,
        "wait_event(queue, go[0])",
        "go[0] = True; wake_up_interruptible(queue)",
        "wake_up_interruptible_all(queue)",
        "wake_up(queue)",
    )

    assert ["|", "|"] == seen[:2]
    assert 7 == len(seen)


def test_wake_up_interruptible_all_wakes_every_exclusive_waiter(bench):
    """wake_up_interruptible_all() has no limit."""
    seen = crowd(
        bench,
        "wait_event_interruptible_exclusive(queue, go[0])",
        "go[0] = True; wake_up_interruptible_all(queue)",
    )

    assert [0, 1, 2, 3] == sorted(seen[:4])


def test_waitqueue_active_tells_of_waiters(bench):
    """waitqueue_active() is 1 while somebody waits."""
    seen = crowd(
        bench,
        "wait_event(queue, go[0])",
        "seen.append(waitqueue_active(queue))",
        "go[0] = True; wake_up_all(queue)",
        "seen.append(waitqueue_active(queue))",
    )

    assert (1, 0) == (seen[0], seen[-2])


def test_init_waitqueue_head_empties(bench):
    """init_waitqueue_head() makes a queue new."""
    assert [0] == start(
        bench,
        """
        queue = wait_queue_head()
        init_waitqueue_head(queue)
        seen.append(waitqueue_active(queue))
        """,
    )


TRUE_AT_ONCE = [
    ("wait_event(queue, True)", None),
    ("wait_event_timeout(queue, True, 25)", 25),
    ("wait_event_timeout(queue, True, 0)", 1),
    ("wait_event_timeout(queue, False, 0)", 0),
    ("wait_event_interruptible(queue, True)", 0),
    ("wait_event_interruptible_timeout(queue, True, 25)", 25),
    ("wait_event_interruptible_exclusive(queue, 1)", 0),
    ("wait_event_killable(queue, True)", 0),
    ("wait_event_killable_timeout(queue, True, 3)", 3),
    ("wait_event_idle(queue, True)", None),
    ("wait_event_idle_timeout(queue, True, 4)", 4),
]


@pytest.mark.parametrize(("call", "value"), TRUE_AT_ONCE)
def test_a_condition_that_holds_does_not_sleep(bench, call, value):
    """A wait whose condition holds returns at once: the timeout, at least 1, or 0."""
    found, took = start(
        bench,
        f"""
        queue = DECLARE_WAIT_QUEUE_HEAD()
        begin = ktime_get()
        seen.append({call})
        seen.append(ktime_get() - begin)
        """,
    )

    assert value == found
    assert took < 1000


TIMEOUTS = [
    "wait_event_timeout",
    "wait_event_interruptible_timeout",
    "wait_event_killable_timeout",
    "wait_event_idle_timeout",
]


@pytest.mark.parametrize("function", TIMEOUTS)
def test_a_timeout_with_and_without_the_condition(bench, function):
    """0 when the time is over, the jiffies left when the condition came in time."""
    seen = play(
        bench,
        f"""
        seen = []
        queue = DECLARE_WAIT_QUEUE_HEAD()
        go = [False]
        def fn(data):
            begin = jiffies
            seen.append(({function}(queue, go[0], 9), jiffies - begin))
            seen.append({function}(queue, go[0], 250))
            return 0
        def start():
            kthread_run(fn, NULL, "k")
            msleep(200)
            go[0] = True
            wake_up_all(queue)
            return 0
        """,
        seconds=2,
    ).seen

    assert (0, 10) == seen[0]
    assert seen[1] in range(200, 215)


def test_a_condition_that_comes_true_with_the_timeout_gives_one(bench):
    """The condition is looked at once more when the time is over: 1, not 0."""
    seen = play(
        bench,
        """
        seen = []
        queue = DECLARE_WAIT_QUEUE_HEAD()
        go = [False]
        def fn(data):
            seen.append(wait_event_timeout(queue, go[0], 25))
            return 0
        def start():
            kthread_run(fn, NULL, "k")
            msleep(20)
            go[0] = True
            return 0
        """,
        seconds=1,
    ).seen

    assert [1] == seen


def test_the_states_of_the_family(bench):
    """wait_event() is D, _interruptible S, _killable D with the kill bit, _idle I."""
    stage = play(
        bench,
        """
        queue = DECLARE_WAIT_QUEUE_HEAD()
        def plain(data):
            wait_event(queue, False)
            return 0
        def interruptible(data):
            return wait_event_interruptible(queue, False)
        def killable(data):
            return wait_event_killable(queue, False)
        def idle(data):
            wait_event_idle(queue, False)
            return 0
        def start():
            for function in plain, interruptible, killable, idle:
                kthread_run(function, NULL, "waiter")
            return 0
        """,
        seconds=1,
    )
    states = [task.state for task in bench.kernel.tasks if task.comm == "waiter"]

    assert [0x2, 0x1, 0x102, 0x402] == states
    assert 4 == len(stage.queue.waiters)


def test_an_exclusive_waiter_that_leaves_does_not_use_up_a_wake_up(bench):
    """A wake-up passes by an exclusive waiter that a signal has ended."""
    seen = play(
        bench,
        """
        seen = []
        queue = DECLARE_WAIT_QUEUE_HEAD()
        go = [False]
        def worker(number):
            seen.append((number, wait_event_interruptible_exclusive(queue, go[0])))
            return 0
        def start():
            k = [kthread_run(worker, i, "w%d", i) for i in range(2)]
            msleep(10)
            kthread_stop(k[0])
            go[0] = True
            wake_up(queue)
            return 0
        """,
        seconds=1,
    ).seen

    assert [(0, -512), (1, 0)] == seen


def test_something_else_than_a_queue_is_a_fault(bench):
    """wake_up(NULL) is a NULL pointer dereference."""
    play(bench, "def start():\n    wake_up(NULL)\n    return 0")

    assert "BUG: kernel NULL pointer dereference, address: 0000000000000000" in bench.log()


def test_sleeping_on_in_a_loop_by_hand(bench):
    """set_current_state(), a look at the condition, schedule(): no wake-up is lost."""
    seen = play(
        bench,
        """
        seen = []
        go = [False]
        def fn(data):
            while True:
                set_current_state(TASK_INTERRUPTIBLE)
                if go[0]:
                    break
                schedule()
            __set_current_state(TASK_RUNNING)
            seen.append(current.__state)
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            msleep(10)
            go[0] = True
            seen.append(wake_up_process(k))
            return 0
        """,
        seconds=1,
    ).seen

    assert [0, 1] == sorted(seen)


BY_HAND = """
seen = []
q = DECLARE_WAIT_QUEUE_HEAD()
ready = 0
def fn(data):
    wait = DEFINE_WAIT()
    while True:
        PREPARE
        if ready:
            break
        schedule()
    finish_wait(q, wait)
    seen.append(data)
    return 0
def start():
    global ready
    for i in range(3):
        kthread_run(fn, i, "w%d", i)
    msleep(20)
    seen.append(wq_has_sleeper(q))
    ready = 1
    wake_up(q)
    msleep(20)
    seen.append("all")
    wake_up_all(q)
    msleep(20)
    seen.append(wq_has_sleeper(q))
    return 0
"""


def test_waiting_by_hand(make_bench):
    """prepare_to_wait(), schedule(), finish_wait(): all go at once, the exclusive one by one."""
    text = BY_HAND.replace("PREPARE", "prepare_to_wait(q, wait, TASK_UNINTERRUPTIBLE)")
    seen = play(make_bench(cpus=1), text).seen
    assert [0, 1, 2] == sorted(seen[1:4])
    assert [True, "all", False] == [seen[0], *seen[4:]]

    text = BY_HAND.replace("PREPARE", "prepare_to_wait_exclusive(q, wait, TASK_INTERRUPTIBLE)")
    assert "all" == play(make_bench(cpus=1), text).seen[2]


def test_entries_are_put_in_and_taken_out(bench):
    """add_wait_queue() at the head, _exclusive at the tail; who is alone is told."""
    lines = """
    one, two = DEFINE_WAIT(), DEFINE_WAIT()
    add_wait_queue_exclusive(q, one)
    add_wait_queue(q, two)
    seen.append([entry == two for entry in q.waiters])
    remove_wait_queue(q, two)
    remove_wait_queue(q, one)
    init_wait(one)
    seen.append(waitqueue_active(q))
    seen.append(prepare_to_wait_exclusive(q, one, TASK_RUNNING))
    seen.append(prepare_to_wait_exclusive(q, two, TASK_RUNNING))
    finish_wait(q, one)
    finish_wait(q, two)
    """
    wanted = [[True, False], 0, True, False]
    assert wanted == start(bench, lines, "q = DECLARE_WAIT_QUEUE_HEAD()")


LOCKED = """
seen = []
q = DECLARE_WAIT_QUEUE_HEAD()
lock = DEFINE_SPINLOCK()
ready = 0
k = []
def fn(data):
    spin_lock_irq(lock)
    seen.append(SLEEP)
    seen.append(spin_is_locked(lock))
    spin_unlock_irq(lock)
    return 0
def start():
    global ready
    k.append(kthread_run(fn, NULL, "fn"))
    msleep(20)
    seen.append(spin_is_locked(lock))
    DO
    return 0
"""


def test_waiting_with_a_lock(make_bench):
    """wait_event_lock_irq() frees the lock while it sleeps and holds it afterwards."""
    wake = "ready = 1\n    wake_up_sync(q)\n    msleep(20)"
    text = LOCKED.replace("SLEEP", "wait_event_lock_irq(q, ready, lock)").replace("DO", wake)
    assert [0, None, 1] == play(make_bench(cpus=1), text).seen

    wait = "wait_event_interruptible_lock_irq(q, ready, lock)"
    stop = LOCKED.replace("SLEEP", wait).replace("DO", "kthread_stop(k[0])")
    assert [0, -512, 1] == play(make_bench(cpus=1), stop).seen

    wake = "ready = 1\n    wake_up_interruptible_sync(q)\n    msleep(20)"
    text = LOCKED.replace("SLEEP", wait).replace("DO", wake)
    assert [0, 0, 1] == play(make_bench(cpus=1), text).seen


@pytest.mark.parametrize("call", ["wait_event_hrtimeout", "wait_event_interruptible_hrtimeout"])
def test_waiting_for_nanoseconds(bench, call):
    """The hrtimeout forms give -ETIME when the time is over, off the jiffy grid; else 0."""
    lines = f"""
    t = ktime_get()
    seen.append({call}(q, 0, 1500000))
    seen.append((ktime_get() - t) / 100000)
    seen.append({call}(q, 1, 1500000))
    """
    assert [-62, 15, 0] == start(bench, lines, "q = DECLARE_WAIT_QUEUE_HEAD()")
