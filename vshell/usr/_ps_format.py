"""ps: which columns a listing has, and how its lines are put together.

Source: ps(1), procps 4.0.2. Real: 06-names, 07-ps-states, 27-ps-and-users.
"""

from __future__ import annotations

from vshell.usr._proc import printable
from vshell.usr._ps_columns import (
    PER_PROCESS,
    PER_THREAD,
    RIGHT,
    SIGNALS,
    UNLIMITED,
    USER,
    WCHAN,
    Column,
    find_column,
)
from vshell.usr._ps_select import PsError
from vshell.usr._width import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._ps_options import Options
    from vshell.usr._ps_row import Row

__all__ = ["Cell", "Layout", "choose_cells", "read_cells"]

_BSD_FORMATS = {
    "": "pid tname stat bsdtime args",
    "j": "ppid pid pgid sid tname tpgid stat uid bsdtime args",
    "l": "f uid pid ppid priority ni vsz rss wchan stat tname bsdtime args",
    "s": "uid pid pending blocked ignored caught stat tname bsdtime args",
    "u": "user pid %cpu %mem vsz rss tname stat start_time bsdtime args",
    "v": "pid tname stat bsdtime maj_flt m_trs m_drs rss %mem args",
    "X": "pid stackp esp eip tmout alarm stat tname bsdtime args",
    "C": "pid context command",
}
_AIX = {
    "C": "pcpu",
    "G": "group",
    "P": "ppid",
    "U": "user",
    "a": "args",
    "c": "comm",
    "g": "rgroup",
    "n": "nice",
    "p": "pid",
    "r": "pgid",
    "t": "etime",
    "u": "ruser",
    "x": "time",
    "y": "tty",
    "z": "vsz",
}
_ENDLESS = 1 << 30
_LAST_WIDTH = 3
_WIDE_SIGNALS = 7


class Cell:
    """A column of this listing: with its own header and width, or a text between columns."""

    __slots__ = ("column", "header", "width")

    def __init__(self, column: Column | None, header: str, width: int) -> None:
        """Place a column; without one, ``header`` is the text that stands in every line."""
        self.column = column
        self.header = header
        self.width = width


# -- Which columns --------------------------------------------------------------------------------


def choose_cells(
    options: Options, environ: dict[str, str], pid_width: int, warn: Callable[[str], None]
) -> list[Cell]:
    """Find the columns of a listing.

    Args:
        options: what was asked for.
        environ: PS_FORMAT there stands for ps's own default.
        pid_width: characters of a task's number.
        warn: is told why PS_FORMAT is not taken.

    Raises:
        PsError: names that do not exist, or formats that exclude each other.
    """
    formats = options.unix_formats
    conflict = PsError("conflicting format options")
    if options.columns:
        cells = _user_cells(options, pid_width)
        if options.bsd_format or formats & {"f", "F", "l"}:
            raise conflict
        if formats - {"L", "T"}:
            raise PsError("can not use output modifiers with user-defined output")
        return cells
    if options.several_formats or (options.bsd_format and formats & {"f", "F", "l"}):
        raise conflict
    if "y" in formats and "l" not in formats and not options.bsd_format:
        raise PsError("modifier -y without format -l makes no sense")
    if not formats and not options.bsd_format and environ.get("PS_FORMAT"):
        try:
            return read_cells(environ["PS_FORMAT"], pid_width)
        except PsError as error:
            warn(f"warning: $PS_FORMAT ignored. ({error})\n")
    if options.bsd_format:
        names = _bsd_names(options.bsd_format, formats)
    else:
        names = _unix_names(formats, bsd=options.selection.bsd)
    return [_cell(name, pid_width) for name in names]


