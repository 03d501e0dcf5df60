from __future__ import annotations

import pytest

from tests.linux.play import start

# What is called on a variable of 5, what it gives, and what the variable is then.
STEPS = [
    ("{p}_read(v)", 5, 5),
    ("{p}_set(v, 9)", None, 9),
    ("{p}_add(3, v)", None, 8),
    ("{p}_sub(3, v)", None, 2),
    ("{p}_inc(v)", None, 6),
    ("{p}_dec(v)", None, 4),
    ("{p}_add_return(10, v)", 15, 15),
    ("{p}_sub_return(10, v)", -5, -5),
    ("{p}_inc_return(v)", 6, 6),
    ("{p}_dec_return(v)", 4, 4),
    ("{p}_fetch_add(1, v)", 5, 6),
    ("{p}_fetch_sub(1, v)", 5, 4),
    ("{p}_fetch_inc(v)", 5, 6),
    ("{p}_fetch_dec(v)", 5, 4),
    ("{p}_inc_and_test(v)", 0, 6),
    ("{p}_dec_and_test(v)", 0, 4),
    ("{p}_sub_and_test(5, v)", 1, 0),
    ("{p}_add_negative(-6, v)", 1, -1),
    ("{p}_add_negative(-5, v)", 0, 0),
    ("{p}_xchg(v, 7)", 5, 7),
    ("{p}_cmpxchg(v, 5, 100)", 5, 100),
    ("{p}_cmpxchg(v, 6, 100)", 5, 5),
    ("{p}_add_unless(v, 1, 5)", 0, 5),
    ("{p}_add_unless(v, 2, 7)", 1, 7),
    ("{p}_inc_not_zero(v)", 1, 6),
    ("{p}_dec_if_positive(v)", 4, 4),
    ("{p}_and(4, v)", None, 4),
    ("{p}_or(2, v)", None, 7),
    ("{p}_xor(1, v)", None, 4),
]


@pytest.mark.parametrize(("prefix", "bits"), [("atomic", 32), ("atomic64", 64)])
def test_every_operation(bench, prefix, bits):
    """Each operation gives and leaves what C's does, and wraps at the width of its type.

    ATOMIC_INIT() and ATOMIC64_INIT() make the variables.
    """
    lines = []
    for call, _, _ in STEPS:
        lines += [f"v = {prefix.upper()}_INIT(5)", f"seen.append({call.format(p=prefix)})"]
        lines += ["seen.append(v.counter)"]
    lines += [f"v = {prefix.upper()}_INIT({(1 << bits - 1) - 1})"]
    lines += [f"seen.append({prefix}_inc_return(v))", f"seen.append({prefix}_inc_and_test(v))"]
    lines += [f"v = {prefix.upper()}_INIT(0)", f"seen.append({prefix}_dec_if_positive(v))"]
    lines += [f"seen.append({prefix}_inc_not_zero(v))", f"seen.append({prefix}_read(v))"]
    wanted = [value for _, given, left in STEPS for value in (given, left)]

    assert [*wanted, -(1 << bits - 1), 0, -1, 0, 0] == start(bench, "\n".join(lines))


def test_a_null_pointer_is_a_fault(bench):
    """atomic_inc(NULL) writes to address 0."""
    start(bench, "seen.append(0)\natomic_inc(NULL)")

    assert any("address: 0000000000000000" in line for line in bench.log())
