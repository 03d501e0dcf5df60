"""System calls on files: descriptors, terminals and paths.

Programs reach them through ``vshell.kernel.syscall``. Paths are text with undecodable bytes escaped
(surrogateescape); file contents are bytes.

More than 400 lines, one idea: each call is a few lines of checks around what the VFS does.

Source: the Linux manual pages, section 2.
"""

from __future__ import annotations

from vshell.abi.errno import (
    EACCES,
    EBADF,
    EINVAL,
    EISDIR,
    ENOENT,
    ENOTDIR,
    ENOTTY,
    EPERM,
    KernelError,
)
from vshell.kernel import costs
from vshell.kernel.inode import (
    MAY_EXEC,
    MAY_READ,
    MAY_WRITE,
    O_CLOEXEC,
    O_RDONLY,
    Device,
    Directory,
    Inode,
    RegularFile,
    Symlink,
)
from vshell.kernel.pipe import make_pipe
from vshell.kernel.process import DESCRIPTORS_MAX
from vshell.kernel.syscall_entry import Caller, system_call
from vshell.kernel.tty import Question, TtyFile

__all__ = ["FileCalls", "Stat"]

_READ_BYTES_MAX = 1 << 20


class Stat:
    """What stat() gives: times in nanoseconds since 1970, sizes in bytes."""

    __slots__ = (
        "atime_ns",
        "ctime_ns",
        "device",
        "gid",
        "inode",
        "links",
        "mode",
        "mtime_ns",
        "rdev",
        "size",
        "uid",
    )

    def __init__(self, inode: Inode) -> None:
        """Copy an inode's attributes."""
        self.inode = inode.number
        self.device = inode.device
        self.mode = inode.mode
        self.uid = inode.uid
        self.gid = inode.gid
        self.links = inode.links
        self.size = inode.size()
        self.atime_ns = inode.atime_ns
        self.mtime_ns = inode.mtime_ns
        self.ctime_ns = inode.ctime_ns
        self.rdev = inode.rdev if isinstance(inode, Device) else (0, 0)


