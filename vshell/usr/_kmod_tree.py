"""The modules below /lib/modules: where they are, what they need, and which alias means which.

Source: modules.dep(5), kmod 30. Real: 26-kmod-tools.

Differs:
    The text files are read; kmod reads an index made of each.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._kmod import module_name
from vshell.usr._kmod_config import normalised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._kmod_config import Config
    from vshell.usr._program import Io

__all__ = ["Found", "ModuleTree"]


class Found:
    """A module that a name or an alias means; ``path`` is "" where there is no file."""

    __slots__ = ("by_alias", "name", "path")

    def __init__(self, name: str, path: str, *, by_alias: bool = False) -> None:
        """Describe a module."""
        self.name = name
        self.path = path
        self.by_alias = by_alias


class ModuleTree:
    """The modules of one kernel."""

    def __init__(self, io: Io, root: str, release: str) -> None:
        """Read what depmod has written.

        Args:
            io: of the tool.
            root: what stands before /lib/modules.
            release: of the kernel.
        """
        self.io = io
        self.directory = f"{root}/lib/modules/{release}"
        self._needs: dict[str, list[str]] = {}
        self._paths: dict[str, str] = {}
        for line in self._lines("modules.dep"):
            path, _, needs = line.partition(":")
            name = module_name(path)
            self._paths[name] = self._absolute(path)
            self._needs[name] = [module_name(one) for one in needs.split()]
        self._builtin = {module_name(line) for line in self._lines("modules.builtin")}

    def _lines(self, name: str) -> list[str]:
        try:
            text = self.io.read_text(f"{self.directory}/{name}")
        except KernelError:
            return []
        return [line for line in text.splitlines() if line and not line.startswith("#")]

    def _absolute(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.directory}/{path}"

    def is_builtin(self, name: str) -> bool:
        """Tell whether a module is part of the kernel."""
        return name in self._builtin

    def path(self, name: str) -> str:
        """Give a module's file, "" for none."""
        return self._paths.get(name, "")

    def needs(self, name: str) -> list[str]:
        """List the modules that must be there before a module, in the order they are loaded."""
        return list(reversed(self._needs.get(name, [])))

    def aliases(self, file: str) -> list[tuple[str, str]]:
        """List aliases and their modules from modules.alias or modules.symbols."""
        words = (line.split() for line in self._lines(file))
        return [(normalised(row[1]), row[2]) for row in words if len(row) == 3]

    # -- Looking up -------------------------------------------------------------------------------

    def look_up(self, text: str, config: Config | None) -> list[Found]:
        """Find what a name or an alias means; an alias may mean several modules.

        Args:
            text: the name or alias.
            config: aliases and commands of modprobe.d; None to leave them out.
        """
        name = normalised(text)
        if config is not None:
            found = self._matching(config.aliases, name)
            if found:
                return found
        if name in self._paths:
            return [Found(name, self._paths[name])]
        if name.startswith("symbol:"):
            return self._matching(self.aliases("modules.symbols"), name)
        if config is not None and (name in config.install or name in config.remove):
            return [Found(name, "")]
        found = self._matching(self.aliases("modules.alias"), name)
        if not found and name in self._builtin:
            found = [Found(name, "")]
        return found

    def _matching(self, aliases: list[tuple[str, str]], name: str) -> list[Found]:
        from vshell.usr._glob import compile_glob  # noqa: PLC0415 - only where there are aliases

        modules = [module for alias, module in aliases if compile_glob(alias).fullmatch(name)]
        return [Found(one, self.path(one), by_alias=True) for one in dict.fromkeys(modules)]
