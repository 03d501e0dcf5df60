from __future__ import annotations

from tests.linux.play import play


def run(bench, text, seconds=1.0):
    """Play a module; give its list ``seen``."""
    return play(bench, "seen = []\n" + text, seconds=seconds).seen


def test_a_tasklet_runs_once_in_softirq_context(make_bench):
    """tasklet_schedule() twice runs it once, after the task that asked has gone to sleep."""
    text = """
def fn(t):
    seen.append((in_softirq(), in_hardirq(), t == tl))
tl = DECLARE_TASKLET(fn)
def start():
    tasklet_schedule(tl)
    tasklet_schedule(tl)
    seen.append("asked")
    tasklet_kill(tl)
    seen.append("killed")
    return 0
"""
    assert ["asked", (True, False, True), "killed"] == run(make_bench(cpus=1), text)


def test_high_tasklets_go_first(make_bench):
    """tasklet_hi_schedule() goes before tasklet_schedule(); from_tasklet() finds the structure."""
    text = """
class one:
    def __init__(self):
        self.t = tasklet_struct()
        self.name = ""
a, b, c = one(), one(), one()
def fn(t):
    x = from_tasklet(x, t, t)
    seen.append(x.name)
def old(data):
    seen.append(data)
def start():
    a.name, b.name = "a", "b"
    tasklet_setup(a.t, fn)
    tasklet_setup(b.t, fn)
    tasklet_init(c.t, old, 7)
    tasklet_schedule(a.t)
    tasklet_schedule(c.t)
    tasklet_hi_schedule(b.t)
    msleep(10)
    return 0
"""
    assert ["b", "a", 7] == run(make_bench(cpus=1), text)


def test_a_tasklet_that_is_switched_off_waits(make_bench):
    """DECLARE_TASKLET_DISABLED() and tasklet_disable() keep it until tasklet_enable()."""
    text = """
def fn(t):
    seen.append("ran")
tl = DECLARE_TASKLET_DISABLED(fn)
def start():
    tasklet_disable(tl)
    tasklet_schedule(tl)
    msleep(20)
    tasklet_enable(tl)
    msleep(20)
    seen.append("enabled once")
    tasklet_enable(tl)
    msleep(20)
    return 0
"""
    assert ["enabled once", "ran"] == run(make_bench(cpus=1), text)


def test_a_tasklet_raised_by_an_interrupt_runs_when_that_ends(bench):
    """An hrtimer's function that schedules a tasklet: it runs at the same nanosecond."""
    text = """
def fn(t):
    seen.append(("tasklet", ktime_get() - now < 1000))
tl = DECLARE_TASKLET(fn)
now = 0
def tick(h):
    global now
    now = ktime_get()
    tasklet_schedule(tl)
    seen.append("hardirq")
    return HRTIMER_NORESTART
h = hrtimer()
def start():
    hrtimer_setup(h, tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL)
    hrtimer_start(h, ms_to_ktime(1), HRTIMER_MODE_REL)
    return 0
"""
    assert ["hardirq", ("tasklet", True)] == run(bench, text)


def test_softirqs_wait_while_they_are_off(make_bench):
    """A tasklet scheduled with softirqs off runs when local_bh_enable() lets it."""
    text = """
def fn(t):
    seen.append("ran")
tl = DECLARE_TASKLET(fn)
def start():
    local_bh_disable()
    tasklet_schedule(tl)
    mdelay(20)
    seen.append("still off")
    local_bh_enable()
    seen.append("on")
    return 0
"""
    assert ["still off", "ran", "on"] == run(make_bench(cpus=1), text)
