from __future__ import annotations

import pytest

from tests.linux.play import evaluate, play, start

STATES = {
    "TASK_RUNNING": 0x0,
    "TASK_INTERRUPTIBLE": 0x1,
    "TASK_UNINTERRUPTIBLE": 0x2,
    "TASK_STOPPED": 0x104,
    "TASK_PARKED": 0x40,
    "TASK_DEAD": 0x80,
    "TASK_KILLABLE": 0x102,
    "TASK_IDLE": 0x402,
    "TASK_NORMAL": 0x3,
    "TASK_COMM_LEN": 16,
    "PF_IDLE": 0x2,
    "PF_EXITING": 0x4,
    "PF_WQ_WORKER": 0x20,
    "PF_NOFREEZE": 0x8000,
    "PF_KTHREAD": 0x200000,
}


@pytest.mark.parametrize("name", STATES)
def test_constants_have_the_values_of_linux(bench, name):
    """States and flags have the numbers of <linux/sched.h>."""
    assert STATES[name] == evaluate(bench, name)


def test_what_a_thread_can_read_of_itself(bench):
    """current's fields: pid, names, flags, priorities, affinity."""
    seen = start(
        bench,
        'kthread_run(fn, NULL, "a name longer than that")\nmsleep(10)',
        """
def fn(data):
    c = current
    seen.append(c.pid == c.tgid)
    seen.extend([c.comm, get_task_comm(c), c.flags, c.exit_state, c.exit_code])
    seen.extend([c.prio, c.static_prio, c.normal_prio, c.rt_priority, c.policy])
    seen.extend([c.nr_cpus_allowed, c.__state, c is current])
    return 0
""",
    )

    assert [
        *(True, "a name longer t", "a name longer t", 0x208040, 0, 0),
        *(120, 120, 120, 0, 0),
        *(2, 0, True),
    ] == seen


def test_a_task_prints_as_what_it_is(bench):
    """For whoever prints a task_struct in Python, it names the task."""
    stage = play(bench, "k = []\ndef start():\n    k.append(current)\n    return 0")

    assert repr(stage.k[0]).startswith("<task_struct test ")


def test_the_state_can_be_set_through_the_task(bench):
    """current.__state is written as C writes it; set_special_state() too."""
    assert [1, 4, 0] == start(
        bench,
        """
        current.__state = TASK_INTERRUPTIBLE
        seen.append(current.__state)
        set_special_state(4)
        seen.append(current.__state)
        __set_current_state(TASK_RUNNING)
        seen.append(current.__state)
        """,
    )


TIMEOUTS = [
    ("schedule_timeout_interruptible(10)", 0, 11, 0x1),
    ("schedule_timeout_uninterruptible(61)", 0, 62, 0x2),
    ("schedule_timeout_killable(1)", 0, 2, 0x102),
    ("schedule_timeout_idle(0)", 0, 1, 0x402),
]


@pytest.mark.parametrize(("call", "value", "took", "state"), TIMEOUTS)
def test_the_schedule_timeout_family(bench, call, value, took, state):
    """Each sleeps in its state; level 0 of the wheel adds a jiffy."""
    name = f"timeout{state}"
    stage = play(
        bench,
        f"""
        seen = []
        def fn(data):
            begin = jiffies
            seen.append({call})
            seen.append(jiffies - begin)
            return 0
        def start():
            kthread_run(fn, NULL, "{name}")
            return 0
        """,
    )
    bench.pass_time(0.001)
    states = [task.state for task in bench.kernel.tasks if task.comm == name]
    bench.pass_time(1)

    assert [state] == states
    assert [value, took] == stage.seen


def test_schedule_timeout_without_a_state_returns_at_once(bench):
    """In TASK_RUNNING schedule_timeout(t) gives t back."""
    assert [25] == start(bench, "seen.append(schedule_timeout(25))")