def _unix_names(formats: set[str], *, bsd: bool) -> list[str]:
    full = bool(formats & {"f", "F"})
    extra = "F" in formats
    long = "l" in formats
    classes = "c" in formats
    names = [
        ("label", "M" in formats),
        ("f", long and "y" not in formats),
        ("s", long),
        ("uid_hack", full),
        ("uid", long and not full),
        ("pid", True),
        ("spid", "T" in formats),
        ("ppid", full or long),
        ("pgid", "j" in formats),
        ("sid", "j" in formats),
        ("lwp", "L" in formats),
        ("psr", "P" in formats),
        ("c", (full or long) and not classes),
        ("nlwp", full and "L" in formats),
        ("class", classes),
        ("pri", classes),
        ("opri", long and not classes),
        ("ni", long and not classes),
        ("rss", long and "y" in formats),
        ("addr_1", long and "y" not in formats),
        ("sz", extra or long),
        ("wchan", long),
        ("rss", extra and not (long and "y" in formats)),
        ("psr", extra and "P" not in formats),
        ("stime", full),
        ("tname", True),
        ("stat", bsd and not long),
        ("bsdtime" if bsd else "time", True),
        ("cmd" if full or (bsd and long) else "args" if bsd else "ucmd", True),
    ]
    return [name for name, wanted in names if wanted]


# The BSD formats take some of UNIX's additions too.
def _bsd_names(letter: str, formats: set[str]) -> list[str]:
    names = _BSD_FORMATS[letter].split()
    if "c" in formats and letter == "l":
        names = [
            "class" if name == "priority" else "pri" if name == "ni" else name for name in names
        ]
    if "y" in formats and letter == "l":
        names.remove("f")
    if "L" in formats:
        if "%cpu" in names:
            names.insert(names.index("%cpu") + 1, "nlwp")
        behind = "sid" if "sid" in names else "ppid" if letter == "l" else "pid"
        names.insert(names.index(behind) + 1, "lwp")
    if "j" in formats:
        behind = "ppid" if "ppid" in names else "pid"
        names[names.index(behind) + 1 : names.index(behind) + 1] = ["pgid", "sid"]
    if "T" in formats:
        names.insert(names.index("pid") + 1, "spid")
    return ["label", *names] if "M" in formats else names


def _cell(name: str, pid_width: int) -> Cell:
    column = _known(name)
    return Cell(column, column.header, column.width or pid_width)


def _known(name: str) -> Column:
    column = find_column(name)
    if column is None:
        raise PsError(f'unknown user-defined format specifier "{name}"')
    return column


def _user_cells(options: Options, pid_width: int) -> list[Cell]:
    lists = [read_cells(text, pid_width) for text in options.columns]
    if options.around:
        last = "args" if options.around == "O" else "comm"
        own = [_cell(name, pid_width) for name in ("pid", "state", "tname", "time", last)]
        lists[0] = [own[0], *lists[0], *own[1:]]
    return [cell for cells in lists for cell in cells]


def read_cells(text: str, pid_width: int) -> list[Cell]:
    """Read columns as -o takes them: names with ":width" and "=header", or AIX's %-letters.

    Raises:
        PsError: it cannot be read.
    """
    if "%" in text.replace("%cpu", "").replace("%mem", ""):
        return _aix_cells(text, pid_width)
    cells = []
    text = text.replace("\t", ",").replace("\n", ",").replace(" ", ",")
    words = text.removesuffix(",").split(",")
    if not all(words):
        raise PsError("improper format list")
    for word in words:
        name, equals, header = word.partition("=")
        name, colon, wanted = name.partition(":")
        if name in ("DefSysV", "DefBSD"):
            names = _unix_names(set(), bsd=name == "DefBSD")
            cells += [_cell(one, pid_width) for one in names]
            continue
        cell = _cell(name, pid_width)
        if colon:
            if not (wanted.isascii() and wanted.isdigit() and int(wanted)):
                raise PsError("column widths must be unsigned decimal numbers")
            cell.width = int(wanted)
        if equals:
            cell.header = header
        if equals and not colon:
            cell.width = max(cell.width, len(header))
        cells.append(cell)
    return cells


# Printf-like texts of AIX: "%p %c".
def _aix_cells(text: str, pid_width: int) -> list[Cell]:
    cells: list[Cell] = []
    while text:
        literal, percent, rest = text.partition("%")
        if literal:
            if "," in text or (cells and literal.strip(" ")):
                raise PsError("improper AIX field descriptor")
            cells.append(Cell(None, literal, len(literal)))
        text = rest[1:]
        if not percent:
            break
        if not rest or rest[0] == "%":
            raise PsError("missing AIX field descriptor")
        if rest[0] not in _AIX:
            raise PsError("unknown AIX field descriptor")
        cells.append(_cell(_AIX[rest[0]], pid_width))
    # A text, if an empty one, by which the layout knows them.
    return [*cells, Cell(None, "", 0)]


# -- Lines ----------------------------------------------------------------------------------------


