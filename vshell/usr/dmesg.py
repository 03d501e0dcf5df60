"""dmesg: show and control the kernel log.

Source: dmesg(1), util-linux 2.38.1. Real: 17-printk-levels, 18-dmesg-options, 19-printk-formats.

Differs:
    There is no pager, so --human does not use one. In JSON, a record of a file ends where the next
    one begins; the real one prints the rest of the file.
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, EINVAL, KernelError, strerror
from vshell.usr._dmesg_records import FACILITIES, LEVELS, follow, read_kmsg, read_syslog
from vshell.usr._options import Options, usage_error
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._terminal import has_colors, is_utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vshell.usr._dmesg_print import JsonPrinter, Style, TextPrinter
    from vshell.usr._dmesg_records import Record

__all__ = ["main"]

_SHORT = "CcDdEeF:f:HhJkL::l:n:iPprSs:TtuVWwx"
_LONG = {
    "buffer-size=": "s",
    "clear": "C",
    "color=?": "L",
    "console-level=": "n",
    "console-off": "D",
    "console-on": "E",
    "ctime": "T",
    "decode": "x",
    "facility=": "f",
    "file=": "F",
    "follow": "w",
    "follow-new": "W",
    "force-prefix": "p",
    "help": "h",
    "human": "H",
    "json": "J",
    "kernel": "k",
    "level=": "l",
    "noescape": "noescape",
    "nopager": "P",
    "notime": "t",
    "raw": "r",
    "read-clear": "c",
    "reltime": "e",
    "show-delta": "d",
    "since=": "since",
    "syslog": "S",
    "time-format=": "time-format",
    "until=": "until",
    "userspace": "u",
    "version": "V",
}
_EXCLUSIVE = ("CDEcnr", "Hr", "Lr", "Sw", "Tr", "dr", "er", "rx", "rt")
_TIME_FORMATS = ("delta", "reltime", "ctime", "notime", "iso")
_TIME_LETTERS = {"T": "ctime", "e": "reltime", "H": "reltime", "t": "notime"}
_READ_ALL, _CLEAR, _CONSOLE_OFF, _CONSOLE_ON, _CONSOLE_LEVEL = 3, 5, 6, 7, 8
_O_NONBLOCK = 0o4000
_SEEK_DATA = 3


@program
def main(io: Io, words: list[str]) -> int:
    """Show the kernel log: ``dmesg [-cCDEdeHJkprSTtuwWx] [-n LEVEL] [-l LEVELS] [-f NAMES]``."""
    try:
        items, operands = getopt(words, _SHORT, _LONG)
    except OptionError as error:
        usage_error(io, str(error))
    options = _checked(io, items)
    if options.has("h"):
        from vshell.usr._dmesg_help import help_text  # noqa: PLC0415 - rarely asked for

        io.out(help_text())
        return 0
    if options.has("V"):
        io.out("dmesg from util-linux 2.38.1\n")
        return 0
    if operands:
        usage_error(io, "bad usage")
    action = options.last_of("CDEn")
    if action:
        return _control(io, action, options.value("n"))
    return _show(io, options)


# Complains about what excludes each other as soon as it has been read.
def _checked(io: Io, items: list[tuple[str, str]]) -> Options:
    given: list[str] = []
    names = {letter: name.rstrip("=?") for name, letter in _LONG.items()}
    for letter, value in items:
        if letter in ("h", "V"):
            break
        for group in _EXCLUSIVE:
            if letter in group and any(one in group and one != letter for one in given):
                listed = " ".join(f"--{names[one]}" for one in group)
                io.die(f"mutually exclusive arguments: {listed}")
        given.append(letter)
        _check_value(io, letter, value)
    return Options(items, [])


def _check_value(io: Io, letter: str, value: str) -> None:
    if letter == "n":
        _console_level(io, value)
    elif letter in ("l", "f"):
        _numbers(io, letter, value)
    elif letter in ("since", "until"):
        _time_us(io, value, 0)
    elif letter == "time-format" and value not in _TIME_FORMATS:
        io.die(f"unknown time format: {value}")
    elif letter == "L" and value.removeprefix("=") not in ("", "auto", "always", "never"):
        io.die(f"unsupported color mode: '{value.removeprefix('=')}'")
    elif letter == "s" and not (value.isascii() and value.isdigit()):
        io.die(f"invalid buffer size argument: '{value}'")


# -- The console and the buffer -------------------------------------------------------------------


def _console_level(io: Io, text: str) -> int:
    name = text.lower()
    if name in LEVELS:
        return list(LEVELS).index(name) + 1
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= len(LEVELS)):
        io.die(f"unknown level '{text}'")
    return int(text)


def _control(io: Io, action: str, level: str) -> int:
    try:
        if action == "C":
            io.sys.syslog(_CLEAR)
        elif action == "n":
            io.sys.syslog(_CONSOLE_LEVEL, _console_level(io, level))
        else:
            io.sys.syslog(_CONSOLE_OFF if action == "D" else _CONSOLE_ON)
    except KernelError as error:
        what = "clear kernel buffer" if action == "C" else "klogctl"
        io.die(f"{what} failed: {strerror(error.errno)}")
    return 0


# -- Records --------------------------------------------------------------------------------------


def _numbers(io: Io, letter: str, text: str) -> set[int]:
    names = list(LEVELS if letter == "l" else FACILITIES)
    found = set()
    for word in text.split(","):
        if word.lower() in names:
            found.add(names.index(word.lower()))
        elif word.isascii() and word.isdigit() and int(word) < len(names):
            found.add(int(word))
        else:
            io.die(f"unknown {'level' if letter == 'l' else 'facility'} '{word}'")
    return found


def _show(io: Io, options: Options) -> int:
    from vshell.usr._dmesg_print import JsonPrinter, TextPrinter  # noqa: PLC0415 - shown only here

    style = _style(io, options)
    if style.raw and options.has("l", "f", "k", "u") and options.has("S", "F"):
        what = "--raw can be used together with --level or --facility"
        io.die(f"{what} only when reading messages from /dev/kmsg")
    now_us = io.sys.clock_realtime_ns() // 1000
    boot_us = now_us - io.sys.clock_monotonic_ns() // 1000
    wanted = _filter(io, options, boot_us, now_us)
    printer: JsonPrinter | TextPrinter
    printer = JsonPrinter(io, style) if options.has("J") else TextPrinter(io, style, boot_us)
    records = _records(io, options)
    following = options.has("w", "W")
    try:
        for record in records:
            if wanted(record):
                printer.record(record)
                if following:
                    io.flush()
    except KernelError as error:
        if error.errno != EINTR:
            io.die(f"read kernel buffer failed: {strerror(error.errno)}")
    printer.end()
    if options.has("c"):
        io.flush()
        return _control(io, "C", "")
    return 0


def _records(io: Io, options: Options) -> Iterator[Record]:
    if options.has("F"):
        name = options.value("F")
        try:
            data = io.read_file(name)
        except KernelError as error:
            io.die(f"cannot open {name}: {strerror(error.errno)}")
        if not data:
            io.die(f"cannot mmap: {name}: {strerror(EINVAL)}")
        return read_syslog(data)
    try:
        if options.has("w", "W"):
            return read_kmsg(io, follow(io, only_new=options.has("W")))
        if not options.has("S"):
            try:
                fd = io.sys.open("/dev/kmsg", _O_NONBLOCK)
            except KernelError:
                pass
            else:
                io.sys.lseek(fd, 0, _SEEK_DATA)
                return read_kmsg(io, fd)
        return read_syslog(_last_lines(io.sys.syslog(_READ_ALL), int(options.value("s") or 0)))
    except KernelError as error:
        io.die(f"read kernel buffer failed: {strerror(error.errno)}")


# The kernel fills a buffer with as many of the last lines as it holds; 0 is room for all.
def _last_lines(data: bytes, size: int) -> bytes:
    while size and len(data) > size:
        data = data.partition(b"\n")[2]
    return data


def _filter(io: Io, options: Options, boot_us: int, now_us: int) -> Callable[[Record], bool]:
    levels: set[int] = set()
    facilities: set[int] = set()
    for letter, value in options.items:
        if letter == "l":
            levels |= _numbers(io, "l", value)
        elif letter == "f":
            facilities |= _numbers(io, "f", value)
        elif letter == "k":
            facilities |= {0}
        elif letter == "u":
            facilities |= set(range(1, len(FACILITIES)))
    since_us, until_us = (
        _time_us(io, options.value(name), now_us) if options.has(name) else None
        for name in ("since", "until")
    )

    # Bounds are compared with whole seconds, and with the boot where stamps are not shown at all.
    timeless = options.last_of("TeHt") == "t" and not options.has("d", "J")

    def wanted(record: Record) -> bool:
        date_us = boot_us + (0 if timeless else record.time_us // 1_000_000 * 1_000_000)
        return (
            (not levels or record.level in levels)
            and (not facilities or record.facility in facilities)
            and (since_us is None or since_us < date_us)
            and (until_us is None or date_us < until_us)
        )

    return wanted


def _time_us(io: Io, text: str, now_us: int) -> int:
    from vshell.usr._dmesg_time import parse_time_us  # noqa: PLC0415 - rarely asked for

    found = parse_time_us(io, text, now_us)
    if found is None:
        io.die(f'invalid time value "{text}"')
    return found


# -- The style ------------------------------------------------------------------------------------


def _style(io: Io, options: Options) -> Style:
    from vshell.usr._dmesg_print import Style  # noqa: PLC0415 - as in _show

    style = Style()
    style.raw = options.has("r")
    style.decode = options.has("x")
    style.force_prefix = options.has("p")
    style.escape = not options.has("noescape")
    style.utf8 = is_utf8(io)
    color = "auto"
    for letter, value in options.items:
        if letter in _TIME_LETTERS:
            style.time = _TIME_LETTERS[letter]
        elif letter == "time-format":
            style.time = value
        elif letter == "L":
            color = value.removeprefix("=") or "auto"
        if letter == "H":
            color = "auto"
    style.delta = options.has("d") or style.time == "delta"
    if style.time == "iso" and options.has("d"):
        io.complain("--show-delta is ignored when used together with iso8601 time format")
    style.color = color == "always" or (color == "auto" and io.sys.isatty(1) and has_colors(io))
    if style.raw or options.has("J"):
        style.color = False
    return style
