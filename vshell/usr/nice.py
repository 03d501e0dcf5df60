"""nice: run a program with another nice value.

Source: nice(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EACCES, ENOENT, EPERM, KernelError, strerror
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote
from vshell.usr._spawn import exec_program

__all__ = ["main"]

_FAILED = 125
_DEFAULT = 10
_USAGE = "[OPTION] [COMMAND [ARG]...]\nRun COMMAND with an adjusted niceness."


@program
def main(io: Io, words: list[str]) -> int:
    """Run with another niceness: ``nice [-n N] [COMMAND [ARG...]]``."""
    modern = _modern(words)
    options = parse(
        io, modern, "n:", {"adjustment=": "n"}, usage=_USAGE, status=_FAILED, permute=False
    )
    command = options.operands
    text = options.value("n", str(_DEFAULT))
    try:
        adjustment = int(text)
    except ValueError:
        io.die(f"invalid adjustment {quote(text)}", _FAILED)
    if not command:
        if options.has("n"):
            usage_error(io, "a command must be given with an adjustment", _FAILED)
        io.out(f"{io.sys.getpriority(0)}\n")
        return 0
    try:
        io.sys.setpriority(0, io.sys.getpriority(0) + adjustment)
    except KernelError as error:
        io.complain(f"cannot set niceness: {strerror(error.errno)}")
        if error.errno not in (EACCES, EPERM):
            return _FAILED
    try:
        exec_program(io.sys, command, io.sys.environ())
    except KernelError as error:
        io.complain(f"{quote(command[0])}: {strerror(error.errno)}")
        return 127 if error.errno == ENOENT else 126


# Writes "-5" and "--5" as "-n 5" and "-n -5".
def _modern(words: list[str]) -> list[str]:
    out = []
    is_value = False
    for index, word in enumerate(words):
        number = word[1:].removeprefix("-").removeprefix("+")
        if is_value:
            out.append(word)
        elif word.startswith("-") and number.isascii() and number.isdigit():
            out += ["-n", word[1:]]
            continue
        elif word.startswith("-") and word != "--":
            out.append(word)
        else:
            return [*out, *words[index:]]
        is_value = not is_value and word in ("-n", "--adjustment")
    return out
