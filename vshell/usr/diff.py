"""diff: compare files line by line.

Source: diff(1), diffutils 3.8
Differs: of the output formats, ed scripts, RCS, side by side and #ifdef are not known.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._diff_lines import Change, changes_between
from vshell.usr._diff_print import Printer, Side
from vshell.usr._files import S_IFDIR, S_IFMT, join
from vshell.usr._kinds import kind_of
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._paths import base_name, same_file
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import shell_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_LONG = {
    "normal": "normal",
    "brief": "q",
    "report-identical-files": "s",
    "context=?": "C?",
    "unified=?": "U?",
    "show-c-function": "p",
    "label=": "L",
    "recursive": "r",
    "new-file": "N",
    "exclude=": "x",
    "ignore-case": "i",
    "ignore-trailing-space": "Z",
    "ignore-space-change": "b",
    "ignore-all-space": "w",
    "ignore-blank-lines": "B",
    "strip-trailing-cr": "strip",
    "text": "a",
    "color=?": "color",
    "minimal": "d",
    "speed-large-files": "H",
}
_PACKAGE = "(GNU diffutils) 3.8"
_USAGE = "[OPTION]... FILES\nCompare FILES line by line."
_SEEN_AS_TEXT = 4096


@program
def main(io: Io, words: list[str]) -> int:
    """Compare: ``diff [-aBbcdiNpqrsuwZ] [-C N] [-U N] [-L LABEL] [-x PATTERN] OLD NEW``."""
    io.write_complaint = "standard output: {}"
    io.write_status = 2
    hint = f"{io.name}: Try '{io.name} --help' for more information.\n"
    short = "0123456789aBbC:cdHiL:NpqrsU:uvwx:Z"
    options = parse(io, words, short, _LONG, usage=_USAGE, package=_PACKAGE, status=2, hint=hint)
    if options.has("v"):
        io.out(f"{io.name} {_PACKAGE}\n")
        return 0
    names = options.operands
    if len(names) < 2:
        last = words[-1] if words else io.name
        usage_error(io, f"missing operand after '{last}'", 2, hint)
    if len(names) > 2:
        usage_error(io, f"extra operand '{names[2]}'", 2, hint)
    return _Diff(io, options, words, hint).operands(*names)


class _File:
    # One side of a comparison; ``found`` is None for a file that is not there.
    def __init__(self, name: str, found: Stat | None) -> None:
        self.name = name
        self.found = found

    def is_directory(self) -> bool:
        return self.found is not None and self.found.mode & S_IFMT == S_IFDIR


class _Diff:
    def __init__(self, io: Io, options: Options, words: list[str], hint: str) -> None:
        self.io = io
        self.options = options
        self.hint = hint
        style, context = self.style()
        self.printer = Printer(
            io, style, context, functions=options.has("p"), colored=self.is_colored()
        )
        self.context = 0 if style == "normal" else context
        switches = words[::-1]
        for name in options.operands[::-1]:
            switches.remove(name)
        self.switches = "".join(f" {shell_quoted(word)}" for word in switches[::-1])
        self.excluded: list[Callable[[str], object]] = []
        if options.has("x"):
            from vshell.usr._glob import compile_glob  # noqa: PLC0415 - with -x only

            self.excluded = [compile_glob(one).fullmatch for one in options.values("x")]

    def style(self) -> tuple[str, int]:
        style = ""
        context = 3
        for name, value in self.options.items:
            letter = name[0]
            if letter not in "cCuU" and name != "normal":
                continue
            if name == "color":
                continue
            wanted = {"c": "context", "u": "unified"}.get(letter.lower(), "normal")
            if style not in ("", wanted):
                usage_error(self.io, "conflicting output style options", 2, self.hint)
            style = wanted
            if value:
                if not (value.isascii() and value.isdigit()):
                    usage_error(self.io, f"invalid context length '{value}'", 2, self.hint)
                context = int(value)
        digits = "".join(name for name, _ in self.options.items if name.isdigit())
        if digits:
            context = int(digits)
        if not style and self.options.has("p"):
            style = "context"
        return style or "normal", context

    def is_colored(self) -> bool:
        if not self.options.has("color"):
            return False
        when = self.options.value("color") or "auto"
        if when not in ("always", "auto", "never"):
            usage_error(self.io, f"invalid color '{when}'", 2, self.hint)
        return when == "always" or (when == "auto" and self.io.sys.isatty(1))

    def complain(self, name: str, error: KernelError) -> int:
        self.io.complain(f"{name}: {strerror(error.errno)}")
        return 2

    # -- Which files ------------------------------------------------------------------------------

    def operands(self, old: str, new: str) -> int:
        files = [self.look(old), self.look(new)]
        missing = [one for one in files if one.found is None]
        if missing and (not self.options.has("N") or len(missing) == 2):
            for one in missing:
                self.complain(one.name, KernelError(ENOENT))
            return 2
        first, second = files
        if first.is_directory() and second.is_directory():
            return self.folders(old, new)
        # A file is compared with the one of its name in a directory.
        if first.found and second.found and first.is_directory() != second.is_directory():
            if first.is_directory():
                files[0] = self.look(join(old, base_name(new)))
            else:
                files[1] = self.look(join(new, base_name(old)))
            gone = next((one for one in files if one.found is None), None)
            if gone is not None:
                return self.complain(gone.name, KernelError(ENOENT))
        return self.files(files[0], files[1], "")

    def look(self, name: str) -> _File:
        sys = self.io.sys
        try:
            return _File(name, sys.fstat(0) if name == "-" else sys.stat(name))
        except KernelError as error:
            if error.errno != ENOENT:
                self.complain(name, error)
                raise Quit(2) from None
            return _File(name, None)

    def folders(self, old: str, new: str) -> int:
        listed = []
        for path in (old, new):
            try:
                names = self.io.sys.listdir(path)
            except KernelError as error:
                if error.errno != ENOENT:
                    return self.complain(path, error)
                # With -N, what is not there is empty.
                names = []
            listed.append({one for one in names if not any(glob(one) for glob in self.excluded)})
        status = 0
        for name in sorted(listed[0] | listed[1], key=lambda one: one.encode(errors="replace")):
            status = max(status, self.entry(old, new, name, listed))
        return status

    def entry(self, old: str, new: str, name: str, listed: list[set[str]]) -> int:
        paths = join(old, name), join(new, name)
        alone = name not in listed[0] or name not in listed[1]
        if alone and not self.options.has("N"):
            self.io.out(f"Only in {old if name in listed[0] else new}: {name}\n")
            return 1
        try:
            first, second = self.look(paths[0]), self.look(paths[1])
        except Quit:
            return 2
        if all(one.is_directory() or one.found is None for one in (first, second)):
            if self.options.has("r"):
                return self.folders(*paths)
            self.io.out(f"Common subdirectories: {paths[0]} and {paths[1]}\n")
            return 0
        if first.is_directory() != second.is_directory() and first.found and second.found:
            kinds = kind_of(first.found), kind_of(second.found)
            self.io.out(f"File {paths[0]} is a {kinds[0]} while file {paths[1]} is a {kinds[1]}\n")
            return 1
        return self.files(first, second, f"diff{self.switches} {paths[0]} {paths[1]}\n")

    # -- Two files --------------------------------------------------------------------------------

    def files(self, first: _File, second: _File, before: str) -> int:
        if first.found and second.found and same_file(first.found, second.found):
            return self.identical(first, second)
        texts = []
        for one in (first, second):
            try:
                texts.append(self.io.read_file(one.name) if one.found else b"")
            except KernelError as error:
                return self.complain(one.name, error)
        if texts[0] == texts[1]:
            return self.identical(first, second)
        binary = any(b"\0" in text[:_SEEN_AS_TEXT] for text in texts)
        if binary and not self.options.has("a"):
            word = "Files" if self.options.has("q") else "Binary files"
            self.io.out(f"{word} {first.name} and {second.name} differ\n")
            return 1
        old, new = (self.side(*pair) for pair in zip((first, second), texts, (0, 1), strict=True))
        changes = self.changes(old.lines, new.lines)
        if not changes:
            return self.identical(first, second)
        if self.options.has("q"):
            self.io.out(f"Files {first.name} and {second.name} differ\n")
        else:
            self.printer.print(old, new, changes, before)
        return 1

    def identical(self, first: _File, second: _File) -> int:
        if self.options.has("s"):
            self.io.out(f"Files {first.name} and {second.name} are identical\n")
        return 0

    def side(self, file: _File, text: bytes, number: int) -> Side:
        labels = self.options.values("L")
        lines = text.split(b"\n")
        rest = lines.pop()
        lines = [line + b"\n" for line in lines] + ([rest] if rest else [])
        if self.options.has("strip"):
            lines = [line.replace(b"\r\n", b"\n") for line in lines]
        mtime_ns = file.found.mtime_ns if file.found is not None else 0
        if file.name == "-":
            mtime_ns = self.io.sys.clock_realtime_ns()
        return Side(file.name, mtime_ns, lines, labels[number] if number < len(labels) else None)

    def changes(self, old: list[bytes], new: list[bytes]) -> list[Change]:
        seen_as = self.seen_as()
        if seen_as is None:
            found = changes_between(old, new, self.context)
        else:
            pair = [[seen_as(line) for line in lines] for lines in (old, new)]
            found = changes_between(pair[0], pair[1], self.context)
        if not self.options.has("B"):
            return found
        kept = []
        for change in found:
            lines = old[change.start : change.end] + new[change.other_start : change.other_end]
            if any(line.strip(b"\n") for line in lines):
                kept.append(change)
        return kept

    # What of a line counts; None for all of it.
    def seen_as(self) -> Callable[[bytes], bytes] | None:
        chosen = {name for name, _ in self.options.items} & {"w", "b", "Z", "i"}
        if not chosen:
            return None

        def seen(line: bytes) -> bytes:
            if "w" in chosen:
                line = b"".join(line.split())
            elif "b" in chosen:
                head = b" " if line[:1].isspace() and line.strip() else b""
                line = head + b" ".join(line.split())
            elif "Z" in chosen:
                line = line.rstrip()
            return line.lower() if "i" in chosen else line

        return seen
