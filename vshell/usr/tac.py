"""tac: print files with their lines in reverse order.

Source: tac(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quoteaf, quotef

__all__ = ["main"]

_LONG = {"before": "b", "regex": "r", "separator=": "s"}
_USAGE = "[OPTION]... [FILE]...\nWrite each FILE to standard output, last line first."


@program
def main(io: Io, words: list[str]) -> int:
    """Print files backwards: ``tac [-br] [-s SEPARATOR] [FILE...]``."""
    options = parse(io, words, "brs:", _LONG, usage=_USAGE)
    separator = options.value("s", "\n")
    if options.has("r") and not separator:
        io.die("separator cannot be empty")
    marker = separator.encode("utf-8", "surrogateescape") or b"\0"
    status = 0
    for name in options.operands or ["-"]:
        try:
            data = io.read_file(name)
        except KernelError as error:
            reading = error.errno == 21
            shown = (
                f"{quotef(name)}: read error"
                if reading
                else f"failed to open {quoteaf(name)} for reading"
            )
            io.complain(f"{shown}: {strerror(error.errno)}")
            status = 1
            continue
        pieces = _by_pattern(data, separator) if options.has("r") else data.split(marker)
        if not options.has("r"):
            pieces = [piece for part in pieces for piece in (part, marker)][:-1]
        io.out_bytes(b"".join(_reversed(pieces, before=options.has("b"))))
    return status


# Text and separators in turn; the first and the last are text.
def _by_pattern(data: bytes, separator: str) -> list[bytes]:
    from vshell.usr._regex import compile_posix  # noqa: PLC0415 - with -r only

    pattern = compile_posix(separator, extended=False)
    text = data.decode("utf-8", "surrogateescape")
    pieces = []
    position = 0
    for start, end in pattern.spans(text):
        pieces += [text[position:start], text[start:end]]
        position = end
    return [piece.encode("utf-8", "surrogateescape") for piece in [*pieces, text[position:]]]


def _reversed(pieces: list[bytes], *, before: bool) -> list[bytes]:
    if before:
        parts = [pieces[0]]
        parts += [pieces[n] + pieces[n + 1] for n in range(1, len(pieces), 2)]
    else:
        parts = [pieces[n] + pieces[n + 1] for n in range(0, len(pieces) - 1, 2)]
        parts.append(pieces[-1])
    return parts[::-1]
