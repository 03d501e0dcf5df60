"""cat: print files one after the other.

Source: cat(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFMT, S_IFREG
from vshell.usr._paths import same_file
from vshell.usr._program import Io, OptionError, getopt, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_SEEK_CUR = 1

_LONG = {
    "show-all": "A",
    "number-nonblank": "b",
    "show-ends": "E",
    "number": "n",
    "squeeze-blank": "s",
    "show-tabs": "T",
    "show-nonprinting": "v",
    "help": "help",
    "version": "version",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Print files: ``cat [-AbeEnstTuv] [FILE...]``."""
    try:
        options, files = getopt(words, "AbeEnstTuv", _LONG)
    except OptionError as error:
        io.complain(str(error))
        io.err(f"Try '{io.name} --help' for more information.\n")
        return 1
    flags = {letter for letter, _ in options}
    if "help" in flags:
        io.out("Usage: cat [OPTION]... [FILE]...\nConcatenate FILE(s) to standard output.\n")
        return 0
    if "version" in flags:
        io.out("cat (GNU coreutils) 9.1\n")
        return 0
    flags |= {"v", "E", "T"} if "A" in flags else set()
    flags |= {"v", "E"} if "e" in flags else set()
    flags |= {"v", "T"} if "t" in flags else set()
    cat = _Cat(io, flags)
    status = 0
    output = io.sys.fstat(1)
    for name in files or ["-"]:
        try:
            fd = 0 if name == "-" else io.sys.open(name)
            try:
                if _is_output(io, fd, output):
                    io.complain(f"{name}: input file is output file")
                    status = 1
                else:
                    cat.copy(fd)
            finally:
                if fd:
                    io.sys.close(fd)
        except KernelError as error:
            io.fail(name, error)
            status = 1
    if "-" in (files or ["-"]):
        try:
            io.sys.close(0)
        except KernelError as error:
            io.complain(f"closing standard input: {strerror(error.errno)}")
            status = 1
    return status


# Copying a file that is not empty onto itself would never end.
def _is_output(io: Io, fd: int, output: Stat) -> bool:
    found = io.sys.fstat(fd)
    return (
        (found.mode & S_IFMT) == S_IFREG
        and same_file(found, output)
        and io.sys.lseek(fd, 0, _SEEK_CUR) < found.size
    )


class _Cat:
    def __init__(self, io: Io, flags: set[str]) -> None:
        self.io = io
        self.flags = flags
        self.number = 0
        self.blank_before = False
        self.at_line_start = True

    def copy(self, fd: int) -> None:
        if not self.flags - {"u"}:
            while True:
                data = self.io.sys.read(fd)
                if not data:
                    return
                self.io.out_bytes(data)
                self.io.flush()
        for line in self.io.lines(fd):
            self.line(line)

    def line(self, line: bytes) -> None:
        blank = line == b"\n" and self.at_line_start
        if blank and self.blank_before and "s" in self.flags:
            return
        self.blank_before = blank
        if self.at_line_start and (
            ("b" in self.flags and not blank) or ("n" in self.flags and "b" not in self.flags)
        ):
            self.number += 1
            self.io.out(f"{self.number:6d}\t")
        self.at_line_start = line.endswith(b"\n")
        body = line.removesuffix(b"\n")
        if "v" in self.flags or "T" in self.flags:
            body = b"".join(self.shown(byte) for byte in body)
        end = b"\n" if self.at_line_start else b""
        self.io.out_bytes(body + (b"$" if end and "E" in self.flags else b"") + end)

    def shown(self, byte: int) -> bytes:
        if byte == 9:
            return b"^I" if "T" in self.flags else b"\t"
        if "v" not in self.flags:
            return bytes([byte])
        prefix = b""
        if byte >= 128:
            prefix, byte = b"M-", byte - 128
        if byte < 32:
            return prefix + b"^" + bytes([byte + 64])
        return prefix + (b"^?" if byte == 127 else bytes([byte]))
