"""sscanf's conversions: the kernel's vsscanf(), not C's.

Source: lib/vsprintf.c (v6.1).
"""

from __future__ import annotations

__all__ = ["vsscanf"]

_SPACE = " \t\n\v\f\r"
_BASES = {"d": 10, "u": 10, "i": 0, "x": 16, "X": 16, "o": 8}
_WIDTHS = {"hh": 8, "h": 16, "": 32, "l": 64, "ll": 64, "L": 64, "z": 64}


class _Scan:
    # The text that is read, and what has been found in it.
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.values: list[int | str] = []
        self.count = 0

    def skip_spaces(self) -> None:
        while self.text[self.position : self.position + 1] in tuple(_SPACE):
            self.position += 1

    def take_while(self, accepted: str, width: int, *, refused: bool = False) -> str:
        start = self.position
        while self.position < len(self.text) and self.position - start < width:
            if (self.text[self.position] in accepted) == refused:
                break
            self.position += 1
        return self.text[start : self.position]

    def found(self, value: int | str) -> bool:
        self.values.append(value)
        self.count += 1
        return True


def vsscanf(text: str, template: str) -> tuple[int, list[int | str]]:
    """Read values out of a text.

    Args:
        text: what is read.
        template: whitespace stands for any of it, other characters for themselves.

    Returns:
        How many conversions were assigned, and their values; %n gives one and does not count.
    """
    scan = _Scan(text)
    position = 0
    while position < len(template):
        letter = template[position]
        if letter in _SPACE:
            scan.skip_spaces()
            position += 1
        elif letter != "%":
            if text[scan.position : scan.position + 1] != letter:
                break
            scan.position += 1
            position += 1
        else:
            position, good = _convert(scan, template, position + 1)
            if not good:
                break
    return scan.count, scan.values


# One conversion; the position behind it, and whether reading goes on.
def _convert(scan: _Scan, template: str, position: int) -> tuple[int, bool]:
    left_out = template[position : position + 1] == "*"
    position += left_out
    start = position
    while template[position : position + 1].isdigit():
        position += 1
    width = int(template[start:position] or "0") or -1
    start = position
    while template[position : position + 1] and template[position] in "hlLz":
        position += 1
    modifier = template[start:position]
    letter = template[position : position + 1]
    position += 1
    if left_out:
        # Linux: what is not wanted is a word, whatever its conversion says.
        scan.take_while(_SPACE, len(scan.text), refused=True)
        return position, True
    if letter == "n":
        scan.values.append(scan.position)
        return position, True
    if letter == "%":
        good = scan.text[scan.position : scan.position + 1] == "%"
        scan.position += good
        return position, good
    if letter == "[":
        return _convert_set(scan, template, position, width)
    if scan.position >= len(scan.text):
        return position, False
    if letter == "c":
        return position, scan.found(scan.take_while("", max(width, 1), refused=True))
    if letter == "s":
        scan.skip_spaces()
        limit = width if width > 0 else len(scan.text)
        return position, scan.found(scan.take_while(_SPACE, limit, refused=True))
    if letter not in _BASES:
        return position, False
    return position, _convert_number(scan, letter, modifier, width)


# %[abc], %[^abc]; Linux asks for a width.
def _convert_set(scan: _Scan, template: str, position: int, width: int) -> tuple[int, bool]:
    inverted = template[position : position + 1] == "^"
    start = position + inverted
    end = template.find("]", start)
    if end < 0 or width < 0:
        return position, False
    word = scan.take_while(template[start:end], width, refused=inverted)
    return end + 1, bool(word) and scan.found(word)


def _convert_number(scan: _Scan, letter: str, modifier: str, width: int) -> bool:
    scan.skip_spaces()
    end = len(scan.text) if width < 0 else min(len(scan.text), scan.position + width)
    text = scan.text[scan.position : end]
    negative = letter in "di" and text.startswith("-")
    digits = text[negative:]
    base = _BASES[letter]
    prefix = 0
    if base in (0, 16) and digits[:2].lower() == "0x" and digits[2:3].lower() in _digits(16):
        base, prefix = 16, 2
    elif base == 0:
        base = 8 if digits.startswith("0") else 10
    length = prefix
    while length < len(digits) and digits[length].lower() in _digits(base):
        length += 1
    if length == prefix:
        return False
    value = int(digits[prefix:length], base)
    bits = _WIDTHS.get(modifier, 64)
    value = (-value if negative else value) & ((1 << bits) - 1)
    if letter in "di" and value >> (bits - 1):
        value -= 1 << bits
    scan.position += negative + length
    return scan.found(value)


def _digits(base: int) -> tuple[str, ...]:
    return tuple("0123456789abcdef"[:base])
