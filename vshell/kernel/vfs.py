"""Files: inodes in memory, directories, paths, permissions and open files.

An *inode* is what a path leads to; an *open file* is what a descriptor leads to. Files whose contents are
computed (/proc, /sys, devices) are inodes of their own kind with the same face, so that no program knows the
difference. Times are dates of the virtual clock.

Source: fs/namei.c, fs/open.c, fs/attr.c (v6.1), as far as programs can tell.
"""

from __future__ import annotations

from vshell.abi.errno import (
    EACCES,
    EEXIST,
    EFBIG,
    EINVAL,
    EISDIR,
    ELOOP,
    ENAMETOOLONG,
    ENOENT,
    ENOSPC,
    ENOTDIR,
    ENOTEMPTY,
    EPERM,
    ESPIPE,
    EXDEV,
    KernelError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.process import Process

__all__ = [
    "ComputedFile",
    "Device",
    "Directory",
    "File",
    "Inode",
    "OpenFile",
    "RegularFile",
    "Symlink",
    "Vfs",
]

S_IFMT = 0o170000
S_IFIFO, S_IFCHR, S_IFDIR, S_IFREG, S_IFLNK = 0o010000, 0o020000, 0o040000, 0o100000, 0o120000
S_ISUID, S_ISGID, S_ISVTX = 0o4000, 0o2000, 0o1000
MAY_EXEC, MAY_WRITE, MAY_READ = 1, 2, 4

O_ACCMODE, O_RDONLY, O_WRONLY, O_RDWR = 3, 0, 1, 2
O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0o100, 0o200, 0o1000, 0o2000
O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC = 0o4000, 0o200000, 0o400000, 0o2000000

SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA = 0, 1, 2, 3

NAME_BYTES_MAX = 255
PATH_BYTES_MAX = 4096
SYMLINKS_MAX = 40
FILE_BYTES_MAX = 1 << 28
VFS_BYTES_MAX = 1 << 30


class Inode:
    """What a path leads to. Subclasses say what it holds."""

    kind = S_IFREG
    device = 1

    def __init__(self, vfs: Vfs, mode: int, uid: int = 0, gid: int = 0) -> None:
        """Make an inode with permission bits and an owner."""
        self.vfs = vfs
        self.number = vfs.next_inode_number()
        self.permissions = mode
        self.uid = uid
        self.gid = gid
        self.links = 1
        now_ns = vfs.wall_ns()
        self.atime_ns = self.mtime_ns = self.ctime_ns = now_ns

    @property
    def mode(self) -> int:
        """Type and permissions, as stat() gives them."""
        return self.kind | self.permissions

    def size(self) -> int:
        """Bytes, as stat() gives them."""
        return 0

    def open(self, process: Process, flags: int) -> File:
        """Open it for a process that may.

        Raises:
            KernelError: it cannot be opened so.
        """
        raise KernelError(EACCES)

    def may(self, process: Process, mask: int) -> bool:
        """Tell whether a process may read, write or execute (search) it."""
        if process.euid == 0:
            # Root may all, but run only what somebody may run.
            return not mask & MAY_EXEC or self.kind == S_IFDIR or bool(self.permissions & 0o111)
        if process.euid == self.uid:
            bits = self.permissions >> 6
        elif process.egid == self.gid or self.gid in process.groups:
            bits = self.permissions >> 3
        else:
            bits = self.permissions
        return bits & mask == mask

    def touch(self) -> None:
        """Note that its contents have changed."""
        self.mtime_ns = self.ctime_ns = self.vfs.wall_ns()

    # What a change of owner, mode or times means to whoever keeps the file elsewhere.
    def changed(self) -> None:
        """Note that its attributes have changed."""
        self.ctime_ns = self.vfs.wall_ns()


class RegularFile(Inode):
    """A file with bytes in memory."""

    kind = S_IFREG

    def __init__(self, vfs: Vfs, mode: int, uid: int = 0, gid: int = 0, data: bytes = b"") -> None:
        """Make a file with contents."""
        super().__init__(vfs, mode, uid, gid)
        self.data = bytearray(data)
        vfs.use(len(data))

    def size(self) -> int:
        """Bytes of its contents."""
        return len(self.data)

    def open(self, process: Process, flags: int) -> File:
        """Open it; O_TRUNC empties it."""
        del process
        if flags & O_TRUNC and flags & O_ACCMODE != O_RDONLY:
            self.truncate(0)
        return OpenFile(self, flags)

    def truncate(self, size: int) -> None:
        """Cut it, or fill it with zeros, to a size."""
        if size > FILE_BYTES_MAX:
            raise KernelError(EFBIG)
        grown = size - len(self.data)
        self.vfs.use(grown)
        if grown < 0:
            del self.data[size:]
        else:
            self.data.extend(bytes(grown))
        self.touch()

    def forget(self) -> None:
        """Give back the memory of its contents: the last name is gone."""
        self.vfs.use(-len(self.data))
        self.data = bytearray()

    def read_at(self, position: int, count: int) -> bytes:
        """Read from a position."""
        return bytes(self.data[position : position + count])

    def write_at(self, position: int, data: bytes) -> int:
        """Write at a position, beyond the end too."""
        end = position + len(data)
        if end > FILE_BYTES_MAX:
            raise KernelError(EFBIG)
        if end > len(self.data):
            self.vfs.use(end - len(self.data))
            self.data.extend(bytes(end - len(self.data)))
        self.data[position:end] = data
        self.touch()
        return len(data)


class Symlink(Inode):
    """A symbolic link."""

    kind = S_IFLNK

    def __init__(self, vfs: Vfs, target: str, uid: int = 0, gid: int = 0) -> None:
        """Make a link to a path."""
        super().__init__(vfs, 0o777, uid, gid)
        self.target = target

    def size(self) -> int:
        """Bytes of the target's path."""
        return len(self.target.encode())

    def read_target(self) -> str:
        """Give the path it leads to.

        Raises:
            KernelError: ENOENT where it leads nowhere.
        """
        return self.target

    def follow(self) -> Inode | None:
        """Give the inode it leads to, where that is not by a path."""
        return None


class Directory(Inode):
    """A directory: names and inodes, in the order of their making."""

    kind = S_IFDIR

    def __init__(self, vfs: Vfs, mode: int = 0o755, uid: int = 0, gid: int = 0) -> None:
        """Make an empty directory."""
        super().__init__(vfs, mode, uid, gid)
        self.entries: dict[str, Inode] = {}
        self.parent: Directory = self
        self.mount: str | None = None
        self.links = 2

    def size(self) -> int:
        """What directories say of their size."""
        return 4096

    def lookup(self, name: str) -> Inode | None:
        """Find an entry."""
        return self.entries.get(name)

    def names(self) -> list[str]:
        """List the entries, without "." and ".."."""
        return list(self.entries)

    def add(self, name: str, inode: Inode) -> None:
        """Enter an inode under a name."""
        self.entries[name] = inode
        if isinstance(inode, Directory):
            inode.parent = self
            self.links += 1
        self.touch()

    def remove(self, name: str) -> None:
        """Take an entry out."""
        inode = self.entries.pop(name)
        if isinstance(inode, Directory):
            self.links -= 1
        self.touch()

    def move(self, name: str, target: Directory, target_name: str) -> None:
        """Move an entry to another directory."""
        inode = self.lookup(name)
        assert inode is not None
        self.remove(name)
        target.add(target_name, inode)

    def create_file(self, name: str, mode: int, uid: int, gid: int) -> Inode:
        """Make a regular file in it."""
        inode = RegularFile(self.vfs, mode, uid, gid)
        self.add(name, inode)
        return inode

    def create_directory(self, name: str, mode: int, uid: int, gid: int) -> Directory:
        """Make a directory in it."""
        inode = Directory(self.vfs, mode, uid, gid)
        self.add(name, inode)
        return inode

    def open(self, process: Process, flags: int) -> File:
        """Open it for reading its entries."""
        del process
        if flags & O_ACCMODE != O_RDONLY or flags & O_CREAT:
            raise KernelError(EISDIR)
        return OpenFile(self, flags)


class ComputedFile(Inode):
    """A file whose contents are computed when it is opened, and whose writes are acted upon (/proc, /sys)."""

    device = 5

    def __init__(
        self,
        vfs: Vfs,
        mode: int,
        read: Callable[[], bytes] | None,
        write: Callable[[bytes], None] | None = None,
    ) -> None:
        """Make a file from two functions.

        Args:
            vfs: whose.
            mode: permissions.
            read: gives the contents; None if it cannot be read.
            write: takes what one write() wrote; raises KernelError to refuse.
        """
        super().__init__(vfs, mode)
        self.read = read
        self.write = write

    def open(self, process: Process, flags: int) -> File:
        """Open it; its contents are those of this moment."""
        del process
        if flags & O_ACCMODE != O_RDONLY and self.write is None:
            raise KernelError(EACCES)
        return _ComputedOpen(self, flags)


class Device(Inode):
    """A character device: a function makes the open file."""

    kind = S_IFCHR

    def __init__(
        self, vfs: Vfs, mode: int, rdev: tuple[int, int], opener: Callable[[Device, int], File]
    ):
        """Make a device node with its major and minor number."""
        super().__init__(vfs, mode)
        self.rdev = rdev
        self.opener = opener

    def open(self, process: Process, flags: int) -> File:
        """Open the device."""
        del process
        return self.opener(self, flags)


class File:
    """What a descriptor leads to: shared by all descriptors made from it by dup() and fork()."""

    def __init__(self, inode: Inode | None, flags: int) -> None:
        """Open ``inode``."""
        self.inode = inode
        self.flags = flags
        self.position = 0
        self.users = 0

    def is_readable(self) -> bool:
        """Tell whether it was opened for reading."""
        return self.flags & O_ACCMODE != O_WRONLY

    def is_writable(self) -> bool:
        """Tell whether it was opened for writing."""
        return self.flags & O_ACCMODE != O_RDONLY

    def read(self, count: int) -> bytes:
        """Read up to ``count`` bytes, b"" at the end. May sleep."""
        del count
        raise KernelError(EINVAL)

    def write(self, data: bytes) -> int:
        """Write; give how many bytes were taken. May sleep."""
        del data
        raise KernelError(EINVAL)

    def seek(self, offset: int, whence: int) -> int:
        """Move the position; give the new one."""
        del offset, whence
        raise KernelError(ESPIPE)

    def is_tty(self) -> bool:
        """Tell whether it is a terminal."""
        return False

    def release(self) -> None:
        """Close for good: the last descriptor is gone."""


class OpenFile(File):
    """An open regular file or directory."""

    def read(self, count: int) -> bytes:
        """Read from the position."""
        inode = self.inode
        if isinstance(inode, Directory):
            raise KernelError(EISDIR)
        assert isinstance(inode, RegularFile)
        data = inode.read_at(self.position, count)
        self.position += len(data)
        return data

    def write(self, data: bytes) -> int:
        """Write at the position, or at the end with O_APPEND."""
        inode = self.inode
        assert isinstance(inode, RegularFile)
        if self.flags & O_APPEND:
            self.position = inode.size()
        written = inode.write_at(self.position, data)
        self.position += written
        return written

    def seek(self, offset: int, whence: int) -> int:
        """Move the position."""
        assert self.inode is not None
        base = {SEEK_SET: 0, SEEK_CUR: self.position, SEEK_END: self.inode.size()}.get(whence)
        if base is None or base + offset < 0:
            raise KernelError(EINVAL)
        self.position = base + offset
        return self.position


class _ComputedOpen(File):
    # The contents are computed at the first read and then stay, as a seq_file's do.
    def __init__(self, inode: ComputedFile, flags: int) -> None:
        super().__init__(inode, flags)
        self._content: bytes | None = None

    def read(self, count: int) -> bytes:
        inode = self.inode
        assert isinstance(inode, ComputedFile)
        if self._content is None or self.position == 0:
            if inode.read is None:
                raise KernelError(EACCES)
            self._content = inode.read()
        data = self._content[self.position : self.position + count]
        self.position += len(data)
        return data

    def write(self, data: bytes) -> int:
        inode = self.inode
        assert isinstance(inode, ComputedFile)
        assert inode.write is not None
        inode.write(data)
        return len(data)

    def seek(self, offset: int, whence: int) -> int:
        if whence not in (SEEK_SET, SEEK_CUR):
            raise KernelError(EINVAL)
        self.position = offset if whence == SEEK_SET else self.position + offset
        return self.position


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
        """Give the date, nanoseconds since 1970; while the host's tree is built, the date of installation."""
        if self.installing_ns is not None:
            return self.installing_ns
        kernel = self._kernel
        return kernel.clock.wall_ns(kernel.sched.now_ns)

    def use(self, count: int) -> None:
        """Account for bytes kept in memory (negative when freed).

        Raises:
            KernelError: ENOSPC.
        """
        if count > 0 and self._used + count > VFS_BYTES_MAX:
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
            inode = self._follow(process, parent, inode, SYMLINKS_MAX)
        if must_be_directory and not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        return inode

    def resolve_parent(self, process: Process, path: str) -> tuple[Directory, str, bool]:
        """Find the directory that holds a path's last name.

        Returns:
            The directory, the last name ("." for the directory itself), and whether a slash follows it.
        """
        if not path:
            raise KernelError(ENOENT)
        if len(path.encode("utf-8", "surrogateescape")) >= PATH_BYTES_MAX:
            raise KernelError(ENAMETOOLONG)
        here = self.root if path.startswith("/") else process.cwd
        parts = [part for part in path.split("/") if part]
        if not parts:
            return here, ".", False
        for part in parts[:-1]:
            here = self._into(process, here, part, SYMLINKS_MAX)
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
        if len(name.encode("utf-8", "surrogateescape")) > NAME_BYTES_MAX:
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
            return self._follow(process, parent, link, SYMLINKS_MAX)
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
