from __future__ import annotations

import pytest

from tests.kernel.test_watchdog import SPIN, records
from tests.linux.play import play
from vshell.kernel.oops import KernelPanic


@pytest.fixture
def stalled(make_bench):
    """A bench that reports stalls after 4 s, as in the recording, and no soft lockups."""
    bench = make_bench(watchdog_thresh_s=0)
    bench.kernel.watchdog.stalls.timeout_s = 4
    return bench


def stalls(bench):
    """Give the records that begin a report."""
    return [record for record in records(bench) if "detected stall" in record.text]


def test_preemption_off_for_the_timeout_is_a_stall(stalled):
    """Real: 15-softlockup: reported after 4 s, 1000 jiffies into the grace period."""
    play(stalled, SPIN, "kind=preempt_off", seconds=6)
    found = records(stalled)
    texts = [record.text for record in found]

    assert "rcu: INFO: rcu_preempt self-detected stall on CPU" == texts[0]
    assert texts[1].startswith("rcu: \t1-....: (999 ticks this GP) idle=")
    assert texts[2].startswith("\t(t=1000 jiffies g=")
    assert texts[2].endswith(" ncpus=2)")
    assert [3, 3, 4] == [record.level for record in found[:3]]
    assert 4.0 <= found[0].time_ns / 1e9 <= 4.1
    assert texts[3].startswith("CPU: 1 PID: ")
    assert texts[5].startswith("RIP: 0010:spin_body+0x")
    assert " </TASK>" == texts[-1]


def test_a_stall_is_reported_again_after_three_times_as_long(stalled):
    """The next report comes 12 s after the first."""
    play(stalled, SPIN, "kind=preempt_off", seconds=18)
    times = [record.time_ns / 1e9 for record in stalls(stalled)]

    assert 2 == len(times)
    assert 11.9 <= times[1] - times[0] <= 12.1


@pytest.mark.parametrize("kind", ["plain", "resched"])
def test_with_preemption_on_grace_periods_end(stalled, kind):
    """The tick sees that a loop with preemption on holds no reference."""
    play(stalled, SPIN, f"kind={kind}", seconds=10)

    assert [] == stalls(stalled)


def test_a_stall_begins_when_preemption_goes_off(stalled):
    """A loop that has turned for long before is not held against it."""
    late = SPIN.replace("    if kind ==", "    mdelay(3000)\n    if kind ==", 1)
    play(stalled, late, "kind=preempt_off", seconds=9)
    [first] = stalls(stalled)

    assert 6.0 <= first.time_ns / 1e9 <= 8.1


def test_panic_on_rcu_stall(stalled):
    """With panic_on_rcu_stall=1 the first report stops the machine."""
    stalled.kernel.sysctls.panic_on_rcu_stall = 1
    with pytest.raises(KernelPanic, match="RCU Stall"):
        play(stalled, SPIN, "kind=preempt_off", seconds=6)


def test_the_timeout_is_bounded(stalled):
    """Less than 3 s counts as 3 s."""
    stalled.kernel.watchdog.stalls.timeout_s = 0
    play(stalled, SPIN, "kind=preempt_off", seconds=3.5)
    [first] = stalls(stalled)

    assert 3.0 <= first.time_ns / 1e9 <= 3.1
