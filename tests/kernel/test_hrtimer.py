from __future__ import annotations

from vshell.kernel.hrtimer import HrTimer

MILLISECOND = 1_000_000


def timer_of(bench, seen, name="a"):
    """Make a timer that notes when it fires and in which context."""
    kernel = bench.kernel

    def fire():
        seen.append((name, kernel.now_ns, kernel.sched.in_interrupt))

    return HrTimer(kernel.hrtimers, fire)


def test_it_fires_at_its_nanosecond(bench):
    """A timer fires in interrupt context at exactly its time."""
    seen = []
    timer = timer_of(bench, seen)

    assert 0 == bench.kernel.hrtimers.start(timer, 1_234_567)
    assert timer.is_active()
    bench.pass_time(1)
    assert [("a", 1_234_567, 1)] == seen
    assert not timer.is_active()


def test_starting_an_active_one_moves_it(bench):
    """start() of an active timer gives 1; it fires once, at its new time."""
    seen = []
    timer = timer_of(bench, seen)
    bench.kernel.hrtimers.start(timer, MILLISECOND)

    assert 1 == bench.kernel.hrtimers.start(timer, 3 * MILLISECOND)
    bench.pass_time(1)
    assert [3 * MILLISECOND] == [time_ns for _, time_ns, _ in seen]


def test_cancelling(bench):
    """cancel() gives 1 for an active timer, which then never fires, and 0 for another."""
    seen = []
    timer = timer_of(bench, seen)
    bench.kernel.hrtimers.start(timer, MILLISECOND)

    assert [1, 0] == [bench.kernel.hrtimers.cancel(timer) for _ in range(2)]
    bench.pass_time(1)
    assert [] == seen


def test_a_time_that_has_passed_fires_at_once(bench):
    """A timer for the past fires now."""
    bench.pass_time(1)
    seen = []
    bench.kernel.hrtimers.start(timer_of(bench, seen), 5)
    bench.kernel.run()

    assert [1_000_000_000] == [time_ns for _, time_ns, _ in seen]


def test_timers_of_one_time_fire_in_order_of_cpu_and_start(bench):
    """First come first served on one CPU; CPU 0 before CPU 1."""
    seen = []
    sched = bench.kernel.sched
    for name, cpu in zip("abc", [1, 0, 0], strict=True):
        sched.cpu = sched.cpus[cpu]
        bench.kernel.hrtimers.start(timer_of(bench, seen, name), MILLISECOND)
    sched.cpu = sched.cpus[0]
    bench.pass_time(1)

    assert ["b", "c", "a"] == [name for name, *_ in seen]
