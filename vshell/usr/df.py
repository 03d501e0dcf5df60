"""df: tell how full file systems are.

Source: df(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._human import human, parse_block_size
from vshell.usr._options import Options, parse
from vshell.usr._paths import canonical
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quotef

__all__ = ["main"]

_LONG = {
    "all": "a",
    "block-size=": "B",
    "human-readable": "h",
    "si": "H",
    "inodes": "i",
    "local": "l",
    "no-sync": "no-sync",
    "output=?": "output",
    "portability": "P",
    "print-type": "T",
    "sync": "sync",
    "total": "total",
    "type=": "t",
    "exclude-type=": "x",
}
_USAGE = "[OPTION]... [FILE]...\nShow information about the file system on which each FILE resides,"
# What an inode is counted for, on a file system made by mke2fs.
_BYTES_PER_INODE = 16384
_PSEUDO = frozenset(("proc", "sysfs", "devpts", "cgroup2", "tracefs", "debugfs", "securityfs"))


class _Mount:
    # A file system: what it is made of, where it is, and bytes in all, used and free.
    def __init__(self, source: str, target: str, kind: str) -> None:
        self.source = source
        self.target = target
        self.kind = kind
        self.total = self.used = self.available = 0


@program
def main(io: Io, words: list[str]) -> int:
    """Show file systems: ``df [-ahHiklPT] [-B SIZE] [-t TYPE] [-x TYPE] [--total] [FILE...]``."""
    options = parse(io, words, "aB:iF:hHklmPTt:vx:", _LONG, usage=_USAGE)
    mounts = _mounts(io)
    status = 0
    if options.operands:
        chosen = []
        for name in options.operands:
            try:
                path = canonical(io.sys, name, "none")
            except KernelError as error:
                io.complain(f"{quotef(name)}: {strerror(error.errno)}")
                status = 1
                continue
            chosen.append(_mount_of(path, mounts))
        mounts = chosen
        if not mounts:
            return status
    else:
        mounts = [one for one in mounts if one.total or options.has("a")]
    for letter, keep in (("t", True), ("x", False)):
        kinds = options.values(letter)
        mounts = [one for one in mounts if not kinds or (one.kind in kinds) == keep]
    if not mounts:
        io.die("no file systems processed")
    rows = [_row(io, one, options) for one in mounts]
    if options.has("total"):
        rows.append(_row(io, _sum(mounts), options))
    _print(io, _header(io, options), rows, options)
    return status


def _mounts(io: Io) -> list[_Mount]:
    mounts = []
    for line in io.read_text("/proc/self/mounts").splitlines():
        source, target, kind, *_ = line.split(" ")
        mount = _Mount(source, target, kind)
        if target == "/":
            mount.total, mount.used = io.sys.filesystem_bytes()
            mount.available = mount.total - mount.used
        mounts.append(mount)
    return mounts


def _mount_of(path: str, mounts: list[_Mount]) -> _Mount:
    best = None
    for mount in mounts:
        inside = path == mount.target or path.startswith(mount.target.rstrip("/") + "/")
        if inside and (best is None or len(mount.target) >= len(best.target)):
            best = mount
    return best or mounts[0]


def _sum(mounts: list[_Mount]) -> _Mount:
    total = _Mount("total", "-", "-")
    for mount in mounts:
        total.total += mount.total
        total.used += mount.used
        total.available += mount.available
    return total


def _unit(io: Io, options: Options) -> tuple[int, str]:
    unit, text = 1024, "1K-blocks"
    for name, value in options.items:
        if name == "k":
            unit, text = 1024, "1K-blocks"
        elif name == "m":
            unit, text = 1 << 20, "1M-blocks"
        elif name == "B":
            parsed = parse_block_size(value)
            if parsed is None:
                io.die(f"invalid -B argument {quote(value)}")
            unit = parsed[0]
            text = f"{'1' if value[:1].isalpha() else ''}{value}-blocks"
    return unit, text


def _header(io: Io, options: Options) -> list[str]:
    kind = ["Type"] if options.has("T") else []
    if options.has("i"):
        return ["Filesystem", *kind, "Inodes", "IUsed", "IFree", "IUse%", "Mounted on"]
    unit, size = _unit(io, options)
    portable = options.has("P")
    if options.last_of("hH"):
        size = "Size"
    elif portable:
        size = f"{unit}-blocks"
    available = "Avail" if options.last_of("hH") else "Available"
    use = "Capacity" if portable else "Use%"
    return ["Filesystem", *kind, size, "Used", available, use, "Mounted on"]


def _row(io: Io, mount: _Mount, options: Options) -> list[str]:
    total, used, available = mount.total, mount.used, mount.available
    style = options.last_of("hH")
    if options.has("i"):
        total //= _BYTES_PER_INODE
        used = min(-(-used // _BYTES_PER_INODE), total)
        available = total - used
        numbers = [human(one, si=True) if style else str(one) for one in (total, used, available)]
    elif style:
        numbers = [human(one, si=style == "H") for one in (total, used, available)]
    else:
        unit = _unit(io, options)[0]
        numbers = [str(-(-total // unit)), str(-(-used // unit)), str(available // unit)]
    share = used + available
    percent = f"{-(-used * 100 // share)}%" if share else "-"
    kind = [mount.kind] if options.has("T") else []
    return [mount.source, *kind, *numbers, percent, mount.target]


def _print(io: Io, header: list[str], rows: list[list[str]], options: Options) -> None:
    table = [header, *rows]
    left = {0, 1} if options.has("T") else {0}
    widths = [max(len(row[n]) for row in table) for n in range(len(header))]
    # The first column is as wide as most devices' names.
    widths[0] = max(widths[0], 14)
    for number in range(len(left), len(left) + 3):
        widths[number] = max(widths[number], 5)
    for row in table:
        cells = [
            cell.ljust(widths[n]) if n in left else cell.rjust(widths[n])
            for n, cell in enumerate(row[:-1])
        ]
        io.out(" ".join([*cells, row[-1]]) + "\n")