def test_schedule_timeout_of_a_negative_time_complains(bench):
    """A negative timeout prints the recorded line and a stack, and returns 0 running."""
    assert [0, 0] == start(
        bench,
        """
        set_current_state(TASK_INTERRUPTIBLE)
        seen.append(schedule_timeout(-5))
        seen.append(current.__state)
        """,
    )
    lines = bench.own_log()

    assert "schedule_timeout: wrong timeout value fffffffffffffffb" == lines[0]
    assert lines[1].startswith("CPU: ")
    assert lines[2].startswith("Hardware name: ")
    assert ["Call Trace:", " <TASK>"] == lines[3:5]
    assert " </TASK>" == lines[-1]


def test_schedule_timeout_without_limit_gives_the_limit(bench):
    """MAX_SCHEDULE_TIMEOUT comes back from a wake-up as it was."""
    seen = play(
        bench,
        """
        seen = []
        def fn(data):
            seen.append(schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT))
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            msleep(10)
            wake_up_process(k)
            return 0
        """,
        seconds=1,
    ).seen

    assert [9223372036854775807] == seen


def test_what_wake_up_process_returns(bench):
    """1 for a new or sleeping thread; 0 for itself and for a parked or finished one."""
    seen = play(
        bench,
        """
        seen = []
        def fn(data):
            seen.append(("self", wake_up_process(current)))
            set_current_state(TASK_INTERRUPTIBLE)
            schedule()
            set_current_state(TASK_UNINTERRUPTIBLE)
            schedule()
            kthread_parkme()
            return 0
        def start():
            k = kthread_create(fn, NULL, "k")
            get_task_struct(k)
            seen.append(("new", wake_up_process(k)))
            msleep(1)
            seen.append(("S", wake_up_process(k)))
            msleep(1)
            seen.append(("D", wake_up_process(k)))
            kthread_park(k)
            seen.append(("parked", wake_up_process(k)))
            kthread_unpark(k)
            msleep(1)
            seen.append(("dead", wake_up_process(k)))
            return 0
        """,
    ).seen

    assert {"new": 1, "self": 0, "S": 1, "D": 1, "parked": 0, "dead": 0} == dict(seen)


def test_set_user_nice_and_task_nice(bench):
    """A nice value moves static_prio; one out of -20..19 is ignored."""
    assert [-5, 115, 19, 19, -20, -20] == start(
        bench,
        """
        set_user_nice(current, -5)
        seen.append(task_nice(current))
        seen.append(current.prio)
        set_user_nice(current, 19)
        seen.append(task_nice(current))
        set_user_nice(current, 20)
        seen.append(task_nice(current))
        set_user_nice(current, -20)
        seen.append(task_nice(current))
        set_user_nice(current, -21)
        seen.append(task_nice(current))
        """,
    )


def test_real_time_policies(bench):
    """sched_set_fifo() is FIFO 50, _low FIFO 1, sched_set_normal() back with a nice value."""
    assert [(1, 50, 49, 120), (1, 1, 98, 120), (0, 0, 123, 123)] == start(
        bench,
        """
        c = current
        sched_set_fifo(c)
        seen.append((c.policy, c.rt_priority, c.prio, c.static_prio))
        sched_set_fifo_low(c)
        seen.append((c.policy, c.rt_priority, c.prio, c.static_prio))
        sched_set_normal(c, 3)
        seen.append((c.policy, c.rt_priority, c.prio, c.static_prio))
        """,
    )


def test_cond_resched_and_need_resched_alone(bench):
    """With nobody waiting there is no need to reschedule."""
    assert [False, 0] == start(
        bench, "seen.append(need_resched())\nmdelay(20)\nseen.append(cond_resched())"
    )


def test_cond_resched_lets_a_peer_run(make_bench):
    """On one CPU, after its slice, cond_resched() gives way: the peer gets done, it returns 1."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        wake_up_process(kthread_create(fn, NULL, "peer"))
        mdelay(5)
        seen.append(need_resched())
        mdelay(5)
        seen.append(cond_resched())
        """,
        'def fn(data):\n    seen.append("peer")\n    return 0',
    )

    assert ["peer", 1] == seen[-2:]


