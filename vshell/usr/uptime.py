"""uptime: tell how long the system has been running.

Source: uptime(1), procps 4.0.2
"""

from __future__ import annotations

from vshell.usr._dates import moment, strftime
from vshell.usr._proc import uptime_centis
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._sessions import uptime_line

__all__ = ["main"]

_USAGE = """
Usage:
 uptime [options]

Options:
 -p, --pretty   show uptime in pretty format
 -h, --help     display this help and exit
 -s, --since    system up since
 -V, --version  output version information and exit

For more details see uptime(1).
"""
_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60, 3600, 86400, 604800, 31536000


@program
def main(io: Io, words: list[str]) -> int:
    """Tell the time since boot: ``uptime [-ps]``."""
    try:
        long = {"pretty": "p", "help": "h", "since": "s", "version": "V"}
        options, operands = getopt(words, "phsV", long)
    except OptionError as error:
        io.complain(str(error))
        operands, options = [""], []
    letters = [letter for letter, _ in options]
    if operands:
        io.err(_USAGE)
        return 1
    if "h" in letters:
        io.out(_USAGE)
    elif "V" in letters:
        io.out("uptime from procps-ng 4.0.2\n")
    elif "s" in letters:
        booted_ns = io.sys.clock_realtime_ns() - uptime_centis(io) * 10_000_000
        io.out(strftime("%Y-%m-%d %H:%M:%S\n", moment(io, booted_ns)))
    elif "p" in letters:
        io.out(f"up {_pretty(uptime_centis(io) // 100)}\n")
    else:
        io.out(uptime_line(io) + "\n")
    return 0


# Units are taken out of the time only where more than one of them is left, as uptime does it.
def _pretty(seconds: int) -> str:
    parts = []
    left = seconds
    for unit, name in ((_YEAR, "year"), (_WEEK, "week"), (_DAY, "day"), (_HOUR, "hour")):
        count = 0
        if left > unit:
            count, left = divmod(left, unit)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    minutes = left // _MINUTE if left > _MINUTE else 0
    if minutes or left < _MINUTE:
        parts.append(f"{minutes} minute{'s' if minutes != 1 else ''}")
    return ", ".join(parts)
