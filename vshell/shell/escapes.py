"""Backslash escapes: those of $'...', of echo -e and of printf."""

from __future__ import annotations

__all__ = ["ansi_c"]

_SIMPLE = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}


def ansi_c(text: str) -> str:
    """Replace the escapes of $'...' by the characters they stand for."""
    out = []
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter != "\\" or position >= len(text):
            out.append(letter)
            continue
        letter = text[position]
        position += 1
        if letter in _SIMPLE:
            out.append(_SIMPLE[letter])
        elif letter in "xuU":
            width = {"x": 2, "u": 4, "U": 8}[letter]
            digits = _digits(text, position, width, "0123456789abcdefABCDEF")
            position += len(digits)
            out.append(_character(int(digits, 16), byte=letter == "x") if digits else "\\" + letter)
        elif letter in "01234567":
            digits = _digits(text, position - 1, 3, "01234567")
            position += len(digits) - 1
            out.append(_character(int(digits, 8) & 0xFF, byte=True))
        elif letter == "c" and position < len(text):
            out.append(chr(ord(text[position]) & 0x1F))
            position += 1
        else:
            out.append("\\" + letter)
    # A zero ends the text, as it does in C.
    return "".join(out).partition("\0")[0]


def _digits(text: str, position: int, most: int, allowed: str) -> str:
    end = position
    while end < len(text) and end - position < most and text[end] in allowed:
        end += 1
    return text[position:end]


# A byte beyond ASCII is kept as such, so that several of them can make a character of UTF-8.
def _character(value: int, *, byte: bool) -> str:
    if byte and value > 127:
        return bytes([value]).decode("utf-8", "surrogateescape")
    return chr(value)
