"""more on a terminal: a screen of text, then a prompt, then more.

Source: more(1), util-linux 2.38.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFMT
from vshell.usr._keys import Keyboard
from vshell.usr._pager_text import PagerText
from vshell.usr._regex import RegexError, compile_posix
from vshell.usr._terminal import terminal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["More"]

_RULE = "::::::::::::::\n"
_REVERSE, _NORMAL = "\x1b[7m", "\x1b[27m"
_CLEAR_LINE = "\r\x1b[K"
_CLEAR_REST = "\x1b[K"
_HINT = "[Press space to continue, 'q' to quit.]"
_HELP = """\
Most commands optionally preceded by integer argument k.  Defaults in brackets.
-------------------------------------------------------------------------------
<space>                 Display next k lines of text [current screen size]
z                       The same
<return>                Display next k lines of text [1]
d or ctrl-D             Scroll k lines [half a screen]
q or Q or <interrupt>   Leave
s                       Skip forward k lines of text [1]
f                       Skip forward k screenfuls of text [1]
b or ctrl-B             Skip backward k screenfuls of text [1]
=                       Display current line number
/<regular expression>   Search for the kth occurrence of it [1]
n                       Search for the kth occurrence of the last one [1]
:f                      Display current file name and line number
:n  :p                  Go to kth next, kth previous file [1]
-------------------------------------------------------------------------------
"""


class More:
    """A run of more."""

    def __init__(self, io: Io, *, squeeze: bool, silent: bool) -> None:
        """Take the terminal.

        Args:
            io: the program's streams.
            squeeze: whether several blank lines become one.
            silent: whether the prompt tells what to press.

        Raises:
            KernelError: there is no terminal.
        """
        self.io = io
        self.squeeze = squeeze
        self.silent = silent
        self.keyboard = Keyboard(io)
        self.columns, rows = terminal_size(io) or (80, 24)
        self.page = max(rows - 1, 1)
        self.half = max(rows // 2 - 1, 1)
        self.start_line = 0
        self.start_pattern = ""
        self.text = PagerText(io, 0)
        self.size = 0
        self.line = 0
        """How many lines have been shown."""
        self.rows_left: list[str] = []
        self.was_blank = False
        self.pattern = ""
        self.is_over = False
        self.name = ""
        self.is_next = False
        """Whether another file is to be shown."""
        self.step = 0
        """Which file is next, counted from this one, when one changes."""

    def begin(self, lines: str, starts: list[str]) -> None:
        """Take the options: lines per screen, where to begin."""
        if lines.isdigit() and int(lines):
            self.page = int(lines)
        for start in starts:
            if start.isdigit():
                self.start_line = int(start) - 1
            elif start.startswith("/"):
                self.start_pattern = start[1:]

    def run(self, names: list[str]) -> int:
        """Show the files, or standard input; give the exit code."""
        try:
            index = 0
            while index < max(len(names), 1) and not self.is_over:
                self.step = 1
                if names:
                    self.show_file(names, index)
                else:
                    self.show(0, self.page)
                index = max(index + self.step, 0)
        finally:
            self.io.flush()
            self.keyboard.release()
        return 0

    def show_file(self, names: list[str], index: int) -> None:
        io, name = self.io, names[index]
        try:
            stat = io.sys.stat(name)
            if stat.mode & S_IFMT == S_IFDIR:
                io.out(f"\n*** {name}: directory ***\n\n")
                return
            fd = io.sys.open(name)
        except KernelError as error:
            io.complain(f"cannot open {name}: {strerror(error.errno)}")
            return
        self.size = stat.size
        rows = self.page
        if len(names) > 1:
            io.out(f"{_RULE}{name}\n{_RULE}")
            rows -= 3
        self.show(fd, rows, name)
        io.sys.close(fd)

    def show(self, fd: int, rows: int, name: str = "") -> None:
        self.text = PagerText(self.io, fd)
        self.text.columns = self.columns
        self.text.colours = True
        self.line = 0
        self.rows_left = []
        self.name = name
        if self.start_line:
            self.skip(self.start_line)
        if self.start_pattern:
            self.search(self.start_pattern, 1)
            self.start_pattern = ""
        self.print_rows(rows, erase=False)
        self.is_next = False
        while not (self.is_over or self.is_next):
            self.prompt()
            self.obey()

    # -- Text -------------------------------------------------------------------------------------

    def next_row(self) -> str | None:
        while not self.rows_left:
            if not self.text.has_line(self.line):
                return None
            rows = list(self.text.rows(self.line))
            self.line += 1
            blank = rows == [""]
            if not (self.squeeze and blank and self.was_blank):
                self.rows_left = rows
            self.was_blank = blank
        return self.rows_left.pop(0)

    def skip(self, count: int) -> int:
        skipped = 0
        self.rows_left = []
        while skipped < count and self.text.has_line(self.line):
            self.line += 1
            skipped += 1
        return skipped

    # Where the text ends before the screen does, the rest stays blank.
    def print_rows(self, count: int, *, erase: bool = True) -> None:
        out = []
        for number in range(count):
            row = self.next_row() or ""
            out.append(f"\r{row}{_CLEAR_REST}\n" if erase and not number else f"{row}\n")
        self.io.out("".join(out))

    def at_end(self) -> bool:
        return not self.rows_left and not self.text.has_line(self.line)

    def prompt(self) -> None:
        if self.at_end():
            text = f"--More--{_CLEAR_LINE}(END)"
        else:
            text = "--More--"
            if self.size:
                shown = self.text.lines[: self.line]
                read = sum(len(one.encode("utf-8", "surrogateescape")) + 1 for one in shown)
                read -= sum(map(len, self.rows_left)) + bool(self.rows_left)
                text += f"({read * 100 // self.size}%)"
            text += _HINT if self.silent else ""
        self.io.out(f"{_REVERSE}{text}{_NORMAL}")
        self.io.flush()

    # -- Keys -------------------------------------------------------------------------------------

    def key(self) -> tuple[str, int | None]:
        digits = ""
        while True:
            key = self.keyboard.take()
            if self.keyboard.interrupted or key == "end of input":
                return "q", None
            if len(key) == 1 and key in "0123456789":
                digits += key
            elif key:
                return key, int(digits) if digits else None

    def obey(self) -> None:
        key, number = self.key()
        if key in (" ", "z", "pagedown"):
            self.print_rows(number or self.page)
        elif key in ("\n", "\r", "j", "down"):
            self.print_rows(number or 1)
        elif key in ("d", "\x04"):
            self.print_rows(number or self.half)
        elif key in ("q", "Q"):
            self.io.out(_CLEAR_LINE)
            self.is_over = True
        elif key in ("s", "f"):
            self.skip_forward((number or 1) * (1 if key == "s" else self.page))
        elif key in ("b", "\x02", "pageup"):
            self.back(number or 1)
        elif key == "=":
            self.io.out(f"{_CLEAR_LINE}{self.line}")
            self.io.flush()
            self.key()
            self.io.out(_CLEAR_LINE)
        elif key in ("/", "n"):
            self.ask_search(number or 1, again=key == "n")
        elif key in ("h", "?"):
            self.io.out(f"{_CLEAR_LINE}{_HELP}")
        elif key == ":":
            self.colon(number or 1)
        else:
            self.io.out(f"{_CLEAR_LINE}\a")

    def skip_forward(self, count: int) -> None:
        skipped = self.skip(count)
        lines = "line" if skipped == 1 else "lines"
        self.io.out(f"{_CLEAR_LINE}\n...skipping {skipped} {lines}\n\n")
        self.print_rows(self.page, erase=False)

    def back(self, pages: int) -> None:
        shown = "1 page" if pages == 1 else f"{pages} pages"
        self.io.out(f"{_CLEAR_LINE}...back {shown}\n\n" if self.line else "")
        self.line = max(self.line - self.page * (pages + 1) - 1, 0)
        self.rows_left = []
        self.print_rows(self.page, erase=False)

    def ask_search(self, count: int, *, again: bool) -> None:
        typed = ""
        while not again:
            self.io.out(f"{_CLEAR_LINE}/{typed}")
            self.io.flush()
            key = self.keyboard.take()
            if key in ("\n", "\r"):
                break
            if key in ("\x7f", "\b"):
                typed = typed[:-1]
            elif key in ("escape", "end of input") or self.keyboard.interrupted:
                self.io.out(_CLEAR_LINE)
                return
            elif len(key) == 1:
                typed += key
        self.pattern = typed or self.pattern
        self.io.out(_CLEAR_LINE)
        if not self.pattern:
            self.io.out("No previous regular expression\n")
        elif self.search(self.pattern, count):
            self.print_rows(self.page, erase=False)

    # Go two lines before where it is found, so that it can be seen in its place.
    def search(self, pattern: str, count: int) -> bool:
        try:
            regex = compile_posix(pattern, extended=False)
        except RegexError as error:
            self.io.out(f"{error}\n")
            return False
        line = self.line
        while self.text.has_line(line):
            if regex.matches(self.text.plain(line)):
                count -= 1
                if not count:
                    self.io.out("\n...skipping\n")
                    self.line = max(line - 2, 0)
                    self.rows_left = []
                    return True
            line += 1
        self.io.out("Pattern not found\n")
        return False

    def colon(self, number: int) -> None:
        key = self.keyboard.take()
        if key == "f":
            file = f'"{self.name}"' if self.name else "[Not a file]"
            place = f"{file} line {self.line}"
            self.io.out(f"{_CLEAR_LINE}{place}\n")
        elif key in ("n", "p"):
            self.io.out(_CLEAR_LINE)
            self.step = number if key == "n" else -number
            self.is_next = True
        elif key in ("q", "Q"):
            self.io.out(_CLEAR_LINE)
            self.is_over = True
        else:
            self.io.out(f"{_CLEAR_LINE}\a")
