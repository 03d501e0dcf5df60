r"""Terminals: line discipline, foreground group, door to the front end.

Bytes typed at the real terminal enter through ``receive``; what programs write leaves through
``output``, a function the machine sets. In canonical mode a line is collected with echo and erase,
and Ctrl-C, Ctrl-Z and Ctrl-\ become signals to the foreground group.

A shell that wants a line edited by the front end says so with ``ask`` (its own ioctl): the front
end then shows the prompt with its editor and hands over the finished line with ``answer``. A front
end that has no editor, such as a recorded session, answers just the same.

A program can have every key as it is pressed (``enter_raw``), until it ends or a shell asks again.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EAGAIN, EINTR, EIO, KernelError
from vshell.abi.signals import (
    SIG_IGN,
    SIGINT,
    SIGQUIT,
    SIGTSTP,
    SIGTTIN,
    SIGTTOU,
    SIGWINCH,
    mask_of,
)
from vshell.kernel.inode import O_NONBLOCK, Device, File
from vshell.kernel.wait import WaitQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from vshell.kernel.core import Kernel

    class PanelDoor(Protocol):
        """How a front end is asked for the panel; called inside of a system call."""

        def show(self) -> None:
            """Show it in place of the terminal.

            Raises:
                KernelError: EBUSY, this terminal is a panel's own.
            """

        def end(self) -> None:
            """Show the terminal again."""


__all__ = ["Question", "Tty", "TtyFile"]

_CTRL_C, _CTRL_D, _CTRL_Z, _CTRL_BACKSLASH = 3, 4, 26, 28
_BACKSPACE, _DELETE, _CTRL_U, _CTRL_W = 8, 127, 21, 23
_LINE_BYTES_MAX = 4096


class Question:
    """A prompt that waits for a line from the front end."""

    __slots__ = ("editing", "is_more", "more", "pid", "prompt", "status")

    def __init__(
        self,
        prompt: str,
        status: int,
        pid: int,
        *,
        editing: str = "emacs",
        more: str = "> ",
        is_more: bool = False,
    ) -> None:
        """Describe a prompt.

        Args:
            prompt: its text.
            status: exit status of the last command, for whoever wants to know.
            pid: of the process that asks.
            editing: how the line is to be edited: "emacs", "vi", or "" for as plainly as can be.
            more: what is to stand before further lines, should the command go on.
            is_more: whether the line goes on with an unfinished command.
        """
        self.prompt = prompt
        self.status = status
        self.pid = pid
        self.editing = editing
        self.more = more
        self.is_more = is_more


class Tty:
    """One terminal."""

    def __init__(self, kernel: Kernel, name: str, rdev: tuple[int, int]) -> None:
        """Make a terminal, 24 lines of 80 columns.

        Args:
            kernel: whose.
            name: below /dev, such as "pts/0".
            rdev: major and minor number.
        """
        self.kernel = kernel
        self.name = name
        self.rdev = rdev
        self.rows = 24
        self.columns = 80
        self.session = 0
        self.foreground = 0
        self.echo = True
        self.output: Callable[[bytes], None] = lambda _data: None
        self.on_change: Callable[[], None] = lambda: None
        self.panel: PanelDoor | None = None
        """None for a front end that has no panel."""
        self.question: Question | None = None
        self.interrupts = 0
        self._line = bytearray()
        self._ready: list[bytes] = []
        self._readers = WaitQueue()
        self._on_raw_end: Callable[[], None] | None = None
        self._has_signal_keys = True
        self.hung_up = False

    # -- From the front end (inside an input event) ------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take typed bytes."""
        for byte in data:
            self._receive_byte(byte)

    def _receive_byte(self, byte: int) -> None:
        signal = {_CTRL_C: SIGINT, _CTRL_Z: SIGTSTP, _CTRL_BACKSLASH: SIGQUIT}.get(byte)
        if signal is not None and self._has_signal_keys:
            self.interrupt(signal)
            return
        if self.is_raw:
            self._line.append(10 if byte == 13 else byte)
            self._finish_line()
            return
        if byte == _CTRL_D:
            # What has been typed goes to the reader as it is; nothing typed is the end of the file.
            self._finish_line()
            return
        if byte in (13, 10):
            self._put_echo(b"\n")
            self._line.append(10)
            self._finish_line()
            return
        if byte in (_BACKSPACE, _DELETE):
            self._erase(1)
        elif byte == _CTRL_U:
            self._erase(len(self._line))
        elif byte == _CTRL_W:
            kept = self._line.rstrip(b" ").rpartition(b" ")[0]
            self._erase(len(self._line) - len(kept) - (1 if kept else 0))
        elif len(self._line) < _LINE_BYTES_MAX:
            self._line.append(byte)
            visible = bytes([byte]) if byte >= 32 or byte == 9 else b"^" + bytes([byte ^ 0x40])
            self._put_echo(visible)

    def _put_echo(self, data: bytes) -> None:
        # Where the front end edits a line, it shows it.
        if self.echo and not self.is_raw and self.question is None:
            self.output(data)

    def _erase(self, count: int) -> None:
        for _ in range(count):
            if not self._line:
                return
            last = self._line.pop()
            while last & 0xC0 == 0x80 and self._line:
                last = self._line.pop()
            self._put_echo(b"\b \b" if last >= 32 else b"\b\b  \b\b")

    def _finish_line(self) -> None:
        self._ready.append(bytes(self._line))
        self._line.clear()
        self.kernel.waits.wake_up(self._readers, exclusive_max=0)

    def answer(self, line: str) -> None:
        """Hand over a line that the front end has edited; the prompt is answered."""
        self.question = None
        self.interrupts = 0
        self._ready.append(line.encode("utf-8", "surrogateescape") + b"\n")
        self.kernel.waits.wake_up(self._readers, exclusive_max=0)

    def answer_eof(self) -> None:
        """Answer the prompt with the end of the file (Ctrl-D)."""
        self.question = None
        self._ready.append(b"")
        self.kernel.waits.wake_up(self._readers, exclusive_max=0)

    def cancel_line(self) -> None:
        """Give up the line that the front end was editing.

        Whoever asked for it gets SIGINT.
        """
        self.question = None
        if self.foreground:
            self.kernel.processes.signal_group(self.foreground, SIGINT)

    def interrupt(self, signal: int) -> None:
        """Send a signal to the foreground process group, as its key does.

        A job that sleeps uninterruptibly does not die of it, and on Linux its terminal stays
        blocked. Here the second Ctrl-C reaches the shell too, which then gives the prompt back.
        """
        self._put_echo({SIGINT: b"^C", SIGTSTP: b"^Z", SIGQUIT: b"^\\"}.get(signal, b""))
        self._line.clear()
        self.interrupts += 1
        if self.foreground:
            self.kernel.processes.signal_group(self.foreground, signal)
        if self.interrupts > 1 and self.session not in (0, self.foreground):
            self.kernel.processes.signal_group(self.session, SIGINT)

    def resize(self, columns: int, rows: int) -> None:
        """Take note of the window's size."""
        if (columns, rows) != (self.columns, self.rows):
            self.columns, self.rows = columns, rows
            if self.foreground:
                self.kernel.processes.signal_group(self.foreground, SIGWINCH)

    def hang_up(self) -> None:
        """The front end is gone: reads end."""
        self.hung_up = True
        self.kernel.waits.wake_up(self._readers, exclusive_max=0)

    def take_typed_ahead(self) -> str:
        """Take what has been typed and read by nobody.

        The front end's editor begins with it.
        """
        typed = b"".join(self._ready) + bytes(self._line)
        self._ready.clear()
        self._line.clear()
        return typed.decode("utf-8", "replace")

    # -- From programs ----------------------------------------------------------------------------

    def ask(self, question: Question) -> None:
        """Ask the front end for a line, edited behind the prompt.

        The next read waits for it.
        """
        self.leave_raw()
        self.question = question
        self.on_change()

    @property
    def is_raw(self) -> bool:
        """Whether keys are read as they are pressed."""
        return self._on_raw_end is not None

    def enter_raw(self, on_end: Callable[[], None], *, signal_keys: bool = True) -> None:
        """Have keys read as they are pressed, without echo.

        Args:
            on_end: called when that is over: by ``leave_raw``, or because a shell asks.
            signal_keys: whether those that send signals still do (ISIG).
        """
        assert not self.is_raw
        self._on_raw_end = on_end
        self._has_signal_keys = signal_keys
        if self._line:
            self._finish_line()

    def leave_raw(self) -> None:
        """Have lines read again, if keys were."""
        on_end, self._on_raw_end = self._on_raw_end, None
        self._has_signal_keys = True
        if on_end is not None:
            on_end()

    def n_tty_read(self, count: int, *, wait: bool) -> bytes:
        """Read up to ``count`` bytes of the next line, b"" at the end.

        May sleep (TASK_INTERRUPTIBLE).
        """
        kernel = self.kernel
        self.check_reader()
        if not self.has_input:
            if not wait:
                raise KernelError(EAGAIN)
            status = kernel.waits.wait_event(
                self._readers, lambda: self.has_input, st.TASK_INTERRUPTIBLE
            )
            if status < 0:
                raise KernelError(EINTR)
        if not self._ready:
            return b""
        line = self._ready[0]
        if len(line) <= count:
            return self._ready.pop(0)
        self._ready[0] = line[count:]
        return line[:count]

    def check_reader(self) -> None:
        """Stop the caller if it is in the background and this is its terminal.

        Raises:
            KernelError: EINTR, it has been stopped meanwhile; EIO, nobody would let it go on.
        """
        self._check_group(SIGTTIN)

    def check_change(self) -> None:
        """Stop the caller if it is in the background and would change this, its terminal.

        Raises:
            KernelError: as check_reader; but who ignores SIGTTOU may change it.
        """
        self._check_group(SIGTTOU)

    # Linux: drivers/tty/tty_jobctrl.c __tty_check_change() (v6.1).
    def _check_group(self, signal: int) -> None:
        process = self.kernel.sched.current.process
        if process is None or self.foreground in (0, process.pgid) or process.tty is not self:
            return
        processes = self.kernel.processes
        deaf = process.disposition(signal) == SIG_IGN
        deaf = deaf or bool(process.task.sig_blocked & mask_of(signal))
        if deaf and signal == SIGTTOU:
            return
        if deaf or processes.is_orphaned(process.pgid):
            raise KernelError(EIO)
        processes.signal_group(process.pgid, signal)
        raise KernelError(EINTR)

    @property
    def has_input(self) -> bool:
        """Whether a read would not sleep.

        What is typed while the front end is asked for a line belongs into that line.
        """
        return (bool(self._ready) and self.question is None) or self.hung_up

    @property
    def is_awaited(self) -> bool:
        """Whether a read sleeps until something is typed."""
        return bool(self._readers.waiters)

    def write(self, data: bytes) -> None:
        """Write to the terminal."""
        if self.hung_up:
            raise KernelError(EIO)
        self.output(data)


class TtyFile(File):
    """An open terminal."""

    def __init__(self, inode: Device | None, flags: int, tty: Tty) -> None:
        """Open ``tty``."""
        super().__init__(inode, flags)
        self.tty = tty

    def read(self, count: int) -> bytes:
        """Read a line."""
        return self.tty.n_tty_read(count, wait=not self.flags & O_NONBLOCK)

    def write(self, data: bytes) -> int:
        """Write all of it."""
        self.tty.write(data)
        return len(data)

    def can_read(self) -> bool:
        """A line is there, or the end is."""
        return self.tty.has_input

    def is_tty(self) -> bool:
        """It is one."""
        return True
