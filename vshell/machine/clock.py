"""The clock as a host's programs set it: how fast it goes, whether it stands, who runs it ahead.

All of this is part of the virtual host: ``clock`` at the prompt writes it (``machine.clock_file``),
and whoever runs the host follows it with its pacing. What a program can see of it depends on
virtual time alone, so that a session with a real clock repeats without one.
"""

from __future__ import annotations

from vshell.kernel.inode import ComputedFile
from vshell.machine.free import run_free

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.generated import GeneratedDirectory
    from vshell.kernel.inode import File
    from vshell.kernel.process import Process
    from vshell.machine.host import Host
    from vshell.machine.pacing import Pacing

__all__ = ["SPEED_LIMIT", "SPEED_MIN", "ClockControl", "add_clock", "run_paced"]

SPEED_MIN = 0.001
"""The least that programs can ask for: more slowly, nobody would see the next command's end."""

SPEED_LIMIT = 1e9
"""Below this, and above 0, may be how many virtual seconds a real second takes."""


class ClockControl:
    """What has been asked of a host's clock."""

    __slots__ = ("_kernel", "is_paused", "rate", "runs_ahead")

    def __init__(self, kernel: Kernel) -> None:
        """Let it go one virtual second per real second."""
        self._kernel = kernel
        self.rate = 1.0
        """Virtual seconds per real second; 0 for as fast as can be while a command runs."""
        self.is_paused = False
        """Whether virtual time stands while a prompt waits."""
        self.runs_ahead = 0
        """How many programs wait for virtual time to run ahead."""

    @property
    def is_free(self) -> bool:
        """Whether virtual time follows no real clock now."""
        return self.is_paused or self.runs_ahead > 0 or not self.rate

    def set_rate(self, rate: float) -> None:
        """Change the rate, see there."""
        self.rate = rate
        self._tell()

    def pause(self) -> None:
        """Let virtual time stand while a prompt waits, and run freely while a command does."""
        self.is_paused = True
        self._tell()

    def resume(self) -> None:
        """Let it go on at its rate, from where it stood."""
        self.is_paused = False
        self._tell()

    def begin_running_ahead(self) -> None:
        """Let virtual time run as fast as it can, whoever waits."""
        self.runs_ahead += 1
        self._tell()

    def end_running_ahead(self) -> None:
        """End what has begun."""
        self.runs_ahead -= 1
        self._tell()

    # Whoever runs the kernel shall look at what has changed.
    def _tell(self) -> None:
        self._kernel.stop_requested = True

    def lead(self, pacing: Pacing, factor: float = 1.0) -> None:
        """Let a pacing follow what has been asked for.

        Args:
            pacing: of whoever runs the host.
            factor: by how much it is faster than the host's own clock.
        """
        rate = 0.0 if self.is_free else self.rate * factor
        if rate != pacing.rate:
            pacing.start(self._kernel.now_ns)
            pacing.rate = rate


class _ClockInode(ComputedFile):
    # /proc/vshell/clock. What is written there is anybody's: the clock belongs to no user.
    def __init__(self, kernel: Kernel, control: ClockControl) -> None:
        super().__init__(kernel.vfs, 0o666, None, None)
        self._kernel = kernel
        self._control = control

    def open(self, process: Process, flags: int) -> File:
        from vshell.machine.clock_file import ClockFile  # noqa: PLC0415 - only when it is used

        del process
        return ClockFile(self, flags, self._kernel, self._control)


def add_clock(kernel: Kernel, folder: GeneratedDirectory) -> ClockControl:
    """Add the file "clock" that controls a kernel's clock.

    Args:
        kernel: whose.
        folder: where, /proc/vshell.
    """
    control = ClockControl(kernel)
    folder.add("clock", _ClockInode(kernel, control))
    return control


def run_paced(host: Host, pacing: Pacing, factor: float, reached: Callable[[], bool]) -> None:
    """Run a host at a pace until ``reached()`` holds when something asked the kernel to stop.

    Args:
        host: whose kernel runs.
        pacing: follows the host's clock.
        factor: by how much it is faster than the host's clock.
        reached: looked at after each stop.

    Raises:
        Standstill: nothing will ever wake any user process, and no real clock is followed.
    """
    kernel, control = host.kernel, host.clock
    while not reached():
        control.lead(pacing, factor)
        if not pacing.rate:
            run_free(host, lambda: reached() or not control.is_free)
            continue
        kernel.stop_requested = False
        pacing.wait_until(kernel.peek())
        kernel.run(pacing.virtual_ns())
