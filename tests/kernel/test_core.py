from __future__ import annotations

import pytest

from tests.linux.play import play, start
from vshell.abi.units import NEVER_NS
from vshell.kernel.config import KernelConfig
from vshell.kernel.context import Hub, TaskExit, VshellBug
from vshell.kernel.oops import KernelPanic
from vshell.kernel.queue import RANK_HARDIRQ, RANK_INPUT, RANK_TIMER, Call, EventQueue

SECOND = 1_000_000_000

# -- The kernel's loop --------------------------------------------------------------------------


def test_nothing_to_do_is_never(bench):
    """With nothing left to happen the next event is never, and run() returns at once."""
    bench.pass_time(1)

    assert NEVER_NS == bench.kernel.peek()
    assert not bench.kernel.is_busy()
    bench.kernel.run()
    assert SECOND == bench.kernel.now_ns


def test_run_stops_at_its_limit(bench):
    """run(limit) lets nothing happen that is due later."""
    seen = []
    for seconds in (1, 2, 3):
        bench.kernel.post(seconds * SECOND, lambda seconds=seconds: seen.append(seconds))
    bench.kernel.run(2 * SECOND)

    assert [1, 2] == seen
    assert 3 * SECOND == bench.kernel.peek()


def test_a_stop_is_obeyed(bench):
    """stop_requested ends run() after what happens now."""
    seen = []

    def stop():
        seen.append(1)
        bench.kernel.stop_requested = True

    bench.kernel.post(SECOND, stop)
    bench.kernel.post(2 * SECOND, lambda: seen.append(2))
    bench.kernel.run()

    assert [1] == seen
    bench.kernel.stop_requested = False
    bench.kernel.run()
    assert [1, 2] == seen


def test_what_is_posted_can_be_cancelled(bench):
    """A cancelled event passes silently."""
    seen = []
    call = bench.kernel.post(SECOND, lambda: seen.append(1))
    call.cancel()
    bench.kernel.run()

    assert [] == seen


def test_nothing_is_posted_into_the_past(bench):
    """An event for a time that has passed happens now."""
    bench.pass_time(5)
    seen = []
    bench.kernel.post(SECOND, lambda: seen.append(bench.kernel.now_ns))
    bench.kernel.run()

    assert [5 * SECOND] == seen


def test_idle_time_passes_and_never_goes_back(bench):
    """advance_to() moves the present forward only."""
    bench.kernel.advance_to(SECOND)
    bench.kernel.advance_to(5)

    assert SECOND == bench.kernel.now_ns


def test_time_is_the_same_for_all_cpus(bench):
    """What threads on two CPUs note is in the order of virtual time."""
    stage = play(
        bench,
        """
        seen = []
        def fn(step):
            for i in range(200):
                udelay(step)
                seen.append(ktime_get())
            return 0
        def start():
            for step in (3, 7):
                kthread_run(fn, step, "k")
            return 0
        """,
        seconds=1,
    )

    assert 400 == len(stage.seen)
    assert sorted(stage.seen) == stage.seen


def test_an_interrupt_takes_time_of_whom_it_interrupts(bench):
    """While input is handled its CPU runs nothing else, and current is whoever was running."""
    kernel = bench.kernel
    seen = []

    def handle():
        seen.append((kernel.sched.in_interrupt, kernel.sched.current.comm))

    kernel.post(kernel.now_ns + 5_000_000, handle)
    start(bench, "mdelay(10)")

    assert [(1, "test")] == seen
    assert 0 == kernel.sched.in_interrupt


def test_synchronize_rcu_takes_its_grace_period(make_bench):
    """synchronize_rcu() sleeps for the configured jiffies."""
    bench = make_bench(rcu_grace_jiffies=3)

    def wait(sys):
        del sys
        begin = bench.kernel.now_ns
        bench.kernel.synchronize_rcu()
        return bench.kernel.now_ns - begin

    assert bench.call(wait) == pytest.approx(12_000_000, abs=10_000)


def test_powering_off_unwinds_every_stack(bench):
    """power_off() ends every context; `finally` blocks of kernel code run."""
    seen = []

    def sleeper(sys):
        try:
            sys.nanosleep(100 * SECOND)
        finally:
            seen.append("unwound")

    bench.process(sleeper)
    bench.pass_time(1)
    bench.kernel.power_off()

    assert ["unwound"] == seen
    assert all(task.context is None for task in bench.kernel.tasks)
    bench.kernel.power_off()
    assert ["unwound"] == seen


def test_c_int_cuts_as_c_does(bench):
    """What a function returned is cut to 32 bits with a sign; what is no number is 0."""
    values = [(5, 5), (1 << 31, -(1 << 31)), ((1 << 32) + 7, 7), (-1, -1), (None, 0), ("x", 0)]

    assert [cut for _, cut in values] == [bench.kernel.c_int(value) for value, _ in values]


def test_control_is_no_fault_of_a_module(bench):
    """What ends the machine or unwinds a task is not taken for a module's error."""
    stops = [TaskExit(), VshellBug(), KernelPanic(), KeyboardInterrupt(), SystemExit()]

    assert all(bench.kernel.stops_on(error) for error in stops)
    assert not bench.kernel.stops_on(ValueError())


