"""Reading and writing files of /proc by system calls."""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.kernel import inode as ino

SECOND_NS = 1_000_000_000


def read(sys, path):
    fd = sys.open(path)
    data = sys.read(fd)
    sys.close(fd)
    return data.decode()


def text(bench, path, uid=0):
    return bench.call(lambda sys: read(sys, path), uid=uid)


def errno_of(bench, function, uid=0):
    def run(sys):
        try:
            function(sys)
        except KernelError as error:
            return error.errno
        return 0

    return bench.call(run, uid=uid)


def write(path, data):
    return lambda sys: sys.write(sys.open(path, ino.O_WRONLY), data)
