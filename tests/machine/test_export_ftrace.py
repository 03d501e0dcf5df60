"""The ftrace text beside the events that it is made of, and beside what a real kernel prints."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.machine.export_run import ExportRun
from vshell.abi.views import TaskView
from vshell.kernel.trace_output import FtraceText

LINE = re.compile(
    r"(?P<comm>.{16})-(?P<pid>\d+) +\[(?P<cpu>\d{3})\] (?P<flags>[d.][N.][hs.][\d.]\.) +"
    r"(?P<seconds>\d+)\.(?P<us>\d{6}): (?P<name>\w+): (?P<text>.*)"
)
SHOWN = {"kthread_stop": "sched_kthread_stop"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run and its files."""
    return ExportRun(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def found(run):
    """Its lines, taken apart."""
    body = [line for line in run.ftrace.splitlines() if not line.startswith("#")]
    return [LINE.fullmatch(line) for line in body]


def shown(event, tasks=(), jiffies=lambda _time_ns: 1000, taints=lambda _name: "OE"):
    """Give the line of one event."""
    lines = []
    comms = {task.pid: task.name for task in tasks}
    FtraceText(lambda _time_ns, line: lines.append(line), comms, jiffies, taints).add(event)
    return lines[0].removesuffix("\n")


def test_the_header_is_the_kernels(run):
    """The header is tracefs's, with the number of entries and of CPUs; only spaces fill it up."""
    lines = [line.rstrip() for line in run.ftrace.splitlines()[:12]]
    count = len(run.events)

    assert [
        "# tracer: nop",
        "#",
        f"# entries-in-buffer/entries-written: {count}/{count}   #P:2",
        "#",
        "#                                _-----=> irqs-off/BH-disabled",
        "#                               / _----=> need-resched",
        "#                              | / _---=> hardirq/softirq",
        "#                              || / _--=> preempt-depth",
        "#                              ||| / _-=> migrate-disable",
        "#                              |||| /     delay",
        "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
        "#              | |         |   |||||     |         |",
    ] == lines


def test_every_event_is_a_line(run, found):
    """Every event of the run is one line, with its CPU, its task and its time rounded to 1 us."""
    expected = Counter(
        (cpu, pid, (time_ns + 500) // 1000, SHOWN.get(name, name))
        for time_ns, cpu, pid, name, *_ in run.events
    )

    assert expected == Counter(
        (int(one["cpu"]), int(one["pid"]), int(one["seconds"] + one["us"]), one["name"])
        for one in found
    )


def test_times_ascend(found):
    """Lines stand in the order of their times, whichever CPU told first."""
    times_us = [int(one["seconds"] + one["us"]) for one in found]

    assert sorted(times_us) == times_us


def test_who_runs_is_who_was_switched_to(found):
    """On each CPU the task in front of a line is the one that the last switch named."""
    current = {}
    for one in found:
        if one["cpu"] in current and one["name"] == "sched_switch":
            assert current[one["cpu"]] == int(one["pid"])
        if one["name"] == "sched_switch":
            current[one["cpu"]] = int(re.search(r"next_pid=(\d+)", one["text"])[1])

    assert {"000", "001"} == set(current)


SWITCH = (1_234_567_891, 1, 7, "sched_switch", "quite_a_long_name", 7, 120)
NEXT = ("swapper/1", 0, 120)
TIMER = (2_000_000_499, 0, 96, "timer_start", "process_timeout", 96, 1251, 1256)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            (*SWITCH, 0x102, 0, *NEXT),
            (
                " quite_a_long_na-7       [001] d..2.     1.234568: sched_switch: "
                "prev_comm=quite_a_long_na prev_pid=7 prev_prio=120 prev_state=D ==> "
                "next_comm=swapper/1 next_pid=0 next_prio=120"
            ),
        ),
        (
            (5_000_000_000, 0, 0, "sched_waking", "bash", 96, 120, 1, 1),
            (
                "          <idle>-0       [000] d.h3.     5.000000: sched_waking: "
                "comm=bash pid=96 prio=120 target_cpu=001"
            ),
        ),
        (
            TIMER,
            (
                "            bash-96      [000] d..1.     2.000000: timer_start: "
                "timer=00000000057d3473 function=process_timeout expires=1251 [timeout=251] "
                "cpu=0 idx=93 flags="
            ),
        ),
        (
            (1_000, 0, 96, "console", 1_000, 6, "hello  world"),
            "            bash-96      [000] d....     0.000001: console: hello  world",
        ),
        (
            (0, 0, 96, "signal_generate", 15, "bash", 96),
            (
                "            bash-96      [000] d..1.     0.000000: signal_generate: "
                "sig=15 errno=0 code=0 comm=bash pid=96 grp=1 res=0"
            ),
        ),
        (
            (0, 0, 96, "module_load", "hello"),
            "            bash-96      [000] .....     0.000000: module_load: hello OE",
        ),
        (
            (0, 0, 96, "task_rename", 96, "bash", "ls", 0),
            (
                "              ls-96      [000] ...1.     0.000000: task_rename: "
                "pid=96 oldcomm=bash newcomm=ls oom_score_adj=0"
            ),
        ),
        (
            (0, 0, 96, "kthread_stop", "worker", 99),
            (
                "            bash-96      [000] .....     0.000000: sched_kthread_stop: "
                "comm=worker pid=99"
            ),
        ),
    ],
)
def test_lines_are_the_kernels(event, line):
    """Each kind of event has the kernel's own field texts and columns."""
    bash = TaskView(96, "bash", "bash", "S", "sleeping", 0, 0, "", False, 1)

    assert line == shown(event, [bash])


@pytest.mark.parametrize(
    ("state", "exit_state", "letter"),
    [
        (0, 0, "R"),
        (1, 0, "S"),
        (2, 0, "D"),
        (0x402, 0, "I"),
        (0x40, 0, "P"),
        (0x104, 0, "T"),
        (0x80, 0x20, "Z"),
        (0x80, 0x10, "X"),
        (0x100, 0, "R+"),
    ],
)
def test_a_state_is_a_letter(state, exit_state, letter):
    """prev_state is the letter that the kernel prints; a plus marks who was preempted."""
    assert f" prev_state={letter} ==> " in shown((*SWITCH, state, exit_state, *NEXT))


@pytest.mark.filterwarnings("ignore")
def test_a_parser_of_others_reads_it(run, tmp_path):
    """TRAPpy, if it is there, finds each switch and wakeup. It knows four flags, as before 5.17."""
    trappy = pytest.importorskip("trappy")
    old = re.sub(r"(?m)^(.{16}-\d+ +\[\d+\] ....)\.", r"\1", run.ftrace)
    path = tmp_path / "old.txt"
    path.write_text("".join(x for x in old.splitlines(keepends=True) if ": console: " not in x))
    kinds = ["sched_switch", "sched_waking", "sched_process_fork", "timer_start"]
    trace = trappy.FTrace(str(path), events=kinds)
    counts = Counter(event[3] for event in run.events)

    assert [counts[kind] for kind in kinds] == [
        len(getattr(trace, kind).data_frame) for kind in kinds
    ]
