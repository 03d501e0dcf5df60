from __future__ import annotations

from tests.linux.play import start


def test_what_is_always_inline_has_no_frame(bench):
    """A function marked __always_inline is part of every caller in a call trace."""
    functions = """
@__always_inline
def report():
    dump_stack()
@noinline
def one():
    report()
@noinline
def two():
    report()
"""
    start(bench, "one()\ntwo()", functions)
    frames = [line.split("+")[0].strip() for line in bench.own_log()]

    assert "report" not in frames
    assert ["one", "two"] == [name for name in frames if name in ("one", "two")]
