"""In which order bash lists what it keeps in a hash table: by bucket, the newest first.

Source: bash 5.2, hashlib.c; the hash is FNV-1, of 32 bits.
"""

from __future__ import annotations

__all__ = ["ARRAY_BUCKETS", "COMMAND_BUCKETS", "SCOPE_BUCKETS", "hash_order"]

ARRAY_BUCKETS = 1024
"""How many buckets an associative array has, and the table of all variables."""
SCOPE_BUCKETS = 4
"""How many a function's variables have, and the assignments before a command."""
COMMAND_BUCKETS = 256
"""How many the table has in which ``hash`` remembers commands."""
_OFFSET, _PRIME = 2166136261, 16777619
# A table that holds twice as many entries as it has buckets gets four times as many buckets.
_FULL, _GROWTH = 2, 4


def hash_order(keys: list[str], buckets: int) -> list[str]:
    """Give keys in the order in which bash lists them.

    Args:
        keys: the oldest first.
        buckets: of a table that is still small.
    """
    table: list[list[str]] = [[] for _ in range(buckets)]
    for count, key in enumerate(keys):
        if count >= len(table) * _FULL:
            table = _grown(table)
        table[_bucket(key, len(table))].insert(0, key)
    return [key for bucket in table for key in bucket]


# Every entry goes to the head of its new bucket.
def _grown(table: list[list[str]]) -> list[list[str]]:
    larger: list[list[str]] = [[] for _ in range(len(table) * _GROWTH)]
    for bucket in table:
        for key in bucket:
            larger[_bucket(key, len(larger))].insert(0, key)
    return larger


def _bucket(key: str, buckets: int) -> int:
    value = _OFFSET
    for byte in key.encode("utf-8", "surrogateescape"):
        # A char is signed.
        value = (value * _PRIME & 0xFFFFFFFF) ^ (byte if byte < 0x80 else byte | 0xFFFFFF00)
    return value & (buckets - 1)
