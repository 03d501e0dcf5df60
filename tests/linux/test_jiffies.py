from __future__ import annotations

import pytest

from tests.linux.play import evaluate, start

# Real: 21-sleep-timing.
RECORDED = [
    ("HZ", 250),
    ("INITIAL_JIFFIES", 4294892296),
    ("MAX_SCHEDULE_TIMEOUT", 9223372036854775807),
    ("MAX_JIFFY_OFFSET", 4611686018427387902),
    *[
        (f"msecs_to_jiffies({msecs})", jiffies)
        for msecs, jiffies in [
            *((0, 0), (1, 1), (3, 1), (4, 1), (5, 2), (8, 2), (9, 3), (10, 3), (100, 25)),
            *((250, 63), (999, 250), (1000, 250), (2147483647, 536870912)),
            *((-1, 4611686018427387902), (1 << 31, 4611686018427387902), (1 << 32, 0)),
        ]
    ],
    ("jiffies_to_msecs(1)", 4),
    ("jiffies_to_msecs(2)", 8),
    ("jiffies_to_msecs(25)", 100),
    ("jiffies_to_msecs(250)", 1000),
    ("jiffies_to_usecs(1)", 4000),
    ("usecs_to_jiffies(1)", 1),
    ("usecs_to_jiffies(4000)", 1),
    ("usecs_to_jiffies(4001)", 2),
    ("nsecs_to_jiffies(4000000)", 1),
    ("nsecs_to_jiffies(3999999)", 0),
]


@pytest.mark.parametrize(("expression", "value"), RECORDED)
def test_conversions_are_those_recorded(bench, expression, value):
    """Conversions between jiffies and other units round as on the recorded kernel."""
    assert value == evaluate(bench, expression)


COMPARISONS = [
    ("time_after(2, 1)", True),
    ("time_after(1, 1)", False),
    ("time_after(1, 2)", False),
    ("time_before(1, 2)", True),
    ("time_before(2, 2)", False),
    ("time_after_eq(1, 1)", True),
    ("time_after_eq(0, 1)", False),
    ("time_before_eq(1, 1)", True),
    ("time_before_eq(2, 1)", False),
    ("time_after(5, (1 << 64) - 5)", True),
    ("time_before((1 << 64) - 5, 5)", True),
]


@pytest.mark.parametrize(("expression", "value"), COMPARISONS)
def test_comparisons_survive_the_wrap(bench, expression, value):
    """time_after() and its kin compare correctly across the wrap of an unsigned long."""
    assert value is evaluate(bench, expression)


def test_jiffies_is_read_anew_at_each_use(bench):
    """`jiffies` is volatile: after 4 ms of computing it is one more."""
    first, second = start(
        bench,
        """
        seen.append(jiffies)
        mdelay(4)
        seen.append(jiffies)
        """,
    )

    assert 1 == second - first


def test_a_loop_that_waits_for_a_jiffy_ends(bench):
    """Spinning on `jiffies` moves virtual time."""
    early, late = start(
        bench,
        """
        seen.append(jiffies)
        end = jiffies + 250
        while time_before(jiffies, end):
            cpu_relax()
        seen.append(jiffies)
        """,
    )

    assert 250 == late - early


def test_a_tick_is_longer_or_shorter_than_it_says_where_the_machine_is_so(make_bench):
    """HZ stays 250 on a machine whose jiffy lasts 3 997 510 ns."""
    bench = make_bench(jiffy_ns=3_997_510)
    bench.pass_time(1)

    assert 250 == evaluate(bench, "HZ")
    assert 250 == bench.jiffies()


def test_hz_is_the_configured_one(make_bench):
    """With HZ=1000 a jiffy is 1 ms; jiffies_to_msecs() and the start follow."""
    bench = make_bench(hz=1000, jiffy_ns=1_000_000)

    assert [1000, 10, 10, (1 << 32) - 300_000] == evaluate(
        bench, "[HZ, msecs_to_jiffies(10), jiffies_to_msecs(10), INITIAL_JIFFIES]"
    )


def test_hz_that_does_not_divide_a_thousand_rounds_up(make_bench):
    """With HZ=300, 10 jiffies are 34 ms."""
    assert 34 == evaluate(make_bench(hz=300), "jiffies_to_msecs(10)")
