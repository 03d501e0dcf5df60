"""How much faster than its virtual time a transcript replays, and what processes add.

``python -m tests.benchmarks.replay``. The tutorial's story is replayed again and again in one
process; then a hundred copies of it by ``vshell replay``, with one process and with two.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from vshell.transcript.load import load
from vshell.transcript.replay import replay

ROOT = Path(__file__).resolve().parent.parent.parent
STORIES = ROOT / "tests" / "stories"
NAME = "kthread_park"
RUNS = 20
COPIES = 100
RATIO_LEAST = 200


def ratio(runs: int = RUNS) -> float:
    """Give virtual seconds per real second, once the process is up."""
    transcript = load(str(STORIES / f"{NAME}.vshell.yaml"))
    took_s = []
    virtual_s = 0.0
    for _ in range(runs):
        start_s = perf_counter()
        outcome = replay(transcript)
        took_s.append(perf_counter() - start_s)
        assert outcome.holds, "the story must hold"
        virtual_s = outcome.virtual_ns / 1e9
    return virtual_s / statistics.median(took_s)


def copies_take_s(folder: str, processes: int) -> float:
    """Give the seconds that ``vshell replay -j N`` needs for a folder."""
    command = [sys.executable, "-m", "vshell", "replay", "-j", str(processes), folder]
    start_s = perf_counter()
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    return perf_counter() - start_s


def main() -> int:
    """Measure and print; give 1 if the ratio is too small."""
    found = ratio()
    print(f"virtual seconds per real second: {found:.0f} (at least {RATIO_LEAST})")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(STORIES / f"{NAME}.events.jsonl", folder)
        for number in range(COPIES):
            shutil.copy(
                STORIES / f"{NAME}.vshell.yaml", f"{folder}/{NAME}-{number:03d}.vshell.yaml"
            )
        one_s, two_s = copies_take_s(folder, 1), copies_take_s(folder, 2)
    print(f"{COPIES} transcripts: {one_s:.1f} s with -j 1, {two_s:.1f} s with -j 2")
    print(f"ratio of -j 1 to -j 2: {one_s / two_s:.2f} on {os.cpu_count()} CPUs")
    return int(found < RATIO_LEAST)


if __name__ == "__main__":
    raise SystemExit(main())
