"""All benchmarks, one table: ``python -m tests.benchmarks [--full] [--json FILE] [TOPIC...]``.

Each figure is a median over at least five rounds, with the least and the most beside it, what it is
to be, and the machine's noise in the same rounds. ``--full`` adds what takes minutes: 100 000
threads, and a day of virtual time. The exit status is 1 if a goal was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib import import_module

from tests.benchmarks.figure import table

TOPICS = (
    "startup",
    "prompt",
    "throughput",
    "parking",
    "switching",
    "threads",
    "suite",
    "soak",
    "viewers",
    "panel",
)


def main() -> int:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--full", action="store_true", help="also what takes minutes")
    parser.add_argument("--json", metavar="FILE", help="write every round there")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(TOPICS))
    chosen = parser.parse_args()
    unknown = set(chosen.topics) - set(TOPICS)
    if unknown:
        parser.error(f"no such topic: {', '.join(sorted(unknown))}")
    machine = f"{platform.python_implementation()} {platform.python_version()}"
    machine += f", {os.cpu_count()} CPUs ({platform.machine()})"
    print(machine)
    told, missed = [], 0
    for topic in chosen.topics or TOPICS:
        figures = import_module(f"tests.benchmarks.{topic}").figures(full=chosen.full)
        print(f"\n{topic}\n{table(figures)}", flush=True)
        told += [figure.as_json(topic) for figure in figures]
        missed += sum(figure.verdict == "MISSED" for figure in figures)
    print(f"\ngoals missed: {missed} of {sum(bool(one['goal']) for one in told)}")
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump({"machine": machine, "figures": told}, file, indent=1)
            file.write("\n")
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
