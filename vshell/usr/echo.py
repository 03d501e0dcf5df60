"""echo: print arguments.

Source: bash(1) builtin echo, 5.2; echo(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._program import Io, program

__all__ = ["main"]

_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_ESCAPES["\\"] = "\\"


@program
def main(io: Io, words: list[str]) -> int:
    """Print arguments, separated by spaces: ``echo [-neE] [TEXT...]``."""
    newline, escapes = True, False
    while words and len(words[0]) > 1 and words[0][0] == "-" and set(words[0][1:]) <= set("neE"):
        for letter in words.pop(0)[1:]:
            newline = newline and letter != "n"
            escapes = letter == "e" if letter in "eE" else escapes
    text = " ".join(words)
    if escapes:
        text, stopped = expand(text)
        newline = newline and not stopped
    io.out(text + ("\n" if newline else ""))
    return 0


def expand(text: str) -> tuple[str, bool]:
    r"""Replace echo's escapes; tell whether ``\c`` ended the output."""
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
        if letter == "c":
            return "".join(out), True
        if letter in _ESCAPES:
            out.append(_ESCAPES[letter])
        elif letter in "0x":
            allowed, base, most = (
                ("01234567", 8, 3) if letter == "0" else ("0123456789abcdefABCDEF", 16, 2)
            )
            digits = ""
            while (
                len(digits) < most and text[position : position + 1] and text[position] in allowed
            ):
                digits += text[position]
                position += 1
            value = int(digits, base) & 0xFF if digits else 0
            if letter == "x" and not digits:
                out.append("\\x")
            else:
                out.append(bytes([value]).decode("utf-8", "surrogateescape"))
        else:
            out.append("\\" + letter)
    return "".join(out), False
