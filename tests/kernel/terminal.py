"""A terminal with somebody in front of it."""

from __future__ import annotations

import pytest

from vshell.abi.errno import KernelError
from vshell.kernel import devices
from vshell.kernel import inode as ino
from vshell.kernel.tty import Tty, TtyFile

SECOND_NS = 1_000_000_000


def errno_of(function, *args):
    with pytest.raises(KernelError) as caught:
        function(*args)
    return caught.value.errno


class Terminal:
    """A terminal with a process of its session on it, and what a user would see and do."""

    def __init__(self, bench):
        self.bench = bench
        self.tty = Tty(bench.kernel, "pts/0", (136, 0))
        self.shown = b""
        self.tty.output = self._show
        devices.populate(bench.kernel)
        devices.add_tty(bench.kernel, self.tty, 1000)

    def _show(self, data):
        self.shown += data

    def run(self, function):
        """Start a session leader on the terminal; give what its function will have returned."""
        results = []

        def main(sys):
            results.append(function(sys))

        process = self.bench.process(main)
        process.tty = self.tty
        process.install(TtyFile(None, ino.O_RDWR, self.tty))
        self.tty.session = self.tty.foreground = process.pgid
        self.bench.pass_time(1)
        return results

    def type(self, data, seconds=1):
        """Type bytes and let time pass."""
        kernel = self.bench.kernel
        kernel.post(kernel.now_ns, lambda: self.tty.receive(data))
        self.bench.pass_time(seconds)

    def do(self, function):
        """Let the front end do something and time pass."""
        kernel = self.bench.kernel
        kernel.post(kernel.now_ns, function)
        self.bench.pass_time(1)
