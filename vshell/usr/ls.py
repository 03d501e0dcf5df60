"""ls: list directories.

Source: ls(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, join
from vshell.usr._human import blocks_of
from vshell.usr._ls_format import Entry
from vshell.usr._ls_options import Settings
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quoteaf

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


@program
def main(io: Io, words: list[str]) -> int:
    """List files: ``ls [-aAbBcdfFgGhHiIklLmnNopqQrRsStuUvwxXZ1] [--color[=WHEN]] [FILE...]``."""
    io.write_status = 2
    options = parse(io, words, _SHORT, _LONG, usage=_USAGE, status=2)
    return _Ls(io, options).run(options.operands)


class _Ls(Settings):
    def __init__(self, io: Io, options: Options) -> None:
        super().__init__(io, options)
        self.status = 0
        self.printed = False

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
