"""Quoting of names in messages, as GNU programs do it in a UTF-8 locale.

Source: gnulib's quotearg, as coreutils 9.1 uses it.
"""

from __future__ import annotations

__all__ = ["c_escaped", "is_printable", "quote", "quoteaf", "quotef", "shell_quoted"]

_C_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}
# These make quotes necessary; those of the second set may stand between double quotes too.
_SPECIAL = frozenset("!\"$&()*;<=>[^`|?\\'")
_SOFT = frozenset(" '")
_CLOSING = "\u2019"


def is_printable(letter: str) -> bool:
    """Tell whether a character may be shown on a terminal as it is."""
    code = ord(letter)
    return 0x20 <= code < 0x7F or (code > 0x9F and not 0xD800 <= code < 0xE000)


def _octal(letter: str) -> str:
    data = letter.encode("utf-8", "surrogateescape")
    return "".join(f"\\{byte:03o}" for byte in data)


def c_escaped(text: str, also: str = "") -> str:
    """Escape what is not printable as in C, and the backslash; ``also`` gets a backslash too."""
    out = []
    for letter in text:
        if letter == "\\" or letter in also:
            out.append("\\" + letter)
        elif letter in _C_ESCAPES:
            out.append(_C_ESCAPES[letter])
        else:
            out.append(letter if is_printable(letter) else _octal(letter))
    return "".join(out)


def quote(text: str) -> str:
    """Quote a word of the user's, between typographic quotes as in any UTF-8 locale."""
    return f"\u2018{c_escaped(text, _CLOSING)}\u2019"


def quoteaf(text: str) -> str:
    """Quote a file's name, always: 'name'."""
    return shell_quoted(text, always=True)


def quotef(text: str) -> str:
    """Quote a file's name before a colon where it needs it."""
    return shell_quoted(text, always=False, colon=True)


def shell_quoted(text: str, *, always: bool = False, colon: bool = False) -> str:
    """Quote so that a shell reads the same name again.

    Args:
        text: a name.
        always: whether plain names are quoted too.
        colon: whether a colon needs quotes.
    """
    if not always and text and not _needs_quotes(text, colon=colon):
        return text
    if "'" in text and not any(_is_hard(letter, index) for index, letter in enumerate(text)):
        return f'"{text}"'
    out = ["'"]
    escaping = False
    for letter in text:
        if not is_printable(letter):
            if not escaping:
                out.append("'$'")
            out.append(_C_ESCAPES.get(letter) or _octal(letter))
            escaping = True
            continue
        if escaping and letter != "'":
            out.append("''")
        escaping = False
        out.append("'\\''" if letter == "'" else letter)
    return "".join([*out, "'"])


# Whether a character may not stand between double quotes.
def _is_hard(letter: str, index: int) -> bool:
    if letter in "{}" or (letter in "#~" and index):
        return True
    return (letter in _SPECIAL and letter not in _SOFT) or not is_printable(letter)


def _needs_quotes(text: str, *, colon: bool) -> bool:
    if text[0] in "#~" or text in ("{", "}"):
        return True
    return any(
        letter in _SPECIAL or letter == " " or not is_printable(letter) or (colon and letter == ":")
        for letter in text
    )
