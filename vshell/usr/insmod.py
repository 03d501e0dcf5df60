"""insmod: load a module from a file.

Source: insmod(8), kmod 30. Real: 08-init-errors, 10-params, 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._kmod import FORCE_LOAD, VERSION, Tool, insert_error, insert_module
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_HELP = """\
Usage:
	insmod [options] filename [args]
Options:
	-V, --version     show version
	-h, --help        show this help
"""
_LONG = {"force": "f", "syslog": "s", "version": "V", "help": "h"}


@program
def main(io: Io, words: list[str]) -> int:
    """Load a module: ``insmod [-fs] FILE [NAME=VALUE...]``."""
    tool = Tool(io)
    try:
        options, operands = getopt(words, "fsVh", _LONG)
    except OptionError as error:
        io.complain(str(error))
        return 1
    force = False
    for letter, _ in options:
        if letter == "h":
            io.out(_HELP)
            return 0
        if letter == "V":
            io.out(VERSION)
            return 0
        force = force or letter == "f"
    if not operands:
        tool.error("missing filename.")
        return 1
    path, *args = operands
    if path == "-":
        tool.error("this tool does not support loading from stdin!")
        return 1
    try:
        io.sys.stat(path)
    except KernelError as error:
        tool.error(f"could not load module {path}: {error}")
        return 1
    errno = insert_module(io, path, " ".join(args), FORCE_LOAD if force else 0)
    if errno:
        tool.error(f"could not insert module {path}: {insert_error(errno)}")
        return 1
    return 0
