"""Quoting: texts in forms that the shell reads back as they are."""

from __future__ import annotations

__all__ = ["ansi_quote", "double_quote", "has_controls", "quote", "single_quote"]

_SPECIAL = " \t\n!\"#$&'()*;<>?[\\]^`{|}~"
_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\E",
    "\\": "\\\\",
    "'": "\\'",
}


def _is_control(letter: str) -> bool:
    return ord(letter) < 32 or ord(letter) == 127 or "\udc80" <= letter <= "\udcff"


def has_controls(text: str) -> bool:
    """Tell whether a text needs $'...'."""
    return any(_is_control(letter) for letter in text)


def ansi_quote(text: str) -> str:
    """Write a text as $'...'."""
    out = []
    for letter in text:
        if letter in _ESCAPES:
            out.append(_ESCAPES[letter])
        elif _is_control(letter):
            out.append(f"\\{ord(letter) & 0xFF:03o}")
        else:
            out.append(letter)
    return "$'" + "".join(out) + "'"


def single_quote(text: str) -> str:
    """Write a text between single quotes, as ${x@Q} does."""
    if has_controls(text):
        return ansi_quote(text)
    return "'" + text.replace("'", "'\\''") + "'"


def double_quote(text: str) -> str:
    """Write a text between double quotes, as declare -p does."""
    if has_controls(text):
        return ansi_quote(text)
    for letter in '\\"$`':
        text = text.replace(letter, "\\" + letter)
    return f'"{text}"'


def quote(text: str) -> str:
    """Quote a text if it needs that, as ``set`` and ``set -x`` do."""
    if has_controls(text):
        return ansi_quote(text)
    if text and not any(letter in _SPECIAL for letter in text):
        return text
    if (
        text
        and text[0] not in "~#"
        and all(letter not in _SPECIAL or letter in "~#" for letter in text)
    ):
        return text
    return "'" + text.replace("'", "'\\''") + "'"
