"""nohup: run a program that goes on when the terminal is gone.

Source: nohup(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.abi.signals import SIG_IGN, SIGHUP
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quoteaf
from vshell.usr._spawn import exec_program

__all__ = ["main"]

_FAILED = 125
_APPEND = 0o2101
_USAGE = "COMMAND [ARG]...\nRun COMMAND, ignoring hangup signals."


@program
def main(io: Io, words: list[str]) -> int:
    """Run without hangups: ``nohup COMMAND [ARG...]``."""
    options = parse(io, words, "", usage=_USAGE, status=_FAILED, permute=False)
    command = options.operands
    if not command:
        usage_error(io, "missing operand", _FAILED)
    sys = io.sys
    ignoring, appending, joining = sys.isatty(0), sys.isatty(1), sys.isatty(2)
    if ignoring:
        sys.dup2(sys.open("/dev/null", 1), 0)
    if appending:
        name = _open_output(io)
        begin = "ignoring input and appending" if ignoring else "appending"
        io.complain(f"{begin} output to {quoteaf(name)}")
    elif joining:
        begin = "ignoring input and redirecting" if ignoring else "redirecting"
        io.complain(f"{begin} stderr to stdout")
    elif ignoring:
        io.complain("ignoring input")
    saved = sys.dup(2, 10)
    sys.set_cloexec(saved)
    if joining:
        sys.dup2(1, 2)
    sys.sigaction(SIGHUP, SIG_IGN)
    try:
        exec_program(sys, command, sys.environ())
    except KernelError as error:
        text = f"failed to run command {quoteaf(command[0])}: {strerror(error.errno)}"
        sys.write(saved, f"{io.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return 127 if error.errno == ENOENT else 126


# Standard output becomes nohup.out here or at home.
def _open_output(io: Io) -> str:
    home = io.sys.environ().get("HOME", "")
    names = ["nohup.out", *([f"{home}/nohup.out"] if home else [])]
    for name in names:
        try:
            io.sys.dup2(io.sys.open(name, _APPEND, 0o600), 1)
        except KernelError as error:
            io.complain(f"failed to open {quoteaf(name)}: {strerror(error.errno)}")
        else:
            return name
    raise Quit(_FAILED)
