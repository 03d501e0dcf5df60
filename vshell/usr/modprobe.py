"""modprobe: load a module with what it needs, or unload it with what is not needed any more.

Source: modprobe(8), kmod 30. Real: 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import EBUSY, EEXIST, ENOENT, strerror
from vshell.usr._kmod import (
    FORCE_LOAD,
    VERSION,
    Tool,
    holders,
    insert_module,
    module_state,
    refcount,
    remove_module,
)
from vshell.usr._kmod_config import normalised, read_config
from vshell.usr._kmod_tree import Found, ModuleTree
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_LONG = {
    "all": "a",
    "remove": "r",
    "remove-dependencies": "holders",
    "remove-holders": "holders",
    "wait=": "w",
    "resolve-alias": "R",
    "first-time": "first-time",
    "ignore-install": "i",
    "ignore-remove": "i",
    "use-blacklist": "b",
    "force": "f",
    "force-modversion": "f",
    "force-vermagic": "f",
    "show-depends": "D",
    "showconfig": "c",
    "show-config": "c",
    "show-modversions": "modversions",
    "dump-modversions": "modversions",
    "show-exports": "exports",
    "dry-run": "n",
    "show": "n",
    "config=": "C",
    "dirname=": "d",
    "set-version=": "S",
    "syslog": "s",
    "quiet": "q",
    "verbose": "v",
    "version": "V",
    "help": "h",
}
_INSERT_TEXTS = {
    EEXIST: "Module already in kernel",
    ENOENT: "Unknown symbol in module, or unknown parameter (see dmesg)",
}
_POLL_NS = 10_000_000


@program
def main(io: Io, words: list[str]) -> int:
    """Load: ``modprobe [-abfinqvDR] MODULE [NAME=VALUE...]``; unload: ``modprobe -r MODULE...``."""
    try:
        items, operands = getopt(words, "arw:RibfDcnC:d:S:sqvVh", _LONG)
    except OptionError as error:
        io.complain(str(error))
        return 1
    flags = {name for name, _ in items}
    if "h" in flags:
        from vshell.usr._kmod_help import MODPROBE  # noqa: PLC0415 - rarely asked for

        io.out(MODPROBE)
        return 0
    if "V" in flags:
        io.out(VERSION)
        return 0
    wait = next((value for name, value in items if name == "w"), "0")
    tool = Tool(io)
    if not wait.removeprefix("-").isdigit():
        tool.error(f"unexpected wait value '{wait}'.")
        return 1
    if not operands and "c" not in flags:
        tool.error("missing parameters. See -h.")
        return 1
    tool.is_quiet, tool.to_syslog = "q" in flags, "s" in flags
    values = dict(items)
    root = values.get("d", "")
    tree = ModuleTree(io, root, values.get("S") or io.sys.uname().release)
    paths = [value for name, value in items if name == "C"]
    probe = _Probe(tool, tree, flags, paths, int(wait) * 1_000_000)
    return probe.run(operands)


class _Probe:
    def __init__(
        self, tool: Tool, tree: ModuleTree, flags: set[str], paths: list[str], wait_ns: int
    ) -> None:
        self.tool = tool
        self.io = tool.io
        self.tree = tree
        self.flags = flags
        self.wait_ns = wait_ns
        self.dry = bool(flags & {"n", "D"})
        self.shown = bool(flags & {"v", "D"})
        self.config = read_config(self.io, paths, tree.directory)

    def run(self, operands: list[str]) -> int:
        flags = self.flags
        if "c" in flags:
            self.show_config()
            return 0
        if flags & {"modversions", "exports"}:
            return self.show_symbols(operands[0])
        if "r" in flags:
            statuses = [self.remove(word) for word in operands]
            return 1 if any(statuses) else 0
        if "a" in flags:
            statuses = [self.insert(word, "", "WARNING") for word in operands]
            return 1 if any(statuses) else 0
        return 1 if self.insert(operands[0], _joined(operands[1:]), "FATAL") else 0

    def show(self, text: str) -> None:
        if self.shown:
            self.io.out(text + "\n")

    def show_config(self) -> None:
        for line in self.config.lines():
            self.io.out(line + "\n")
        self.io.out("\n# End of configuration files. Dumping indexes now:\n\n")
        for file in ("modules.alias", "modules.symbols"):
            for alias, name in sorted(self.tree.aliases(file)):
                self.io.out(f"alias {alias} {name}\n")

    def show_symbols(self, word: str) -> int:
        from vshell.usr._kmod_help import exported_symbols  # noqa: PLC0415 - rarely asked for

        if "exports" not in self.flags:
            # Modules here keep no versions of the symbols they use.
            text = f"could not get modversions of {word}: {strerror(ENOENT)}"
            self.tool.say("FATAL", text)
            return 1
        found = self.tree.look_up(word, self.config)
        path = word if "/" in word or word.endswith(".ko") else found[0].path if found else ""
        symbols = exported_symbols(self.io, path) if path else None
        if symbols is None:
            self.tool.say("FATAL", f"Module {word} not found.")
            return 1
        self.io.out("".join(f"0x{crc:08x}\t{name}\n" for name, crc in symbols))
        return 0

    # -- Loading ----------------------------------------------------------------------------------

    # Gives 0 or an errno.
    def insert(self, word: str, args: str, level: str) -> int:
        found = self.tree.look_up(word, self.config)
        if not found:
            if "R" not in self.flags:
                where = self.tree.directory
                self.tool.say(level, f"Module {word} not found in directory {where}")
            return ENOENT
        errno = 0
        for module in found:
            if "R" in self.flags:
                self.io.out(module.name + "\n")
                continue
            failed = self.insert_one(module, args)
            if failed:
                text = _INSERT_TEXTS.get(failed) or strerror(failed)
                self.tool.error(f"could not insert '{module.name}': {text}")
                errno = failed
        return errno

    def insert_one(self, module: Found, args: str) -> int:
        if "D" not in self.flags and self.is_in_kernel(module.name):
            return EEXIST if "first-time" in self.flags else 0
        if module.name in self.config.blacklist and (module.by_alias or "b" in self.flags):
            return 0
        plan = _Plan(self, module.name, ignore_commands="i" in self.flags)
        for name in plan.names:
            errno = self.insert_step(name, args if name == module.name else "", plan)
            if errno == EEXIST and name == module.name and "first-time" in self.flags:
                return errno
            # What is only wanted, not needed, may fail; so may what is there already.
            if errno and errno != EEXIST and name in plan.required:
                return errno
        return 0

    def insert_step(self, name: str, args: str, plan: _Plan) -> int:
        if "D" in self.flags and self.tree.is_builtin(name) and not self.tree.path(name):
            self.show(f"builtin {name}")
            return 0
        if "D" not in self.flags and self.is_in_kernel(name):
            return EEXIST
        # libkmod puts a blank behind what is configured, whether or not anything follows.
        configured = self.config.parameters(name)
        options = f"{configured} {args}" if configured else args
        command = self.config.install.get(name)
        if command is not None and name not in plan.without_command:
            self.show(f"install {command} {options}")
            return 0 if self.dry else self.run_command(command, options)
        path = self.tree.path(name)
        if not path:
            return ENOENT
        self.show(f"insmod {path} {options}")
        if self.dry:
            return 0
        self.io.flush()
        return insert_module(self.io, path, options, FORCE_LOAD if "f" in self.flags else 0)

    def is_in_kernel(self, name: str) -> bool:
        return self.tree.is_builtin(name) or module_state(self.io, name) == "live"

    def run_command(self, command: str, options: str) -> int:
        from vshell.usr._spawn import run_program  # noqa: PLC0415 - only for install commands

        text = command.replace("$CMDLINE_OPTS", options)
        status = run_program(self.io, ["/bin/sh", "-c", text], on_failure=lambda *_: 127)
        return 22 if status else 0

    # -- Unloading --------------------------------------------------------------------------------

    def remove(self, word: str) -> int:
        found = self.tree.look_up(word, self.config)
        if not found:
            self.tool.say("FATAL", f"Module {word} not found.")
            return ENOENT
        return max([self.remove_found(module) for module in found])

    def remove_found(self, module: Found) -> int:
        name = module.name
        command = self.config.remove.get(name) if "i" not in self.flags else None
        if command is None and self.tree.is_builtin(name):
            self.tool.say("FATAL", f"Module {name} is builtin.")
            return ENOENT
        if command is None and not module_state(self.io, name):
            if "first-time" not in self.flags:
                return 0
            self.tool.say("FATAL", f"Module {name} is not in kernel.")
            return ENOENT
        return self.remove_module(name, command)

    def remove_module(self, name: str, command: str | None = None, *, alone: bool = False) -> int:
        if command is not None:
            self.show(f"remove {command}")
            return 0 if self.dry else self.run_command(command, "")
        pre, post = self.config.soft(name)
        self.remove_softdeps(post)
        if "holders" in self.flags:
            for holder in holders(self.io, name):
                errno = self.remove_module(holder, alone=True)
                if errno:
                    return errno
        self.wait_until_unused(name)
        if refcount(self.io, name) > 0:
            self.tool.say("FATAL", f"Module {name} is in use.")
            return EBUSY
        errno = self.remove_itself(name)
        if errno:
            return errno
        for needed in [] if alone else reversed(self.tree.needs(name)):
            if module_state(self.io, needed) and not refcount(self.io, needed):
                self.remove_itself(needed)
        self.remove_softdeps(pre)
        return 0

    def remove_softdeps(self, names: list[str]) -> None:
        for name in map(normalised, reversed(names)):
            if module_state(self.io, name) and not refcount(self.io, name):
                self.remove_module(name)

    def wait_until_unused(self, name: str) -> None:
        sys = self.io.sys
        end_ns = sys.clock_monotonic_ns() + self.wait_ns
        while refcount(self.io, name) > 0 and sys.clock_monotonic_ns() < end_ns:
            sys.nanosleep(_POLL_NS)

    def remove_itself(self, name: str) -> int:
        self.show(f"rmmod {name}")
        if self.dry:
            return 0
        self.io.flush()
        errno = remove_module(self.tool, name, force="f" in self.flags)
        return 0 if errno == ENOENT and "first-time" not in self.flags else errno


# Words of a command line as one: a value with blanks gets quotes.
def _joined(words: list[str]) -> str:
    out = []
    for word in words:
        name, equals, value = word.partition("=")
        quoted = equals and " " in value and not value.startswith('"')
        out.append(f'{name}="{value}"' if quoted else word)
    return " ".join(out)


class _Plan:
    # In which order a module and what it needs or wants are loaded.
    def __init__(self, probe: _Probe, name: str, *, ignore_commands: bool) -> None:
        self.config = probe.config
        self.tree = probe.tree
        self.names: list[str] = []
        self.required = {name, *self.tree.needs(name)}
        """Those whose failure ends the whole."""
        self.without_command: set[str] = set()
        """Those for which no install command runs."""
        self.seen: set[str] = set()
        self.ignore_commands = ignore_commands
        self.visit(name, is_first=True)

    def visit(self, name: str, *, is_first: bool = False) -> None:
        if name in self.seen:
            return
        self.seen.add(name)
        for needed in self.tree.needs(name):
            self.place(needed)
        if is_first and self.ignore_commands:
            self.add(name)
            self.without_command.add(name)
        else:
            self.place(name)

    # A module between those it wants before and behind it.
    def place(self, name: str) -> None:
        pre, post = self.config.soft(name)
        for wanted in pre:
            self.visit_wanted(wanted)
        self.add(name)
        if pre or post:
            self.without_command.add(name)
        for wanted in post:
            self.visit_wanted(wanted)

    def visit_wanted(self, word: str) -> None:
        for found in self.tree.look_up(word, self.config):
            self.visit(found.name)

    def add(self, name: str) -> None:
        if name not in self.names:
            self.names.append(name)
