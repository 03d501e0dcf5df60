"""The stories: whole sessions as transcripts, exact to the byte, and what breaks them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vshell.cli import main
from vshell.kernel import timer
from vshell.kernel.costs import CALL_NS
from vshell.kernel.kthread import SHOULD_PARK, Kthreads
from vshell.kernel.task import TaskTable
from vshell.transcript.load import load
from vshell.transcript.replay import replay

FOLDER = Path(__file__).parent
STORY = FOLDER / "kthread_park.vshell.yaml"
# What the tutorial's page shows; it leaves out what thread 2 says while the reader looks around.
PAGE = """\
[  139.580438] Inside kthread init function
[  139.580462] thread1 created successfully
[  139.580474] thread2 created successfully
[  140.104929] Thread 2 execution
[  141.128291] Thread 2 execution
[  142.151620] Thread 2 execution
[  148.144187] Inside kthread exit function
[  148.280032] Thread 1 execution
[  149.315331] destroyed thread
"""
MICROSECONDS_OFF_MAX = 200


def line_of(text):
    """Give the number of the story's line that holds a text."""
    return 1 + next(n for n, line in enumerate(STORY.read_text().splitlines()) if text in line)


def stamps(lines):
    """Give microseconds and text of lines of the kernel log."""
    found = [re.fullmatch(r"\[ *(\d+)\.(\d{6})\] (.*)", line) for line in lines]
    return [(int(one[1] + one[2]), one[3]) for one in found]


def test_the_stories_hold(capfd):
    """``vshell replay`` of the whole folder finds no difference, and says nothing."""
    assert 0 == main(["replay", "--verify", str(FOLDER)])
    assert ("", "") == capfd.readouterr()


def test_the_story_is_the_page():
    """Each of the page's stamps stands in the story, to 200 microseconds."""
    log = stamps(load(str(STORY)).steps[-1].out)
    page = stamps(PAGE.splitlines())
    shown = log[:6] + log[-3:]

    assert [text for _, text in page] == [text for _, text in shown]
    offs = [abs(at - told) for (told, _), (at, _) in zip(page, shown, strict=True)]
    assert max(offs) <= MICROSECONDS_OFF_MAX


def test_the_storys_stamps_are_exact():
    """No expected line of the story is loosened by a pattern."""
    lines = [line for step in load(str(STORY)).steps for line in step.out]

    assert [] == [line for line in lines if line.endswith((" (re)", " (glob)")) or line == "..."]


def park_early(self, task):
    """Park as kthread_park() does, but return before the thread has parked."""
    self._kernel.sched.charge(CALL_NS)
    task.kthread.flags |= SHOULD_PARK
    self._trace("kthread_park", task)
    self._kernel.sched.wake_up_process(task)
    return 0


def break_park(monkeypatch):
    """Let kthread_park() return too early."""
    monkeypatch.setattr(Kthreads, "kthread_park", park_early)


def break_timer(monkeypatch):
    """Let every timer expire a jiffy too late."""
    right = timer.bucket_expiry

    def late(expires, clk):
        expiry, level = right(expires, clk)
        return expiry + 1, level

    monkeypatch.setattr(timer, "bucket_expiry", late)


def break_pid(monkeypatch):
    """Let the threads have other pids."""
    right = TaskTable.skip_to
    monkeypatch.setattr(TaskTable, "skip_to", lambda self, pid: right(self, pid + (pid > 0)))


BREAKS = {
    "park returns early": (
        *(break_park, "sudo insmod", "prev_comm=kthread_park thread2 example", "dmesg"),
        "139\\.580[0-9]{3}\\] Thread 2 execution",
    ),
    "timer one jiffy late": (
        *(break_timer, "sudo insmod", "timer_expire_entry: .*expires=", "dmesg"),
        "140\\.108936\\] Thread 2 execution",
    ),
    "wrong pid": (break_pid, "sudo insmod", "pid=409[78]", "ps -N", "4098 .*thread1 example"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_kernel_breaks_the_story(name, monkeypatch, capfd):
    """The message names the line that differs, and the first kernel event that does."""
    break_it, event_step, event, step, shown = BREAKS[name]
    break_it(monkeypatch)
    status = main(["replay", str(STORY)])
    out = capfd.readouterr().out

    assert 1 == status
    where = f"{STORY}:{line_of('run: ' + step)}: $ {step}"
    assert where in out
    assert re.search(rf"^\+.*{shown}", out[out.index(where) :], re.MULTILINE)
    where = f"{STORY}:{line_of('run: ' + event_step)}: the first kernel event that differs:\n"
    assert where in out
    told = out[out.index(where) :].splitlines()[1:3]
    assert ["  recorded: ", "  now:      "] == [line[:12] for line in told]
    assert re.search(event, told[0])
    assert told[0][12:] != told[1][12:]


def test_the_story_takes_its_virtual_time():
    """From the prompt's first line to the last one the story lasts about 49 virtual seconds."""
    outcome = replay(load(str(STORY)))

    assert outcome.holds
    assert 49 <= outcome.virtual_ns / 1e9 < 50
