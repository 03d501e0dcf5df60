"""Sleep and wake: nanoseconds per wake-up of N threads, with tracing off and on, against SimPy.

``python -m tests.benchmarks.throughput [--full]``. Every thread sleeps for its own length of time,
again and again, over the same span of virtual time; what is counted is how often threads have given
up the CPU. vshell's threads are a compiled module's, on two CPUs, through ``msleep()`` and the
timer wheel; SimPy's are generators that yield timeouts. Each measurement is a process of its own.
``--full`` adds 100 000 threads.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from time import process_time

from tests.benchmarks.figure import ROUNDS, Figure, child, in_turn, ratios, table

SIZES = (2, 100, 10_000)
SIZES_FULL = (*SIZES, 100_000)
WAKE_UPS = 300_000
KINDS = ("simpy", "off", "on")
RATIO_LEAST = {"off": 1.0, "on": 0.75}
PERIOD_LEAST_MS, PERIOD_MOST_MS = 20, 1000
MODULE = """
from vshell.linux.module import *
from vshell.linux.kthread import *
from vshell.linux.delay import *
from vshell.linux.moduleparam import *

count = 0
module_param(count, int, 0)

def work(period):
    while True:
        msleep(period)
    return 0

def bench_init():
    for i in range(count):
        kthread_run(work, 20 + i * 37 % 981, "bench%d", i)
    return 0

module_init(bench_init)
MODULE_LICENSE("GPL")
"""


def period_ms(number: int) -> int:
    """Give how long a thread sleeps each time; the module says the same."""
    return PERIOD_LEAST_MS + number * 37 % (PERIOD_MOST_MS - PERIOD_LEAST_MS + 1)


def span_s(count: int, wake_ups: int) -> float:
    """Give the virtual time in which so many threads wake about so many times."""
    return wake_ups / sum(1000 / period_ms(number) for number in range(count))


def measure_vshell(count: int, wake_ups: int, *, traced: bool) -> float:
    """Give the nanoseconds per wake-up of kthreads."""
    from tests.conftest import Bench  # noqa: PLC0415 - SimPy's process does without

    bench = Bench()
    kernel = bench.kernel
    assert bench.load(MODULE, f"count={count}") == 0
    # Until all sleep, each in its own rhythm.
    bench.pass_time(PERIOD_MOST_MS / 1000 + 0.1)
    if traced:
        kernel.trace.start()
    tasks = [task for task in kernel.tasks if task.name.startswith("bench")]
    before = sum(task.nvcsw for task in tasks)
    end_ns = kernel.now_ns + round(span_s(count, wake_ups) * 1e9)
    begin_s = process_time()
    kernel.run(end_ns)
    took_s = process_time() - begin_s
    return took_s * 1e9 / (sum(task.nvcsw for task in tasks) - before)


def measure_simpy(count: int, wake_ups: int) -> float:
    """Give the nanoseconds per wake-up of SimPy's processes."""
    import simpy  # noqa: PLC0415 - of the extra "benchmarks"

    env = simpy.Environment()

    def work(period: float):
        while True:
            yield env.timeout(period)

    for number in range(count):
        env.process(work(period_ms(number) / 1000))
    begin_at = PERIOD_MOST_MS / 1000 + 0.1
    env.run(until=begin_at)
    span = span_s(count, wake_ups)
    begin_s = process_time()
    env.run(until=begin_at + span)
    took_s = process_time() - begin_s
    periods = [period_ms(number) / 1000 for number in range(count)]
    woken = sum(int((begin_at + span) / one) - int(begin_at / one) for one in periods)
    return took_s * 1e9 / woken


def once(kind: str, count: int, wake_ups: int) -> float:
    """Measure one kind in this process."""
    if kind == "simpy":
        return measure_simpy(count, wake_ups)
    return measure_vshell(count, wake_ups, traced=kind == "on")


def _apart(kind: str, count: int) -> float:
    return child("throughput", kind, count, WAKE_UPS)["ns"]


def figures(*, full: bool = False) -> list[Figure]:
    """Measure all sizes."""
    found = []
    for count in SIZES_FULL if full else SIZES:
        cases = {kind: partial(_apart, kind, count) for kind in KINDS}
        took_ns, noise = in_turn(cases, ROUNDS, process_time)
        name = f"{count} threads"
        for kind, label in zip(KINDS, ("SimPy", "tracing off", "tracing on"), strict=True):
            found.append(Figure(f"{name}: {label}", took_ns[kind], "ns", noise=noise))
        for kind, least in RATIO_LEAST.items():
            times = ratios(took_ns["simpy"], took_ns[kind])
            label = f"{name}: SimPy / tracing {kind}"
            found.append(Figure(label, times, "x", at_least=least, noise=noise))
    return found


def main() -> None:
    """Measure and print."""
    if "--child" in sys.argv:
        kind, count, wake_ups = sys.argv[-3:]
        print(json.dumps({"ns": once(kind, int(count), int(wake_ups))}))
        return
    print(table(figures(full="--full" in sys.argv)))


if __name__ == "__main__":
    main()
