"""What viewers in the same process are told of a machine, and what they are not."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.machine.watching import LOAD, Front, watch
from vshell.abi.wire import Batch, Hello
from vshell.machine import feed, viewer
from vshell.machine.host import Host
from vshell.machine.pacing import real_s
from vshell.machine.thread import Machine

S = 1_000_000_000


@pytest.fixture
def machine():
    """A machine on the free clock: time stands while its prompt waits."""
    made = Machine(Host, rate=0.0)
    made.start()
    yield made
    made.stop()


def emitted_by(machine):
    """Give all events of the machine's kernel."""
    return machine.query(lambda host, pid: host.kernel.trace.events())


def settled(machine, watcher):
    """Read until every event has been told; give them."""
    expected = emitted_by(machine)
    while sum(len(one.emitted) + one.missed for one in watcher.batches()) < len(expected):
        watcher.until(lambda one: isinstance(one, Batch))
    return expected


def test_a_viewer_begins_with_whom_it_watches_and_a_view(machine):
    """The first message names the host, the second shows the kernel and how it came to that."""
    front = Front(machine)
    front.run("sleep 3")
    watcher = watch(machine)
    first = watcher.begin()

    hello = watcher.messages[0]
    assert isinstance(hello, Hello)
    assert ("test-V520-15IKL", "6.7.9", "test", 2) == (
        hello.hostname,
        hello.release,
        hello.user,
        hello.cpus,
    )
    assert "bash" == first.view.task(2914).comm
    assert (tuple(emitted_by(machine)), 0) == (first.emitted, first.missed)
    assert first.now_ns >= first.view.now_ns >= first.emitted[-1][0]


def test_no_event_is_lost(machine):
    """All batches together are the kernel's own events, in their order."""
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    front.run(LOAD)
    front.run("sleep 20; sudo rmmod kthread")
    expected = settled(machine, watcher)

    assert expected == watcher.events()
    assert 1 == sum(one.view is not None for one in watcher.batches())


def test_events_as_records(machine):
    """A batch gives its events as the records that everybody reads."""
    Front(machine)
    first = watch(machine).begin()

    assert [one.as_tuple() for one in first.events()] == list(first.emitted)


def test_no_event_is_older_than_the_last_batch(machine):
    """What is told later happened later than the batch before says it is."""
    front = Front(machine)
    front.run(LOAD)
    watcher = watch(machine)
    watcher.begin()
    front.run("clock speed 2; sleep 30")
    settled(machine, watcher)
    batches = watcher.batches()

    for before, after in pairwise(batches):
        assert before.now_ns <= after.now_ns
        assert all(before.now_ns <= event[0] <= after.now_ns for event in after.emitted)


@pytest.mark.slow  # it measures real time
def test_batches_come_a_few_times_a_second(machine):
    """However much happens, a tenth of a second passes between two batches."""
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    began_s = real_s()
    front.terminal.answer("while sleep 0.01; do :; done")
    for _ in range(5):
        watcher.until(lambda one: isinstance(one, Batch))
    took_s = real_s() - began_s
    front.terminal.press(b"\x03")

    assert took_s > 4 * feed.PERIOD_S


def test_what_is_beside_the_events(machine):
    """A batch tells the next timer, the modules, and where the threads that have moved stand."""
    front = Front(machine)
    front.run(LOAD)
    front.run("sleep 3")
    first = watch(machine).begin()
    places = {one.pid: one for one in first.places}
    thread1, thread2 = (
        first.view.task(f"kthread_park thread{number} example").pid for number in (1, 2)
    )

    assert [("kthread", 0)] == [(one.name, one.refs) for one in first.modules]
    assert (thread2, "kthread_park thread2 example") == (
        first.clock.next_pid,
        first.clock.next_name,
    )
    assert first.now_ns < first.clock.next_ns < first.now_ns + 2 * S
    assert (False, False) == (first.clock.is_paused, first.clock.is_moving)
    assert ("__kthread_parkme", "thread1_function", "kthread", "kthread.py:21") == (
        places[thread1].wchan,
        places[thread1].function,
        places[thread1].module,
        places[thread1].source,
    )
    assert ("msleep", "kthread.py:34") == (places[thread2].wchan, places[thread2].source)


def test_where_a_thread_stands_now(machine):
    """A thread's place comes anew with the batch in which it has moved."""
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    front.run(LOAD)
    front.run("sleep 3")
    settled(machine, watcher)
    sources = [one.source for batch in watcher.batches() for one in batch.places if one.source]

    assert "kthread.py:34" == sources[-1]


