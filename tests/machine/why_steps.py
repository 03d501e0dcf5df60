"""Steps of the tests of ``why``: a kernel that keeps its events, and processes of its own."""

from __future__ import annotations

from textwrap import dedent

from tests.linux.play import source
from vshell.abi.errno import KernelError
from vshell.kernel.inode import O_NONBLOCK
from vshell.machine.why import Why

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tests.conftest import Bench

__all__ = ["Asker", "lines"]


class Asker:
    """Asks ``why`` about the tasks of a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        bench.kernel.trace.start()
        self.why = Why(bench.kernel)

    def insmod(self, play: str, name: str = "mod") -> Any:
        """Start a process that loads a module and waits for its init."""
        data = self.bench.ko(source(play), name).to_bytes()

        def main(sys: Any) -> None:
            try:
                self.bench.kernel.modules.load_module(data, "")
            except KernelError:
                return

        return self.bench.process(main, "insmod")

    def rmmod(self, name: str = "mod") -> Any:
        """Start a process that unloads a module and waits for its exit."""
        modules = self.bench.kernel.modules
        return self.bench.process(lambda _sys: modules.delete_module(name, O_NONBLOCK), "rmmod")

    def name(self, name: str) -> list[str]:
        """Give the lines about the tasks of a name."""
        pids = [task.pid for task in self.bench.kernel.tasks if task.name == name]
        return [line for pid in pids for line in self.why.task(pid).splitlines()]

    def details(self, name: str) -> list[str]:
        """Give what is said about a task below its first line, without the indentation."""
        return [line.strip() for line in self.name(name)[1:]]

    def module(self, name: str = "mod") -> str:
        """Give the answer about a module."""
        return self.why.module(name)


def lines(text: str) -> list[str]:
    """Write lines as a test shows them."""
    return dedent(text).strip("\n").splitlines()
