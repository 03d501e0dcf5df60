"""lsmod: list the loaded modules.

Source: lsmod(8), kmod 30. Real: 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._program import Io, program

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """List modules, one line each: name, size in bytes, use count, users: ``lsmod``."""
    if words:
        io.err("Usage: lsmod\n")
        return 1
    io.out("Module                  Size  Used by\n")
    for line in io.read_text("/proc/modules").splitlines():
        name, size, count = line.split(" ")[:3]
        try:
            holders = io.sys.listdir(f"/sys/module/{name}/holders")
        except KernelError:
            holders = []
        users = " " + ",".join(holders) if holders else ""
        io.out(f"{name:<19s} {int(size) - _init_size(io, name):8d}  {count}{users}\n")
    return 0


# /proc/modules counts the memory of a running init; lsmod shows /sys/module/NAME/coresize, which
# does not.
def _init_size(io: Io, name: str) -> int:
    try:
        return int(io.read_text(f"/sys/module/{name}/initsize"))
    except KernelError:
        return 0
