"""depmod: find out which module needs which, and write it down for modprobe.

Source: depmod(8), depmod.d(5), kmod 30. Real: 26-kmod-tools.

Differs:
    Among modules of one name, that in ``updates`` is taken; depmod.d is not read.
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, ENOEXEC, KernelError, strerror
from vshell.abi.ko import KoError, KoFile
from vshell.usr._kmod import VERSION, Tool, module_name
from vshell.usr._kmod_config import normalised
from vshell.usr._kmod_index import write_index
from vshell.usr._program import Io, OptionError, Quit, getopt, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]

_LONG = {
    "all": "a",
    "quick": "A",
    "basedir=": "b",
    "config=": "C",
    "errsyms": "e",
    "filesyms=": "F",
    "symvers=": "E",
    "show": "n",
    "dry-run": "n",
    "symbol-prefix=": "P",
    "verbose": "v",
    "warn": "w",
    "version": "V",
    "help": "h",
}
_SUFFIXES = (".ko", ".ko.gz", ".ko.xz", ".ko.zst")
_NOT_SEARCHED = ("build", "source")
_DIRECTORY, _FILE = 0o040000, 0o100000


@program
def main(io: Io, words: list[str]) -> int:
    """Write modules.dep and its kin: ``depmod [-aAenvw] [-b DIR] [-F MAP] [RELEASE [FILE...]]``."""
    try:
        items, operands = getopt(words, "aAb:o:C:E:F:euqrvnP:wmVh", _LONG)
    except OptionError as error:
        io.complain(str(error))
        return 1
    options = dict(items)
    if "h" in options:
        from vshell.usr._kmod_help import DEPMOD  # noqa: PLC0415 - rarely asked for

        io.out(DEPMOD)
        return 0
    if "V" in options:
        io.out(VERSION)
        return 0
    tool = Tool(io)
    if len(options.get("P", "")) > 1:
        _die(tool, "-P only takes a single char")
    release = operands[0] if operands else io.sys.uname().release
    if not _is_release(release):
        tool.error(f"Bad version passed {release}")
        return 1
    if "e" in options and not options.keys() & {"E", "F"}:
        tool.say("WARNING", "-e needs -E or -F")
    base = options.get("b", "").rstrip("/")
    if base and not base.startswith("/"):
        base = f"{io.sys.getcwd().rstrip('/')}/{base}"
    tree = _Tree(tool, f"{base}/lib/modules/{release}", verbose="v" in options)
    if "A" in options and tree.is_up_to_date():
        return 0
    tree.find(operands[1:])
    return tree.write(to_stdout="n" in options)


# Two numbers at least: "6.1.0-56-amd64".
def _is_release(text: str) -> bool:
    parts = text.split(".")
    digits = parts[1][:1] if len(parts) > 1 else ""
    return parts[0].isdigit() and digits.isdigit()


def _die(tool: Tool, text: str) -> NoReturn:
    tool.say("FATAL", text)
    raise Quit(1)


class _Module:
    def __init__(self, path: str, shown: str, ko: KoFile | None) -> None:
        self.path = path
        self.shown = shown
        self.name = module_name(path)
        self.exports = [name for name, _, _ in ko.exports] if ko is not None else []
        self.imports = list(ko.externs) if ko is not None else []
        self.aliases = ko.infos("alias") if ko is not None else []
        self.softdeps = ko.infos("softdep") if ko is not None else []


class _Tree:
    # The modules of one kernel release.
    def __init__(self, tool: Tool, directory: str, *, verbose: bool) -> None:
        self.tool = tool
        self.io = tool.io
        self.directory = directory
        self.verbose = verbose
        self.modules: dict[str, _Module] = {}

    # -- Finding ----------------------------------------------------------------------------------

    def find(self, files: list[str]) -> None:
        """Read the modules: the files named, or all of the directory."""
        paths = [(path, path) for path in files]
        for path in files:
            if not path.startswith("/"):
                _die(self.tool, f"{path}: not absolute path.")
        if not files:
            try:
                names = self.names_of(self.directory)
            except KernelError as error:
                _die(self.tool, f"could not search modules: {strerror(error.errno)}")
            paths = [(f"{self.directory}/{name}", name) for name in self.search("", names)]
        self.is_there("modules.order")
        for path, shown in paths:
            self.read(path, shown.removeprefix(f"{self.directory}/"))

    def names_of(self, directory: str) -> list[str]:
        try:
            # The newest entry first, as the kernel's own file systems in memory list them.
            return self.io.sys.listdir(directory)[::-1]
        except KernelError as error:
            self.tool.error(f"could not open directory {directory}: {strerror(error.errno)}")
            raise

    def search(self, prefix: str, names: list[str]) -> list[str]:
        found = []
        for name in names:
            path = f"{self.directory}/{prefix}{name}"
            kind = self.io.sys.lstat(path).mode & 0o170000
            if kind == _DIRECTORY and not (not prefix and name in _NOT_SEARCHED):
                try:
                    inner = self.names_of(path)
                except KernelError:
                    continue
                found += self.search(f"{prefix}{name}/", inner)
            elif kind == _FILE and name.endswith(_SUFFIXES):
                found.append(prefix + name)
        return found

    def read(self, path: str, shown: str) -> None:
        name = module_name(path)
        known = self.modules.get(name)
        if known is not None and not (
            shown.startswith("updates/") and not known.shown.startswith("updates/")
        ):
            return
        ko = None
        try:
            data = self.io.read_file(path)
        except KernelError as error:
            _die(self.tool, f"could not create module {path}: {strerror(error.errno)}")
        try:
            ko = KoFile.from_bytes(data)
        except KoError:
            text = strerror(ENOEXEC if data else EINVAL)
            self.tool.error(f"failed to load symbols from {path}: {text}")
        self.modules[name] = _Module(path, shown, ko)

    # -- Dependencies -----------------------------------------------------------------------------

    def direct(self) -> dict[str, list[str]]:
        """Give which modules each module takes symbols from."""
        owners = {name: one for one in self.modules.values() for name in one.exports}
        needs: dict[str, list[str]] = {}
        for module in self.modules.values():
            mine = needs[module.name] = []
            for symbol in module.imports:
                owner = owners.get(symbol)
                if owner is None:
                    continue
                if self.verbose:
                    self.io.out(f'{module.path} needs "{symbol}": {owner.path}\n')
                if owner.name not in mine:
                    mine.append(owner.name)
        return needs

    def check_cycles(self, needs: dict[str, list[str]]) -> None:
        """Refuse modules that need each other."""
        settled: set[str] = set()
        for _ in needs:
            settled |= {name for name, mine in needs.items() if settled.issuperset(mine)}
        left = [name for name in needs if name not in settled]
        if not left:
            return
        way = [left[-1]]
        while way[-1] not in way[:-1]:
            way.append(next(name for name in needs[way[-1]] if name not in settled))
        circle = way[way.index(way[-1]) :]
        self.tool.error(f"Cycle detected: {' -> '.join(circle)}")
        self.tool.error(f"Found {len(left)} modules in dependency cycles!")
        raise Quit(1)

    def dependencies(self) -> list[str]:
        """Write the lines of modules.dep: what is needed directly stands before what that needs."""
        needs = self.direct()
        self.check_cycles(needs)
        lines = []
        for module in self.modules.values():
            order: list[str] = []

            def place(name: str, order: list[str] = order) -> None:
                for needed in reversed(needs[name]):
                    place(needed, order)
                if name not in order:
                    order.append(name)

            place(module.name)
            shown = [self.modules[name].shown for name in order[-2::-1]]
            lines.append(" ".join([f"{module.shown}:", *shown]))
        return lines

    # -- Files ------------------------------------------------------------------------------------

    def is_up_to_date(self) -> bool:
        """Tell whether no module is newer than modules.dep."""
        try:
            written = self.io.sys.stat(f"{self.directory}/modules.dep").mtime_ns
            found = self.search("", self.names_of(self.directory))
        except KernelError:
            return False
        paths = (f"{self.directory}/{name}" for name in found)
        return all(self.io.sys.stat(path).mtime_ns <= written for path in paths)

    def write(self, *, to_stdout: bool) -> int:
        """Write the files, or show them; give the exit code."""
        modules = self.modules.values()
        symbols = [(symbol, module.name) for module in modules for symbol in module.exports]
        aliases = [(alias, module.name) for module in modules for alias in module.aliases]
        softdeps = [(module.name, text) for module in modules for text in module.softdeps]
        texts = {
            "modules.dep": self.dependencies(),
            "modules.alias": [
                "# Aliases extracted from modules themselves.",
                *(f"alias {alias} {name}" for alias, name in aliases),
            ],
            "modules.softdep": [
                "# Soft dependencies extracted from modules themselves.",
                *(f"softdep {name} {text}" for name, text in softdeps),
            ],
            "modules.symbols": [
                "# Aliases for symbols, used by symbol_request().",
                *(f"alias symbol:{symbol} {name}" for symbol, name in symbols),
            ],
        }
        if to_stdout:
            self.io.out("".join(line + "\n" for lines in texts.values() for line in lines))
            return 0
        numbers = {module.name: number for number, module in enumerate(modules)}
        entries = {
            "modules.dep": [
                (name, number, texts["modules.dep"][number]) for name, number in numbers.items()
            ],
            "modules.alias": [(normalised(alias), numbers[name], name) for alias, name in aliases],
            "modules.symbols": [
                (f"symbol:{symbol}", numbers[name], name) for symbol, name in symbols
            ],
        }
        done = True
        for name, lines in texts.items():
            done &= self.write_file(name, "".join(line + "\n" for line in lines).encode())
            if name in entries:
                done &= self.write_file(f"{name}.bin", write_index(entries[name]))
        done &= self.write_file("modules.builtin.bin", self.builtin_index())
        has_aliases = self.is_there("modules.builtin.modinfo")
        aliases_index = write_index([]) if has_aliases else b""
        done &= self.write_file("modules.builtin.alias.bin", aliases_index)
        done &= self.write_file("modules.devname", b"")
        return 0 if done else 1

    # Nothing at all where the kernel's build has not left a list of what is part of it.
    def builtin_index(self) -> bytes:
        if not self.is_there("modules.builtin"):
            return b""
        names = self.io.read_text(f"{self.directory}/modules.builtin").split()
        return write_index([(module_name(name), number, "") for number, name in enumerate(names)])

    # The kernel's own build leaves these files.
    def is_there(self, name: str) -> bool:
        if self.io.sys.access(f"{self.directory}/{name}", 0):
            return True
        text = f"could not open {name} at {self.directory}: No such file or directory"
        self.tool.say("WARNING", text)
        return False

    # A file is written beside the old one and then takes its place.
    def write_file(self, name: str, data: bytes) -> bool:
        path = f"{self.directory}/{name}"
        now_ns = self.io.sys.clock_realtime_ns()
        seconds, micros = now_ns // 1_000_000_000, now_ns // 1000 % 1_000_000
        new = f"{name}.{self.io.sys.getpid()}.{micros}.{seconds}"
        try:
            self.io.write_file(f"{self.directory}/{new}", data, 0o644)
            self.io.sys.rename(f"{self.directory}/{new}", path)
        except KernelError as error:
            text = strerror(error.errno)
            self.tool.error(f"openat({self.directory}, {new}, 301, 644): {text}")
            return False
        return True
