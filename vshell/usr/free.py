"""free: show how much memory is free and used.

Source: free(1), procps 4.0.2
"""

from __future__ import annotations

from vshell.usr._proc import meminfo
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_USAGE = """
Usage:
 free [options]

Options:
 -b, --bytes         show output in bytes
     --kilo          show output in kilobytes
     --mega          show output in megabytes
     --giga          show output in gigabytes
     --tera          show output in terabytes
     --peta          show output in petabytes
 -k, --kibi          show output in kibibytes
 -m, --mebi          show output in mebibytes
 -g, --gibi          show output in gibibytes
     --tebi          show output in tebibytes
     --pebi          show output in pebibytes
 -h, --human         show human-readable output
     --si            use powers of 1000 not 1024
 -l, --lohi          show detailed low and high memory statistics
 -t, --total         show total for RAM + swap
 -v, --committed     show committed memory and commit limit
 -s N, --seconds N   repeat printing every N seconds
 -c N, --count N     repeat printing N times, then exit
 -w, --wide          wide output

     --help     display this help and exit
 -V, --version  output version information and exit

For more details see free(1).
"""
_LONG = {
    "bytes": "b",
    "kilo": "kilo",
    "mega": "mega",
    "giga": "giga",
    "tera": "tera",
    "peta": "peta",
    "kibi": "k",
    "mebi": "m",
    "gibi": "g",
    "tebi": "tebi",
    "pebi": "pebi",
    "human": "h",
    "si": "si",
    "lohi": "l",
    "total": "t",
    "committed": "v",
    "seconds=": "s",
    "count=": "c",
    "wide": "w",
    "help": "help",
    "version": "V",
}
_POWERS = {"b": 0, "k": 1, "m": 2, "g": 3, "tebi": 4, "pebi": 5}
_POWERS |= {"kilo": 1, "mega": 2, "giga": 3, "tera": 4, "peta": 5}
_DIGITS_MAX = 3
_DECIMAL = ("kilo", "mega", "giga", "tera", "peta")


@program
def main(io: Io, words: list[str]) -> int:
    """Show memory: ``free [-bkmghltvw] [--si] [-s SECONDS] [-c COUNT]``."""
    try:
        options, operands = getopt(words, "bkmghltvs:c:wV", _LONG)
    except OptionError as error:
        io.complain(str(error))
        operands, options = [""], []
    if operands:
        io.err(_USAGE)
        return 1
    letters = {letter for letter, _ in options}
    values = dict(options)
    if "help" in letters or "V" in letters:
        io.out(_USAGE if "help" in letters else "free from procps-ng 4.0.2\n")
        return 0
    if len(letters & set(_POWERS)) > 1:
        io.die("Multiple unit options don't make sense.")
    pause_ns = _seconds_ns(io, values["s"]) if "s" in values else 0
    count = _count(io, values["c"]) if "c" in values else 0
    table = _Table(io, letters, _unit(letters))
    while True:
        table.print()
        count -= 1
        if count == 0 or (count < 0 and not pause_ns):
            return 0
        io.out("\n")
        io.flush()
        io.sys.nanosleep(pause_ns or 1_000_000_000)


def _seconds_ns(io: Io, text: str) -> int:
    from vshell.abi.units import parse_duration_ns  # noqa: PLC0415 - rarely asked for

    try:
        pause_ns = parse_duration_ns(text.rstrip("smhd"))
    except ValueError:
        io.die(f"seconds argument failed: '{text}': Invalid argument")
    if pause_ns <= 0:
        io.die(f"seconds argument `{text}' is not positive number")
    return pause_ns


def _count(io: Io, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        io.die(f"failed to parse count argument: '{text}'")
    if not int(text):
        io.die(f"failed to parse count argument: '{text}': Numerical result out of range")
    return int(text)


# The base and the power that sizes are divided by; power -1 for human-readable ones.
def _unit(letters: set[str]) -> tuple[int, int]:
    base = 1000 if "si" in letters or letters & set(_DECIMAL) else 1024
    if "h" in letters:
        return base, -1
    named = [power for letter, power in _POWERS.items() if letter in letters]
    return base, named[0] if named else 1


class _Table:
    def __init__(self, io: Io, letters: set[str], unit: tuple[int, int]) -> None:
        self.io = io
        self.letters = letters
        self.base, self.power = unit

    def print(self) -> None:
        memory = meminfo(self.io)
        total, free = memory["MemTotal"], memory["MemFree"]
        available = memory.get("MemAvailable", free)
        buffers = memory.get("Buffers", 0)
        cache = memory.get("Cached", 0) + memory.get("SReclaimable", 0)
        swap, swap_free = memory.get("SwapTotal", 0), memory.get("SwapFree", 0)
        wide = "w" in self.letters
        names = ["total", "used", "free", "shared"]
        names += ["buffers", "cache"] if wide else ["buff/cache"]
        self.io.out(" " * 9 + " ".join(f"{name:>11s}" for name in [*names, "available"]) + "\n")
        caches = [buffers, cache] if wide else [buffers + cache]
        shared = memory.get("Shmem", 0)
        self.row("Mem:", total, total - available, free, shared, *caches, available)
        if "l" in self.letters:
            self.row("Low:", total, total - free, free)
            self.row("High:", 0, 0, 0)
        self.row("Swap:", swap, swap - swap_free, swap_free)
        if "t" in self.letters:
            used = total - available + swap - swap_free
            self.row("Total:", total + swap, used, free + swap_free)
        if "v" in self.letters:
            limit, committed = memory.get("CommitLimit", 0), memory.get("Committed_AS", 0)
            self.row("Comm:", limit, committed, limit - committed)

    def row(self, name: str, *sizes_kib: int) -> None:
        texts = " ".join(f"{self.text(size):>11s}" for size in sizes_kib)
        self.io.out(f"{name:<9s}{texts}\n")

    def text(self, size_kib: int) -> str:
        size = size_kib * 1024
        if self.power >= 0:
            return str(size // self.base**self.power)
        if size < 1000:
            return f"{size}B"
        end = "" if self.base == 1000 else "i"
        for power, letter in enumerate("KMGTPE", 1):
            whole = self.base**power
            for number in (f"{size / whole:.1f}", str(size // whole)):
                if len(number) <= _DIGITS_MAX:
                    return f"{number}{letter}{end}"
        return str(size)
