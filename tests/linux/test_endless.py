"""What never ends, or asks for too much, ends as on Linux: a report, a panic, an errno."""

from __future__ import annotations

import pytest

from tests.linux.play import play
from vshell.kernel.oops import KernelPanic

ENDLESS = {
    "a timer that loops": (
        "def cb(t):\n    while True:\n        pass\n",
        "softlockup: hung tasks",
        "watchdog: BUG: soft lockup - CPU#0 stuck for 60s! [swapper/0:0]",
    ),
    "a timer that sleeps for ever": (
        "def cb(t):\n    while True:\n        msleep(1000)\n",
        "softlockup: hung tasks",
        "BUG: scheduling while atomic: swapper/0/0/0x00000101",
    ),
    "a timer that waits for a mutex": (
        "mut = DEFINE_MUTEX()\ndef cb(t):\n    mutex_lock(mut)\n    mutex_lock(mut)\n",
        "softlockup: hung tasks",
        "BUG: scheduling while atomic: swapper/0/0/0x00000101",
    ),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_an_interrupt_that_never_ends_stops_the_machine(case, make_bench):
    """A timer's function that never ends is reported, and the machine panics."""
    text, why, line = ENDLESS[case]
    bench = make_bench(cpus=1)

    with pytest.raises(KernelPanic, match=why):
        play(
            bench,
            f"{text}tm = DEFINE_TIMER(cb)\n"
            "def start():\n    mod_timer(tm, jiffies + 2)\n    return 0\n",
            seconds=100,
        )

    log = bench.log()
    assert line in log
    assert f"Kernel panic - not syncing: {why}" in log


def test_a_hard_interrupt_that_never_ends_is_a_hard_lockup(bench):
    """A high-resolution timer's function that never ends is a hard lockup."""
    with pytest.raises(KernelPanic, match="Hard LOCKUP"):
        play(
            bench,
            """
            high = hrtimer()
            def cb(t):
                while True:
                    pass
                return 0
            def start():
                hrtimer_init(high, CLOCK_MONOTONIC, HRTIMER_MODE_REL)
                high.function = cb
                hrtimer_start(high, 1000000, HRTIMER_MODE_REL)
                return 0
            """,
            seconds=100,
        )

    assert "Watchdog detected hard LOCKUP on cpu 0" in bench.log()


def test_an_interrupt_that_takes_long_ends(bench):
    """A timer's function that computes for half a minute goes on behind it."""
    found = play(
        bench,
        """
        seen = []
        def cb(t):
            mdelay(30000)
            seen.append(1)
        tm = DEFINE_TIMER(cb)
        def start():
            mod_timer(tm, jiffies + 2)
            return 0
        """,
        seconds=60,
    )

    assert [1] == found.seen
