from __future__ import annotations

from itertools import pairwise

import pytest

from tests.linux.play import play
from vshell.kernel.oops import KernelPanic

SPIN = """
kind = "plain"
module_param(kind, charp, 0o444)
@noinline
def spin_body():
    while not kthread_should_stop():
        cpu_relax()
    return 1
def spin_fn(data):
    if kind == "preempt_off":
        preempt_disable()
    if kind == "resched":
        while not kthread_should_stop():
            cond_resched()
    else:
        spin_body()
    if kind == "preempt_off":
        preempt_enable()
    return 2
def start():
    global k
    k = kthread_create(spin_fn, NULL, "spin_thread")
    kthread_bind(k, 1)
    wake_up_process(k)
    return 0
def stop():
    kthread_stop(k)
k = NULL
"""


def records(bench):
    """Give the log's records without what the loader says."""
    return [r for r in bench.kernel.printk.records(bench.seen) if "taint" not in r.text]


@pytest.fixture
def watched(make_bench):
    """A bench whose watchdog_thresh is 2 s, as in the recording."""
    return make_bench(watchdog_thresh_s=2)


def test_a_soft_lockup_is_reported_after_twice_the_threshold(watched):
    """Real: 15-softlockup: 4 to 6.4 s after it began, then again every 5 s or so."""
    play(watched, SPIN, seconds=30)
    found = [r for r in records(watched) if "soft lockup" in r.text]
    pauses = [(b.time_ns - a.time_ns) / 1e9 for a, b in pairwise(found)]

    assert 4.0 <= found[0].time_ns / 1e9 <= 6.4
    assert 5 <= len(found) <= 6
    assert all(4.0 <= pause <= 6.4 for pause in pauses)
    assert {0} == {record.level for record in found}
    assert found[0].text.startswith("watchdog: BUG: soft lockup - CPU#1 stuck for ")
    assert "s! [spin_thread:" in found[0].text
    seconds = [int(record.text.split("for ")[1].split("s!")[0]) for record in found]
    assert sorted(set(seconds)) == seconds
    assert seconds[0] in (5, 6)


def test_the_lines_of_a_soft_lockup(watched):
    """Modules, CPU, hardware, where, registers, trace: all at warn; L from the next one on."""
    play(watched, SPIN, seconds=13)
    found = records(watched)
    texts = [record.text for record in found]
    trace = texts.index("Call Trace:")

    assert {4} == {record.level for record in found[1:] if "soft lockup" not in record.text}
    assert "Modules linked in: mod(OE)" == texts[1]
    assert texts[2].startswith("CPU: 1 PID: ")
    assert " Comm: spin_thread Tainted: G           OE      6.7.9 #1" in texts[2]
    assert texts[3].startswith("Hardware name: ")
    assert texts[4].startswith("RIP: 0010:spin_body+0x")
    assert ["Code", "RSP", "RAX", "RDX", "RBP", "R10", "R13", "FS", "CS", "CR2"] == [
        text.split(":")[0] for text in texts[5:15]
    ]
    assert [" <TASK>", " spin_fn", " kthread"] == [
        text.split("+")[0] for text in texts[trace + 1 : trace + 4]
    ]
    assert any(" Tainted: G           OEL     6.7.9 #1" in text for text in texts[trace:])
    assert watched.kernel.oops.taints & 1 << 14


POLITE = [("plain", True), ("preempt_off", True), ("resched", False)]


@pytest.mark.parametrize(("kind", "is_reported"), POLITE)
def test_cond_resched_prevents_it(watched, kind, is_reported):
    """A loop with cond_resched() is never reported; one with preemption off is."""
    play(watched, SPIN, f"kind={kind}", seconds=12)

    assert is_reported == any("soft lockup" in record.text for record in records(watched))
    assert 0 == watched.unload()


def test_a_process_that_computes_is_no_lockup(watched):
    """User code may use its CPU as long as it likes."""

    def compute(sys):
        for _ in range(20_000):
            watched.kernel.sched.charge(1_000_000)
        return sys

    watched.call(compute)

    assert [] == records(watched)


def test_a_threshold_of_zero_switches_it_off(make_bench):
    """watchdog_thresh=0: nothing is reported."""
    bench = make_bench(watchdog_thresh_s=0)
    play(bench, SPIN, seconds=25)

    assert [] == records(bench)


