"""w: show who is logged in and what they are doing.

Source: w(1), procps 4.0.2

Differs:
    Who is logged in is told from the sessions there are.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import moment, strftime
from vshell.usr._proc import TICKS_PER_SEC, Task, tasks
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._sessions import Session, sessions, uptime_line
from vshell.usr._terminal import terminal_size

__all__ = ["main"]

_USAGE = """
Usage:
 w [options] [user]

Options:
 -h, --no-header     do not print header
 -u, --no-current    ignore current process username
 -s, --short         short format
 -f, --from          show remote hostname field
 -o, --old-style     old style output
 -i, --ip-addr       display IP address instead of hostname (if possible)

     --help     display this help and exit
 -V, --version  output version information and exit

For more details see w(1).
"""
_LONG = {
    "no-header": "h",
    "no-current": "u",
    "short": "s",
    "from": "f",
    "old-style": "o",
    "ip-addr": "i",
    "help": "help",
    "version": "V",
}
_DAY = 86400


@program
def main(io: Io, words: list[str]) -> int:
    """Show who is logged in: ``w [-hsfiou] [USER]``."""
    try:
        options, operands = getopt(words, "husfoiV", _LONG)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 1
    letters = {letter for letter, _ in options}
    if "help" in letters or "V" in letters:
        io.out(_USAGE if "help" in letters else "w from procps-ng 4.0.2\n")
        return 0
    short = "s" in letters
    origin = "f" not in letters
    if "h" not in letters:
        io.out(uptime_line(io) + "\n")
        head = "USER     TTY      " + ("FROM             " if origin else "")
        io.out(head + (" IDLE WHAT\n" if short else "LOGIN@   IDLE   JCPU   PCPU WHAT\n"))
    everybody = list(tasks(io))
    columns = (terminal_size(io) or (80, 24))[0]
    for session in sessions(io):
        if not operands or session.user == operands[0]:
            line = _line(io, session, everybody, origin=origin, short=short)
            io.out(line[:columns].rstrip() + "\n")
    return 0


def _line(io: Io, session: Session, everybody: list[Task], *, origin: bool, short: bool) -> str:
    now = io.sys.clock_realtime_ns() // NSEC_PER_SEC
    mine = [task for task in everybody if task.tty == session.leader.tty]
    current = _foreground(mine) or session.leader
    text = f"{session.user:<8.8s} {session.line:<8.8s} " + (f"{'-':<16s} " if origin else "")
    idle = _interval(_idle_centis(io, session, now))
    if short:
        return f"{text}{idle} {current.command()}"
    form = "%H:%M" if now - session.start < 12 * 3600 else "%a%H"
    if now - session.start > 6 * _DAY:
        form = "%d%b%y"
    login = strftime(form, moment(io, session.start * NSEC_PER_SEC))
    everything = _interval(sum(task.ticks for task in mine) * 100 // TICKS_PER_SEC)
    own = _interval(current.ticks * 100 // TICKS_PER_SEC)
    return f"{text}{login:<7s}{idle} {everything} {own} {current.command()}"


# The newest task of the foreground group.
def _foreground(mine: list[Task]) -> Task | None:
    candidates = [task for task in mine if task.pgrp == task.tpgid]
    return max(candidates, key=lambda task: (task.start, task.pid), default=None)


# Time since anything was read from the terminal.
def _idle_centis(io: Io, session: Session, now: int) -> int:
    try:
        used = io.sys.stat(f"/dev/{session.line}").atime_ns // NSEC_PER_SEC
    except KernelError:
        used = now
    return max(now - max(used, session.start), 0) * 100


def _interval(centis: int) -> str:
    seconds = centis // 100
    if seconds >= 2 * _DAY:
        return f"{seconds // _DAY:2d}days"
    if seconds >= 3600:
        return f"{seconds // 3600:2d}:{seconds // 60 % 60:02d}m"
    if seconds >= 60:
        return f"{seconds // 60:2d}:{seconds % 60:02d} "
    return f"{seconds:2d}.{centis % 100:02d}s"
