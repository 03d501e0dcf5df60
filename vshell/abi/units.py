"""Units of time and their names; conversions say how they round.

Time is an integer everywhere below the front ends: nanoseconds since boot, or jiffies.
"""

from __future__ import annotations

__all__ = [
    "INITIAL_JIFFIES",
    "NEVER_NS",
    "NSEC_PER_MSEC",
    "NSEC_PER_SEC",
    "NSEC_PER_USEC",
    "Jiffies",
    "Nanoseconds",
    "Pid",
    "parse_duration_ns",
    "seconds_text",
]

Nanoseconds = int
"""A time since boot, or a length of time, in nanoseconds of the virtual clock."""

Jiffies = int
"""A time in ticks of the kernel; ``INITIAL_JIFFIES`` at boot."""

Pid = int
"""A process or thread number; 0 is a CPU's idle task."""

NSEC_PER_USEC = 1_000
NSEC_PER_MSEC = 1_000_000
NSEC_PER_SEC = 1_000_000_000

INITIAL_JIFFIES = 4294967296 - 300 * 250
"""jiffies at boot with HZ=250: (unsigned int)(-300 * HZ)."""

NEVER_NS = 1 << 62
"""Later than anything that is going to happen (146 years)."""

_SUFFIX_NS = {
    "ns": 1,
    "us": NSEC_PER_USEC,
    "ms": NSEC_PER_MSEC,
    "s": NSEC_PER_SEC,
    "m": 60 * NSEC_PER_SEC,
    "min": 60 * NSEC_PER_SEC,
}
_SUFFIX_NS |= {"h": 3600 * NSEC_PER_SEC, "d": 86400 * NSEC_PER_SEC, "": NSEC_PER_SEC}


def parse_duration_ns(text: str) -> int:
    """Read a length of time such as "8.5", "3s", "250ms" or "2m" exactly.

    Returns:
        Nanoseconds, rounded down to a whole one.

    Raises:
        ValueError: the text is no decimal number with one of the suffixes ns, us, ms, s, m, min,
            h, d.
    """
    number = text.rstrip("nusmihd")
    scale = _SUFFIX_NS.get(text[len(number) :])
    whole, dot, fraction = number.partition(".")
    digits = whole + fraction
    if (
        scale is None
        or not digits.isascii()
        or not digits.isdigit()
        or (dot and not fraction and not whole)
    ):
        raise ValueError(text)
    denominator: int = 10 ** len(fraction)
    return int(whole or "0") * scale + int(fraction or "0") * scale // denominator


def seconds_text(time_ns: int) -> str:
    """Write a time as printk stamps it: seconds, six decimals, cut."""
    return f"{time_ns // NSEC_PER_SEC}.{time_ns % NSEC_PER_SEC // 1000:06d}"
