"""/dev: null, zero, full, random, tty, kmsg.

And what the machine connects standard input and output to.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EAGAIN, EINTR, EINVAL, ENOSPC, ENXIO, EPERM, EPIPE, ESPIPE, KernelError
from vshell.abi.signals import SIGPIPE
from vshell.kernel.inode import (
    O_ACCMODE,
    O_NONBLOCK,
    O_WRONLY,
    SEEK_DATA,
    SEEK_END,
    SEEK_SET,
    Device,
    File,
    Symlink,
)
from vshell.kernel.printk import WARNING, RateLimit, kmsg_text
from vshell.kernel.tty import TtyFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.tty import Tty

__all__ = ["SinkFile", "SourceFile", "add_tty", "populate"]

_KMSG_LINE_MAX = 1024 - 48
_ZEROS_MAX = 1 << 20


class _Null(File):
    def read(self, count: int) -> bytes:
        del count
        return b""

    def write(self, data: bytes) -> int:
        return len(data)

    def seek(self, offset: int, whence: int) -> int:
        del offset, whence
        return 0


class _Zero(_Null):
    def read(self, count: int) -> bytes:
        return bytes(min(count, _ZEROS_MAX))


class _Full(_Zero):
    def write(self, data: bytes) -> int:
        del data
        raise KernelError(ENOSPC)


class _Random(_Null):
    def __init__(self, inode: Device, flags: int, kernel: Kernel, *, waits: bool) -> None:
        super().__init__(inode, flags)
        self._kernel = kernel
        self._waits = waits

    def read(self, count: int) -> bytes:
        if self._waits and not self._kernel.random.ready:
            if self.flags & O_NONBLOCK:
                raise KernelError(EAGAIN)
            self._kernel.random.wait()
        count = min(count, _ZEROS_MAX)
        draw = self._kernel.policy.random64
        words = [draw().to_bytes(8, "little") for _ in range(-(-count // 8))]
        return b"".join(words)[:count]


# An open /dev/kmsg: one record per read, "6,SEQ,USEC,-;text".
class _Kmsg(File):
    def __init__(self, inode: Device, flags: int, kernel: Kernel) -> None:
        super().__init__(inode, flags)
        self._kernel = kernel
        self.position = kernel.printk.first_sequence
        self._limit = RateLimit()

    def read(self, count: int) -> bytes:
        return self.devkmsg_read(count)

    def devkmsg_read(self, count: int) -> bytes:
        kernel = self._kernel
        printk = kernel.printk
        if self.position >= printk.end_sequence:
            if self.flags & O_NONBLOCK:
                raise KernelError(EAGAIN)
            status = kernel.waits.wait_event(
                printk.readers, lambda: self.position < printk.end_sequence, st.TASK_INTERRUPTIBLE
            )
            if status < 0:
                raise KernelError(EINTR)
        if self.position < printk.first_sequence:
            # Overwritten meanwhile: say so once and go on with the oldest.
            self.position = printk.first_sequence
            raise KernelError(EPIPE)
        record = printk.record_at(self.position)
        assert record is not None
        self.position += 1
        text = kmsg_text(record)
        if len(text) > count:
            raise KernelError(EINVAL)
        return text

    def write(self, data: bytes) -> int:
        # Linux: kernel/printk/printk.c devkmsg_write() (v6.1): "<prio>" may begin the line; the
        # kernel's own facility cannot be claimed.
        if len(data) > _KMSG_LINE_MAX:
            raise KernelError(EINVAL)
        printk = self._kernel.printk
        allowed = printk.devkmsg == "on" or (
            printk.devkmsg == "ratelimit" and self._limit.allows(self._kernel.sched.now_ns)
        )
        if not allowed:
            return len(data)
        text = data.decode("utf-8", "surrogateescape")
        level, facility = -1, 1
        if text.startswith("<"):
            number, bracket, rest = text[1:].partition(">")
            if bracket and number.isascii() and number.isdigit():
                level = int(number) & 7
                facility = int(number) >> 3 & 0xFF or 1
                text = rest
        text = text.removesuffix("\n")
        printk.store(text + "\n", level, facility=facility)
        return len(data)

    def release(self) -> None:
        missed = self._limit.missed
        if missed and self._kernel.printk.devkmsg == "ratelimit":
            comm = self._kernel.sched.current.comm
            text = f"{comm}: {missed} output lines suppressed due to ratelimiting"
            self._kernel.printk.emit(WARNING, text)

    def seek(self, offset: int, whence: int) -> int:
        printk = self._kernel.printk
        if offset:
            raise KernelError(ESPIPE)
        if whence == SEEK_SET:
            self.position = printk.first_sequence
        elif whence == SEEK_DATA:
            self.position = max(printk.clear_sequence, printk.first_sequence)
        elif whence == SEEK_END:
            self.position = printk.end_sequence
        else:
            raise KernelError(EINVAL)
        return 0


class SinkFile(File):
    """Where the machine takes a program's output without a terminal."""

    def __init__(self, kernel: Kernel, sink: Callable[[bytes], None]) -> None:
        """Pass what is written to ``sink``.

        Args:
            kernel: whose.
            sink: raises KernelError, EPIPE, when nobody reads any more.
        """
        super().__init__(None, O_WRONLY)
        self._kernel = kernel
        self._sink = sink

    def write(self, data: bytes) -> int:
        """Hand it over; as with a pipe, SIGPIPE comes with EPIPE."""
        try:
            self._sink(data)
        except KernelError as error:
            if error.errno == EPIPE:
                kernel = self._kernel
                kernel.processes.send_signal(kernel.sched.current, SIGPIPE)
            raise
        return len(data)


