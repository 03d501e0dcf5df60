"""The event stream: what the kernel emits are the records that readers know."""

from __future__ import annotations

import pytest

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
    event = Event((1_500_000_000, 1, 7, "sched_waking", "worker", 96, 120, 0))

    assert {"comm": "worker", "pid": 96, "prio": 120, "target_cpu": 0} == event.fields()
    assert "1.500000000 [001] 7 sched_waking: comm=worker pid=96 prio=120 target_cpu=0" == str(
        event
    )


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"name": "nosuch"}', "null", "{"])
def test_what_is_no_event_is_refused(line):
    """A line that is no event is a ValueError."""
    with pytest.raises(ValueError, match=r".*"):
        Event.from_json(line)
