"""How many columns of a terminal text takes.

Source: wcwidth(3), glibc 2.36
"""

from __future__ import annotations

__all__ = ["columns_of", "width"]


def width(text: str) -> int:
    """Give the columns that text without tabs takes; controls and undecodable bytes take none."""
    if text.isascii():
        return len(text) if text.isprintable() else sum(letter >= " " for letter in text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415 - non-ASCII text only

    total = 0
    for letter in text:
        kind = category(letter)
        if kind in ("Mn", "Me", "Cf", "Cc", "Cs"):
            continue
        total += 2 if east_asian_width(letter) in ("W", "F") else 1
    return total


def columns_of(text: str, column: int = 0) -> int:
    """Give the column where text ends that begins at ``column``; tabs go to multiples of 8."""
    if "\t" not in text:
        return column + width(text)
    for number, part in enumerate(text.split("\t")):
        if number:
            column += 8 - column % 8
        column += width(part)
    return column
