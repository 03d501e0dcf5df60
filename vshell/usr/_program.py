"""What programs share: buffered output, complaints, reading lines, and GNU option parsing.

A program is a function ``main(argv, sys) -> exit code``, made by the ``program`` decorator from one
that gets an ``Io``. Output to a terminal is flushed at each line, to anything else in blocks, as
stdio in C does.
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, ENOMEM, EPIPE, KernelError, strerror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from vshell.kernel.syscall import Sys

    Main = Callable[[list[str], Sys], int]

__all__ = ["MEMORY_BYTES_MAX", "RECORD_BYTES_MAX", "Io", "OptionError", "Quit", "getopt", "program"]

MEMORY_BYTES_MAX = 1 << 28
"""What a program can keep of what it has read; more is ENOMEM, as with ulimit -v."""

RECORD_BYTES_MAX = 1 << 26
"""How long a line can be for programs that go through files line by line."""

_BLOCK = 4096
_READ = 65536


class Quit(Exception):
    """Control: the program ends with this exit code."""

    def __init__(self, status: int) -> None:
        """End."""
        super().__init__(status)
        self.status = status


class OptionError(Exception):
    """A wrong option; the text is getopt's, without the program's name."""


class Io:
    """A program's standard streams and its name."""

    def __init__(self, argv: list[str], sys: Sys) -> None:
        """Take the name from the arguments."""
        self.sys = sys
        self.name = argv[0]
        # What is said, and the exit code, when output cannot be written.
        self.write_complaint = "write error: {}"
        self.write_status = 1
        self._buffer: list[bytes] = []
        self._size = 0
        self._held = 0
        self._line_buffered = sys.isatty(1)

    # -- Output -----------------------------------------------------------------------------------

    def out(self, text: str) -> None:
        """Write text to standard output."""
        self.out_bytes(text.encode("utf-8", "surrogateescape"))

    def out_bytes(self, data: bytes) -> None:
        """Write bytes to standard output."""
        if not data:
            return
        self._buffer.append(data)
        self._size += len(data)
        if self._size >= _BLOCK or (self._line_buffered and b"\n" in data):
            self.flush()

    def flush(self) -> None:
        """Write out what is buffered.

        Raises:
            Quit: that failed; it has been said.
        """
        data = b"".join(self._buffer)
        self._buffer.clear()
        self._size = 0
        while data:
            try:
                written = self.sys.write(1, data)
            except KernelError as error:
                if error.errno == EINTR:
                    continue
                if error.errno != EPIPE and self.write_complaint:
                    self.complain(self.write_complaint.format(strerror(error.errno)))
                raise Quit(self.write_status) from None
            data = data[written:]

    def err(self, text: str) -> None:
        """Write text to standard error; nothing helps if that fails."""
        try:
            self.sys.write(2, text.encode("utf-8", "surrogateescape"))
        except KernelError:
            return

    def complain(self, text: str) -> None:
        """Write "NAME: text" to standard error, what has been printed before it first."""
        self.flush_quietly()
        self.err(f"{self.name}: {text}\n")

    def flush_quietly(self) -> None:
        """Write out what is buffered; a failure is left for the end."""
        if self._buffer:
            self.flush()

    def fail(self, what: str, error: KernelError) -> None:
        """Complain about a file: "NAME: what: No such file or directory"."""
        self.complain(f"{what}: {strerror(error.errno)}")

    def die(self, text: str, status: int = 1) -> NoReturn:
        """Complain and end."""
        self.complain(text)
        raise Quit(status)

    # -- Input ------------------------------------------------------------------------------------

    def hold(self, count: int) -> None:
        """Keep so many bytes more in memory, for good.

        Raises:
            KernelError: ENOMEM, it is more than a process gets.
        """
        self._held += count
        if self._held > MEMORY_BYTES_MAX:
            raise KernelError(ENOMEM)

    def read_all(self, fd: int, most: int | None = None) -> bytes:
        """Read a descriptor to its end, or so many bytes."""
        chunks: list[bytes] = []
        left = most
        while left is None or left > 0:
            data = self.sys.read(fd, _READ if left is None else min(left, _READ))
            if not data:
                break
            self.hold(len(data))
            chunks.append(data)
            left = None if left is None else left - len(data)
        return b"".join(chunks)

    def read_file(self, path: str, most: int | None = None) -> bytes:
        """Read a whole file, or so many bytes of it; "-" is standard input.

        Raises:
            KernelError: it cannot be read.
        """
        if path == "-":
            return self.read_all(0, most)
        fd = self.sys.open(path)
        try:
            return self.read_all(fd, most)
        finally:
            self.sys.close(fd)

    def read_text(self, path: str) -> str:
        """Read a whole file as text."""
        return self.read_file(path).decode("utf-8", "surrogateescape")

    def write_file(self, path: str, data: bytes, mode: int = 0o666) -> None:
        """Make or replace a file."""
        fd = self.sys.open(path, 0o1101, mode)
        try:
            while data:
                data = data[self.sys.write(fd, data) :]
        finally:
            self.sys.close(fd)

    def lines(self, fd: int) -> Iterator[bytes]:
        """Go through the lines of a descriptor as they come, newlines included."""
        begun: list[bytes] = []
        size = 0
        while True:
            data = self.sys.read(fd, _READ)
            if not data:
                break
            first, *others = data.split(b"\n")
            begun.append(first)
            size += len(first)
            if others:
                yield b"".join(begun) + b"\n"
                begun = [others.pop()]
                size = len(begun[0])
                for line in others:
                    yield line + b"\n"
            if size > RECORD_BYTES_MAX:
                raise KernelError(ENOMEM)
        if size:
            yield b"".join(begun)


