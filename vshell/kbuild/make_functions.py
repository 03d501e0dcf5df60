"""The functions of a Makefile that need nothing but their arguments: $(subst a,b,text) and its kin.

Source: the GNU make 4.3 manual.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FUNCTIONS", "NEEDED", "MakeError", "patsubst", "split_arguments"]


class MakeError(Exception):
    """Something make stops for.

    ``str()`` is the text behind "make: *** ", or a text with a place of its own before " *** ";
    ``before`` is a line that is said first.
    """

    def __init__(self, text: str, before: str = "") -> None:
        """Stop with a text."""
        super().__init__(text)
        self.before = before


def split_arguments(text: str, most: int = 0) -> list[str]:
    """Split a function's arguments at commas outside parentheses.

    Args:
        text: what stands behind the function's name.
        most: how many there may be; the last one keeps further commas. 0 for any number.
    """
    parts: list[str] = []
    depth = 0
    start = 0
    for position, letter in enumerate(text):
        if letter in "({":
            depth += 1
        elif letter in ")}":
            depth -= 1
        elif letter == "," and depth == 0 and (not most or len(parts) < most - 1):
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return parts


def _match(pattern: str, word: str) -> str | None:
    before, percent, after = pattern.partition("%")
    if not percent:
        return "" if pattern == word else None
    if len(word) >= len(before) + len(after) and word.startswith(before) and word.endswith(after):
        return word[len(before) : len(word) - len(after)]
    return None


def patsubst(pattern: str, replacement: str, text: str) -> str:
    """Replace words that fit a pattern; % stands for anything."""
    out = []
    for word in text.split():
        stem = _match(pattern, word)
        out.append(word if stem is None else replacement.replace("%", stem, 1))
    return " ".join(out)


def _filter(arguments: list[str], *, keep: bool) -> str:
    patterns = arguments[0].split()
    words = arguments[1].split()
    return " ".join(w for w in words if any(_match(p, w) is not None for p in patterns) == keep)


def _number(text: str, which: str, function: str) -> int:
    text = text.strip()
    if not text.isascii() or not text.isdigit():
        raise MakeError(f"non-numeric {which} argument to '{function}' function: '{text}'")
    return int(text)


def _word(arguments: list[str]) -> str:
    index = _number(arguments[0], "first", "word")
    if index == 0:
        raise MakeError("first argument to 'word' function must be greater than 0")
    words = arguments[1].split()
    return words[index - 1] if index <= len(words) else ""


def _wordlist(arguments: list[str]) -> str:
    first = _number(arguments[0], "first", "wordlist")
    last = _number(arguments[1], "second", "wordlist")
    if first == 0:
        raise MakeError("invalid first argument to 'wordlist' function: '0'")
    return " ".join(arguments[2].split()[first - 1 : last])


def _join(arguments: list[str]) -> str:
    one, two = arguments[0].split(), arguments[1].split()
    count = max(len(one), len(two))
    pairs = zip(one + [""] * (count - len(one)), two + [""] * (count - len(two)), strict=True)
    return " ".join(a + b for a, b in pairs)


def _each(function: Callable[[str], str]) -> Callable[[list[str]], str]:
    return lambda arguments: " ".join(done for done in map(function, arguments[0].split()) if done)


def _dir(word: str) -> str:
    folder, slash, _ = word.rpartition("/")
    return folder + slash if slash else "./"


def _suffix(word: str) -> str:
    _, dot, end = word.rpartition("/")[2].rpartition(".")
    return dot + end if dot else ""


def _basename(word: str) -> str:
    end = _suffix(word)
    return word[: len(word) - len(end)]


FUNCTIONS: dict[str, Callable[[list[str]], str]] = {
    "patsubst": lambda a: patsubst(a[0], a[1], a[2]),
    "subst": lambda a: a[2].replace(a[0], a[1]) if a[0] else a[2] + a[1],
    "strip": lambda a: " ".join(a[0].split()),
    "filter": lambda a: _filter(a, keep=True),
    "filter-out": lambda a: _filter(a, keep=False),
    "findstring": lambda a: a[0] if a[0] in a[1] else "",
    "sort": lambda a: " ".join(sorted(set(a[0].split()))),
    "word": _word,
    "wordlist": _wordlist,
    "words": lambda a: str(len(a[0].split())),
    "firstword": lambda a: (a[0].split() or [""])[0],
    "lastword": lambda a: (a[0].split() or [""])[-1],
    "join": _join,
    "addprefix": lambda a: " ".join(a[0] + word for word in a[1].split()),
    "addsuffix": lambda a: " ".join(word + a[0] for word in a[1].split()),
    "notdir": lambda a: " ".join(word.rpartition("/")[2] for word in a[0].split()),
    "dir": _each(_dir),
    "basename": _each(_basename),
    "suffix": _each(_suffix),
}
"""What needs its expanded arguments only."""

NEEDED = {"patsubst": 3, "subst": 3, "filter": 2, "filter-out": 2, "findstring": 2, "word": 2}
"""How many arguments a function must have, where more than one."""
NEEDED |= {"wordlist": 3, "join": 2, "addprefix": 2, "addsuffix": 2, "foreach": 3, "if": 2}
