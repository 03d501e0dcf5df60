"""vmstat: report tasks, memory, switches and CPU use.

Source: vmstat(8), procps 4.0.2

Differs:
    There is no swapping, no block input and output and no count of interrupts; these columns are 0.
"""

from __future__ import annotations

from vshell.usr._dates import moment, strftime
from vshell.usr._proc import meminfo
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_USAGE = """
Usage:
 vmstat [options] [delay [count]]

Options:
 -a, --active           active/inactive memory
 -f, --forks            number of forks since boot
 -n, --one-header       do not redisplay header
 -S, --unit <char>      define display unit
 -w, --wide             wide output
 -t, --timestamp        show timestamp
 -y, --no-first         skips first line of output

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see vmstat(8).
"""
_LONG = {
    "active": "a",
    "forks": "f",
    "one-header": "n",
    "unit=": "S",
    "wide": "w",
    "timestamp": "t",
    "no-first": "y",
    "help": "h",
    "version": "V",
}
_UNITS = {"k": 1000, "K": 1024, "m": 1000**2, "M": 1024**2}


class _Counts:
    # What /proc/stat has counted since boot: CPU ticks by kind, context switches, forks.
    def __init__(self, io: Io) -> None:
        self.cpu = [0] * 8
        self.numbers: dict[str, int] = {}
        for line in io.read_text("/proc/stat").splitlines():
            name, *words = line.split()
            if name == "cpu":
                self.cpu = [int(word) for word in words[:8]]
            elif words:
                self.numbers[name] = int(words[0])


@program
def main(io: Io, words: list[str]) -> int:
    """Report use: ``vmstat [-afntwy] [-S UNIT] [DELAY [COUNT]]``."""
    try:
        options, operands = getopt(words, "afnS:wtyhV", _LONG)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 1
    values = dict(options)
    if "h" in values or "V" in values:
        io.out(_USAGE if "h" in values else "vmstat from procps-ng 4.0.2\n")
        return 0
    if "f" in values:
        io.out(f"{_Counts(io).numbers.get('processes', 0):13d} forks\n")
        return 0
    for word in operands:
        if not (word.isascii() and word.isdigit()):
            io.die(f"failed to parse argument: '{word}'")
    if values.get("S", "K") not in _UNITS:
        io.die("-S requires k, K, m or M (default is KiB)")
    delay, count = (int(operands[0]) if operands else 0), 1
    if operands:
        count = int(operands[1]) if len(operands) > 1 else -1
    _Report(io, values).run(delay, count)
    return 0


class _Report:
    def __init__(self, io: Io, values: dict[str, str]) -> None:
        self.io = io
        self.values = values
        self.unit = _UNITS[values.get("S", "K")]
        self.wide = "w" in values

    def run(self, delay: int, count: int) -> None:
        before = None
        first = True
        while count:
            now = _Counts(self.io)
            if first:
                self.header()
            if not (first and "y" in self.values):
                self.line(now, before)
                count -= 1
            first = False
            before = now
            if count:
                self.io.flush()
                self.io.sys.nanosleep(delay * 1_000_000_000)

    def header(self) -> None:
        memory = ("inact", "active") if "a" in self.values else ("buff", "cache")
        if self.wide:
            self.io.out(
                "--procs-- -----------------------memory---------------------- ---swap-- "
                "-----io---- -system-- ----------cpu----------"
            )
            names = f"\n{'r':>4s} {'b':>4s} {'swpd':>12s} {'free':>12s} {memory[0]:>12s} "
            names += f"{memory[1]:>12s} {'si':>4s} {'so':>4s} {'bi':>5s} {'bo':>5s} {'in':>4s} "
            names += f"{'cs':>4s} {'us':>3s} {'sy':>3s} {'id':>3s} {'wa':>3s} {'st':>3s} {'gu':>3s}"
        else:
            self.io.out(
                "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----"
            )
            names = f"\n{'r':>2s} {'b':>2s} {'swpd':>6s} {'free':>6s} {memory[0]:>6s} "
            names += f"{memory[1]:>6s} {'si':>4s} {'so':>4s} {'bi':>5s} {'bo':>5s} {'in':>4s} "
            names += f"{'cs':>4s} {'us':>2s} {'sy':>2s} {'id':>2s} {'wa':>2s} {'st':>2s}"
        self.io.out(names + "\n")

    def line(self, now: _Counts, before: _Counts | None) -> None:
        cpu = [b - a for a, b in zip(before.cpu if before else [0] * 8, now.cpu, strict=True)]
        total = sum(cpu) or 1
        user, system = cpu[0] + cpu[1], cpu[2] + cpu[5] + cpu[6]
        shares = [
            (part * 100 + total // 2) // total for part in (user, system, cpu[3], cpu[4], cpu[7])
        ]
        switches = now.numbers.get("ctxt", 0) - (before.numbers.get("ctxt", 0) if before else 0)
        seconds = max(total // (100 * self.io.sys.cpus_online()), 1)
        memory = meminfo(self.io)
        swapped = memory.get("SwapTotal", 0) - memory.get("SwapFree", 0)
        names = ("Inactive", "Active") if "a" in self.values else ("Buffers", "Cached")
        sizes = [swapped, memory["MemFree"], *(memory.get(name, 0) for name in names)]
        tasks = [now.numbers.get("procs_running", 0), now.numbers.get("procs_blocked", 0)]
        widths = (4, 12, 3) if self.wide else (2, 6, 2)
        words = [f"{one:{widths[0]}d}" for one in tasks]
        words += [f"{size * 1024 // self.unit:{widths[1]}d}" for size in sizes]
        words += ["   0", "   0", "    0", "    0", "   0", f"{switches // seconds:4d}"]
        words += [f"{share:{widths[2]}d}" for share in shares]
        if "t" in self.values:
            date = moment(self.io, self.io.sys.clock_realtime_ns())
            words.append(strftime("%F %T", date))
        self.io.out(" ".join(words) + "\n")
