"""tr: translate, squeeze or delete characters.

Source: tr(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._options import Options, give_up, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_LONG = {"complement": "c", "delete": "d", "squeeze-repeats": "s", "truncate-set1": "t"}
_USAGE = (
    "[OPTION]... STRING1 [STRING2]\n"
    "Translate, squeeze, and/or delete characters from standard input."
)
_ESCAPES = {
    "a": 7,
    "b": 8,
    "f": 12,
    "n": 10,
    "r": 13,
    "t": 9,
    "v": 11,
    "\\": 92,
}
_ALPHA = [*range(65, 91), *range(97, 123)]
_CLASSES = {
    "alnum": [*range(48, 58), *_ALPHA],
    "alpha": _ALPHA,
    "blank": [9, 32],
    "cntrl": [*range(32), 127],
    "digit": [*range(48, 58)],
    "graph": [*range(33, 127)],
    "lower": [*range(97, 123)],
    "print": [*range(32, 127)],
    "punct": [*range(33, 48), *range(58, 65), *range(91, 97), *range(123, 127)],
    "space": [9, 10, 11, 12, 13, 32],
    "upper": [*range(65, 91)],
    "xdigit": [*range(48, 58), *range(65, 71), *range(97, 103)],
}


@program
def main(io: Io, words: list[str]) -> int:
    """Translate characters: ``tr [-cdst] SET1 [SET2]``."""
    options = parse(io, words, "cCdst", _LONG, usage=_USAGE, permute=False)
    _check_count(io, options)
    complement = options.has("c", "C")
    delete, squeeze = options.has("d"), options.has("s")
    first = _Set(io, options.operands[0])
    second = _Set(io, options.operands[1]) if len(options.operands) > 1 else None
    if first.fill is not None:
        io.die("the [c*] repeat construct may not appear in string1")
    one = first.bytes
    if complement:
        one = [byte for byte in range(256) if byte not in set(one)]
    table: list[int] | None = None
    if second is not None and not delete:
        table = _table(io, one, first, second, options)
    deleted = set(one) if delete else set()
    squeezed: set[int] = set()
    if squeeze:
        squeezed = set(one if second is None else second.expanded(len(one)))
    _run(io, table, deleted, squeezed)
    return 0


def _check_count(io: Io, options: Options) -> None:
    operands = options.operands
    delete, squeeze = options.has("d"), options.has("s")
    least = 1 if delete != squeeze else 2
    most = 1 if delete and not squeeze else 2
    if len(operands) < least:
        if not operands:
            usage_error(io, "missing operand")
        io.complain(f"missing operand after {quote(operands[-1])}")
        what = "both deleting and squeezing repeats" if squeeze else "translating"
        io.err(f"Two strings must be given when {what}.\n")
        give_up(io)
    if len(operands) > most:
        io.complain(f"extra operand {quote(operands[most])}")
        if len(operands) == 2:
            io.err("Only one string may be given when deleting without squeezing repeats.\n")
        give_up(io)


def _table(io: Io, one: list[int], first: _Set, second: _Set, options: Options) -> list[int]:
    if second.classes - {"upper", "lower"}:
        text = "when translating, the only character classes that may appear in\n"
        io.die(text + "string2 are 'upper' and 'lower'")
    two = second.expanded(len(one))
    if not options.has("t"):
        if not two and one:
            io.die("when not truncating set1, string2 must be non-empty")
        if len(two) < len(one):
            if second.ends_in_class:
                io.die(
                    "when translating with string1 longer than string2,\n"
                    "the latter string must not end with a character class"
                )
            two += [two[-1]] * (len(one) - len(two))
    if options.has("c", "C") and first.classes and len(set(two[: len(one)])) > 1:
        text = "when translating with complemented character classes,\n"
        io.die(text + "string2 must map all characters in the domain to one")
    # Each class of string2 needs one of string1 at the same place.
    if any(place not in first.case_places for place in second.case_places):
        io.die("misaligned [:upper:] and/or [:lower:] construct")
    table = list(range(256))
    for old, new in zip(one, two, strict=False):
        table[old] = new
    return table


def _run(io: Io, table: list[int] | None, deleted: set[int], squeezed: set[int]) -> None:
    mapping = bytes(table) if table is not None else None
    unwanted = bytes(sorted(deleted))
    last = -1
    while data := io.sys.read(0):
        out = data.translate(mapping, unwanted)
        if squeezed:
            kept = bytearray()
            for byte in out:
                if byte != last or byte not in squeezed:
                    kept.append(byte)
                last = byte
            out = bytes(kept)
        io.out_bytes(out)
        if io.sys.isatty(1):
            io.flush()


class _Set:
    # A set as it was written: its bytes, and where a [c*] or a class of letters stands in it.
    def __init__(self, io: Io, text: str) -> None:
        self.io = io
        self.bytes: list[int] = []
        self.fill: tuple[int, int] | None = None
        self.classes: set[str] = set()
        self.case_places: set[int] = set()
        self.ends_in_class = False
        self.units = self.unescaped(text)
        position = 0
        while position < len(self.units):
            position = self.element(position)

    # Give each byte and whether a backslash stood before it.
    def unescaped(self, text: str) -> list[tuple[int, bool]]:
        units = []
        position = 0
        while position < len(text):
            letter = text[position]
            position += 1
            if letter != "\\":
                units += [(byte, False) for byte in letter.encode("utf-8", "surrogateescape")]
                continue
            if position == len(text):
                text_of_warning = "an unescaped backslash at end of string is not portable"
                self.io.complain(f"warning: {text_of_warning}")
                units.append((92, False))
                continue
            digits = ""
            while len(digits) < 3 and text[position : position + 1] in tuple("01234567"):
                if int(digits + text[position], 8) > 255:
                    break
                digits += text[position]
                position += 1
            if digits:
                units.append((int(digits, 8), True))
                continue
            letter = text[position]
            position += 1
            if letter in _ESCAPES:
                units.append((_ESCAPES[letter], True))
            else:
                units += [(byte, True) for byte in letter.encode("utf-8", "surrogateescape")]
        return units

    def plain(self, position: int, byte: str) -> bool:
        return position < len(self.units) and self.units[position] == (ord(byte), False)

    def element(self, position: int) -> int:
        byte = self.units[position][0]
        if self.plain(position, "["):
            end = self.construct(position)
            if end:
                return end
        self.ends_in_class = False
        if self.plain(position + 1, "-") and position + 2 < len(self.units):
            high = self.units[position + 2][0]
            if high < byte:
                shown = f"{_shown(byte)}-{_shown(high)}"
                self.io.die(f"range-endpoints of '{shown}' are in reverse collating sequence order")
            self.bytes += range(byte, high + 1)
            return position + 3
        self.bytes.append(byte)
        return position + 1

    # [:class:], [=c=], [c*n]: give the position after it, 0 if it is none.
    def construct(self, position: int) -> int:
        for mark in ":=":
            if self.plain(position + 1, mark):
                for end in range(position + 2, len(self.units) - 1):
                    if self.plain(end, mark) and self.plain(end + 1, "]"):
                        inner = bytes(byte for byte, _ in self.units[position + 2 : end])
                        # "[:*]" repeats a colon.
                        if inner or mark == ":":
                            self.named(mark, inner)
                            return end + 2
        if self.plain(position + 2, "*"):
            for end in range(position + 3, len(self.units)):
                if self.plain(end, "]"):
                    self.repeat(position, end)
                    return end + 1
        return 0

    def named(self, mark: str, inner: bytes) -> None:
        name = inner.decode("utf-8", "replace")
        if mark == "=":
            if len(inner) != 1:
                text = "equivalence class operand must be a single character"
                self.io.die(f"{name}: {text}")
            self.bytes += inner
            self.ends_in_class = False
            return
        if name not in _CLASSES:
            self.io.die(f"invalid character class {quote(name)}")
        if name in ("upper", "lower"):
            self.case_places.add(len(self.bytes))
        self.classes.add(name)
        self.bytes += _CLASSES[name]
        self.ends_in_class = True

    def repeat(self, position: int, end: int) -> None:
        byte = self.units[position + 1][0]
        digits = bytes(unit[0] for unit in self.units[position + 3 : end]).decode("latin-1")
        allowed = "01234567" if digits.startswith("0") else "0123456789"
        if digits.strip(allowed):
            self.io.die(f"invalid repeat count {quote(digits)} in [c*n] construct")
        count = int(digits, 8 if digits.startswith("0") else 10) if digits else 0
        self.ends_in_class = False
        if count:
            self.bytes += [byte] * count
        else:
            self.fill = (len(self.bytes), byte)

    # The bytes, a [c*] repeated so often that there are ``count``.
    def expanded(self, count: int) -> list[int]:
        if self.fill is None:
            return list(self.bytes)
        place, byte = self.fill
        missing = max(count - len(self.bytes), 0)
        return [*self.bytes[:place], *[byte] * missing, *self.bytes[place:]]


def _shown(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
