"""rmmod: unload modules.

Source: rmmod(8), kmod 30. Real: 09-unload, 11-loading-states, 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._kmod import module_name, removal_error, version_text
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_HELP = """\
Usage:
	rmmod [options] modulename ...
Options:
	-f, --force       forces a module unload and may crash your
	                  machine. This requires Forced Module Removal
	                  option in your kernel. DANGEROUS
	-s, --syslog      print to syslog, not stderr
	-v, --verbose     enables more messages
	-V, --version     show version
	-h, --help        show this help
"""
_O_NONBLOCK, _O_TRUNC = 0o4000, 0o1000


@program
def main(io: Io, words: list[str]) -> int:
    """Unload modules: ``rmmod [-fsv] MODULE...``."""
    long = {"force": "f", "syslog": "s", "verbose": "v", "version": "V", "help": "h"}
    try:
        options, operands = getopt(words, "fsvVhw", long)
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
    if "w" in flags:
        io.complain("ERROR: unexpected getopt_long() value 'w'.")
        return 1
    if not operands:
        io.complain("ERROR: missing module name.")
        return 1
    return max(_remove(io, word, force="f" in flags) for word in operands)


def _remove(io: Io, word: str, *, force: bool) -> int:
    name = module_name(word)
    if ("/" in word and not io.sys.access(word, 0)) or not word:
        where = "../libkmod/libkmod-module.c:1998 kmod_module_get_holders()"
        io.complain(
            f"ERROR: {where} could not open '/sys/module//holders': No such file or directory"
        )
        io.complain("ERROR: Module unloading is not supported")
        return 1
    if not force and not _may_go(io, name):
        return 1
    try:
        io.sys.sys_delete_module(name, _O_NONBLOCK | (_O_TRUNC if force else 0))
    except KernelError as error:
        io.complain("ERROR: " + removal_error(io, name, error))
        return 1
    return 0


# What kmod looks up in /sys before it asks the kernel at all.
def _may_go(io: Io, name: str) -> bool:
    folder = f"/sys/module/{name}"
    try:
        state = io.read_text(f"{folder}/initstate").strip()
    except KernelError:
        io.complain(f"ERROR: Module {name} is not currently loaded")
        return False
    if state == "going":
        return False
    holders = io.sys.listdir(f"{folder}/holders")
    if holders:
        io.complain(f"ERROR: Module {name} is in use by: {' '.join(holders)}")
        return False
    if int(io.read_text(f"{folder}/refcnt")) > 0:
        io.complain(f"ERROR: Module {name} is in use")
        return False
    return True
