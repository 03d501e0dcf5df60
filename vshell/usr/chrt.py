"""chrt: show and change how tasks are scheduled, or run a program so.

Source: chrt(1), util-linux 2.38.1. Real: 24-sched-attrs.

Differs:
    SCHED_DEADLINE and the reset-on-fork flag cannot be set.
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, ENOENT, KernelError, strerror
from vshell.usr._options import Options, usage_error
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._spawn import exec_program

__all__ = ["main"]

_USAGE = """\
Show or change the real-time scheduling attributes of a process.

Set policy:
 chrt [options] <priority> <command> [<arg>...]
 chrt [options] --pid <priority> <pid>

Get policy:
 chrt [options] -p <pid>

Policy options:
 -b, --batch          set policy to SCHED_BATCH
 -d, --deadline       set policy to SCHED_DEADLINE
 -f, --fifo           set policy to SCHED_FIFO
 -i, --idle           set policy to SCHED_IDLE
 -o, --other          set policy to SCHED_OTHER
 -r, --rr             set policy to SCHED_RR (default)

Scheduling options:
 -R, --reset-on-fork       set reset-on-fork flag
 -T, --sched-runtime <ns>  runtime parameter for DEADLINE
 -P, --sched-period <ns>   period parameter for DEADLINE
 -D, --sched-deadline <ns> deadline parameter for DEADLINE

Other options:
 -a, --all-tasks      operate on all the tasks (threads) for a given pid
 -m, --max            show min and max valid priorities
 -p, --pid            operate on existing given pid
 -v, --verbose        display status information

 -h, --help           display this help
 -V, --version        display version

For more details see chrt(1).
"""
_LONG = {
    "all-tasks": "a",
    "batch": "b",
    "deadline": "d",
    "fifo": "f",
    "idle": "i",
    "max": "m",
    "other": "o",
    "pid": "p",
    "help": "h",
    "rr": "r",
    "sched-runtime=": "T",
    "sched-period=": "P",
    "sched-deadline=": "D",
    "reset-on-fork": "R",
    "verbose": "v",
    "version": "V",
}
_POLICIES = {
    "o": (0, "SCHED_OTHER", 0, 0),
    "f": (1, "SCHED_FIFO", 1, 99),
    "r": (2, "SCHED_RR", 1, 99),
    "b": (3, "SCHED_BATCH", 0, 0),
    "i": (5, "SCHED_IDLE", 0, 0),
    "d": (6, "SCHED_DEADLINE", 0, 0),
}


@program
def main(io: Io, words: list[str]) -> int:
    """Schedule tasks: ``chrt [-bdfior] [-v] PRIORITY COMMAND``, ``chrt -p [PRIORITY] PID``."""
    try:
        items, operands = getopt(words, "abdD:fiphmoP:T:rRvV", _LONG, permute=False)
    except OptionError as error:
        usage_error(io, str(error))
    options = Options(items, operands)
    if options.has("h") or options.has("V"):
        io.out(_USAGE if options.has("h") else "chrt from util-linux 2.38.1\n")
        return 0
    if options.has("m"):
        for _, name, least, most in _POLICIES.values():
            io.out(f"{name} min/max priority\t: {least}/{most}\n")
        return 0
    by_pid = options.has("p")
    if by_pid and len(operands) == 1:
        return _show(io, operands[0], "current")
    if by_pid and not operands:
        io.die("invalid PID argument: '-p'")
    if len(operands) < 2:
        usage_error(io, "bad usage")
    pid = _pid(io, operands[1]) if by_pid else 0
    return _set(io, options, pid)


def _pid(io: Io, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        io.die(f"invalid PID argument: '{text}'")
    return int(text) or io.sys.getpid()


def _show(io: Io, text: str, when: str) -> int:
    pid = _pid(io, text)
    try:
        policy, priority = io.sys.sched_getscheduler(pid)
    except KernelError as error:
        io.die(f"failed to get pid {pid}'s policy: {strerror(error.errno)}")
    name = next((row[1] for row in _POLICIES.values() if row[0] == policy), "unknown")
    io.out(f"pid {pid}'s {when} scheduling policy: {name}\n")
    io.out(f"pid {pid}'s {when} scheduling priority: {priority}\n")
    return 0


def _set(io: Io, options: Options, pid: int) -> int:
    letter = options.last_of("ofrbid", "r")
    policy, _, least, most = _POLICIES[letter]
    text = options.operands[0]
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        io.die(f"invalid priority argument: '{text}'")
    if pid and options.has("v"):
        _show(io, str(pid), "current")
    if not least <= int(text) <= most:
        io.die(f"unsupported priority value for the policy: {int(text)}: see --max for valid range")
    refused = EINVAL if letter == "d" else _change(io, pid, policy, int(text))
    if refused:
        io.die(f"failed to set pid {pid}'s policy: {strerror(refused)}")
    if options.has("v"):
        _show(io, str(pid or io.sys.getpid()), "new")
    if pid:
        return 0
    command = options.operands[1:]
    io.flush()
    try:
        exec_program(io.sys, command, io.sys.environ())
    except KernelError as error:
        io.complain(f"failed to execute {command[0]}: {strerror(error.errno)}")
        return 127 if error.errno == ENOENT else 126


# Gives 0 or the errno.
def _change(io: Io, pid: int, policy: int, priority: int) -> int:
    try:
        io.sys.sched_setscheduler(pid, policy, priority)
    except KernelError as error:
        return error.errno
    return 0
