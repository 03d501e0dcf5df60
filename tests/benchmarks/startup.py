"""How long vshell takes to start, as ratios to its floor in the same run.

``python -m tests.benchmarks.startup``. The floor of ``vshell -c`` is a bare ``python -c pass`` that
imports what vshell cannot do without: greenlet. Medians of interleaved runs, so that the noise of
the machine falls upon all alike.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = 15
TUTORIAL = "make; sudo insmod ./kthread.ko; sleep 8.5; sudo rmmod kthread; dmesg"
CASES = {
    "python -c pass": ["-c", "pass"],
    "the floor: greenlet": ["-c", "import greenlet"],
    "vshell -c true": ["-m", "vshell", "-c", "true"],
    "vshell -c TUTORIAL": ["-m", "vshell", "-c", TUTORIAL],
}


def measure(runs: int = RUNS) -> dict[str, list[float]]:
    """Run every case so many times, in turn; give the seconds each took."""
    took_s: dict[str, list[float]] = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as cache:
        # Byte code is cached as after an installation; the first run of each fills the cache.
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(runs + 1):
            for name, words in CASES.items():
                start_s = perf_counter()
                subprocess.run(
                    [sys.executable, *words],
                    env=environment,
                    cwd=ROOT,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=True,
                )
                if turn:
                    took_s[name].append(perf_counter() - start_s)
    return took_s


def main() -> None:
    """Print a table: case, median in milliseconds, ratio to the floor, noise."""
    took_s = measure()
    floor_s = statistics.median(took_s["the floor: greenlet"])
    print(f"{'case':<22} {'median ms':>9} {'x floor':>8} {'noise %':>8}")
    for name, times in took_s.items():
        median_s = statistics.median(times)
        noise = 100 * (statistics.quantiles(times, n=4)[2] / median_s - 1)
        print(f"{name:<22} {median_s * 1000:9.1f} {median_s / floor_s:8.2f} {noise:8.1f}")


if __name__ == "__main__":
    main()