def test_yield_lets_every_other_thread_go_first(make_bench):
    """yield() goes behind the others that can run on this CPU."""
    bench = make_bench(cpus=1)
    seen = start(
        bench,
        """
        peers = [kthread_create(fn, i, "peer") for i in range(3)]
        mdelay(10)
        for k in peers:
            wake_up_process(k)
        yield_()
        seen.append("self")
        """,
        "def fn(data):\n    seen.append(data)\n    return 0",
    )

    assert "self" == seen[-1]
    assert [0, 1, 2] == sorted(seen[:-1])


def test_signals_of_a_thread(bench):
    """A kthread has no signal until it is stopped, and never a fatal one."""
    seen = play(
        bench,
        """
        seen = []
        def fn(data):
            seen.append((signal_pending(current), fatal_signal_pending(current)))
            msleep(100)
            seen.append((signal_pending(current), fatal_signal_pending(current)))
            return 0
        def start():
            k = kthread_run(fn, NULL, "k")
            msleep(10)
            kthread_stop(k)
            return 0
        """,
    ).seen

    assert [(0, 0), (1, 0)] == seen


def test_a_killed_process_in_init_sees_a_fatal_signal(bench):
    """SIGKILL to insmod: fatal_signal_pending() in init is 1, killable sleeps end."""

    def kill():
        task = next(task for task in bench.kernel.tasks if task.comm == "test")
        task.sig_pending |= 0x100
        bench.kernel.sched.try_to_wake_up(task, 0x100)

    bench.kernel.post(bench.kernel.now_ns + 50_000_000, kill)
    seen = start(
        bench,
        """
        done = DECLARE_COMPLETION()
        queue = DECLARE_WAIT_QUEUE_HEAD()
        lock = DEFINE_MUTEX()
        sem = DEFINE_SEMAPHORE(0)
        mutex_lock(lock)
        seen.append(wait_for_completion_killable(done))
        seen.append((signal_pending(current), fatal_signal_pending(current)))
        seen.append(wait_event_killable(queue, False))
        seen.append(mutex_lock_killable(lock))
        seen.append(down_killable(sem))
        seen.append(wait_for_completion_killable_timeout(done, 10))
        seen.append(wait_event_killable_timeout(queue, False, 10))
        seen.append(schedule_timeout_killable(10))
        k = kthread_run(msleep, NULL, "never")
        seen.append((IS_ERR(k), PTR_ERR(k)))
        """,
    )

    assert [-512, (1, 1), -512, -4, -4, -512, -512, 10, (True, -4)] == seen
    bench.pass_time(1)
    assert "never" not in [task.comm for task in bench.kernel.tasks]


@pytest.mark.parametrize("use", ["seen.append(k.pid)", "wake_up_process(k)"])
def test_references_keep_a_task(bench, use):
    """With get_task_struct() a finished thread can be asked; after the last put it faults."""
    seen = play(
        bench,
        """
        seen = []
        def fn(data):
            return 3
        def start():
            k = kthread_run(fn, NULL, "k")
            seen.append(get_task_struct(k) is k)
            msleep(10)
            seen.append((k.exit_state, k.exit_code, kthread_stop(k)))
            put_task_struct(k)
            seen.append("freed")
            {use}
            return 0
        """.replace("{use}", use),
    ).seen
    log = bench.log()

    assert [True, (0x10, 3, 3), "freed"] == seen
    assert any(line.startswith("general protection fault, probably for non-canon") for line in log)


NEEDS_A_TASK = [
    "wake_up_process",
    "task_nice",
    "get_task_struct",
    "put_task_struct",
    "signal_pending",
    "sched_set_fifo",
    "kthread_data",
]


@pytest.mark.parametrize("call", NEEDS_A_TASK)
def test_null_instead_of_a_task_is_a_fault_in_that_function(bench, call):
    """A function that is given NULL instead of a task faults, and the report names it."""
    play(bench, f"def start():\n    {call}(NULL)\n    return 0")
    log = bench.log()

    assert "BUG: kernel NULL pointer dereference, address: 0000000000000000" in log
    assert any(line.startswith(f"RIP: 0010:{call}+0x") for line in log)
