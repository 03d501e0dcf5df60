"""depmod: an index as libkmod looks it up: a trie of keys, each with values by priority.

A file begins with two magic words and the place of the root. A node is written behind its children:
the rest of the key that all below it share, the first and last letter of its children with the
place of each, and its values. The upper bits of a place say which of these a node has. Numbers are
big-endian.

Source: libkmod-index.h, kmod 30; checked against files that depmod wrote.
"""

from __future__ import annotations

__all__ = ["write_index"]

_MAGIC, _VERSION = 0xB007F457, 0x00020001
_PREFIX, _VALUES, _CHILDREN = 0x80000000, 0x40000000, 0x20000000
_HEAD_BYTES = 12


def write_index(entries: list[tuple[str, int, str]]) -> bytes:
    """Write an index.

    Args:
        entries: key, priority and value of each; of several for one key, the least comes first.
    """
    out = bytearray()
    root = _write_node(out, sorted(entries, key=lambda entry: entry[:2]), is_root=True)
    return _words(_MAGIC, _VERSION, root) + bytes(out)


def _words(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in numbers)


# Writes what is below a node, then the node; gives its place. The root never has a prefix.
def _write_node(
    out: bytearray, entries: list[tuple[str, int, str]], *, is_root: bool = False
) -> int:
    prefix = "" if is_root else _shared(entries[0][0], entries[-1][0])
    values = [(priority, value) for key, priority, value in entries if key == prefix]
    below: dict[str, list[tuple[str, int, str]]] = {}
    for key, priority, value in entries:
        if key != prefix:
            letter, rest = key[len(prefix)], key[len(prefix) + 1 :]
            below.setdefault(letter, []).append((rest, priority, value))
    places = {letter: _write_node(out, inner) for letter, inner in below.items()}
    place = _HEAD_BYTES + len(out)
    if prefix:
        out += prefix.encode() + b"\0"
        place |= _PREFIX
    if places:
        first, last = ord(min(places)), ord(max(places))
        out += bytes([first, last])
        out += _words(*(places.get(chr(code), 0) for code in range(first, last + 1)))
        place |= _CHILDREN
    if values:
        out += _words(len(values))
        for priority, value in values:
            out += _words(priority) + value.encode() + b"\0"
        place |= _VALUES
    return place


# What the first and the last of sorted keys begin with, all between them do too.
def _shared(first: str, last: str) -> str:
    for position, letter in enumerate(first):
        if last[position : position + 1] != letter:
            return first[:position]
    return first
