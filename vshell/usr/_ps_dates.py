"""ps: when a task was started, in the forms of its columns.

Source: ps(1), procps 4.0.2
"""

from __future__ import annotations

from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import moment, strftime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["start_text"]

_DAY = 86400


def start_text(io: Io, kind: str, started: int, now: int) -> str:
    """Write a date.

    Args:
        io: of ps.
        kind: "lstart" in full; "stime" the time of today, the day of this year, or the year;
            "start" and "bsdstart" the time if that is less than a day ago, or the day.
        started: seconds since 1970.
        now: the same.
    """
    then, today = moment(io, started * NSEC_PER_SEC), moment(io, now * NSEC_PER_SEC)
    recent = now - started < _DAY
    if kind == "lstart":
        form = "%c"
    elif kind == "stime":
        same_year = then.year == today.year
        form = "%H:%M" if same_year and then.yearday == today.yearday else "%b%d"
        form = form if same_year else "%Y"
    elif kind == "start":
        form = "%H:%M:%S" if recent else "  %b %d"
    else:
        form = " %H:%M" if recent else "%b %d"
    return strftime(form, then)
