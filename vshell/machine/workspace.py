"""The workspace: a directory of the real disk, seen as a directory of the virtual host.

Files are read from the disk at each use, so that what an editor saves is there at once. What the
host writes stays in memory, unless ``write`` says that it goes to the disk. Nothing outside the
directory can be reached: the disk is only ever asked about names inside it (``machine.disk``), and
a symbolic link is handed to the virtual file system, which follows it in its own tree.

Times on the disk differ from one checkout to the next, so they are not shown: a file found at its
first sight has the date of installation, and one that changes on the disk later has the virtual
date at which that was noticed. Owners and modes are the user's, 644 or 755.
"""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISLNK, S_ISREG

from vshell.abi.errno import EFBIG, KernelError
from vshell.kernel.inode import FILE_BYTES_MAX, Directory, Inode, RegularFile, Symlink
from vshell.machine.disk import Disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from vshell.kernel.vfs import Vfs

    R = TypeVar("R")

__all__ = ["Workspace", "WorkspaceDirectory"]

_PRODUCTS = (".ko", ".o", ".mod", ".mod.c", ".cmd", "modules.order", "Module.symvers")
_ORDER_NS = 1_000_000_000


class Workspace:
    """What the directories and files of one workspace share."""

    def __init__(self, vfs: Vfs, *, uid: int, gid: int, installed_ns: int, write: bool) -> None:
        """Describe a workspace.

        Args:
            vfs: the tree it is to be part of.
            uid: owner of all that is on the disk.
            gid: its group.
            installed_ns: the date of what is on the disk at first sight, nanoseconds since 1970.
            write: whether what the host writes goes to the disk.
        """
        self.vfs = vfs
        self.disk = Disk("")
        self.uid = uid
        self.gid = gid
        self.installed_ns = installed_ns
        self.write = write

    def root(self, path: str) -> WorkspaceDirectory:
        """Give the directory for a path of the disk."""
        self.disk = Disk(os.path.realpath(path))
        return WorkspaceDirectory(self, "")


# Run something on the disk; its error is the virtual system call's.
def _on_disk(function: Callable[..., R], *args: object, **kwargs: object) -> R:
    try:
        return function(*args, **kwargs)
    except OSError as error:
        raise KernelError(error.errno or 5) from None


class WorkspaceFile(RegularFile):
    """A file of the workspace: the disk's contents, until the host writes to it."""

    def __init__(
        self, workspace: Workspace, path: str | None, status: os.stat_result | None
    ) -> None:
        """Stand for a file of the disk.

        Args:
            workspace: whose.
            path: below the workspace; None for a file in memory only.
            status: what lstat() told.
        """
        super().__init__(workspace.vfs, 0o644, workspace.uid, workspace.gid)
        self._workspace = workspace
        self.path = path
        self._seen = (0, 0, 0)
        self._loaded = status is None
        if status is not None:
            self.permissions = 0o755 if status.st_mode & 0o111 else 0o644
            self._seen = _signature(status)
            self.atime_ns = self.mtime_ns = self.ctime_ns = workspace.installed_ns

    # Notice what has happened to the file on the disk.
    def look(self, status: os.stat_result) -> None:
        """Take note of what lstat() tells now."""
        if _signature(status) != self._seen:
            self._seen = _signature(status)
            if self._loaded:
                self.forget()
                self._loaded = False
            self.touch()

    def _load(self) -> None:
        if self.path is None:
            return
        disk = self._workspace.disk
        self.look(_on_disk(disk.status, self.path))
        if self._loaded:
            return
        data = _on_disk(disk.read, self.path, FILE_BYTES_MAX + 1)
        if len(data) > FILE_BYTES_MAX:
            raise KernelError(EFBIG)
        self.vfs.use(len(data))
        self.data = bytearray(data)
        self._loaded = True

    def _store(self) -> None:
        workspace = self._workspace
        if self.path is None:
            return
        if not workspace.write:
            # From here on the file is the host's own.
            self.path = None
            return
        write = workspace.disk.write
        self._seen = _signature(_on_disk(write, self.path, self.data, self.permissions))

    def size(self) -> int:
        """Bytes of its contents."""
        if self.path is not None and not self._loaded:
            return int(_on_disk(self._workspace.disk.status, self.path).st_size)
        self._load()
        return super().size()

    def read_at(self, position: int, count: int) -> bytes:
        """Read from a position."""
        self._load()
        return super().read_at(position, count)

    def write_at(self, position: int, data: bytes) -> int:
        """Write at a position."""
        self._load()
        written = super().write_at(position, data)
        self._store()
        return written

    def truncate(self, size: int) -> None:
        """Cut it, or fill it with zeros, to a size."""
        if size:
            self._load()
        super().truncate(size)
        self._loaded = True
        self._store()

    def changed(self) -> None:
        """Pass a changed mode on to the disk."""
        super().changed()
        if self.path is None or not self._workspace.write:
            return
        disk = self._workspace.disk
        if _on_disk(disk.status, self.path).st_nlink > 1:
            # Another name of the file keeps its mode: from here on this one has its own.
            self._load()
            self._store()
        _on_disk(disk.chmod, self.path, self.permissions & 0o777)

    def write_through(self) -> None:
        """Write the contents to the path it was just given on the disk."""
        self._store()

    def keep(self) -> None:
        """Load the contents: the file on the disk is about to go."""
        self._load()
        self.path = None


