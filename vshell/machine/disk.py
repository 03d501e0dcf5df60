"""The disk below one real directory, and nothing else of it.

A name is reached step by step: each directory on the way is opened relative to the one before, and
never through a symbolic link. So a directory that somebody swaps for a link while the host stands
in it leads nowhere, at whatever moment that happens. Looking first and opening the whole path after
that would leave a moment between the two.

Names are relative to the directory, with slashes between; "" is the directory itself. They never
hold "." or "..": those are the virtual file system's.
"""

from __future__ import annotations

import os
from errno import EINVAL
from stat import S_ISREG

__all__ = ["Disk"]

# Linux's way to hold a directory that need not be readable.
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
# A name that has become a FIFO must not make anybody wait.
_FILE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Disk:
    """What lies below one directory. All methods raise OSError."""

    __slots__ = ("_root",)

    def __init__(self, root: str) -> None:
        """Stand for what is below a real path without links."""
        self._root = root

    def status(self, name: str) -> os.stat_result:
        """Give what lstat() tells of an entry."""
        with self._holder(name) as (folder, last):
            return os.stat(last, dir_fd=folder, follow_symlinks=False)

    def names(self, name: str) -> list[str]:
        """List a directory."""
        with self._holder(f"{name}/.") as (folder, last):
            fd = os.open(last, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
            try:
                return os.listdir(fd)
            finally:
                os.close(fd)

    def read(self, name: str, count_max: int) -> bytes:
        """Read a regular file, so many bytes at most."""
        with self._holder(name) as (folder, last):
            fd = os.open(last, os.O_RDONLY | _FILE, dir_fd=folder)
        with os.fdopen(fd, "rb") as file:
            _check_regular(os.fstat(fd))
            return file.read(count_max)

    def write(self, name: str, data: bytes | bytearray, mode: int) -> os.stat_result:
        """Give a regular file these contents; make it with a mode if it is not there.

        A file with another name, which may lie anywhere, is left to that name: this one gets a file
        of its own. The old contents make way for the new ones in place, so that whenever the
        process is killed, one or the other is there.

        Returns:
            What stat() tells of it then.
        """
        flags = os.O_WRONLY | os.O_CREAT | _FILE
        with self._holder(name) as (folder, last):
            fd = os.open(last, flags, mode, dir_fd=folder)
            if os.fstat(fd).st_nlink > 1:
                os.close(fd)
                os.unlink(last, dir_fd=folder)
                fd = os.open(last, flags | os.O_EXCL, mode, dir_fd=folder)
        with os.fdopen(fd, "wb", buffering=0) as file:
            _check_regular(os.fstat(fd))
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
            os.ftruncate(fd, len(data))
            return os.fstat(fd)

    def chmod(self, name: str, mode: int) -> None:
        """Change an entry's permissions, not those of what a link leads to."""
        with self._holder(name) as (folder, last):
            flags = os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
            fd = os.open(last, flags, dir_fd=folder)
        try:
            # A descriptor that only stands for a file takes no fchmod(); its name in /proc does.
            os.chmod(f"/proc/self/fd/{fd}", mode)
        finally:
            os.close(fd)

    def mkdir(self, name: str, mode: int) -> None:
        """Make a directory."""
        with self._holder(name) as (folder, last):
            os.mkdir(last, mode, dir_fd=folder)

    def symlink(self, target: str, name: str) -> None:
        """Make a symbolic link."""
        with self._holder(name) as (folder, last):
            os.symlink(target, last, dir_fd=folder)

    def readlink(self, name: str) -> str:
        """Give what a symbolic link holds."""
        with self._holder(name) as (folder, last):
            return os.readlink(last, dir_fd=folder)

    def unlink(self, name: str) -> None:
        """Remove what is no directory."""
        with self._holder(name) as (folder, last):
            os.unlink(last, dir_fd=folder)

    def rmdir(self, name: str) -> None:
        """Remove an empty directory."""
        with self._holder(name) as (folder, last):
            os.rmdir(last, dir_fd=folder)

    def rename(self, name: str, new_name: str) -> None:
        """Move an entry, in one step."""
        with self._holder(name) as (folder, last), self._holder(new_name) as (target, new_last):
            os.rename(last, new_last, src_dir_fd=folder, dst_dir_fd=target)

    def _holder(self, name: str) -> _Holder:
        return _Holder(self._root, name)


# The directory that holds an entry, open as long as one is inside; gives it with the last name.
class _Holder:
    __slots__ = ("_fd", "_name", "_root")

    def __init__(self, root: str, name: str) -> None:
        self._root = root
        self._name = name

    def __enter__(self) -> tuple[int, str]:
        *way, last = self._name.split("/")
        fd = os.open(self._root, _FOLDER)
        for name in way:
            if not name:
                continue
            try:
                below = os.open(name, _FOLDER, dir_fd=fd)
            finally:
                os.close(fd)
            fd = below
        self._fd = fd
        return fd, last or "."

    def __exit__(self, *exc: object) -> None:
        os.close(self._fd)


def _check_regular(status: os.stat_result) -> None:
    if not S_ISREG(status.st_mode):
        raise OSError(EINVAL, os.strerror(EINVAL))
