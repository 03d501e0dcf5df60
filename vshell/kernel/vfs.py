"""The tree of files: paths, permissions, and what changes the tree.

Source: fs/namei.c (v6.1), as far as programs can tell.
"""

from __future__ import annotations

from vshell.abi.errno import (
    EACCES,
    EEXIST,
    EINVAL,
    EISDIR,
    ELOOP,
    ENAMETOOLONG,
    ENOENT,
    ENOSPC,
    ENOTDIR,
    ENOTEMPTY,
    EPERM,
    EXDEV,
    KernelError,
)
from vshell.kernel.inode import (
    MAY_EXEC,
    MAY_READ,
    MAY_WRITE,
    O_ACCMODE,
    O_CREAT,
    O_DIRECTORY,
    O_EXCL,
    O_NOFOLLOW,
    O_RDONLY,
    O_WRONLY,
    S_ISVTX,
    Directory,
    File,
    Inode,
    RegularFile,
    Symlink,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.process import Process

__all__ = ["Vfs"]

_NAME_BYTES_MAX = 255
_PATH_BYTES_MAX = 4096
_SYMLINKS_MAX = 40
_VFS_BYTES_MAX = 1 << 30


class Vfs:
    """The tree of files."""

    def __init__(self, kernel: Kernel) -> None:
        """Make an empty root directory."""
        self._kernel = kernel
        self._inode_number = 1
        self._used = 0
        self.installing_ns: int | None = None
        self.root = Directory(self)
        self.mounts: list[tuple[str, str, str, str]] = []

    # -- Bookkeeping ----------------------------------------------------------------------------

    def next_inode_number(self) -> int:
        """Hand out an inode number."""
        self._inode_number += 1
        return self._inode_number

    def wall_ns(self) -> int:
        """Give the date, nanoseconds since 1970.

        While the host's tree is built, the date of installation.
        """
        if self.installing_ns is not None:
            return self.installing_ns
        kernel = self._kernel
        return kernel.clock.wall_ns(kernel.sched.now_ns)

    def use(self, count: int) -> None:
        """Account for bytes kept in memory (negative when freed).

        Raises:
            KernelError: ENOSPC.
        """
        if count > 0 and self._used + count > _VFS_BYTES_MAX:
            raise KernelError(ENOSPC)
        self._used += count

    @property
    def used_bytes(self) -> int:
        """Bytes kept in memory."""
        return self._used

    # -- Paths ----------------------------------------------------------------------------------

    def resolve(self, process: Process, path: str, *, follow: bool = True) -> Inode:
        """Find what a path leads to.

        Args:
            process: whose directory and rights count.
            path: absolute or relative.
            follow: whether a symbolic link at the end is followed.

        Raises:
            KernelError: ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG.
        """
        parent, name, must_be_directory = self.resolve_parent(process, path)
        inode = self._step(process, parent, name)
        if (follow or must_be_directory) and isinstance(inode, Symlink):
            inode = self._follow(process, parent, inode, _SYMLINKS_MAX)
        if must_be_directory and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        return inode

    def resolve_parent(self, process: Process, path: str) -> tuple[Directory, str, bool]:
        """Find the directory that holds a path's last name.

        Returns:
            The directory, the last name ("." for the directory itself),
            and whether a slash follows it.
        """
        if not path:
            raise KernelError(ENOENT)
        if len(path.encode("utf-8", "surrogateescape")) >= _PATH_BYTES_MAX:
            raise KernelError(ENAMETOOLONG)
        here = self.root if path.startswith("/") else process.cwd
        parts = [part for part in path.split("/") if part]
        if not parts:
            return here, ".", False
        for part in parts[:-1]:
            here = self._into(process, here, part, _SYMLINKS_MAX)
        return here, parts[-1], path.endswith("/")

    def _into(self, process: Process, here: Directory, name: str, links_left: int) -> Directory:
        inode = self._step(process, here, name)
        if isinstance(inode, Symlink):
            inode = self._follow(process, here, inode, links_left)
        if not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        return inode

    def _step(self, process: Process, here: Directory, name: str) -> Inode:
        if not here.may(process, MAY_EXEC):
            raise KernelError(EACCES)
        if name == ".":
            return here
        if name == "..":
            return here.parent
        if len(name.encode("utf-8", "surrogateescape")) > _NAME_BYTES_MAX:
            raise KernelError(ENAMETOOLONG)
        inode = here.lookup(name)
        if inode is None:
            raise KernelError(ENOENT)
        return inode

    def _follow(self, process: Process, here: Directory, link: Symlink, links_left: int) -> Inode:
        if links_left == 0:
            raise KernelError(ELOOP)
        direct = link.follow()
        if direct is not None:
            return direct
        target = link.read_target()
        start = self.root if target.startswith("/") else here
        parts = [part for part in target.split("/") if part]
        inode: Inode = start
        for part in parts:
            if not isinstance(inode, Directory):
                raise KernelError(ENOTDIR)
            container = inode
            inode = self._step(process, container, part)
            if isinstance(inode, Symlink):
                inode = self._follow(process, container, inode, links_left - 1)
        return inode

    def path_of(self, directory: Directory) -> str:
        """Give a directory's absolute path."""
        parts: list[str] = []
        while directory is not self.root:
            parent = directory.parent
            if parent is directory:
                return "/" + "/".join(reversed(parts))
            parts.append(self._name_in(parent, directory))
            directory = parent
        return "/" + "/".join(reversed(parts))

    def _name_in(self, parent: Directory, directory: Directory) -> str:
        for name, inode in parent.entries.items():
            if inode is directory:
                return name
        for name in parent.names():
            if parent.lookup(name) is directory:
                return name
        return "(deleted)"

    # -- Operations -----------------------------------------------------------------------------

    def open(self, process: Process, path: str, flags: int, mode: int) -> File:
        """Open a path, making the file where O_CREAT asks for it.

        Raises:
            KernelError: as open(2).
        """
        parent, name, slash = self.resolve_parent(process, path)
        try:
            inode = self._step(process, parent, name)
        except KernelError as error:
            if error.errno != ENOENT or not flags & O_CREAT:
                raise
            if slash:
                raise KernelError(EISDIR) from None
            return self._create(process, parent, name, mode).open(process, flags)
        if flags & O_CREAT and flags & O_EXCL:
            raise KernelError(EEXIST)
        if isinstance(inode, Symlink):
            if flags & O_NOFOLLOW:
                raise KernelError(ELOOP)
            inode = self._open_link(process, parent, inode, flags, mode)
        if (slash or flags & O_DIRECTORY) and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        wanted = {O_RDONLY: MAY_READ, O_WRONLY: MAY_WRITE}.get(
            flags & O_ACCMODE, MAY_READ | MAY_WRITE
        )
        if isinstance(inode, Directory) and wanted & MAY_WRITE:
            raise KernelError(EISDIR)
        if not inode.may(process, wanted):
            raise KernelError(EACCES)
        return inode.open(process, flags)

    def _open_link(
        self, process: Process, parent: Directory, link: Symlink, flags: int, mode: int
    ) -> Inode:
        try:
            return self._follow(process, parent, link, _SYMLINKS_MAX)
        except KernelError as error:
            if error.errno != ENOENT or not flags & O_CREAT:
                raise
        target = link.read_target()
        if not target.startswith("/"):
            target = f"{self.path_of(parent)}/{target}"
        container, name, _ = self.resolve_parent(process, target)
        return self._create(process, container, name, mode)

    def _create(self, process: Process, parent: Directory, name: str, mode: int) -> Inode:
        self.check_writable(process, parent)
        return parent.create_file(name, mode & ~process.umask, process.euid, process.egid)

    def check_writable(self, process: Process, directory: Directory) -> None:
        """Refuse unless a process may change a directory's entries."""
        if not directory.may(process, MAY_WRITE | MAY_EXEC):
            raise KernelError(EACCES)

    def mkdir(self, process: Process, path: str, mode: int) -> None:
        """Make a directory."""
        parent, name, _ = self.resolve_parent(process, path)
        if name in (".", "..") or parent.lookup(name) is not None:
            raise KernelError(EEXIST)
        self.check_writable(process, parent)
        parent.create_directory(name, mode & ~process.umask, process.euid, process.egid)

    def symlink(self, process: Process, target: str, path: str) -> None:
        """Make a symbolic link."""
        if not target:
            raise KernelError(ENOENT)
        parent, name, _ = self.resolve_parent(process, path)
        if parent.lookup(name) is not None:
            raise KernelError(EEXIST)
        self.check_writable(process, parent)
        parent.add(name, Symlink(self, target, process.euid, process.egid))

    def link(self, process: Process, old: str, new: str) -> None:
        """Make a hard link."""
        inode = self.resolve(process, old, follow=False)
        if isinstance(inode, Directory):
            raise KernelError(EPERM)
        parent, name, _ = self.resolve_parent(process, new)
        if parent.lookup(name) is not None:
            raise KernelError(EEXIST)
        self.check_writable(process, parent)
        parent.add(name, inode)
        inode.links += 1

    def unlink(self, process: Process, path: str) -> None:
        """Remove a name that is no directory."""
        parent, name, slash = self.resolve_parent(process, path)
        inode = self._step(process, parent, name)
        if isinstance(inode, Directory):
            raise KernelError(EISDIR)
        if slash:
            raise KernelError(ENOTDIR)
        self._check_removable(process, parent, inode)
        parent.remove(name)
        inode.links -= 1
        if not inode.links and isinstance(inode, RegularFile):
            inode.forget()

    def rmdir(self, process: Process, path: str) -> None:
        """Remove an empty directory."""
        parent, name, _ = self.resolve_parent(process, path)
        if name == ".":
            raise KernelError(EINVAL)
        inode = self._step(process, parent, name)
        if not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if inode.names() or name == "..":
            raise KernelError(ENOTEMPTY)
        self._check_removable(process, parent, inode)
        parent.remove(name)

    def _check_removable(self, process: Process, parent: Directory, inode: Inode) -> None:
        self.check_writable(process, parent)
        owners = (inode.uid, parent.uid, 0)
        if parent.permissions & S_ISVTX and process.euid not in owners:
            raise KernelError(EPERM)

    def rename(self, process: Process, old: str, new: str) -> None:
        """Move a name, over an existing file or empty directory if need be."""
        parent, name, _ = self.resolve_parent(process, old)
        inode = self._step(process, parent, name)
        target_parent, target_name, _ = self.resolve_parent(process, new)
        self._check_removable(process, parent, inode)
        self.check_writable(process, target_parent)
        existing = target_parent.lookup(target_name)
        if existing is inode:
            return
        if type(parent) is not type(target_parent) and not isinstance(inode, RegularFile):
            raise KernelError(EXDEV)
        if isinstance(inode, Directory):
            above: Directory = target_parent
            while above is not self.root:
                if above is inode:
                    raise KernelError(EINVAL)
                above = above.parent
        if existing is not None:
            self._replace(process, target_parent, target_name, inode, existing)
        parent.move(name, target_parent, target_name)
        inode.changed()

    def _replace(
        self, process: Process, parent: Directory, name: str, inode: Inode, existing: Inode
    ) -> None:
        if isinstance(existing, Directory):
            if not isinstance(inode, Directory):
                raise KernelError(EISDIR)
            if existing.names():
                raise KernelError(ENOTEMPTY)
        elif isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        self._check_removable(process, parent, existing)
        parent.remove(name)

    # -- Building the tree (no process, no rights) ------------------------------------------------

    def make_directories(self, path: str, uid: int = 0, gid: int = 0) -> Directory:
        """Make a directory and all above it, where missing."""
        here = self.root
        for part in path.split("/"):
            if not part:
                continue
            found = here.lookup(part)
            if found is None:
                found = here.create_directory(part, 0o755, uid, gid)
            assert isinstance(found, Directory)
            here = found
        return here

    def place(self, path: str, inode: Inode) -> None:
        """Put an inode at a path, making the directories above it."""
        parent, _, name = path.rpartition("/")
        self.make_directories(parent).add(name, inode)

    def place_text(self, path: str, text: str, mode: int = 0o644) -> None:
        """Put a text file at a path."""
        self.place(path, RegularFile(self, mode, data=text.encode()))