class WorkspaceDirectory(Directory):
    """A directory of the workspace: the disk's entries, and over them what the host has changed."""

    def __init__(self, workspace: Workspace, path: str | None) -> None:
        """Stand for a directory of the disk; None for one in memory only."""
        super().__init__(workspace.vfs, 0o755, workspace.uid, workspace.gid)
        self._workspace = workspace
        self.path = path
        self._hidden: set[str] = set()
        if path is not None:
            self.atime_ns = self.mtime_ns = self.ctime_ns = workspace.installed_ns

    def disk_path(self, name: str) -> str:
        """Give an entry's path below the workspace."""
        assert self.path is not None
        return f"{self.path}/{name}" if self.path else name

    # What the disk has under a name: None if nothing that can be shown.
    def _on_disk(self, name: str) -> os.stat_result | None:
        if self.path is None or name in self._hidden or "/" in name or name in ("", ".", ".."):
            return None
        try:
            status = self._workspace.disk.status(self.disk_path(name))
        except (OSError, ValueError):
            return None
        mode = status.st_mode
        return status if S_ISREG(mode) or S_ISDIR(mode) or S_ISLNK(mode) else None

    # Whether an entry is what the disk has under this name; a second name for it is the host's own.
    def _is_of_disk(self, name: str, inode: Inode) -> bool:
        return self.path is not None and getattr(inode, "path", None) == self.disk_path(name)

    def lookup(self, name: str) -> Inode | None:
        """Find an entry, as it is now."""
        known = self.entries.get(name)
        if known is not None and not self._is_of_disk(name, known):
            return known
        status = self._on_disk(name)
        if status is None:
            if known is not None:
                del self.entries[name]
            return None
        if known is not None and known.kind == status.st_mode & 0o170000:
            if isinstance(known, WorkspaceFile):
                known.look(status)
            return known
        return self._make(name, status)

    def _make(self, name: str, status: os.stat_result) -> Inode:
        path = self.disk_path(name)
        inode: Inode
        if S_ISDIR(status.st_mode):
            inode = WorkspaceDirectory(self._workspace, path)
            inode.parent = self
            self.links += 1
        elif S_ISLNK(status.st_mode):
            inode = WorkspaceSymlink(self._workspace, path)
        else:
            inode = WorkspaceFile(self._workspace, path, status)
            if name.endswith(_PRODUCTS):
                # A build product of an earlier session: older or newer than what it was made of.
                inode.mtime_ns += -_ORDER_NS if self._products_are_old(status) else _ORDER_NS
        self.entries[name] = inode
        return inode

    def _products_are_old(self, product: os.stat_result) -> bool:
        sources = []
        for name in self._workspace.disk.names(self.path or ""):
            status = None if name.endswith(_PRODUCTS) else self._on_disk(name)
            if status is not None and S_ISREG(status.st_mode):
                sources.append(status.st_mtime_ns)
        return product.st_mtime_ns < max(sources, default=0)

    def names(self) -> list[str]:
        """List the entries, as they are now: the disk's in order, then the host's own."""
        if self.path is None:
            return list(self.entries)
        found = _on_disk(self._workspace.disk.names, self.path)
        on_disk = [name for name in sorted(found) if self._on_disk(name)]
        own = [name for name, inode in self.entries.items() if not self._is_of_disk(name, inode)]
        return list(dict.fromkeys([*on_disk, *own]))

    # -- Changes ----------------------------------------------------------------------------------

    def writes(self) -> bool:
        """Tell whether its changes go to the disk."""
        return self._workspace.write and self.path is not None

    def create_file(self, name: str, mode: int, uid: int, gid: int) -> Inode:
        """Make a regular file in it."""
        inode = WorkspaceFile(self._workspace, None, None)
        inode.permissions, inode.uid, inode.gid = mode, uid, gid
        self.add(name, inode)
        return inode

    def create_directory(self, name: str, mode: int, uid: int, gid: int) -> Directory:
        """Make a directory in it."""
        inode = WorkspaceDirectory(self._workspace, None)
        inode.permissions, inode.uid, inode.gid = mode, uid, gid
        self.add(name, inode)
        return inode

    def add(self, name: str, inode: Inode) -> None:
        """Enter an inode under a name; with ``write`` on the disk too."""
        if self.writes():
            self._put_on_disk(self.disk_path(name), inode)
        self._hidden.add(name)
        super().add(name, inode)
        if self.writes():
            self._hidden.discard(name)

    def _put_on_disk(self, path: str, inode: Inode) -> None:
        disk = self._workspace.disk
        if isinstance(inode, WorkspaceDirectory):
            _on_disk(disk.mkdir, path, inode.permissions & 0o777)
            inode.path = path
            for name, entry in list(inode.entries.items()):
                inode.add(name, entry)
        elif isinstance(inode, Symlink):
            _on_disk(disk.symlink, inode.read_target(), path)
        elif isinstance(inode, WorkspaceFile):
            inode.path = path
            inode.write_through()
        else:
            raise KernelError(1)

    def remove(self, name: str) -> None:
        """Take an entry out; with ``write`` off the disk too."""
        inode = self.lookup(name)
        assert inode is not None
        if isinstance(inode, WorkspaceFile):
            inode.keep()
        if self.writes():
            disk = self._workspace.disk
            erase = disk.rmdir if isinstance(inode, Directory) else disk.unlink
            _on_disk(erase, self.disk_path(name))
            if isinstance(inode, WorkspaceDirectory):
                # Who stands in it stands in no directory of the disk any more, whatever gets its
                # name next.
                inode.path = None
        else:
            self._hidden.add(name)
        super().remove(name)

    def move(self, name: str, target: Directory, target_name: str) -> None:
        """Move an entry; with ``write`` on the disk, in one step."""
        inode = self.lookup(name)
        if not self.writes() or not isinstance(target, WorkspaceDirectory) or not target.writes():
            super().move(name, target, target_name)
            return
        path = target.disk_path(target_name)
        _on_disk(self._workspace.disk.rename, self.disk_path(name), path)
        assert inode is not None
        self.entries.pop(name)
        if isinstance(inode, WorkspaceDirectory):
            inode.moved_to(path)
            inode.parent = target
        elif isinstance(inode, (WorkspaceFile, WorkspaceSymlink)):
            inode.path = path
        target.entries[target_name] = inode
        self.touch()
        target.touch()

    def moved_to(self, path: str) -> None:
        """Take note of a new place on the disk, for all below it too."""
        self.path = path
        for name, inode in self.entries.items():
            if isinstance(inode, WorkspaceDirectory):
                inode.moved_to(f"{path}/{name}")
            elif isinstance(inode, (WorkspaceFile, WorkspaceSymlink)):
                inode.path = f"{path}/{name}"


class WorkspaceSymlink(Symlink):
    """A symbolic link of the disk; it leads where its path leads in the virtual tree."""

    def __init__(self, workspace: Workspace, path: str) -> None:
        """Stand for a link of the disk."""
        super().__init__(workspace.vfs, "", workspace.uid, workspace.gid)
        self._disk = workspace.disk
        self.path: str | None = path
        self.mtime_ns = self.ctime_ns = self.atime_ns = workspace.installed_ns

    def read_target(self) -> str:
        """Give the path it holds."""
        return str(_on_disk(self._disk.readlink, self.path))

    def size(self) -> int:
        """Bytes of that path."""
        return len(os.fsencode(self.read_target()))


def _signature(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino
