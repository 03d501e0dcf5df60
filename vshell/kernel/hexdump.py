"""Bytes as lines of hexadecimal digits, as print_hex_dump() writes them.

Source: lib/hexdump.c (v6.1). Real: 19-printk-formats.
"""

from __future__ import annotations

__all__ = ["hex_dump_lines"]


def hex_dump_lines(data: bytes, row_size: int, group_size: int, *, text: bool) -> list[str]:
    """Write data as rows of groups.

    Args:
        data: what is shown.
        row_size: 16 or 32 bytes; any other is 16.
        group_size: 1, 2, 4 or 8 bytes, read as one little-endian number; any other is 1.
        text: whether the characters follow.

    Returns:
        One line per row.
    """
    row_size = row_size if row_size in (16, 32) else 16
    group_size = group_size if group_size in (1, 2, 4, 8) else 1
    return [
        _line(data[start : start + row_size], row_size, group_size, text=text)
        for start in range(0, len(data), row_size)
    ]


def _line(row: bytes, row_size: int, group_size: int, *, text: bool) -> str:
    size = 1 if len(row) % group_size else group_size
    groups = [row[start : start + size][::-1].hex() for start in range(0, len(row), size)]
    line = " ".join(groups)
    if not text:
        return line
    column = row_size * 2 + row_size // size + 1
    shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
    return line.ljust(column) + shown
