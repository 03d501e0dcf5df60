"""A file that find looks at, and the numbers that tests compare.

Source: find(1), findutils 4.9
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Stat
    from vshell.usr._names import Names
    from vshell.usr._program import Io

    Test = Callable[["Entry"], bool]

__all__ = ["Comparison", "Entry", "Run"]


class Entry:
    """A file: its path, attributes and depth, and the operand it was found below."""

    __slots__ = ("depth", "found", "path", "start")

    def __init__(self, path: str, found: Stat, depth: int, start: str) -> None:
        """Keep what the walk gave."""
        self.path = path
        self.found = found
        self.depth = depth
        self.start = start

    @property
    def name(self) -> str:
        """The last part of the path, without slashes at its end."""
        stripped = self.path.rstrip("/")
        return stripped.rpartition("/")[2] if stripped else self.path

    @property
    def folder(self) -> str:
        """The path without its last part; "." if there is none before it."""
        folder, slash, _ = self.path.rpartition("/")
        return folder if slash else "."

    def kind(self) -> int:
        """Give the type bits of the mode."""
        return self.found.mode & S_IFMT

    def is_directory(self) -> bool:
        """Tell whether it is a directory."""
        return self.kind() == S_IFDIR

    def is_link(self) -> bool:
        """Tell whether it is a symbolic link that is not followed."""
        return self.kind() == S_IFLNK


class Run:
    """What one run of find shares among its tests and actions."""

    def __init__(self, io: Io, names: Names, now_ns: int) -> None:
        """Start without failures."""
        self.io = io
        self.names = names
        self.now_ns = now_ns
        self.follow = "never"
        self.status = 0
        self.depth_first = False
        self.depth_max: int | None = None
        self.depth_min = 0
        self.one_device = False
        self.regex_kind = "findutils-default"
        self.prune: Callable[[], None] = lambda: None
        # What is left to do when all files have been seen: the last batches of -exec ... +.
        self.finishers: list[Callable[[], None]] = []

    def fail(self, path: str, error: KernelError) -> None:
        """Complain about a path and note the failure."""
        from vshell.abi.errno import strerror  # noqa: PLC0415 - failures only
        from vshell.usr._quote import quote  # noqa: PLC0415 - likewise

        self.io.complain(f"{quote(path)}: {strerror(error.errno)}")
        self.status = 1

    def is_empty(self, entry: Entry) -> bool:
        """Tell whether a file has no bytes or a directory no entries."""
        if entry.is_directory():
            try:
                return not self.io.sys.listdir(entry.path)
            except KernelError as error:
                self.fail(entry.path, error)
                return False
        return entry.kind() == 0o100000 and entry.found.size == 0


class Comparison:
    """A number with a sign: +N more than, -N less than, N exactly."""

    __slots__ = ("number", "sign")

    def __init__(self, sign: str, number: float) -> None:
        """Keep sign and number."""
        self.sign = sign
        self.number = number

    def holds(self, value: float) -> bool:
        """Compare a whole number."""
        if self.sign == "+":
            return value > self.number
        return value < self.number if self.sign == "-" else value == self.number

    def holds_for_age(self, age_ns: int, unit_ns: int, *, from_zero: bool) -> bool:
        """Compare an age.

        Args:
            age_ns: the age.
            unit_ns: what the number counts.
            from_zero: whether the first unit has the number 0, as days have, or 1, as minutes.
        """
        low = self.number * unit_ns
        if not from_zero:
            low -= unit_ns
        if self.sign == "-":
            return age_ns < self.number * unit_ns
        if self.sign == "+":
            return age_ns > low + unit_ns
        return low <= age_ns < low + unit_ns
