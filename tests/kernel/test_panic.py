from __future__ import annotations

import pytest

from tests.linux.play import play, source
from vshell.kernel.oops import KernelPanic, Oops


def test_endless_recursion_is_a_stack_overflow_and_a_panic(bench):
    """A stack that runs over hits its guard page; the machine stops."""
    text = """
    def down(n):
        return down(n + 1)
    def start():
        return down(0)
    """
    with pytest.raises(KernelPanic, match="Fatal exception"):
        bench.load(source(text))
    log = bench.own_log()

    assert log[0].startswith("BUG: TASK stack guard page was hit at ")
    assert len([line for line in log if line.startswith(" down+0x")]) <= 512
    assert "stack guard page: 0000 [#1] PREEMPT SMP NOPTI" in log
    assert "Kernel panic - not syncing: Fatal exception" in log


def test_panic_on_oops(bench):
    """With panic_on_oops=1 the first Oops stops the machine."""
    bench.kernel.sysctls.panic_on_oops = 1
    with pytest.raises(KernelPanic, match="Fatal exception"):
        play(bench, "def start():\n    NULL.field = 1\n    return 0")

    assert [
        "Kernel panic - not syncing: Fatal exception",
        "---[ end Kernel panic - not syncing: Fatal exception ]---",
    ] == bench.log()[-2:]
    assert "Fatal exception" == bench.kernel.oops.panic_text


def test_a_fault_in_an_interrupt_panics(bench):
    """A fault in interrupt context: "Fatal exception in interrupt"."""
    kernel = bench.kernel

    kernel.post(1_000_000_000, lambda: kernel.oops.die(Oops("page"), kernel.sched.current))
    with pytest.raises(KernelPanic, match="Fatal exception in interrupt"):
        kernel.run()


def test_panic_on_warn(bench):
    """With panic_on_warn=1 a WARN stops the machine behind its trace."""
    bench.kernel.sysctls.panic_on_warn = 1
    with pytest.raises(KernelPanic, match="panic_on_warn set"):
        play(bench, "def start():\n    WARN_ON(1)\n    return 0")
    log = bench.log()

    assert " </TASK>" == log[-3]
    assert "Kernel panic - not syncing: kernel: panic_on_warn set ..." == log[-2]


def test_panic_on_warn_takes_sleeping_while_atomic_too(bench):
    """scheduling while atomic with panic_on_warn=1 stops the machine."""
    bench.kernel.sysctls.panic_on_warn = 1
    with pytest.raises(KernelPanic, match="scheduling while atomic: panic_on_warn set"):
        play(bench, "def start():\n    preempt_disable()\n    msleep(1)\n    return 0")
