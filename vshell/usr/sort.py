"""sort: sort lines.

Source: sort(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import records
from vshell.usr._options import Options, choose, parse
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quote, quotef
from vshell.usr._sort_keys import Key, ordering, read_key

__all__ = ["main"]

_LINE_BYTES = 64
_LONG = {
    "ignore-leading-blanks": "b",
    "check=?": "check",
    "debug": "debug",
    "dictionary-order": "d",
    "ignore-case": "f",
    "general-numeric-sort": "g",
    "human-numeric-sort": "h",
    "ignore-nonprinting": "i",
    "key=": "k",
    "merge": "m",
    "month-sort": "M",
    "numeric-sort": "n",
    "output=": "o",
    "parallel=": "parallel",
    "random-sort": "R",
    "random-source=": "source",
    "reverse": "r",
    "sort=": "sort",
    "stable": "s",
    "batch-size=": "batch",
    "buffer-size=": "S",
    "field-separator=": "t",
    "temporary-directory=": "T",
    "unique": "u",
    "version-sort": "V",
    "zero-terminated": "z",
    "files0-from=": "files0",
    "compress-program=": "compress",
}
_USAGE = "[OPTION]... [FILE]...\nWrite sorted concatenation of all FILE(s) to standard output."
_WORDS = {
    "general-numeric": "g",
    "human-numeric": "h",
    "month": "M",
    "numeric": "n",
    "random": "R",
    "version": "V",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Sort lines: ``sort [-bcCdfghimMnrRsuVz] [-k KEY]... [-t C] [-o FILE] [FILE...]``."""
    io.write_complaint = "fflush failed: 'standard output': {}"
    io.write_status = 2
    options = parse(io, words, "bcCdfghik:mMno:rRsS:t:T:uVy:z", _LONG, usage=_USAGE, status=2)
    sorter = _Sorter(io, options)
    names = options.operands or ["-"]
    check = options.last_of("cC")
    if options.has("check"):
        check = "c" if options.value("check") in ("", "diagnose-first") else "C"
    if check:
        if len(names) > 1:
            io.die(f"extra operand '{names[1]}' not allowed with -{check}", 2)
        return sorter.check(names[0], quiet=check == "C")
    files = [sorter.read(name, "cannot read") for name in names]
    if options.has("m"):
        lines = sorter.merge(files)
    else:
        lines = sorter.sort([line for file in files for line in file])
    if options.has("o") and options.value("o") != "-":
        try:
            io.sys.dup2(io.sys.open(options.value("o"), 0o1101), 1)
        except KernelError as error:
            name = quotef(options.value("o"))
            io.die(f"open failed: {name}: {strerror(error.errno)}", 2)
    for line in lines:
        io.out_bytes(line + sorter.end)
    return 0


class _Sorter:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.end = b"\0" if options.has("z") else b"\n"
        self.stable = options.has("s")
        self.unique = options.has("u")
        general = [name for name, _ in options.items if name in "bdfghiMnRrV" and len(name) == 1]
        general += [self.sort_word(value) for value in options.values("sort")]
        self.reverse = "r" in general
        separator = self.separator(options)
        salt = self.salt if "R" in general or any("R" in k for k in options.values("k")) else None
        shared = "".join(dict.fromkeys(general))
        keys: list[Key] = []
        for text in options.values("k"):
            try:
                keys.append(read_key(text, shared, separator))
            except ValueError as error:
                io.die(str(error), 2)
        if not keys and set(shared) - {"r"}:
            keys.append(Key(shared, separator))
        for key in keys:
            clash = "".join(letter for letter in "dghinMRV" if letter in key.flags)
            kinds = [letter for letter in clash if letter in "ghnMRV"]
            if len(kinds) > 1 or (kinds and set(clash) & {"d", "i"} and kinds[0] not in "RV"):
                io.die(f"options '-{''.join(sorted(clash))}' are incompatible", 2)
        self.keys = [(ordering(key, salt() if salt else b""), "r" in key.flags) for key in keys]

    def salt(self) -> bytes:
        fd = self.io.sys.open("/dev/urandom")
        data = self.io.sys.read(fd, 16)
        self.io.sys.close(fd)
        return data

    def sort_word(self, value: str) -> str:
        return _WORDS[choose(self.io, value, tuple(_WORDS), "--sort")]

    def separator(self, options: Options) -> bytes | None:
        if not options.has("t"):
            return None
        text = options.value("t")
        if text == "\\0":
            return b"\0"
        data = text.encode("utf-8", "surrogateescape")
        if not data:
            self.io.die("empty tab", 2)
        if len(data) > 1:
            self.io.die(f"multi-character tab {quote(text)}", 2)
        return data

    def read(self, name: str, complaint: str) -> list[bytes]:
        sys = self.io.sys
        try:
            fd = 0 if name == "-" else sys.open(name)
        except KernelError as error:
            self.io.die(f"{complaint}: {quotef(name)}: {strerror(error.errno)}", 2)
        try:
            lines = []
            for line in records(self.io, fd, self.end):
                self.io.hold(len(line) + _LINE_BYTES)
                lines.append(line.removesuffix(self.end))
        except KernelError as error:
            self.io.die(f"read failed: {quotef(name)}: {strerror(error.errno)}", 2)
        if fd:
            sys.close(fd)
        return lines

    # Python's sort is stable: the key that counts least comes first.
    def sort(self, lines: list[bytes]) -> list[bytes]:
        if not self.keys or not (self.stable or self.unique):
            lines.sort(reverse=self.reverse)
        for key, reverse in reversed(self.keys):
            lines.sort(key=key, reverse=reverse)
        return self.without_repeats(lines) if self.unique else lines

    # Files that are sorted already, line by line; one that is not stays in its own order.
    def merge(self, files: list[list[bytes]]) -> list[bytes]:
        waiting = [file[::-1] for file in files if file]
        lines = []
        while waiting:
            chosen = waiting[0]
            for other in waiting[1:]:
                if self.order(chosen[-1], other[-1]) > 0:
                    chosen = other
            lines.append(chosen.pop())
            waiting = [file for file in waiting if file]
        return self.without_repeats(lines) if self.unique else lines

    def without_repeats(self, lines: list[bytes]) -> list[bytes]:
        kept: list[bytes] = []
        before = None
        for line in lines:
            now = [key(line) for key, _ in self.keys] or [line]
            if not kept or now != before:
                kept.append(line)
            before = now
        return kept

    def check(self, name: str, *, quiet: bool) -> int:
        lines = self.read(name, "open failed")
        for number in range(1, len(lines)):
            pair = lines[number - 1 : number + 1]
            order = self.order(*pair)
            if order > 0 or (order == 0 and self.unique):
                if not quiet:
                    shown = pair[1].decode("utf-8", "surrogateescape")
                    self.io.complain(f"{quotef(name)}:{number + 1}: disorder: {shown}")
                raise Quit(1)
        return 0

    def order(self, a: bytes, b: bytes) -> int:
        for key, reverse in self.keys:
            one, two = key(a), key(b)
            if one != two:
                return 1 if (one > two) != reverse else -1
        if self.keys and (self.stable or self.unique):
            return 0
        return ((a > b) - (a < b)) * (-1 if self.reverse else 1)
