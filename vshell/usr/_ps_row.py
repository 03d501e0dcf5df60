"""ps: what its columns say of one task.

A ``Row`` is a task with what ps has found out besides; each of its methods gives one column's
value, a number or text, by which rows are sorted too. How a number is written stands in
``_ps_columns``.

Source: ps(1), procps 4.0.2. Real: 07-ps-states, 24-sched-attrs, 27-ps-and-users.
"""

from __future__ import annotations

from vshell.usr._names import Names
from vshell.usr._proc import TICKS_PER_SEC, boot_time, meminfo, one_line, tty_name, uptime_centis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._proc import Task
    from vshell.usr._program import Io

__all__ = ["Row", "Snapshot"]

_PAGE_KIB = 4
_POLICIES = ("TS", "FF", "RR", "B", "ISO", "IDL", "DLN")
_NOBODY = 0xFFFFFFFF


class Snapshot:
    """What all rows share: the system's own files, and the options that change what columns say."""

    def __init__(self, io: Io) -> None:
        """Read nothing yet but the time since boot."""
        self.io = io
        self.names = Names(io)
        self.uptime_ticks = uptime_centis(io) * TICKS_PER_SEC // 100
        self.numeric = False
        self.command_name = False
        self.environment = False
        self.with_children = False
        self._boot: int | None = None
        self._memory: int | None = None

    @property
    def boot(self) -> int:
        """When the system was booted, seconds since 1970."""
        if self._boot is None:
            self._boot = boot_time(self.io)
        return self._boot

    @property
    def memory_kib(self) -> int:
        """Memory of the machine in KiB."""
        if self._memory is None:
            self._memory = meminfo(self.io)["MemTotal"]
        return self._memory

    @property
    def now(self) -> int:
        """The date, seconds since 1970."""
        return self.io.sys.clock_realtime_ns() // 1_000_000_000


