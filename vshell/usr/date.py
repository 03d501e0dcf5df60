"""date: print the date.

Source: date(1), coreutils 9.1
Differs: the clock cannot be set, by nobody; -s says so as to a user who is not root.
"""

from __future__ import annotations

from vshell.abi.errno import EPERM, KernelError, strerror
from vshell.usr._dates import Moment, days_of, strftime, zone_of
from vshell.usr._files import records
from vshell.usr._options import Options, choose, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quotef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_LONG = {
    "date=": "d",
    "debug": "debug",
    "file=": "f",
    "iso-8601=?": "I",
    "reference=": "r",
    "resolution": "resolution",
    "rfc-822": "R",
    "rfc-2822": "R",
    "rfc-email": "R",
    "rfc-3339=": "rfc-3339",
    "set=": "s",
    "uct": "u",
    "utc": "u",
    "universal": "u",
}
_USAGE = (
    "[OPTION]... [+FORMAT]\n"
    "  or:  date [-u|--utc|--universal] [MMDDhhmm[[CC]YY][.ss]]\n"
    "Print the date, or the one of -d STRING, by FORMAT."
)
_DEFAULT = "%a %b %e %H:%M:%S %Z %Y"
_ISO = {
    "hours": "%Y-%m-%dT%H%:z",
    "minutes": "%Y-%m-%dT%H:%M%:z",
    "date": "%Y-%m-%d",
    "seconds": "%Y-%m-%dT%H:%M:%S%:z",
    "ns": "%Y-%m-%dT%H:%M:%S,%N%:z",
}
_RFC_3339 = {
    "date": "%Y-%m-%d",
    "seconds": "%Y-%m-%d %H:%M:%S%:z",
    "ns": "%Y-%m-%d %H:%M:%S.%N%:z",
}
_RFC_EMAIL = "%a, %d %b %Y %H:%M:%S %z"


@program
def main(io: Io, words: list[str]) -> int:
    """Print a date: ``date [-u] [-d STRING | -r FILE | -f FILE] [-R | -I[FMT] | +FORMAT]``."""
    options = parse(io, words, "d:f:I::r:Rs:u", _LONG, usage=_USAGE)
    template = _template(io, options)
    sources = [name for name in ("d", "f", "r", "resolution") if options.has(name)]
    if len(sources) > 1:
        usage_error(io, "the options to specify dates for printing are mutually exclusive")
    if sources and options.has("s"):
        usage_error(io, "the options to print and set the time may not be used together")
    template, stamp = _operands(io, options, template, sources)
    if options.has("resolution"):
        template = template or "%s.%N"
    zone = zone_of(io, utc=options.has("u"))
    setting = options.has("s") or bool(stamp)
    status = 0
    for time_ns in _times(io, options, stamp, zone):
        if time_ns is None:
            status = 1
            continue
        if setting:
            # What has been asked for is printed all the same.
            io.complain(f"cannot set date: {strerror(EPERM)}")
            status = 1
        io.out(strftime(template or _DEFAULT, Moment(time_ns, zone)) + "\n")
    return status


# The format of an option; "" if there is none.
def _template(io: Io, options: Options) -> str:
    templates = []
    for name, value in options.items:
        if name == "I":
            templates.append(_ISO[choose(io, value or "date", tuple(_ISO), "--iso-8601")])
        elif name == "rfc-3339":
            templates.append(_RFC_3339[choose(io, value, tuple(_RFC_3339), "--rfc-3339")])
        elif name == "R":
            templates.append(_RFC_EMAIL)
    if len(templates) > 1:
        io.die("multiple output formats specified")
    return "".join(templates)


# What stands on the command line without an option: a format, or a date to set.
def _operands(io: Io, options: Options, template: str, sources: list[str]) -> tuple[str, str]:
    operands = options.operands
    if len(operands) > 1:
        usage_error(io, f"extra operand {quote(operands[1])}")
    if not operands:
        return template, ""
    if operands[0].startswith("+"):
        if template:
            io.die("multiple output formats specified")
        return operands[0][1:], ""
    if sources or options.has("s"):
        text = f"the argument {quote(operands[0])} lacks a leading '+';\n"
        text += "when using an option to specify date(s), any non-option\n"
        usage_error(io, text + "argument must be a format string beginning with '+'")
    return template, operands[0]


def _times(io: Io, options: Options, stamp: str, zone: tuple[str, int]) -> Iterator[int | None]:
    now_ns = io.sys.clock_realtime_ns()
    if stamp:
        time_ns = _of_stamp(stamp, Moment(now_ns, zone))
        if time_ns is None:
            io.die(f"invalid date {quote(stamp)}")
        yield time_ns
    elif options.has("d", "s"):
        text = options.value("d") if options.has("d") else options.value("s")
        yield _of_words(io, text, now_ns, zone)
    elif options.has("f"):
        yield from _of_file(io, options.value("f"), now_ns, zone)
    elif options.has("r"):
        name = options.value("r")
        try:
            yield io.sys.stat(name).mtime_ns
        except KernelError as error:
            io.die(f"{quotef(name)}: {strerror(error.errno)}")
    else:
        yield 1 if options.has("resolution") else now_ns


def _of_words(io: Io, text: str, now_ns: int, zone: tuple[str, int]) -> int | None:
    from vshell.usr._date_words import parse_date  # noqa: PLC0415 - with -d, -f and -s only

    time_ns = parse_date(text, now_ns, zone)
    if time_ns is None:
        io.complain(f"invalid date {quote(text)}")
    return time_ns


def _of_file(io: Io, name: str, now_ns: int, zone: tuple[str, int]) -> Iterator[int | None]:
    try:
        fd = 0 if name == "-" else io.sys.open(name)
        for line in records(io, fd):
            text = line.removesuffix(b"\n").decode("utf-8", "surrogateescape")
            yield _of_words(io, text, now_ns, zone)
    except KernelError as error:
        io.die(f"{quotef(name)}: {strerror(error.errno)}")


# MMDDhhmm[[CC]YY][.ss]
def _of_stamp(text: str, now: Moment) -> int | None:
    digits, dot, seconds = text.partition(".")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (8, 10, 12):
        return None
    if dot and not (len(seconds) == 2 and seconds.isdigit() and int(seconds) <= 60):
        return None
    month, day, hour, minute = (int(digits[at : at + 2]) for at in (0, 2, 4, 6))
    year = now.year
    if len(digits) == 12:
        year = int(digits[8:])
    elif len(digits) == 10:
        year = int(digits[8:]) + (1900 if int(digits[8:]) > 68 else 2000)
    last = days_of(year, month + 1, 1) - days_of(year, month, 1) if 1 <= month <= 12 else 0
    if not 1 <= day <= last or hour > 23 or minute > 59:
        return None
    time_s = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + int(seconds or "0")
    return (time_s - now.offset_s) * 1_000_000_000
