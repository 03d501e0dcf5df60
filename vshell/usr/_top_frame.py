"""top: one frame: the summary and the lines of tasks, from two looks at /proc.

Source: top(1), procps 4.0.2
"""

from __future__ import annotations

from vshell.usr._names import Names
from vshell.usr._proc import TICKS_PER_SEC, Task, meminfo, tasks, uptime_centis
from vshell.usr._sessions import uptime_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._program import Io

__all__ = ["FIELDS", "Frame", "Look"]

_UNITS = "kmgtp"
_CPU_NAMES = ("us", "sy", "ni", "id", "wa", "hi", "si", "st")
_CPU_ORDER = (0, 2, 1, 3, 4, 5, 6, 7)
"""Where the numbers of /proc/stat stand in the summary: nice time comes second there."""
_PAGE_KIB = 4
_HEADER = "USER    | PR| NI|   VIRT|   RES|   SHR|S| %CPU| %MEM|    TIME+"
_RT_PRIORITY = -100


class Look:
    """One look at /proc: the tasks with the CPU time they had used, and the CPUs'."""

    def __init__(self, io: Io, *, threads: bool) -> None:
        """Look.

        Args:
            io: of top.
            threads: whether tasks are threads; here every process has one.
        """
        self.threads = threads
        self.time_centis = uptime_centis(io)
        self.tasks = list(tasks(io))
        self.ticks = {task.pid: task.ticks for task in self.tasks}
        self.cpus: dict[str, list[int]] = {}
        for line in io.read_text("/proc/stat").splitlines():
            name, *numbers = line.split()
            if name.startswith("cpu"):
                self.cpus[name] = [int(number) for number in numbers[:8]]


