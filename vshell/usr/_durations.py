"""Times as coreutils' programs take them: a number of any of C's forms, and s, m, h or d.

Source: xstrtod in gnulib, sleep(1), timeout(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.units import NEVER_NS, NSEC_PER_SEC

__all__ = ["duration_ns"]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration_ns(text: str) -> int | None:
    """Read a length of time such as "8.5", "1e-1", "2m" or "infinity".

    Returns:
        Nanoseconds, rounded up and at most NEVER_NS; None if it cannot be read.
    """
    number, unit = text, 1
    if text[-1:] in _SECONDS and not text.lower().startswith(("inf", "0x")):
        number, unit = text[:-1], _SECONDS[text[-1]]
    if number.lower().removeprefix("+") in ("inf", "infinity"):
        return NEVER_NS
    from fractions import Fraction  # noqa: PLC0415 - programs that wait are few

    exact: Fraction | None = None
    if number == number.strip() and "_" not in number and "/" not in number and number.isascii():
        try:
            exact = Fraction(float.fromhex(number)) if "0x" in number.lower() else Fraction(number)
        except (ValueError, OverflowError):
            return None
    if exact is None or exact < 0:
        return None
    return min(-int(-exact * unit * NSEC_PER_SEC // 1), NEVER_NS)
