"""The tree of files: paths, permissions, and what changes the tree.

More than 400 lines, one idea: every operation is a walk along a path and a check of rights.

Source: fs/namei.c (v6.1), as far as programs can tell.
"""

from __future__ import annotations

from vshell.abi.errno import (
    EACCES,
    EBUSY,
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
        self._links_left = 0
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
            _, _, inode = self._follow(process, parent, inode)
        if must_be_directory and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        return inode

    def resolve_parent(self, process: Process, path: str) -> tuple[Directory, str, bool]:
        """Find the directory that holds a path's last name.

        Returns:
            The directory, the last name ("." for the directory itself), and whether a slash
            follows it.
        """
        self._links_left = _SYMLINKS_MAX
        return self._to_parent(process, process.cwd, path)

    def _to_parent(
        self, process: Process, here: Directory, path: str
    ) -> tuple[Directory, str, bool]:
        if not path:
            raise KernelError(ENOENT)
        if len(path.encode("utf-8", "surrogateescape")) >= _PATH_BYTES_MAX:
            raise KernelError(ENAMETOOLONG)
        if path.startswith("/"):
            here = self.root
        parts = [part for part in path.split("/") if part]
        if not parts:
            return here, ".", False
        for part in parts[:-1]:
            here = self._into(process, here, part)
        return here, parts[-1], path.endswith("/")

    def _into(self, process: Process, here: Directory, name: str) -> Directory:
        inode = self._step(process, here, name)
        if isinstance(inode, Symlink):
            _, _, inode = self._follow(process, here, inode)
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

    # Follow a link in a directory; give the directory and the name it leads to, and the inode.
    # Links are counted over the whole path: nested ones could else double at each level.
    def _follow(
        self, process: Process, here: Directory, link: Symlink
    ) -> tuple[Directory, str, Inode]:
        if self._links_left == 0:
            raise KernelError(ELOOP)
        self._links_left -= 1
        direct = link.follow()
        if direct is not None:
            return here, "", direct
        here, name, must_be_directory = self._to_parent(process, here, link.read_target())
        inode = self._step(process, here, name)
        if isinstance(inode, Symlink):
            here, name, inode = self._follow(process, here, inode)
        if must_be_directory and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        return here, name, inode

    def path_of(self, directory: Directory) -> str:
        """Give a directory's absolute path; of a removed one, the one it had, and " (deleted)"."""
        parts: list[str] = []
        mark = "" if directory.links else " (deleted)"
        while directory is not self.root and directory.parent is not directory:
            parts.append(_name_in(directory.parent, directory))
            directory = directory.parent
        return "/" + "/".join(reversed(parts)) + mark

    def path_of_file(self, file: File) -> str | None:
        """Give the path that an open file was opened by, None if it was by none."""
        if file.directory is None:
            return None
        path = self.path_of(file.directory).rstrip("/") + "/" + file.name
        return path if file.directory.lookup(file.name) is file.inode else f"{path} (deleted)"

    # -- Operations -----------------------------------------------------------------------------

    def open(self, process: Process, path: str, flags: int, mode: int) -> File:
        """Open a path, making the file where O_CREAT asks for it.

        Raises:
            KernelError: as open(2).
        """
        here, name, slash = self.resolve_parent(process, path)
        while True:
            try:
                inode = self._step(process, here, name)
            except KernelError as error:
                if error.errno != ENOENT or not flags & O_CREAT:
                    raise
                if slash:
                    raise KernelError(EISDIR) from None
                inode = self._create(process, here, name, mode)
                return self._opened(inode.open(process, flags), here, name)
            if flags & O_CREAT and flags & O_EXCL:
                raise KernelError(EEXIST)
            if not isinstance(inode, Symlink):
                break
            if flags & O_NOFOLLOW and not slash:
                raise KernelError(ELOOP)
            if not flags & O_CREAT or inode.follow() is not None:
                here, name, inode = self._follow(process, here, inode)
                break
            # A link that leads nowhere: the file is made where it leads.
            here, name, slash = self._past_link(process, here, inode, slash=slash)
        if (slash or flags & O_DIRECTORY) and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        wanted = {O_RDONLY: MAY_READ, O_WRONLY: MAY_WRITE}.get(
            flags & O_ACCMODE, MAY_READ | MAY_WRITE
        )
        if isinstance(inode, Directory) and wanted & MAY_WRITE:
            raise KernelError(EISDIR)
        if not inode.may(process, wanted):
            raise KernelError(EACCES)
        return self._opened(inode.open(process, flags), here, name)

    def _past_link(
        self, process: Process, here: Directory, link: Symlink, *, slash: bool
    ) -> tuple[Directory, str, bool]:
        if self._links_left == 0:
            raise KernelError(ELOOP)
        self._links_left -= 1
        here, name, slash_too = self._to_parent(process, here, link.read_target())
        return here, name, slash or slash_too

    def _opened(self, file: File, here: Directory, name: str) -> File:
        if name and file.directory is None:
            file.directory, file.name = here, name
        return file

    def _create(self, process: Process, parent: Directory, name: str, mode: int) -> Inode:
        self._check_new(process, parent, EACCES)
        return parent.create_file(name, mode & ~process.umask, process.euid, process.egid)

    def check_writable(self, process: Process, directory: Directory) -> None:
        """Refuse unless a process may change a directory's entries."""
        if not directory.may(process, MAY_WRITE | MAY_EXEC):
            raise KernelError(EACCES)

    def _check_new(self, process: Process, parent: Directory, refusal: int) -> None:
        if not parent.links or parent.refuses == ENOENT:
            raise KernelError(ENOENT)
        self.check_writable(process, parent)
        if parent.refuses:
            raise KernelError(refusal)

    # Find the directory for a name that must not be there yet.
    def _new_name(
        self, process: Process, path: str, *, directory: bool = False
    ) -> tuple[Directory, str]:
        parent, name, slash = self.resolve_parent(process, path)
        try:
            self._step(process, parent, name)
        except KernelError as error:
            if error.errno != ENOENT or (slash and not directory):
                raise
        else:
            raise KernelError(EEXIST)
        self._check_new(process, parent, EPERM)
        return parent, name

    def mkdir(self, process: Process, path: str, mode: int) -> None:
        """Make a directory."""
        parent, name = self._new_name(process, path, directory=True)
        parent.create_directory(name, mode & ~process.umask, process.euid, process.egid)

    def symlink(self, process: Process, target: str, path: str) -> None:
        """Make a symbolic link."""
        if not target:
            raise KernelError(ENOENT)
        if len(target.encode("utf-8", "surrogateescape")) >= _PATH_BYTES_MAX:
            raise KernelError(ENAMETOOLONG)
        parent, name = self._new_name(process, path)
        parent.add(name, Symlink(self, target, process.euid, process.egid))

    def link(self, process: Process, old: str, new: str) -> None:
        """Make a hard link."""
        inode = self.resolve(process, old, follow=False)
        parent, name = self._new_name(process, new)
        if inode.device != parent.device:
            raise KernelError(EXDEV)
        # Linux: fs/namei.c may_linkat() (v6.1), with fs.protected_hardlinks=1.
        is_own = process.euid in (0, inode.uid) or inode.may(process, MAY_READ | MAY_WRITE)
        if isinstance(inode, Directory) or not is_own:
            raise KernelError(EPERM)
        parent.add(name, inode)
        inode.links += 1
        inode.changed()

    def unlink(self, process: Process, path: str) -> None:
        """Remove a name that is no directory."""
        parent, name, slash = self.resolve_parent(process, path)
        inode = self._step(process, parent, name)
        if slash and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if name not in (".", ".."):
            self._check_removable(process, parent, inode)
        if isinstance(inode, Directory):
            raise KernelError(EISDIR)
        parent.remove(name)
        inode.lose_name()

    def rmdir(self, process: Process, path: str) -> None:
        """Remove an empty directory."""
        parent, name, _ = self.resolve_parent(process, path)
        inode = self._step(process, parent, name)
        if name == "..":
            raise KernelError(ENOTEMPTY)
        if name == ".":
            raise KernelError(EINVAL if path.strip("/") else EBUSY)
        self._check_removable(process, parent, inode)
        if not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if inode.names():
            raise KernelError(ENOTEMPTY)
        parent.remove(name)
        inode.lose_name()

    # Linux: fs/namei.c may_delete() (v6.1), and what file systems and mounts refuse.
    def _check_removable(self, process: Process, parent: Directory, inode: Inode) -> None:
        self.check_writable(process, parent)
        owners = (inode.uid, parent.uid, 0)
        if parent.permissions & S_ISVTX and process.euid not in owners:
            raise KernelError(EPERM)
        if isinstance(inode, Directory) and inode.device != parent.device:
            raise KernelError(EBUSY)
        if parent.refuses:
            raise KernelError(EPERM)

    def rename(self, process: Process, old: str, new: str) -> None:
        """Move a name, over an existing file or empty directory if need be."""
        parent, name, slash = self.resolve_parent(process, old)
        inode = self._step(process, parent, name)
        target_parent, target_name, target_slash = self.resolve_parent(process, new)
        if parent.device != target_parent.device:
            raise KernelError(EXDEV)
        if name in (".", "..") or target_name in (".", ".."):
            raise KernelError(EBUSY)
        try:
            existing = self._step(process, target_parent, target_name)
        except KernelError as error:
            if error.errno != ENOENT:
                raise
            existing = None
        if (slash or target_slash) and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if isinstance(inode, Directory):
            self._check_not_inside(inode, target_parent)
        if existing is inode:
            return
        if isinstance(existing, Directory) and existing in _above(parent):
            raise KernelError(ENOTEMPTY)
        self._check_removable(process, parent, inode)
        self._check_target(process, target_parent, inode, existing)
        if isinstance(inode, Directory) and parent is not target_parent:
            # Its ".." changes, which is in it.
            self.check_writable(process, inode)
        if type(parent) is not type(target_parent) and not isinstance(inode, RegularFile):
            raise KernelError(EXDEV)
        if existing is not None:
            target_parent.remove(target_name)
            existing.lose_name()
        parent.move(name, target_parent, target_name)
        inode.changed()

    def _check_not_inside(self, inode: Directory, target: Directory) -> None:
        if inode in _above(target):
            raise KernelError(EINVAL)

    def _check_target(
        self, process: Process, parent: Directory, inode: Inode, existing: Inode | None
    ) -> None:
        if existing is None:
            self._check_new(process, parent, EPERM)
            return
        self._check_removable(process, parent, existing)
        if isinstance(existing, Directory):
            if not isinstance(inode, Directory):
                raise KernelError(EISDIR)
            if existing.names():
                raise KernelError(ENOTEMPTY)
        elif isinstance(inode, Directory):
            raise KernelError(ENOTDIR)

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


# A directory and all that it is in.
def _above(directory: Directory) -> list[Directory]:
    found = [directory]
    while directory.parent is not directory:
        directory = directory.parent
        found.append(directory)
    return found


def _name_in(parent: Directory, directory: Directory) -> str:
    names = [name for name, inode in parent.entries.items() if inode is directory]
    names += [] if names else [n for n in parent.names() if parent.lookup(n) is directory]
    return names[0] if names else directory.last_name
