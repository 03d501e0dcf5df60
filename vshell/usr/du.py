"""du: tell how much of the disk files take.

Source: du(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import moment, strftime
from vshell.usr._files import S_IFDIR, S_IFMT, join
from vshell.usr._human import blocks_of, human, parse_block_size
from vshell.usr._numbers import decimal
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_LONG = {
    "all": "a",
    "apparent-size": "apparent",
    "block-size=": "B",
    "bytes": "b",
    "count-links": "l",
    "dereference": "L",
    "dereference-args": "D",
    "exclude=": "exclude",
    "human-readable": "h",
    "max-depth=": "d",
    "null": "0",
    "no-dereference": "P",
    "one-file-system": "x",
    "separate-dirs": "S",
    "summarize": "s",
    "si": "si",
    "time=?": "time",
    "total": "c",
    "threshold=": "t",
}
_USAGE = (
    "[OPTION]... [FILE]...\nSummarize disk usage of the set of FILEs, recursively for directories."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Sum up: ``du [-abchklmsxDLPS0] [-d N] [-B SIZE] [--exclude=GLOB] [FILE...]``."""
    io.write_complaint = "write error"
    options = parse(io, words, "0abd:chHklmst:xB:DLPSX:", _LONG, usage=_USAGE)
    return _Du(io, options).run(options.operands or ["."])


class _Du:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.status = 0
        self.everything = options.has("a")
        self.total = options.has("c")
        self.apart = options.has("S")
        self.apparent = options.has("apparent", "b")
        self.end = "\0" if options.has("0") else "\n"
        self.follow = options.has("L")
        self.follow_operands = options.has("D", "H")
        self.times = options.has("time")
        self.count_links = options.has("l")
        self.seen: set[tuple[int, int]] = set()
        self.depth = self.max_depth(options)
        self.human = ""
        self.unit = 1024
        self.suffix = ""
        self.set_units(options)
        from vshell.usr._glob import compile_glob  # noqa: PLC0415 - after the options are checked

        self.excluded = [compile_glob(text).fullmatch for text in options.values("exclude")]

    def max_depth(self, options: Options) -> int | None:
        depth = None
        if options.has("d"):
            depth = decimal(options.value("d"))
            if depth is None:
                usage_error(self.io, f"invalid maximum depth {quote(options.value('d'))}")
        if options.has("s"):
            if options.has("a"):
                usage_error(self.io, "cannot both summarize and show all entries")
            if depth:
                self.io.complain(f"warning: summarizing conflicts with --max-depth={depth}")
            depth = 0
        return depth

    def set_units(self, options: Options) -> None:
        for name, value in options.items:
            if name in ("h", "si"):
                self.human = name
            elif name in ("k", "m", "b"):
                self.human = ""
                self.unit = {"k": 1024, "m": 1 << 20, "b": 1}[name]
            elif name == "B":
                parsed = parse_block_size(value)
                if parsed is None:
                    self.io.die(f"invalid -B argument {quote(value)}")
                self.unit, self.suffix = parsed

    def run(self, names: list[str]) -> int:
        total = 0
        for name in names:
            total += self.visit(name, 0)[0]
        if self.total:
            self.print(total, "total", None)
        return self.status

    def fail(self, text: str, error: KernelError) -> None:
        self.io.complain(f"{text}: {strerror(error.errno)}")
        self.status = 1

    # Give the bytes of a file or of a directory with all in it, and the newest time.
    def visit(self, path: str, depth: int) -> tuple[int, int]:
        sys = self.io.sys
        follow = self.follow or (self.follow_operands and depth == 0)
        try:
            found = sys.stat(path) if follow else sys.lstat(path)
        except KernelError as error:
            self.fail(f"cannot access {quoteaf(path)}", error)
            return 0, 0
        is_folder = found.mode & S_IFMT == S_IFDIR
        key = (found.device, found.inode)
        if not self.count_links and key in self.seen and (found.links > 1 or depth == 0):
            return 0, 0
        self.seen.add(key)
        size, newest = self.size_of(found, is_folder=is_folder), found.mtime_ns
        own = size
        if is_folder:
            for child_size, child_time, child_is_folder in self.children(path, depth):
                size += child_size
                own += 0 if child_is_folder else child_size
                newest = max(newest, child_time)
        if (is_folder or self.everything or depth == 0) and (
            self.depth is None or depth <= self.depth
        ):
            self.print(own if self.apart else size, path, newest)
        return size, newest

    def children(self, path: str, depth: int) -> list[tuple[int, int, bool]]:
        sys = self.io.sys
        try:
            names = sys.listdir(path)
        except KernelError as error:
            self.fail(f"cannot read directory {quoteaf(path)}", error)
            return []
        found = []
        for name in names:
            below = join(path, name)
            if any(glob(name) or glob(below) for glob in self.excluded):
                continue
            size, newest = self.visit(below, depth + 1)
            found.append((size, newest, self.is_folder(below)))
        return found

    def is_folder(self, path: str) -> bool:
        try:
            return self.io.sys.lstat(path).mode & S_IFMT == S_IFDIR
        except KernelError:
            return False

    def size_of(self, found: Stat, *, is_folder: bool) -> int:
        if self.apparent:
            return 0 if is_folder and found.device != 1 else found.size
        return blocks_of(found) * 512

    def print(self, size: int, name: str, newest_ns: int | None) -> None:
        if self.human:
            shown = human(size, si=self.human == "si")
        else:
            shown = f"{-(-size // self.unit)}{self.suffix}"
        date = ""
        if self.times:
            when = moment(self.io, newest_ns // NSEC_PER_SEC * NSEC_PER_SEC if newest_ns else 0)
            date = strftime("%Y-%m-%d %H:%M", when) + "\t"
        self.io.out(f"{shown}\t{date}{name}{self.end}")
