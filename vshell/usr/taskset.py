"""taskset: show and change the CPUs that tasks may run on, or run a program so.

Source: taskset(1), util-linux 2.38.1. Real: 24-sched-attrs.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._options import usage_error
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._spawn import exec_program

__all__ = ["main"]

_USAGE = """\
Usage: taskset [options] [mask | cpu-list] [pid|cmd [args...]]


Show or change the CPU affinity of a process.

Options:
 -a, --all-tasks         operate on all the tasks (threads) for a given pid
 -p, --pid               operate on existing given pid
 -c, --cpu-list          display and specify cpus in list format
 -h, --help              display this help
 -V, --version           display version

The default behavior is to run a new command:
    taskset 03 sshd -b 1024
You can retrieve the mask of an existing task:
    taskset -p 700
Or set it:
    taskset -p 03 700
List format uses a comma-separated list instead of a mask:
    taskset -pc 0,3,7-11 700
Ranges in list format can take a stride argument:
    e.g. 0-31:2 is equivalent to mask 0x55555555

For more details see taskset(1).
"""
_LONG = {"all-tasks": "a", "pid": "p", "cpu-list": "c", "help": "h", "version": "V"}
_CPUS_MAX = 8192


@program
def main(io: Io, words: list[str]) -> int:
    """Bind tasks: ``taskset [-c] MASK COMMAND``, ``taskset [-c] -p [MASK] PID``."""
    try:
        items, operands = getopt(words, "apchV", _LONG, permute=False)
    except OptionError as error:
        usage_error(io, str(error))
    letters = {letter for letter, _ in items}
    if letters & {"h", "V"}:
        io.out(_USAGE if "h" in letters else "taskset from util-linux 2.38.1\n")
        return 0
    as_list = "c" in letters
    if "p" in letters:
        return _of_pid(io, operands, as_list=as_list)
    if len(operands) < 2:
        usage_error(io, "bad usage")
    _set(io, 0, _mask(io, operands[0], as_list=as_list))
    command = operands[1:]
    try:
        exec_program(io.sys, command, io.sys.environ())
    except KernelError as error:
        io.complain(f"failed to execute {command[0]}: {strerror(error.errno)}")
        return 127 if error.errno == ENOENT else 126


def _of_pid(io: Io, operands: list[str], *, as_list: bool) -> int:
    if not operands:
        io.die("invalid PID argument: '-p'")
    if len(operands) > 2:
        usage_error(io, "bad usage")
    text = operands[-1]
    if not (text.isascii() and text.isdigit()):
        io.die(f"invalid PID argument: '{text}'")
    pid = int(text) or io.sys.getpid()
    if len(operands) == 1:
        _show(io, pid, "current", as_list=as_list)
        return 0
    mask = _mask(io, operands[0], as_list=as_list)
    _show(io, pid, "current", as_list=as_list)
    _set(io, pid, mask)
    _show(io, pid, "new", as_list=as_list)
    return 0


def _show(io: Io, pid: int, when: str, *, as_list: bool) -> None:
    try:
        mask = io.sys.sched_getaffinity(pid)
    except KernelError as error:
        io.die(f"failed to get pid {pid}'s affinity: {strerror(error.errno)}")
    shown = f"list: {_list_text(mask)}" if as_list else f"mask: {mask:x}"
    io.out(f"pid {pid}'s {when} affinity {shown}\n")


def _set(io: Io, pid: int, mask: int) -> None:
    try:
        io.sys.sched_setaffinity(pid, mask)
    except KernelError as error:
        shown = pid or io.sys.getpid()
        io.die(f"failed to set pid {shown}'s affinity: {strerror(error.errno)}")


# Neighbours are joined by a dash where there are three or more, as taskset does it.
def _list_text(mask: int) -> str:
    cpus = [cpu for cpu in range(mask.bit_length()) if mask >> cpu & 1]
    parts: list[str] = []
    while cpus:
        first = cpus.pop(0)
        last = first
        while cpus and cpus[0] == last + 1:
            last = cpus.pop(0)
        if last == first + 1:
            parts += [str(first), str(last)]
        else:
            parts.append(str(first) if first == last else f"{first}-{last}")
    return ",".join(parts)


def _mask(io: Io, text: str, *, as_list: bool) -> int:
    mask = _parse_list(text) if as_list else _parse_mask(text)
    if mask is None:
        io.die(f"failed to parse CPU {'list' if as_list else 'mask'}: {text}")
    return mask


def _parse_mask(text: str) -> int | None:
    digits = text.removeprefix("0x").removeprefix("0X").replace(",", "")
    try:
        return int(digits, 16) if digits.isalnum() else None
    except ValueError:
        return None


# "0,2-5,8-31:2".
def _parse_list(text: str) -> int | None:
    mask = 0
    for part in text.split(","):
        span, colon, step = part.partition(":")
        first, dash, last = span.partition("-")
        numbers = [first, last if dash else first, step if colon else "1"]
        if not all(one.isascii() and one.isdigit() for one in numbers) or (colon and not dash):
            return None
        begin, end, stride = (int(one) for one in numbers)
        if end < begin or not stride or end >= _CPUS_MAX:
            return None
        for cpu in range(begin, end + 1, stride):
            mask |= 1 << cpu
    return mask
