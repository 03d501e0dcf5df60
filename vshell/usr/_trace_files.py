"""tracefs, as trace-cmd uses it.

Source: trace-cmd(1), 3.1.6
"""

from __future__ import annotations

from vshell.abi.errno import EACCES, EINVAL, ENOENT, KernelError, strerror
from vshell.usr._program import Io, Quit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["ROOT", "Tracing"]

ROOT = "/sys/kernel/tracing"
_WRITE = 0o1101


class Tracing:
    """The files of tracefs, and what trace-cmd says when one fails."""

    def __init__(self, io: Io) -> None:
        """Use a program's streams."""
        self.io = io

    def die(self, error: int, text: str) -> NoReturn:
        """Complain about a file, and end."""
        self.io.flush()
        self.io.err(f"trace-cmd: {strerror(error)}\n  {text}\n")
        raise Quit(22 if error != EACCES else 13)

    def read(self, name: str) -> str:
        """Read a file of tracefs."""
        try:
            return self.io.read_text(f"{ROOT}/{name}")
        except KernelError as error:
            return self.die(error.errno, f"reading {ROOT}/{name}")

    def write(self, name: str, text: str) -> None:
        """Write a file of tracefs, which is emptied first."""
        try:
            fd = self.io.sys.open(f"{ROOT}/{name}", _WRITE)
        except KernelError as error:
            self.die(error.errno, f"opening '{ROOT}/{name}'")
        try:
            self.io.sys.write(fd, text.encode())
        except KernelError as error:
            self.die(error.errno, f"writing '{ROOT}/{name}'")
        finally:
            self.io.sys.close(fd)

    def events(self) -> list[tuple[str, str]]:
        """List the events, as group and name."""
        lines = self.read("available_events").splitlines()
        return [(group, name) for group, _, name in (line.partition(":") for line in lines)]

    def find(self, word: str) -> list[str]:
        """List the events that a word of -e stands for: a group, an event, GROUP:EVENT, all."""
        group, colon, name = word.partition(":")
        found = [
            f"{place}:{one}"
            for place, one in self.events()
            if word == "all"
            or (colon and group in (place, "*") and name in (one, "*", ""))
            or (not colon and word in (place, one))
        ]
        if not found:
            self.die(ENOENT, f"No events enabled with {word}")
        return found

    def begin(self, options: list[tuple[str, str]]) -> None:
        """Choose what the options say; tracing is off."""
        words = [value for name, value in options if name == "e"]
        tracer = next((value for name, value in options if name == "p"), "")
        if not words and not tracer:
            self.die_plainly("no event or plugin was specified... aborting")
        self.write("tracing_on", "0")
        self.write("set_event", "")
        self.write("set_event_pid", " ".join(value for name, value in options if name == "P"))
        if tracer:
            available = self.read("available_tracers").split()
            if tracer not in available:
                self.die(EINVAL, f"Plugin '{tracer}' does not exist")
            self.write("current_tracer", tracer)
        for name, value in options:
            if name == "b":
                self.write("buffer_size_kb", value)
            elif name == "C":
                self.write("trace_clock", value)
        for word in words:
            self._add("set_event", "".join(f"{one}\n" for one in self.find(word)))

    # Write without emptying the file first.
    def _add(self, name: str, text: str) -> None:
        fd = self.io.sys.open(f"{ROOT}/{name}", 1)
        self.io.sys.write(fd, text.encode())
        self.io.sys.close(fd)

    def die_plainly(self, text: str) -> NoReturn:
        """Complain about the command line, and end."""
        self.io.flush()
        self.io.err(f"  {text}\n")
        raise Quit(22)

    def end(self) -> None:
        """Have nothing traced any more."""
        self.write("tracing_on", "0")
        self.write("set_event", "")
        self.write("set_event_pid", "")
