"""How ``why`` writes times: a moment as dmesg stamps it, a length of time in words."""

from __future__ import annotations

__all__ = ["length", "stamp"]


def stamp(time_ns: int) -> str:
    """Write a moment as dmesg does: "[  140.776600]"."""
    micros = time_ns // 1000
    return f"[{micros // 1_000_000:>5d}.{micros % 1_000_000:06d}]"


def length(time_ns: int) -> str:
    """Write a length of time, rounded: "0.512 s", or "38 us" below a millisecond."""
    if time_ns < 1_000_000:
        return f"{time_ns // 1000} us"
    millis = (time_ns + 500_000) // 1_000_000
    return f"{millis // 1000}.{millis % 1000:03d} s"
