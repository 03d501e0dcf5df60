"""The order of versions: file-9 before file-10.

Source: gnulib's filevercmp, coreutils 9.1 ("Version sort ordering" in its manual)
"""

from __future__ import annotations

__all__ = ["compare_versions", "version_key"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def version_key(data: bytes) -> Any:
    """Give a key for sorting by version."""
    from functools import cmp_to_key  # noqa: PLC0415 - with -V and -v only

    return cmp_to_key(compare_versions)(data)


def compare_versions(a: bytes, b: bytes) -> int:
    """Tell whether a comes before (negative), with (0) or after (positive) b."""
    if not a or not b:
        return len(a) - len(b)
    # Hidden files come first, and "." and ".." before them.
    if a[:1] == b"." or b[:1] == b".":
        if a[:1] != b[:1]:
            return -1 if a[:1] == b"." else 1
        for name in (b".", b".."):
            if name in (a, b):
                return (a != name) - (b != name)
    short_a, short_b = _without_suffix(a), _without_suffix(b)
    result = _compare(short_a, short_b)
    if result or (len(short_a) == len(a) and len(short_b) == len(b)):
        return result
    return _compare(a, b)


# Cut off what looks like (\.[A-Za-z~][A-Za-z0-9~]*)*$.
def _without_suffix(data: bytes) -> bytes:
    cut = len(data)
    while True:
        dot = data.rfind(b".", 0, cut)
        tail = data[dot + 1 : cut]
        if dot <= 0 or not tail or not (tail[:1].isalpha() or tail[:1] == b"~"):
            return data[:cut]
        if not tail.replace(b"~", b"a").isalnum():
            return data[:cut]
        cut = dot


def _weight(byte: int) -> int:
    if 48 <= byte <= 57:
        return 0
    if byte == 126:
        return -2
    letter = 65 <= byte <= 90 or 97 <= byte <= 122
    return byte if letter else byte + 256


def _compare(a: bytes, b: bytes) -> int:
    i = j = 0
    while i < len(a) or j < len(b):
        while (i < len(a) and not a[i : i + 1].isdigit()) or (
            j < len(b) and not b[j : j + 1].isdigit()
        ):
            # The end comes after "~" and before everything else.
            one = _weight(a[i]) if i < len(a) else -1
            two = _weight(b[j]) if j < len(b) else -1
            if one != two:
                return one - two
            i += 1
            j += 1
        start_i, start_j = i, j
        while a[i : i + 1].isdigit():
            i += 1
        while b[j : j + 1].isdigit():
            j += 1
        one = int(a[start_i:i] or b"0")
        two = int(b[start_j:j] or b"0")
        if one != two:
            return one - two
    return 0
