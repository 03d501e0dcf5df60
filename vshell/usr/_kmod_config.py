"""modprobe's configuration: what modprobe.d and the kernel's command line say of modules.

Source: modprobe.d(5), kmod 30
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.usr._program import Io

__all__ = ["Config", "normalised", "read_config"]

# A file hides those of the same name in the directories behind its own.
_FOLDERS = (
    "/etc/modprobe.d",
    "/run/modprobe.d",
    "/usr/local/lib/modprobe.d",
    "/lib/modprobe.d",
)


def normalised(name: str) -> str:
    """Write a module's name or alias with underscores; what stands in brackets stays."""
    out, depth = "", 0
    for letter in name:
        depth += (letter == "[") - (letter == "]")
        out += "_" if letter == "-" and not depth else letter
    return out


class Config:
    """What is configured; names of modules are normalised."""

    def __init__(self) -> None:
        """Configure nothing."""
        self.aliases: list[tuple[str, str]] = []
        """Pattern and module."""
        self.options: list[tuple[str, str]] = []
        """Module and parameters."""
        self.blacklist: list[str] = []
        self.install: dict[str, str] = {}
        """Commands that stand for a module's insertion."""
        self.remove: dict[str, str] = {}
        """Commands that stand for a module's removal."""
        self.softdeps: list[tuple[str, list[str], list[str]]] = []
        """Module, what is wanted before and what behind it."""

    def parameters(self, module: str) -> str:
        """Give the parameters configured for a module."""
        return " ".join(text for name, text in self.options if name == module)

    def soft(self, module: str) -> tuple[list[str], list[str]]:
        """Give what a module wants before and behind it, by the first line that speaks of it."""
        return next(((pre, post) for name, pre, post in self.softdeps if name == module), ([], []))

    def lines(self) -> Iterator[str]:
        """Write the configuration as --showconfig does."""
        yield from (f"blacklist {name}" for name in self.blacklist)
        yield from (f"install {name} {command}" for name, command in self.install.items())
        yield from (f"remove {name} {command}" for name, command in self.remove.items())
        yield from (f"alias {alias} {name}" for alias, name in self.aliases)
        yield from (f"options {name} {text}" for name, text in self.options)
        for name, pre, post in self.softdeps:
            # kmod leaves no blank between the two lists.
            before = f"pre: {' '.join(pre)}" if pre else ""
            yield f"softdep {name} {before}" + (f"post: {' '.join(post)}" if post else "")

    # -- Reading ----------------------------------------------------------------------------------

    def read_line(self, line: str) -> bool:
        """Take one line; tell whether it makes sense."""
        word, _, rest = line.partition(" ")
        name, _, value = rest.strip().partition(" ")
        name, value = normalised(name), value.strip()
        if word == "blacklist" and name:
            self.blacklist.append(name)
        elif word == "alias" and value:
            self.aliases.append((name, normalised(value)))
        elif word == "options" and value:
            self.options.append((name, value))
        elif word == "install" and value:
            self.install.setdefault(name, value)
        elif word == "remove" and value:
            self.remove.setdefault(name, value)
        elif word == "softdep" and value:
            self.softdeps.append((name, *_softdep(value)))
        else:
            return word in ("include", "config")
        return True

    def read_command_line(self, text: str) -> None:
        """Take "module.parameter=value" and "modprobe.blacklist=a,b" from the kernel's line."""
        for word in text.split():
            target, dot, setting = word.partition(".")
            if not dot or "=" in target:
                continue
            if target == "modprobe" and setting.startswith("blacklist="):
                names = setting.partition("=")[2].split(",")
                self.blacklist += [normalised(name) for name in names]
            else:
                self.options.append((normalised(target), setting))


# "pre: a b post: c": two lists.
def _softdep(text: str) -> tuple[list[str], list[str]]:
    lists: dict[str, list[str]] = {"pre:": [], "post:": []}
    chosen: list[str] = []
    for word in text.split():
        if word in lists:
            chosen = lists[word]
        else:
            chosen.append(word)
    return lists["pre:"], lists["post:"]


def read_config(io: Io, paths: list[str], tree: str) -> Config:
    """Read the configuration.

    Args:
        io: of the tool.
        paths: files and directories to read; none for the usual ones.
        tree: the directory of the kernel's modules, which has soft dependencies of its own.
    """
    config = Config()
    for path in _files(io, paths or list(_FOLDERS)):
        _read_file(io, config, path)
    try:
        config.read_command_line(io.read_text("/proc/cmdline"))
    except KernelError as error:
        io.complain(f"ERROR: could not open '/proc/cmdline' for reading: {strerror(error.errno)}")
    _read_file(io, config, f"{tree}/modules.softdep")
    return config


# The files of the directories, sorted by their names; a path that is none is taken as it is.
def _files(io: Io, paths: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for path in paths:
        try:
            names = [name for name in io.sys.listdir(path) if name.endswith((".conf", ".alias"))]
        except KernelError:
            if io.sys.access(path, 0):
                found.setdefault(path.rpartition("/")[2], path)
            continue
        for name in names:
            found.setdefault(name, f"{path}/{name}")
    return [found[name] for name in sorted(found)]


def _read_file(io: Io, config: Config, path: str) -> None:
    try:
        text = io.read_text(path)
    except KernelError:
        return
    for number, line in _logical_lines(text):
        if line and not line.startswith("#") and not config.read_line(line):
            where = "libkmod: ERROR ../libkmod/libkmod-config.c:712 kmod_config_parse:"
            word = line.split(" ", 1)[0]
            text = f"{where} {path} line {number}: ignoring bad line starting with '{word}'\n"
            io.flush()
            io.err(text)


# Lines with their numbers; one that ends in a backslash goes on in the next.
def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    whole = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.endswith("\\"):
            whole += line[:-1]
        else:
            yield number, (whole + line).replace("\t", " ").strip()
            whole = ""
    if whole:
        yield len(text.splitlines()), whole.strip()
