"""What sed reads and writes: lines of one file after the other, edited in place or not.

Source: sed(1), GNU sed 4.9
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFMT, S_IFREG, records
from vshell.usr._program import Quit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vshell.usr._options import Options
    from vshell.usr._program import Io

__all__ = ["Output", "SedFiles"]


class Output:
    """Where text goes, and whether its last line lacks a newline."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        """Write by a function."""
        self.write = write
        self.unended = False


class SedFiles:
    """The files of one run of sed, and the line at hand: the pattern space."""

    def __init__(self, io: Io, options: Options) -> None:
        """Take the options."""
        self.io = io
        self.suffix = options.value("i") if options.has("i") else None
        self.separate = options.has("s", "i")
        self.end = b"\0" if options.has("z") else b"\n"
        self.unbuffered = options.has("u")
        self.follow = options.has("follow")
        self.stdout = Output(io.out_bytes)
        self.output = self.stdout
        self.outputs: dict[str, Output] = {}
        self.waiting: list[str] = []
        self.source: Iterator[bytes] | None = None
        self.ahead: bytes | None = None
        self.name = "-"
        self.finish_file: Callable[[], None] = lambda: None
        self.number = 0
        self.space = ""
        self.ended = True
        self.replaced = False
        self.appended: list[Callable[[], None]] = []
        self.status = 0

    def open_output(self, name: str) -> Output:
        if name == "/dev/stdout":
            return self.stdout
        if name == "/dev/stderr":
            return Output(lambda data: self.io.err(data.decode("utf-8", "surrogateescape")))
        try:
            fd = self.io.sys.open(name, 0o1101)
        except KernelError as error:
            self.io.die(f"couldn't open file {name}: {strerror(error.errno)}", 4)
        return Output(lambda data: _write_all(self.io, fd, data))

    # -- Input ------------------------------------------------------------------------------------

    # Open files until one has a line; at the end of a file -i puts it in its place.
    def fill(self, *, across: bool) -> bool:
        while self.ahead is None:
            if self.source is not None:
                try:
                    self.ahead = next(self.source, None)
                except KernelError as error:
                    self.io.die(f"read error on {self.name}: {strerror(error.errno)}", 4)
                if self.ahead is not None:
                    break
                if not across:
                    return False
                self.source = None
                self.finish_file()
            if not self.waiting:
                return False
            self.open_file(self.waiting.pop(0))
        return True

    def open_file(self, name: str) -> None:
        sys = self.io.sys
        if name == "-" and self.suffix is None:
            self.name, self.source = name, records(self.io, 0, self.end)
            return
        try:
            found = sys.stat(name)
            if self.suffix is not None and found.mode & S_IFMT != S_IFREG:
                self.io.complain(f"couldn't edit {name}: not a regular file")
                self.status = 4
                return
            fd = sys.open(name)
        except KernelError as error:
            self.io.complain(f"can't read {name}: {strerror(error.errno)}")
            self.status = 2
            return
        if found.mode & S_IFMT == S_IFDIR:
            # Reading it fails, in the words of fill().
            self.name = name
        self.name, self.source = name, self.lines_of(fd)
        if self.separate:
            self.number = 0
        if self.suffix is not None:
            self.edit_in_place(name, found.mode)

    def lines_of(self, fd: int) -> Iterator[bytes]:
        yield from records(self.io, fd, self.end)
        self.io.sys.close(fd)

    # Collect the output; at the file's end it takes the file's name.
    def edit_in_place(self, name: str, mode: int) -> None:
        sys = self.io.sys
        while self.follow and sys.lstat(name).mode & S_IFMT == 0o120000:
            target = sys.readlink(name)
            name = target if target.startswith("/") else name.rpartition("/")[0] + "/" + target
            name = name.removeprefix("/") if not target.startswith("/") else name
        folder, slash, base = name.rpartition("/")
        temporary = f"{folder}{slash}sed{sys.getpid():06d}"
        try:
            fd = sys.open(temporary, 0o301, 0o600)
        except KernelError as error:
            shown = f"{folder or '.'}/sedXXXXXX"
            self.io.die(f"couldn't open temporary file {shown}: {strerror(error.errno)}", 4)
        output = Output(lambda data: _write_all(self.io, fd, data))
        self.output = output

        def finish() -> None:
            sys.close(fd)
            sys.chmod(temporary, mode & 0o7777)
            if self.suffix:
                sys.rename(name, folder + slash + self.backup(base))
            sys.rename(temporary, name)
            self.output = self.stdout
            self.finish_file = lambda: None

        self.finish_file = finish

    def backup(self, base: str) -> str:
        suffix = self.suffix or ""
        return suffix.replace("*", base) if "*" in suffix else base + suffix

    def is_last(self) -> bool:
        if self.separate:
            return not self.fill(across=False)
        return not self.fill(across=True)

    def read_line(self) -> bool:
        """Take the next line into the pattern space; False if there is none."""
        self.flush_appended()
        self.replaced = False
        if not self.fill(across=True):
            return False
        line, self.ahead = self.ahead or b"", None
        self.ended = line.endswith(self.end)
        self.space = line.removesuffix(self.end).decode("utf-8", "surrogateescape")
        self.number += 1
        return True

    # -- Output -----------------------------------------------------------------------------------

    def put(self, output: Output, text: str, *, ended: bool) -> None:
        data = text.encode("utf-8", "surrogateescape")
        self.put_raw(output, data + self.end if ended else data)
        output.unended = not ended

    def put_raw(self, output: Output, data: bytes) -> None:
        if output.unended:
            data = self.end + data
            output.unended = False
        output.write(data)
        if self.unbuffered:
            self.io.flush()

    def print_space(self) -> None:
        self.put(self.output, self.space, ended=self.ended)

    def flush_appended(self) -> None:
        appended, self.appended = self.appended, []
        for one in appended:
            one()

    def append_file(self, name: str) -> None:
        try:
            data = self.io.read_file("-" if name == "/dev/stdin" else name)
        except KernelError:
            return
        if data:
            self.put_raw(self.output, data)


def _write_all(io: Io, fd: int, data: bytes) -> None:
    while data:
        try:
            data = data[io.sys.write(fd, data) :]
        except KernelError as error:
            io.complain(f"couldn't write {len(data)} items to output: {strerror(error.errno)}")
            raise Quit(4) from None
