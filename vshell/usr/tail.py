"""tail: print the end of files, and what is added to them.

Source: tail(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EISDIR, ESRCH, KernelError, strerror
from vshell.abi.units import NSEC_PER_MSEC, parse_duration_ns
from vshell.usr._files import S_IFDIR, S_IFIFO, S_IFMT, S_IFREG
from vshell.usr._numbers import decimal, parse_count
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf, quotef
from vshell.usr.head import print_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_LONG = {
    "bytes=": "c",
    "follow=?": "f",
    "lines=": "n",
    "max-unchanged-stats=": "max",
    "pid=": "pid",
    "quiet": "q",
    "silent": "q",
    "retry": "retry",
    "sleep-interval=": "s",
    "verbose": "v",
    "zero-terminated": "z",
}
_USAGE = "[OPTION]... [FILE]...\nPrint the last 10 lines of each FILE to standard output."
# The real one is told by inotify; looking ten times a second comes close.
_LOOK_NS = 100 * NSEC_PER_MSEC
_SEEK_SET, _SEEK_CUR, _SEEK_END = 0, 1, 2


class _File:
    # One operand: its descriptor (None while it cannot be opened) and what is known of it.
    def __init__(self, name: str) -> None:
        self.name = name
        self.shown = "standard input" if name == "-" else name
        self.fd: int | None = None
        self.identity = (0, 0)
        self.errno = 0
        self.ignored = False


@program
def main(io: Io, words: list[str]) -> int:
    """Print the last lines or bytes of files: ``tail [-n [+]N] [-c [+]N] [-fFqvz] [FILE...]``."""
    options = parse(io, _modern(words), "c:fFn:qs:vz", _LONG, usage=_USAGE)
    return _Tail(io, options).run()


# "-5", "+5", "-5f", "-5c" are the old way to say "-n 5", "-n +5", "-n 5 -f", "-c 5".
def _modern(words: list[str]) -> list[str]:
    if not words or words[0][:1] not in ("-", "+") or not words[0][1:2].isdigit():
        return words
    sign, body = words[0][0], words[0][1:]
    digits = body[: len(body) - len(body.lstrip("0123456789"))]
    letters = body[len(digits) :]
    if letters.strip("bclf") or len(words) > 2:
        return words
    unit = "-c" if "c" in letters or "b" in letters else "-n"
    amount = ("+" if sign == "+" else "") + digits + ("b" if "b" in letters else "")
    return [unit, amount, *(["-f"] if "f" in letters else []), *words[1:]]


class _Tail:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.end = b"\0" if options.has("z") else b"\n"
        self.unit = options.last_of("cn") or "n"
        text = options.value(self.unit, "10")
        body = text.lstrip("+") if text.startswith("+") else text.removeprefix("-")
        count = parse_count(body)
        if count is None:
            what = "bytes" if self.unit == "c" else "lines"
            io.die(f"invalid number of {what}: {quote(text.removeprefix('-'))}")
        self.count = count
        self.from_start = text.startswith("+")
        self.by_name = options.has("F") or options.value("f") == "name"
        self.retry = options.has("F", "retry")
        self.follow = options.has("f", "F")
        self.look_ns = _LOOK_NS
        if options.has("s"):
            self.look_ns = self.seconds(options.value("s"))
        self.pid = decimal(options.value("pid", "0")) or 0
        names = options.operands or ["-"]
        self.files = [_File(name) for name in names]
        self.headers = options.last_of("qv") == "v" or (len(names) > 1 and not options.has("q"))
        self.last_shown: _File | None = None
        self.status = 0

    def seconds(self, text: str) -> int:
        try:
            return max(parse_duration_ns(text), NSEC_PER_MSEC)
        except ValueError:
            self.io.die(f"invalid number of seconds: {quote(text)}")

    def run(self) -> int:
        for file in self.files:
            self.open(file)
            if file.fd is not None:
                self.header(file)
                self.print_end(file)
        if self.follow:
            self.follow_files()
        return self.status

    def header(self, file: _File) -> None:
        if self.headers and self.last_shown is not file:
            print_header(self.io, file.shown, first=self.last_shown is None)
        self.last_shown = file

    def fail(self, file: _File, what: str, error: KernelError) -> None:
        self.io.complain(f"{what}: {strerror(error.errno)}")
        file.errno = error.errno
        self.status = 1

    def open(self, file: _File) -> None:
        try:
            file.fd = 0 if file.name == "-" else self.io.sys.open(file.name)
        except KernelError as error:
            self.fail(file, f"cannot open {quoteaf(file.name)} for reading", error)
            return
        found = self.io.sys.fstat(file.fd)
        file.identity = (found.device, found.inode)

    def close(self, file: _File) -> None:
        if file.fd:
            self.io.sys.close(file.fd)
        file.fd = None

    def print_end(self, file: _File) -> None:
        assert file.fd is not None
        try:
            if self.from_start:
                self.print_from(file.fd)
            elif self.unit == "c":
                data = self.io.read_all(file.fd)
                self.io.out_bytes(data[max(0, len(data) - self.count) :])
            else:
                self.io.out_bytes(self.last_lines(file.fd))
        except KernelError as error:
            self.fail(file, f"error reading {quoteaf(file.shown)}", error)

    def last_lines(self, fd: int) -> bytes:
        data = b""
        while True:
            chunk = self.io.sys.read(fd)
            if not chunk:
                return data[self.start_of_last_lines(data) :]
            data += chunk
            if len(data) > 1 << 20:
                data = data[self.start_of_last_lines(data) :]

    def start_of_last_lines(self, data: bytes) -> int:
        if not self.count:
            return len(data)
        position = len(data) - data.endswith(self.end)
        for _ in range(self.count):
            position = data.rfind(self.end, 0, position)
            if position < 0:
                return 0
        return position + 1

    def print_from(self, fd: int) -> None:
        skip = max(self.count - 1, 0)
        while True:
            data = self.io.sys.read(fd)
            if not data:
                return
            if self.unit == "c":
                skipped = min(skip, len(data))
                skip -= skipped
                data = data[skipped:]
            while skip and data:
                found = data.find(self.end)
                skip -= found >= 0
                data = data[found + 1 :] if found >= 0 else b""
            self.io.out_bytes(data)

    # -- Following --------------------------------------------------------------------------------

    def follow_files(self) -> None:
        for file in self.files:
            self.check_followable(file)
        sys = self.io.sys
        while any(file.fd is not None or self.retry for file in self.files if not file.ignored):
            self.io.flush()
            alive = not self.pid or self.is_alive()
            for file in self.files:
                if file.ignored:
                    continue
                if self.by_name:
                    self.look_at_name(file)
                if file.fd is not None:
                    self.print_more(file)
            if not alive:
                return
            self.io.flush()
            sys.nanosleep(self.look_ns)
        if not (len(self.files) == 1 and self.files[0].name == "-"):
            self.io.complain("no files remaining")

    def is_alive(self) -> bool:
        try:
            self.io.sys.kill(self.pid, 0)
        except KernelError as error:
            return error.errno != ESRCH
        return True

    def check_followable(self, file: _File) -> None:
        if file.fd is None:
            file.ignored = not self.retry
            return
        kind = self.io.sys.fstat(file.fd).mode & S_IFMT
        if kind == S_IFDIR:
            self.io.complain(
                f"{quotef(file.shown)}: cannot follow end of this type of file; "
                "giving up on this name"
                if not self.retry
                else f"{quotef(file.shown)}: cannot follow end of this type of file"
            )
            file.ignored = not self.retry
            self.close(file)
            self.status = 1
        elif file.name == "-" and kind == S_IFIFO:
            # POSIX: -f of a pipe is ignored.
            file.ignored = True
            file.fd = None

    # With -F: the name may vanish, come back or lead to another file.
    def look_at_name(self, file: _File) -> None:
        try:
            found = self.io.sys.stat(file.name)
        except KernelError as error:
            if file.fd is not None:
                text = f"{quoteaf(file.name)} has become inaccessible: {strerror(error.errno)}"
                self.io.complain(text)
                file.errno = error.errno
                self.close(file)
            return
        if file.fd is not None and (found.device, found.inode) == file.identity:
            return
        if found.mode & S_IFMT == S_IFDIR:
            if file.errno != EISDIR:
                file.errno = EISDIR
                self.io.complain(f"{quoteaf(file.name)} has been replaced with an untailable file")
                self.close(file)
            return
        self.reopen(file, found)

    def reopen(self, file: _File, found: Stat) -> None:
        replaced = file.fd is not None
        self.close(file)
        try:
            file.fd = self.io.sys.open(file.name)
        except KernelError:
            return
        file.identity = (found.device, found.inode)
        file.errno = 0
        what = "has been replaced" if replaced else "has appeared"
        self.io.complain(f"{quoteaf(file.name)} {what};  following new file")

    def print_more(self, file: _File) -> None:
        sys = self.io.sys
        assert file.fd is not None
        try:
            found = sys.fstat(file.fd)
            if found.mode & S_IFMT == S_IFREG and found.size < sys.lseek(file.fd, 0, _SEEK_CUR):
                self.io.complain(f"{quotef(file.shown)}: file truncated")
                sys.lseek(file.fd, 0, _SEEK_SET)
            while data := sys.read(file.fd):
                self.header(file)
                self.io.out_bytes(data)
        except KernelError as error:
            self.fail(file, f"error reading {quoteaf(file.shown)}", error)
            file.ignored = True