class Row:
    """A task in a snapshot; each method is a column's value."""

    __slots__ = ("branch", "shot", "task")

    def __init__(self, task: Task, shot: Snapshot) -> None:
        """Show a task; ``branch`` is what a forest draws before its command."""
        self.task = task
        self.shot = shot
        self.branch = ""

    # -- Time -------------------------------------------------------------------------------------

    def cpu_ticks(self) -> int:
        """CPU time used, in ticks."""
        return self.task.ticks

    def summed_ticks(self) -> int:
        """CPU time used, in ticks, with that of children that have ended where it is asked for."""
        task = self.task
        return task.ticks + (task.cutime + task.cstime if self.shot.with_children else 0)

    def elapsed_ticks(self) -> int:
        """How long the task has existed, in ticks."""
        return max(self.shot.uptime_ticks - self.task.start, 0)

    def elapsed_seconds(self) -> int:
        """How long the task has existed, in seconds."""
        return self.elapsed_ticks() // TICKS_PER_SEC

    def _share(self, ticks: int, whole: int) -> int:
        lived = self.elapsed_ticks()
        return ticks * whole // lived if lived else 0

    def cpu_permille(self) -> int:
        """CPU time used per time lived, in thousandths."""
        return self._share(self.task.ticks, 1000)

    def summed_permille(self) -> int:
        """As cpu_permille, with the time of children that have ended where it is asked for."""
        return self._share(self.summed_ticks(), 1000)

    def cpu_percent(self) -> int:
        """As summed_permille, in hundredths, at most 99."""
        return min(self._share(self.summed_ticks(), 100), 99)

    def _fine_share(self, ticks: int) -> int:
        return min((self._share(ticks, 1_000_000) + 5) // 10, 99_999)

    def own_cpu_share(self) -> int:
        """CPU time used per time lived, in hundred thousandths, at most 99999."""
        return self._fine_share(self.task.ticks)

    def family_cpu_share(self) -> int:
        """As own_cpu_share, with the time of children that have ended."""
        task = self.task
        return self._fine_share(task.ticks + task.cutime + task.cstime)

    def start_text(self, kind: str) -> str:
        """When the task was started, in a form of ``_ps_dates``."""
        from vshell.usr._ps_dates import start_text  # noqa: PLC0415 - not every listing has dates

        started = self.shot.boot + self.task.start // TICKS_PER_SEC
        return start_text(self.shot.io, kind, started, self.shot.now)

    # -- Scheduling -------------------------------------------------------------------------------

    def scheduler(self) -> str:
        """The scheduling class, TS, FF, RR, B, ISO, IDL, DLN or ?."""
        policy = self.task.policy
        return _POLICIES[policy] if policy < len(_POLICIES) else "?"

    def nice(self) -> int | str:
        """The nice value, "-" for classes that have none."""
        return self.task.nice if self.scheduler() in ("TS", "B", "ISO") else "-"

    def realtime_priority(self) -> int | str:
        """The real-time priority, "-" for the ordinary class."""
        return self.task.rt_priority if self.scheduler() != "TS" else "-"

    def flags_octal(self) -> int:
        """1 forked but did not exec, 4 used super-user privileges."""
        return self.task.flags >> 6 & 7

    def running_on(self) -> int | str:
        """The CPU of a task that runs or waits for one, else "*"."""
        return self.task.processor if self.task.state == "R" else "*"

    def state_letters(self) -> str:
        """The state and what else is worth a letter: < N L s l +."""
        task = self.task
        letters = task.state
        if task.nice:
            letters += "<" if task.nice < 0 else "N"
        if task.status("VmLck").split(" ")[0] not in ("", "0"):
            letters += "L"
        if task.session == task.pid:
            letters += "s"
        if task.threads > 1:
            letters += "l"
        if task.pgrp == task.tpgid:
            letters += "+"
        return letters

    def wait_channel(self) -> str:
        """The kernel function in which the task sleeps, "-" for none or an unknown one."""
        name = self.task.read("wchan")
        if name == "0":
            return "-"
        return name.lstrip("._") or "?"

    # -- Names ------------------------------------------------------------------------------------

    def name(self) -> str:
        """The task's own name."""
        return self.branch + self.task.name + self._environment()

    def command(self) -> str:
        """The command line, the name in brackets if there is none."""
        task = self.task
        text = task.name if self.shot.command_name else task.command()
        return self.branch + text.rstrip() + self._environment()

    def _environment(self) -> str:
        text = self.task.read("environ").rstrip("\0") if self.shot.environment else ""
        return " " + one_line(text.replace("\0", " ")) if text else ""

    def short_name(self) -> str:
        """The first eight bytes of the name."""
        return self.branch + self.task.name[:8]

    def terminal(self) -> str:
        """The terminal's name below /dev."""
        return tty_name(self.task.tty)

    def short_terminal(self) -> str:
        """The terminal's name without what goes without saying."""
        return self.terminal().removeprefix("pts/").removeprefix("tty")

    def login_id(self) -> int | str:
        """Who logged in, "-" for nobody."""
        text = self.task.read("loginuid")
        return int(text) if text and int(text) != _NOBODY else "-"

    def cgroup(self) -> str:
        """The control groups."""
        lines = self.task.read("cgroup").splitlines()
        return ",".join(line for line in lines if not line.endswith(":/")) or "-"

    def executable(self) -> str:
        """Path of the program, "-" if it has none."""
        return self.task.link("exe") or "-"

    def group_ids(self) -> str:
        """Numbers of the further groups, with commas."""
        return ",".join(self.task.status("Groups").split()) or "-"

    def group_names(self) -> str:
        """Names of the further groups, with commas."""
        numbers = self.task.status("Groups").split()
        return ",".join(self.shot.names.group(int(one)) for one in numbers) or "-"

    # -- Memory -----------------------------------------------------------------------------------

    def virtual_kib(self) -> int:
        """Virtual memory, KiB."""
        return self._kib("VmSize")

    def resident_kib(self) -> int:
        """Resident memory, KiB."""
        return self._kib("VmRSS")

    def swappable_kib(self) -> int:
        """Data and stack, KiB."""
        return self._kib("VmData") + self._kib("VmStk")

    def _kib(self, key: str) -> int:
        return int(self.task.status(key).split(" ")[0] or 0)

    def virtual_pages(self) -> int:
        """Virtual memory, pages."""
        return self.task.vsize // 1024 // _PAGE_KIB

    def code_kib(self) -> int:
        """Code, KiB."""
        return max(self.task.end_code - self.task.start_code, 0) // 1024

    def data_kib(self) -> int:
        """Virtual memory but code, KiB."""
        return self.task.vsize // 1024 - self.code_kib()

    def memory_permille(self) -> int:
        """Resident memory per memory of the machine, in thousandths."""
        return min(self.resident_kib() * 1000 // self.shot.memory_kib, 999)

    def resident_limit(self) -> int | str:
        """The limit of resident memory in KiB, "xx" for none."""
        limit = self.task.rss_limit
        return limit // 1024 if limit < 1 << 63 else "xx"

    def io_count(self, key: str) -> int:
        """A line of the task's io file."""
        for line in self.task.read("io").splitlines():
            name, _, value = line.partition(": ")
            if name == key:
                return int(value)
        return 0
