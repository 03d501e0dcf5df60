"""killall: signal tasks by their names.

Source: killall(1), psmisc 23.6
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.abi.signals import SIGTERM, signal_number
from vshell.usr._proc import TICKS_PER_SEC, Task, tasks, uptime_centis
from vshell.usr._program import Io, OptionError, Quit, getopt, program
from vshell.usr._signals import signal_lines
from vshell.usr._users import find_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

_USAGE = """\
Usage: killall [OPTION]... [--] NAME...
       killall -l, --list
       killall -V, --version

  -e,--exact          require exact match for very long names
  -I,--ignore-case    case insensitive process name match
  -g,--process-group  kill process group instead of process
  -y,--younger-than   kill processes younger than TIME
  -o,--older-than     kill processes older than TIME
  -i,--interactive    ask for confirmation before killing
  -l,--list           list all known signal names
  -q,--quiet          don't print complaints
  -r,--regexp         interpret NAME as an extended regular expression
  -s,--signal SIGNAL  send this signal instead of SIGTERM
  -u,--user USER      kill only process(es) running as USER
  -v,--verbose        report if the signal was successfully sent
  -V,--version        display version information
  -w,--wait           wait for processes to die
  -n,--ns PID         match processes that belong to the same namespaces
                      as PID
  -Z,--context REGEXP kill only process(es) having context
                      (must precede other arguments)

"""
_VERSION = """\
killall (PSmisc) 23.6
Copyright (C) 1993-2022 Werner Almesberger and Craig Small

PSmisc comes with ABSOLUTELY NO WARRANTY.
This is free software, and you are welcome to redistribute it under
the terms of the GNU General Public License.
For more information about these matters, see the files named COPYING.
"""
_LONG = {
    "exact": "e",
    "ignore-case": "I",
    "process-group": "g",
    "interactive": "i",
    "list": "l",
    "quiet": "q",
    "regexp": "r",
    "signal=": "s",
    "user=": "u",
    "verbose": "v",
    "version": "V",
    "wait": "w",
    "younger-than=": "y",
    "older-than=": "o",
}
_SHORT = "egy:o:ilqrs:u:vwVI"
_LETTERS = _SHORT.replace(":", "")
_UNITS = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 604_800,
    "M": 2_592_000,
    "y": 31_536_000,
}
_POLL_NS = 1_000_000_000


@program
def main(io: Io, words: list[str]) -> int:
    """Signal by name: ``killall [-SIGNAL] [-eIgiqrvw] [-u USER] NAME...``."""
    signal = SIGTERM
    rest = []
    for word in words:
        # A word such as -9 or -HUP is a signal where its first letter is no option.
        if word[:1] == "-" and word[1:2] not in ("", "-") and word[1] not in _LETTERS:
            signal = _signal(io, word[1:])
        else:
            rest.append(word)
    try:
        items, names = getopt(rest, _SHORT, _LONG)
    except OptionError:
        io.err(_USAGE)
        return 1
    values = dict(items)
    if "l" in values:
        io.out(signal_lines())
        return 0
    if "V" in values:
        io.err(_VERSION)
        return 0
    for letter in "yo":
        if letter in values and _seconds(values[letter]) is None:
            io.err(f"Invalid time format\n{_USAGE}")
            return 1
    if not names and "u" not in values:
        io.err(_USAGE)
        return 1
    if "s" in values:
        signal = _signal(io, values["s"])
    return _kill_all(io, names, signal, values)


def _signal(io: Io, text: str) -> int:
    number = signal_number(text)
    if number is None:
        io.err(f"{text}: unknown signal; killall -l lists signals.\n")
        raise Quit(1)
    return number


# A number with one of s, m, h, d, w, M (months), y behind it.
def _seconds(text: str) -> int | None:
    number, unit = text[:-1], _UNITS.get(text[-1:])
    if unit is None or not number.replace(".", "", 1).isdigit():
        return None
    return int(float(number) * unit)


def _kill_all(io: Io, names: list[str], signal: int, values: dict[str, str]) -> int:
    uid = -1
    if "u" in values:
        user = find_user(io, values["u"])
        if user is None:
            io.err(f"Cannot find user {values['u']}\n")
            return 1
        uid = user.uid
    candidates = [task for task in tasks(io) if task.pid != io.sys.getpid()]
    if uid >= 0:
        candidates = [task for task in candidates if task.uid == uid]
    uptime = uptime_centis(io) // 100
    if "y" in values:
        youngest = _seconds(values["y"]) or 0
        candidates = [one for one in candidates if uptime - one.start // TICKS_PER_SEC < youngest]
    if "o" in values:
        oldest = _seconds(values["o"]) or 0
        candidates = [one for one in candidates if uptime - one.start // TICKS_PER_SEC > oldest]
    status = 0
    sent: list[int] = []
    for name in names or [""]:
        fits = _matcher(io, name, values)
        found = [task for task in candidates if not name or fits(task)]
        pids = [pid for pid in _targets(io, found, values) if _send(io, name, pid, signal, values)]
        sent += pids
        if not pids:
            status = 1
        if not found and "q" not in values:
            io.err(f"{name}: no process found\n")
    while "w" in values and any(io.sys.access(f"/proc/{pid}", 0) for pid in sent):
        io.sys.nanosleep(_POLL_NS)
    return status


def _targets(io: Io, found: list[Task], values: dict[str, str]) -> list[int]:
    if "g" in values:
        return [-pgrp for pgrp in dict.fromkeys(task.pgrp for task in found)]
    if "i" not in values:
        return [task.pid for task in found]
    chosen = []
    for task in found:
        io.out(f"Kill {task.name}({task.pid}) ? (y/N) ")
        io.flush()
        if io.sys.read(0).strip().lower().startswith(b"y"):
            chosen.append(task.pid)
    return chosen


def _matcher(io: Io, name: str, values: dict[str, str]) -> Callable[[Task], bool]:
    ignore_case = "I" in values
    if "r" in values:
        from vshell.usr._regex import RegexError, compile_posix  # noqa: PLC0415 - with -r only

        try:
            regex = compile_posix(name, extended=True, ignore_case=ignore_case)
        except RegexError:
            io.err(f"killall: Bad regular expression: {name}\n")
            raise Quit(1) from None
        return lambda task: regex.search(task.name) is not None
    if "/" in name:
        return lambda task: task.link("exe") == name
    if ignore_case:
        return lambda task: task.name.lower() == name.lower()
    return lambda task: task.name == name


def _send(io: Io, name: str, pid: int, signal: int, values: dict[str, str]) -> bool:
    try:
        io.sys.kill(pid, signal)
    except KernelError as error:
        if "q" not in values:
            io.err(f"{name}({pid}): {strerror(error.errno)}\n")
        return False
    if "v" in values:
        io.err(f"Killed {name}({pid}) with signal {signal}\n")
    return True
