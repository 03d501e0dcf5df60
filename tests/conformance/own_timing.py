"""Rules of the recordings about timers, sleeping, locks, deferred work, scheduling and signals."""

from __future__ import annotations

from tests.conformance.normalise import Own, Rule
from tests.conformance.wheel import check_call, check_firings, check_msleep

WHEEL = "how long it took must be what the wheel's formula says for when it began"

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
}
