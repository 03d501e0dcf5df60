"""The timer wheel against what a real kernel's did.

``wheel_firings.txt`` was recorded on Linux 6.1, one CPU, HZ=250: a line is one moment at which 65
timers were armed, by ordinary code ("proc") or by a timer ("softirq"); a pair is the distance in
jiffies that was asked for and the jiffies that it took.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from tests.linux.play import start
from vshell.kernel.timer import LEVELS, Timer, bucket_expiry

FIRINGS = [
    (int(match[1]), match[2], [tuple(map(int, pair.split(":"))) for pair in match[3].split()])
    for match in re.finditer(
        r"tw j=(\d+) ctx=(\w+) (.*)", (Path(__file__).parent / "wheel_firings.txt").read_text()
    )
]


def fires_at(expires, clk):
    """Say when a timer fires, from the rule and not from the code."""
    farthest = 63 * 8 ** (LEVELS - 1)
    distance = expires - clk
    if distance < 0:
        return clk
    if distance >= farthest:
        distance = farthest - 8 ** (LEVELS - 1)
    grain = next(8**level for level in range(LEVELS) if distance < 63 * 8**level)
    return ((clk + distance) // grain + 1) * grain


def clock_of(armed, context, pairs):
    """Say how far base->clk was ahead of jiffies when a line was recorded."""
    if context == "softirq":
        return 1
    return int(any(fires_at(armed + delta, armed) != armed + took for delta, took in pairs))


class Wheel:
    """Timers on a bench, and the jiffies at which each has fired."""

    def __init__(self, bench):
        self.bench = bench
        self.kernel = bench.kernel
        self.fired = []

    @property
    def jiffies(self):
        """Give jiffies as a module reads it."""
        return self.kernel.clock.jiffies(self.kernel.now_ns)

    def go_to(self, jiffies):
        """Let time pass up to the first nanosecond of a jiffy."""
        self.bench.pass_time((self.kernel.clock.at(jiffies) - self.kernel.now_ns) / 1e9)

    def timer(self, name):
        """Make a timer that notes its name and when it fires."""
        return Timer(lambda _: self.fired.append((name, self.jiffies)))

    def arm(self, name, expires):
        """Arm a new timer."""
        timer = self.timer(name)
        self.kernel.timers.mod_timer(timer, expires)
        return timer

    def order(self):
        """Give the names in the order in which they fired."""
        return "".join(name for name, _ in self.fired)


@pytest.fixture
def wheel(bench):
    """A wheel at the beginning of a jiffy whose number divides by 64."""
    found = Wheel(bench)
    found.go_to((found.jiffies // 64 + 1) * 64)
    return found


def test_the_recording_is_whole():
    """1300 firings were recorded."""
    assert (20, 1300) == (len(FIRINGS), sum(len(pairs) for *_, pairs in FIRINGS))


@pytest.mark.parametrize(("armed", "context", "pairs"), FIRINGS, ids=[str(f[0]) for f in FIRINGS])
def test_the_formula_gives_the_recorded_firings(armed, context, pairs):
    """base->clk is jiffies or one more, in a timer always one more; every pair follows."""
    clk = clock_of(armed, context, pairs)

    assert pairs == [
        (delta, bucket_expiry(armed + delta, armed + clk)[0] - armed) for delta, _ in pairs
    ]


@pytest.mark.parametrize(("armed", "context", "pairs"), FIRINGS, ids=[str(f[0]) for f in FIRINGS])
def test_the_wheel_fires_as_recorded(make_bench, armed, context, pairs):
    """65 timers armed at the recorded jiffy fire at the recorded jiffies."""
    wheel = Wheel(make_bench(uptime_ns=(armed - 4294892296) * 4_000_000, cpus=1))
    assert armed == wheel.jiffies
    # Where the levels begin tells whether a timer had been run in that jiffy.
    wheel.kernel.sched.cpus[0].timer_clk = armed + clock_of(armed, context, pairs)
    for delta, _ in pairs:
        wheel.arm(delta, armed + delta)
    wheel.bench.pass_time(60)

    assert dict(pairs) == {delta: jiffies - armed for delta, jiffies in wheel.fired}


@settings(derandomize=True, deadline=None, max_examples=300)
@given(clk=some.integers(0, 1 << 34), distance=some.integers(-100, 1 << 33))
@example(clk=0, distance=62)
@example(clk=0, distance=63)
@example(clk=5, distance=63 * 8**8 - 1)
@example(clk=5, distance=63 * 8**8)
def test_the_wheel_follows_its_rule(clk, distance):
    """bucket_expiry() is the rule: never early, and late by one grain at the most."""
    expiry, level = bucket_expiry(clk + distance, clk)

    assert fires_at(clk + distance, clk) == expiry
    if 0 <= distance < 63 * 8**8:
        assert 0 < expiry - (clk + distance) <= 8**level
        assert expiry % 8**level == 0


@settings(derandomize=True, deadline=None, max_examples=25)
@given(
    plan=some.lists(
        some.tuples(some.integers(0, 700), some.integers(0, 5000)), min_size=1, max_size=12
    )
)
def test_no_timer_is_moved_after_it_is_armed(plan):
    """Whatever is armed when: each timer fires once, at the moment its arming has decided."""
    from tests.conftest import Bench  # noqa: PLC0415 - a bench of its own for each example

    wheel = Wheel(Bench(cpus=1))
    expected = []
    begin = wheel.jiffies
    for number, (offset, distance) in enumerate(sorted(plan)):
        wheel.go_to(begin + offset)
        clk = max(wheel.kernel.sched.cpus[0].timer_clk, wheel.jiffies)
        timer = wheel.arm(number, wheel.jiffies + distance)
        expected.append((number, max(fires_at(timer.expires, clk), wheel.jiffies + 1)))
    wheel.bench.pass_time(60)

    assert sorted(expected) == sorted(wheel.fired)
    wheel.kernel.power_off()


def test_timers_of_one_bucket_fire_last_in_first_out(wheel):
    """Eight timers for one jiffy fire in reverse order of arming. Real: 20-timer-wheel."""
    for name in "abcdefgh":
        wheel.arm(name, wheel.jiffies + 20)
    wheel.bench.pass_time(1)

    assert "hgfedcba" == wheel.order()


def test_timers_that_round_to_one_bucket_fire_last_in_first_out(wheel):
    """Different times that round to one moment of level 1 share a bucket."""
    for offset, name in enumerate("abcdefgh"):
        wheel.arm(name, wheel.jiffies + 80 + offset)
    wheel.bench.pass_time(1)

    assert "hgfedcba" == wheel.order()
    assert 1 == len({jiffies for _, jiffies in wheel.fired})


def test_a_higher_level_goes_first(wheel):
    """A timer of level 1 and two of level 0 in one jiffy: the level 1 one, then the last armed."""
    begin = wheel.jiffies
    wheel.arm("a", begin + 80)
    wheel.go_to(begin + 60)
    wheel.arm("b", begin + 87)
    wheel.arm("c", begin + 87)
    wheel.bench.pass_time(1)

    assert "acb" == wheel.order()
    assert {begin + 88} == {jiffies for _, jiffies in wheel.fired}


def test_mod_timer_tells_whether_it_was_active(wheel):
    """mod_timer(): 0 inactive, 1 active; the same time again changes nothing."""
    timers = wheel.kernel.timers
    timer = wheel.timer("a")
    begin = wheel.jiffies

    assert not timer.is_pending()
    assert 0 == timers.mod_timer(timer, begin + 10)
    assert timer.is_pending()
    bucket = timer.bucket
    assert 1 == timers.mod_timer(timer, begin + 10)
    assert timer.bucket is bucket
    assert 1 == timers.mod_timer(timer, begin + 30)
    wheel.bench.pass_time(1)
    assert [("a", begin + 31)] == wheel.fired
    assert 0 == timers.mod_timer(timer, wheel.jiffies)


def test_del_timer_tells_whether_it_was_active(wheel):
    """del_timer(): 1 active, 0 inactive; a deleted timer does not fire, its peers do."""
    timers = wheel.kernel.timers
    gone = wheel.arm("a", wheel.jiffies + 10)
    wheel.arm("b", wheel.jiffies + 10)

    assert [1, 0] == [timers.del_timer(gone), timers.del_timer(gone)]
    wheel.bench.pass_time(1)
    assert "b" == wheel.order()


def test_a_bucket_that_was_emptied_fires_nothing(wheel):
    """The moment of a bucket without timers passes silently."""
    wheel.kernel.timers.del_timer(wheel.arm("a", wheel.jiffies + 10))
    wheel.bench.pass_time(1)

    assert [] == wheel.fired
    assert [] == wheel.kernel.timers.pending()


def test_what_is_pending_soonest_first(wheel):
    """pending() lists timers with the jiffies of their bucket."""
    begin = wheel.jiffies
    late = wheel.arm("a", begin + 70)
    soon = wheel.arm("b", begin + 3)

    assert [(begin + 4, soon), (begin + 72, late)] == wheel.kernel.timers.pending()


def test_a_time_that_has_passed_fires_at_the_next_tick(wheel):
    """expires before now: the next tick runs it."""
    begin = wheel.jiffies
    wheel.arm("a", begin - 5)
    wheel.bench.pass_time(1)

    assert [("a", begin + 1)] == wheel.fired


REARMED = [("jiffies + 25", 25, 26), ("jiffies + 80", 80, 88)]


@pytest.mark.parametrize(("what", "delay", "period"), REARMED, ids=[r[0] for r in REARMED])
def test_a_timer_that_arms_itself_drifts_by_the_rounding(wheel, what, delay, period):
    """Armed again from its callback with jiffies + 25 it fires every 26, with + 80 every 88."""
    del what
    timers = wheel.kernel.timers

    def again(timer):
        wheel.fired.append(("a", wheel.jiffies))
        timers.mod_timer(timer, wheel.jiffies + delay)

    timers.mod_timer(Timer(again), wheel.jiffies + delay)
    wheel.bench.pass_time(5)
    times = [jiffies for _, jiffies in wheel.fired]

    assert {period} == {b - a for a, b in pairwise(times[1:])}


def test_a_timer_that_adds_to_expires_does_not_drift(wheel):
    """expires += 80 in the callback keeps the pace."""
    timers = wheel.kernel.timers

    def again(timer):
        wheel.fired.append(("a", wheel.jiffies))
        timers.mod_timer(timer, timer.expires + 80)

    timers.mod_timer(Timer(again), wheel.jiffies + 80)
    wheel.bench.pass_time(5)
    times = [jiffies for _, jiffies in wheel.fired]

    assert {80} == {b - a for a, b in pairwise(times[1:])}


def test_a_timer_armed_in_a_callback_for_now_fires_in_the_next_jiffy(wheel):
    """In a callback base->clk is one ahead: a timer for this jiffy fires in the next."""
    begin = wheel.jiffies

    def arm_another(timer):
        del timer
        wheel.arm("b", wheel.jiffies)

    wheel.kernel.timers.mod_timer(Timer(arm_another), begin + 10)
    wheel.bench.pass_time(1)

    assert [("b", begin + 12)] == wheel.fired


def test_each_cpu_has_its_own_wheel(wheel):
    """Timers of two CPUs that are due together: CPU 0's first, LIFO within each."""
    sched = wheel.kernel.sched
    for name, cpu in zip("abcd", [1, 0, 1, 0], strict=True):
        sched.cpu = sched.cpus[cpu]
        wheel.arm(name, wheel.jiffies + 5)
    sched.cpu = sched.cpus[0]
    wheel.bench.pass_time(1)

    assert "dbca" == wheel.order()


