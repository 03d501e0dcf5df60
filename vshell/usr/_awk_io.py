"""What awk reads from and writes to: records of files and commands, files and pipes by their names.

Source: mawk(1), 1.3.4 20200120
"""

from __future__ import annotations

from vshell.abi.errno import EPIPE, KernelError, strerror
from vshell.usr._spawn import start_program, wait_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys
    from vshell.usr._program import Io
    from vshell.usr._regex import Regex

__all__ = ["Reader", "Streams"]

_BLOCK = 4096
_WRITE, _APPEND = 0o1101, 0o2101


class Reader:
    """Takes records from a descriptor."""

    def __init__(self, io: Io, fd: int, pid: int = 0) -> None:
        """Begin.

        Args:
            io: the program's streams.
            fd: where to read.
            pid: of the command that writes there, 0 for none.
        """
        self.fd = fd
        self.pid = pid
        self._io = io
        self._rest = ""
        self._position = 0
        self._ended = False

    def _fill(self) -> bool:
        if self._ended:
            return False
        data = self._io.sys.read(self.fd, _BLOCK)
        if not data:
            self._ended = True
            return False
        self._rest = self._rest[self._position :] + data.decode("latin-1")
        self._position = 0
        return True

    def record(self, separator: str, pattern: Regex | None) -> str | None:
        """Give the next record, None at the end.

        Args:
            separator: the character that ends a record; "" for blank lines.
            pattern: what ends it instead, if it is not a character.

        Raises:
            KernelError: it cannot be read.
        """
        if pattern is not None:
            return self._by_pattern(pattern)
        if not separator:
            return self._paragraph()
        while True:
            end = self._rest.find(separator, self._position)
            if end >= 0:
                return self._take(end, end + 1)
            if not self._fill():
                return self._last()

    def _take(self, end: int, after: int) -> str:
        found = self._rest[self._position : end]
        self._position = after
        return found

    def _last(self) -> str | None:
        if self._position >= len(self._rest):
            return None
        return self._take(len(self._rest), len(self._rest))

    # A match at the very end could go on in what comes.
    def _by_pattern(self, pattern: Regex) -> str | None:
        while True:
            found = pattern.search(self._rest, self._position)
            if found is not None and found.end() > found.start():
                if found.end() < len(self._rest) or not self._fill():
                    return self._take(found.start(), found.end())
            elif not self._fill():
                return self._last()

    def _paragraph(self) -> str | None:
        while True:
            while self._rest.startswith("\n", self._position):
                self._position += 1
            if self._position < len(self._rest) or not self._fill():
                break
        while True:
            end = self._rest.find("\n\n", self._position)
            if end >= 0:
                after = end
                while self._rest.startswith("\n", after):
                    after += 1
                return self._take(end, after)
            if not self._fill():
                last = self._last()
                return last if last is None else last.removesuffix("\n")


class _Output:
    # A file or a command that is written to.
    __slots__ = ("fd", "pid", "size", "waiting")

    def __init__(self, fd: int, pid: int) -> None:
        self.fd = fd
        self.pid = pid
        self.waiting: list[bytes] = []
        self.size = 0


