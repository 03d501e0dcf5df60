"""Sizes for people: 4.0K, 1.5M; and how many blocks a file takes.

Source: coreutils(1), "Block size"; gnulib's human_readable
"""

from __future__ import annotations

from vshell.usr._files import S_IFDIR, S_IFMT, S_IFREG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["blocks_of", "human", "parse_block_size"]

_LETTERS = "KMGTPEZY"
_BLOCK = 4096


def human(size: int, *, si: bool = False) -> str:
    """Write a size with one letter: 512, 4.0K, 12M; rounded up, at most one decimal."""
    base = 1000 if si else 1024
    if size < base:
        return str(size)
    unit = base
    letter = 0
    while size >= unit * base and letter < len(_LETTERS) - 1:
        unit *= base
        letter += 1
    tenths = -(-size * 10 // unit)
    if tenths >= 100:
        whole = -(-size // unit)
        if whole < base or letter == len(_LETTERS) - 1:
            return f"{whole}{_name(letter, si=si)}"
        return f"1.0{_name(letter + 1, si=si)}"
    return f"{tenths // 10}.{tenths % 10}{_name(letter, si=si)}"


def _name(letter: int, *, si: bool) -> str:
    return "k" if si and letter == 0 else _LETTERS[letter]


def blocks_of(found: Stat) -> int:
    """Give the blocks of 512 bytes that a file takes on the disk; elsewhere it takes none."""
    if found.device != 1 or found.mode & S_IFMT not in (S_IFREG, S_IFDIR):
        return 0
    return -(-found.size // _BLOCK) * (_BLOCK // 512)


def parse_block_size(text: str) -> tuple[int, str] | None:
    """Read a block size such as "1M", "KB" or "4096".

    Returns:
        Bytes, and the suffix that numbers get if the text was a bare unit; None if it is wrong.
    """
    from vshell.usr._numbers import parse_count  # noqa: PLC0415 - only with --block-size

    value = parse_count(text)
    if not value:
        return None
    bare = text[:1].isalpha()
    return value, text.removesuffix("iB") if bare else ""
