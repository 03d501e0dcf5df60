"""reboot, poweroff, halt, shutdown: end this boot of the host.

Source: reboot(8), systemd 251

Differs:
    All of them start the host anew, at once: a host that stays off would leave nobody to switch it on.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import usage_error
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_LONG = {
    "help": "help",
    "halt": "H",
    "poweroff": "P",
    "reboot": "r",
    "force": "f",
    "wtmp-only": "w",
    "no-wtmp": "d",
    "no-wall": "no-wall",
}


@program
def main(io: Io, words: list[str]) -> int:
    """End this boot: ``reboot [-fpw]``, ``shutdown [-hrHPkc] [TIME [TEXT...]]``."""
    name = io.name.rpartition("/")[2]
    try:
        options, operands = getopt(words, "fhpHPrkcwdnit:", _LONG)
    except OptionError as error:
        usage_error(io, str(error))
    letters = {letter for letter, _ in options}
    if "help" in letters:
        io.out(f"{name} [OPTIONS...]{' [TIME] [WALL...]' if name == 'shutdown' else ''}\n")
        return 0
    if letters & {"w", "c", "k"}:
        return 0
    if name == "shutdown" and operands and operands[0] not in ("now", "+0"):
        io.die(f"Failed to parse time specification: {operands[0]}")
    try:
        io.sys.reboot()
    except KernelError as error:
        io.complain(f"Failed to talk to init daemon: {strerror(error.errno)}")
        return 1
    return 0
