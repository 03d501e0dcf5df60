"""Patterns: text against the shell's wildcards, and paths against files.

A pattern is a list of pieces ``(text, quoted)``; in a quoted piece every
character stands for itself.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from vshell.kernel.syscall import Sys

    Pieces = list[tuple[str, bool]]

__all__ = ["has_wildcards", "match", "match_prefix", "match_suffix", "paths_matching", "tokens_of"]

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "alnum": str.isalnum,
    "upper": str.isupper,
    "lower": str.islower,
    "space": str.isspace,
    "punct": lambda c: c.isprintable() and not c.isalnum() and not c.isspace(),
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
    "blank": lambda c: c in " \t",
    "cntrl": lambda c: ord(c) < 32 or ord(c) == 127,
    "print": str.isprintable,
    "graph": lambda c: c.isprintable() and c != " ",
}


class _Set:
    # A bracket expression.
    __slots__ = ("classes", "negated", "ranges")

    def __init__(self) -> None:
        self.negated = False
        self.ranges: list[tuple[str, str]] = []
        self.classes: list[str] = []

    def accepts(self, letter: str) -> bool:
        inside = any(low <= letter <= high for low, high in self.ranges)
        inside = inside or any(_CLASSES[name](letter) for name in self.classes)
        return inside != self.negated


class _Alternatives:
    # An extended pattern: ?(a|b) *(a|b) +(a|b) @(a|b) !(a|b).
    __slots__ = ("kind", "options")

    def __init__(self, kind: str, options: list[list[object]]) -> None:
        self.kind = kind
        self.options = options


_ANY = object()
_ANY_RUN = object()


def has_wildcards(pieces: Pieces) -> bool:
    """Tell whether a pattern is more than text."""
    opened = False
    for text, quoted in pieces:
        if not quoted and any(letter in text for letter in "*?"):
            return True
        for letter in "" if quoted else text:
            # A bracket means something only if it is closed in the same part of the path.
            if letter == "]" and opened:
                return True
            opened = letter == "[" or (opened and letter != "/")
        if not quoted and "(" in text and any(k + "(" in text for k in "@+!"):
            return True
    return False


def tokens_of(pieces: Pieces) -> list[object]:
    """Read a pattern into what match() takes: characters, wildcards and sets."""
    flat = [(letter, quoted) for text, quoted in pieces for letter in text]
    return _read(flat)


def _read(flat: list[tuple[str, bool]]) -> list[object]:
    tokens: list[object] = []
    position = 0
    while position < len(flat):
        letter, quoted = flat[position]
        if quoted:
            tokens.append(letter)
        elif letter in "?*+@!" and flat[position + 1 : position + 2] == [("(", False)]:
            end = _closing(flat, position + 1)
            if end > 0:
                options = _options(flat[position + 2 : end])
                tokens.append(_Alternatives(letter, [_read(option) for option in options]))
                position = end + 1
                continue
            tokens.append(_ANY_RUN if letter == "*" else _ANY if letter == "?" else letter)
        elif letter == "*":
            if not tokens or tokens[-1] is not _ANY_RUN:
                tokens.append(_ANY_RUN)
        elif letter == "?":
            tokens.append(_ANY)
        elif letter == "[":
            found, position = _read_set(flat, position)
            tokens.append(found)
        elif letter == "\\" and position + 1 < len(flat):
            position += 1
            tokens.append(flat[position][0])
        else:
            tokens.append(letter)
        position += 1
    return tokens


def _closing(flat: list[tuple[str, bool]], opening: int) -> int:
    depth = 0
    for position in range(opening, len(flat)):
        letter, quoted = flat[position]
        if not quoted:
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                return position
    return -1


def _options(flat: list[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    options: list[list[tuple[str, bool]]] = [[]]
    depth = 0
    for letter, quoted in flat:
        if not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "|" and depth == 0:
                options.append([])
                continue
        options[-1].append((letter, quoted))
    return options


def _read_set(flat: list[tuple[str, bool]], start: int) -> tuple[object, int]:
    result = _Set()
    position = start + 1
    if position < len(flat) and flat[position] in (("!", False), ("^", False)):
        result.negated = True
        position += 1
    first = True
    while position < len(flat):
        letter, quoted = flat[position]
        if letter == "]" and not quoted and not first:
            return result, position
        first = False
        if letter == "[" and not quoted and flat[position + 1 : position + 2] == [(":", False)]:
            rest = "".join(one for one, _ in flat[position + 2 :])
            name, closing, _ = rest.partition(":]")
            if closing and name in _CLASSES:
                result.classes.append(name)
                position += len(name) + 4
                continue
        following = flat[position + 1 : position + 3]
        if len(following) == 2 and following[0] == ("-", False) and following[1] != ("]", False):
            result.ranges.append((letter, following[1][0]))
            position += 3
            continue
        result.ranges.append((letter, letter))
        position += 1
    return "[", start


def match(tokens: list[object], text: str, *, fold: bool = False) -> bool:
    """Tell whether a whole text matches; ``fold``: upper case and lower case are the same."""
    if fold:
        return match(_folded(tokens), text.lower()) or match(tokens, text)
    return any(end == len(text) for end in _ends(tokens, 0, text, 0))


def _folded(tokens: list[object]) -> list[object]:
    return [token.lower() if isinstance(token, str) else token for token in tokens]


def match_prefix(tokens: list[object], text: str, *, longest: bool) -> int:
    """Give how much of the beginning matches, -1 if nothing does."""
    ends = set(_ends(tokens, 0, text, 0))
    return (max(ends) if longest else min(ends)) if ends else -1


def match_suffix(tokens: list[object], text: str, *, longest: bool) -> int:
    """Give where the end that matches begins, -1 if nothing does."""
    starts = range(len(text) + 1) if longest else range(len(text), -1, -1)
    for start in starts:
        if match(tokens, text[start:]):
            return start
    return -1


# All positions where tokens[index:] can end when begun at position; a set of states, so no blow-up.
def _ends(tokens: list[object], index: int, text: str, position: int) -> set[int]:
    states = {position}
    for token in tokens[index:]:
        states = _advance(token, text, states)
        if not states:
            break
    return states


def _advance(token: object, text: str, states: set[int]) -> set[int]:
    size = len(text)
    if token is _ANY_RUN:
        return set(range(min(states), size + 1))
    if token is _ANY:
        return {s + 1 for s in states if s < size}
    if isinstance(token, _Set):
        return {s + 1 for s in states if s < size and token.accepts(text[s])}
    if isinstance(token, _Alternatives):
        return _advance_alternatives(token, text, states)
    return {s + 1 for s in states if s < size and text[s] == token}


def _advance_alternatives(token: _Alternatives, text: str, states: set[int]) -> set[int]:
    if token.kind == "!":
        reached = set()
        for state in states:
            taken = set().union(*(_ends(option, 0, text, state) for option in token.options))
            reached |= set(range(state, len(text) + 1)) - taken
        return reached
    once = {end for s in states for option in token.options for end in _ends(option, 0, text, s)}
    if token.kind == "@":
        return once
    if token.kind == "?":
        return states | once
    reached = once | (states if token.kind == "*" else set())
    grown = once
    while grown:
        more = {
            e for s in grown for option in token.options for e in _ends(option, 0, text, s)
        } - reached
        reached |= more
        grown = more
    return reached


def paths_matching(sys: Sys, pieces: Pieces, shopt: Collection[str] = ()) -> list[str]:
    """List the paths that match a pattern, sorted; none if there is none.

    Args:
        sys: system calls.
        pieces: the pattern.
        shopt: which of dotglob, globstar, nocaseglob hold.
    """
    parts: list[Pieces] = [[]]
    for text, quoted in pieces:
        for number, segment in enumerate(text.split("/")):
            if number:
                parts.append([])
            if segment:
                parts[-1].append((segment, quoted))
    found = [""]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        found = [
            path for base in found for path in _step(sys, base, part, number, shopt, last=last)
        ]
        if not found:
            return []
    return sorted(dict.fromkeys(found))


def _step(
    sys: Sys, base: str, part: Pieces, number: int, shopt: Collection[str], *, last: bool
) -> list[str]:
    plain = "".join(text for text, _ in part)
    if not part:
        if (last and base and not _is_directory(sys, base)) or (number and not base):
            return []
        return [base if last and base.endswith("/") else base + "/"]
    prefix = base if not base or base.endswith("/") else base + "/"
    if not has_wildcards(part):
        if "\\" in plain and any("\\" in text and not quoted for text, quoted in part):
            plain = "".join(str(token) for token in tokens_of(part))
        path = prefix + plain
        return [path] if not last or _exists(sys, path) else []
    if "globstar" in shopt and plain == "**":
        return _everything_below(sys, prefix, files=last, dotglob="dotglob" in shopt)
    tokens = tokens_of(part)
    hidden = tokens[:1] == ["."]
    try:
        names = sys.listdir(prefix or ".")
    except KernelError:
        return []
    hidden = hidden or "dotglob" in shopt
    fold = "nocaseglob" in shopt
    return [
        prefix + name
        for name in names
        if (hidden or name[0] != ".")
        and match(tokens, name, fold=fold)
        and (last or _is_directory(sys, prefix + name))
    ]


# What ** stands for: everything below, or the directories if more follows.
def _everything_below(sys: Sys, prefix: str, *, files: bool, dotglob: bool) -> list[str]:
    found = [prefix] if prefix or not files else []
    try:
        names = sys.listdir(prefix or ".")
    except KernelError:
        return found
    for name in sorted(names):
        if name[0] == "." and not dotglob:
            continue
        path = prefix + name
        directory = _is_directory(sys, path, follow=False)
        if files:
            found.append(path)
        if directory:
            below = _everything_below(sys, path + "/", files=files, dotglob=dotglob)
            found += [one for one in below if one != path + "/"] if files else below
    return found


def _exists(sys: Sys, path: str) -> bool:
    try:
        sys.lstat(path)
    except KernelError:
        return False
    return True


def _is_directory(sys: Sys, path: str, *, follow: bool = True) -> bool:
    try:
        found = sys.stat(path or ".") if follow else sys.lstat(path or ".")
    except KernelError:
        return False
    return found.mode & 0o170000 == 0o040000
