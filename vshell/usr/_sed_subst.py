"""The right side of sed's ``s`` command, and the escapes of scripts.

Source: sed(1), GNU sed 4.9
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from vshell.usr._regex import Regex

__all__ = ["Replacement", "substitute", "unescape_regex", "unescape_text"]

_ESCAPES = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NUMBERS = {"d": (10, 3), "o": (8, 3), "x": (16, 2)}


# Read an escape that stands for a character; give it and how long the escape is, ("", 0) if it is
# none.
def _character(text: str, position: int) -> tuple[str, int]:
    letter = text[position : position + 1]
    if letter in _ESCAPES and letter:
        return _ESCAPES[letter], 1
    if letter == "c" and position + 1 < len(text):
        return chr(ord(text[position + 1].upper()) ^ 0x40 & 0x7F), 2
    if letter in _NUMBERS and letter:
        base, most = _NUMBERS[letter]
        digits = ""
        for digit in text[position + 1 : position + 1 + most]:
            if digit not in "0123456789abcdefABCDEF"[: {8: 8, 10: 10, 16: 22}[base]]:
                break
            digits += digit
        if digits:
            value = bytes([int(digits, base) & 0xFF])
            return value.decode("utf-8", "surrogateescape"), 1 + len(digits)
    return "", 0


def unescape_regex(text: str, *, plain: bool = False) -> str:
    """Replace the escapes of a pattern that stand for characters.

    Args:
        text: a pattern.
        plain: whether it is no pattern but a list of characters.
    """
    out = []
    position = 0
    in_brackets = False
    while position < len(text):
        letter = text[position]
        position += 1
        if letter == "[" and not in_brackets and not plain:
            in_brackets = True
            start = position
            position += text[position : position + 1] == "^"
            position += text[position : position + 1] == "]"
            out.append("[" + text[start:position])
            continue
        if letter == "[" and in_brackets and text[position : position + 1] in (":", ".", "="):
            end = text.find(text[position] + "]", position + 1)
            end = end + 2 if end >= 0 else len(text)
            out.append("[" + text[position:end])
            position = end
            continue
        in_brackets = in_brackets and letter != "]"
        if letter != "\\":
            out.append(letter)
            continue
        found, length = _character(text, position)
        if length:
            position += length
            out.append(found)
        elif in_brackets:
            out.append("\\")
        else:
            out.append("\\" + text[position : position + 1])
            position += 1
    return "".join(out)


def unescape_text(text: str) -> str:
    """Replace the escapes in the text of a, i and c; other backslashes fall away."""
    out = []
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter == "\\":
            found, length = _character(text, position)
            if not length:
                found, length = text[position : position + 1], 1
            out.append(found)
            position += length
        else:
            out.append(letter)
    return "".join(out)


class Replacement:
    """What an ``s`` command puts in the place of a match, and its flags."""

    __slots__ = (
        "everywhere",
        "execute",
        "highest",
        "number",
        "parts",
        "print",
        "regex",
    )

    def __init__(self, text: str) -> None:
        """Read the right side.

        Args:
            text: what stood between the second and the third delimiter.
        """
        self.regex: Regex | None = None
        self.everywhere = False
        self.execute = False
        self.print = False
        self.number = 0
        self.highest = 0
        # Text, the number of a group, or a change of case as a tuple of its letter.
        self.parts: list[str | int | tuple[str]] = []
        self._read(text)

    def _read(self, text: str) -> None:
        position = 0
        literal = ""
        while position < len(text):
            letter = text[position]
            position += 1
            part: str | int | tuple[str] | None = None
            if letter == "&":
                part = 0
            elif letter == "\\" and position < len(text):
                letter = text[position]
                position += 1
                if letter.isdigit():
                    part = int(letter)
                    self.highest = max(self.highest, part)
                elif letter in "LUElu":
                    part = (letter,)
                else:
                    found, length = _character(text, position - 1)
                    position += max(length - 1, 0)
                    literal += found if length else letter
                    continue
            if part is None:
                literal += letter
                continue
            self.parts += [literal, part] if literal else [part]
            literal = ""
        if literal:
            self.parts.append(literal)

    def expand(self, found: re.Match[str]) -> str:
        """Give what replaces a match."""
        out = []
        mode = once = ""
        for part in self.parts:
            if isinstance(part, tuple):
                if part[0] in "lu":
                    once = part[0]
                else:
                    mode, once = part[0], once if part[0] != "E" else ""
                continue
            text = part if isinstance(part, str) else found.group(part) or ""
            if mode in ("L", "U"):
                text = text.lower() if mode == "L" else text.upper()
            if once and text:
                text = (text[0].upper() if once == "u" else text[0].lower()) + text[1:]
                once = ""
            out.append(text)
        return "".join(out)


def substitute(replacement: Replacement, regex: Regex, text: str) -> tuple[str, bool]:
    """Replace matches; give the new text and whether there was one to replace."""
    out = []
    position = copied = count = 0
    ended = -1
    replaced = False
    while position <= len(text):
        found = regex.search(text, position)
        if found is None:
            break
        start, end = found.span()
        # An empty match right behind another one does not count.
        if not (start == end == ended):
            count += 1
            if count >= (replacement.number or 1):
                out += [text[copied:start], replacement.expand(found)]
                copied = end
                replaced = True
                if not replacement.everywhere:
                    break
        ended = end
        position = end + (start == end)
    return "".join([*out, text[copied:]]), replaced
