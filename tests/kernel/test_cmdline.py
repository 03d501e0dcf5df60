from __future__ import annotations

import pytest

SET = [
    ("preempt=none", lambda kernel: kernel.config.preempt, "none"),
    ("preempt=often", lambda kernel: kernel.config.preempt, "voluntary"),
    ("maxcpus=1", lambda kernel: len(kernel.sched.cpus), 1),
    ("nr_cpus=9", lambda kernel: len(kernel.sched.cpus), 2),
    ("loglevel=7", lambda kernel: kernel.printk.console_loglevel, 7),
    ("panic=2", lambda kernel: kernel.sysctls.panic, 2),
    ("panic=-1", lambda kernel: kernel.sysctls.panic, -1),
    ("oops=panic", lambda kernel: kernel.sysctls.panic_on_oops, 1),
    ("panic_on_warn", lambda kernel: kernel.sysctls.panic_on_warn, 1),
    ("softlockup_panic=1", lambda kernel: kernel.sysctls.softlockup_panic, 1),
    ("hung_task_panic=2", lambda kernel: kernel.sysctls.hung_task_panic, 0),
    (
        "rcupdate.rcu_cpu_stall_timeout=4",
        lambda kernel: kernel.watchdog.stalls.timeout_s,
        4,
    ),
    ("sysctl.kernel.watchdog_thresh=3", lambda kernel: kernel.watchdog.thresh_s, 3),
    ("sysctl.kernel/watchdog_thresh=3", lambda kernel: kernel.watchdog.thresh_s, 3),
    ("sysctl.kernel.osrelease=1", lambda kernel: kernel.sysctls.table["osrelease"].read(), "6.7.9"),
    ("sysctl.kernel.missing=1 quiet", lambda kernel: kernel.sysctls.panic, 0),
]


@pytest.mark.parametrize(("cmdline", "look", "value"), SET, ids=[one[0] for one in SET])
def test_the_command_line_sets(make_bench, cmdline, look, value):
    """What the kernel understands is set, within its bounds; the rest is passed over."""
    assert value == look(make_bench(cmdline=cmdline).kernel)
