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
        "Kernel Offset: disabled",
        "---[ end Kernel panic - not syncing: Fatal exception ]---",
    ] == bench.log()[-3:]
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

    text = "Kernel panic - not syncing: kernel: panic_on_warn set ..."
    assert [" </TASK>", text] == log[log.index(text) - 1 : log.index(text) + 1]
    assert [" </TASK>", "Kernel Offset: disabled"] == log[-3:-1]


def test_panic_on_warn_takes_sleeping_while_atomic_too(bench):
    """scheduling while atomic with panic_on_warn=1 stops the machine."""
    bench.kernel.sysctls.panic_on_warn = 1
    with pytest.raises(KernelPanic, match="scheduling while atomic: panic_on_warn set"):
        play(bench, "def start():\n    preempt_disable()\n    msleep(1)\n    return 0")


FORGOTTEN = """
t = timer_list()
def fn(timer):
    pr_info("fired\\n")
def start():
    timer_setup(t, fn, 0)
    mod_timer(t, jiffies + HZ)
    return 0
"""


def test_a_pending_timer_left_in_freed_memory(make_bench):
    """Real: 30-panic-in-softirq: the wheel writes into it, in an interrupt of an idle CPU."""
    bench = make_bench(release="6.1.0-56-amd64")
    play(bench, FORGOTTEN)
    bench.log()
    assert 0 == bench.unload()
    with pytest.raises(KernelPanic, match="Fatal exception in interrupt"):
        bench.pass_time(2)
    log = bench.log()
    trace = log.index("Call Trace:")

    assert log[0].startswith("BUG: unable to handle page fault for address: ffffffffc000")
    assert "#PF: supervisor write access in kernel mode" == log[1]
    assert " PID: 0 Comm: swapper/" in log[5]
    assert log[7].startswith("RIP: 0010:__run_timers+0x")
    assert [" <IRQ>", " run_timer_softirq", " handle_softirqs", " __irq_exit_rcu"] == [
        line.split("+")[0] for line in log[trace + 1 : trace + 5]
    ]
    assert [" sysvec_apic_timer_interrupt", " </IRQ>", " <TASK>"] == [
        line.split("+")[0] for line in log[trace + 5 : trace + 8]
    ]
    assert " asm_sysvec_apic_timer_interrupt" == log[trace + 8].split("+")[0]
    assert log[trace + 9].startswith("RIP: 0010:cpuidle_enter_state+0x")
    assert ["Code", "RSP", "RAX", "RDX", "RBP", "R10", "R13"] == [
        line.split(":")[0] for line in log[trace + 10 : trace + 17]
    ]
    assert " cpuidle_enter" == log[trace + 17].split("+")[0]
    assert "Modules linked in: [last unloaded: mod(OE)]" in log


def test_a_fault_in_a_timers_function_shows_whom_it_interrupted(make_bench):
    """Above the interrupt's frames the function, below them the spinning thread's own."""
    bench = make_bench(release="6.1.0-56-amd64")
    text = FORGOTTEN.replace('pr_info("fired\\n")', "NULL.field = 1") + (
        "def spin(data):\n    while True:\n        cpu_relax()\n"
    )
    begin = """
    k = kthread_create(spin, NULL, "spin")
    kthread_bind(k, raw_smp_processor_id())
    wake_up_process(k)
"""
    text = text.replace("    mod_timer", f"{begin}    mod_timer")
    with pytest.raises(KernelPanic, match="Fatal exception in interrupt"):
        play(bench, text, seconds=3)
    log = bench.own_log()
    trace = log.index("Call Trace:")
    names = [line.split("+")[0] for line in log[trace + 1 :]]

    assert next(line for line in log if line.startswith("RIP: 0010:fn+0x")).endswith("(mod.py:4)")
    assert [" <IRQ>", " call_timer_fn", " __run_timers", " run_timer_softirq"] == names[:4]
    below = names[names.index(" asm_sysvec_apic_timer_interrupt") :]
    assert "RIP: 0010:spin" == below[1]
    assert [" kthread", " ? kthread_complete_and_exit"] == below[9:11]


def test_the_panic_timeout_is_said(bench):
    """With kernel.panic=5 the machine says that it will boot again."""
    bench.kernel.sysctls.panic = 5
    bench.kernel.oops.panic("why")

    assert "Rebooting in 5 seconds.." == bench.log()[-1]
