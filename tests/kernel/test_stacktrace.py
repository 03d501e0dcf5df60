from __future__ import annotations

import pytest

from tests.linux.play import play
from vshell.abi.state import TASK_INTERRUPTIBLE
from vshell.kernel.stacktrace import (
    Symbol,
    caller_of_module,
    frames_below,
    task_frames,
    task_stack,
    task_trace,
    wchan,
)
from vshell.kernel.symbols import KERNEL_FRAMES, SCHED_TEXT, kernel_frames, kernel_symbol

# Real: 07-ps-states; what sleeps, and its wchan.
SLEEPS = [
    ("msleep(100000)", "msleep"),
    ("ssleep(100)", "msleep"),
    ("msleep_interruptible(100000)", "msleep_interruptible"),
    ("wait_for_completion(done)", "fn"),
    ("mutex_lock(lock)", "fn"),
    ("wait_event(queue, False)", "fn"),
    ("schedule_timeout_interruptible(100000)", "fn"),
    ("down(sem)", "fn"),
    ("helper()", "helper"),
    ("kthread_parkme()", "__kthread_parkme"),
]


def sleeper(bench, call):
    """Let a thread sleep in a call; give its task."""
    play(
        bench,
        f"""
        done = DECLARE_COMPLETION()
        lock = DEFINE_MUTEX()
        queue = DECLARE_WAIT_QUEUE_HEAD()
        sem = DEFINE_SEMAPHORE(0)
        @noinline
        def helper():
            set_current_state(TASK_INTERRUPTIBLE)
            schedule()
        def fn(data):
            {call}
            return 0
        def start():
            mutex_lock(lock)
            k = kthread_run(fn, NULL, "sleeper")
            if "{call}" == "kthread_parkme()":
                kthread_park(k)
            return 0
        """.replace(f'if "{call}" == "kthread_parkme()":', f"if {int('parkme' in call)}:"),
        seconds=1,
    )
    return next(task for task in bench.kernel.tasks if task.comm == "sleeper")


@pytest.mark.parametrize(("call", "where"), SLEEPS)
def test_wchan_is_the_first_function_outside_the_scheduler(bench, call, where):
    """wchan names the sleeping function, or the module's own where that is part of it."""
    assert where == wchan(bench.kernel, sleeper(bench, call))


def test_a_thread_that_has_not_run_sleeps_in_kthread(bench):
    """A created thread's wchan is kthread, kthreadd's its own function."""
    play(bench, 'def start():\n    kthread_create(msleep, 1, "new")\n    return 0')
    new = next(task for task in bench.kernel.tasks if task.comm == "new")

    assert "kthread" == wchan(bench.kernel, new)
    assert "kthreadd" == wchan(bench.kernel, bench.kernel.kthreads.kthreadd)


def test_a_running_task_has_no_wchan_and_no_stack(bench):
    """While a task runs its wchan is 0 and its stack empty."""
    found = bench.call(
        lambda sys: (
            wchan(bench.kernel, bench.kernel.sched.current),
            task_stack(bench.kernel, bench.kernel.sched.current),
        )
    )

    assert ("0", []) == found


def test_an_idle_thread_of_the_kernel_has_no_stack(bench):
    """A thread that only stands in ps shows where such threads sleep, and where threads begin."""
    task = bench.kernel.kthreads.add_idle("rcu_gp", 3, nice=-20)
    worker = bench.kernel.kthreads.add_idle("kworker/0:0", 4)
    other = bench.kernel.kthreads.add_idle("oom_reaper", 5, state=TASK_INTERRUPTIBLE)

    places = [wchan(bench.kernel, one) for one in (task, worker, other)]
    assert ["rescuer_thread", "worker_thread", "0"] == places
    assert [] == task_frames(bench.kernel, task)
    assert ["ret_from_fork", "ret_from_fork_asm"] == [
        symbol.name for symbol in task_stack(bench.kernel, task)
    ]
    assert (-20, 100) == (task.nice, task.prio)


def test_the_stack_of_a_sleeping_thread(bench):
    """/proc/PID/stack: without the scheduler's functions, the module's own with its name."""
    task = sleeper(bench, "msleep(100000)")
    names = [(symbol.name, symbol.module) for symbol in task_stack(bench.kernel, task)]

    assert [
        *(("msleep", ""), ("fn", "mod"), ("kthread", "")),
        *(("ret_from_fork", ""), ("ret_from_fork_asm", "")),
    ] == names