def test_softlockup_panic(watched):
    """With softlockup_panic=1 the first report stops the machine."""
    watched.kernel.sysctls.softlockup_panic = 1
    with pytest.raises(KernelPanic, match="softlockup: hung tasks"):
        play(watched, SPIN, seconds=30)


HUNG = """
done = DECLARE_COMPLETION()
lock = DEFINE_MUTEX()
queue = DECLARE_WAIT_QUEUE_HEAD()
def h_comp(data):
    wait_for_completion(done)
    return 0
def h_owner(data):
    mutex_lock(lock)
    while not kthread_should_stop():
        msleep_interruptible(100000)
    return 0
def h_mutex(data):
    mutex_lock(lock)
    return 0
def h_msleep(data):
    msleep(100000)
    return 0
def h_loop(data):
    while True:
        msleep(1000)
def h_idle(data):
    wait_event_idle(queue, False)
    return 0
def h_killable(data):
    return wait_for_completion_killable(done)
def start():
    for fn, name in [(h_comp, "h_comp"), (h_owner, "h_owner"), (h_mutex, "h_mutex"),
                     (h_msleep, "h_msleep"), (h_loop, "h_loop"), (h_idle, "h_idle"),
                     (h_killable, "h_killable")]:
        kthread_run(fn, NULL, name)
    kthread_create(h_comp, NULL, "h_unrun")
    return 0
"""


def hung_bench(make_bench, **config):
    """Make a bench with khungtaskd."""
    bench = make_bench(hung_task_timeout_s=5, **config)
    bench.kernel.watchdog.start_khungtaskd(60)
    return bench


def test_which_tasks_are_reported(make_bench):
    """Real: 16-hung-task: completion, mutex, long msleep, never woken; by rising pid."""
    bench = hung_bench(make_bench)
    play(bench, HUNG, seconds=11)
    found = [r.text.split(":")[1] for r in records(bench) if "blocked for more" in r.text]

    assert [" task h_comp", " task h_mutex", " task h_msleep", " task h_unrun"] == found


def test_seconds_grow_and_warnings_run_out(make_bench):
    """5, 10, 15 s; after ten reports it is silent."""
    bench = hung_bench(make_bench)
    play(bench, HUNG, seconds=40)
    found = [r.text for r in records(bench) if "blocked for more" in r.text]

    assert 10 == len(found)
    assert [5] * 4 + [10] * 4 + [15] * 2 == [
        int(text.split("than ")[1].split()[0]) for text in found
    ]
    assert 0 == bench.kernel.sysctls.hung_task_warnings


def test_reports_without_limit(make_bench):
    """hung_task_warnings=-1 never runs out."""
    bench = hung_bench(make_bench)
    bench.kernel.sysctls.hung_task_warnings = -1
    play(bench, HUNG, seconds=31)

    assert 20 == sum("blocked for more" in record.text for record in records(bench))


def test_the_lines_of_a_hung_task(make_bench):
    """Three err lines, then the task and its stack at info."""
    bench = hung_bench(make_bench, release="6.1.0", distribution="Debian 6.1.192-2")
    play(bench, HUNG, seconds=11)
    found = [(record.level, record.text) for record in records(bench)]
    pid = next(task.pid for task in bench.kernel.tasks if task.comm == "h_comp")

    assert [
        (3, f"INFO: task h_comp:{pid} blocked for more than 5 seconds."),
        (3, "      Tainted: G           OE      6.1.0 #1 Debian 6.1.192-2"),
        (3, '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.'),
        (
            6,
            f"task:h_comp          state:D stack:0     pid:{pid:<5d} ppid:2      flags:0x00004000",
        ),
        (6, "Call Trace:"),
        (6, " <TASK>"),
        (6, " __schedule+0x34d/0xa00"),
        (6, " schedule+0x5a/0xd0"),
        (6, " schedule_timeout+0x11a/0x150"),
        (6, " __wait_for_common+0x94/0x1e0"),
    ] == found[:10]
    assert found[10][1].startswith(" h_comp+0x")
    assert (6, " </TASK>") == found[14]


def test_6_7_names_the_thread_group(make_bench):
    """Since 6.7 the task's line has its tgid."""
    bench = hung_bench(make_bench)
    play(bench, HUNG, seconds=11)
    pid = next(task.pid for task in bench.kernel.tasks if task.comm == "h_comp")

    assert any(f" pid:{pid:<5d} tgid:{pid:<5d} ppid:2 " in r.text for r in records(bench))


