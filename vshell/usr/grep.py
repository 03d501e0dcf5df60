"""grep: print the lines that match a pattern.

Source: grep(1), GNU grep 3.8
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, join
from vshell.usr._glob import compile_glob
from vshell.usr._grep_patterns import Patterns, compile_patterns
from vshell.usr._grep_search import Search
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quote
from vshell.usr._regex import RegexError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

_SHORT = "0123456789A:B:C:D:EFGHILPTUVX:abcd:e:f:hiLlm:noqRrsuvwxyZz"
_LONG = {
    "basic-regexp": "G",
    "extended-regexp": "E",
    "fixed-regexp": "F",
    "fixed-strings": "F",
    "perl-regexp": "P",
    "after-context=": "A",
    "before-context=": "B",
    "binary-files=": "binary",
    "binary": "U",
    "byte-offset": "b",
    "context=": "C",
    "color=?": "color",
    "colour=?": "color",
    "count": "c",
    "devices=": "D",
    "directories=": "d",
    "exclude=": "exclude",
    "exclude-from=": "exclude-from",
    "exclude-dir=": "exclude-dir",
    "file=": "f",
    "files-with-matches": "l",
    "files-without-match": "L",
    "group-separator=": "separator",
    "include=": "include",
    "initial-tab": "T",
    "label=": "label",
    "line-buffered": "line-buffered",
    "line-number": "n",
    "line-regexp": "x",
    "max-count=": "m",
    "ignore-case": "i",
    "no-ignore-case": "I-",
    "no-filename": "h",
    "no-group-separator": "no-separator",
    "no-messages": "s",
    "null": "Z",
    "null-data": "z",
    "only-matching": "o",
    "quiet": "q",
    "recursive": "r",
    "dereference-recursive": "R",
    "regexp=": "e",
    "invert-match": "v",
    "silent": "q",
    "text": "a",
    "with-filename": "H",
    "word-regexp": "w",
}
_PACKAGE = "(GNU grep) 3.8"
_USAGE = (
    "[OPTION]... PATTERNS [FILE]...\n"
    "Search for PATTERNS in each FILE.\n"
    "Example: grep -i 'hello world' menu.h main.c"
)


@program
def main(io: Io, words: list[str]) -> int:
    """Print matching lines: ``grep [-EFGPivwxscnboHhlLqrRaIzZT] [-mABC N] PATTERN [FILE...]``."""
    io.write_status = 2
    base = io.name.rpartition("/")[2]
    if base in ("egrep", "fgrep"):
        # On Debian these are scripts that run grep.
        io.name = "grep"
        words = ["-E" if base == "egrep" else "-F", *words]
    hint = f"Usage: {io.name} [OPTION]... PATTERNS [FILE]...\n"
    hint += f"Try '{io.name} --help' for more information.\n"
    options = parse(io, words, _SHORT, _LONG, usage=_USAGE, package=_PACKAGE, status=2, hint=hint)
    if options.has("V"):
        io.out(f"grep {_PACKAGE}\n")
        return 0
    operands = options.operands
    if not options.has("e", "f"):
        if not operands:
            io.err(hint)
            return 2
        options.items.append(("e", operands.pop(0)))
    return _Grep(io, options, hint).run()


class _Grep:
    def __init__(self, io: Io, options: Options, hint: str) -> None:
        self.io = io
        self.options = options
        self.status = 1
        self.failed = False
        self.quiet = options.has("q")
        self.recursive = options.last_of("rR")
        self.directories = "recurse" if self.recursive else "read"
        if options.has("d"):
            self.directories = self.action(options.value("d"), hint)
        names = options.operands
        self.names = names or (["."] if self.directories == "recurse" else ["-"])
        self.bare = not names and self.directories == "recurse"
        show = options.last_of("hH")
        self.named: bool | None = show == "H" if show else len(self.names) > 1 or None
        self.includes = [self.glob(value) for value in options.values("include")]
        self.excludes = [self.glob(value) for value in options.values("exclude")]
        for name in options.values("exclude-from"):
            self.excludes += [self.glob(line) for line in self.read_lines(name)]
        self.excluded_folders = [
            self.glob(value.rstrip("/") or "/") for value in options.values("exclude-dir")
        ]
        self.patterns = self.compile()
        self.search = self.make_search()
        self.label = options.value("label", "(standard input)")

    def glob(self, text: str) -> Callable[[str], object]:
        return compile_glob(text).fullmatch

    def read_lines(self, name: str) -> list[str]:
        try:
            text = self.io.read_text(name)
        except KernelError as error:
            self.io.die(f"{name}: {strerror(error.errno)}", 2)
        return text.removesuffix("\n").split("\n") if text else []

    def action(self, value: str, hint: str) -> str:
        if value in ("read", "recurse", "skip"):
            return value
        self.io.complain(f"invalid argument {quote(value)} for {quote('--directories')}")
        self.io.err("Valid arguments are:\n")
        self.io.err("".join(f"  - {quote(one)}\n" for one in ("read", "recurse", "skip")) + hint)
        raise Quit(2)

    def compile(self) -> Patterns:
        options = self.options
        kinds = {name for name, _ in options.items if name in "EFGP" and len(name) == 1}
        if len(kinds - {"G"} if {"E", "G"} >= kinds else kinds) > 1:
            self.io.die("conflicting matchers specified", 2)
        texts: list[str] = []
        for name, value in options.items:
            if name == "e":
                texts += value.split("\n")
            elif name == "f":
                texts += self.read_lines(value)
        case = [name for name, _ in options.items if name in ("i", "y", "I-")]
        try:
            patterns = compile_patterns(
                texts,
                kind=options.last_of("EFGP") or "G",
                ignore_case=bool(case) and case[-1] != "I-",
                words=options.has("w"),
                lines=options.has("x"),
            )
        except RegexError as error:
            self.io.die(str(error), 2)
        for warning in patterns.warnings:
            self.io.complain(f"warning: {warning}")
        return patterns

    def make_search(self) -> Search:
        options = self.options
        search = Search(self.io, self.patterns)
        search.invert = options.has("v")
        search.count = options.has("c")
        search.listing = options.last_of("lL")
        search.only = options.has("o")
        search.quiet = self.quiet
        search.numbers = options.has("n")
        search.offsets = options.has("b")
        search.tab = options.has("T")
        search.null = options.has("Z")
        search.end = b"\0" if options.has("z") else b"\n"
        search.line_buffered = options.has("line-buffered")
        search.before, search.after = self.contexts()
        search.most = self.max_count()
        if options.has("no-separator"):
            search.separator = None
        elif options.has("separator"):
            search.separator = options.value("separator")
        search.binary = self.binary_kind()
        color = options.value("color", "never") or "auto"
        if color in ("auto", "tty", "if-tty"):
            color = "always" if self.io.sys.isatty(1) else "never"
        search.colored = color in ("always", "yes", "force")
        return search

    def binary_kind(self) -> str:
        kind = "binary"
        for name, value in self.options.items:
            if name in ("a", "I", "binary"):
                kind = {"a": "text", "I": "without-match"}.get(name, value)
        if kind not in ("binary", "text", "without-match"):
            self.io.die("unknown binary-files type", 2)
        return kind

    def contexts(self) -> tuple[int, int]:
        default: int | None = None
        digits = ""
        before: int | None = None
        after: int | None = None
        for name, value in self.options.items:
            if name.isdigit():
                digits += name
                default = int(digits)
            elif name == "C":
                default = self.context(value)
            elif name == "B":
                before = self.context(value)
            elif name == "A":
                after = self.context(value)
        found = [default or 0 if one is None else one for one in (before, after)]
        return found[0], found[1]

    def context(self, text: str) -> int:
        if not (text.isascii() and text.isdigit()):
            self.io.die(f"{text}: invalid context length argument", 2)
        return int(text)

    def max_count(self) -> int | None:
        if not self.options.has("m"):
            return None
        text = self.options.value("m")
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            self.io.die("invalid max count", 2)
        return None if text.startswith("-") else int(text)

    # -- Files ------------------------------------------------------------------------------------

    def run(self) -> int:
        for name in self.names:
            if name == "-":
                self.file(0, self.label, named=bool(self.named))
            else:
                self.operand(name)
        return 2 if self.failed else self.status

    def complain(self, name: str, error: KernelError) -> None:
        self.failed = True
        if not self.options.has("s"):
            self.io.complain(f"{name}: {strerror(error.errno)}")

    def operand(self, name: str) -> None:
        try:
            found = self.io.sys.stat(name)
        except KernelError as error:
            self.complain(name, error)
            return
        kind = found.mode & S_IFMT
        if kind == S_IFDIR and self.directories == "skip":
            return
        if kind == S_IFDIR and self.directories == "recurse":
            if not self.is_excluded_folder(name):
                self.folder(name)
            return
        if kind in (S_IFCHR, S_IFIFO) and self.options.value("D") == "skip":
            return
        if not self.is_excluded(name):
            self.open(name, named=bool(self.named))

    def is_excluded(self, name: str) -> bool:
        base = name.rstrip("/").rpartition("/")[2]
        if any(glob(base) or glob(name) for glob in self.excludes):
            return True
        return bool(self.includes) and not any(glob(base) or glob(name) for glob in self.includes)

    def is_excluded_folder(self, name: str) -> bool:
        base = name.rstrip("/").rpartition("/")[2] or name
        return any(glob(base) or glob(name) for glob in self.excluded_folders)

    def folder(self, path: str) -> None:
        try:
            names = self.io.sys.listdir(path)
        except KernelError as error:
            self.complain(path, error)
            return
        for name in names:
            below = name if self.bare and path == "." else join(path, name)
            try:
                kind = self.io.sys.lstat(below).mode & S_IFMT
                if kind == S_IFLNK and self.recursive == "R":
                    kind = self.io.sys.stat(below).mode & S_IFMT
            except KernelError as error:
                self.complain(below, error)
                continue
            if kind == S_IFDIR:
                if not self.is_excluded_folder(name):
                    self.folder(below)
            elif kind not in (S_IFLNK, S_IFCHR, S_IFIFO) and not self.is_excluded(name):
                self.open(below, named=self.named is not False)

    def open(self, name: str, *, named: bool) -> None:
        try:
            fd = self.io.sys.open(name)
        except KernelError as error:
            self.complain(name, error)
            return
        self.file(fd, name, named=named)
        self.io.sys.close(fd)

    def file(self, fd: int, name: str, *, named: bool) -> None:
        try:
            matched = self.search.file(fd, name, named=named)
        except KernelError as error:
            matched = self.search.selected > 0
            self.complain(name, error)
            self.search.finish(name, named=named)
        if matched:
            self.status = 0
            if self.quiet:
                raise Quit(0)
