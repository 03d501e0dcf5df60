"""Times as transcripts write them."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["parse_duration_ns", "parse_seconds_ns"]

_NUMBER = r"([0-9]{1,12}(?:\.[0-9]{1,12})?)"
_DURATION = re.compile(_NUMBER + r" ?(ns|us|ms|s|min|h)?")
_SECONDS = re.compile(_NUMBER)
_UNIT_NS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_NS_MAX = 10**18
"""Some thirty years: what counters of nanoseconds in 64 bits can hold, and longer than any test."""


def parse_duration_ns(text: str) -> int:
    """Read a duration: a number of seconds, or one with a unit (ns, us, ms, s, min, h).

    Raises:
        ValueError: it is none.
    """
    return _ns(_DURATION.fullmatch(text.strip()), text)


def parse_seconds_ns(text: str) -> int:
    """Read a number of seconds.

    Raises:
        ValueError: it is none.
    """
    return _ns(_SECONDS.fullmatch(text.strip()), text)


def _ns(found: re.Match[str] | None, text: str) -> int:
    if found is None:
        raise ValueError(text)
    unit = found[2] if found.re is _DURATION else None
    time_ns = round(Decimal(found[1]) * _UNIT_NS[unit or "s"])
    if time_ns > _NS_MAX:
        raise ValueError(text)
    return time_ns
