from __future__ import annotations

import random
import textwrap

import pytest

from tests.conformance.wheel import due
from tests.linux.play import play, start
from vshell.kernel.oops import KernelPanic
from vshell.kernel.timer import bucket_expiry

FIRES = """
seen = []
t = timer_list()
def fire(timer):
    seen.append((jiffies - t0, timer == t, in_softirq(), in_task()))
def start():
    global t0
    t0 = jiffies
    timer_setup(t, fire, 0)
{body}
    return 0
def fault(timer):
    nothing = NULL
    nothing.x = 1
"""


def fired(bench, body, seconds=2.0):
    """Run lines with a timer ``t`` that notes when it fires; give its notes."""
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return play(bench, FIRES.format(body=lines), seconds=seconds).seen


def test_a_timer_fires_once_in_softirq_context(bench):
    """A timer armed for j+5 fires at j+6, gets itself, and runs in a softirq."""
    assert [(6, True, True, False)] == fired(bench, "mod_timer(t, jiffies + 5)")


def test_a_time_that_has_passed_is_due_at_the_next_tick(bench):
    """mod_timer() with a time in the past fires one jiffy later."""
    assert [1] == [at for at, *_ in fired(bench, "mod_timer(t, jiffies - 100)")]


def test_what_arming_returns(bench):
    """mod_timer() 0 then 1; the same time 1; mod_timer_pending() and timer_reduce() as recorded."""
    body = """
    seen.append(mod_timer(t, jiffies + 100))
    seen.append(mod_timer(t, jiffies + 50))
    seen.append(mod_timer(t, t.expires))
    seen.append(mod_timer_pending(t, jiffies + 30))
    seen.append(timer_reduce(t, jiffies + 40))
    seen.append(t.expires - jiffies)
    seen.append(timer_reduce(t, jiffies + 20))
    seen.append(t.expires - jiffies)
    seen.append(timer_pending(t))
    seen.append(del_timer(t))
    seen.append(del_timer(t))
    seen.append(timer_pending(t))
    seen.append(mod_timer_pending(t, jiffies + 30))
    seen.append(timer_reduce(t, jiffies + 30))
    seen.append(del_timer_sync(t))
    """
    assert [0, 1, 1, 1, 1, 30, 1, 20, 1, 1, 0, 0, 0, 0, 1] == fired(bench, body)


def test_the_other_names_of_disarming(bench):
    """try_to_del_timer_sync(), timer_delete() and timer_delete_sync() give whether it was armed."""
    for call in ("try_to_del_timer_sync", "timer_delete", "timer_delete_sync"):
        assert [1, 0] == start(
            bench,
            f"timer_setup(t, fire, 0)\nmod_timer(t, jiffies + 9)\nseen.append({call}(t))\n"
            f"seen.append({call}(t))",
            "t = timer_list()\ndef fire(timer):\n    pass",
        )
        bench.unload()


def test_a_timer_that_is_shut_down_is_not_armed(bench):
    """After timer_shutdown_sync() mod_timer() gives 0 and does nothing until timer_setup()."""
    body = """
    mod_timer(t, jiffies + 9)
    seen.append(timer_shutdown_sync(t))
    seen.append(mod_timer(t, jiffies + 1))
    seen.append(timer_pending(t))
    timer_setup(t, fire, 0)
    seen.append(mod_timer(t, jiffies + 3))
    seen.append(timer_shutdown(t))
    """
    assert [1, 0, 0, 0, 1] == fired(bench, body)


def test_add_timer_takes_expires(bench):
    """add_timer() and add_timer_on() arm for ``expires``; an armed one gives a warning."""
    body = """
    t.expires = jiffies + 5
    add_timer(t)
    add_timer(t)
    """
    assert [6] == [at for at, *_ in fired(bench, body)]
    warnings = [line for line in bench.log() if line.startswith("WARNING: ")]
    assert 1 == len(warnings)
    assert " at kernel/time/timer.c:" in warnings[0]


def test_add_timer_on_chooses_the_cpu(bench):
    """The timer fires on the CPU that add_timer_on() names."""
    seen = play(
        bench,
        """
        seen = []
        def fire(timer):
            seen.append(smp_processor_id())
        one = DEFINE_TIMER(fire)
        two = DEFINE_TIMER(fire)
        def start():
            one.expires = two.expires = jiffies + 5
            add_timer_on(one, 0)
            add_timer_on(two, 1)
            return 0
        """,
        seconds=1,
    ).seen

    assert [0, 1] == sorted(seen)


