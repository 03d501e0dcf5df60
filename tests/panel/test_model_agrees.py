"""The model against the kernel itself: ps, /proc and dmesg at hundreds of moments."""

from __future__ import annotations

from random import Random

import pytest

from tests.panel.ten import run_ten
from vshell.abi.events import Event
from vshell.kernel.procfs_stat import stat_text
from vshell.machine.views import view_kernel
from vshell.panel.model import Timeline

MOMENTS = 200
# First come, first served on two CPUs; seeded orders on one to four, preempted in every way.
HOSTS = [
    {"seed": -1, "cpus": 2, "preempt": "voluntary"},
    {"seed": 1, "cpus": 1, "preempt": "full"},
    {"seed": 2, "cpus": 3, "preempt": "full"},
    {"seed": 3, "cpus": 4, "preempt": "none"},
]
# A preempted thread is charged for what it was doing first: mdelay() is charged by the millisecond.
CHARGE_NS_MAX = 1_100_000
CHURN = "while :; do sleep 0.03; (sleep 0.01 & exec sleep 0.02); ls >/dev/null; done &"


class Followed:
    """A host with the ten threads, and a model that is fed from its events alone."""

    def __init__(self, folder, make_dialogue, **settings):
        self.new = []
        self.dialogue = run_ten(folder, make_dialogue, self.new.append, **settings)
        self.kernel = self.dialogue.host.kernel
        self.model = Timeline(view_kernel(self.dialogue.host))
        self.new.clear()
        self.random = Random(settings["seed"])
        self.count = 0

    def catch_up(self):
        """Feed what has happened since the last time."""
        self.count += len(self.new)
        self.model.feed(map(Event, self.new))
        self.new.clear()

    def let_pass(self):
        """Go to some moment within the next fifth of a second."""
        delay_ns = self.random.randrange(1, 2 * 10 ** self.random.randrange(3, 9))
        self.dialogue.wait_until(self.kernel.now_ns + delay_ns)
        self.catch_up()


@pytest.fixture
def followed(tmp_path, make_dialogue, request):
    """One of the hosts, its ten threads and some processes at work."""
    followed = Followed(tmp_path, make_dialogue, **request.param)
    followed.dialogue.type("sudo insmod ten.ko")
    followed.dialogue.type(CHURN)
    return followed


def shown_by_proc(kernel, task):
    """Give what /proc shows of a task: its letter, its CPU, its name.

    ps has one R; who is on a CPU, and has only set what it is about to wait in, runs.
    """
    text = stat_text(kernel, task, root=True)
    fields = text.rpartition(")")[2].split()
    letter, cpu = fields[0], int(fields[36])
    if kernel.sched.is_running(task):
        return "R", cpu, task.name
    return "r" if task.on_rq else letter, cpu, task.name


def shown_by_model(thread):
    """Give the same by the model, with a zombie's letter."""
    return "Z" if thread.is_zombie else thread.state, thread.cpu, thread.name


def check_moment(followed):
    """Compare all that can be seen at one moment."""
    kernel, model = followed.kernel, followed.model
    there = {pid: one for pid, one in model.threads.items() if one.freed_ns is None}

    assert {task.pid: shown_by_proc(kernel, task) for task in kernel.tasks} == {
        pid: shown_by_model(thread) for pid, thread in sorted(there.items())
    }
    running = [cpu.curr.pid for cpu in kernel.sched.cpus]
    assert running == [model.running_on(cpu) for cpu in range(len(running))]
    for cpu, pid in enumerate(running):
        assert not pid or (model.threads[pid].state, model.threads[pid].spans[-1].cpu) == ("R", cpu)
    assert [
        (record.time_ns, record.level, record.text) for record in kernel.printk.records()
    ] == model.log
    flags = {task.pid: task.kthread.flags for task in kernel.tasks if task.kthread is not None}
    assert flags == {
        pid: 2 * ("stop" in there[pid].requests) + 4 * ("park" in there[pid].requests)
        for pid in flags
    }
    assert [one.name for one in kernel.modules.list] == [
        name for name, (_, gone_ns) in reversed(model.modules.items()) if gone_ns is None
    ]


@pytest.mark.slow
@pytest.mark.parametrize("followed", HOSTS, indirect=True)
def test_the_model_is_the_kernel_at_every_moment(followed):
    """States, CPUs, names, requests, modules and log are the kernel's at 200 moments."""
    seen = set()
    for _ in range(MOMENTS):
        followed.let_pass()
        check_moment(followed)
        there = followed.model.threads.values()
        seen |= {shown_by_model(one)[0] for one in there if one.freed_ns is None}

    # Slow: 200 moments of four hosts. It is worth it only if they have seen everything; where there
    # are CPUs enough, nobody waits for one for long.
    assert set("RSDIPZ" if len(followed.kernel.sched.cpus) > 2 else "RrSDIPZ") <= seen
    assert followed.count > 5_000


@pytest.mark.slow
@pytest.mark.parametrize("followed", HOSTS, indirect=True)
def test_the_past_stays_as_it_was(followed):
    """Afterwards the model tells of each moment what was true then, to a millisecond."""
    moments = []
    for _ in range(MOMENTS):
        followed.let_pass()
        states = {
            task.pid: shown_by_proc(followed.kernel, task)[0] for task in followed.kernel.tasks
        }
        moments.append((followed.kernel.now_ns, states))
    model = followed.model
    compared = [
        (state, list(model.threads[pid].spans_between(time_ns, time_ns + CHARGE_NS_MAX)))
        for time_ns, states in moments
        for pid, state in states.items()
    ]
    steady = [(state, spans[0].state) for state, spans in compared if len(spans) == 1]

    # Slow: as above. A switch is told with the time at which it will be done; but nearly always
    # there is just one state to compare with.
    assert [{"Z": "X"}.get(state, state) for state, _ in steady] == [told for _, told in steady]
    assert len(steady) > 0.95 * len(compared)


@pytest.mark.slow
@pytest.mark.parametrize("followed", HOSTS[:2], indirect=True)
def test_the_model_says_what_ps_and_dmesg_say(followed):
    """What ps prints of each task is its state while ps looked; dmesg prints the model's log."""
    model, kernel, dialogue = followed.model, followed.kernel, followed.dialogue
    dialogue.type("sudo sysctl -q kernel.dmesg_restrict=0")
    for _ in range(MOMENTS):
        followed.let_pass()
        started_ns = kernel.now_ns
        names = {pid: thread.name for pid, thread in model.threads.items()}
        table = dialogue.type("ps -eo pid,stat,comm --no-headers").splitlines()
        followed.catch_up()
        ended_ns = kernel.now_ns
        for line in table:
            pid, stat, comm = line.split(None, 2)
            thread = model.threads[int(pid)]
            states = {span.state for span in thread.spans_between(started_ns, ended_ns + 1)}

            assert states & letters_of(stat[0]), line
            # It may have become another program while ps looked.
            assert comm in (thread.name, names.get(thread.pid, comm))

        listed = {int(line.split()[0]) for line in table}
        assert listed >= {
            pid
            for pid, one in model.threads.items()
            if one.born_ns < started_ns and one.freed_ns is None
        }
    log = dialogue.type("dmesg | tail -n 20").splitlines()
    followed.catch_up()

    assert (
        log
        == [
            f"[{time_ns // 10**9:5d}.{time_ns % 10**9 // 1000:06d}] {line}"
            for time_ns, _, text in model.log
            for line in text.split("\n")
        ][-20:]
    )


def letters_of(letter):
    """Give the model's states for a letter of ps."""
    return {"R": set("Rr"), "Z": {"X"}}.get(letter, {letter})
