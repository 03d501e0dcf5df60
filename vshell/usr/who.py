"""who: show who is logged in.

Source: who(1), coreutils 9.1

Differs:
    Who is logged in is told from the sessions there are.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import moment, strftime
from vshell.usr._options import parse, usage_error
from vshell.usr._proc import boot_time
from vshell.usr._program import Io, program
from vshell.usr._quote import quote
from vshell.usr._sessions import Session, sessions

__all__ = ["main"]

_LONG = {
    "all": "a",
    "boot": "b",
    "dead": "d",
    "heading": "H",
    "ips": "ips",
    "login": "l",
    "lookup": "lookup",
    "process": "p",
    "count": "q",
    "runlevel": "r",
    "short": "s",
    "time": "t",
    "mesg": "T",
    "message": "T",
    "writable": "T",
    "users": "u",
}
_USAGE = (
    "[OPTION]... [ FILE | ARG1 ARG2 ]\nPrint information about users who are currently logged in."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Show who is logged in: ``who [-abdHlmpqrstTu] [am i]``."""
    options = parse(io, words, "abdHlmpqrstTuw", _LONG, usage=_USAGE)
    if len(options.operands) > 2:
        usage_error(io, f"extra operand {quote(options.operands[2])}")
    found = sessions(io)
    if options.has("m") or len(options.operands) == 2:
        own = io.sys.tty_name(0)
        found = [one for one in found if own == f"/dev/{one.line}"]
    elif options.operands:
        found = []
    if options.has("q"):
        io.out(" ".join(one.user for one in found) + f"\n# users={len(found)}\n")
        return 0
    everything = options.has("a")
    idle = everything or options.has("u")
    state = everything or options.has("T", "w")
    if options.has("H"):
        io.out(_row("NAME", " " if state else "", "LINE", "TIME", "IDLE" if idle else "", "PID"))
    if everything or options.has("b"):
        date = strftime("%F %H:%M", moment(io, boot_time(io) * NSEC_PER_SEC))
        io.out(_row("", " " if state else "", "system boot", date, "", "", comment=""))
    if everything or idle or state or not options.has("b", "d", "l", "p", "r", "t"):
        for one in found:
            io.out(_session(io, one, idle=idle, state=state))
    return 0


def _row(
    name: str, state: str, line: str, date: str, idle: str, pid: str, comment: str = "COMMENT"
) -> str:
    text = f"{name:<8s} {state + ' ' if state else ''}{line:<12s} {date:<16s}"
    if idle:
        text += f" {idle:<6s} {pid:>10s}"
    return (f"{text} {comment}" if comment else text).rstrip() + "\n"


def _session(io: Io, one: Session, *, idle: bool, state: bool) -> str:
    date = strftime("%F %H:%M", moment(io, one.start * NSEC_PER_SEC))
    used, may_write = "  ?", "?"
    try:
        stat = io.sys.stat(f"/dev/{one.line}")
    except KernelError:
        pass
    else:
        minutes = (io.sys.clock_realtime_ns() - stat.atime_ns) // 60_000_000_000
        used = "  ." if minutes <= 0 else f"{minutes // 60:02d}:{minutes % 60:02d}"
        may_write = "+" if stat.mode & 0o020 else "-"
    pid = str(one.leader.pid)
    return _row(
        one.user, may_write if state else "", one.line, date, used if idle else "", pid, comment=""
    )
