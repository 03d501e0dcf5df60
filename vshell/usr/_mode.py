"""Permissions: as letters, and as chmod takes them.

Source: chmod(1), coreutils 9.1; gnulib's filemode and modechange
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[int, bool], int]

__all__ = ["mode_text", "parse_mode"]

_KINDS = {
    0o140000: "s",
    0o120000: "l",
    0o100000: "-",
    0o060000: "b",
    0o040000: "d",
    0o020000: "c",
    0o010000: "p",
}
_WHO = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}


def mode_text(mode: int) -> str:
    """Write a mode as ls does, such as "drwxr-xr-x"."""
    out = _KINDS.get(mode & 0o170000, "?")
    for shift, special, letters in ((6, 0o4000, "sS"), (3, 0o2000, "sS"), (0, 0o1000, "tT")):
        bits = mode >> shift
        out += "r" if bits & 4 else "-"
        out += "w" if bits & 2 else "-"
        if mode & special:
            out += letters[0] if bits & 1 else letters[1]
        else:
            out += "x" if bits & 1 else "-"
    return out


def parse_mode(text: str, umask: int) -> Change | None:
    """Read a mode, octal or symbolic.

    Args:
        text: such as "644" or "u+x,go-w".
        umask: what a clause without u, g, o, a leaves alone.

    Returns:
        A function from a mode and "is it a directory?" to the new permissions; None if the text
        is wrong.
    """
    if text.isascii() and text.isdigit():
        if text.strip("01234567") or int(text, 8) > 0o7777:
            return None
        value = int(text, 8)
        # Fewer than five digits leave a directory's set-id bits alone.
        kept = 0 if len(text) > 4 else 0o6000
        return lambda mode, is_dir: value | (mode & kept if is_dir else 0)
    clauses = [_clause(part) for part in text.split(",")]
    if any(clause is None for clause in clauses):
        return None

    def change(mode: int, is_dir: bool) -> int:  # noqa: FBT001 - as its type says
        mode &= 0o7777
        for clause in clauses:
            assert clause is not None
            mode = _apply(mode, clause, is_dir=is_dir, umask=umask)
        return mode

    return change


# "ug+rw=x" as the letters before and a list of (operator, permissions).
def _clause(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    rest = text.lstrip("ugoa")
    who = text[: len(text) - len(rest)]
    actions = []
    while rest:
        operator, rest = rest[0], rest[1:]
        if operator not in "+-=":
            return None
        following = rest.lstrip("rwxXst")
        letters = rest[: len(rest) - len(following)]
        if not letters and following[:1] in ("u", "g", "o") and following[:1]:
            letters, following = following[0], following[1:]
        elif not letters and following[:1] in tuple("01234567"):
            return None
        actions.append((operator, letters))
        rest = following
    return (who, actions) if actions else None


def _apply(
    mode: int, clause: tuple[str, list[tuple[str, str]]], *, is_dir: bool, umask: int
) -> int:
    who, actions = clause
    affected = 0
    for letter in who or "a":
        affected |= _WHO[letter]
    for operator, letters in actions:
        value = _value(mode, letters, is_dir=is_dir) & affected
        if not who:
            value &= ~umask
        if operator == "+":
            mode |= value
        elif operator == "-":
            mode &= ~value
        else:
            cleared = affected & ~(0o6000 if is_dir and "s" not in letters else 0)
            mode = (mode & ~cleared) | value
    return mode


def _value(mode: int, letters: str, *, is_dir: bool) -> int:
    value = 0
    for letter in letters:
        if letter == "X":
            value |= 0o111 if is_dir or mode & 0o111 else 0
        elif letter in "ugo":
            shift = {"u": 6, "g": 3, "o": 0}[letter]
            value |= (mode >> shift & 7) * 0o111
        else:
            value |= _BITS[letter]
    return value
