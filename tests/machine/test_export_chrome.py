"""The Chrome JSON trace beside the events that it is made of."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from tests.machine.export_run import ExportRun
from vshell.abi.events import FIELDS

CPUS = 1 << 22
WORDS = {
    "S": "Sleeping (interruptible)",
    "D": "Sleeping (uninterruptible)",
    "I": "Idle",
    "P": "Parked",
    "T": "Stopped",
    "Z": "Zombie",
    "R": "Runnable",
}


@pytest.fixture(scope="module", params=[-1, 7])
def run(request, tmp_path_factory):
    """A run in order, and one in which the next task is chosen at random."""
    return ExportRun(tmp_path_factory.mktemp("export"), request.param)


@pytest.fixture(scope="module")
def records(run):
    """Its trace, with times as whole nanoseconds."""
    found = json.loads(run.chrome, parse_float=Decimal)["traceEvents"]
    for record in found:
        if "ts" in record:
            record["ns"] = int(record["ts"] * 1000)
    return found


def tracks(records):
    """Give the records of slices by track."""
    found = defaultdict(list)
    for record in records:
        if record["ph"] in "BE":
            found[record["pid"], record["tid"]].append(record)
    return found


def slices(records, cat):
    """Give (thread or CPU, name, begin, end) of all slices of a category."""
    found = []
    for (_, tid), track in tracks(records).items():
        stack = []
        for record in track:
            if record["ph"] == "B":
                stack.append(record)
            else:
                begun = stack.pop()
                if begun["cat"] == cat:
                    found.append((tid, begun["name"], begun["ns"], record["ns"]))
        assert not stack
    return found


def states_from_events(run):
    """Work out (pid, state, begin, end) from the events alone, another way than the export."""
    changes = defaultdict(list)
    for task in run.view.tasks:
        changes[task.pid].append((run.view.now_ns, WORDS.get(task.state, "")))
    for time_ns, cpu, _, name, *values in run.events:
        del cpu
        field = dict(zip(FIELDS[name], values, strict=True))
        if name == "sched_switch":
            state, left = field["prev_state"], field["prev_exit_state"]
            letter = "R" if state == 0x100 else "Z" if left & 0x20 else "X" if left & 0x10 else ""
            for bit, other in ((0x40, "P"), (4, "T"), (2, "D"), (1, "S"), (0, "R")):
                letter = letter or (other if state & bit or not (bit or state) else "")
            letter = "I" if state & 0x402 == 0x402 else letter
            changes[field["prev_pid"]].append((time_ns, WORDS.get(letter, "")))
            changes[field["next_pid"]].append((time_ns, "Running"))
        elif name in ("sched_waking", "sched_wakeup_new"):
            if not changes[field["pid"]] or changes[field["pid"]][-1][1] not in (
                "Running",
                "Runnable",
            ):
                changes[field["pid"]].append((time_ns, "Runnable"))
        elif name == "sched_process_free" and changes[field["pid"]][-1][1] == "Zombie":
            changes[field["pid"]].append((time_ns, ""))
    del changes[0]
    found = []
    for pid, track in changes.items():
        ends = [time_ns for time_ns, _ in track[1:]] + [run.end_ns]
        found += [
            (pid, state, since_ns, end_ns)
            for (since_ns, state), end_ns in zip(track, ends, strict=True)
            if state
        ]
    return found


def test_the_states_are_those_of_the_events(run, records):
    """Every slice of every thread, with both ends to the nanosecond, follows from the events."""
    expected = states_from_events(run)

    assert {"Parked", "Running", "Runnable", "Zombie"} <= {state for _, state, _, _ in expected}
    assert sorted(expected) == sorted(slices(records, "state"))


def test_each_cpu_shows_who_runs(run, records):
    """A CPU's track has a slice for each switch to a task, and none while it idles."""
    expected, since = [], {}
    for time_ns, cpu, _, name, *values in run.events:
        if name == "sched_switch":
            field = dict(zip(FIELDS[name], values, strict=True))
            if cpu in since:
                expected.append((cpu + 1, *since.pop(cpu), time_ns))
            if field["next_pid"]:
                since[cpu] = (field["next_comm"], time_ns)
    expected += [(cpu + 1, *begun, run.end_ns) for cpu, begun in since.items()]
    shown = [one for one in slices(records, "cpu") if one[1] != "interrupt"]

    assert sorted(expected) == sorted(shown)


def test_every_event_appears(run, records):
    """Wakeups are arrows, switches slices, and every other event is one instant with its fields."""
    kinds = Counter(event[3] for event in run.events)
    wakeups = kinds["sched_waking"] + kinds["sched_wakeup_new"]
    arrows = Counter(record["ph"] for record in records if record.get("cat") == "arrow")
    instants = []
    for record in records:
        if record["ph"] == "i":
            args = record["args"]
            values = [args[field] for field in FIELDS[args["event"]]]
            instants.append((record["ns"], args["event"], *values))
    drawn = ("sched_switch", "sched_waking", "sched_wakeup_new")
    expected = [(one[0], *one[3:]) for one in run.events if one[3] not in drawn]

    assert {"s": wakeups, "f": wakeups} == arrows
    assert sorted(expected, key=repr) == sorted(instants, key=repr)


def test_times_ascend(records):
    """Times ascend in the whole file, and so on every track."""
    times_ns = [record["ns"] for record in records if "ns" in record]

    assert sorted(times_ns) == times_ns


def test_arrows_begin_and_end_at_slices(records):
    """Each arrow begins in a slice of who wakes and ends in the runnable one of who is woken."""
    open_slices = defaultdict(list)
    ends = Counter()
    for record in records:
        track = record["pid"], record.get("tid")
        if record["ph"] == "B":
            open_slices[track].append(record["name"])
        elif record["ph"] == "E":
            open_slices[track].pop()
        elif record["ph"] == "s":
            assert open_slices[track][-1] in ("Running", "interrupt")
        elif record["ph"] == "f":
            ends[open_slices[track][-1]] += 1

    assert set(ends) <= {"Runnable", "Running"}
    assert ends["Runnable"] > ends["Running"]


def test_threads_stand_in_groups(records):
    """The module's threads are under the module, with their whole names; each CPU has a track."""
    groups = {
        one["pid"]: one["args"]["name"] for one in records if one.get("name") == "process_name"
    }
    names = defaultdict(set)
    for one in records:
        if one.get("name") == "thread_name":
            names[groups[one["pid"]]].add(one["args"]["name"])

    assert {
        "kthread_park thread1 example",
        "kthread_park thread2 example",
    } == names["module kthread"]
    assert {"CPU 0", "CPU 1"} == names["CPUs"]
    assert "kthreadd" in names["kernel threads"]
    assert {"bash", "insmod", "sleep"} <= names["user processes"]


def test_requests_are_on_the_track_of_who_is_asked(records):
    """Park, unpark and stop are instants on the asked thread's track and name who asks."""
    asked = [one for one in records if one.get("name") in ("kthread_park", "kthread_stop")]

    assert {"kthread_park", "kthread_stop"} == {one["name"] for one in asked}
    assert all(one["tid"] == one["args"]["pid"] != one["args"]["by"] for one in asked)
