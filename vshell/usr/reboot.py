"""reboot, poweroff, halt, shutdown: end this boot of the host.

Source: reboot(8), systemd 251

Differs:
    All of them start the host anew, and at once: nobody could switch on a host that stays off.
    There is no waiting for a time to come.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
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
    except KernelError:
        # What systemctl says where neither logind nor init does as an ordinary user bids.
        verb = {"halt": "halt", "poweroff": "power off", "shutdown": "power off"}.get(name, name)
        io.err("Failed to set wall message, ignoring: Interactive authentication required.\n")
        io.err(f"Failed to {verb} system via logind: Interactive authentication required.\n")
        io.err("Failed to open initctl fifo: Permission denied\nFailed to talk to init daemon.\n")
        return 1
    return 0
