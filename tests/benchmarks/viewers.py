"""What viewers cost: the kernel's throughput with one and with ten, relative to none.

``python -m tests.benchmarks.viewers``. Fifty kernel threads sleep and wake as fast as the free
clock lets them; the viewers are processes that read all they are sent. Each kind is measured in
turn, several times; the figure is virtual seconds per real one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter

from tests.benchmarks.figure import Figure, Noise, ratios
from vshell.machine.host import Host
from vshell.machine.thread import Machine

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 5
VIRTUAL_S = 500
VIEWERS = (0, 1, 10)
RATIO_LEAST = 0.9
MODULE = """\
from vshell.linux.module import *
from vshell.linux.kthread import *
from vshell.linux.delay import *

threads = [None] * 50

def work(data):
    while not kthread_should_stop():
        msleep(20 + 7 * data)
    return 0

def bench_init():
    for i in range(50):
        threads[i] = kthread_run(work, i, "bench%d", i)
    return 0

def bench_exit():
    for i in range(50):
        kthread_stop(threads[i])

module_init(bench_init)
module_exit(bench_exit)
MODULE_LICENSE("GPL")
"""
VIEWER = """
import sys, threading
from vshell.abi.wire import Batch
from vshell.machine.client import connect
news = threading.Event()
link = connect(news.set)
told = 0
while True:
    news.wait()
    news.clear()
    for message in link.read():
        if isinstance(message, Batch):
            if not told:
                print("ready", flush=True)
            told += 1
"""


class _Front:
    # The terminal at which the machine is driven.
    def __init__(self, machine: Machine) -> None:
        self.heard: SimpleQueue[str] = SimpleQueue()
        self.output = b""
        self.terminal = machine.open_terminal(self, 80, 24)
        self.heard.get()

    def on_output(self, data: bytes) -> None:
        self.output += data

    def on_question(self, prompt: str, typed: str) -> None:
        self.heard.put(prompt + typed)

    def on_end(self, status: int) -> None:
        self.heard.put(str(status))

    def on_failure(self, text: str) -> None:
        raise AssertionError(text)

    def run(self, line: str) -> float:
        """Run a line; give the seconds it took."""
        start_s = perf_counter()
        self.terminal.answer(line)
        self.heard.get()
        return perf_counter() - start_s


def _start_viewers(count: int) -> list[subprocess.Popen[str]]:
    found = []
    for _ in range(count):
        viewer = subprocess.Popen(
            [sys.executable, "-c", VIEWER],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        found.append(viewer)
    for viewer in found:
        assert viewer.stdout is not None
        assert viewer.stdout.readline() == "ready\n"
    return found


def measure() -> dict[int, list[float]]:
    """Give virtual seconds per real one, by how many viewers there are."""
    found: dict[int, list[float]] = {count: [] for count in VIEWERS}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        (Path(folder) / "home").mkdir()
        (Path(folder) / "home" / "bench.py").write_text(MODULE)
        (Path(folder) / "home" / "Makefile").write_text(
            "obj-m += bench.o\nall:\n"
            "\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n"
        )
        machine = Machine(lambda: Host(workspace=f"{folder}/home"), rate=0.0, server=True)
        machine.start()
        front = _Front(machine)
        front.run("make && sudo insmod ./bench.ko && sleep 20")
        for _ in range(ROUNDS):
            for count in VIEWERS:
                viewers = _start_viewers(count)
                took_s = front.run(f"sleep {VIRTUAL_S}")
                found[count].append(VIRTUAL_S / took_s)
                for viewer in viewers:
                    with viewer:
                        viewer.kill()
                front.run("sleep 1")
        machine.stop()
    return found


def figures(*, full: bool = False) -> list[Figure]:
    """Measure; give the throughput that is left."""
    noise = Noise()
    noise.sample()
    found = measure()
    for _ in range(4):
        noise.sample()
    rates = [Figure("without viewers", found[0], "virtual s/s", noise=noise.spread)]
    return rates + [
        Figure(
            f"{count} viewers / none",
            ratios(found[count], found[0]),
            "x",
            at_least=RATIO_LEAST,
            noise=noise.spread,
        )
        for count in VIEWERS[1:]
    ]


def main() -> int:
    """Measure and print; give 1 if a ratio is too small."""
    found = measure()
    alone = statistics.median(found[0])
    worst = 1.0
    print(f"{'viewers':>7} {'virtual s/s':>12} {'ratio':>6}")
    for count, rates in found.items():
        ratio = statistics.median(rates) / alone
        worst = min(worst, ratio)
        print(f"{count:7} {statistics.median(rates):12.1f} {ratio:6.2f}")
    return int(worst < RATIO_LEAST)


if __name__ == "__main__":
    raise SystemExit(main())
