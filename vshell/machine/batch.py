"""Batch: run commands on a host to their end, here and now, with real standard streams.

The free clock jumps from event to event; with ``realtime`` virtual seconds take real ones. Virtual
time stands still while a program waits for real input.
"""

from __future__ import annotations

import os

from vshell.abi.errno import EPIPE, KernelError
from vshell.kernel.context import VshellBug
from vshell.kernel.devices import SinkFile, SourceFile
from vshell.kernel.oops import KernelPanic
from vshell.machine.clock import run_paced
from vshell.machine.failure import HostFailure
from vshell.machine.free import Standstill, run_free
from vshell.machine.pacing import Pacing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.process import Main, Process
    from vshell.machine.host import Host

__all__ = ["run_batch"]


def run_batch(
    host: Host, argv: list[str], main: Main | None = None, *, realtime: float = 0.0
) -> int:
    """Run a program on the host with the real standard streams.

    Args:
        host: freshly booted.
        argv: of bash.
        main: the program; None for bash.
        realtime: virtual seconds per real second, 0 for as fast as possible.

    Returns:
        Its exit code, 128 + N if signal N ended it.

    Raises:
        HostFailure: it can never end, or the virtual kernel has stopped.
    """
    tty = host.add_terminal()
    out, error = _Sink(1), _Sink(2)
    tty.output = out.write_quietly
    tty.hung_up = True
    source = SourceFile(lambda count: os.read(0, min(count, 65536)))
    process = host.open_session(
        argv, tty, [source, SinkFile(host.kernel, out), SinkFile(host.kernel, error)], main
    )
    try:
        _run(host, process, Pacing(realtime))
    except KernelPanic as panic:
        raise HostFailure(f"the virtual kernel has stopped: {panic}") from None
    except Standstill as standstill:
        raise HostFailure(f"{standstill}; giving up") from None
    except VshellBug as bug:
        raise HostFailure(f"this is a bug in vshell, please report it: {bug}") from bug
    status = host.exit_statuses.get(process.pid)
    if status is None:
        return 0
    return 128 + (status & 0x7F) if status & 0x7F else status >> 8


# Where output goes: a real descriptor. Nobody there to read is a broken pipe, as for any program.
class _Sink:
    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __call__(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except BrokenPipeError:
            raise KernelError(EPIPE) from None

    def write_quietly(self, data: bytes) -> None:
        try:
            self(data)
        except KernelError:
            return


def _run(host: Host, process: Process, pacing: Pacing) -> None:
    kernel = host.kernel

    def has_ended() -> bool:
        return process.pid in host.exit_statuses or kernel.reboot_requested

    if pacing.rate:
        pacing.start(kernel.now_ns)
        run_paced(host, pacing, pacing.rate, has_ended)
    else:
        run_free(host, has_ended)
