"""/proc/vshell/panel: the panel in place of the caller's terminal, as long as the file is open.

Meanwhile the terminal gives each key as it is pressed, and reading the file reads them. The panel
goes when the file is closed, so whatever ends the program that has it open; and when a shell asks
at that terminal, so when it was stopped.
"""

from __future__ import annotations

from vshell.abi.errno import EBUSY, ENODEV, ENOTTY, KernelError
from vshell.kernel.inode import File

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.inode import Inode
    from vshell.kernel.process import Process

__all__ = ["PanelFile", "UnseenPanel"]


class PanelFile(File):
    """The file, open."""

    def __init__(self, inode: Inode, flags: int, process: Process) -> None:
        """Have the front end of a process's terminal show the panel.

        Raises:
            KernelError: ENOTTY, it has no terminal; ENODEV, its front end has no panel; EBUSY, that
                terminal shows one already, or is a panel's own; EINTR, EIO: see
                ``Tty.check_reader``.
        """
        super().__init__(inode, flags)
        tty = process.tty
        if tty is None:
            raise KernelError(ENOTTY)
        if tty.panel is None or tty.hung_up:
            raise KernelError(ENODEV)
        tty.check_reader()
        if tty.is_raw:
            raise KernelError(EBUSY)
        tty.panel.show()
        tty.enter_raw(self._end)
        self._tty = tty
        self._is_shown = True

    def _end(self) -> None:
        self._is_shown = False
        assert self._tty.panel is not None
        self._tty.panel.end()

    def read(self, count: int) -> bytes:
        """Read what is pressed at the terminal."""
        return self._tty.n_tty_read(count, wait=True)

    def can_read(self) -> bool:
        """A key has been pressed, or the terminal is gone."""
        return self._tty.has_input

    def release(self) -> None:
        """Give the terminal back, unless a shell has taken it."""
        if self._is_shown:
            self._tty.leave_raw()


class UnseenPanel:
    """The panel of a terminal that nobody looks at: a recording that is replayed."""

    def show(self) -> None:
        """Show nothing."""

    def end(self) -> None:
        """End nothing."""
