"""modinfo: show what a module says of itself.

Source: modinfo(8), kmod 30. Real: 10-params, 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.abi.ko import KoError, KoFile
from vshell.usr._kmod import module_name, version_text
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
    """Show a module's .modinfo: ``modinfo [-adlpn0m] [-F FIELD] [-k VERSION] [-b DIR] MODULE|FILE...``."""
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
        io.out(version_text())
        return 0
    if not operands:
        io.complain("ERROR: missing module or filename.")
        return 1
    field = values.get("F")
    for letter, name in _FIELDS.items():
        if letter in values:
            field = name
    release = values.get("k") or io.sys.uname().release
    tree = f"{values.get('b', '')}/lib/modules/{release}"
    return max(
        _show_one(io, word, field, tree, null="0" in values, by_name="m" in values)
        for word in operands
    )


def _show_one(io: Io, word: str, field: str | None, tree: str, *, null: bool, by_name: bool) -> int:
    path = None if by_name else _file_of(io, word)
    path = path or _installed(io, word, tree)
    ko = None
    if path is not None:
        try:
            ko = KoFile.from_bytes(io.read_file(path))
        except (KoError, KernelError):
            ko = None
    if ko is None or path is None:
        io.complain(f"ERROR: Module {word} not found.")
        return 1
    _Printer(io, ko, path, null=null).show(field)
    return 0


def _file_of(io: Io, word: str) -> str | None:
    if not word.endswith((".ko", ".ko.gz", ".ko.xz", ".ko.zst")) or not io.sys.access(word, 0):
        return None
    return word if word.startswith("/") else f"{io.sys.getcwd()}/{word}"


def _installed(io: Io, word: str, tree: str) -> str | None:
    wanted = module_name(word)
    try:
        text = io.read_text(f"{tree}/modules.dep")
    except KernelError:
        return None
    for line in text.splitlines():
        path = line.partition(":")[0]
        if module_name(path) == wanted:
            return path if path.startswith("/") else f"{tree}/{path}"
    return None


class _Printer:
    def __init__(self, io: Io, ko: KoFile, path: str, *, null: bool) -> None:
        self.io = io
        self.ko = ko
        self.path = path
        self.end = "\0" if null else "\n"
        self.null = null

    def show(self, field: str | None) -> None:
        if field == "filename":
            self.line(self.path)
        elif field == "parm":
            for name, description, kind in self.parameters():
                self.line(f"{name}:{description} ({kind})" if description else f"{name}: ({kind})")
        elif field is not None:
            for value in self.ko.infos(field):
                self.line(value)
        else:
            self.everything()

    def line(self, text: str) -> None:
        self.io.out(text + self.end)

    def pair(self, name: str, value: str) -> None:
        if self.null:
            self.line(f"{name}={value}")
        else:
            self.line(f"{name + ':':<16s}{value}")

    def everything(self) -> None:
        self.io.out(f"{'filename:':<16s}{self.path}{self.end}")
        for name, value in self.ko.modinfo:
            if name not in ("parm", "parmtype"):
                self.pair(name, value)
        for name, description, kind in self.parameters():
            shown = f"{name}:{description} ({kind})" if description else f"{name}:{kind}"
            self.pair("parm", shown)

    # .modinfo holds parameters in the reverse order of the source; they are shown in the source's.
    def parameters(self) -> list[tuple[str, str, str]]:
        descriptions = dict(value.split(":", 1) for value in self.ko.infos("parm"))
        found = []
        for value in reversed(self.ko.infos("parmtype")):
            name, kind = value.split(":", 1)
            found.append((name, descriptions.get(name, ""), kind))
        return found
