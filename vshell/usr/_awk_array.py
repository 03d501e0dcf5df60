"""Arrays of awk, whose elements come in the order in which mawk's come.

mawk keeps an array in a table of hash buckets. Each element stands in the bucket of its index's
text, once anybody has asked by text, and in one of its integer if it is used by that; one that is
found or made moves to the front of its bucket. There are 64 buckets, and twice as many when there
are more than twelve elements a bucket.

Source: mawk 1.3.4 20200120, as its ``for (k in a)`` shows
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Value = float | str | None

__all__ = ["Array"]

_BUCKETS = 64
_BUCKET_ELEMENTS = 12
_FNV_BASE, _FNV_PRIME = 0x811C9DC5, 0x01000193
_MASK32 = 0xFFFFFFFF


def _hash(text: str) -> int:
    value = _FNV_BASE
    for letter in text:
        value = (value ^ ord(letter)) * _FNV_PRIME & _MASK32
    return value


class Array:
    """Values by the text of their indices."""

    __slots__ = ("_buckets", "_clock", "_has_text", "_integers", "_texts", "values")

    def __init__(self) -> None:
        """Make an empty one."""
        self.values: dict[str, Value] = {}
        self.clear()

    def clear(self) -> None:
        """Remove everything."""
        self.values.clear()
        self._texts: dict[str, int] = {}
        self._integers: dict[str, int] = {}
        self._has_text = False
        self._buckets = _BUCKETS
        self._clock = 0

    def fill(self, parts: list[Value]) -> None:
        """Hold these, from index 1 on, and nothing else."""
        self.clear()
        for number, part in enumerate(parts, 1):
            key = str(number)
            self.values[key] = part
            self._integers[key] = number
        self._clock = len(parts)
        self._grow()

    def _grow(self) -> None:
        while len(self.values) > self._buckets * _BUCKET_ELEMENTS:
            self._buckets *= 2

    def touch(self, key: str, *, is_integer: bool) -> None:
        """Note that an element is used by its integer, or by its text; make it if need be."""
        self._clock += 1
        is_new = key not in self.values
        if is_new:
            self.values[key] = None
        if is_integer and not is_new and key in self._integers:
            self._integers[key] = self._clock
        elif is_integer:
            self._integers[key] = self._clock
            if self._has_text:
                self._texts[key] = self._clock
        else:
            self._need_text()
            self._texts[key] = self._clock
        if is_new:
            self._grow()

    # Every element gets a place by its text; within a bucket the last that comes is the first.
    def _need_text(self) -> None:
        if self._has_text:
            return
        self._has_text = True
        mask = self._buckets - 1
        for key in sorted(self._integers, key=lambda key: (int(key) & mask, -self._integers[key])):
            self._texts[key] = self._clock
            self._clock += 1

    def has(self, key: str, *, is_integer: bool) -> bool:
        """Tell whether there is such an element; that is a use, too."""
        if key not in self.values:
            return False
        self.touch(key, is_integer=is_integer)
        return True

    def remove(self, key: str) -> None:
        """Remove an element, if there is one."""
        if key in self.values:
            del self.values[key]
            self._texts.pop(key, None)
            self._integers.pop(key, None)
            if not self.values:
                self.clear()

    def ordered(self) -> list[str]:
        """List the indices in the order of a loop."""
        self._need_text()
        mask = self._buckets - 1
        order = self._texts
        return sorted(self.values, key=lambda key: (_hash(key) & mask, -order.get(key, 0)))
