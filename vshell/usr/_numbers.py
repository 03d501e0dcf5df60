"""Numbers on command lines: counts with the suffixes of coreutils.

Source: coreutils(1), "Block size"; gnulib's xstrtoumax
"""

from __future__ import annotations

__all__ = ["decimal", "parse_count"]

_POWERS = {letter: power for power, letter in enumerate("KMGTPEZY", 1)}


def decimal(text: str) -> int | None:
    """Read an unsigned decimal number; None if the text is none."""
    return int(text) if text.isascii() and text.isdigit() else None


def parse_count(text: str, *, blocks: bool = True) -> int | None:
    """Read a number with a suffix; None if it is wrong.

    The suffixes are b for 512, kB for 1000, K and KiB for 1024, and so on up to Y.

    Args:
        text: digits and perhaps a suffix.
        blocks: whether "b" is allowed.
    """
    number = text.rstrip("bBkKmMgGtTPEZYi")
    suffix = text[len(number) :]
    value = decimal(number or ("1" if suffix else ""))
    if value is None:
        return None
    if not suffix:
        return value
    if suffix == "b":
        return value * 512 if blocks else None
    letter = suffix[0].upper() if suffix[0] in "kmgt" else suffix[0]
    if letter not in _POWERS or suffix[1:] not in ("", "B", "iB"):
        return None
    scale: int = (1000 if suffix[1:] == "B" else 1024) ** _POWERS[letter]
    return value * scale
