"""The table, the lanes and the log against /proc and dmesg, at two hundred moments."""

from __future__ import annotations

from random import Random

import pytest

from tests.panel.ten import run_ten
from vshell.kernel.procfs_stat import stat_text
from vshell.kernel.stacktrace import wchan
from vshell.machine.feed import Feed
from vshell.machine.viewer import Viewer
from vshell.panel.cells import Window
from vshell.panel.lanes import Lanes
from vshell.panel.log import LogView
from vshell.panel.looks import stamp
from vshell.panel.tasks import TaskTable
from vshell.panel.world import World

MOMENTS = 200
WIDTH, HEIGHT = 160, 120
HEADS = ["PID", "THREAD", "S", "STATE", "CPU", "WAITS IN", "FOR", "WOKEN", "MODULE", "AT"]


class Still:
    """A machine that is always where its host is."""

    def is_moving(self, host):
        """Time moves by the test's hand."""
        return False

    def put(self, kind, number, value):
        """Nothing enters."""


class Watched:
    """A host with ten threads, and the parts of a panel that is told of it by a feed."""

    def __init__(self, folder, make_dialogue):
        self.dialogue = run_ten(folder, make_dialogue, lambda event: None, seed=7, cpus=2)
        self.host = self.dialogue.host
        self.kernel = self.host.kernel
        self.feed = Feed(Still(), self.host)
        self.viewer = Viewer(Still(), lambda: None)
        self.feed.attach(self.viewer, self.kernel.now_ns)
        self.world = World()
        self.world.take(self.viewer.read())

    def look(self):
        """Let the panel hear of all that has happened."""
        self.feed._next_s = 0.0
        self.feed.turn(self.kernel.now_ns)
        self.world.take(self.viewer.read())


def row_texts(row):
    """Give a row of the table as its columns' texts."""
    return [text.strip() for text, _ in row[1:]]


def shown_by_proc(kernel, task):
    """Give what /proc and ps show of a task."""
    fields = stat_text(kernel, task, root=True).rpartition(")")[2].split()
    letter, cpu = fields[0], fields[36]
    runs = kernel.sched.is_running(task)
    state = "R" if runs else "r" if task.on_rq else {"Z": "X"}.get(letter, letter)
    where = wchan(kernel, task)
    return [
        str(task.pid),
        state,
        "-" if state == "X" else cpu,
        "-" if where == "0" or state in "RrX" else where,
    ]


@pytest.mark.slow
def test_what_is_shown_is_what_is_there(tmp_path, make_dialogue):
    """Every row of the table, the last cell of every lane and the log are the kernel's own."""
    watched = Watched(tmp_path, make_dialogue)
    world, kernel, random = watched.world, watched.kernel, Random(7)
    table, lanes, log = TaskTable(world), Lanes(world), LogView(world)
    watched.dialogue.type("sudo insmod ten.ko")
    watched.dialogue.type("while :; do sleep 0.03; (sleep 0.01 & exec sleep 0.02); done &")
    seen = set()
    for _ in range(MOMENTS):
        delay_ns = random.randrange(1, 2 * 10 ** random.randrange(3, 9))
        watched.dialogue.wait_until(kernel.now_ns + delay_ns)
        watched.look()
        rows = table.make_rows(WIDTH, HEIGHT)
        assert HEADS == row_texts(rows[1])
        shown = {
            int(texts[0]): [texts[0], texts[2], texts[4], texts[5]]
            for texts in map(row_texts, rows[2:])
        }
        there = {task.pid: shown_by_proc(kernel, task) for task in kernel.tasks}
        assert there == {pid: texts for pid, texts in shown.items() if pid in there}
        assert all(texts[1] == "X" for pid, texts in shown.items() if pid not in there)
        seen |= {texts[1] for texts in shown.values()}

        window = Window(100, 3, kernel.now_ns)
        for pid, texts in there.items():
            cells = window.states(world.timeline, pid)
            assert texts[1] in (cells[-1], world.timeline.threads[pid].state)
        assert len(lanes.make_rows(WIDTH, HEIGHT)) <= HEIGHT

        newest = kernel.printk.records()[-3:]
        assert [f"[{stamp(one.time_ns):>12}] {one.text}" for one in newest] == [
            "".join(text for text, _ in row).rstrip() for row in log.make_rows(WIDTH, 4)[1:]
        ]
    assert set("RrSDIPX") <= seen
