"""ls: list directories.

Source: ls(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, join
from vshell.usr._human import blocks_of, parse_block_size
from vshell.usr._ls_format import Entry, Format
from vshell.usr._names import Names
from vshell.usr._numbers import decimal
from vshell.usr._options import Options, give_up, parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_SHORT = "abcdfghiklmnopqrstuvw:xABCDFGHI:LNQRST:UXZ1"
_LONG = {
    "all": "a",
    "almost-all": "A",
    "author": "author",
    "escape": "b",
    "block-size=": "block-size",
    "ignore-backups": "B",
    "color=?": "color",
    "directory": "d",
    "dired": "D",
    "classify=?": "F",
    "file-type": "file-type",
    "format=": "format",
    "full-time": "full-time",
    "group-directories-first": "group-dirs",
    "no-group": "G",
    "human-readable": "h",
    "si": "si",
    "dereference-command-line": "H",
    "dereference-command-line-symlink-to-dir": "deref-dir",
    "hide=": "hide",
    "hyperlink=?": "hyperlink",
    "indicator-style=": "indicator",
    "inode": "i",
    "ignore=": "I",
    "kibibytes": "k",
    "dereference": "L",
    "numeric-uid-gid": "n",
    "literal": "N",
    "hide-control-chars": "q",
    "show-control-chars": "show-control",
    "quote-name": "Q",
    "quoting-style=": "quoting",
    "reverse": "r",
    "recursive": "R",
    "size": "s",
    "sort=": "sort",
    "time=": "time",
    "time-style=": "time-style",
    "tabsize=": "T",
    "width=": "w",
    "context": "Z",
    "zero": "zero",
}
_USAGE = (
    "[OPTION]... [FILE]...\nList information about the FILEs (the current directory by default)."
)
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


@program
def main(io: Io, words: list[str]) -> int:
    """List files: ``ls [-aAbBcdfFgGhHiIklLmnNopqQrRsStuUvwxXZ1] [--color[=WHEN]] [FILE...]``."""
    options = parse(io, words, _SHORT, _LONG, usage=_USAGE, status=2)
    return _Ls(io, options).run(options.operands)


class _Ls:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.options = options
        self.status = 0
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
        self.printed = False

    # -- Options --------------------------------------------------------------------------------------

    def word(self, name: str, value: str, option: str) -> str:
        """Complete an option's argument; complain about one that is not known."""
        known = _WORDS[name]
        if value in known:
            return value
        similar = [word for word in known if word.startswith(value)]
        if value and len(similar) == 1:
            return similar[0]
        what = "ambiguous" if value and similar else "invalid"
        self.io.complain(f"{what} argument {quote(value)} for {quote(option)}")
        self.io.err("Valid arguments are:\n" + "".join(f"  - {quote(word)}\n" for word in known))
        give_up(self.io, 2)

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
        if value in known or len(similar) == 1:
            return value if value in known else similar[0]
        self.io.complain(f"invalid argument {quote(value)} for {quote('time style')}")
        self.io.err("Valid arguments are:\n")
        self.io.err("".join(f"  - [posix-]{word}\n" for word in known))
        self.io.err("  - +FORMAT (e.g., +%H:%M) for a 'date'-style format\n")
        give_up(self.io, 2)

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

    # -- Files ----------------------------------------------------------------------------------------

    def run(self, operands: list[str]) -> int:
        files: list[Entry] = []
        folders: list[Entry] = []
        for name in operands or ["."]:
            entry = self.operand(name)
            if entry is not None:
                is_folder = entry.is_directory() and not self.just_names
                (folders if is_folder else files).append(entry)
        self.format.print_entries(self.sorted(files))
        self.printed = bool(files)
        headers = self.recursive or len(operands) > 1
        for entry in self.sorted(folders):
            self.folder(entry.name, header=headers, operand=True)
        if self.options.has("zero"):
            return self.status
        return self.status

    def fail(self, what: str, error: KernelError, status: int) -> None:
        self.io.complain(f"{what}: {strerror(error.errno)}")
        self.status = max(self.status, status)

    def operand(self, name: str) -> Entry | None:
        sys = self.io.sys
        how = self.dereference
        try:
            found = sys.stat(name) if how in ("all", "operands") else sys.lstat(name)
            if how == "directories" and found.mode & S_IFMT == S_IFLNK:
                found = self.directory_behind(name) or found
        except KernelError as error:
            self.fail(f"cannot access {quoteaf(name)}", error, 2)
            return None
        entry = Entry(name, found)
        self.read_link(entry, name)
        return entry

    def directory_behind(self, path: str) -> Stat | None:
        try:
            found = self.io.sys.stat(path)
        except KernelError:
            return None
        return found if found.mode & S_IFMT == S_IFDIR else None

    # Find out where a link leads, if that is shown.
    def read_link(self, entry: Entry, path: str) -> None:
        form = self.format
        if entry.found is None or entry.found.mode & S_IFMT != S_IFLNK:
            return
        if form.style != "long" and form.colors is None:
            return
        try:
            entry.target = self.io.sys.readlink(path)
        except KernelError as error:
            self.fail(f"cannot read symbolic link {quoteaf(path)}", error, 1)
            return
        try:
            entry.target_found = self.io.sys.stat(path)
        except KernelError:
            entry.target_found = None

    def folder(self, path: str, *, header: bool, operand: bool) -> None:
        try:
            names = self.io.sys.listdir(path)
        except KernelError as error:
            self.fail(f"cannot open directory {quoteaf(path)}", error, 2 if operand else 1)
            return
        form = self.format
        if header:
            shown = form.quoted(path) if form.quoting != "literal" else path
            self.io.out(f"{chr(10) if self.printed else ''}{shown}:\n")
        self.printed = True
        entries = [self.entry(path, name) for name in self.visible(names)]
        listed = self.sorted([entry for entry in entries if entry is not None])
        if form.style == "long" or form.blocks:
            total = sum(blocks_of(one.found) for one in listed if one.found is not None)
            self.io.out(f"total {form.block_count(total)}\n")
        form.print_entries(listed)
        if self.recursive:
            for entry in listed:
                if entry.is_directory() and entry.name not in (".", ".."):
                    self.folder(join(path, entry.name), header=True, operand=False)

    def visible(self, names: list[str]) -> list[str]:
        if self.show in ("a", "f"):
            names = [".", "..", *names]
        elif self.show != "A":
            names = [name for name in names if not name.startswith(".")]
            names = [name for name in names if not any(glob(name) for glob in self.hidden)]
        return [name for name in names if not any(glob(name) for glob in self.ignored)]

    def entry(self, folder: str, name: str) -> Entry | None:
        if not self.needs_stat:
            return Entry(name, None)
        sys = self.io.sys
        path = join(folder, name)
        try:
            found = sys.stat(path) if self.dereference == "all" else sys.lstat(path)
        except KernelError as error:
            self.fail(f"cannot access {quoteaf(path)}", error, 1)
            return Entry(name, None) if self.dereference == "all" else None
        entry = Entry(name, found)
        self.read_link(entry, path)
        return entry

    def sorted(self, entries: list[Entry]) -> list[Entry]:
        if self.sort == "U":
            return entries
        out = sorted(entries, key=self.key(), reverse=self.reverse)
        if self.options.has("group-dirs"):
            out.sort(key=lambda entry: not entry.is_directory())
        return out

    def key(self) -> Callable[[Entry], Any]:
        kind = self.format.time_kind

        def raw(entry: Entry) -> bytes:
            return entry.name.encode("utf-8", "surrogateescape")

        if self.sort == "S":
            return lambda entry: (-entry.found.size if entry.found else 0, raw(entry))
        if self.sort == "t":
            return lambda entry: (-getattr(entry.found, kind, 0), raw(entry))
        if self.sort == "X":
            return lambda entry: (
                b"." + raw(entry).rpartition(b".")[2] if b"." in raw(entry) else b"",
                raw(entry),
            )
        if self.sort == "W":
            return lambda entry: (len(entry.name), raw(entry))
        if self.sort == "v":
            from vshell.usr._version_order import version_key  # noqa: PLC0415 - with -v only

            return lambda entry: version_key(raw(entry))
        return raw
