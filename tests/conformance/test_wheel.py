"""Sleeps and timers of the twins hold to the jiffy; the recorded ones may be one or two late."""

from __future__ import annotations

import re

from tests.conformance.compare import HERE, run
from tests.conformance.wheel import (
    check_call,
    check_firings,
    check_msleep,
    jiffies_asked,
    msleep_timeout,
    sleep_error,
)
from tests.linux.play import play

FIRING = re.compile(r"tw j=(\d+) ctx=(\w+) (.*)")
SLEEP = re.compile(r"ms how=(\w+) n=(\d+) j0=(\d+) dj=(\d+)")
CALL = re.compile(r"tm what=(.*) j0=(\d+) dj=(\d+) us=(\d+)")


def texts(name):
    """Give what was recorded and what is shown here."""
    return (HERE / name / "real.txt").read_text(), run(name)


def test_every_firing_is_predicted():
    """1300 timers of the recording, and 1300 here, fire when the formula says."""
    for text in texts("20-timer-wheel"):
        found = list(FIRING.finditer(text))
        assert 1300 == sum(len(one[3].split()) for one in found)
        assert all("as the wheel has it" in check_firings(one) for one in found)


def test_every_msleep_is_the_models():
    """No msleep() is early, and as few are late as recorded: while another thread spins."""
    for text in texts("21-sleep-timing"):
        errors = [
            sleep_error(int(one[3]), int(one[4]), msleep_timeout(int(one[2])))
            for one in SLEEP.finditer(text)
        ]
        assert 208 == len(errors)
        assert {0, 1, 2} == set(errors)
        assert 16 >= sum(error > 0 for error in errors)


def test_an_undisturbed_msleep_is_exactly_the_models(make_bench):
    """One thread alone: msleep() of each length, in a chain and from a fresh tick, to the jiffy."""
    lengths = [*range(130), *range(196, 320, 3), 500, 1000, 2000, 2016, 3000]
    seen = play(
        make_bench(cpus=1),
        f"""
        seen = []
        def fn(data):
            for n in {lengths}:
                for fresh in (0, 1):
                    j0 = jiffies
                    while fresh and jiffies == j0:
                        cpu_relax()
                    j0 = jiffies
                    msleep(n)
                    seen.append((n, j0, jiffies - j0))
            return 0
        def start():
            kthread_run(fn, NULL, "fn")
            return 0
        """,
        seconds=120,
    ).seen

    assert 2 * len(lengths) == len(seen)
    assert {0} == {sleep_error(began, took, msleep_timeout(n)) for n, began, took in seen}


def test_every_timeout_is_the_models():
    """Here, every call of the recording with a timeout in jiffies ends when the formula says."""
    asked = [(one, jiffies_asked(one[1])) for one in CALL.finditer(texts("21-sleep-timing")[1])]
    timed = [(one, timeout) for one, timeout in asked if timeout is not None]

    assert 57 == len(timed)
    assert {0} == {sleep_error(int(one[2]), int(one[3]), timeout) for one, timeout in timed}


def unchanged(pattern, check, line):
    """Tell whether a check leaves a line as it is: what it says is not true."""
    found = pattern.match(line)
    assert found is not None
    return check(found) == found[0]


def test_what_is_not_true_stays_as_it_is():
    """A line whose figures the formula does not give is compared as it stands."""
    assert unchanged(FIRING, check_firings, "tw j=4294893425 ctx=proc 0:1 64:73")
    assert not unchanged(FIRING, check_firings, "tw j=4294893425 ctx=proc 0:1 64:71")
    assert unchanged(SLEEP, check_msleep, "ms how=chain n=10 j0=4294892916 dj=4")
    assert unchanged(SLEEP, check_msleep, "ms how=chain n=10 j0=4294892916 dj=8")
    assert not unchanged(SLEEP, check_msleep, "ms how=chain n=10 j0=4294892916 dj=5")
    assert unchanged(CALL, check_call, "tm what=mdelay(5) j0=1 dj=1 us=7001")
    assert unchanged(CALL, check_call, "tm what=usleep_range(50,100) j0=1 dj=0 us=49")
    assert unchanged(CALL, check_call, "tm what=usleep_range(50,100) j0=1 dj=2 us=60")
    assert not unchanged(CALL, check_call, "tm what=usleep_range(50,100) j0=1 dj=0 us=60")
