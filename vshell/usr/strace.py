"""strace: show the system calls that a command makes, and its signals.

Source: strace(1), 6.1

Differs:
    A running process cannot be attached to, and calls are not changed. Calls that set a program up
    (loading libraries, memory) are not there to be shown. Addresses are made up, and who sent a
    signal is not told.
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, ENOENT, KernelError, strerror
from vshell.abi.signals import SIG_DFL, SIG_IGN, SIGINT, SIGQUIT
from vshell.usr._program import Io, OptionError, Quit, getopt, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from vshell.kernel.syscall import Sys
    from vshell.usr._strace_settings import Settings

__all__ = ["main"]

_USAGE = """\
Usage: strace [-cCfqrtTzZ] [-e EXPR]... [-a COLUMN] [-o FILE] [-s STRSIZE]
              [-S SORTBY] [-E VAR=VAL]... PROG [ARGS]

  -c             count time, calls, and errors for each syscall and report summary
  -C             like -c, but also print the regular output
  -e trace=SET   trace only these syscalls: names, %file, %desc, %process, %signal,
                 all, none; ! before them for all others
  -e signal=SET  trace only these signals
  -E VAR=VAL     put VAR=VAL in the environment for command
  -f             follow forks
  -o FILE        send trace output to FILE instead of stderr
  -a COLUMN      alignment COLUMN for printing syscall results (default 40)
  -q             suppress messages about attaching and exit status
  -r             print relative timestamp
  -s STRSIZE     limit length of print strings to STRSIZE chars (default 32)
  -S SORTBY      sort syscall counts by: time, calls, errors, name
  -t             print absolute timestamp; -tt with microseconds, -ttt since 1970
  -T             print time spent in each syscall
  -z             print only syscalls that returned without an error code
  -Z             print only syscalls that returned with an error code
  -h             print help message
  -V             print version
"""
_SHORT = "a:cCe:E:fFho:qrs:S:tTu:vVwxyzZ"
_LONG = {
    "summary-only": "c",
    "summary": "C",
    "trace=": "trace",
    "signal=": "signal",
    "env=": "E",
    "follow-forks": "f",
    "help": "h",
    "output=": "o",
    "quiet": "q",
    "relative-timestamps": "r",
    "string-limit=": "s",
    "syscall-times": "T",
    "successful-only": "z",
    "failed-only": "Z",
    "version": "V",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Trace a command: ``strace [-cCfqrtTzZ] [-e EXPR] [-o FILE] [-s SIZE] COMMAND...``."""
    from vshell.usr._strace_settings import Settings  # noqa: PLC0415 - not for others' sake

    try:
        options, command = getopt(words, _SHORT, _LONG, permute=False)
    except OptionError as error:
        io.complain(str(error))
        io.err(f"Try '{io.name} -h' for more information.\n")
        return 1
    given = [name for name, _ in options]
    if "h" in given or "V" in given:
        io.out(_USAGE if "h" in given else "strace -- version 6.1\n")
        return 0
    settings = Settings(io, options)
    if not command:
        io.complain("must have PROG [ARGS] or -p PID")
        io.err(f"Try '{io.name} -h' for more information.\n")
        return 1
    return _trace(io, settings, command)


def _trace(io: Io, settings: Settings, command: list[str]) -> int:
    from vshell.usr._strace_print import Printer  # noqa: PLC0415 - when something is traced

    sys = io.sys
    environ = sys.environ() | settings.environ
    path = _find(io, command[0], environ.get("PATH", "/usr/bin:/bin"))
    printer = Printer(io, settings)
    fd = sys.ptrace_open(follows=settings.follows)

    def child(sys: Sys) -> int:
        sys.sigaction(SIGINT, SIG_DFL)
        sys.sigaction(SIGQUIT, SIG_DFL)
        if printer.fd > 2:
            sys.close(printer.fd)
        sys.ptrace_traceme(fd)
        try:
            sys.execve(path, command, environ)
        except KernelError as error:
            text = f"{io.name}: exec: {strerror(error.errno)}\n"
            sys.write(2, text.encode())
        return 1

    # The terminal's signals are for the command.
    sys.sigaction(SIGINT, SIG_IGN)
    sys.sigaction(SIGQUIT, SIG_IGN)
    pid = sys.fork(child)
    printer.first_pid = pid
    while True:
        try:
            stop = sys.ptrace_wait(fd)
        except KernelError as error:
            if error.errno != EINTR:
                raise
            continue
        if stop is None:
            break
        printer.take(stop)
        sys.ptrace_continue(fd, stop)
    _, status = sys.wait4(pid)
    printer.finish()
    if status & 0x7F:
        sys.sigaction(status & 0x7F, SIG_DFL)
        sys.kill(sys.getpid(), status & 0x7F)
    return status >> 8 & 0xFF


# Where the command is: along PATH, unless it names its place.
def _find(io: Io, name: str, search: str) -> str:
    if "/" in name:
        if not io.sys.access(name, 0):
            _refuse(io, name)
        return name
    for folder in search.split(":"):
        path = f"{folder or '.'}/{name}"
        if io.sys.access(path, 1):
            return path
    return _refuse(io, name)


def _refuse(io: Io, name: str) -> NoReturn:
    io.complain(f"Can't stat '{name}': {strerror(ENOENT)}")
    raise Quit(1)
