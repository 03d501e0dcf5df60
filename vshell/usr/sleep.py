"""sleep: wait for a time.

Source: sleep(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError
from vshell.abi.units import NEVER_NS
from vshell.usr._durations import duration_ns
from vshell.usr._options import give_up, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Wait for the sum of the times: ``sleep NUMBER[smhd]...``."""
    times = parse(io, words, "", usage="NUMBER[SUFFIX]...").operands
    if not times:
        usage_error(io, "missing operand")
    total_ns = 0
    bad = False
    for text in times:
        found_ns = duration_ns(text)
        if found_ns is None:
            io.complain(f"invalid time interval {quote(text)}")
            bad = True
        total_ns += found_ns or 0
    if bad:
        give_up(io)
    until_ns = io.sys.clock_monotonic_ns() + min(total_ns, NEVER_NS)
    while io.sys.clock_monotonic_ns() < until_ns:
        try:
            io.sys.sleep_until(until_ns)
        except KernelError as error:
            if error.errno != EINTR:
                raise
    return 0