def test_a_woken_sleeper_takes_its_timer_along(bench):
    """A task woken before its timeout leaves no timer behind."""
    start(
        bench,
        """
        k = kthread_run(fn, NULL, "k")
        msleep(10)
        wake_up_process(k)
        msleep(10)
        """,
        """
def fn(data):
    schedule_timeout_interruptible(10000)
    set_current_state(TASK_INTERRUPTIBLE)
    schedule()
    return 0
""",
    )

    assert [] == bench.kernel.timers.pending()


def test_a_machine_whose_jiffies_lag(make_bench):
    """timer_lag_jiffies: what a bucket wakes reads jiffies later than the bucket's."""
    wheel = Wheel(make_bench(timer_lag_jiffies=1))
    begin = wheel.jiffies
    wheel.arm("a", begin + 5)
    wheel.bench.pass_time(1)

    assert [("a", begin + 7)] == wheel.fired


def test_base_clk_is_ahead_in_a_callback(wheel):
    """Armed from a callback, a distance of 63 still is level 0: 64 jiffies, not 64 to 72."""
    begin = wheel.jiffies + 11

    def arm_another(timer):
        del timer
        wheel.arm("b", wheel.jiffies + 63)

    wheel.kernel.timers.mod_timer(Timer(arm_another), begin - 1)
    wheel.bench.pass_time(1)

    assert [("b", begin + 64)] == wheel.fired


def test_a_timer_interrupts_who_has_armed_it(bench):
    """A timer that a running task arms fires at its time, in the middle of the task's work."""
    kernel = bench.kernel
    seen = []

    def work(sys):
        timer = Timer(lambda _: seen.append("timer"))
        kernel.timers.mod_timer(timer, kernel.clock.jiffies(kernel.now_ns) + 1)
        for step in range(20):
            kernel.sched.charge(1_000_000)
            seen.append(step)
        return sys

    bench.call(work)

    assert seen.index("timer") in (7, 8)
