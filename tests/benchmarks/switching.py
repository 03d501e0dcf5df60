"""What a switch costs, against a raw greenlet's, and what a preemption point adds to a loop turn.

``python -m tests.benchmarks.switching``. Two kthreads complete each other's completions on one CPU,
so that every wait is a switch through the scheduler; the floor is two greenlets that switch to each
other and do nothing else. The loops are a module's, compiled by ``make`` as always, and the same
text compiled by Python alone; both run on a task's stack.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from time import process_time

from tests.benchmarks.figure import ROUNDS, Figure, child, in_turn, ratios, table

SWITCHES = 100_000
RAW_SWITCHES = 1_000_000
TURNS = 1_000_000
TURN_NS_MOST = 1_000
ADDED_NS_MOST = 10.0
LOOPS = {
    "while": "    n = turns\n    while n:\n        n -= 1\n",
    "for": "    n = 0\n    for i in range(turns):\n        n += 1\n",
}
PAIR = """
from vshell.linux.module import *
from vshell.linux.kthread import *
from vshell.linux.completion import *

ping = DECLARE_COMPLETION()
pong = DECLARE_COMPLETION()

def one(data):
    while True:
        wait_for_completion(ping)
        complete(pong)
    return 0

def two(data):
    while True:
        complete(ping)
        wait_for_completion(pong)
    return 0

def bench_init():
    kthread_run(one, None, "one")
    kthread_run(two, None, "two")
    return 0

module_init(bench_init)
MODULE_LICENSE("GPL")
"""
LOOP = """
from vshell.linux.module import *

def loop(turns):
{body}    return 0

def bench_init():
    return 0

module_init(bench_init)
MODULE_LICENSE("GPL")
"""


def raw_switch(switches: int) -> float:
    """Give the nanoseconds of a switch between two greenlets."""
    from greenlet import greenlet  # noqa: PLC0415 - the floor

    def there() -> None:
        switch = here.parent.switch
        while True:
            switch()

    here = greenlet(there)
    switch = here.switch
    switch()
    begin_s = process_time()
    for _ in range(switches // 2):
        switch()
    return (process_time() - begin_s) * 1e9 / switches


def kernel_switch(switches: int) -> float:
    """Give the nanoseconds of a switch between two kthreads that complete each other's wait."""
    from tests.conftest import Bench  # noqa: PLC0415 - the floor does without

    bench = Bench(cpus=1)
    kernel = bench.kernel
    assert bench.load(PAIR) == 0
    cpu = kernel.sched.cpus[0]
    begin, begin_ns = cpu.switches, kernel.now_ns
    kernel.run(begin_ns + 1_000_000)
    per_switch_ns = (kernel.now_ns - begin_ns) / (cpu.switches - begin)
    begin, end_ns = cpu.switches, kernel.now_ns + round(switches * per_switch_ns)
    begin_s = process_time()
    kernel.run(end_ns)
    return (process_time() - begin_s) * 1e9 / (cpu.switches - begin)


def loop_turn(kind: str, turns: int, *, compiled: bool) -> float:
    """Give the nanoseconds of a loop turn on a task's stack, with preemption points or without."""
    from tests.conftest import Bench  # noqa: PLC0415 - the floor does without

    bench = Bench()
    namespace: dict[str, object] = {}
    if compiled:
        assert bench.load(LOOP.format(body=LOOPS[kind])) == 0
        namespace = bench.kernel.modules.find("mod").namespace
    else:
        exec(f"def loop(turns):\n{LOOPS[kind]}    return 0\n", namespace)

    took_s = []

    def measure(sys: object) -> None:
        begin_s = process_time()
        namespace["loop"](turns)
        took_s.append(process_time() - begin_s)

    bench.process(measure)
    # In one go: a limit that comes often would add the way to the hub and back.
    bench.pass_time(turns * TURN_NS_MOST / 1e9)
    return took_s[0] * 1e9 / turns


def once(words: list[str]) -> float:
    """Measure one kind in this process."""
    if words[0] == "raw":
        return raw_switch(RAW_SWITCHES)
    if words[0] == "kernel":
        return kernel_switch(SWITCHES)
    return loop_turn(words[1], TURNS, compiled=words[0] == "compiled")


def _apart(*words: str) -> float:
    return child("switching", *words)["ns"]


def figures(*, full: bool = False) -> list[Figure]:
    """Measure switches and loops."""
    cases = {"raw": partial(_apart, "raw"), "kernel": partial(_apart, "kernel")}
    for kind in LOOPS:
        for how in ("bare", "compiled"):
            cases[f"{how} {kind}"] = partial(_apart, how, kind)
    took_ns, noise = in_turn(cases, ROUNDS, process_time)
    found = [
        Figure("a raw greenlet switch", took_ns["raw"], "ns", noise=noise),
        Figure("a switch between kthreads", took_ns["kernel"], "ns", noise=noise),
        Figure("kthreads / raw", ratios(took_ns["kernel"], took_ns["raw"]), "x", noise=noise),
    ]
    for kind in LOOPS:
        bare, compiled = took_ns[f"bare {kind}"], took_ns[f"compiled {kind}"]
        added = [one - other for one, other in zip(compiled, bare, strict=True)]
        found.append(Figure(f"a turn of `{kind}`, no preemption point", bare, "ns", noise=noise))
        name = f"a preemption point adds to `{kind}`"
        found.append(Figure(name, added, "ns", at_most=ADDED_NS_MOST, noise=noise))
    return found


def main() -> None:
    """Measure and print."""
    if "--child" in sys.argv:
        words = sys.argv[sys.argv.index("--child") + 1 :]
        print(json.dumps({"ns": once(words)}))
        return
    print(table(figures()))


if __name__ == "__main__":
    main()
