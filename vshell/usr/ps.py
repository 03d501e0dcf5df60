"""ps: report what tasks there are.

Source: ps(1), procps 4.0.2. Real: 06-names, 07-ps-states, 24-sched-attrs, 27-ps-and-users.

Differs:
    A forest that is also sorted keeps all its tasks; procps loses some. Security labels, control
    groups' names and what systemd knows of tasks are "-".
"""

from __future__ import annotations

from vshell.usr._proc import read_task, read_word, tasks
from vshell.usr._program import Io, program
from vshell.usr._ps_format import Layout, choose_cells
from vshell.usr._ps_reader import read_options
from vshell.usr._ps_row import Row, Snapshot
from vshell.usr._ps_select import PsError
from vshell.usr._terminal import is_utf8, terminal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._proc import Task
    from vshell.usr._ps_columns import Value
    from vshell.usr._ps_format import Cell
    from vshell.usr._ps_options import Options

__all__ = ["main"]

_WIDE = 132
_START_NS = 6_000_000
"""CPU time of ps's start, before it reads /proc: in it, the rest of a pipeline gets under way."""
_SORTS = {
    "C": "pcpu",
    "G": "tpgid",
    "J": "stime",
    "K": "stime",
    "M": "maj_flt",
    "N": "maj_flt",
    "P": "ppid",
    "R": "rss",
    "S": "sz",
    "T": "start_time",
    "U": "uid",
    "c": "ucmd",
    "f": "flags",
    "g": "pgrp",
    "j": "time",
    "k": "time",
    "m": "min_flt",
    "n": "min_flt",
    "o": "session",
    "p": "pid",
    "r": "rss",
    "s": "size",
    "t": "tty",
    "u": "user",
    "v": "vsize",
    "y": "priority",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Report tasks: ``ps [-AadeNfFljycLTmHw] [-CGUgpqstu LIST] [-o FORMAT] [axrTfujlsvXcehSw]``."""
    io.sys.work(_START_NS)
    cells: list[Cell] = []

    def check(options: Options) -> None:
        digits = len(str(int(read_word(io, "/proc/sys/kernel/pid_max", "32768")) - 1))
        cells[:] = choose_cells(options, io.sys.environ(), max(digits, 5), io.err)
        _sort_keys(options)

    try:
        options = read_options(io, words, lambda: _self(io), check)
    except PsError as error:
        _refuse(io, str(error))
        return 1
    if options.answer:
        _answer(io, options)
        return 0
    return _list(io, options, cells)


def _self(io: Io) -> Task:
    task = read_task(io, "self")
    assert task is not None
    return task


def _refuse(io: Io, text: str) -> None:
    from vshell.usr._ps_help import usage_text  # noqa: PLC0415 - only for errors

    # What cannot go with a quick list is said without more ado.
    quick = text.startswith("q/-q")
    io.err(f"{text}\n" if quick else f"error: {text}\n{usage_text()}")


def _answer(io: Io, options: Options) -> None:
    if options.answer == "help":
        from vshell.usr._ps_help import help_text  # noqa: PLC0415 - rarely asked for

        io.out(help_text(options.help_section))
    elif options.answer == "version":
        io.out("ps from procps-ng 4.0.2\n")
    elif options.answer == "names":
        from vshell.usr._ps_columns import listed_columns  # noqa: PLC0415 - rarely asked for

        io.out("".join(f"{name:<12s} {header:<8.8s}\n" for name, header in listed_columns()))


def _list(io: Io, options: Options, cells: list[Cell]) -> int:
    shot = Snapshot(io)
    shot.numeric = options.numeric
    shot.command_name = options.command_name
    shot.environment = options.environment
    shot.with_children = options.with_children
    rows = [Row(task, shot) for task in _selected(io, options)]
    for value, is_reversed in reversed(_sort_keys(options)):
        rows.sort(key=value, reverse=is_reversed)
    if options.after_processes and not options.sort:
        rows.sort(key=lambda row: row.task.pid)
    if options.forest:
        rows = _forest(rows, drawn=options.forest == "f", by_start=not _sort_keys(options))
    columns, lines = _screen(io, options)
    layout = Layout(cells, columns, numeric=options.numeric, utf8=is_utf8(io))
    printer = _Printer(io, layout, options.header, lines)
    for row in rows:
        if options.after_processes:
            printer.line(layout.line(row, "process"))
            printer.line(layout.line(row, "thread"))
        else:
            printer.line(layout.line(row))
    printer.finish()
    return 0 if rows else 1


def _selected(io: Io, options: Options) -> list[Task]:
    selection = options.selection
    if selection.quick:
        found = [read_task(io, pid) for pid in selection.quick]
        return [task for task in found if task is not None and selection.may_run(task)]
    euid, tty = io.sys.credentials()[1], _self(io).tty
    return [task for task in tasks(io) if selection.accepts(task, euid, tty)]


# -- Order ----------------------------------------------------------------------------------------


def _sort_keys(options: Options) -> list[tuple[Callable[[Row], tuple[int, str]], bool]]:
    from vshell.usr._ps_columns import find_column  # noqa: PLC0415 - loaded by now

    keys = []
    if options.sort:
        words = options.sort.removesuffix(",").split(",")
        if not all(words):
            raise PsError("improper sort list")
    else:
        words = _short_words(options.short_sort)
    for word in words:
        column = find_column(word.removeprefix("-").removeprefix("+") if word[0] in "+-" else word)
        if column is None:
            raise PsError("unknown sort specifier")
        keys.append((_comparable(column.value), word.startswith("-")))
    return keys


def _short_words(text: str) -> list[str]:
    words = []
    sign = ""
    for letter in text:
        if letter in "+-":
            sign = letter
        else:
            words.append(sign + _SORTS[letter])
            sign = ""
    return words


# Numbers and texts of one column, such as a nice value or "-", in one order: texts first.
def _comparable(value: Value) -> Callable[[Row], tuple[int, str]]:
    def key(row: Row) -> tuple[int, str]:
        found = value(row)
        return (found, "") if isinstance(found, int) else (-1 << 63, found)

    return key


# Puts children behind their parents. Where no order is asked for, children stand by their start,
# and trees by parent and start, backwards. What process 1 has adopted hangs on it only where it
# is indented.
def _forest(rows: list[Row], *, drawn: bool, by_start: bool) -> list[Row]:
    if by_start:
        rows = sorted(rows, key=lambda row: (row.task.ppid, row.task.start))
    known = {row.task.pid for row in rows}
    children: dict[int, list[Row]] = {}
    roots = []
    for row in rows:
        if row.task.ppid in known and row.task.ppid != row.task.pid:
            children.setdefault(row.task.ppid, []).append(row)
        else:
            roots.append(row)
    ordered: list[Row] = []

    def place(row: Row, branch: str, below: str) -> None:
        row.branch = branch
        ordered.append(row)
        mine = children.get(row.task.pid, [])
        for child in mine:
            if not drawn:
                place(child, branch + "  ", "")
            elif row.task.pid == 1:
                place(child, "", "")
            else:
                place(child, below + " \\_ ", below + ("    " if child is mine[-1] else " |  "))

    for root in reversed(roots) if by_start else roots:
        place(root, "", "")
    return ordered


# -- The page -------------------------------------------------------------------------------------


# Columns and rows of the screen; 0 columns: no limit.
def _screen(io: Io, options: Options) -> tuple[int, int]:
    columns, lines = terminal_size(io) or (80, 24)
    if not io.sys.isatty(1):
        columns = 0
    environ = io.sys.environ()
    if environ.get("COLUMNS", "").isdigit():
        columns = int(environ["COLUMNS"])
    if environ.get("LINES", "").isdigit():
        lines = int(environ["LINES"])
    columns, lines = options.cols or columns, options.rows or lines
    if options.wide:
        columns = max(columns, _WIDE) if options.wide == 1 and columns else 0
    return columns, lines


class _Printer:
    # Prints lines below a header, which may stand on every page.
    def __init__(self, io: Io, layout: Layout, header: str, lines: int) -> None:
        self.io = io
        self.layout = layout
        self.header = header if layout.has_header else "never"
        self.lines = lines
        self.printed = 0
        if self.header == "once":
            self.io.out(layout.header() + "\n")

    def line(self, text: str) -> None:
        if self.header == "pages" and self.printed % max(self.lines - 1, 1) == 0:
            self.io.out(self.layout.header() + "\n")
        self.printed += 1
        self.io.out(text + "\n")

    def finish(self) -> None:
        if self.header == "pages" and not self.printed:
            self.io.out(self.layout.header() + "\n")