def test_one_bucket_fires_last_in_first_out(bench):
    """Timers of one bucket fire in reverse order; re-arming within the bucket keeps the place."""
    seen = play(
        bench,
        """
        seen = []
        class one:
            def __init__(self):
                self.t = timer_list()
                self.id = 0
        o = [one() for _ in range(5)]
        def fire(t):
            x = from_timer(x, t, t)
            seen.append(x.id)
        def start():
            while jiffies & 7:
                cpu_relax()
            for i in range(5):
                o[i].id = i
                timer_setup(o[i].t, fire, 0)
                mod_timer(o[i].t, jiffies + 80 + i)
            mod_timer(o[2].t, jiffies + 80)
            return 0
        """,
        seconds=1,
    ).seen

    assert [4, 3, 2, 1, 0] == seen


def test_interrupts_off_hold_timers_back(bench):
    """With interrupts or softirqs off a timer of this CPU waits, and comes when they are on."""
    for off, on in (
        ("local_irq_disable()", "local_irq_enable()"),
        ("local_bh_disable()", "local_bh_enable()"),
    ):
        body = f"""
        mod_timer(t, jiffies + 2)
        {off}
        mdelay(40)
        seen.append("on")
        {on}
        seen.append("after")
        """
        seen = fired(bench, body)
        assert ["on", True, "after"] == [one if isinstance(one, str) else one[1] for one in seen]
        bench.unload()


def test_a_fault_in_a_timer_stops_the_machine(bench):
    """A NULL pointer in a timer's function: panic in interrupt."""
    with pytest.raises(KernelPanic, match="Fatal exception in interrupt"):
        fired(bench, "timer_setup(t, fault, 0)\nmod_timer(t, jiffies + 1)")


def test_a_timer_of_an_unloaded_module_stops_the_machine(bench):
    """A timer that is still armed when its module goes lies in memory that is gone.

    Real: 30-panic-in-softirq. One that lies elsewhere fetches instructions that are gone.
    """
    other = "t2 = timer_list()\ntimer_setup(t2, t.function, 0)\nmod_timer(t2, jiffies + 100)"
    for armed, access in (("mod_timer(t, jiffies + 100)", "write access"), (other, "fetch")):
        fired(bench, armed, seconds=0)
        bench.unload()
        with pytest.raises(KernelPanic, match="Fatal exception in interrupt"):
            bench.pass_time(2)
        assert any("#PF: supervisor " in line and access in line for line in bench.log())


def test_a_lock_that_a_timer_keeps_is_reported(bench):
    """A timer's function that leaves preemption off: one warning, and the count is put right."""
    play(
        bench,
        """
        lock = DEFINE_SPINLOCK()
        def leak(timer):
            spin_trylock(lock)
            mod_timer(timer, jiffies + 5)
            spin_lock_init(lock)
        t = DEFINE_TIMER(leak)
        def start():
            mod_timer(t, jiffies + 1)
            msleep(100)
            return 0
        def stop():
            del_timer_sync(t)
        """,
    )
    log = bench.own_log()

    assert 1 == sum(" call_timer_fn+" in line for line in log if line.startswith("WARNING: "))
    assert "timer: leak [mod] preempt leak: 00000100 -> 00000101" in log
    assert 0 == bench.unload()


def test_round_jiffies(bench):
    """round_jiffies() goes to a full second: down in the first quarter, else up."""
    lines = """
    base = jiffies + 1000
    full = base - (base + 3 * smp_processor_id()) % HZ
    for late in (10, 61, 62, 200):
        seen.append(round_jiffies(full + late) - full)
    seen.append(round_jiffies_up(full + 10) - full)
    seen.append(round_jiffies(jiffies - 5) - jiffies)
    seen.append((round_jiffies_relative(1000) + jiffies + 3 * smp_processor_id()) % HZ)
    """
    assert [0, 0, 250, 250, 250, -5, 0] == start(bench, lines)


@pytest.mark.slow  # 100 000 timers
def test_the_wheel_is_the_formula_for_any_timer():
    """100 000 timers at random: each fires when the recordings' formula says."""
    rng = random.Random(20)
    for _ in range(100_000):
        clk = rng.randrange(1 << 33)
        delta = rng.randrange(-100, 1 << rng.randrange(1, 30))
        expiry, level = bucket_expiry(clk + delta, clk)
        wanted = due(clk + min(delta, 63 * 8**8 - 8**8), clk)
        assert wanted == expiry, (clk, delta, level)
