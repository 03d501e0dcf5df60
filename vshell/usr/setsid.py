"""setsid: run a program in a session of its own.

Source: setsid(1), util-linux 2.38.1
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, EPERM, KernelError, strerror
from vshell.usr._options import usage_error
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._spawn import exec_program, exit_code, wait_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys

__all__ = ["main"]

_USAGE = """
Usage:
 setsid [options] <program> [arguments ...]

Run a program in a new session.

Options:
 -c, --ctty     set the controlling terminal to the current one
 -f, --fork     always fork
 -w, --wait     wait program to exit, and use the same return
 -h, --help     display this help
 -V, --version  display version

For more details see setsid(1).
"""
_LONG = {"ctty": "c", "fork": "f", "wait": "w", "help": "h", "version": "V"}


@program
def main(io: Io, words: list[str]) -> int:
    """Run in a new session: ``setsid [-cfw] PROGRAM [ARG...]``."""
    try:
        items, command = getopt(words, "cfwhV", _LONG, permute=False)
    except OptionError as error:
        usage_error(io, str(error))
    letters = {letter for letter, _ in items}
    if letters & {"h", "V"}:
        io.out(_USAGE if "h" in letters else "setsid from util-linux 2.38.1\n")
        return 0
    if not command:
        usage_error(io, "no command specified")

    def run(sys: Sys) -> int:
        return _run(io.name, sys, command, ctty="c" in letters)

    # The leader of a group cannot begin a session.
    if "f" not in letters and io.sys.getpgrp() != io.sys.getpid():
        return run(io.sys)
    pid = io.sys.fork(run)
    return exit_code(wait_for(io, pid)[1]) if "w" in letters else 0


def _run(name: str, sys: Sys, command: list[str], *, ctty: bool) -> int:
    sys.setsid()
    try:
        if ctty:
            text = f"failed to set the controlling terminal: {strerror(EPERM)}"
            sys.write(2, f"{name}: {text}\n".encode())
            return 1
        exec_program(sys, command, sys.environ())
    except KernelError as error:
        text = f"failed to execute {command[0]}: {strerror(error.errno)}"
        sys.write(2, f"{name}: {text}\n".encode("utf-8", "surrogateescape"))
        return 127 if error.errno == ENOENT else 126