class Layout:
    """Puts lines together: each column at its place, or right behind one that is too long."""

    def __init__(self, cells: list[Cell], screen: int, *, numeric: bool, utf8: bool) -> None:
        """Place columns.

        Args:
            cells: the columns.
            screen: characters of a line, 0 for no limit.
            numeric: whether names are numbers.
            utf8: whether other than ASCII characters can be shown.
        """
        self._cells = cells
        self._numeric = numeric
        self._utf8 = utf8
        self._aix = any(cell.column is None for cell in cells)
        self._limit = self._fit(screen or _ENDLESS)

    # The narrowest multiple of the screen's width that holds the columns; masks get the room
    # it leaves.
    def _fit(self, screen: int) -> int:
        total = -1
        masks = []
        for cell in self._cells:
            column = cell.column
            wide = cell.width
            if column is not None and column.justify == UNLIMITED and cell is self._cells[-1]:
                wide = _LAST_WIDTH
            total += wide + (column is not None)
            if column is not None and column.justify == SIGNALS:
                masks.append(cell)
        limit = screen * max(-(-total // screen), 1)
        if total + _WIDE_SIGNALS * len(masks) <= limit:
            for cell in masks:
                cell.width += _WIDE_SIGNALS
        return limit

    @property
    def has_header(self) -> bool:
        """Whether any column has one."""
        return any(cell.header and cell.column is not None for cell in self._cells)

    def header(self) -> str:
        """Write the line above the columns."""
        return self._line([cell.header for cell in self._cells], None)

    def line(self, row: Row, scope: str = "") -> str:
        """Write a row.

        Args:
            row: the task.
            scope: "process" or "thread" where they have lines of their own: columns of the other
                kind are "-" then.
        """
        texts = []
        for cell in self._cells:
            column = cell.column
            if column is None:
                texts.append(cell.header)
            elif (scope == "process" and column.scope == PER_THREAD) or (
                scope == "thread" and column.scope == PER_PROCESS
            ):
                texts.append("-")
            else:
                texts.append(column.text(row))
        return self._line(texts, row)

    def _line(self, texts: list[str], row: Row | None) -> str:
        if self._aix:
            return self._printf_line(texts, row)
        parts = []
        at = place = 0
        for cell, whole in zip(self._cells, texts, strict=True):
            column, text = cell.column, whole
            assert column is not None
            start = max(place, at + 1) if at else place
            if row is not None:
                is_last = cell is self._cells[-1]
                room = self._limit - start if is_last else cell.width
                text = _fitted(self._shown(text), column.justify, room)
            used = width(text)
            if self._is_right(column):
                start = max(start, place + cell.width - used)
            parts.append(" " * (start - at) + text)
            at = start + used
            place += cell.width + 1
        return "".join(parts)

    # Every column has its full width; a blank stands between two that have no text between them.
    def _printf_line(self, texts: list[str], row: Row | None) -> str:
        line = ""
        behind_column = False
        for cell, whole in zip(self._cells, texts, strict=True):
            column, text = cell.column, whole
            if column is None:
                line += text
            else:
                if row is not None:
                    text = _fitted(self._shown(text), column.justify, cell.width)
                pad = " " * (cell.width - width(text))
                line += " " * behind_column + (pad + text if self._is_right(column) else text + pad)
            behind_column = column is not None
        return line

    def _shown(self, text: str) -> str:
        if text.isprintable() and (self._utf8 or text.isascii()):
            return text
        if not self._utf8:
            text = text.encode("utf-8", "surrogateescape").decode("ascii", "replace")
            text = text.replace("\ufffd", "?")
        return printable(text)

    def _is_right(self, column: Column) -> bool:
        if column.justify in (USER, WCHAN):
            return self._numeric
        return column.justify in (RIGHT, SIGNALS)


def _fitted(text: str, justify: str, room: int) -> str:
    if justify == UNLIMITED:
        if width(text) > room:
            text = text.removesuffix(" <defunct>")
        while width(text) > room:
            text = text[: room if text.isascii() else -1]
        return text
    if justify == USER and len(text) > room:
        return text[: room - 1] + "+"
    if justify == WCHAN:
        return text[:room]
    if justify == SIGNALS and room < len(text):
        return ("<" if text[:-8].strip("0") else "") + text[-8:]
    return text
