"""Pipes: 64 KiB between a writer and a reader."""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EAGAIN, EINTR, EPIPE, KernelError
from vshell.abi.signals import SIGPIPE
from vshell.kernel.inode import O_ACCMODE, O_NONBLOCK, O_RDONLY, O_WRONLY, S_IFIFO, File, Inode
from vshell.kernel.wait import WaitQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.process import Process
    from vshell.kernel.vfs import Vfs

__all__ = [
    "PIPE_BUF",
    "PIPE_BYTES",
    "Pipe",
    "PipeReader",
    "PipeWriter",
    "make_pipe",
    "pipe_read",
    "pipe_write",
]

PIPE_BYTES = 65536
PIPE_BUF = 4096


class _PipeInode(Inode):
    kind = S_IFIFO
    device = 14

    def __init__(self, vfs: Vfs, pipe: Pipe) -> None:
        process = pipe.kernel.sched.current.process
        uid, gid = (process.euid, process.egid) if process is not None else (0, 0)
        super().__init__(vfs, 0o600, uid, gid)
        self._pipe = pipe

    # By way of /proc/PID/fd: one more end of the same pipe.
    def open(self, process: Process, flags: int) -> File:
        del process
        pipe = self._pipe
        if flags & O_ACCMODE == O_RDONLY:
            pipe.readers += 1
            return PipeReader(pipe, flags)
        pipe.writers += 1
        return PipeWriter(pipe, flags)


class Pipe:
    """The buffer and who is at its ends."""

    __slots__ = (
        "buffer",
        "inode",
        "kernel",
        "readers",
        "waiting_readers",
        "waiting_writers",
        "writers",
    )

    def __init__(self, kernel: Kernel, vfs: Vfs) -> None:
        """Make an empty pipe with nobody at its ends."""
        self.kernel = kernel
        self.inode = _PipeInode(vfs, self)
        self.buffer = bytearray()
        self.readers = 0
        self.writers = 0
        self.waiting_readers = WaitQueue()
        self.waiting_writers = WaitQueue()


class _End(File):
    def __init__(self, pipe: Pipe, flags: int) -> None:
        super().__init__(pipe.inode, flags)
        self.pipe = pipe


class PipeReader(_End):
    """The end to read from."""

    def read(self, count: int) -> bytes:
        """Read what is there, sleeping until something is; b"" is the end."""
        return pipe_read(self.pipe, count, wait=not self.flags & O_NONBLOCK)

    def can_read(self) -> bool:
        """Something is there, or the end is."""
        return bool(self.pipe.buffer) or not self.pipe.writers

    def release(self) -> None:
        """Leave: writers will get SIGPIPE."""
        self.pipe.readers -= 1
        self.pipe.kernel.waits.wake_up(self.pipe.waiting_writers, exclusive_max=0)


class PipeWriter(_End):
    """The end to write to."""

    def write(self, data: bytes) -> int:
        """Write all of it, sleeping while the pipe is full."""
        return pipe_write(self.pipe, data, wait=not self.flags & O_NONBLOCK)

    def release(self) -> None:
        """Leave: readers will see the end."""
        self.pipe.writers -= 1
        self.pipe.kernel.waits.wake_up(self.pipe.waiting_readers, exclusive_max=0)


def pipe_read(pipe: Pipe, count: int, *, wait: bool) -> bytes:
    """Take up to ``count`` bytes. May sleep (TASK_INTERRUPTIBLE)."""
    kernel = pipe.kernel
    if not count:
        return b""
    if not pipe.buffer and pipe.writers:
        if not wait:
            raise KernelError(EAGAIN)
        status = kernel.waits.wait_event(
            pipe.waiting_readers, lambda: pipe.buffer or not pipe.writers, st.TASK_INTERRUPTIBLE
        )
        if status < 0:
            raise KernelError(EINTR)
    data = bytes(pipe.buffer[:count])
    del pipe.buffer[:count]
    kernel.waits.wake_up(pipe.waiting_writers, exclusive_max=0)
    return data


def pipe_write(pipe: Pipe, data: bytes, *, wait: bool) -> int:
    """Put bytes in. May sleep (TASK_INTERRUPTIBLE).

    Writes of up to PIPE_BUF bytes are not split.
    """
    kernel = pipe.kernel
    written = 0
    while data:
        if not pipe.readers:
            kernel.processes.send_signal(kernel.sched.current, SIGPIPE)
            if written:
                return written
            raise KernelError(EPIPE)
        space = PIPE_BYTES - len(pipe.buffer)
        needed = min(len(data) - written, PIPE_BUF)
        if space >= needed:
            chunk = data[written : written + space]
            pipe.buffer += chunk
            written += len(chunk)
            kernel.waits.wake_up(pipe.waiting_readers, exclusive_max=0)
        if written == len(data):
            return written
        if not wait:
            if written:
                return written
            raise KernelError(EAGAIN)
        missing = min(len(data) - written, PIPE_BUF)

        def may_go_on(missing: int = missing) -> bool:
            return len(pipe.buffer) + missing <= PIPE_BYTES or not pipe.readers

        status = kernel.waits.wait_event(pipe.waiting_writers, may_go_on, st.TASK_INTERRUPTIBLE)
        if status < 0:
            if written:
                return written
            raise KernelError(EINTR)
    return 0


def make_pipe(kernel: Kernel, vfs: Vfs) -> tuple[PipeReader, PipeWriter]:
    """Make a pipe and open both ends."""
    pipe = Pipe(kernel, vfs)
    pipe.readers = pipe.writers = 1
    return PipeReader(pipe, O_RDONLY), PipeWriter(pipe, O_WRONLY)
