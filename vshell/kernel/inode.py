"""Inodes and open files: what paths and descriptors lead to.

An *inode* is what a path leads to; an *open file* is what a descriptor leads to. Files whose
contents are computed (/proc, /sys, devices) are inodes of their own kind with the same face, so
that no program knows the difference. Times are dates of the virtual clock.

More than 400 lines, one idea: each kind of inode opens its own kind of file.

Source: fs/inode.c, fs/open.c, fs/file_table.c (v6.1), as far as programs can tell.
"""

from __future__ import annotations

from vshell.abi.errno import EACCES, EFBIG, EINVAL, EISDIR, ESPIPE, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.process import Process
    from vshell.kernel.vfs import Vfs

__all__ = [
    "FILE_BYTES_MAX",
    "MAY_EXEC",
    "MAY_READ",
    "MAY_WRITE",
    "O_ACCMODE",
    "O_APPEND",
    "O_CLOEXEC",
    "O_CREAT",
    "O_DIRECTORY",
    "O_EXCL",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_RDONLY",
    "O_RDWR",
    "O_TRUNC",
    "O_WRONLY",
    "SEEK_CUR",
    "SEEK_DATA",
    "SEEK_END",
    "SEEK_SET",
    "S_IFCHR",
    "S_IFDIR",
    "S_IFIFO",
    "S_IFLNK",
    "S_IFMT",
    "S_IFREG",
    "S_ISGID",
    "S_ISUID",
    "S_ISVTX",
    "ComputedFile",
    "Device",
    "Directory",
    "File",
    "Inode",
    "OpenFile",
    "RegularFile",
    "Symlink",
]

S_IFMT = 0o170000
S_IFIFO, S_IFCHR, S_IFDIR, S_IFREG, S_IFLNK = 0o010000, 0o020000, 0o040000, 0o100000, 0o120000
S_ISUID, S_ISGID, S_ISVTX = 0o4000, 0o2000, 0o1000
MAY_EXEC, MAY_WRITE, MAY_READ = 1, 2, 4

O_ACCMODE, O_RDONLY, O_WRONLY, O_RDWR = 3, 0, 1, 2
O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0o100, 0o200, 0o1000, 0o2000
O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC = 0o4000, 0o200000, 0o400000, 0o2000000

SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA = 0, 1, 2, 3

FILE_BYTES_MAX = 1 << 28
_DAY_NS = 86_400_000_000_000


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
        del process, flags
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

    def accessed(self) -> None:
        """Note that it has been read, as a file system mounted with relatime does."""
        # Linux: fs/inode.c relatime_need_update() (v6.1).
        now_ns = self.vfs.wall_ns()
        seen_ns = self.atime_ns
        if seen_ns <= max(self.mtime_ns, self.ctime_ns) or now_ns - seen_ns >= _DAY_NS:
            self.atime_ns = now_ns

    def lose_name(self) -> None:
        """Note that a name of it is gone."""
        self.links -= 1
        self.changed()

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
        self.opened = 0
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
        if size < 0:
            raise KernelError(EINVAL)
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
        """Give back the memory of its contents."""
        self.vfs.use(-len(self.data))
        self.data = bytearray()

    def lose_name(self) -> None:
        """Note that a name is gone; without names and open files it is no more."""
        super().lose_name()
        self.forget_if_unused()

    def forget_if_unused(self) -> None:
        """Give the memory back if nothing leads here any more."""
        if not self.links and not self.opened:
            self.forget()

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
        return len(self.target.encode("utf-8", "surrogateescape"))

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
    refuses = 0
    """The errno for who makes or removes entries where nobody can; 0: who may, can."""

    def __init__(self, vfs: Vfs, mode: int = 0o755, uid: int = 0, gid: int = 0) -> None:
        """Make an empty directory."""
        super().__init__(vfs, mode, uid, gid)
        self.entries: dict[str, Inode] = {}
        self.parent: Directory = self
        self.last_name = ""
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
            inode.last_name = name
        self.touch()

    def lose_name(self) -> None:
        """Note that it is removed: nothing can be made in it any more."""
        self.links = 0
        self.changed()

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
    """A file whose contents are computed, as in /proc and /sys.

    They are computed when it is opened; what is written is acted upon.
    """

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
    ) -> None:
        """Make a device node with its major and minor number."""
        super().__init__(vfs, mode)
        self.rdev = rdev
        self.opener = opener

    def open(self, process: Process, flags: int) -> File:
        """Open the device."""
        del process
        return self.opener(self, flags)


class File:
    """What a descriptor leads to.

    Shared by all descriptors made from it by dup() and fork().
    """

    def __init__(self, inode: Inode | None, flags: int) -> None:
        """Open ``inode``."""
        self.inode = inode
        self.flags = flags
        self.position = 0
        self.users = 0
        self.directory: Directory | None = None
        self.name = ""

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

    def can_read(self) -> bool:
        """Tell whether a read would not sleep."""
        return True

    def is_tty(self) -> bool:
        """Tell whether it is a terminal."""
        return False

    def release(self) -> None:
        """Close for good: the last descriptor is gone."""


class OpenFile(File):
    """An open regular file or directory."""

    def __init__(self, inode: RegularFile | Directory, flags: int) -> None:
        """Open ``inode``, which stays as long as it is open."""
        super().__init__(inode, flags)
        if isinstance(inode, RegularFile):
            inode.opened += 1

    def release(self) -> None:
        """Close it; what has no name any more is gone."""
        if isinstance(self.inode, RegularFile):
            self.inode.opened -= 1
            self.inode.forget_if_unused()

    def read(self, count: int) -> bytes:
        """Read from the position."""
        inode = self.inode
        if isinstance(inode, Directory):
            raise KernelError(EISDIR)
        assert isinstance(inode, RegularFile)
        data = inode.read_at(self.position, count)
        self.position += len(data)
        inode.accessed()
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
                raise KernelError(EINVAL)
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
        position = {SEEK_SET: offset, SEEK_CUR: self.position + offset}.get(whence, -1)
        if position < 0:
            raise KernelError(EINVAL)
        self.position = position
        return position
