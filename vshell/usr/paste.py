"""paste: put lines of files side by side.

Source: paste(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import Inputs, complain_of, records
from vshell.usr._options import parse
from vshell.usr._program import Io, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_LONG = {"delimiters=": "d", "serial": "s", "zero-terminated": "z"}
_USAGE = (
    "[OPTION]... [FILE]...\n"
    "Write lines consisting of the sequentially corresponding lines from each FILE."
)
_ESCAPES = {
    "0": b"",
    "b": b"\b",
    "f": b"\f",
    "n": b"\n",
    "r": b"\r",
    "t": b"\t",
    "v": b"\v",
    "\\": b"\\",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Join lines: ``paste [-sz] [-d LIST] [FILE...]``."""
    options = parse(io, words, "d:sz", _LONG, usage=_USAGE)
    delimiters = _delimiters(io, options.value("d", "\t"))
    end = b"\0" if options.has("z") else b"\n"
    names = options.operands or ["-"]
    if options.has("s"):
        inputs = Inputs(io, names)
        for name, fd in inputs:
            try:
                _serial(io, fd, delimiters, end)
            except KernelError as error:
                inputs.fail(name, error)
        return inputs.status
    return _parallel(io, names, delimiters, end)


def _delimiters(io: Io, text: str) -> list[bytes]:
    out = []
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter != "\\":
            out.append(letter.encode("utf-8", "surrogateescape"))
            continue
        if position == len(text):
            io.die(f"delimiter list ends with an unescaped backslash: {text}")
        letter = text[position]
        position += 1
        out.append(_ESCAPES.get(letter, letter.encode("utf-8", "surrogateescape")))
    return out or [b""]


def _serial(io: Io, fd: int, delimiters: list[bytes], end: bytes) -> None:
    for number, line in enumerate(records(io, fd, end)):
        if number:
            io.out_bytes(delimiters[(number - 1) % len(delimiters)])
        io.out_bytes(line.removesuffix(end))
    io.out_bytes(end)


def _parallel(io: Io, names: list[str], delimiters: list[bytes], end: bytes) -> int:
    stdin = records(io, 0, end)
    sources: list[Iterator[bytes] | None] = []
    for name in names:
        try:
            sources.append(stdin if name == "-" else records(io, io.sys.open(name), end))
        except KernelError as error:
            complain_of(io, name, error)
            return 1
    status = 0
    while True:
        cells: list[bytes] = []
        found = False
        for index, source in enumerate(sources):
            line = None
            if source is not None:
                try:
                    line = next(source, None)
                except KernelError as error:
                    complain_of(io, names[index], error)
                    status = 1
            if line is None:
                sources[index] = None
            found = found or line is not None
            if index:
                cells.append(delimiters[(index - 1) % len(delimiters)])
            cells.append((line or b"").removesuffix(end))
        if not found:
            return status
        io.out_bytes(b"".join(cells) + end)
