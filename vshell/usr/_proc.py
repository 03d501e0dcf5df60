"""/proc for the programs that look at tasks: what it says of each, and of the system.

Source: proc(5)
"""

from __future__ import annotations

from vshell.abi.errno import KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.usr._program import Io

__all__ = [
    "TICKS_PER_SEC",
    "Task",
    "boot_time",
    "meminfo",
    "one_line",
    "printable",
    "read_task",
    "read_word",
    "tasks",
    "tty_name",
    "tty_number",
    "uptime_centis",
]

TICKS_PER_SEC = 100
"""USER_HZ: what times in /proc count in."""

# The numbers of /proc/PID/stat behind the name and the state, in their order.
_NUMBERS = """\
ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime priority
nice threads itrealvalue start vsize rss rss_limit start_code end_code start_stack esp eip signal
blocked ignored caught wchan nswap cnswap exit_signal processor rt_priority policy"""


class Task:
    """A task as /proc shows it: numbers of its stat as attributes, what other files say on request.

    Times are in clock ticks, ``vsize`` is in bytes and ``rss`` in pages, as in stat.
    """

    ppid: int
    pgrp: int
    session: int
    tty: int
    tpgid: int
    flags: int
    minflt: int
    majflt: int
    utime: int
    stime: int
    cutime: int
    cstime: int
    priority: int
    nice: int
    threads: int
    start: int
    vsize: int
    rss: int
    rss_limit: int
    start_code: int
    end_code: int
    start_stack: int
    esp: int
    eip: int
    processor: int
    rt_priority: int
    policy: int

    def __init__(self, io: Io, folder: str, stat: str) -> None:
        """Take a stat apart.

        Args:
            io: through which the other files are read.
            folder: where they are.
            stat: its text.
        """
        head, _, tail = stat.rpartition(")")
        pid, _, self.name = head.partition(" (")
        self.pid = int(pid)
        self.state, *numbers = tail.split()
        for name, number in zip(_NUMBERS.split(), numbers, strict=False):
            setattr(self, name, int(number))
        self._io = io
        self._folder = folder
        self._status: dict[str, str] | None = None

    def read(self, file: str) -> str:
        """Read a file of the task, "" if that cannot be."""
        try:
            return self._io.read_text(f"{self._folder}/{file}")
        except KernelError:
            return ""

    def link(self, name: str) -> str:
        """Give where a link of the task leads, "" if that cannot be read."""
        try:
            return self._io.sys.readlink(f"{self._folder}/{name}")
        except KernelError:
            return ""

    def status(self, key: str) -> str:
        """Give a line of the task's status, "" if there is none."""
        if self._status is None:
            lines = (line.partition(":\t") for line in self.read("status").splitlines())
            self._status = {name: value.strip() for name, _, value in lines}
        return self._status.get(key, "")

    def ids(self, key: str) -> list[int]:
        """Give the four numbers, real, effective, saved, file system's, of "Uid" or "Gid"."""
        return [int(word) for word in self.status(key).split()] or [0, 0, 0, 0]

    @property
    def uid(self) -> int:
        """The real user."""
        return self.ids("Uid")[0]

    @property
    def euid(self) -> int:
        """The effective user."""
        return self.ids("Uid")[1]

    @property
    def is_kernel_thread(self) -> bool:
        """Whether it never left the kernel."""
        return bool(self.flags & 0x200000)

    @property
    def ticks(self) -> int:
        """CPU time used, user and system."""
        return self.utime + self.stime

    def words(self) -> list[str]:
        """Give the command line's words; kernel threads and zombies have none."""
        text = self.read("cmdline").rstrip("\0")
        return text.split("\0") if text else []

    def command(self) -> str:
        """Give the command line in one line, the name in brackets if there is none."""
        if self.state == "Z":
            return f"[{self.name}] <defunct>"
        words = self.words()
        return one_line(" ".join(words)) if words else f"[{self.name}]"


def one_line(text: str) -> str:
    """Make one line of a command line: newlines become blanks, other controls full stops."""
    if text.isprintable():
        return text
    return "".join(
        " " if one == "\n" else "." if one < " " or one == "\x7f" else one for one in text
    )


def printable(text: str) -> str:
    """Put question marks for what cannot be shown."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else "?" for one in text)


def read_task(io: Io, pid: int | str) -> Task | None:
    """Read one task, None if there is no such one."""
    folder = f"/proc/{pid}"
    try:
        return Task(io, folder, io.read_text(f"{folder}/stat"))
    except KernelError:
        return None


def tasks(io: Io) -> Iterator[Task]:
    """Go through all tasks in /proc's order; one that ends meanwhile is left out."""
    for name in io.sys.listdir("/proc"):
        if name.isdigit():
            task = read_task(io, name)
            if task is not None:
                yield task


def read_word(io: Io, path: str, default: str = "") -> str:
    """Read a file that holds one value, ``default`` if it cannot be read."""
    try:
        return io.read_text(path).strip()
    except KernelError:
        return default


def uptime_centis(io: Io) -> int:
    """Give the time since boot in hundredths of a second."""
    seconds, _, centis = io.read_text("/proc/uptime").split()[0].partition(".")
    return int(seconds) * 100 + int(centis)


def boot_time(io: Io) -> int:
    """Give the date of the boot in seconds since 1970."""
    for line in io.read_text("/proc/stat").splitlines():
        if line.startswith("btime "):
            return int(line.split()[1])
    return 0


def meminfo(io: Io) -> dict[str, int]:
    """Give /proc/meminfo: name to KiB."""
    lines = (line.split() for line in io.read_text("/proc/meminfo").splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines}


def tty_name(number: int) -> str:
    """Give a terminal's name below /dev from its device number, "?" for none."""
    major, minor = number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00
    if not number:
        return "?"
    if major == 4:
        return f"tty{minor}" if minor < 64 else f"ttyS{minor - 64}"
    if 136 <= major <= 143:
        return f"pts/{minor + (major - 136) * 256}"
    return "?"


def tty_number(io: Io, name: str) -> int | None:
    """Find a terminal's device number by one of its usual names, None if there is no such file."""
    for path in (f"/dev/pts/{name}", f"/dev/{name}", f"/dev/tty{name}", f"/dev/pts{name}", name):
        try:
            stat = io.sys.stat(path)
        except KernelError:
            continue
        if stat.mode & 0o170000 == 0o020000:
            major, minor = stat.rdev
            return major << 8 | minor & 0xFF | (minor & ~0xFF) << 12
    return None
