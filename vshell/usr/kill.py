"""kill: send a signal to tasks (the shell has a kill of its own).

Source: kill(1), procps 4.0.2
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.abi.signals import SIGTERM, signal_number
from vshell.usr._program import Io, program
from vshell.usr._signals import signal_lines, signal_name, signal_table

__all__ = ["main"]

_USAGE = """
Usage:
 kill [options] <pid> [...]

Options:
 <pid> [...]            send signal to every <pid> listed
 -<signal>, -s, --signal <signal>
                        specify the <signal> to be sent
 -q, --queue <value>    integer value to be sent with the signal
 -l, --list=[<signal>]  list all signal names, or convert one to a name
 -L, --table            list all signal names in a nice table

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see kill(1).
"""


@program
def main(io: Io, words: list[str]) -> int:
    """Send a signal: ``kill [-SIGNAL | -s SIGNAL] PID...``, ``kill -l [SIGNAL]``, ``kill -L``."""
    signal = SIGTERM
    pids = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            pids += waiting
            break
        if not word.startswith("-") or (pids and word[1:].isdigit()):
            pids.append(word)
            continue
        number = signal_number(word[1:]) if len(word) > 1 else None
        if word in ("-q", "--queue"):
            waiting = waiting[1:]
            continue
        if word in ("-s", "--signal") and waiting:
            number = signal_number(waiting.pop(0))
            signal = -1 if number is None else number
        elif number is not None:
            signal = number
        else:
            return _other(io, word, waiting)
    if not pids:
        io.err(_USAGE)
        return 1
    return max(_send(io, pid, signal) for pid in pids)


def _other(io: Io, word: str, waiting: list[str]) -> int:
    name, _, value = word.partition("=")
    if name in ("-h", "--help"):
        io.out(_USAGE)
    elif name in ("-V", "--version"):
        io.out("kill from procps-ng 4.0.2\n")
    elif name in ("-L", "--table"):
        io.out(signal_table())
    elif name == "--list" or word.startswith("-l"):
        return _list(io, value or word[2:].lstrip("ist") if word[1] == "l" else value, waiting)
    else:
        io.complain(f"invalid argument {word.lstrip('-')[:1]}\n")
        io.err(_USAGE.removeprefix("\n"))
        return 1
    return 0


def _list(io: Io, value: str, waiting: list[str]) -> int:
    if not value and waiting:
        value = waiting[0]
    if not value:
        io.out(signal_lines())
        return 0
    number = signal_number(value)
    if not number:
        # Said, and yet no failure.
        io.complain(f"unknown signal name {value}")
        return 0
    io.out((signal_name(number) if value.isdigit() else str(number)) + "\n")
    return 0


def _send(io: Io, text: str, signal: int) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        io.complain(f"failed to parse argument: '{text}'")
        return 1
    try:
        io.sys.kill(int(text), signal)
    except KernelError as error:
        io.complain(f"({text}): {strerror(error.errno)}")
        return 1
    return 0