def test_a_bug_of_vshell_comes_through(bench):
    """A VshellBug raised on a task's stack stops run()."""

    def broken(sys):
        raise VshellBug("found")

    bench.process(broken)
    with pytest.raises(VshellBug, match="found"):
        bench.kernel.run()


def test_the_hub_can_move_to_another_context(bench):
    """A kernel whose hub has been entered again goes on from there."""
    bench.kernel.hub.enter()
    bench.kernel.sched.adopt_hub()

    assert bench.kernel.hub.is_current()
    assert 3 == bench.call(lambda sys: 3)


def test_a_task_is_not_the_hub(bench):
    """is_current() is false while a task runs."""
    assert bench.call(lambda sys: bench.kernel.hub.is_current()) is False


def test_killing_a_context_twice(bench):
    """A context that is dead can be killed again; one that has not begun simply ends."""
    hub = Hub()
    seen = []
    context = hub.spawn(lambda: seen.append(1))
    context.kill()
    context.kill()

    assert context.dead
    assert [] == seen
    assert bench is not None


# -- The queue of events ------------------------------------------------------------------------


def test_events_by_time_rank_and_sequence():
    """Earlier first; at one time input, hard interrupts, timers; then first come first served."""
    seen = []
    queue = EventQueue()

    def event(name):
        return Call(lambda: seen.append(name))

    plan = [(5, RANK_TIMER, "timer"), (5, RANK_HARDIRQ, "hardirq"), (5, RANK_INPUT, "input")]
    plan += [(5, RANK_INPUT, "input 2"), (4, RANK_TIMER, "early"), (9, RANK_INPUT, "late")]
    for time_ns, rank, name in plan:
        queue.push(time_ns, rank, event(name))
    assert 4 == queue.next_ns()
    while queue.next_ns() != NEVER_NS:
        queue.pop().fire()

    assert ["early", "input", "input 2", "hardirq", "timer", "late"] == seen


# -- Settings -----------------------------------------------------------------------------------


def test_a_setting_that_does_not_exist_is_refused():
    """KernelConfig() takes known settings only."""
    with pytest.raises(TypeError, match="no_such"):
        KernelConfig(no_such=1)


VERSIONS = [("6.7.9", (6, 7)), ("6.1.0-56-amd64", (6, 1)), ("6.12.117+deb12-amd64", (6, 12))]


@pytest.mark.parametrize(("release", "code"), VERSIONS)
def test_the_version_is_read_from_the_release(release, code):
    """The first two numbers of the release select what changed between versions."""
    assert code == KernelConfig(release=release).version_code


# -- Interrupts and the end ---------------------------------------------------------------------


def test_work_in_an_interrupt_delays_whom_it_interrupts(bench):
    """5 ms of interrupt in the middle of mdelay(10) make it 15 ms."""
    kernel = bench.kernel
    kernel.post(kernel.now_ns + 5_000_000, lambda: kernel.sched.charge(5_000_000))
    took = start(bench, "begin = ktime_get()\nmdelay(10)\nseen.append(ktime_get() - begin)")[0]

    assert 15_000_000 <= took < 15_100_000


def test_an_interrupt_cannot_sleep(bench):
    """schedule() in interrupt context is reported and does nothing."""
    bench.kernel.post(1_000_000, bench.kernel.sched.schedule)
    bench.kernel.run()

    assert bench.log()[0].startswith("BUG: scheduling while atomic: swapper/0/0/0x")


def test_nobody_sleeps_while_the_machine_goes_off(bench):
    """A `finally` block that would sleep at power-off is unwound too."""
    seen = []

    def sleeper(sys):
        try:
            sys.nanosleep(100 * SECOND)
        finally:
            seen.append("first")
            bench.kernel.sched.charge(10 * SECOND)
            bench.kernel.sched.schedule()
            seen.append("never")

    bench.process(sleeper)
    bench.pass_time(1)
    bench.kernel.power_off()

    assert ["first"] == seen


def test_input_interrupts_a_running_task(bench):
    """What is posted while a task computes happens at its time, in the middle of the work."""
    kernel = bench.kernel
    seen = []

    def work(sys):
        kernel.post(kernel.now_ns + 5_000_000, lambda: seen.append("input"))
        for step in range(10):
            kernel.sched.charge(1_000_000)
            seen.append(step)
        return sys

    bench.call(work)

    assert seen.index("input") in (4, 5)


def test_stacks_are_unwound_as_their_own_tasks(bench):
    """While power_off() unwinds a stack, current is the task whose stack it is."""
    kernel = bench.kernel
    seen = []

    def sleeper(sys):
        try:
            sys.nanosleep(100 * SECOND)
        finally:
            task = kernel.sched.current
            seen.append((task.pid == sys.getpid(), kernel.sched.cpu is task.cpu))

    for _ in range(2):
        bench.process(sleeper)
    bench.pass_time(1)
    kernel.power_off()

    assert [(True, True)] * 2 == seen
