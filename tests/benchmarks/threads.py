"""Many threads: what a sleeping one occupies, and how long making and stopping all of them takes.

``python -m tests.benchmarks.threads [--full]``. A module makes N kthreads that sleep until they are
stopped, and stops them when it is unloaded. What a thread occupies is the growth of the process's
resident memory, all that the kernel keeps of it included. ``--full`` adds 100 000 threads.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from time import perf_counter

from tests.benchmarks.figure import ROUNDS, Figure, Noise, child, table

SIZES = (1_000, 10_000)
SIZES_FULL = (*SIZES, 100_000)
GOAL_SIZE = 100_000
MEMORY_MOST_MIB = 1024.0
TIME_MOST_S = 30.0
MODULE = """
from vshell.linux.module import *
from vshell.linux.moduleparam import *
from vshell.linux.kthread import *
from vshell.linux.delay import *

count = 0
module_param(count, int, 0)
threads = []

def work(data):
    while not kthread_should_stop():
        msleep_interruptible(1000000)
    return 0

def bench_init():
    for i in range(count):
        threads.append(kthread_run(work, None, "bench%d", i))
    return 0

def bench_exit():
    for thread in threads:
        kthread_stop(thread)

module_init(bench_init)
module_exit(bench_exit)
MODULE_LICENSE("GPL")
"""


def resident_bytes() -> int:
    """Give what this process occupies now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def once(count: int) -> dict[str, float]:
    """Make, look at and stop so many threads in this process."""
    from tests.conftest import Bench  # noqa: PLC0415 - the parent does without

    bench = Bench()
    assert bench.load(MODULE, "count=1", "warm") == 0
    before = resident_bytes()
    begin_s = perf_counter()
    assert bench.load(MODULE, f"count={count}") == 0
    bench.pass_time(1)
    made_s = perf_counter() - begin_s
    alive = resident_bytes()
    sleeping = sum(task.name.startswith("bench") and not task.on_rq for task in bench.kernel.tasks)
    assert sleeping == count + 1
    begin_s = perf_counter()
    assert bench.unload() == 0
    stopped_s = perf_counter() - begin_s
    return {
        "bytes": (alive - before) / count,
        "whole_mib": alive / (1 << 20),
        "made_s": made_s,
        "stopped_s": stopped_s,
    }


def figures(*, full: bool = False) -> list[Figure]:
    """Measure all sizes."""
    found = []
    for count in SIZES_FULL if full else SIZES:
        noise = Noise()
        measure = partial(child, "threads", count)
        runs = []
        for _ in range(ROUNDS):
            noise.sample()
            runs.append(measure())
        noise.sample()
        name, spread = f"{count} kthreads", noise.spread
        is_goal = count == GOAL_SIZE
        kib = [run["bytes"] / 1024 for run in runs]
        whole = [run["whole_mib"] for run in runs]
        both = [run["made_s"] + run["stopped_s"] for run in runs]
        found += [
            Figure(f"{name}: each occupies", kib, "KiB", noise=spread),
            Figure(
                f"{name}: the process",
                whole,
                "MiB",
                at_most=MEMORY_MOST_MIB if is_goal else None,
                noise=spread,
            ),
            Figure(f"{name}: made", [run["made_s"] for run in runs], "s", noise=spread),
            Figure(
                f"{name}: made and stopped",
                both,
                "s",
                at_most=TIME_MOST_S if is_goal else None,
                noise=spread,
            ),
        ]
    return found


def main() -> None:
    """Measure and print."""
    if "--child" in sys.argv:
        print(json.dumps(once(int(sys.argv[-1]))))
        return
    print(table(figures(full="--full" in sys.argv)))


if __name__ == "__main__":
    main()
