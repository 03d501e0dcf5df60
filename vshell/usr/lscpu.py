"""lscpu: tell what processors there are.

Source: lscpu(1), util-linux 2.38.1
"""

from __future__ import annotations

from vshell.usr._options import usage_error
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_LONG = {
    "all": "a",
    "online": "b",
    "caches": "C",
    "extended": "e",
    "json": "J",
    "help": "h",
    "parse": "p",
    "version": "V",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Tell the processors: ``lscpu [-e | -p | -J]``."""
    try:
        options, operands = getopt(words, "abCeJhpV", _LONG)
    except OptionError as error:
        usage_error(io, str(error))
    if operands:
        usage_error(io, "bad usage")
    letters = {letter for letter, _ in options}
    if letters & {"h", "V"}:
        usage = "\nUsage:\n lscpu [options]\n\nDisplay information about the CPU architecture.\n"
        io.out(usage if "h" in letters else "lscpu from util-linux 2.38.1\n")
        return 0
    cpus = _cpus(io)
    if "p" in letters:
        io.out("# The following is the parsable format, which can be fed to other\n")
        io.out("# programs. Each different item in every column has an unique ID\n")
        io.out("# starting usually from zero.\n# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n")
        io.out("".join(f"{number},{cpu['core id']},0,,,,,,\n" for number, cpu in enumerate(cpus)))
    elif "e" in letters:
        io.out("CPU SOCKET CORE ONLINE\n")
        for number, cpu in enumerate(cpus):
            io.out(f"{number:3d} {0:6d} {int(cpu['core id']):4d}    yes\n")
    elif "J" in letters:
        rows = ",".join(
            f'{{\n         "field": "{name.strip()}",\n         "data": "{value}"\n      }}'
            for name, value in _summary(io, cpus)
        )
        io.out(f'{{\n   "lscpu": [\n      {rows}\n   ]\n}}\n')
    else:
        rows_ = _summary(io, cpus)
        width = max(len(name) for name, _ in rows_) + 1
        # Without a terminal there is no indent, and the names take forty columns.
        for name, value in rows_:
            if io.sys.isatty(1):
                io.out(f"{name:<{width}s}{value}\n")
            else:
                io.out(f"{name.strip():<40s} {value}\n")
    return 0


def _cpus(io: Io) -> list[dict[str, str]]:
    blocks = io.read_text("/proc/cpuinfo").strip().split("\n\n")
    found = []
    for block in blocks:
        pairs = (line.partition(":") for line in block.splitlines())
        found.append({name.strip(): value.strip() for name, _, value in pairs})
    return found


def _summary(io: Io, cpus: list[dict[str, str]]) -> list[tuple[str, str]]:
    first = cpus[0]
    cores = {(cpu.get("physical id", "0"), cpu.get("core id", "0")) for cpu in cpus}
    sockets = {cpu.get("physical id", "0") for cpu in cpus}
    listed = ",".join(str(number) for number in range(len(cpus)))
    if len(cpus) > 2:
        listed = f"0-{len(cpus) - 1}"
    return [
        ("Architecture:", io.sys.uname().machine),
        ("  CPU op-mode(s):", "32-bit, 64-bit"),
        ("  Byte Order:", "Little Endian"),
        ("CPU(s):", str(len(cpus))),
        ("  On-line CPU(s) list:", listed),
        ("Vendor ID:", first["vendor_id"]),
        ("  Model name:", first["model name"]),
        ("    CPU family:", first["cpu family"]),
        ("    Model:", first["model"]),
        ("    Thread(s) per core:", str(len(cpus) // len(cores))),
        ("    Core(s) per socket:", str(len(cores) // len(sockets))),
        ("    Socket(s):", str(len(sockets))),
        ("    Stepping:", first["stepping"]),
        ("    BogoMIPS:", first["bogomips"]),
    ]
