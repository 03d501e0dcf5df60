"""Files and directories computed when somebody looks: what /proc and /sys are made of."""

from __future__ import annotations

from vshell.abi.errno import ENOENT
from vshell.kernel.inode import ComputedFile, Directory, Inode, Symlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.vfs import Vfs

__all__ = ["DynamicLink", "GeneratedDirectory", "fixed_directory", "text_file"]


class GeneratedDirectory(Directory):
    """A directory whose entries are computed, each once; nobody makes or removes any."""

    device = 5
    refuses = ENOENT

    def __init__(
        self,
        vfs: Vfs,
        names: Callable[[], list[str]],
        make: Callable[[str], Inode | None],
        mode: int = 0o555,
    ) -> None:
        """Make a directory from two functions.

        Args:
            vfs: whose.
            names: lists the entries.
            make: gives an entry's inode, None if there is none.
            mode: permissions.
        """
        super().__init__(vfs, mode)
        self._names = names
        self._make = make

    def size(self) -> int:
        """Computed directories have none."""
        return 0

    def names(self) -> list[str]:
        """List the entries."""
        return [*self._names(), *self.entries]

    def lookup(self, name: str) -> Inode | None:
        """Make or find an entry."""
        found = self.entries.get(name)
        if found is None:
            found = self._make(name)
            if isinstance(found, Directory):
                found.parent = self
        return found

    def add(self, name: str, inode: Inode) -> None:
        """Enter a fixed entry."""
        self.entries[name] = inode
        if isinstance(inode, Directory):
            inode.parent = self


class DynamicLink(Symlink):
    """A link whose target is computed, such as /proc/self."""

    def __init__(
        self, vfs: Vfs, target: Callable[[], str], direct: Callable[[], Inode | None] | None = None
    ) -> None:
        """Make a link from functions.

        Args:
            vfs: whose.
            target: gives the path it shows.
            direct: gives the inode it leads to, where no path does.
        """
        super().__init__(vfs, "")
        self._target = target
        self._direct = direct

    def size(self) -> int:
        """Computed links have none."""
        return 0

    def read_target(self) -> str:
        """Give the path it shows now."""
        return self._target()

    def follow(self) -> Inode | None:
        """Give the inode it leads to, if that is not by its path."""
        return self._direct() if self._direct is not None else None


def fixed_directory(vfs: Vfs, mode: int = 0o555) -> GeneratedDirectory:
    """Make a directory with the entries that are added to it and no others."""
    return GeneratedDirectory(vfs, list, lambda _name: None, mode)


def text_file(
    vfs: Vfs, read: Callable[[], str], write: Callable[[str], None] | None = None, mode: int = 0
) -> ComputedFile:
    """Make a file from functions on text.

    Args:
        vfs: whose.
        read: gives the contents.
        write: takes what one write() wrote; None if it cannot be written.
        mode: permissions; 0 for 444, or 644 if it can be written.
    """

    def read_bytes() -> bytes:
        return read().encode("utf-8", "surrogateescape")

    def write_bytes(data: bytes) -> None:
        assert write is not None
        write(data.decode("utf-8", "surrogateescape"))

    mode = mode or (0o444 if write is None else 0o644)
    return ComputedFile(vfs, mode, read_bytes, None if write is None else write_bytes)