class FileCalls(Caller):
    """The system calls that name a file, by descriptor or by path."""

    # -- Descriptors ----------------------------------------------------------------------------

    @system_call
    def open(self, path: str, flags: int = O_RDONLY, mode: int = 0o666) -> int:
        """Open a file; give its descriptor."""
        self._sched.charge(costs.PATH_NS)
        file = self._vfs.open(self._process, path, flags, mode)
        fd = self._process.install(file)
        if flags & O_CLOEXEC:
            self._process.cloexec.add(fd)
        return fd

    @system_call
    def close(self, fd: int) -> None:
        """Close a descriptor."""
        self._process.close(fd)

    @system_call
    def read(self, fd: int, count: int = _READ_BYTES_MAX) -> bytes:
        """Read up to ``count`` bytes; b"" is the end. May sleep."""
        file = self._process.file(fd)
        if not file.is_readable():
            raise KernelError(EBADF)
        data = file.read(count)
        self._sched.charge(len(data) * costs.BYTE_NS_PER_KIB >> 10)
        return data

    @system_call
    def can_read(self, fd: int) -> bool:
        """Tell whether a read would not sleep (poll without a timeout)."""
        return self._process.file(fd).can_read()

    @system_call
    def write(self, fd: int, data: bytes) -> int:
        """Write; give how many bytes were taken. May sleep."""
        file = self._process.file(fd)
        if not file.is_writable():
            raise KernelError(EBADF)
        self._sched.charge(len(data) * costs.BYTE_NS_PER_KIB >> 10)
        return file.write(data)

    @system_call
    def lseek(self, fd: int, offset: int, whence: int) -> int:
        """Move a file's position; give the new one."""
        return self._process.file(fd).seek(offset, whence)

    @system_call
    def dup(self, fd: int, lowest: int = 0) -> int:
        """Give an open file one more descriptor, the lowest from ``lowest`` on."""
        file = self._process.file(fd)
        if not 0 <= lowest < DESCRIPTORS_MAX:
            raise KernelError(EINVAL)
        return self._process.install(file, lowest)

    @system_call
    def dup2(self, old: int, new: int) -> None:
        """Make ``new`` lead where ``old`` leads."""
        file = self._process.file(old)
        if not 0 <= new < DESCRIPTORS_MAX:
            raise KernelError(EBADF)
        if old == new:
            return
        if new in self._process.files:
            self._process.close(new)
        self._process.files[new] = file
        file.users += 1

    @system_call
    def set_cloexec(self, fd: int, *, on: bool = True) -> None:
        """Close the descriptor at exec, or not (fcntl F_SETFD)."""
        self._process.file(fd)
        if on:
            self._process.cloexec.add(fd)
        else:
            self._process.cloexec.discard(fd)

    @system_call
    def pipe(self) -> tuple[int, int]:
        """Make a pipe; give the descriptors to read from and to write to."""
        reader, writer = make_pipe(self._kernel, self._vfs)
        fd = self._process.install(reader)
        try:
            return fd, self._process.install(writer)
        except KernelError:
            self._process.close(fd)
            raise

    @system_call
    def fstat(self, fd: int) -> Stat:
        """Give the attributes of an open file."""
        inode = self._process.file(fd).inode
        if inode is None:
            inode = RegularFile(self._vfs, 0o600)
        return Stat(inode)

    @system_call
    def ftruncate(self, fd: int, size: int) -> None:
        """Cut or grow an open file."""
        file = self._process.file(fd)
        if not file.is_writable() or not isinstance(file.inode, RegularFile):
            raise KernelError(EINVAL)
        file.inode.truncate(size)

    def descriptors(self) -> list[int]:
        """List the open descriptors (what /proc/self/fd holds)."""
        return sorted(self._process.files)

    # -- Terminals ------------------------------------------------------------------------------

    def isatty(self, fd: int) -> bool:
        """Tell whether a descriptor leads to a terminal."""
        file = self._process.files.get(fd)
        return file is not None and file.is_tty()

    @system_call
    def window_size(self, fd: int) -> tuple[int, int]:
        """Give columns and rows of a terminal (TIOCGWINSZ)."""
        tty = self._tty_of(fd)
        return tty.tty.columns, tty.tty.rows

    @system_call
    def set_window_size(self, fd: int, columns: int, rows: int) -> None:
        """Set columns and rows of a terminal (TIOCSWINSZ)."""
        self._tty_of(fd).tty.resize(columns, rows)

    @system_call
    def tty_echo(self, fd: int) -> bool:
        """Tell whether a terminal shows what is typed (tcgetattr)."""
        return self._tty_of(fd).tty.echo

    @system_call
    def set_tty_echo(self, fd: int, on: bool) -> None:  # noqa: FBT001 - ECHO is a flag
        """Have a terminal show what is typed, or not (tcsetattr)."""
        tty = self._tty_of(fd).tty
        tty.check_change()
        tty.echo = on

    @system_call
    def set_tty_raw(self, fd: int, on: bool, *, signal_keys: bool = True) -> None:  # noqa: FBT001 - ICANON is a flag
        """Have a terminal give each key as it is pressed, or lines again (tcsetattr).

        Args:
            fd: of the terminal.
            on: whether it is to give keys; it does so until this, or until a shell asks there.
            signal_keys: whether keys that send signals still do.
        """
        tty = self._tty_of(fd).tty
        tty.check_change()
        tty.check_reader()
        tty.leave_raw()
        if on:
            tty.enter_raw(lambda: None, signal_keys=signal_keys)

    @system_call
    def tcgetpgrp(self, fd: int) -> int:
        """Give a terminal's foreground process group."""
        return self._tty_of(fd).tty.foreground

    @system_call
    def tcsetpgrp(self, fd: int, pgid: int) -> None:
        """Set a terminal's foreground process group."""
        tty = self._tty_of(fd).tty
        tty.check_change()
        tty.foreground = pgid

    @system_call
    def ask_line(
        self,
        fd: int,
        prompt: str,
        status: int,
        *,
        editing: str = "emacs",
        more: str = "> ",
        is_more: bool = False,
    ) -> None:
        """Have the terminal's front end edit the next line (vshell's own ioctl).

        Args:
            fd: of the terminal.
            prompt: what stands before the line.
            status: exit status of the last command.
            editing: how the line is to be edited: "emacs", "vi" or "".
            more: what is to stand before further lines of the same command.
            is_more: whether the line goes on with an unfinished command.
        """
        pid = self._process.pid
        question = Question(prompt, status, pid, editing=editing, more=more, is_more=is_more)
        self._tty_of(fd).tty.ask(question)

    @system_call
    def tty_interrupts(self, fd: int) -> int:
        """Give how often the interrupt keys were pressed since the last prompt."""
        return self._tty_of(fd).tty.interrupts

    def tty_name(self, fd: int) -> str | None:
        """Give a terminal's path, None if the descriptor leads to none (ttyname)."""
        file = self._process.files.get(fd)
        return f"/dev/{file.tty.name}" if isinstance(file, TtyFile) else None

    def _tty_of(self, fd: int) -> TtyFile:
        file = self._process.file(fd)
        if not isinstance(file, TtyFile):
            raise KernelError(ENOTTY)
        return file

    # -- Paths ----------------------------------------------------------------------------------

    def _resolve(self, path: str, *, follow: bool = True) -> Inode:
        self._sched.charge(costs.PATH_NS)
        return self._vfs.resolve(self._process, path, follow=follow)

    @system_call
    def stat(self, path: str) -> Stat:
        """Give a path's attributes, a link's target's for a link."""
        return Stat(self._resolve(path))

    @system_call
    def lstat(self, path: str) -> Stat:
        """Give a path's attributes, a link's own for a link."""
        return Stat(self._resolve(path, follow=False))

    @system_call
    def access(self, path: str, mask: int) -> bool:
        """Tell whether the caller may read (4), write (2), execute (1) a path.

        0 asks if it exists.
        """
        try:
            inode = self._resolve(path)
        except KernelError:
            return False
        return not mask or inode.may(self._process, mask)

    @system_call
    def listdir(self, path: str) -> list[str]:
        """List a directory's entries, without "." and "..", in its own order."""
        inode = self._resolve(path)
        if not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if not inode.may(self._process, MAY_READ):
            raise KernelError(EACCES)
        inode.accessed()
        return inode.names()

    @system_call
    def readlink(self, path: str) -> str:
        """Give the path a symbolic link holds."""
        inode = self._resolve(path, follow=False)
        if not isinstance(inode, Symlink):
            raise KernelError(EINVAL)
        return inode.read_target()

    @system_call
    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make a directory."""
        self._vfs.mkdir(self._process, path, mode)

    @system_call
    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        self._vfs.rmdir(self._process, path)

    @system_call
    def unlink(self, path: str) -> None:
        """Remove a name."""
        self._vfs.unlink(self._process, path)

    @system_call
    def rename(self, old: str, new: str) -> None:
        """Move a name."""
        self._vfs.rename(self._process, old, new)

    @system_call
    def link(self, old: str, new: str) -> None:
        """Make a hard link."""
        self._vfs.link(self._process, old, new)

    @system_call
    def symlink(self, target: str, path: str) -> None:
        """Make a symbolic link."""
        self._vfs.symlink(self._process, target, path)

    @system_call
    def chmod(self, path: str, mode: int) -> None:
        """Set permission bits."""
        inode = self._owned(path)
        inode.permissions = mode & 0o7777
        inode.changed()

    @system_call
    def chown(self, path: str, uid: int, gid: int) -> None:
        """Set owner and group; -1 leaves one as it is."""
        inode = self._resolve(path)
        process = self._process
        groups = (-1, inode.gid, process.egid, *process.groups)
        own = process.euid == inode.uid and uid in (-1, inode.uid) and gid in groups
        if process.euid and not own:
            raise KernelError(EPERM)
        inode.uid = inode.uid if uid == -1 else uid
        inode.gid = inode.gid if gid == -1 else gid
        inode.changed()

    @system_call
    def utimens(self, path: str, atime_ns: int | None, mtime_ns: int | None) -> None:
        """Set times (nanoseconds since 1970; None is now)."""
        inode = self._resolve(path)
        if atime_ns is None and mtime_ns is None:
            if not inode.may(self._process, MAY_WRITE) and self._process.euid != inode.uid:
                raise KernelError(EACCES)
        elif self._process.euid not in (0, inode.uid):
            raise KernelError(EPERM)
        now_ns = self._vfs.wall_ns()
        inode.atime_ns = now_ns if atime_ns is None else atime_ns
        inode.mtime_ns = now_ns if mtime_ns is None else mtime_ns
        inode.changed()

    def _owned(self, path: str) -> Inode:
        inode = self._resolve(path)
        if self._process.euid not in (0, inode.uid):
            raise KernelError(EPERM)
        return inode

    @system_call
    def truncate(self, path: str, size: int) -> None:
        """Cut or grow a file."""
        inode = self._resolve(path)
        if isinstance(inode, Directory):
            raise KernelError(EISDIR)
        if not isinstance(inode, RegularFile):
            raise KernelError(EINVAL)
        if not inode.may(self._process, MAY_WRITE):
            raise KernelError(EACCES)
        inode.truncate(size)

    @system_call
    def chdir(self, path: str) -> None:
        """Change the working directory."""
        inode = self._resolve(path)
        if not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if not inode.may(self._process, MAY_EXEC):
            raise KernelError(EACCES)
        self._process.cwd = inode

    @system_call
    def getcwd(self) -> str:
        """Give the working directory's path."""
        if not self._process.cwd.links:
            raise KernelError(ENOENT)
        return self._vfs.path_of(self._process.cwd)

    @system_call
    def umask(self, mask: int) -> int:
        """Set the file mode creation mask; give the old one."""
        old = self._process.umask
        self._process.umask = mask & 0o777
        return old

    @system_call
    def filesystem_bytes(self) -> tuple[int, int]:
        """Give the bytes the file system may hold and those it holds (statfs)."""
        return 1 << 30, self._vfs.used_bytes
