from __future__ import annotations

from tests.linux.play import start
from vshell.kernel.timer import Timer


def test_the_trace_of_a_timer(bench):
    """timer_start with both times, timer_cancel and timer_expire_entry are traced."""
    kernel = bench.kernel
    trace = kernel.trace
    trace.start()

    def beat(timer):
        del timer

    begin = kernel.clock.jiffies(0)
    timers = kernel.timers
    timer = Timer(beat)
    timers.mod_timer(timer, begin + 70)
    timers.del_timer(timer)
    timers.mod_timer(timer, begin + 2)
    bench.pass_time(1)

    assert [
        ("timer_start", "beat", 0, begin + 70, begin + 72),
        ("timer_cancel", "beat", 0),
        ("timer_start", "beat", 0, begin + 2, begin + 3),
        ("timer_expire_entry", "beat", 0, begin + 2),
    ] == [event[3:] for event in trace.events()]


def test_a_task_that_sleeps_is_named_in_the_trace(bench):
    """A sleep's timer names the task that it wakes."""
    bench.kernel.trace.start()
    start(bench, "msleep(10)\nschedule_timeout_interruptible(1)")
    pids = {e[5] for e in bench.kernel.trace.events() if e[3] == "timer_expire_entry"}

    assert 1 == len(pids)
    assert 0 not in pids
    assert {"process_timeout"} == {
        e[4] for e in bench.kernel.trace.events() if e[3] == "timer_expire_entry"
    }
