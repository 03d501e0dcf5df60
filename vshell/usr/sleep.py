"""sleep: wait for a time.

Source: sleep(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError
from vshell.abi.units import NEVER_NS, parse_duration_ns
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Wait for the sum of the times: ``sleep NUMBER[smhd]...``."""
    hint = f"Try '{io.name} --help' for more information.\n"
    try:
        options, times = getopt(words, "", {"help": "help", "version": "version"})
    except OptionError as error:
        io.complain(str(error))
        io.err(hint)
        return 1
    if options:
        io.out(
            "Usage: sleep NUMBER[SUFFIX]...\n"
            if options[0][0] == "help"
            else "sleep (GNU coreutils) 9.1\n"
        )
        return 0
    if not times:
        io.complain("missing operand")
        io.err(hint)
        return 1
    total_ns = 0
    bad = False
    for text in times:
        try:
            total_ns += NEVER_NS if text in ("inf", "infinity") else _duration(text)
        except ValueError:
            io.complain(f"invalid time interval ‘{text}’")
            bad = True
    if bad:
        io.err(hint)
        return 1
    until_ns = io.sys.clock_monotonic_ns() + min(total_ns, NEVER_NS)
    while io.sys.clock_monotonic_ns() < until_ns:
        try:
            io.sys.sleep_until(until_ns)
        except KernelError as error:
            if error.errno != EINTR:
                raise
    return 0


def _duration(text: str) -> int:
    if text[-2:-1] in ("n", "u", "m") and text.endswith("s"):
        raise ValueError(text)
    return parse_duration_ns(text)
