"""Figures: what was measured, several times, beside what it is to be and how noisy the machine is.

A goal is a ratio where it can be: both sides are measured in turn, in one run, so that a machine
that is slow or busy is so for both. The noise is the spread of a loop in pure Python that always
does the same, run in every round; a difference below it says nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ROOT", "ROUNDS", "Figure", "Noise", "child", "in_turn", "ratios", "table"]

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 5
NOISE_TURNS = 400_000
HEADINGS = ("what", "median", "least", "most", "goal", "", "noise")


class Figure(NamedTuple):
    """One thing that was measured."""

    name: str
    values: list[float]
    """One per round."""
    unit: str
    """Behind the number: "ns", "x", "MiB"."""
    at_least: float | None = None
    at_most: float | None = None
    noise: float = 0.0
    """The spread of a loop that always does the same, in the same rounds; 0.05 is 5 %."""

    @property
    def median(self) -> float:
        """The value that counts."""
        return statistics.median(self.values)

    @property
    def goal(self) -> str:
        """What the median is to be, as text; empty if it is only told."""
        if self.at_least is not None:
            return f">= {_number(self.at_least)}"
        return "" if self.at_most is None else f"<= {_number(self.at_most)}"

    @property
    def verdict(self) -> str:
        """Tell "held" or "MISSED"; empty without a goal."""
        if self.at_least is None and self.at_most is None:
            return ""
        low = self.at_least is not None and self.median < self.at_least
        high = self.at_most is not None and self.median > self.at_most
        return "MISSED" if low or high else "held"

    def as_json(self, topic: str) -> dict[str, object]:
        """Give all that is known of it."""
        return {
            "topic": topic,
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "values": self.values,
            "goal": self.goal,
            "verdict": self.verdict,
            "noise": self.noise,
        }


class Noise:
    """The spread of a fixed loop, sampled beside whatever is measured."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        """Begin with no sample; by the clock that the measurements go by."""
        self._clock = clock
        self.took_s: list[float] = []

    def sample(self) -> None:
        """Run the loop once."""
        begin_s = self._clock()
        total = 0
        for number in range(NOISE_TURNS):
            total += number & 7
        self.took_s.append(self._clock() - begin_s)

    @property
    def spread(self) -> float:
        """From the fastest to the slowest, in parts of the median."""
        return (max(self.took_s) - min(self.took_s)) / statistics.median(self.took_s)


def in_turn(
    cases: dict[str, Callable[[], float]],
    rounds: int = ROUNDS,
    clock: Callable[[], float] = perf_counter,
) -> tuple[dict[str, list[float]], float]:
    """Measure every case once in each round; give the values by case, and the noise.

    Args:
        cases: by name; each gives one value.
        rounds: how many of each.
        clock: what the cases go by. What computes in one thread goes by ``process_time``, which
            other processes do not disturb; what waits goes by ``perf_counter``.
    """
    found: dict[str, list[float]] = {name: [] for name in cases}
    noise = Noise(clock)
    for _ in range(rounds):
        noise.sample()
        for name, measure in cases.items():
            found[name].append(measure())
    noise.sample()
    return found, noise.spread


def ratios(above: list[float], below: list[float]) -> list[float]:
    """Divide what was measured in the same round."""
    return [one / other for one, other in zip(above, below, strict=True)]


def child(module: str, *words: object) -> dict[str, float]:
    """Run a benchmark's measurement in a process of its own; give what it prints as JSON."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", "--child", *map(str, words)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def table(figures: list[Figure]) -> str:
    """Lay figures out as a table."""
    rows = [HEADINGS]
    for one in figures:
        values = (one.median, min(one.values), max(one.values))
        numbers = [f"{_number(value)} {one.unit}".rstrip() for value in values]
        rows.append((one.name, *numbers, one.goal, one.verdict, f"{one.noise:.0%}"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = []
    for row in rows:
        first, *rest = (
            cell.rjust(width) if 0 < column < 4 or column == 6 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *rest]).rstrip())
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
