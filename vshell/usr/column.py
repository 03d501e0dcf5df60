"""column: put lines into columns.

Source: column(1), util-linux 2.38.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program
from vshell.usr._width import columns_of, width

__all__ = ["main"]

_LONG = {
    "table": "t",
    "table-columns=": "N",
    "table-columns-limit=": "l",
    "table-right=": "R",
    "separator=": "s",
    "output-separator=": "o",
    "output-width=": "c",
    "columns=": "c",
    "fillrows": "x",
    "keep-empty-lines": "L",
}
_USAGE = "[options] [<file>...]\n\nColumnate lists."


@program
def main(io: Io, words: list[str]) -> int:
    """Make columns: ``column [-txL] [-s CHARS] [-o TEXT] [-c N] [-N NAMES] [-R LIST] [FILE]``."""
    options = parse(
        io,
        words,
        "ts:o:c:xLN:R:l:",
        _LONG,
        usage=_USAGE,
        package="from util-linux 2.38.1",
    )
    lines: list[str] = []
    status = 0
    for name in options.operands or ["-"]:
        try:
            text = io.read_file(name).decode("utf-8", "surrogateescape")
        except KernelError as error:
            what = "read failed" if error.errno == 21 else name
            io.complain(f"{what}: {strerror(error.errno)}")
            status = 1
            continue
        lines += text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else []
    kept = [line for line in lines if line.strip() or options.has("L")]
    if options.has("t"):
        _table(io, kept, options)
    else:
        _fill(io, kept, options)
    return status


def _table(io: Io, lines: list[str], options: Options) -> None:
    rows = [_cells(line, options) for line in lines]
    names = options.value("N").split(",") if options.has("N") else []
    if names:
        rows.insert(0, names)
    count = max((len(row) for row in rows), default=0)
    widths = [max((width(row[n]) for row in rows if n < len(row)), default=0) for n in range(count)]
    right = set()
    for one in options.value("R").split(",") if options.has("R") else []:
        right.add(names.index(one) if one in names else int(one) - 1 if one.isdigit() else -1)
    joint = options.value("o", "  ")
    for row in rows:
        if not row:
            io.out("\n")
            continue
        padded = [*row, *[""] * (count - len(row))]
        cells = []
        for number, cell in enumerate(padded):
            space = " " * (widths[number] - width(cell))
            last = number == count - 1
            cells.append(space + cell if number in right else cell + ("" if last else space))
        io.out(joint.join(cells) + "\n")


def _cells(line: str, options: Options) -> list[str]:
    most = int(options.value("l")) if options.value("l").isdigit() else 0
    if not options.has("s"):
        return line.split(None, most - 1) if most else line.split()
    marks = options.value("s")
    cells = [""]
    for letter in line:
        if letter in marks and not (most and len(cells) == most):
            cells.append("")
        else:
            cells[-1] += letter
    return cells


# Without -t: as many columns of equal width as the terminal holds.
def _fill(io: Io, lines: list[str], options: Options) -> None:
    if not lines:
        return
    given = options.value("c")
    total = int(given) if given.isdigit() else 80
    if not given and io.sys.isatty(1):
        total = io.sys.window_size(1)[0]
    cell = (max(width(line) for line in lines) + 8) & ~7
    columns = max(total // cell, 1)
    if cell >= total or columns < 2:
        io.out("".join(line + "\n" for line in lines))
        return
    height = -(-len(lines) // columns)
    for row in range(height if not options.has("x") else -(-len(lines) // columns)):
        if options.has("x"):
            chosen = lines[row * columns : (row + 1) * columns]
        else:
            chosen = lines[row::height]
        out = ""
        for number, line in enumerate(chosen):
            out += line
            if number < len(chosen) - 1:
                while columns_of(out) < (number + 1) * cell:
                    out += "\t"
        io.out(out + "\n")
