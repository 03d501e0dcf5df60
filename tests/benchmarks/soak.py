"""How fast long spans of virtual time pass.

``python -m tests.benchmarks.soak [--full]``. At a host's prompt an hour of virtual time is slept
through, with ``--full`` a day: idle, and with the tutorial's two threads, one of which wakes every
second. Events are kept, as at any prompt. That nothing grows, tests/machine/test_soak.py holds.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from time import process_time

from tests.benchmarks.figure import ROUNDS, Figure, child, in_turn, table

SPAN_S, SPAN_FULL_S = 3600, 24 * 3600
RATIO_LEAST = 3600.0
KINDS = {"idle": "an idle host", "tutorial": "the tutorial's threads"}


def once(kind: str, span_s: int) -> dict[str, float]:
    """Let a span pass on a host; give virtual seconds per second."""
    from vshell.machine.dialogue import Dialogue  # noqa: PLC0415 - the parent does without
    from vshell.machine.host import Host  # noqa: PLC0415 - as above

    host = Host()
    dialogue = Dialogue(host)
    if kind == "tutorial":
        dialogue.type("make > log 2>&1; sudo insmod ./kthread.ko")
        assert dialogue.status == 0
    begin_s = process_time()
    dialogue.type(f"sleep {span_s}")
    rate = span_s / (process_time() - begin_s)
    host.shut_down()
    return {"rate": rate}


def _apart(kind: str, span_s: int) -> float:
    return child("soak", kind, span_s)["rate"]


def figures(*, full: bool = False) -> list[Figure]:
    """Measure both hosts."""
    span_s = SPAN_FULL_S if full else SPAN_S
    cases = {kind: partial(_apart, kind, span_s) for kind in KINDS}
    found, noise = in_turn(cases, ROUNDS, process_time)
    return [
        Figure(f"virtual seconds per second: {KINDS[kind]}", rates, "x", RATIO_LEAST, noise=noise)
        for kind, rates in found.items()
    ]


def main() -> None:
    """Measure and print."""
    if "--child" in sys.argv:
        kind, span_s = sys.argv[-2:]
        print(json.dumps(once(kind, int(span_s))))
        return
    print(table(figures(full="--full" in sys.argv)))


if __name__ == "__main__":
    main()
