"""A module is unloaded, and the kernel still has something of it."""

from __future__ import annotations

import pytest

from tests.linux.play import play
from vshell.kernel.oops import KernelPanic
from vshell.kernel.workqueue import Work

LEFT = {
    "timer": (
        "t = timer_list()\ndef fn(x):\n    pass",
        "timer_setup(t, fn, 0)\nmod_timer(t, jiffies + HZ)",
        ("write", "__run_timers"),
    ),
    "timer elsewhere": (
        "def fn(x):\n    pass",
        "t = timer_list()\ntimer_setup(t, fn, 0)\nmod_timer(t, jiffies + HZ)",
        ("fetch", "0xffffffffc000"),
    ),
    "hrtimer": (
        "t = hrtimer()\ndef fn(x):\n    return HRTIMER_NORESTART",
        """hrtimer_init(t, CLOCK_MONOTONIC, HRTIMER_MODE_REL)
t.function = fn
hrtimer_start(t, ms_to_ktime(500), HRTIMER_MODE_REL)""",
        ("read", "__hrtimer_run_queues"),
    ),
    "delayed work": (
        "def fn(x):\n    pass\nw = DECLARE_DELAYED_WORK(fn)",
        "schedule_delayed_work(w, HZ)",
        ("write", "__run_timers"),
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_an_interrupt_finds_gone_stops_the_machine(bench, name):
    """What is still armed lies in memory that is gone, or calls code that is."""
    own, arm, (access, where) = LEFT[name]
    lines = "\n    ".join(arm.splitlines())
    play(bench, f"{own}\ndef start():\n    {lines}\n    return 0")
    bench.log()
    assert 0 == bench.unload()
    with pytest.raises(KernelPanic, match="Fatal exception in interrupt"):
        bench.pass_time(3)
    log = bench.log()
    texts = {"read": "read access", "write": "write access", "fetch": "instruction fetch"}

    assert f"#PF: supervisor {texts[access]} in kernel mode" == log[1]
    assert log[7].startswith(f"RIP: 0010:{where}")
    assert " <IRQ>" == log[log.index("Call Trace:") + 1]
    assert not any(f" {where}+" in line for line in log if not line.startswith("RIP"))


@pytest.mark.parametrize("is_static", [True, False])
def test_work_of_a_module_that_is_gone_kills_its_worker(bench, is_static):
    """A kworker reads the work's function, or calls it: an Oops; the machine goes on."""
    text = "def fn(x):\n    pass\n{}\ndef start():\n    return 0"
    play(bench, text.format("w = DECLARE_WORK(fn)" if is_static else "fn2 = fn"))
    kernel = bench.kernel
    namespace = kernel.modules.find("mod").namespace
    work = namespace["w"] if is_static else Work(namespace["fn"])
    bench.log()
    assert 0 == bench.unload()
    queues = kernel.workqueues
    kernel.post(kernel.now_ns, lambda: queues.queue_work(queues.system["events"], work, 0))
    bench.pass_time(1)
    log = bench.log()
    trace = log.index("Call Trace:")

    assert (
        f"#PF: supervisor {'read access' if is_static else 'instruction fetch'} in kernel mode"
        == (log[1])
    )
    assert " Comm: kworker/" in log[5]
    assert log[7].startswith(
        "RIP: 0010:process_one_work+0x" if is_static else "RIP: 0010:0xffffffffc0"
    )
    if is_static:
        assert " worker_thread" == log[trace + 6].split("+")[0]
    assert log[-1].startswith("note: kworker/")
    play(bench, 'def start():\n    pr_info("alive\\n")\n    return 0', name="other")
    assert "alive" in bench.log()
