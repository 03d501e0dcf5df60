"""panel: show what every thread does, in place of the terminal.

Source: vshell's own; there is no such program on Linux.
"""

from __future__ import annotations

from vshell.abi.errno import EBUSY, EINTR, ENODEV, KernelError, strerror
from vshell.abi.signals import SIGCONT
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program

__all__ = ["main"]

_HELP = """\
Usage: panel
Show what every thread does, live: its state, where it sleeps, who woke whom,
the kernel log, the clock. It takes the terminal until q is pressed; what other
jobs print meanwhile appears then. ? tells its keys.

In another terminal 'vshell panel', typed outside, shows it beside the prompt.

      --help     display this help and exit
      --version  output version information and exit

This command is an addition of vshell: a real Linux has none like it.
"""
_FILE = "/proc/vshell/panel"
_WORDS = {
    EBUSY: "this terminal shows one already",
    ENODEV: "this terminal cannot show it",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Show the panel: ``panel``."""
    options = parse(io, words, "", usage="", package="(vshell)", help_text=_HELP)
    if options.operands:
        usage_error(io, f"extra operand '{options.operands[0]}'")
    # Whoever was stopped and goes on has lost the terminal meanwhile, and begins anew.
    io.sys.sigaction(SIGCONT, lambda _signal: None)
    while True:
        try:
            _show(io)
        except KernelError as error:
            if error.errno == EINTR:
                continue
            io.complain(_WORDS.get(error.errno) or strerror(error.errno))
            return 1
        return 0


# Have it shown until q is pressed, or the terminal is gone.
def _show(io: Io) -> None:
    fd = io.sys.open(_FILE)
    try:
        while io.sys.read(fd, 1) not in (b"q", b""):
            continue
    finally:
        io.sys.close(fd)
