"""Keys of sort: which part of a line counts, and how it is compared.

Source: sort(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Key", "ordering", "read_key"]

_BLANKS = b" \t\n"
_MONTHS = {
    name: number
    for number, name in enumerate(b"JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)
}
_INVERTED = bytes.maketrans(b"0123456789", b"9876543210")
_UNITS = {letter: number for number, letter in enumerate(b"kMGTPEZY", 1)} | {ord("K"): 1}


class Key:
    """One sort key; fields and characters count from 0 here."""

    def __init__(self, flags: str, separator: bytes | None) -> None:
        """Make a key that is the whole line."""
        self.flags = flags
        self.separator = separator
        self.field = 0
        self.character = 0
        self.skip_start = "b" in flags
        self.end_field: int | None = None
        self.end_character = 0
        self.skip_end = "b" in flags

    def part(self, line: bytes) -> bytes:
        """Cut the key out of a line."""
        start = self._start(line)
        end = len(line) if self.end_field is None else self._end(line, self.end_field)
        return line[start : max(start, end)]

    def _start(self, line: bytes) -> int:
        position = self._skip_fields(line, self.field)
        if self.skip_start:
            position = _skip_blanks(line, position)
        return min(len(line), position + self.character)

    def _end(self, line: bytes, field: int) -> int:
        if not self.end_character:
            # To the end of the field, without the separator.
            position = self._skip_fields(line, field)
            return self._field_end(line, position)
        position = self._skip_fields(line, field)
        if self.skip_end:
            position = _skip_blanks(line, position)
        return min(len(line), position + self.end_character)

    def _skip_fields(self, line: bytes, count: int) -> int:
        position = 0
        for _ in range(count):
            if position >= len(line):
                break
            position = self._field_end(line, position)
            if self.separator is not None and position < len(line):
                position += 1
        return position

    def _field_end(self, line: bytes, position: int) -> int:
        if self.separator is not None:
            found = line.find(self.separator, position)
            return len(line) if found < 0 else found
        position = _skip_blanks(line, position)
        while position < len(line) and line[position] not in _BLANKS:
            position += 1
        return position


def _skip_blanks(line: bytes, position: int) -> int:
    while position < len(line) and line[position] in _BLANKS:
        position += 1
    return position


def read_key(text: str, shared: str, separator: bytes | None) -> Key:
    """Read what stands behind -k, such as "2,2n".

    Args:
        text: "FIELD[.CHARACTER][FLAGS][,FIELD[.CHARACTER][FLAGS]]".
        shared: the flags of the command line, for keys without any.
        separator: of fields.

    Raises:
        ValueError: with sort's complaint.
    """
    key = Key("", separator)
    field, rest = _number(text, "field start")
    if field == 0:
        raise ValueError(f"field number is zero: invalid field specification {quote(text)}")
    key.field = field - 1
    if rest.startswith("."):
        character, rest = _number(rest[1:], ".")
        if character == 0:
            raise ValueError(f"character offset is zero: invalid field specification {quote(text)}")
        key.character = character - 1
    start_flags, rest = _flags(rest)
    end_flags = ""
    if rest.startswith(","):
        field, rest = _number(rest[1:], ",")
        if field == 0:
            raise ValueError(f"field number is zero: invalid field specification {quote(text)}")
        key.end_field = field - 1
        if rest.startswith("."):
            key.end_character, rest = _number(rest[1:], ".")
        end_flags, rest = _flags(rest)
    if rest:
        raise ValueError(
            f"stray character in field spec: invalid field specification {quote(text)}"
        )
    key.flags = start_flags + end_flags
    if not key.flags:
        key.flags = start_flags = end_flags = shared
    key.skip_start = "b" in start_flags
    key.skip_end = "b" in end_flags
    return key


def _number(text: str, after: str) -> tuple[int, str]:
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    if not digits:
        where = f"after '{after}'" if len(after) == 1 else f"at {after}"
        raise ValueError(f"invalid number {where}: invalid count at start of {quote(text)}")
    return int(digits), text[len(digits) :]


def _flags(text: str) -> tuple[str, str]:
    rest = text.lstrip("bdfghiMnRrV")
    return text[: len(text) - len(rest)], rest


def ordering(key: Key, salt: bytes) -> Callable[[bytes], Any]:
    """Give the function from a line to what is compared.

    Args:
        key: which part counts, and how.
        salt: what makes the order of -R differ from one run to the next.
    """
    flags = key.flags
    if "n" in flags:
        return lambda line: _numeric(key.part(line))
    if "h" in flags:
        return lambda line: _human(key.part(line))
    if "g" in flags:
        return lambda line: _general(key.part(line))
    if "M" in flags:
        return lambda line: _month(key.part(line))
    adjust = _adjustment(flags)
    if "R" in flags:
        from hashlib import md5  # noqa: PLC0415 - with -R only

        return lambda line: md5(salt + adjust(key.part(line)), usedforsecurity=False).digest()
    if "V" in flags:
        from vshell.usr._version_order import version_key  # noqa: PLC0415 - with -V only

        return lambda line: version_key(adjust(key.part(line)))
    return lambda line: adjust(key.part(line))


# -d, -i and -f: what is left out, and letters that are the same.
def _adjustment(flags: str) -> Callable[[bytes], bytes]:
    unwanted = b""
    if "d" in flags:
        unwanted = bytes(
            byte for byte in range(256) if byte not in b" \t" and not chr(byte).isalnum()
        )
        unwanted += bytes(range(128, 256))
    elif "i" in flags:
        unwanted = bytes([*range(32), *range(127, 256)])
    table = bytes(range(256)).upper() if "f" in flags else None
    if not unwanted and table is None:
        return lambda data: data
    return lambda data: data.translate(None, unwanted).translate(table)


# (sign, whole number, decimals) so that tuples compare as the numbers do.
def _numeric(data: bytes) -> tuple[int, int, bytes]:
    data = data.lstrip(b" \t\n")
    negative = data.startswith(b"-")
    data = data[1:] if negative else data
    whole = data[: len(data) - len(data.lstrip(b"0123456789"))]
    rest = data[len(whole) :]
    decimals = b""
    if rest.startswith(b"."):
        decimals = rest[1 : len(rest) - len(rest[1:].lstrip(b"0123456789"))].rstrip(b"0")
    number = int(whole or b"0")
    if not number and not decimals:
        return 0, 0, b""
    if negative:
        return -1, -number, decimals.translate(_INVERTED) + b":"
    return 1, number, decimals


def _human(data: bytes) -> tuple[int, int, int, bytes]:
    body = data.lstrip(b" \t\n")
    rest = body.removeprefix(b"-").lstrip(b"0123456789")
    rest = rest[1:].lstrip(b"0123456789") if rest.startswith(b".") else rest
    sign, number, decimals = _numeric(data)
    unit = _UNITS.get(rest[0], 0) if rest else 0
    return sign, (unit if sign >= 0 else -unit) if sign else 0, number, decimals


# Nonsense first, then not-a-number, then numbers.
def _general(data: bytes) -> tuple[int, float]:
    text = data.lstrip(b" \t\n").decode("latin-1")
    for end in range(len(text), 0, -1):
        body = text[:end]
        if body[-1].isspace() or "_" in body:
            continue
        try:
            value = float.fromhex(body) if "x" in body.lower() else float(body)
        except ValueError:
            continue
        except OverflowError:
            return 2, float("-inf" if body.startswith("-") else "inf")
        return (1, 0.0) if value != value else (2, value)  # noqa: PLR0124 - not a number
    return 0, 0.0


def _month(data: bytes) -> int:
    return _MONTHS.get(data.lstrip(b" \t\n")[:3].upper(), 0)
