"""renice: change the nice value of running tasks.

Source: renice(1), util-linux 2.38.1. Real: 24-sched-attrs.
"""

from __future__ import annotations

from vshell.abi.errno import ESRCH, KernelError, strerror
from vshell.usr._names import Names
from vshell.usr._options import usage_error
from vshell.usr._proc import tasks
from vshell.usr._program import Io, program

__all__ = ["main"]

_USAGE = """
Usage:
 renice [-n] <priority> [-p|--pid] <pid>...
 renice [-n] <priority>  -g|--pgrp <pgid>...
 renice [-n] <priority>  -u|--user <user>...

Alter the priority of running processes.

Options:
 -n, --priority <num>   specify the nice value
 -p, --pid              interpret arguments as process ID (default)
 -g, --pgrp             interpret arguments as process group ID
 -u, --user             interpret arguments as username or user ID

 -h, --help             display this help
 -V, --version          display version

For more details see renice(1).
"""
_KINDS = {"-p": "process ID", "-g": "process group ID", "-u": "user ID"}
_LONG = {"--pid": "-p", "--pgrp": "-g", "--user": "-u"}


@program
def main(io: Io, words: list[str]) -> int:
    """Change nice values: ``renice [-n] N [-p PID... | -g PGID... | -u USER...]``."""
    waiting = list(words)
    if len(waiting) == 1 and waiting[0] in ("-h", "--help"):
        io.out(_USAGE)
        return 0
    if len(waiting) == 1 and waiting[0] in ("-V", "--version"):
        io.out("renice from util-linux 2.38.1\n")
        return 0
    if waiting and waiting[0] in ("-n", "--priority"):
        del waiting[0]
    if len(waiting) < 2:
        usage_error(io, "not enough arguments")
    text = waiting.pop(0)
    digits = text.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        usage_error(io, f"invalid priority '{text}'")
    kind = "-p"
    status = 0
    for word in waiting:
        letter = _LONG.get(word, word)
        if letter in _KINDS:
            kind = letter
            continue
        number = _number(io, kind, word)
        if number is None or not _renice(io, kind, number, int(text)):
            status = 1
    return status


def _number(io: Io, kind: str, word: str) -> int | None:
    if kind == "-u":
        uid = Names(io).uid(word)
        if uid is None:
            io.complain(f"unknown user {word}")
        return uid
    if not (word.isascii() and word.isdigit()):
        io.complain(f"bad {_KINDS[kind]} value: {word}")
        return None
    return int(word)


def _renice(io: Io, kind: str, number: int, nice: int) -> bool:
    what = f"{number} ({_KINDS[kind]})"
    if kind == "-p":
        pids = [number]
    else:
        pids = [one.pid for one in tasks(io) if number == (one.pgrp if kind == "-g" else one.uid)]
    if not pids:
        io.complain(f"failed to get priority for {what}: {strerror(ESRCH)}")
        return False
    try:
        old = min(io.sys.getpriority(pid) for pid in pids)
    except KernelError as error:
        io.complain(f"failed to get priority for {what}: {strerror(error.errno)}")
        return False
    try:
        for pid in pids:
            io.sys.setpriority(pid, nice)
    except KernelError as error:
        io.complain(f"failed to set priority for {what}: {strerror(error.errno)}")
        return False
    new = min(io.sys.getpriority(pid) for pid in pids)
    io.out(f"{what} old priority {old}, new priority {new}\n")
    return True
