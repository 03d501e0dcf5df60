"""Park and unpark: microseconds per round trip, against pairs of events of two other worlds.

``python -m tests.benchmarks.parking``. One thread asks another to stand still and waits until it
does, then lets it go on. Here that is ``kthread_park()`` and ``kthread_unpark()`` of a thread that
sleeps between; elsewhere a pair of events, "asked" and "done": ``threading.Event`` between two OS
threads, and SimPy's events between two of its processes. Each measurement is a process of its own.
"""

from __future__ import annotations

import json
import sys
import threading
from functools import partial
from time import perf_counter

from tests.benchmarks.figure import ROUNDS, Figure, child, in_turn, ratios, table

TRIPS = {"threading": 20_000, "simpy": 200_000, "off": 50_000, "on": 50_000}
LABELS = {
    "threading": "a pair of threading.Event",
    "simpy": "a pair of SimPy's events",
    "off": "park and unpark, tracing off",
    "on": "park and unpark, tracing on",
}
LEAST = {"threading": 10.0, "simpy": 1.0}
MODULE = """
from vshell.linux.module import *
from vshell.linux.kthread import *
from vshell.linux.sched import *
from vshell.linux.delay import *

thread = None

def stand(data):
    while not kthread_should_stop():
        if kthread_should_park():
            kthread_parkme()
            continue
        set_current_state(TASK_INTERRUPTIBLE)
        schedule()
    return 0

def drive(data):
    while True:
        kthread_park(thread)
        kthread_unpark(thread)
    return 0

def bench_init():
    global thread
    thread = kthread_run(stand, None, "stand")
    msleep(100)
    kthread_run(drive, None, "drive")
    return 0

module_init(bench_init)
MODULE_LICENSE("GPL")
"""


def trip_threading(trips: int) -> float:
    """Give the seconds per round trip of two OS threads."""
    asked, done = threading.Event(), threading.Event()

    def stand() -> None:
        for _ in range(trips):
            asked.wait()
            asked.clear()
            done.set()

    thread = threading.Thread(target=stand)
    thread.start()
    begin_s = perf_counter()
    for _ in range(trips):
        asked.set()
        done.wait()
        done.clear()
    took_s = perf_counter() - begin_s
    thread.join()
    return took_s / trips


def trip_simpy(trips: int) -> float:
    """Give the seconds per round trip of two of SimPy's processes."""
    import simpy  # noqa: PLC0415 - of the extra "benchmarks"

    env = simpy.Environment()
    asked, done = env.event(), env.event()

    def stand():
        nonlocal asked
        for _ in range(trips):
            yield asked
            asked = env.event()
            done.succeed()

    def drive():
        nonlocal done
        for _ in range(trips):
            done = env.event()
            asked.succeed()
            yield done

    env.process(stand())
    env.process(drive())
    begin_s = perf_counter()
    env.run()
    return (perf_counter() - begin_s) / trips


def trip_kthreads(trips: int, *, traced: bool) -> float:
    """Give the seconds per round trip of two kthreads."""
    from tests.conftest import Bench  # noqa: PLC0415 - the others do without

    bench = Bench()
    kernel = bench.kernel
    assert bench.load(MODULE) == 0
    bench.pass_time(0.01)
    count_from, rate = _trips_per_second(bench)
    if traced:
        kernel.trace.start()
    end_ns = count_from + round(trips / rate * 1e9)
    begin_s = perf_counter()
    kernel.run(end_ns)
    return (perf_counter() - begin_s) / trips


# How many round trips fit into a virtual second: the same each time, so counted once, beforehand.
def _trips_per_second(bench) -> tuple[int, float]:
    kernel = bench.kernel
    parked = 0

    def count(event) -> None:
        nonlocal parked
        parked += event[3] == "kthread_unpark"

    kernel.trace.subscribe(count)
    begin_ns = kernel.now_ns
    kernel.run(begin_ns + 10_000_000)
    kernel.trace.unsubscribe(count)
    kernel.trace.on = False
    return kernel.now_ns, parked / ((kernel.now_ns - begin_ns) / 1e9)


def once(kind: str, trips: int) -> float:
    """Measure one kind in this process; give seconds per round trip."""
    if kind == "threading":
        return trip_threading(trips)
    return trip_simpy(trips) if kind == "simpy" else trip_kthreads(trips, traced=kind == "on")


def _apart(kind: str) -> float:
    return child("parking", kind, TRIPS[kind])["s"] * 1e6


def figures(*, full: bool = False) -> list[Figure]:
    """Measure all kinds."""
    took_us, noise = in_turn({kind: partial(_apart, kind) for kind in TRIPS}, ROUNDS)
    found = [Figure(LABELS[kind], took_us[kind], "us", noise=noise) for kind in TRIPS]
    for kind, least in LEAST.items():
        times = ratios(took_us[kind], took_us["off"])
        found.append(Figure(f"{LABELS[kind]} / tracing off", times, "x", least, noise=noise))
    return found


def main() -> None:
    """Measure and print."""
    if "--child" in sys.argv:
        kind, trips = sys.argv[-2:]
        print(json.dumps({"s": once(kind, int(trips))}))
        return
    print(table(figures()))


if __name__ == "__main__":
    main()
