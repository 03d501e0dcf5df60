"""head: print the beginning of files.

Source: head(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import records
from vshell.usr._numbers import parse_count
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

__all__ = ["main", "print_header"]

_LONG = {
    "bytes=": "c",
    "lines=": "n",
    "quiet": "q",
    "silent": "q",
    "verbose": "v",
    "zero-terminated": "z",
}
_USAGE = "[OPTION]... [FILE]...\nPrint the first 10 lines of each FILE to standard output."
_SEEK_CUR = 1


@program
def main(io: Io, words: list[str]) -> int:
    """Print the first lines or bytes of files: ``head [-n [-]N] [-c [-]N] [-qvz] [FILE...]``."""
    options = parse(io, _modern(io, words), "c:n:qvz", _LONG, usage=_USAGE)
    unit, count, all_but = _amount(io, options)
    end = b"\0" if options.has("z") else b"\n"
    names = options.operands or ["-"]
    headers = options.last_of("qv") == "v" or (len(names) > 1 and not options.has("q"))
    status = 0
    first = True
    for name in names:
        try:
            fd = 0 if name == "-" else io.sys.open(name)
        except KernelError as error:
            io.complain(f"cannot open {quoteaf(name)} for reading: {strerror(error.errno)}")
            status = 1
            continue
        shown = "standard input" if name == "-" else name
        if headers:
            print_header(io, shown, first=first)
            first = False
        try:
            _copy(io, fd, unit, count, end, all_but=all_but)
        except KernelError as error:
            io.complain(f"error reading {quoteaf(shown)}: {strerror(error.errno)}")
            status = 1
        if fd:
            io.sys.close(fd)
    return status


def print_header(io: Io, name: str, *, first: bool) -> None:
    """Print the line that tells which file follows."""
    io.out(f"{'' if first else chr(10)}==> {name} <==\n")


# "-5" and "-5c" are the old way to say "-n 5" and "-c 5".
def _modern(io: Io, words: list[str]) -> list[str]:
    if not words or not words[0].startswith("-") or not words[0][1:2].isdigit():
        return words
    body = words[0][1:]
    digits = body[: len(body) - len(body.lstrip("0123456789"))]
    letters = body[len(digits) :]
    unit, scale, flags = "-n", "", ""
    for letter in letters:
        if letter in "bkm":
            unit, scale = "-c", letter
        elif letter == "c":
            unit = "-c"
        elif letter == "l":
            unit = "-n"
        elif letter in "qvz":
            flags += letter
        else:
            usage_error(io, f"invalid trailing option -- {letter}")
    return [unit, digits + scale, *(["-" + flags] if flags else []), *words[1:]]


def _amount(io: Io, options: Options) -> tuple[str, int, bool]:
    unit = options.last_of("cn") or "n"
    text = options.value(unit, "10")
    body = text.removeprefix("-")
    count = parse_count(body)
    if count is None:
        io.die(f"invalid number of {'bytes' if unit == 'c' else 'lines'}: {quote(body)}")
    return unit, count, text.startswith("-")


def _copy(io: Io, fd: int, unit: str, count: int, end: bytes, *, all_but: bool) -> None:
    if all_but and unit == "c":
        data = io.read_all(fd)
        io.out_bytes(data[: max(0, len(data) - count)])
    elif all_but:
        _all_but_lines(io, fd, count, end)
    elif unit == "c":
        while count:
            data = io.sys.read(fd, min(count, 65536))
            if not data:
                return
            io.out_bytes(data)
            count -= len(data)
    else:
        _first_lines(io, fd, count, end)


def _all_but_lines(io: Io, fd: int, count: int, end: bytes) -> None:
    held: list[bytes] = []
    for line in records(io, fd, end):
        held.append(line)
        if len(held) > count:
            io.out_bytes(held.pop(0))


def _first_lines(io: Io, fd: int, count: int, end: bytes) -> None:
    while count:
        data = io.sys.read(fd, 65536)
        if not data:
            return
        position = 0
        while count and position < len(data):
            found = data.find(end, position)
            position = found + 1 if found >= 0 else len(data)
            count -= found >= 0
        io.out_bytes(data[:position])
        if position < len(data):
            _give_back(io, fd, len(data) - position)


# Let whoever reads the same file next go on where we stopped; a pipe cannot.
def _give_back(io: Io, fd: int, count: int) -> None:
    try:
        io.sys.lseek(fd, -count, _SEEK_CUR)
    except KernelError:
        return
