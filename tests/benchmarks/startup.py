"""How long vshell takes to start, as ratios to its floor in the same run.

``python -m tests.benchmarks.startup``. The floor of ``vshell -c`` is a bare ``python -c pass`` that
imports what vshell cannot do without: greenlet. The floor of the tutorial's commands is a Python
that imports all the modules they come to use, and does nothing. Medians of interleaved runs, so
that the noise of the machine falls upon all alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.benchmarks.figure import Figure, Noise, ratios, table

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = 15
TUTORIAL = "make; sudo insmod ./kthread.ko; sleep 10; sudo rmmod kthread; dmesg"
TUTORIAL_MOST_S = 0.5
TUTORIAL_RATIO_MOST = 3.0
FLOOR, IMPORTS = "the floor: greenlet", "imports of TUTORIAL"
CASES = {
    "python -c pass": ["-c", "pass"],
    FLOOR: ["-c", "import greenlet"],
    "vshell -c true": ["-m", "vshell", "-c", "true"],
    "vshell -c TUTORIAL": ["-m", "vshell", "-c", TUTORIAL],
}
# What a session has imported, in that order, leaving out what Python itself starts with.
LOADED = """
import sys
own = set(sys.modules)
from vshell.cli import main
import os
saved = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
main(["-c", sys.argv[1]])
os.dup2(saved, 1)
print(*(name for name in sys.modules if name not in own and name != "__mp_main__"))
"""


def imports_of(command: str) -> list[str]:
    """Give the words of a Python that imports what a command line comes to use."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, command],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    names = [name for name in done.stdout.split() if not name.startswith("_frozen")]
    return ["-c", f"import {', '.join(names)}"]


def measure(runs: int = RUNS) -> dict[str, list[float]]:
    """Run every case so many times, in turn; give the seconds each took."""
    cases = CASES | {IMPORTS: imports_of(TUTORIAL)}
    took_s: dict[str, list[float]] = {name: [] for name in cases}
    with tempfile.TemporaryDirectory() as cache:
        # Byte code is cached as after an installation; the first run of each fills the cache.
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(runs + 1):
            for name, words in cases.items():
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


def figures(*, full: bool = False) -> list[Figure]:
    """Measure; give milliseconds and ratios."""
    noise = Noise()
    noise.sample()
    took_s = measure()
    for _ in range(4):
        noise.sample()
    found = [
        Figure(name, [1000 * one for one in times], "ms", noise=noise.spread)
        for name, times in took_s.items()
        if name != "vshell -c TUTORIAL"
    ]
    whole_s = took_s["vshell -c TUTORIAL"]
    times = ratios(whole_s, took_s[IMPORTS])
    return [
        *found,
        Figure("vshell -c TUTORIAL", whole_s, "s", at_most=TUTORIAL_MOST_S, noise=noise.spread),
        Figure(
            f"TUTORIAL / {IMPORTS}", times, "x", at_most=TUTORIAL_RATIO_MOST, noise=noise.spread
        ),
        Figure(
            "vshell -c true / the floor",
            ratios(took_s["vshell -c true"], took_s[FLOOR]),
            "x",
            noise=noise.spread,
        ),
    ]


def main() -> None:
    """Measure and print."""
    print(table(figures()))


if __name__ == "__main__":
    main()
