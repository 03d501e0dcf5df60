"""Rules of the recordings about timers, sleeping, locks, deferred work, scheduling and signals."""

from __future__ import annotations

from tests.conformance.normalise import Own, Rule
from tests.conformance.wheel import check_call, check_firings, check_msleep

WHEEL = "how long it took must be what the wheel's formula says for when it began"

SLOW = "the recorded machine was an emulator: its commands took longer, so 3 s were over sooner"

CPU = "which of two idle CPUs was taken"

OWN_TIMING = {
    "20-timer-wheel": Own(rules=(Rule(r"^tw j=(\d+) ctx=(\w+) (.*)$", check_firings, WHEEL),)),
    "21-sleep-timing": Own(
        rules=(
            Rule(r"^ms how=(\w+) n=(\d+) j0=(\d+) dj=(\d+) us=\d+$", check_msleep, WHEEL),
            Rule(
                r"^tm what=(.*) j0=(\d+) dj=(\d+) us=(\d+)(?= ret=)",
                check_call,
                "how long it took must be what was asked for",
            ),
        ),
    ),
    "25-signals": Own(
        rules=(
            Rule(r"^SigQ:\t0/\d+", "SigQ:\t0/N", "by how much memory there is"),
            Rule(r"^[DI]    sig_d$", "D or I sig_d", SLOW),
            Rule(r"^(sig_d: msleep over pending=)[01]$", r"\1N", SLOW),
            Rule(r"^(sig_deaf: signal_pending! r=)\d+", r"\1N", "what was left of its sleep"),
        ),
    ),
    "23-deferred-work": Own(
        unordered=r"t=T kthread_(?:queue_)?work ",
        commanded=(r"worker destroyed",),
    ),
    "24-sched-attrs": Own(
        rules=(
            Rule(r"^(start comm=\S+ cpu=)\d", r"\1N", CPU),
            Rule(r"^( +\d+ +\w+ +\S+ +\d+ +\S+ +)[01]( \S+ +(?:a_|quota))", r"\1N\2", CPU),
            Rule(r"^( +96 +TS +- +0 +19 +)[01] ", r"\1N ", CPU),
            Rule(r"^(\d+ -?\d+ -?\d+) [01] (\d+ \d)$", r"\1 N \2", CPU),
        ),
        unordered=r"start comm=",
    ),
}