def test_the_trace_of_a_sleeping_thread(bench):
    """A full trace begins with __schedule and shows what is not sure with a question mark."""
    task = sleeper(bench, "msleep(100000)")
    lines = [symbol.trace_line().split("+")[0] for symbol in task_trace(bench.kernel, task)]

    assert [
        *(" __schedule", " schedule", " schedule_timeout", " msleep", " fn", " kthread"),
        *(" ? __pfx_kthread", " ret_from_fork", " ? __pfx_kthread", " ret_from_fork_asm"),
    ] == lines


def test_the_trace_of_a_mutex_waiter(bench):
    """Waiting for a mutex goes through schedule_preempt_disabled."""
    lines = [s.name for s in task_trace(bench.kernel, sleeper(bench, "mutex_lock(lock)"))]

    assert [
        *("__schedule", "schedule", "schedule_preempt_disabled", "__mutex_lock.constprop.0"),
        "fn",
    ] == lines[:5]


def test_the_trace_of_a_thread_that_has_no_stack(bench):
    """A task without a stack has no __schedule either."""
    task = bench.kernel.kthreads.add_idle("kswapd0", 4)

    assert "__schedule" not in [symbol.name for symbol in task_trace(bench.kernel, task)]


def test_how_a_symbol_is_written():
    """name+offset/size, [module], and the source's line in a trace."""
    symbol = Symbol("fn", 0x1E, 0x50, "mod")
    symbol.file, symbol.line = "/home/test/mod.py", 7

    assert "fn+0x1e/0x50 [mod]" == str(symbol)
    assert " fn+0x1e/0x50 [mod] (mod.py:7)" == symbol.trace_line()
    assert " ? f+0x0/0x10" == Symbol("f", 0, 16, reliable=False).trace_line()


def test_the_caller_outside_of_modules():
    """Where no module's code is on the stack there is no caller."""
    with pytest.raises(LookupError):
        caller_of_module()


def test_there_is_nothing_below_no_traceback():
    """Without frames nothing called them."""
    assert [] == frames_below([])


# Real: 05-self-exit, 08-init-errors, 16-hung-task.
RECORDED = [
    ("kthread", "", (6, 1), (0xDA, 0x100)),
    ("kthread", "", (6, 7), (0xE5, 0x120)),
    ("kthread", "schedule_preempt_disabled", (6, 1), (0x9A, 0x100)),
    ("msleep", "", (6, 1), (0x29, 0x40)),
    ("msleep", "", (6, 7), (0x29, 0x40)),
    ("kthread_park", "exiting", (6, 1), (0x73, 0x90)),
]


@pytest.mark.parametrize(("name", "callee", "version", "place"), RECORDED)
def test_recorded_offsets_and_sizes(name, callee, version, place):
    """Functions that were recorded have their figures, by version and by what they called."""
    assert place == kernel_symbol(name, callee, version)


def test_other_functions_have_figures_of_their_name():
    """A function that was not recorded has repeatable, sensible figures."""
    offset, size = kernel_symbol("some_function")

    assert (offset, size) == kernel_symbol("some_function")
    assert 0 < offset < size
    assert 0 == size % 16
    assert kernel_symbol("another") != kernel_symbol("some_function")


def test_frames_by_version():
    """What a function of vshell stands for follows the version; an unknown one for nothing."""
    assert ("__do_sys_finit_module",) == kernel_frames("sys_finit_module", (6, 1))
    assert "init_module_from_file" in kernel_frames("sys_finit_module", (6, 7))
    assert ("kthread",) == kernel_frames("kthread", (6, 7))
    assert () == kernel_frames("helper_of_vshell", (6, 7))


def test_every_frame_that_stands_for_linux_exists():
    """Each key of KERNEL_FRAMES is a function in vshell/kernel, so that no entry is stale."""
    from pathlib import Path  # noqa: PLC0415 - only here

    import vshell.kernel  # noqa: PLC0415 - only here

    folder = Path(vshell.kernel.__file__).parent
    text = "\n".join(path.read_text() for path in folder.glob("*.py"))

    assert [] == [name for name in KERNEL_FRAMES if f"def {name}(" not in text]
    assert "schedule" in SCHED_TEXT
