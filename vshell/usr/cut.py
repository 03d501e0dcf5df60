"""cut: print parts of lines.

Source: cut(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._files import Inputs
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]

_LONG = {
    "bytes=": "b",
    "characters=": "c",
    "delimiter=": "d",
    "fields=": "f",
    "complement": "complement",
    "only-delimited": "s",
    "output-delimiter=": "o",
    "zero-terminated": "z",
}
_USAGE = "OPTION... [FILE]...\nPrint selected parts of lines from each FILE to standard output."
_NEVER = 1 << 60


@program
def main(io: Io, words: list[str]) -> int:
    """Print parts of lines: ``cut -b LIST | -c LIST | -f LIST [-d C] [-s] [FILE...]``."""
    options = parse(io, words, "b:c:d:f:nsz", _LONG, usage=_USAGE)
    ranges = _ranges(io, options)
    fields = options.has("f")
    end = b"\0" if options.has("z") else b"\n"
    delimiter = _bytes(options.value("d", "\t")) or b"\0"
    joint = _bytes(options.value("o")) if options.has("o") else None
    inputs = Inputs(io, options.operands)
    for record in inputs.records(end):
        line = record.removesuffix(end)
        if not fields:
            parts = [line[low - 1 : high] for low, high in ranges if low <= len(line)]
            io.out_bytes((joint or b"").join(parts) + end)
            continue
        if delimiter not in line:
            if not options.has("s"):
                io.out_bytes(line + end)
            continue
        cells = line.split(delimiter)
        chosen = [cell for low, high in ranges for cell in cells[low - 1 : high]]
        io.out_bytes((delimiter if joint is None else joint).join(chosen) + end)
    return inputs.status


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _ranges(io: Io, options: Options) -> list[tuple[int, int]]:
    given = [(name, value) for name, value in options.items if name in ("b", "c", "f")]
    if len(given) > 1:
        usage_error(io, "only one list may be specified")
    if options.has("d") and len(_bytes(options.value("d"))) > 1:
        usage_error(io, "the delimiter must be a single character")
    if not given:
        usage_error(io, "you must specify a list of bytes, characters, or fields")
    kind, text = given[0]
    if kind != "f":
        if options.has("d"):
            usage_error(io, "an input delimiter may be specified only when operating on fields")
        if options.has("s"):
            text = "suppressing non-delimited lines makes sense\n\tonly when operating on fields"
            usage_error(io, text)
    ranges = sorted(_range(io, part, fields=kind == "f") for part in _parts(text))
    if options.has("complement"):
        return _complement(_merged(ranges, touching=True))
    # With a delimiter between ranges of bytes it matters where one ends and the next begins.
    return _merged(ranges, touching=not options.has("o") or kind == "f")


def _parts(text: str) -> list[str]:
    return text.replace(" ", ",").replace("\t", ",").split(",")


def _range(io: Io, part: str, *, fields: bool) -> tuple[int, int]:
    low, dash, high = part.partition("-")
    if dash and not low and not high:
        usage_error(io, "invalid range with no endpoint: -")
    for bound in (low, high):
        if bound and not (bound.isascii() and bound.isdigit()):
            wrong = "invalid field value" if fields else "invalid byte/character position"
            if "-" in bound:
                usage_error(
                    io, "invalid field range" if fields else "invalid byte or character range"
                )
            usage_error(io, f"{wrong} {quote(bound.lstrip('0123456789'))}")
    if (low or "1").strip("0") == "" or (not dash and not low):
        zero = "fields are" if fields else "byte/character positions are"
        usage_error(io, f"{zero} numbered from 1")
    first = int(low or "1")
    last = int(high) if high else _NEVER if dash else first
    if last < first:
        usage_error(io, "invalid decreasing range")
    return first, last


def _merged(ranges: list[tuple[int, int]], *, touching: bool) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for low, high in ranges:
        if out and low <= out[-1][1] + touching:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out


def _complement(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out = []
    following = 1
    for low, high in ranges:
        if low > following:
            out.append((following, low - 1))
        following = high + 1
    return [*out, (following, _NEVER)] if following < _NEVER else out