def program(function: Callable[[Io, list[str]], int]) -> Main:
    """Make a program of a function from its streams and arguments to an exit code."""

    def main(argv: list[str], sys: Sys) -> int:
        io = Io(argv, sys)
        try:
            status = function(io, argv[1:])
            io.flush()
        except Quit as leaving:
            status = leaving.status
            try:
                io.flush_quietly()
            except Quit as failed:
                status = failed.status
        return status

    main.__doc__ = function.__doc__
    return main


def getopt(
    words: list[str], short: str, long: dict[str, str] | None = None, *, permute: bool = True
) -> tuple[list[tuple[str, str]], list[str]]:
    """Read options as GNU getopt_long() does.

    Args:
        words: the arguments.
        short: letters; one that takes a value is followed by ":", one that may by "::".
        long: names, each with the letter (or name) it stands for; one that takes a value is
            followed by "=", one that may by "=?".
        permute: whether options may stand behind operands.

    Returns:
        Options with their values ("" for none) in order, and the operands.

    Raises:
        OptionError: with getopt's text.
    """
    table = {name.rstrip("=?"): (name, meaning) for name, meaning in (long or {}).items()}
    found: list[tuple[str, str]] = []
    operands: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            operands += waiting
            break
        if word.startswith("--"):
            found.append(_long_option(word, table, waiting))
        elif word.startswith("-") and len(word) > 1:
            found += _short_options(word, short, waiting)
        else:
            operands.append(word)
            if not permute:
                operands += waiting
                break
    return found, operands


def _long_option(
    word: str, table: dict[str, tuple[str, str]], waiting: list[str]
) -> tuple[str, str]:
    name, equals, value = word[2:].partition("=")
    if name not in table:
        similar = [known for known in table if known.startswith(name)]
        meanings = {table[known][1] for known in similar}
        if not similar:
            raise OptionError(f"unrecognized option '--{name}'")
        if len(meanings) > 1:
            listed = " ".join(f"'--{known}'" for known in similar)
            raise OptionError(f"option '--{name}' is ambiguous; possibilities: {listed}")
        name = similar[0]
    declared, meaning = table[name]
    if declared.endswith("=?"):
        return meaning, value
    if declared.endswith("="):
        if equals:
            return meaning, value
        if not waiting:
            raise OptionError(f"option '--{name}' requires an argument")
        return meaning, waiting.pop(0)
    if equals:
        raise OptionError(f"option '--{name}' doesn't allow an argument")
    return meaning, ""


def _short_options(word: str, short: str, waiting: list[str]) -> list[tuple[str, str]]:
    found = []
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        position = short.find(letter)
        if position < 0 or letter == ":":
            raise OptionError(f"invalid option -- '{letter}'")
        if short[position + 1 : position + 3] == "::":
            found.append((letter, letters))
            return found
        if short[position + 1 : position + 2] == ":":
            if not letters and not waiting:
                raise OptionError(f"option requires an argument -- '{letter}'")
            found.append((letter, letters or waiting.pop(0)))
            return found
        found.append((letter, ""))
    return found
