"""ps: its command line, in three styles at once: UNIX (-ef), BSD (aux) and GNU (--sort pid).

A word with a dash that makes no sense as UNIX is read again as BSD, which is why ``ps -aux`` works.

Source: ps(1), procps 4.0.2. Real: 27-ps-and-users.
"""

from __future__ import annotations

from vshell.usr._ps_options import Options
from vshell.usr._ps_select import PsError, read_pids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._proc import Task
    from vshell.usr._program import Io

__all__ = ["read_options"]

_LIST_OF = {
    "C": ("command", "list of command names"),
    "G": ("rgid", "list of real groups"),
    "U": ("ruid", "list of real users"),
    "g": ("leader", "list of session leaders OR effective group names"),
    "p": ("pid", "list of process IDs"),
    "s": ("session", "list of session leaders"),
    "t": ("tty", "list of terminals (pty, tty...)"),
    "u": ("euid", "list of users"),
}
_LIST_OF_WORD = {
    "Group": ("rgid", "list of real groups"),
    "User": ("ruid", "list of real users"),
    "group": ("egid", "list of effective groups"),
    "pid": ("pid", "list of process IDs"),
    "ppid": ("ppid", "list of process IDs"),
    "sid": ("session", "some sid thing(s)"),
    "tty": ("tty", "list of ttys"),
    "user": ("euid", "list of effective users"),
}
_SORT_KEYS = "CGJKMNPRSTUcfgjkmnoprstuvy"
_WITHOUT_HEADER = {
    f"no{dash}head{end}" for dash in ("", "-") for end in ("er", "ers", "ing", "ings")
}


def read_options(
    io: Io, words: list[str], own: Callable[[], Task], check: Callable[[Options], None]
) -> Options:
    """Read a command line.

    Args:
        io: of ps.
        words: the arguments.
        own: gives ps itself, for its terminal.
        check: refuses options by raising PsError.

    Raises:
        PsError: it makes no sense, neither as UNIX nor as BSD.
    """
    try:
        return _Reader(io, words, own, as_bsd=False).read(check)
    except PsError as error:
        try:
            return _Reader(io, words, own, as_bsd=True).read(check)
        except PsError:
            raise error from None


