"""What the panel costs: the share of a core that its process uses, by how many threads change.

``python -m tests.benchmarks.panel``. The panel runs in a pseudo-terminal of 120 by 40 and is told,
ten times a second, that every one of its threads has changed its state. The events are made before
the measurement, so that what is measured is taking them and drawing.
"""

from __future__ import annotations

import fcntl
import os
import pty
import statistics
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

from tests.benchmarks.figure import Figure, Noise

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = (0, 100, 1000)
SHARE_MOST = {100: 0.08, 1000: 0.10}
ROUNDS = 5
WARM_FRAMES, FRAMES = 30, 80
COLUMNS, ROWS = 120, 40
CHILD = """
import asyncio, sys, time
from vshell.abi.views import KernelView, TaskView
from vshell.abi.wire import Batch, ClockView, Hello, Place
from vshell.panel.app import Panel

count, warm, frames = map(int, sys.argv[1:4])
FRAME_NS = 100_000_000
CLOCK = ClockView(False, 1.0, True, -1, 0, "")
BEGIN_NS = 100_000_000_000

def task(pid):
    name = f"kthread_park thread{pid} example"
    return TaskView(pid, name[:15], name, "D", "disk sleep", BEGIN_NS, pid % 2, "msleep", True, 2,
                    module="bench")

def batch(frame):
    start_ns = BEGIN_NS + frame * FRAME_NS
    step_ns = FRAME_NS // max(count, 1)
    events = []
    for number in range(count):
        pid, time_ns = 5000 + number, start_ns + number * step_ns
        if frame % 2:
            events.append((time_ns, pid % 2, 0, "sched_waking",
                           "kthread_park th", pid, 120, pid % 2, True))
        else:
            events.append((time_ns, pid % 2, pid, "sched_switch",
                           "kthread_park th", pid, 120, 2, 0, "swapper/0", 0, 120))
    places = tuple(Place(5000 + n, "msleep", "bench.py:34", "work", "bench") for n in range(count))
    return Batch(start_ns + FRAME_NS, CLOCK, (), places[:500], tuple(events))

class Link:
    def __init__(self, notify):
        self.notify = notify
        tasks = tuple(task(5000 + n) for n in range(count))
        view = KernelView(BEGIN_NS, tasks, (), (), 2)
        self.messages = [Hello("0", 1, "host", "6.7.9", "test", 2, 4_000_000, 0, 0),
                         Batch(BEGIN_NS, CLOCK, (), (), (), 0, view)]
        self.batches = [batch(frame) for frame in range(warm + frames)]
        self.batches.reverse()
        self.loop = asyncio.get_running_loop()
        self.next_s = self.loop.time()
        self.loop.call_soon(self.tick)
    def tick(self):
        if len(self.batches) == frames:
            self.began_s, self.real_s = time.process_time(), self.loop.time()
        if not self.batches:
            share = (time.process_time() - self.began_s) / (self.loop.time() - self.real_s)
            with open(sys.argv[4], "w") as file:
                file.write(str(share))
            panel.exit()
            return
        if count or len(self.batches) % 10 == 0:
            self.messages.append(self.batches[-1])
        self.batches.pop()
        self.notify()
        self.next_s += 0.1
        self.loop.call_at(self.next_s, self.tick)
    def read(self):
        found, self.messages = self.messages, []
        return found
    def explain(self, pid): return 0
    def resize(self, columns, rows): return 0
    def close(self): pass

panel = Panel(Link)
panel.run()
"""


def measure_once(count: int, folder: Path) -> float:
    """Give the share of a core that a panel with so many changing threads uses."""
    result = folder / "share"
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
    words = [count, WARM_FRAMES, FRAMES, result]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, *map(str, words)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    threading.Thread(target=_drain, args=(master,), daemon=True).start()
    assert child.wait() == 0
    os.close(master)
    return float(result.read_text())


def _drain(master: int) -> None:
    try:
        while os.read(master, 65536):
            continue
    except OSError:
        return


def measure(rounds: int = ROUNDS) -> dict[int, list[float]]:
    """Give the shares of a core, by how many threads change."""
    import tempfile  # noqa: PLC0415 - only here

    found: dict[int, list[float]] = {count: [] for count in THREADS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for count in THREADS:
                found[count].append(measure_once(count, Path(folder)))
    return found


def figures(*, full: bool = False) -> list[Figure]:
    """Measure; give per cents of a core."""
    noise = Noise()
    noise.sample()
    found = measure()
    for _ in range(4):
        noise.sample()
    return [
        Figure(
            f"{count} threads that change" if count else "an idle panel",
            [100 * share for share in shares],
            "%",
            at_most=100 * SHARE_MOST[count] if count in SHARE_MOST else None,
            noise=noise.spread,
        )
        for count, shares in found.items()
    ]


def main() -> None:
    """Print a table."""
    print("threads that change   share of a core, median (least, most)   goal")
    for count, shares in measure().items():
        goal = f"under {SHARE_MOST[count]:.0%}" if count in SHARE_MOST else ""
        middle = statistics.median(shares)
        print(f"{count:>19}   {middle:.1%} ({min(shares):.1%}, {max(shares):.1%})   {goal}")


if __name__ == "__main__":
    main()
