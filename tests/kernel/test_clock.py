from __future__ import annotations

from vshell.kernel.clock import MAX_JIFFY_OFFSET, Clock


def test_jiffies_and_back():
    """at() is the first nanosecond of a jiffy, whatever the phase and length of a jiffy."""
    clock = Clock(250, 3_997_510, 3_800_000, 0, 0)
    for jiffies in range(clock.initial_jiffies, clock.initial_jiffies + 1000, 7):
        first = clock.at(jiffies)
        assert jiffies == clock.jiffies(first)
        assert jiffies - 1 == clock.jiffies(first - 1)


def test_conversions_of_the_clock():
    """Dates, ticks of 1/100 s, and limits."""
    clock = Clock(250, 4_000_000, 0, 0, 1_000)

    assert 1_005 == clock.wall_ns(5)
    assert [0, 1, 99] == [clock.user_ticks(ns) for ns in (9_999_999, 10_000_000, 999_999_999)]
    assert MAX_JIFFY_OFFSET == clock.msecs_to_jiffies(-1)
    assert 250 == clock.usecs_to_jiffies(1_000_000)
