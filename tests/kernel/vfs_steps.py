"""What tests of the tree of files do: write and read a file by system calls."""

from __future__ import annotations

from vshell.kernel import inode as ino

USER, OTHER = 1000, 1001
WRITE = ino.O_WRONLY | ino.O_CREAT
MINUTE_NS = 60_000_000_000


def write(sys, path, data=b"", flags=ino.O_TRUNC, mode=0o666):
    fd = sys.open(path, WRITE | flags, mode)
    sys.write(fd, data)
    sys.close(fd)


def read(sys, path):
    fd = sys.open(path)
    data = sys.read(fd)
    sys.close(fd)
    return data
