from __future__ import annotations

import pytest

from tests.linux.play import start


def test_counting(bench):
    """Taking and dropping references; the last one is told."""
    lines = """
    r = REFCOUNT_INIT(1)
    refcount_inc(r)
    refcount_add(2, r)
    seen.append(refcount_read(r))
    refcount_dec(r)
    seen.append(refcount_sub_and_test(2, r))
    seen.append(refcount_inc_not_zero(r))
    seen.append((refcount_dec_and_test(r), refcount_dec_and_test(r), refcount_read(r)))
    seen.append(refcount_inc_not_zero(r))
    refcount_set(r, 7)
    seen.append(refcount_read(r))
    """
    assert [4, False, True, (False, True, 0), False, 7] == start(bench, lines)
    assert [] == bench.own_log()


WRONG = [
    ("REFCOUNT_INIT(0)", "refcount_inc(r)", 25, "addition on 0; use-after-free"),
    ("REFCOUNT_INIT(0)", "refcount_dec_and_test(r)", 28, "underflow; use-after-free"),
    ("REFCOUNT_INIT(1)", "refcount_dec(r)", 31, "decrement hit 0; leaking memory"),
]


@pytest.mark.parametrize(("make", "call", "line", "text"), WRONG)
def test_a_wrong_use_is_reported_and_saturates(bench, make, call, line, text):
    """Each wrong use gives its warning, and the count stays at 3 << 30 for good."""
    lines = f"r = {make}\n{call}\nseen.append(refcount_read(r))\nrefcount_inc(r)\n"
    assert [0xC0000000] * 2 == start(bench, lines + "seen.append(refcount_read(r))\n")
    log = bench.own_log()
    assert f"refcount_t: {text}." == log[1]
    assert f" at lib/refcount.c:{line} refcount_warn_saturate+" in log[2]
    assert 1 == sum(one.startswith("WARNING: ") for one in log)