class _Reader:
    def __init__(self, io: Io, words: list[str], own: Callable[[], Task], *, as_bsd: bool) -> None:
        self.io = io
        self.words = list(words)
        self.own = own
        self.as_bsd = as_bsd
        self.options = Options()
        self.options.selection.bsd = as_bsd
        self.rest = ""
        self.given = list(words)
        self.threads: set[str] = set()
        """Of -L, -T, -m, and BSD's H and m."""

    def read(self, check: Callable[[Options], None]) -> Options:
        options = self.options
        while self.words:
            word = self.words.pop(0)
            if word.startswith("--") and word[2:3].isalpha():
                self.long(word)
            elif word.startswith("-") and word[1:2].isalpha() and not self.as_bsd:
                self.letters(word[1:], self.unix)
            elif word.lstrip("-")[:1].isalpha() and not word.startswith("--"):
                if self.as_bsd and not word.startswith("-"):
                    raise PsError("garbage option")
                options.selection.bsd = True
                self.letters(word.removeprefix("-"), self.bsd)
            elif word.startswith("+") or (
                word.lstrip("-")[:1].isdigit() and not word.startswith("--")
            ):
                options.selection.bsd = True
                self.numbers(word)
            else:
                raise PsError("garbage option")
        self.check_threads()
        check(options)
        options.selection.check()
        self.check_quick()
        return options

    # A plain number is a task; with a minus sign it is a process group, with a plus sign a
    # session. Only numbers may follow.
    def numbers(self, word: str) -> None:
        words, self.words = [word, *self.words], []
        for one in words:
            digits = one.lstrip("-+")
            if not (digits.isascii() and digits.isdigit()):
                raise PsError("process ID list syntax error")
            kind = {"-": "pgrp", "+": "session"}.get(one[0], "pid")
            self.options.selection.add(self.io, kind, digits)

    def letters(self, text: str, take: Callable[[str], bool]) -> None:
        self.rest = text
        while self.rest:
            letter, self.rest = self.rest[0], self.rest[1:]
            if letter.isdigit() and take == self.bsd:
                word, self.rest = letter + self.rest, ""
                self.numbers(word)
            elif not take(letter):
                style = "option (BSD syntax)" if take == self.bsd else "SysV option"
                raise PsError(f"unsupported {style}")

    # The rest of the word, or the next one.
    def argument(self, missing: str) -> str:
        text, self.rest = self.rest, ""
        if not text and self.words:
            text = self.words.pop(0)
        if not text:
            raise PsError(missing)
        return text

    # Said once all words are read, in ps's order.
    def check_threads(self) -> None:
        asked = self.threads
        if asked and self.options.forest:
            raise PsError("thread display conflicts with forest display")
        if {"m", "-m"} <= asked:
            raise PsError("thread flags conflict; can't use both m and -m")
        if "H" in asked and asked & {"m", "-m"}:
            raise PsError("thread flags conflict; can't use H with m or -m")
        if {"L", "T"} <= asked:
            raise PsError("thread flags conflict; can't use both -L and -T")
        self.options.after_processes = bool(asked & {"m", "-m"})

    def check_quick(self) -> None:
        options, selection = self.options, self.options.selection
        if not selection.quick:
            return
        name = "q/-q/--quick-pid cannot be"
        if selection.lists:
            raise PsError(f"{name} combined with other selection options.")
        if selection.negated:
            raise PsError(f"{name} used together with negation switches.")
        if options.forest:
            raise PsError(f"{name} used together with forest type listings.")
        if options.sort or options.short_sort:
            raise PsError("q/-q,--quick-pid cannot be used together with sort options.")

    def exclusive(self, answer: str, name: str) -> None:
        if self.given != [name]:
            raise PsError(f"the option is exclusive: {name}")
        self.options.answer = answer

    def quick(self, name: str, value: str | None = None) -> None:
        text = value or self.argument(f"List of process IDs must follow {name}.")
        if self.options.selection.quick:
            raise PsError("q/-q/--quick-pid can only be used once.")
        self.options.selection.quick = read_pids(text)

    # -- UNIX -------------------------------------------------------------------------------------

    def unix(self, letter: str) -> bool:
        options, selection = self.options, self.options.selection
        if letter in _LIST_OF:
            kind, what = _LIST_OF[letter]
            selection.add(self.io, kind, self.argument(f"{what} must follow -{letter}"))
        elif letter in "Ae":
            selection.everything = True
        elif letter in "ad":
            selection.letters.add(letter)
        elif letter == "N":
            selection.negated = True
        elif letter in "FfjlycPMZ":
            options.unix_formats.add("M" if letter == "Z" else letter)
        elif letter in "LT":
            self.threads.add(letter)
            options.unix_formats.add(letter)
        elif letter == "m":
            self.threads.add("-m")
        elif letter == "H":
            options.forest = "H"
        elif letter == "w":
            options.wide += 1
        elif letter == "q":
            self.quick("-q")
        elif letter == "o":
            options.columns.append(self.argument("format specification must follow -o"))
        elif letter == "O":
            text = self.argument("format or sort specification must follow -O")
            if options.columns or options.around:
                raise PsError("option -O can not follow other format options")
            options.around = "O"
            options.columns.append(text)
        elif letter == "V":
            self.exclusive("version", "-V")
        elif letter == "x":
            raise PsError("must set personality to get -x option")
        else:
            return False
        return True

    # -- BSD --------------------------------------------------------------------------------------

    def bsd(self, letter: str) -> bool:
        options, selection = self.options, self.options.selection
        if letter in "axg":
            selection.letters.add(letter.upper())
        elif letter in "jlsuvX":
            options.several_formats |= options.bsd_format not in ("", letter)
            options.bsd_format = letter
        elif letter == "T" or (letter == "t" and not self.rest and not self.words):
            selection.lists.append(("tty", {self.own().tty}))
        elif letter in "ptU":
            kind = {"p": "pid", "t": "tty", "U": "euid"}[letter]
            what = {"p": "process IDs", "t": "terminals (pty, tty...)", "U": "users"}[letter]
            selection.add(self.io, kind, self.argument(f"list of {what} must follow {letter}"))
        elif letter == "q":
            self.quick("q")
        elif letter == "r":
            selection.running_only = True
        elif letter in "HmM":
            self.threads.add(letter.replace("M", "m"))
        elif letter == "k":
            self.set_sort(self.argument("long sort specification must follow 'k'"))
        elif letter == "o":
            options.columns.append(self.argument("format specification must follow o"))
        elif letter == "O":
            self.bsd_order(self.argument("format or sort specification must follow O"))
        elif letter == "W":
            raise PsError("obsolete W option not supported (you have a /dev/drum?)")
        else:
            return self.bsd_flag(letter)
        return True

    def bsd_flag(self, letter: str) -> bool:
        options = self.options
        if letter == "c":
            options.command_name = True
        elif letter == "e":
            options.environment = True
        elif letter == "f":
            options.forest = "f"
        elif letter == "h":
            self.set_header("never")
        elif letter == "n":
            options.numeric = True
        elif letter == "S":
            options.with_children = True
        elif letter == "w":
            options.wide += 1
        elif letter == "Z":
            options.unix_formats.add("M")
        elif letter == "L":
            self.exclusive("names", "L")
        elif letter == "V":
            self.exclusive("version", "V")
        else:
            return False
        return True

    # BSD's O is an order where it can be one, else columns.
    def bsd_order(self, text: str) -> None:
        options = self.options
        letters = [letter for letter in text if letter not in "+-"]
        if letters and len(set(letters)) == len(letters) and set(letters) <= set(_SORT_KEYS):
            if options.sort or options.short_sort:
                raise PsError("multiple sort options")
            options.short_sort = text
            return
        if options.columns or options.around:
            raise PsError("option O is neither first format nor sort order")
        from vshell.usr._ps_format import read_cells  # noqa: PLC0415 - only to tell an order from columns

        columns = text.strip(", ")
        try:
            read_cells(columns, 5)
        except PsError:
            raise PsError("bad sorting code") from None
        options.around = "o"
        options.columns.append(columns)

    def set_header(self, header: str) -> None:
        if self.options.header != "once":
            raise PsError("only one heading option may be specified")
        self.options.header = header

    def set_sort(self, text: str) -> None:
        if self.options.sort or self.options.short_sort:
            raise PsError("multiple sort options")
        self.options.sort = text

    # -- GNU --------------------------------------------------------------------------------------

    def long(self, word: str) -> None:
        options, selection = self.options, self.options.selection
        name, equals, value = word[2:].partition("=")
        self.rest = value
        if name in _LIST_OF_WORD:
            kind, what = _LIST_OF_WORD[name]
            selection.add(self.io, kind, self.long_argument(f"{what} must follow --{name}", equals))
        elif name == "quick-pid":
            missing = "List of process IDs must follow --quick-pid."
            self.quick("--quick-pid", self.long_argument(missing, equals))
        elif name in ("cols", "columns", "width"):
            options.cols = self.long_number(
                "columns must follow --cols, --width, or --columns", equals
            )
        elif name in ("rows", "lines"):
            options.rows = self.long_number("rows must follow --rows or --lines", equals)
        elif name == "format":
            missing = "format specification must follow --format"
            options.columns.append(self.long_argument(missing, equals))
        elif name == "sort":
            missing = "long sort specification must follow --sort"
            self.set_sort(self.long_argument(missing, equals))
        elif name == "context":
            options.bsd_format = options.bsd_format or "C"
        elif name == "help":
            options.answer, options.help_section = "help", value or "".join(self.words[:1])
            self.words.clear()
        elif name in ("version", "info"):
            if equals:
                raise PsError(f"the option is exclusive: --{name}")
            self.exclusive(name, f"--{name}")
        else:
            self.long_flag(name, equals)
        self.rest = ""

    def long_flag(self, name: str, equals: str) -> None:
        options = self.options
        shown = name
        if name == "deselect":
            options.selection.negated = True
        elif name == "cumulative":
            options.with_children = True
        elif name == "forest":
            options.forest = "f"
        elif name in ("header", "headers", "heading", "headings"):
            self.set_header("pages")
            shown = "heading"
        elif name in _WITHOUT_HEADER:
            self.set_header("never")
            shown = "no-heading"
        else:
            raise PsError("unknown gnu long option")
        if equals:
            raise PsError(f"option --{shown} does not take an argument")

    def long_argument(self, missing: str, equals: str) -> str:
        if equals and not self.rest:
            raise PsError(missing)
        return self.argument(missing)

    def long_number(self, what: str, equals: str) -> int:
        missing = f"number of {what}"
        text = self.long_argument(missing, equals)
        if not (text.isascii() and text.isdigit() and int(text)):
            raise PsError(missing)
        return int(text)
