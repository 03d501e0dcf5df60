"""A transcript suite as a whole, and the tutorial's story against the virtual time it lasts.

``python -m tests.benchmarks.suite``. The suite is the lessons that come along and the tutorial's
story, replayed by one ``vshell replay`` as a user does; the story is replayed in a process that is
up, as within a large suite.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from time import perf_counter

from tests.benchmarks.figure import ROOT, ROUNDS, Figure, in_turn, table
from tests.benchmarks.replay import NAME, RATIO_LEAST, STORIES, ratio
from vshell.transcript.load import find, load
from vshell.transcript.replay import replay

LESSONS = ROOT / "vshell" / "transcript" / "lessons"
REPLAYS = 5


def lay_out(folder: str) -> None:
    """Gather the suite's transcripts in a folder."""
    for path in find([str(LESSONS)]):
        shutil.copy(path, folder)
    for path in STORIES.glob(f"{NAME}.*"):
        shutil.copy(path, folder)


def suite_takes_s(folder: str) -> float:
    """Give the seconds that ``vshell replay`` needs for a folder."""
    command = [sys.executable, "-m", "vshell", "replay", folder]
    begin_s = perf_counter()
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    return perf_counter() - begin_s


def virtual_s(folder: str) -> float:
    """Give the virtual seconds that the suite's sessions last."""
    return sum(replay(load(path)).virtual_ns for path in find([folder])) / 1e9


def figures(*, full: bool = False) -> list[Figure]:
    """Measure the suite and the story."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(folder)
        count, lasts_s = len(list(find([folder]))), virtual_s(folder)
        cases = {"suite": partial(suite_takes_s, folder), "story": partial(ratio, REPLAYS)}
        found, noise = in_turn(cases, ROUNDS)
    speed = [lasts_s / took_s for took_s in found["suite"]]
    return [
        Figure(f"{count} transcripts, one process", found["suite"], "s", noise=noise),
        Figure("their virtual seconds per second", speed, "x", noise=noise),
        Figure(
            "the tutorial's, in a process that is up",
            found["story"],
            "x",
            at_least=float(RATIO_LEAST),
            noise=noise,
        ),
    ]


if __name__ == "__main__":
    print(table(figures()))
