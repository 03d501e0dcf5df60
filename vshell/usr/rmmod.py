"""rmmod: unload modules.

Source: rmmod(8), kmod 30. Real: 09-unload, 11-loading-states, 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import strerror
from vshell.usr._kmod import (
    VERSION,
    Tool,
    holders,
    module_name,
    module_state,
    refcount,
    remove_module,
)
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_HELP = (
    "Usage:\n"
    "\trmmod [options] modulename ...\n"
    "Options:\n"
    "\t-f, --force       forces a module unload and may crash your\n"
    "\t                  machine. This requires Forced Module Removal\n"
    "\t                  option in your kernel. DANGEROUS\n"
    "\t-s, --syslog      print to syslog, not stderr\n"
    "\t-v, --verbose     enables more messages\n"
    "\t-V, --version     show version\n"
    "\t-h, --help        show this help\n"
)
_LONG = {"force": "f", "syslog": "s", "verbose": "v", "version": "V", "help": "h"}


@program
def main(io: Io, words: list[str]) -> int:
    """Unload modules: ``rmmod [-fsv] MODULE...``."""
    tool = Tool(io)
    try:
        options, operands = getopt(words, "fsvVhw", _LONG)
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
        if letter == "w":
            # Waiting was taken out of rmmod, the letter was not. Real: 09-unload.
            tool.error("unexpected getopt_long() value 'w'.")
            return 1
        force = force or letter == "f"
        tool.to_syslog = tool.to_syslog or letter == "s"
    if not operands:
        tool.error("missing module name.")
        return 1
    return max(_remove(tool, word, force=force) for word in operands)


def _remove(tool: Tool, word: str, *, force: bool) -> int:
    name = module_name(word)
    if ("/" in word and not tool.io.sys.access(word, 0)) or not word:
        where = "../libkmod/libkmod-module.c:1998 kmod_module_get_holders()"
        tool.error(f"{where} could not open '/sys/module//holders': No such file or directory")
        tool.error("Module unloading is not supported")
        return 1
    if not force and not _may_go(tool, name):
        return 1
    errno = remove_module(tool, name, force=force)
    if errno:
        tool.error(f"could not remove module {name}: {strerror(errno)}")
        return 1
    return 0


# What kmod looks up in /sys before it asks the kernel at all.
def _may_go(tool: Tool, name: str) -> bool:
    state = module_state(tool.io, name)
    if not state:
        tool.error(f"Module {name} is not currently loaded")
        return False
    if state == "going":
        return False
    users = holders(tool.io, name)
    if users:
        tool.error(f"Module {name} is in use by: {' '.join(users)}")
        return False
    if refcount(tool.io, name) > 0:
        tool.error(f"Module {name} is in use")
        return False
    return True