class Streams:
    """The files and commands that are open, by their names."""

    def __init__(self, io: Io) -> None:
        """Begin with none."""
        self.io = io
        self.outputs: dict[str, _Output] = {}
        self.inputs: dict[str, Reader] = {}

    # -- Output -----------------------------------------------------------------------------------

    def write(self, mode: str, name: str, text: str) -> None:
        """Write to a file (">", ">>") or a command ("|"), which is opened if it is not."""
        if mode != "|" and name in ("/dev/stdout", "-"):
            self.io.out_bytes(text.encode("latin-1"))
            return
        output = self.outputs.get(name)
        if output is None:
            output = self.outputs[name] = self._open_output(mode, name)
        output.waiting.append(text.encode("latin-1"))
        output.size += len(text)
        if output.size >= _BLOCK or output.fd == 2:
            self._flush(output)

    def _open_output(self, mode: str, name: str) -> _Output:
        if mode == "|":
            self.flush()
            reader, writer = self._pipe()
            pid = self._start(name, {0: reader})
            self.io.sys.close(reader)
            return _Output(writer, pid)
        if name == "/dev/stderr":
            return _Output(2, 0)
        try:
            fd = self.io.sys.open(name, _APPEND if mode == ">>" else _WRITE)
        except KernelError as error:
            self.io.die(f'cannot open "{name}" for output ({strerror(error.errno)})', 2)
        self.io.sys.set_cloexec(fd)
        return _Output(fd, 0)

    def _flush(self, output: _Output) -> None:
        data = b"".join(output.waiting)
        output.waiting.clear()
        output.size = 0
        while data:
            try:
                data = data[self.io.sys.write(output.fd, data) :]
            except KernelError as error:
                if error.errno == EPIPE:
                    return
                self.io.die(f"write failure ({strerror(error.errno)})", 2)

    def flush(self) -> None:
        """Write out all that waits."""
        self.io.flush()
        for output in self.outputs.values():
            self._flush(output)

    def flush_one(self, name: str) -> bool:
        """Write out what waits for one file or command; tell whether it is open."""
        output = self.outputs.get(name)
        if output is not None:
            self._flush(output)
        elif name in ("/dev/stdout", "-"):
            self.io.flush()
        return output is not None or name in ("/dev/stdout", "-")

    # -- Input ------------------------------------------------------------------------------------

    def reader(self, kind: str, name: str) -> Reader | None:
        """Give the reader of a file ("<") or a command ("|"), None if it cannot be opened."""
        found = self.inputs.get(name)
        if found is not None:
            return found
        if kind == "|":
            self.flush()
            reader, writer = self._pipe()
            pid = self._start(name, {1: writer})
            self.io.sys.close(writer)
            found = Reader(self.io, reader, pid)
        elif name in ("-", "/dev/stdin"):
            found = Reader(self.io, 0)
        else:
            try:
                fd = self.io.sys.open(name)
            except KernelError:
                return None
            self.io.sys.set_cloexec(fd)
            found = Reader(self.io, fd)
        self.inputs[name] = found
        return found

    # -- Commands ---------------------------------------------------------------------------------

    def _pipe(self) -> tuple[int, int]:
        ends = self.io.sys.pipe()
        for fd in ends:
            self.io.sys.set_cloexec(fd)
        return ends

    def _start(self, command: str, redirections: dict[int, int]) -> int:
        def failed(sys: Sys, error: KernelError) -> int:
            sys.write(2, f"{self.io.name}: /bin/sh: {strerror(error.errno)}\n".encode())
            return 127

        argv = ["/bin/sh", "-c", command.encode("latin-1").decode("utf-8", "surrogateescape")]
        return start_program(self.io, argv, on_failure=failed, redirections=redirections)

    def system(self, command: str) -> float:
        """Run a command; give its status."""
        self.flush()
        return _status(wait_for(self.io, self._start(command, {}))[1])

    def close(self, name: str) -> float:
        """Close a file or a command; give its status, -1 if there is none of that name."""
        status = -1.0
        output = self.outputs.pop(name, None)
        if output is not None:
            status = self._close(output)
        reader = self.inputs.pop(name, None)
        if reader is not None:
            if reader.fd:
                self.io.sys.close(reader.fd)
            status = _status(wait_for(self.io, reader.pid)[1]) if reader.pid else 0.0
        return status

    def _close(self, output: _Output) -> float:
        self._flush(output)
        if output.fd > 2:
            self.io.sys.close(output.fd)
        return _status(wait_for(self.io, output.pid)[1]) if output.pid else 0.0

    def close_all(self) -> None:
        """Write out everything and wait for the commands that are written to."""
        self.io.flush()
        for output in self.outputs.values():
            self._close(output)
        self.outputs.clear()


def _status(status: int) -> float:
    signal = status & 0x7F
    return float(256 + signal) if signal else float(status >> 8 & 0xFF)
