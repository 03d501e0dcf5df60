"""The types od can show bytes as: characters, integers and floating-point numbers.

Source: od(1), coreutils 9.1
Differs: there is no long double.
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Column", "TypeError_", "columns_of"]

_NAMES = (
    *("nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr"),
    *("so", "si", "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub"),
    *("esc", "fs", "gs", "rs", "us", "sp"),
)
_ESCAPES = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
_SIZES = {"C": 1, "S": 2, "I": 4, "L": 8}
_FLOAT_SIZES = {"F": 4, "D": 8}
_WIDTHS = {
    "o": {1: 3, 2: 6, 4: 11, 8: 22},
    "d": {1: 4, 2: 6, 4: 11, 8: 20},
    "u": {1: 3, 2: 5, 4: 10, 8: 20},
    "x": {1: 2, 2: 4, 4: 8, 8: 16},
    "f": {4: 15, 8: 24},
}


class TypeError_(Exception):  # noqa: N801 - TypeError is Python's
    """A type string is wrong; the text is od's."""


class Column:
    """One way to show the bytes of a line: ``size`` bytes a field of ``width`` characters."""

    def __init__(self, kind: str, size: int, *, trailer: bool, big_endian: bool) -> None:
        """Make the column of a type.

        Args:
            kind: a, c, d, f, o, u or x.
            size: the bytes of one field.
            trailer: whether the line's printable characters follow.
            big_endian: whether the first byte of a field counts most.
        """
        self.size = size
        self.trailer = trailer
        self.width = _WIDTHS[kind][size] if kind in _WIDTHS else 3
        self.shown = _writer(kind, size, self.width, "big" if big_endian else "little")


def columns_of(text: str, quoted: str, *, big_endian: bool) -> list[Column]:
    """Read a type string, such as "x1z" or "dSc".

    Raises:
        TypeError_: it is wrong.
    """
    out = []
    position = 0
    while position < len(text):
        kind = text[position]
        position += 1
        size = 1
        if kind in "doux":
            size, position = _size(text, position, _SIZES, 4, quoted, "integral")
        elif kind == "f":
            size, position = _size(text, position, _FLOAT_SIZES, 8, quoted, "floating point")
        elif kind not in "ac":
            raise TypeError_(f"invalid character '{kind}' in type string {quoted}")
        trailer = text[position : position + 1] == "z"
        position += trailer
        out.append(Column(kind, size, trailer=trailer, big_endian=big_endian))
    return out


def _size(
    text: str, position: int, letters: dict[str, int], default: int, quoted: str, what: str
) -> tuple[int, int]:
    letter = text[position : position + 1]
    if letter in letters:
        return letters[letter], position + 1
    start = position
    while text[position : position + 1].isdigit():
        position += 1
    if position == start:
        return default, position
    size = int(text[start:position])
    if size not in letters.values():
        detail = f"this system doesn't provide a {size}-byte {what} type"
        raise TypeError_(f"invalid type string {quoted};\n{detail}")
    return size, position


def _writer(kind: str, size: int, width: int, order: str) -> Callable[[bytes], str]:
    little = order == "little"
    if kind == "a":
        return lambda data: _named(data[0] & 0x7F)
    if kind == "c":
        return lambda data: _character(data[0])
    if kind == "f":
        code = ("<" if little else ">") + ("f" if size == 4 else "d")
        return lambda data: _shortest(struct.unpack(code, data)[0], size)
    signed = kind == "d"
    template = {"o": f"0{width}o", "x": f"0{width}x"}.get(kind, "d")
    endian: str = "little" if little else "big"

    def number(data: bytes) -> str:
        value = int.from_bytes(data, endian, signed=signed)  # type: ignore[arg-type]
        return format(value, template)

    return number


def _named(code: int) -> str:
    if code == 127:
        return "del"
    return _NAMES[code] if code <= 32 else chr(code)


def _character(code: int) -> str:
    if code in _ESCAPES:
        return _ESCAPES[code]
    return chr(code) if 32 <= code < 127 else f"{code:03o}"


# As few digits as give the same number again.
def _shortest(value: float, size: int) -> str:
    first, last = (6, 9) if size == 4 else (15, 17)
    smallest = 2.0**-126 if size == 4 else 2.0**-1022
    if value and abs(value) < smallest:
        first = 1
    code = "f" if size == 4 else "d"
    for digits in range(first, last):
        text = f"{value:.{digits}g}"
        again = float(text)
        if struct.pack(code, again) == struct.pack(code, value):
            return text
    return f"{value:.{last}g}"
