from __future__ import annotations

import pytest

from tests.linux.play import evaluate, start

VALUES = [
    ("ktime_set(2, 5)", 2_000_000_005),
    ("ms_to_ktime(3)", 3_000_000),
    ("us_to_ktime(3)", 3_000),
    ("ns_to_ktime(3)", 3),
    ("ktime_to_ns(1500)", 1500),
    ("ktime_to_us(1_999)", 1),
    ("ktime_to_us(-1_999)", -1),
    ("ktime_to_ms(1_999_999)", 1),
    ("ktime_to_ms(-1)", 0),
    ("ktime_sub(5, 7)", -2),
    ("ktime_us_delta(2_500, 1_000)", 1),
    ("ktime_us_delta(1_000, 2_500)", -1),
    ("ktime_ms_delta(7_000_000, 1_500_000)", 5),
    ("ktime_ms_delta(1_500_000, 7_000_000)", -5),
    ("ktime_add_ms(1, 2)", 2_000_001),
]


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_conversions(bench, expression, value):
    """A ktime_t counts nanoseconds; divisions go towards zero as in C."""
    assert value == evaluate(bench, expression)


def test_ktime_get_moves_with_work(bench):
    """ktime_get() tells the time since boot; a delay of 10 us passes in between."""
    first, second = start(bench, "seen.append(ktime_get())\nudelay(10)\nseen.append(ktime_get())")

    assert 10_000 <= second - first < 10_100


def test_ktime_get_real_is_the_date(make_bench):
    """ktime_get_real() is ktime_get() beyond the date of boot."""
    bench = make_bench(boot_wall_ns=1_000_000_000_000_000_000)
    since_boot, date = evaluate(bench, "(ktime_get(), ktime_get_real())")

    assert 0 <= date - since_boot - 1_000_000_000_000_000_000 < 1000


def test_more_arithmetic(bench):
    """Adding, subtracting and comparing times; what the clocks give."""
    lines = """
    t = ms_to_ktime(5)
    seen.append((ktime_add(t, t), ktime_add_ns(t, 7), ktime_add_us(t, 7), ktime_sub_ns(t, 7)))
    seen.append([ktime_compare(a, 5) for a in (4, 5, 6)])
    seen.append((ktime_after(6, 5), ktime_after(5, 5), ktime_before(4, 5), ktime_before(5, 5)))
    now = ktime_get()
    seen.append((0 <= ktime_get_ns() - now < 1000, 0 <= ktime_get_boottime() - now < 1000))
    seen.append(ktime_get_real() / 1000000000 - ktime_get_real_seconds())
    """
    wanted = [(10_000_000, 5_000_007, 5_007_000, 4_999_993), [-1, 0, 1]]
    wanted += [(True, False, True, False), (True, True), 0]
    assert wanted == start(bench, lines)
