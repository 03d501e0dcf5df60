from __future__ import annotations

from tests.linux.play import play, start


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


def test_an_instruction_that_is_none_ends_the_task(bench):
    """asm("ud2") is an invalid opcode without a BUG; other instructions do nothing visible."""
    play(
        bench,
        """
        seen = []
        @noinline
        def do_bad():
            asm("nop")
            seen.append("alive")
            asm("ud2")
        def fn(data):
            do_bad()
            return 0
        def start():
            kthread_run(fn, NULL, "bad_thread")
            msleep(10)
            return 0
        """,
    )
    log = bench.own_log()

    assert ["alive"] == bench.kernel.modules.find("mod").namespace["seen"]
    assert "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI" == log[0]
    assert "RIP: 0010:do_bad+0x35/0x40 [mod] (mod.py:7)" in log