def test_a_viewer_that_does_not_read_catches_up(machine, monkeypatch):
    """It holds a few batches, then none; when it reads again, it hears what it has missed."""
    monkeypatch.setattr(viewer, "_BATCHES_MAX", 2)
    monkeypatch.setattr(feed, "PERIOD_S", 0.0)
    monkeypatch.setattr(feed, "_SHARE", 1e9)
    front = Front(machine)
    lazy = watch(machine)
    for _ in range(8):
        front.run("sleep 1")
    assert lazy.link._messages.qsize() <= 1 + 2
    assert lazy.link.is_behind
    expected = settled(machine, lazy)

    assert expected == lazy.events()
    assert 2 == sum(one.view is not None for one in lazy.batches())


def test_what_cannot_be_told_any_more_is_counted(machine, monkeypatch):
    """A viewer that has missed more than can be kept for it is told how much, with a view."""
    monkeypatch.setattr(viewer, "_BATCHES_MAX", 1)
    monkeypatch.setattr(feed, "PERIOD_S", 0.0)
    monkeypatch.setattr(feed, "_SHARE", 1e9)
    monkeypatch.setattr(feed, "HISTORY_MAX", 10)
    front = Front(machine)
    lazy = watch(machine)
    for _ in range(8):
        front.run("sleep 1")
    expected = settled(machine, lazy)
    last = lazy.batches()[-1]

    assert (10, True) == (len(last.emitted), last.view is not None)
    assert expected[-10:] == list(last.emitted)
    assert len(expected) == sum(one.missed + len(one.emitted) for one in lazy.batches())


def test_a_flood_is_told_as_a_view(machine, monkeypatch):
    """If too much happens between two batches, the last events come with a view."""
    monkeypatch.setattr(feed, "EVENTS_MAX", 20)
    monkeypatch.setattr(feed, "_FLOOD_EVENTS", 5)
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    front.run("for i in 1 2 3 4 5 6 7 8 9; do sleep 1; done")
    expected = settled(machine, watcher)
    last = watcher.batches()[-1]

    assert (5, True) == (len(last.emitted), last.missed > 0)
    assert expected[-5:] == list(last.emitted)
    assert last.view.now_ns == machine.query(lambda host, pid: host.kernel.now_ns)


def test_viewers_share_their_batches(machine):
    """Ten viewers hear the same, and the same values."""
    front = Front(machine)
    watchers = [watch(machine) for _ in range(10)]
    for one in watchers:
        one.begin()
    front.run("sleep 5")
    for one in watchers:
        settled(machine, one)

    told = [[batch for batch in one.batches() if batch.view is None] for one in watchers]
    assert all(told)
    assert all(one[-1] is told[0][-1] for one in told)


def test_leaving_ends_the_telling(machine):
    """Who has closed hears nothing more."""
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    watcher.link.close()
    front.run("sleep 5")

    assert [] == watcher.link.read()


def test_the_end_of_the_machine_is_told(machine):
    """Viewers hear that the machine is gone, those too that come too late to be attached."""
    front = Front(machine)
    watcher = watch(machine)
    watcher.begin()
    front.run("sleep 5")
    late = []
    machine.put("query", 0, (lambda _host, _pid: late.append(watch(machine)), _Nowhere()))
    machine.put("stop", 0, None)

    assert "vshell has ended" == watcher.lost().text
    assert "vshell has ended" == late[0].lost().text


class _Nowhere:
    def put(self, answer):
        """Drop what a query gives."""


def test_a_panic_is_told(machine):
    """Viewers hear why the machine has stopped."""
    front = Front(machine)
    watcher = watch(machine)
    front.run("sudo sysctl -w kernel.panic_on_oops=1")
    front.terminal.answer("cd ~/oops; make >/dev/null 2>&1; sudo insmod oops.ko; sleep 2")

    assert "Fatal exception" in watcher.lost().text


@pytest.mark.slow  # a heartbeat is a second of real time
def test_time_that_passes_is_told():
    """While nothing happens but time, a viewer hears once a second how late it is."""
    machine = Machine(Host, rate=1.0)
    machine.start()
    Front(machine)
    watcher = watch(machine)
    first = watcher.begin()
    # The shell's own last events may come between.
    found = watcher.until(lambda one: isinstance(one, Batch) and one.now_ns > first.now_ns + S // 2)
    machine.stop()

    assert () == found.emitted
    assert found.clock.is_moving


def test_watching_leaves_the_world_as_it_is():
    """The same session has the same events with a viewer and without."""
    told = []
    for is_watched in (False, True):
        machine = Machine(Host, rate=0.0)
        machine.start()
        front = Front(machine)
        if is_watched:
            watcher = watch(machine)
            watcher.begin()
        front.run(LOAD)
        front.run("sleep 10; sudo rmmod kthread")
        told.append(emitted_by(machine))
        machine.stop()

    assert told[0] == told[1]
