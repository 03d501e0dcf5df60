"""touch: set the times of files.

Source: touch(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EACCES, ENOENT, KernelError, strerror
from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import Moment, days_of, zone_of
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

__all__ = ["main"]

_LONG = {
    "time=": "time",
    "no-create": "c",
    "date=": "d",
    "reference=": "r",
    "no-dereference": "h",
}
_USAGE = (
    "[OPTION]... FILE...\n"
    "Update the access and modification times of each FILE to the current time."
)
_CREATE = 0o101


@program
def main(io: Io, words: list[str]) -> int:
    """Set times: ``touch [-acm] [-d DATE | -r FILE | -t STAMP] FILE...``."""
    options = parse(io, words, "acd:fhmr:t:", _LONG, usage=_USAGE)
    times = _times(io, options)
    if not options.operands:
        usage_error(io, "missing file operand")
    which = _which(options)
    status = 0
    for name in options.operands:
        try:
            _touch(io, name, times, which, create=not options.has("c", "h"))
        except KernelError as error:
            io.complain(f"cannot touch {quoteaf(name)}: {strerror(error.errno)}")
            status = 1
    return status


# Which of the two times are set.
def _which(options: Options) -> str:
    chosen = {name for name, _ in options.items if name in ("a", "m")}
    for word in options.values("time"):
        chosen.add("a" if word in ("atime", "access", "use") else "m")
    return "".join(chosen) or "am"


# Both times; None for now.
def _times(io: Io, options: Options) -> tuple[int | None, int | None]:
    atime_ns: int | None = None
    mtime_ns: int | None = None
    if options.has("t"):
        text = options.value("t")
        atime_ns = mtime_ns = _stamp(io, text)
        if mtime_ns is None:
            io.die(f"invalid date format {quote(text)}")
        if options.has("d", "r"):
            usage_error(io, "cannot specify times from more than one source")
    if options.has("r"):
        name = options.value("r")
        try:
            found = io.sys.stat(name)
        except KernelError as error:
            io.die(f"failed to get attributes of {quoteaf(name)}: {strerror(error.errno)}")
        atime_ns, mtime_ns = found.atime_ns, found.mtime_ns
    if options.has("d"):
        from vshell.usr._date_words import parse_date  # noqa: PLC0415 - with -d only

        text = options.value("d")
        now_ns = io.sys.clock_realtime_ns()
        zone = zone_of(io)
        dates = [
            parse_date(text, now_ns if base is None else base, zone)
            for base in (atime_ns, mtime_ns)
        ]
        if dates[0] is None:
            io.die(f"invalid date format {quote(text)}")
        atime_ns, mtime_ns = dates
    return atime_ns, mtime_ns


# [[CC]YY]MMDDhhmm[.ss]
def _stamp(io: Io, text: str) -> int | None:
    digits, dot, seconds = text.partition(".")
    if not digits.isdigit() or len(digits) not in (8, 10, 12):
        return None
    if dot and not (seconds.isdigit() and len(seconds) == 2 and int(seconds) <= 60):
        return None
    zone = zone_of(io)
    year = Moment(io.sys.clock_realtime_ns(), zone).year
    if len(digits) == 12:
        year = int(digits[:4])
    elif len(digits) == 10:
        year = int(digits[:2])
        year += 1900 if year > 68 else 2000
    month, day, hour, minute = (int(digits[-8:][n : n + 2]) for n in (0, 2, 4, 6))
    last = days_of(year, month + 1, 1) - days_of(year, month, 1) if 1 <= month <= 12 else 0
    if not 1 <= day <= last or hour > 23 or minute > 59:
        return None
    time_s = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60
    return (time_s + int(seconds or "0") - zone[1]) * NSEC_PER_SEC


def _touch(
    io: Io, name: str, times: tuple[int | None, int | None], which: str, *, create: bool
) -> None:
    sys = io.sys
    try:
        found = sys.stat(name)
    except KernelError as error:
        if error.errno != ENOENT:
            raise
        if not create:
            return
        sys.close(sys.open(name, _CREATE))
        if times == (None, None):
            return
        found = sys.stat(name)
    if len(which) < 2:
        now_ns = sys.clock_realtime_ns()
        if which == "a":
            times = now_ns if times[0] is None else times[0], found.mtime_ns
        else:
            times = found.atime_ns, now_ns if times[1] is None else times[1]
    try:
        sys.utimens(name, *times)
    except KernelError as error:
        if error.errno == EACCES:
            raise
        io.die(f"setting times of {quoteaf(name)}: {strerror(error.errno)}")