class SourceFile(File):
    """Where the machine gives a program its input.

    Virtual time stands still while the real reader waits.
    """

    def __init__(self, source: Callable[[int], bytes]) -> None:
        """Read from ``source``, which gives b"" at the end."""
        super().__init__(None, 0)
        self._source = source

    def read(self, count: int) -> bytes:
        """Read what there is."""
        return self._source(count)


def populate(kernel: Kernel) -> None:
    """Fill /dev."""
    vfs = kernel.vfs

    def simple(kind: type[File]) -> Callable[[Device, int], File]:
        return kind

    vfs.place("/dev/null", Device(vfs, 0o666, (1, 3), simple(_Null)))
    vfs.place("/dev/zero", Device(vfs, 0o666, (1, 5), simple(_Zero)))
    vfs.place("/dev/full", Device(vfs, 0o666, (1, 7), simple(_Full)))

    def open_random(inode: Device, flags: int) -> File:
        return _Random(inode, flags, kernel, waits=inode.rdev == (1, 8))

    for name, minor in (("random", 8), ("urandom", 9)):
        vfs.place(f"/dev/{name}", Device(vfs, 0o666, (1, minor), open_random))

    def open_kmsg(inode: Device, flags: int) -> File:
        task = kernel.sched.current
        if kernel.printk.devkmsg == "off":
            raise KernelError(EPERM)
        if (
            flags & O_ACCMODE != O_WRONLY
            and kernel.sysctls.dmesg_restrict
            and not task.process_is_root()
        ):
            raise KernelError(EPERM)
        return _Kmsg(inode, flags, kernel)

    vfs.place("/dev/kmsg", Device(vfs, 0o644, (1, 11), open_kmsg))

    def open_tty(inode: Device, flags: int) -> File:
        process = kernel.sched.current.process
        if process is None or process.tty is None:
            raise KernelError(ENXIO)
        return TtyFile(inode, flags, process.tty)

    vfs.place("/dev/tty", Device(vfs, 0o666, (5, 0), open_tty))
    for name, target in (("stdin", "0"), ("stdout", "1"), ("stderr", "2")):
        vfs.place(f"/dev/{name}", Symlink(vfs, f"/proc/self/fd/{target}"))
    vfs.place("/dev/fd", Symlink(vfs, "/proc/self/fd"))


def add_tty(kernel: Kernel, tty: Tty, uid: int) -> Device:
    """Give a terminal its node in /dev, owned by a user."""
    vfs = kernel.vfs
    device = Device(vfs, 0o620, tty.rdev, lambda inode, flags: TtyFile(inode, flags, tty))
    device.uid = uid
    device.gid = 5
    vfs.place(f"/dev/{tty.name}", device)
    return device
