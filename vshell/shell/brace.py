"""Brace expansion: {a,b} and {1..9}.

Source: bash(1), "Brace Expansion".
"""

from __future__ import annotations

from vshell.shell.syntax import Literal, ParameterPart, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.syntax import Part

__all__ = ["expand_braces"]

_BRACES_MAX = 100_000


def expand_braces(word: Word) -> list[Word]:
    """Give the words that a word's braces make, itself if it has none."""
    if not any(isinstance(part, Literal) and "{" in part.text for part in word.parts):
        return [word]
    atoms: list[Part | str] = []
    for part in word.parts:
        if isinstance(part, Literal):
            atoms += list(part.text)
        else:
            atoms.append(part)
    return [Word(_joined(one), word.line, word.source) for one in _expand_braces(atoms)]


def _joined(atoms: list[Part | str]) -> list[Part]:
    parts: list[Part] = []
    for atom in atoms:
        if isinstance(atom, str):
            last = parts[-1] if parts else None
            if isinstance(last, ParameterPart) and _continues(last, atom):
                # bash expands braces in the text: $v{1,2} is $v1 $v2.
                longer = parts[-1] = ParameterPart(last.name + atom)
                longer.bare = True
            elif isinstance(last, Literal):
                parts[-1] = Literal(last.text + atom)
            else:
                parts.append(Literal(atom))
        else:
            parts.append(atom)
    return parts


# Whether a letter would have been read as part of a parameter's name.
def _continues(part: ParameterPart, letter: str) -> bool:
    named = part.bare and part.name.isidentifier()
    return named and (letter == "_" or (letter.isascii() and letter.isalnum()))


def _expand_braces(atoms: list[Part | str]) -> list[list[Part | str]]:
    for start, atom in enumerate(atoms):
        if atom != "{":
            continue
        end, commas = _brace_extent(atoms, start)
        if end < 0:
            continue
        alternatives = _alternatives(atoms, start, end, commas)
        if alternatives is None:
            continue
        before = atoms[:start]
        after = _expand_braces(atoms[end + 1 :])
        return [
            before + inner + rest
            for alternative in alternatives
            for inner in _expand_braces(alternative)
            for rest in after
        ]
    return [atoms]


def _brace_extent(atoms: list[Part | str], start: int) -> tuple[int, list[int]]:
    depth = 0
    commas: list[int] = []
    for position in range(start, len(atoms)):
        atom = atoms[position]
        if atom == "{":
            depth += 1
        elif atom == "}":
            depth -= 1
            if depth == 0:
                return position, commas
        elif atom == "," and depth == 1:
            commas.append(position)
    return -1, []


def _alternatives(
    atoms: list[Part | str], start: int, end: int, commas: list[int]
) -> list[list[Part | str]] | None:
    if commas:
        bounds = [start, *commas, end]
        return [atoms[bounds[n] + 1 : bounds[n + 1]] for n in range(len(bounds) - 1)]
    inner = atoms[start + 1 : end]
    if not all(isinstance(atom, str) for atom in inner):
        return None
    sequence = _sequence("".join(str(atom) for atom in inner))
    return None if sequence is None else [list(text) for text in sequence]


def _sequence(text: str) -> list[str] | None:
    parts = text.split("..")
    if len(parts) not in (2, 3):
        return None
    first, last = parts[0], parts[1]
    step = _integer(parts[2]) if len(parts) == 3 else None
    if len(parts) == 3 and (step is None or abs(step) >= 1 << 63):
        return None
    a, b = _integer(first), _integer(last)
    if a is not None and b is not None:
        width = max(len(first), len(last)) if _padded(first) or _padded(last) else 0
        increment = abs(step or 1) or 1
        if abs(b - a) // increment > _BRACES_MAX:
            return None
        numbers = range(a, b + 1, increment) if a <= b else range(a, b - 1, -increment)
        return [f"{number:0{width}d}" for number in numbers]
    if len(first) == 1 and len(last) == 1 and first.isalpha() and last.isalpha():
        increment = abs(step or 1) or 1
        low, high = ord(first), ord(last)
        codes = range(low, high + 1, increment) if low <= high else range(low, high - 1, -increment)
        return [chr(code) for code in codes]
    return None


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-").removeprefix("+")
    return int(text) if digits.isascii() and digits.isdigit() else None


def _padded(text: str) -> bool:
    digits = text.lstrip("+-")
    return len(digits) > 1 and digits.startswith("0")
