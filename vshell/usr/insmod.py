"""insmod: load a module from a file.

Source: insmod(8), kmod 30. Real: 08-init-errors, 10-params, 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._kmod import insert_error, version_text
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_HELP = """\
Usage:
	insmod [options] filename [args]
Options:
	-V, --version     show version
	-h, --help        show this help
"""
_ENOSYS = 38


@program
def main(io: Io, words: list[str]) -> int:
    """Load a module: ``insmod [-fs] FILE [NAME=VALUE...]``."""
    long = {"force": "f", "syslog": "s", "version": "V", "help": "h"}
    try:
        options, operands = getopt(words, "fsVh", long, permute=False)
    except OptionError as error:
        io.complain(str(error))
        return 1
    flags = {letter for letter, _ in options}
    if "h" in flags:
        io.out(_HELP)
        return 0
    if "V" in flags:
        io.out(version_text())
        return 0
    if not operands:
        io.complain("ERROR: missing filename.")
        return 1
    return _insert(io, operands[0], " ".join(operands[1:]), force="f" in flags)


def _insert(io: Io, path: str, args: str, *, force: bool) -> int:
    try:
        fd = io.sys.open(path)
    except KernelError as error:
        io.complain(f"ERROR: could not load module {path}: {error}")
        return 1
    flags = 3 if force else 0
    try:
        try:
            io.sys.sys_finit_module(fd, args, flags)
        except KernelError as error:
            if error.errno != _ENOSYS:
                raise
            # libkmod falls back from finit_module(2) to init_module(2).
            io.sys.sys_finit_module(fd, args, flags)
    except KernelError as error:
        io.complain(f"ERROR: could not insert module {path}: {insert_error(error.errno)}")
        return 1
    return 0