def test_a_mutex_in_the_stack(make_bench):
    """A thread that waits for a mutex shows __mutex_lock and schedule_preempt_disabled."""
    bench = hung_bench(make_bench, release="6.1.0")
    play(bench, HUNG, seconds=11)
    texts = [record.text for record in records(bench)]
    first = next(i for i, text in enumerate(texts) if text.startswith("task:h_mutex "))

    assert [
        " __schedule+0x34d/0xa00",
        " schedule+0x5a/0xd0",
        " schedule_preempt_disabled+0x11/0x20",
        " __mutex_lock.constprop.0+0x39d/0x720",
    ] == texts[first + 3 : first + 7]


def test_hung_task_panic(make_bench):
    """With hung_task_panic=1 the first hung task stops the machine."""
    bench = hung_bench(make_bench)
    bench.kernel.sysctls.hung_task_panic = 1
    with pytest.raises(KernelPanic, match="hung_task: blocked tasks"):
        play(bench, HUNG, seconds=30)


def test_a_timeout_of_zero_stops_the_search(make_bench):
    """hung_task_timeout_secs=0: no reports; a new value counts from then on."""
    bench = hung_bench(make_bench)
    bench.kernel.sysctls.hung_task_timeout_secs = 0
    bench.kernel.watchdog.wake_khungtaskd()
    play(bench, HUNG, seconds=60)
    assert [] == [r for r in records(bench) if "blocked for more" in r.text]

    bench.kernel.sysctls.hung_task_timeout_secs = 7
    bench.kernel.watchdog.wake_khungtaskd()
    bench.pass_time(13)
    assert [] == [r for r in records(bench) if "blocked for more" in r.text]
    bench.pass_time(2)
    assert any("more than 7 seconds" in record.text for record in records(bench))


def test_without_khungtaskd_nobody_is_woken(bench):
    """A kernel without khungtaskd takes a new timeout silently."""
    bench.kernel.watchdog.wake_khungtaskd()

    assert bench.kernel.watchdog.khungtaskd is None


def test_an_interval_makes_the_search_more_often(make_bench):
    """hung_task_check_interval_secs=2: a task is reported after 5 s at one of the looks."""
    bench = hung_bench(make_bench)
    bench.kernel.sysctls.hung_task_check_interval_secs = 2
    bench.kernel.watchdog.wake_khungtaskd()
    play(bench, HUNG, seconds=9)
    found = [r.text for r in records(bench) if "blocked for more" in r.text]

    assert 4 == len(found)
    assert all(" than 6 seconds." in text or " than 5 seconds." in text for text in found)


def test_seconds_count_from_when_it_got_stuck(make_bench):
    """On a machine that has been up for long the seconds are those of the lockup."""
    bench = make_bench(watchdog_thresh_s=2, uptime_ns=1_000_000_000_000)
    play(bench, SPIN, seconds=8)
    found = next(r.text for r in records(bench) if "soft lockup" in r.text)

    assert any(f"stuck for {seconds}s!" in found for seconds in (5, 6))


def test_samples_count_from_when_the_threshold_was_set(make_bench):
    """Real: 15-softlockup: with 2 s, samples come each 0.8 s from the writing on."""
    bench = make_bench(watchdog_thresh_s=0)
    bench.pass_time(0.33)
    set_ns = bench.kernel.sched.now_ns
    bench.kernel.watchdog.set_thresh(2)
    play(bench, SPIN, seconds=12)
    found = [r for r in records(bench) if "soft lockup" in r.text]

    assert [0, 0] == [(r.time_ns - set_ns) // 1_000_000 % 800 for r in found]


@pytest.mark.parametrize(("idle_s", "seconds"), [(0.0, 5), (0.3, 6)])
def test_a_cpu_whose_tick_was_stopped_is_trusted_until_the_next_sample(make_bench, idle_s, seconds):
    """Real: 15-softlockup: stuck for 6 s at first, for 5 s where the CPU had worked before."""
    bench = make_bench(watchdog_thresh_s=0)
    bench.pass_time(2.8)
    bench.kernel.watchdog.set_thresh(2)
    bench.pass_time(idle_s)
    if not idle_s:
        bench.kernel.sched.cpus[1].resched_ns = bench.kernel.sched.now_ns
    play(bench, SPIN, seconds=8)
    first = next(r.text for r in records(bench) if "soft lockup" in r.text)

    assert f"stuck for {seconds}s!" in first
