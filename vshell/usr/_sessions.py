"""Who is logged in: the sessions that have a terminal.

There is no utmp on this host; a session is a task that leads one and has a terminal.

Source: utmp(5), credentials(7)
"""

from __future__ import annotations

from vshell.usr._dates import moment, strftime
from vshell.usr._names import Names
from vshell.usr._proc import TICKS_PER_SEC, Task, boot_time, tasks, tty_name, uptime_centis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["Session", "sessions", "uptime_line"]


class Session:
    """A session: its leader, user, terminal below /dev, and start in seconds since 1970."""

    __slots__ = ("leader", "line", "start", "user")

    def __init__(self, leader: Task, user: str, boot: int) -> None:
        """Describe a leader's session."""
        self.leader = leader
        self.user = user
        self.line = tty_name(leader.tty)
        self.start = boot + leader.start // TICKS_PER_SEC


def sessions(io: Io) -> list[Session]:
    """List the sessions with a terminal, oldest leader first."""
    names = Names(io)
    boot = boot_time(io)
    leaders = [task for task in tasks(io) if task.tty and task.session == task.pid]
    return [Session(task, names.user(task.uid), boot) for task in leaders if task.state != "Z"]


def uptime_line(io: Io) -> str:
    """Write the line that uptime, w and top begin with: date, time since boot, users, load."""
    seconds = uptime_centis(io) // 100
    minutes = seconds // 60 % 60
    hours, days = seconds // 3600 % 24, seconds // 86400
    text = strftime(" %H:%M:%S up ", moment(io, io.sys.clock_realtime_ns()))
    if days:
        text += f"{days} day{'s' if days != 1 else ''}, "
    text += f"{hours:2d}:{minutes:02d}" if hours else f"{minutes} min"
    count = len(sessions(io))
    load = ", ".join(io.read_text("/proc/loadavg").split()[:3])
    return f"{text}, {count:2d} user{'s' if count > 1 else ''},  load average: {load}"
