"""The files of a command line: opening one after the other, complaining about what cannot be read.

Source: the GNU coreutils 9.1, whose text tools all treat their operands so.
"""

from __future__ import annotations

from vshell.abi.errno import ENOMEM, KernelError, strerror
from vshell.usr._program import RECORD_BYTES_MAX
from vshell.usr._quote import quotef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.usr._program import Io

__all__ = [
    "S_IFBLK",
    "S_IFCHR",
    "S_IFDIR",
    "S_IFIFO",
    "S_IFLNK",
    "S_IFMT",
    "S_IFREG",
    "S_IFSOCK",
    "Inputs",
    "complain_of",
    "join",
    "records",
]

S_IFMT = 0o170000
S_IFSOCK, S_IFLNK, S_IFREG, S_IFBLK = 0o140000, 0o120000, 0o100000, 0o060000
S_IFDIR, S_IFCHR, S_IFIFO = 0o040000, 0o020000, 0o010000
_READ = 65536


def complain_of(io: Io, name: str, error: KernelError) -> None:
    """Complain about a file, quoted where needed: "NAME: file: No such file or directory"."""
    io.complain(f"{quotef(name)}: {strerror(error.errno)}")


def records(io: Io, fd: int, end: bytes = b"\n") -> Iterator[bytes]:
    """Go through the records of a descriptor as they come; the last one may lack its end."""
    # What has been read of a record whose end is still to come.
    begun: list[bytes] = []
    size = 0
    while True:
        data = io.sys.read(fd, _READ)
        if not data:
            break
        first, *others = data.split(end)
        begun.append(first)
        size += len(first)
        if others:
            yield b"".join(begun) + end
            begun = [others.pop()]
            size = len(begun[0])
            for record in others:
                yield record + end
        if size > RECORD_BYTES_MAX:
            raise KernelError(ENOMEM)
    if size:
        yield b"".join(begun)


def join(folder: str, name: str) -> str:
    """Put a name below a folder's path."""
    return folder + name if folder.endswith("/") else f"{folder}/{name}"


class Inputs:
    """The operands of a program that reads files; "-" and no operand at all are standard input."""

    def __init__(self, io: Io, names: list[str], failure: int = 1, prefix: str = "") -> None:
        """Get ready to open them.

        Args:
            io: the program's streams.
            names: the operands.
            failure: the exit code if one cannot be read.
            prefix: what stands before the name in a complaint.
        """
        self.io = io
        self.names = names or ["-"]
        self.failure = failure
        self.prefix = prefix
        self.status = 0

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Open each; give its name and descriptor, and close it after use."""
        sys = self.io.sys
        for name in self.names:
            fd = self.open(name)
            if fd is None:
                continue
            try:
                yield name, fd
            finally:
                if fd:
                    sys.close(fd)

    def open(self, name: str) -> int | None:
        """Open one; None if it cannot be opened, which is said."""
        try:
            return 0 if name == "-" else self.io.sys.open(name)
        except KernelError as error:
            self.fail(name, error)
            return None

    def fail(self, name: str, error: KernelError) -> None:
        """Complain about one and note the failure."""
        self.io.complain(f"{self.prefix}{quotef(name)}: {strerror(error.errno)}")
        self.status = self.failure

    def records(self, end: bytes = b"\n") -> Iterator[bytes]:
        """Go through the records of all of them; each file's last one may lack its end."""
        for name, fd in self:
            try:
                yield from records(self.io, fd, end)
            except KernelError as error:
                self.fail(name, error)