class Frame:
    """What top shows of a look, compared with the one before it."""

    def __init__(self, io: Io, before: Look, now: Look, pid_width: int) -> None:
        """Compare two looks."""
        self.io = io
        self.before = before
        self.now = now
        self.pid_width = pid_width
        self.names = Names(io)
        self.memory = meminfo(io)
        self.with_arguments = False
        self.task_unit = 0
        """The least unit of a task's memory: 0 for KiB, 1 for MiB, and so on."""

    # -- The summary ------------------------------------------------------------------------------

    def summary(self, shown: list[Task], unit: int, *, each_cpu: bool) -> list[str]:
        """Write the lines above the tasks.

        Args:
            shown: the tasks that are counted.
            unit: of memory: 0 for KiB, 1 for MiB, and so on.
            each_cpu: whether each CPU has a line.
        """
        states = [task.state for task in shown]
        running, stopped = states.count("R"), states.count("T") + states.count("t")
        zombies = states.count("Z")
        sleeping = len(states) - running - stopped - zombies
        counts = f"{running:3d} running, {sleeping:3d} sleeping, {stopped:3d} stopped, "
        counts += f"{zombies:3d} zombie"
        kind = "Threads" if self.now.threads else "Tasks"
        lines = [
            f"top -{uptime_line(self.io)}",
            f"{kind}: {len(states):3d} total, {counts}",
        ]
        names = sorted(self.now.cpus)
        if each_cpu:
            lines += [self._cpu_line(name, f"%Cpu{name[3:]:<3s}") for name in names if name[3:]]
        else:
            lines.append(self._cpu_line("cpu", "%Cpu(s)"))
        return lines + self._memory_lines(unit)

    def _cpu_line(self, name: str, label: str) -> str:
        old = self.before.cpus.get(name, [0] * 8)
        spent = [max(new - was, 0) for new, was in zip(self.now.cpus[name], old, strict=True)]
        total = sum(spent)
        if not total:
            spent, total = [0, 0, 0, 1, 0, 0, 0, 0], 1
        shares = [spent[index] * 1000 // total for index in _CPU_ORDER]
        parts = (f"{_tenths(one):>5s} {two}" for one, two in zip(shares, _CPU_NAMES, strict=True))
        return f"{label}:{','.join(parts)} "

    def _memory_lines(self, unit: int) -> list[str]:
        memory = self.memory
        cached = memory["Buffers"] + memory["Cached"] + memory.get("SReclaimable", 0)
        used = max(memory["MemTotal"] - memory["MemAvailable"], 0)
        swap = memory.get("SwapTotal", 0)
        swap_free = memory.get("SwapFree", 0)
        label = f"{'KMGTPE'[unit]}iB"

        def size(kib: int) -> str:
            return f"{kib:8d}" if not unit else f"{_scaled(kib, unit):>8s}"

        total, free = size(memory["MemTotal"]), size(memory["MemFree"])
        ram = f"{total} total, {free} free, {size(used)} used, {size(cached)} buff/cache     "
        total, free, available = size(swap), size(swap_free), size(memory["MemAvailable"])
        used_swap = size(swap - swap_free)
        return [
            f"{label} Mem : {ram}",
            f"{label} Swap: {total} total, {free} free, {used_swap} used. {available} avail Mem ",
        ]

    # -- Tasks ------------------------------------------------------------------------------------

    def cpu_permille(self, task: Task) -> int:
        """CPU time a task has used between the looks, per time, in thousandths."""
        passed = max(self.now.time_centis - self.before.time_centis, 1)
        used = task.ticks - self.before.ticks.get(task.pid, 0)
        return used * 1000 * 100 // (passed * TICKS_PER_SEC)

    def header(self, width: int) -> str:
        """Write the line above the tasks, for a screen of a width."""
        cells = [f"{'PID':>{self.pid_width}s}", *_HEADER.split("|")]
        return _fitted(cells, "COMMAND", width).rstrip()

    def line(self, task: Task, width: int) -> str:
        """Write a task's line.

        Args:
            task: the task.
            width: of the screen; what does not fit of the command ends in a plus sign, and of
                other columns is left out as a whole.
        """
        user = self.names.user(task.euid)
        share = task.rss * _PAGE_KIB * 1000 // self.memory["MemTotal"]
        centis = task.ticks * 100 // TICKS_PER_SEC
        cells = [
            f"{task.pid:{self.pid_width}d}",
            f"{user if len(user) <= 8 else user[:7] + '+':<8s}",
            f"{'rt' if task.priority <= _RT_PRIORITY else task.priority:>3}",
            f"{task.nice:3d}",
            f"{self._size(task.vsize // 1024, 7):>7s}",
            f"{self._size(task.rss * _PAGE_KIB, 6):>6s}",
            f"{self._size(self._shared_kib(task), 6):>6s}",
            task.state,
            f"{_tenths(self.cpu_permille(task)):>5s}",
            f"{_tenths(share):>5s}",
            f"{centis // 6000:>3d}:{centis // 100 % 60:02d}.{centis % 100:02d}",
        ]
        return _fitted(cells, task.command() if self.with_arguments else task.name, width)

    def _size(self, kib: int, width: int) -> str:
        unit = self.task_unit
        text = str(kib) if not unit else _scaled(kib, unit) + _UNITS[unit] if kib else "0"
        while len(text) > width and unit < len(_UNITS) - 1:
            unit += 1
            text = _scaled(kib, unit) + _UNITS[unit]
        return text

    def _shared_kib(self, task: Task) -> int:
        words = task.read("statm").split()
        return int(words[2]) * _PAGE_KIB if len(words) > 2 else 0


# As many columns as the screen has room for; what does not fit of the command becomes "+".
def _fitted(cells: list[str], command: str, width: int) -> str:
    line = ""
    for cell in cells:
        longer = f"{line} {cell}" if line else cell
        if len(longer) >= width:
            return line
        line = longer
    room = width - len(line) - 2
    if room < 1:
        return line
    return f"{line} {command if len(command) <= room else command[: room - 1] + '+'}"


def _tenths(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}"


def _scaled(kib: int, unit: int) -> str:
    tenths = (kib * 20 // 1024**unit + 1) // 2
    return f"{tenths // 10}.{tenths % 10}"


FIELDS: dict[str, Callable[[Frame, Task], int | str]] = {
    "PID": lambda _, task: task.pid,
    "PPID": lambda _, task: task.ppid,
    "UID": lambda _, task: task.euid,
    "USER": lambda frame, task: frame.names.user(task.euid),
    "PGRP": lambda _, task: task.pgrp,
    "PR": lambda _, task: task.priority,
    "NI": lambda _, task: task.nice,
    "P": lambda _, task: task.processor,
    "%CPU": lambda frame, task: frame.cpu_permille(task),
    "TIME": lambda _, task: task.ticks,
    "TIME+": lambda _, task: task.ticks,
    "%MEM": lambda _, task: task.rss,
    "VIRT": lambda _, task: task.vsize,
    "RES": lambda _, task: task.rss,
    "S": lambda _, task: task.state,
    "COMMAND": lambda _, task: task.name,
}
"""What -o sorts by, the largest first."""
