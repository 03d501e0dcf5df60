"""The event stream: what the kernel emits are the records that readers know."""

from __future__ import annotations

import pytest

from tests.linux.play import start
from vshell.abi import state as st
from vshell.abi.events import FIELDS, Event

MODULE = """\
from vshell.linux.delay import msleep_interruptible
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop, kthread_unpark
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

task = None


def work(data):
    while not kthread_should_stop():
        if kthread_should_park():
            kthread_parkme()
        msleep_interruptible(20)
    return 0


def events_init():
    global task
    pr_info("events\\n")
    task = kthread_run(work, None, "worker")
    kthread_park(task)
    kthread_unpark(task)
    return 0


def events_exit():
    kthread_stop(task)


module_init(events_init)
module_exit(events_exit)
MODULE_LICENSE("GPL")
"""
MAKEFILE = (
    "obj-m += events.o\n\nall:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n"
)

RESTLESS = """\
def fn(data):
    for turn in range(1000 * data):
        set_current_state(TASK_INTERRUPTIBLE)
        udelay(100)
    set_current_state(TASK_RUNNING)
    return 0
"""
WANDERER = """\
def wander(data):
    for turn in range(10):
        mdelay(3 + data)
        msleep(4 * data)
    return 0
"""


@pytest.fixture
def emitted(tmp_path, make_dialogue):
    """What a session with a thread that is parked, unparked and stopped emits."""
    (tmp_path / "events.py").write_text(MODULE)
    (tmp_path / "Makefile").write_text(MAKEFILE)
    dialogue = make_dialogue(workspace=tmp_path)
    dialogue.type("make >/dev/null 2>&1")
    seen = []
    dialogue.host.kernel.trace.subscribe(seen.append)
    dialogue.type("sudo insmod events.ko; sleep 100 & sleep 0.1; kill %1; sudo rmmod events")
    return seen


def test_every_kind_is_emitted(emitted):
    """A session that does everything emits every kind of event, with all of its fields."""
    events = [Event(one) for one in emitted]

    assert set(FIELDS) == {event.name for event in events}
    assert all(len(FIELDS[event.name]) == len(event.values) for event in events)


def test_a_record_is_a_line_of_json(emitted):
    """Every event written as JSON is read back as itself."""
    for one in emitted:
        event = Event(one)
        line = event.to_json()

        assert "\n" not in line
        assert event == Event.from_json(line)
        assert one == event.as_tuple()


def test_fields_have_names():
    """An event's own fields are found by the tracepoint's names."""
    event = Event((1_500_000_000, 1, 7, "sched_wakeup_new", "worker", 96, 120, 0))

    assert {"comm": "worker", "pid": 96, "prio": 120, "target_cpu": 0} == event.fields()
    assert "1.500000000 [001] 7 sched_wakeup_new: comm=worker pid=96 prio=120 target_cpu=0" == str(
        event
    )


def emitted_by(bench, *names):
    """Give the events of these kinds that a bench's kernel has emitted."""
    return [one for one in map(Event, bench.kernel.trace.events()) if one.name in names]


def test_a_wake_up_tells_whether_an_interrupt_did_it(make_bench):
    """A timer's wake-up is no doing of the task that it interrupts; a signal is its sender's."""
    bench = make_bench(cpus=1)
    bench.kernel.trace.start()

    def sleeper(sys):
        sys.nanosleep(5_000_000)
        sys.nanosleep(1_000_000_000_000)

    def spinner(sys):
        for _ in range(200):
            bench.kernel.sched.charge(100_000)
        sys.kill(asleep.pid, 15)

    asleep = bench.process(sleeper, "sleeper")
    awake = bench.process(spinner, "spinner")
    bench.pass_time(1)
    wakings = [
        one for one in emitted_by(bench, "sched_waking") if one.fields()["pid"] == asleep.pid
    ]

    assert [(awake.pid, 1), (awake.pid, 0)] == [
        (one.pid, one.fields()["in_irq"]) for one in wakings
    ]


def test_who_is_preempted_stays_runnable(make_bench):
    """A thread preempted between setting its state and sleeping is none that sleeps (R+)."""
    bench = make_bench(cpus=1, preempt="full")
    bench.kernel.trace.start()
    start(
        bench,
        """
        kthread_run(fn, 1, "worker")
        kthread_run(fn, 0, "peer")
        msleep(200)
        """,
        RESTLESS,
    )
    states = [
        one.fields()["prev_state"]
        for one in emitted_by(bench, "sched_switch")
        if one.fields()["prev_comm"] == "worker"
    ]

    # Its sleep before its first wake-up comes first.
    assert [st.TASK_UNINTERRUPTIBLE, st.TASK_REPORT_MAX] == states[:2]
    assert st.TASK_INTERRUPTIBLE not in states


def test_every_migration_is_told(make_bench):
    """A task is switched to on the CPU that it was told to be on, from its first to its last."""
    bench = make_bench(cpus=3)
    bench.kernel.trace.start()
    start(
        bench,
        """
        for i in range(7):
            kthread_run(wander, i, "worker%d", i)
        msleep(500)
        """,
        WANDERER,
    )
    place = {}
    migrated = 0
    for event in emitted_by(bench, "sched_wakeup_new", "sched_migrate_task", "sched_switch"):
        fields = event.fields()
        if event.name == "sched_wakeup_new":
            place[fields["pid"]] = fields["target_cpu"]
        elif event.name == "sched_migrate_task":
            migrated += 1

            assert fields["orig_cpu"] == place.get(fields["pid"], fields["orig_cpu"])

            place[fields["pid"]] = fields["dest_cpu"]
        elif fields["next_pid"] in place:
            assert place[fields["next_pid"]] == event.cpu

    assert migrated > 5
    assert len(place) >= 7


def test_a_zombie_is_freed_when_its_parent_waits(bench):
    """sched_process_free comes with the wait, not with the exit."""
    bench.kernel.trace.start()
    pids = []

    def parent(sys):
        pids.append(sys.fork(lambda sys: 0))
        sys.nanosleep(5_000_000)
        sys.wait4()

    bench.call(parent)
    last = {
        one.name: one.time_ns
        for one in emitted_by(bench, "sched_process_exit", "sched_process_free")
        if pids[0] == one.fields()["pid"]
    }

    assert last["sched_process_free"] - last["sched_process_exit"] > 4_000_000


def test_every_new_name_is_told(bench):
    """task_rename has the old and the new comm, cut as the kernel cuts it."""
    bench.kernel.trace.start()
    bench.call(lambda sys: sys.prctl_set_name("a name of 21 letters."))

    assert [("test", "a name of 21 le")] == [
        (one.fields()["oldcomm"], one.fields()["newcomm"])
        for one in emitted_by(bench, "task_rename")
    ]


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"name": "nosuch"}', "null", "{"])
def test_what_is_no_event_is_refused(line):
    """A line that is no event is a ValueError."""
    with pytest.raises(ValueError, match=r".*"):
        Event.from_json(line)
