"""wc: count lines, words and bytes.

Source: wc(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import S_IFMT, S_IFREG, Inputs
from vshell.usr._options import parse
from vshell.usr._program import Io, program
from vshell.usr._quote import is_printable
from vshell.usr._width import columns_of

__all__ = ["main"]

_LONG = {
    "bytes": "c",
    "chars": "m",
    "lines": "l",
    "max-line-length": "L",
    "words": "w",
    "files0-from=": "files0",
}
_USAGE = (
    "[OPTION]... [FILE]...\nPrint newline, word, and byte counts for each FILE, and a total line."
)
_ORDER = "lwmcL"


@program
def main(io: Io, words: list[str]) -> int:
    """Count: ``wc [-clmwL] [FILE...]``."""
    io.write_complaint = "write error"
    options = parse(io, words, "clLmw", _LONG, usage=_USAGE)
    shown = [letter for letter in _ORDER if options.has(letter)] or ["l", "w", "c"]
    names = options.operands
    if options.has("files0"):
        names = io.read_text(options.value("files0")).split("\0")
        names = names[:-1] if names[-1:] == [""] else names
    inputs = Inputs(io, names)
    width = 1 if len(inputs.names) == 1 and len(shown) == 1 else _width(io, inputs.names)
    total = dict.fromkeys(_ORDER, 0)
    for name, fd in inputs:
        counts = dict.fromkeys(_ORDER, 0)
        try:
            _count(io, fd, counts, shown)
        except KernelError as error:
            inputs.fail(name, error)
        _print(io, counts, shown, width, name if names else "")
        for letter in _ORDER:
            total[letter] = (
                max(total[letter], counts[letter])
                if letter == "L"
                else total[letter] + counts[letter]
            )
    if len(inputs.names) > 1:
        _print(io, total, shown, width, "total")
    return inputs.status


# All counts get the width of the sum of the sizes; what has no size counts for seven digits.
def _width(io: Io, names: list[str]) -> int:
    least, size = 1, 0
    for name in names:
        try:
            found = io.sys.fstat(0) if name == "-" else io.sys.stat(name)
        except KernelError:
            continue
        if found.mode & S_IFMT == S_IFREG:
            size += found.size
        else:
            least = 7
    return max(least, len(str(size)))


def _print(io: Io, counts: dict[str, int], shown: list[str], width: int, name: str) -> None:
    numbers = " ".join(f"{counts[letter]:{width}d}" for letter in shown)
    io.out(f"{numbers}{' ' if name else ''}{name}\n")


def _count(io: Io, fd: int, counts: dict[str, int], shown: list[str]) -> None:
    textual = bool(set(shown) & {"m", "w", "L"})
    rest = b""
    column = 0
    in_word = False
    while data := io.sys.read(fd):
        counts["c"] += len(data)
        counts["l"] += data.count(b"\n")
        if not textual:
            continue
        data = rest + data
        cut = len(data) if data[-1] < 0x80 else max(data.rfind(b"\n") + 1, 0)
        rest = data[cut:]
        text = data[:cut].decode("utf-8", "surrogateescape")
        in_word, column = _count_text(text, counts, in_word=in_word, column=column)
    if rest:
        text = rest.decode("utf-8", "surrogateescape")
        _count_text(text, counts, in_word=in_word, column=column)


def _count_text(
    text: str,
    counts: dict[str, int],
    *,
    in_word: bool,
    column: int,
) -> tuple[bool, int]:
    counts["m"] += sum(not 0xDC80 <= ord(letter) <= 0xDCFF for letter in text)
    counts["w"] += sum(word.isprintable() or any(map(is_printable, word)) for word in text.split())
    # A word that began in the block before goes on here.
    counts["w"] -= in_word and not text[0].isspace()
    for number, line in enumerate(text.splitlines(keepends=True)):
        column = columns_of(line.rstrip("\n\r\f"), column if number == 0 else 0)
        counts["L"] = max(counts["L"], column)
        column = 0 if line[-1] in "\n\r\f" else column
    return not text[-1].isspace(), column
