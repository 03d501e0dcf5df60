"""modinfo: show what a module says of itself.

Source: modinfo(8), kmod 30. Real: 10-params, 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, ENOEXEC, KernelError, strerror
from vshell.abi.ko import KoError, KoFile
from vshell.usr._kmod import VERSION, Tool
from vshell.usr._kmod_tree import ModuleTree
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_HELP = """\
Usage:
	modinfo [options] <modulename|filename> [args]
Options:
	-a, --author                Print only 'author'
	-d, --description           Print only 'description'
	-l, --license               Print only 'license'
	-p, --parameters            Print only 'parm'
	-n, --filename              Print only 'filename'
	-0, --null                  Use \\0 instead of \\n
	-m, --modname               Handle argument as module name instead of alias or filename
	-F, --field=FIELD           Print only provided FIELD
	-k, --set-version=VERSION   Use VERSION instead of `uname -r`
	-b, --basedir=DIR           Use DIR as filesystem root for /lib/modules
	-V, --version               Show version
	-h, --help                  Show this help
"""
_LONG = {
    "author": "a",
    "description": "d",
    "license": "l",
    "parameters": "p",
    "filename": "n",
    "null": "0",
    "modname": "m",
    "field=": "F",
    "set-version=": "k",
    "basedir=": "b",
    "version": "V",
    "help": "h",
}
_FIELDS = {"a": "author", "d": "description", "l": "license", "p": "parm", "n": "filename"}


@program
def main(io: Io, words: list[str]) -> int:
    """Show .modinfo: ``modinfo [-adlpn0m] [-F FIELD] [-k VERSION] [-b DIR] MODULE|FILE...``."""
    try:
        options, operands = getopt(words, "adlpn0mF:k:b:Vh", _LONG)
    except OptionError as error:
        io.complain(str(error))
        return 1
    values = dict(options)
    if "h" in values:
        io.out(_HELP)
        return 0
    if "V" in values:
        io.out(VERSION)
        return 0
    if not operands:
        Tool(io).error("missing module or filename.")
        return 1
    field = None
    for letter, value in options:
        field = value if letter == "F" else _FIELDS.get(letter, field)
    tree = ModuleTree(io, values.get("b", ""), values.get("k") or io.sys.uname().release)
    show = _Show(io, tree, field, null="0" in values)
    return max([show.word(word, by_name="m" in values) for word in operands])


class _Show:
    # Finds modules and shows them; each method gives an exit code.
    def __init__(self, io: Io, tree: ModuleTree, field: str | None, *, null: bool) -> None:
        self.io = io
        self.tool = Tool(io)
        self.tree = tree
        self.field = field
        self.null = null

    def word(self, word: str, *, by_name: bool) -> int:
        if by_name:
            name = word.replace("-", "_")
            path = self.tree.path(name)
            if not path and not self.tree.is_builtin(name):
                self.complain(f"Module name {word} not found.")
                return 1
            return self.file(path, name) if path else self.builtin(name)
        path = _file_of(self.io, word)
        if path:
            return self.file(path, path.rpartition("/")[2].partition(".")[0].replace("-", "_"))
        found = self.tree.look_up(word, None)
        if not found:
            self.complain(f"Module {word} not found.")
            return 1
        return max(
            [self.file(one.path, one.name) if one.path else self.builtin(one.name) for one in found]
        )

    def complain(self, text: str) -> None:
        self.tool.error(text)

    def file(self, path: str, name: str) -> int:
        printer = _Printer(self.io, path, null=self.null)
        if self.field == "filename":
            printer.line(path)
            return 0
        if self.field is None:
            printer.filename()
        data = b""
        try:
            data = self.io.read_file(path)
            printer.show(KoFile.from_bytes(data), self.field)
        except (KoError, KernelError) as error:
            errno = error.errno if isinstance(error, KernelError) else ENOEXEC if data else EINVAL
            self.complain(f"could not get modinfo from '{name}': {strerror(errno)}")
            return 1
        return 0

    def builtin(self, name: str) -> int:
        printer = _Printer(self.io, "(builtin)", null=self.null)
        if self.field in (None, "name"):
            if self.field:
                printer.line(name)
            else:
                printer.pair("name", name)
        if self.field == "filename":
            printer.line("(builtin)")
        elif self.field is None:
            printer.filename()
        return 0


def _file_of(io: Io, word: str) -> str:
    if not word.endswith((".ko", ".ko.gz", ".ko.xz", ".ko.zst")) or not io.sys.access(word, 0):
        return ""
    return word if word.startswith("/") else f"{io.sys.getcwd()}/{word}"


class _Printer:
    def __init__(self, io: Io, path: str, *, null: bool) -> None:
        self.io = io
        self.path = path
        self.end = "\0" if null else "\n"
        self.null = null

    def filename(self) -> None:
        # Aligned even where fields are closed by zero bytes.
        self.line(f"{'filename:':<16s}{self.path}")

    def show(self, ko: KoFile, field: str | None) -> None:
        if field is None:
            for name, value in ko.modinfo:
                if name not in ("parm", "parmtype"):
                    self.pair(name, value)
            for name, description, kind in _parameters(ko):
                shown = f"{name}:{description} ({kind})" if description else f"{name}:{kind}"
                self.line(f"{'parm:':<16s}{shown}")
        elif field == "parm":
            for name, description, kind in _parameters(ko):
                self.line(f"{name}:{description} ({kind})" if description else f"{name}: ({kind})")
        else:
            for value in ko.infos(field):
                self.line(value)

    def line(self, text: str) -> None:
        self.io.out(text + self.end)

    def pair(self, name: str, value: str) -> None:
        self.line(f"{name}={value}" if self.null else f"{name + ':':<16s}{value}")


# .modinfo holds parameters in the reverse order of the source; they are shown in the source's.
def _parameters(ko: KoFile) -> list[tuple[str, str, str]]:
    descriptions = dict(value.split(":", 1) for value in ko.infos("parm"))
    found = []
    for value in reversed(ko.infos("parmtype")):
        name, kind = value.split(":", 1)
        found.append((name, descriptions.get(name, ""), kind))
    return found
