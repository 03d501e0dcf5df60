"""What the options of ls mean.

Source: ls(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._human import parse_block_size
from vshell.usr._ls_format import Format
from vshell.usr._names import Names
from vshell.usr._numbers import decimal
from vshell.usr._options import Options, choose, give_up
from vshell.usr._quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._program import Io

__all__ = ["Settings"]

_WORDS = {
    "color": ("always", "auto", "never", "yes", "force", "tty", "if-tty", "no", "none"),
    "format": ("across", "commas", "horizontal", "long", "single-column", "verbose", "vertical"),
    "indicator": ("none", "slash", "file-type", "classify"),
    "quoting": (
        "literal",
        "shell",
        "shell-always",
        "shell-escape",
        "shell-escape-always",
        "c",
        "escape",
    ),
    "sort": ("none", "size", "time", "version", "extension", "width"),
    "time": (
        "atime",
        "access",
        "use",
        "ctime",
        "status",
        "birth",
        "creation",
        "mtime",
        "modification",
    ),
}
_FORMATS = {
    "x": "across",
    "m": "commas",
    "l": "long",
    "g": "long",
    "n": "long",
    "o": "long",
    "1": "single",
    "C": "columns",
    "full-time": "long",
    "across": "across",
    "commas": "commas",
    "horizontal": "across",
    "long": "long",
    "verbose": "long",
    "single-column": "single",
    "vertical": "columns",
}
_SORTS = {"none": "U", "size": "S", "time": "t", "version": "v", "extension": "X", "width": "W"}


class Settings:
    """How ls lists: the format, and which files in which order."""

    def __init__(self, io: Io, options: Options) -> None:
        """Read the options, complain about wrong ones."""
        self.io = io
        self.options = options
        self.format = Format(io, Names(io))
        self.terminal = io.sys.isatty(1)
        self.set_format()
        self.set_names()
        self.set_sizes()
        self.set_times()
        self.set_colors()
        self.reverse = options.has("r")
        self.recursive = options.has("R")
        self.just_names = options.has("d")
        self.show = options.last_of("aAf")
        self.hidden = self.globs("hide") if not self.show else []
        self.ignored = self.globs("I")
        self.dereference = self.dereferencing()
        self.sort = self.sorting()
        form = self.format
        self.needs_stat = (
            form.style == "long"
            or form.blocks
            or form.inodes
            or bool(form.marks)
            or form.colors is not None
            or self.recursive
            or self.sort in ("S", "t")
            or options.has("group-dirs")
        )

    def word(self, name: str, value: str, option: str) -> str:
        """Complete an option's argument; complain about one that is not known."""
        return choose(self.io, value, _WORDS[name], option, 2)

    def globs(self, name: str) -> list[Callable[[str], object]]:
        values = self.options.values(name)
        if name == "I" and self.options.has("B"):
            values = [*values, "*~", ".*~"]
        if not values:
            return []
        from vshell.usr._glob import compile_glob  # noqa: PLC0415 - with -I, -B and --hide only

        return [compile_glob(value).fullmatch for value in values]

    def set_format(self) -> None:
        form = self.format
        form.style = "columns" if self.terminal else "single"
        for name, value in self.options.items:
            if name == "format":
                form.style = _FORMATS[self.word("format", value, "--format")]
            elif name == "1":
                form.style = form.style if form.style == "long" else "single"
            elif name == "zero":
                form.style = "single"
            elif name == "f" and form.style == "long":
                form.style = "columns" if self.terminal else "single"
            elif name in _FORMATS:
                form.style = _FORMATS[name]
        form.columns = self.line_width()
        form.tabs = self.options.value("T") != "0"

    def line_width(self) -> int:
        if self.options.has("w"):
            text = self.options.value("w")
            value = decimal(text)
            if value is None:
                self.io.die(f"invalid line width: {quote(text)}", 2)
            return value
        if self.terminal:
            return self.io.sys.window_size(1)[0] or 80
        return decimal(self.io.sys.environ().get("COLUMNS", "")) or 80

    def set_names(self) -> None:
        form, options = self.format, self.options
        form.quoting = "shell" if self.terminal else "literal"
        form.hide_control = self.terminal
        for name, value in options.items:
            if name in ("N", "zero"):
                form.quoting = "literal"
            elif name == "Q":
                form.quoting = "c"
            elif name == "b":
                form.quoting = "escape"
            elif name == "quoting":
                word = self.word("quoting", value, "--quoting-style").replace(
                    "shell-escape", "shell"
                )
                form.quoting = word
            elif name in ("q", "show-control"):
                form.hide_control = name == "q"
            elif name == "F":
                when = value or "always"
                always = when in ("always", "yes", "force") or (
                    when in ("auto", "tty", "if-tty") and self.terminal
                )
                form.marks = "classify" if always else form.marks
            elif name in ("p", "file-type"):
                form.marks = "slash" if name == "p" else "file-type"
            elif name == "indicator":
                word = self.word("indicator", value, "--indicator-style")
                form.marks = "" if word == "none" else word
        form.inodes = options.has("i")
        form.blocks = options.has("s") and options.last_of("sf") == "s"
        form.numeric = options.has("n")
        form.owner = not options.has("g")
        form.group = not options.has("o", "G")

    def set_sizes(self) -> None:
        form = self.format
        for name, value in self.options.items:
            if name in ("h", "si"):
                form.human = "si" if name == "si" else "h"
            elif name == "block-size":
                if value in ("human-readable", "si"):
                    form.human = "si" if value == "si" else "h"
                    continue
                parsed = parse_block_size(value)
                if parsed is None:
                    self.io.die(f"invalid --block-size argument {quote(value)}", 2)
                form.block_size = form.size_block = parsed[0]
                form.block_suffix = parsed[1]
                form.human = ""
            elif name == "k" and not self.options.has("block-size"):
                form.block_size = 1024

    def set_times(self) -> None:
        form = self.format
        kinds = {"u": "atime_ns", "c": "ctime_ns"}
        form.time_kind = kinds.get(self.options.last_of("uc"), "mtime_ns")
        if self.options.has("time"):
            word = self.word("time", self.options.value("time"), "--time")
            atime = word in ("atime", "access", "use")
            ctime = word in ("ctime", "status", "birth", "creation")
            form.time_kind = "atime_ns" if atime else "ctime_ns" if ctime else "mtime_ns"
        for name, value in self.options.items:
            if name == "full-time":
                form.time_style = "full-iso"
            elif name == "time-style":
                form.time_style = self.time_style(value)

    def time_style(self, value: str) -> str:
        value = value.removeprefix("posix-")
        if value.startswith("+"):
            return value
        known = ("full-iso", "long-iso", "iso", "locale")
        similar = [word for word in known if word.startswith(value)]
        if value not in known and len(similar) != 1:
            self.io.complain(f"invalid argument {quote(value)} for {quote('time style')}")
            self.io.err("Valid arguments are:\n")
            self.io.err("".join(f"  - [posix-]{word}\n" for word in known))
            self.io.err("  - +FORMAT (e.g., +%H:%M) for a 'date'-style format\n")
            give_up(self.io, 2)
        return value if value in known else similar[0]

    def set_colors(self) -> None:
        if not self.options.has("color"):
            return
        when = self.word("color", self.options.value("color") or "always", "--color")
        if when in ("always", "yes", "force") or (
            when in ("auto", "tty", "if-tty") and self.terminal
        ):
            from vshell.usr._ls_color import Colors  # noqa: PLC0415 - coloured listings only

            self.format.colors = Colors(self.io.sys.environ().get("LS_COLORS", ""))
            self.format.tabs = False

    def dereferencing(self) -> str:
        given = [n for n, _ in self.options.items if n in ("L", "H", "deref-dir")]
        if given:
            return {"L": "all", "H": "operands"}.get(given[-1], "directories")
        plain = self.format.style != "long" and not self.just_names
        return "directories" if plain and self.format.marks != "classify" else "never"

    def sorting(self) -> str:
        sort = ""
        for name, value in self.options.items:
            if name in ("S", "t", "U", "v", "X"):
                sort = name
            elif name == "f":
                sort = "U"
            elif name == "sort":
                sort = _SORTS[self.word("sort", value, "--sort")]
        times = self.options.has("u", "c", "time")
        return sort or ("t" if times and self.format.style != "long" else "")
