from __future__ import annotations

import pytest

from tests.linux.play import evaluate
from vshell.linux.compiler import noinline
from vshell.linux.init import __exit, __init, __initdata

CUTS = [
    ("u8(300)", 44),
    ("u8(-1)", 255),
    ("u16(70000)", 4464),
    ("u32(-1)", 4294967295),
    ("u32(1 << 32)", 0),
    ("u64(-1)", 18446744073709551615),
    ("size_t(-1)", 18446744073709551615),
    ("ssize_t((1 << 64) - 3)", -3),
    ("uintptr_t(None)", 0),
    ("uintptr_t(4660)", 4660),
    ("uintptr_t(ERR_PTR(-12))", 18446744073709551604),
    ("s8(300)", 44),
    ("s8(128)", -128),
    ("s16(70000)", 4464),
    ("s16(32768)", -32768),
    ("s32(1 << 31)", -2147483648),
    ("s32((1 << 31) - 1)", 2147483647),
    ("s64(1 << 63)", -9223372036854775808),
]


@pytest.mark.parametrize(("expression", "value"), CUTS)
def test_a_cast_keeps_the_low_bits_and_the_sign(bench, expression, value):
    """A cast to a fixed width keeps the low bits; a signed type's top bit is its sign."""
    assert value == evaluate(bench, expression)


def test_null_true_and_false(bench):
    """<linux/stddef.h> has NULL, true and false."""
    assert (None, True, False) == evaluate(bench, "(NULL, true, false)")


def test_hints_to_the_compiler_change_nothing(bench):
    """likely(), unlikely(), READ_ONCE() and @noinline give what they were given."""
    assert [1, 0, 5] == evaluate(bench, "[likely(1), unlikely(0), READ_ONCE(5)]")


def test_barriers_and_relaxing_have_no_value(bench):
    """barrier() and cpu_relax() are statements."""
    assert [None, None] == evaluate(bench, "[barrier(), cpu_relax()]")


def test_marks_give_the_function_back():
    """@noinline, @__init and @__exit leave the function as it is, also for other tools."""
    marks = [noinline, __init, __exit]

    assert [len] * 3 == [mark(len) for mark in marks]
    assert __initdata is None
