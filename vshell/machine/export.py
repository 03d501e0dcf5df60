"""Writes a host's events into files that other programs read, while they happen.

``--trace FILE`` is a Chrome JSON trace (``export_chrome``), ``--ftrace FILE`` the kernel's own text
(``kernel.trace_output``). A file that exists is overwritten. Neither the events nor the file are
held in memory: what is kept are the last events, since CPUs emit theirs some microseconds out of
order.
"""

from __future__ import annotations

from heapq import heappop, heappush

from vshell.abi.units import NSEC_PER_MSEC
from vshell.kernel.trace_output import FtraceText, counts_line
from vshell.machine.export_chrome import ChromeTrace
from vshell.machine.views import view_kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from vshell.abi.views import KernelView
    from vshell.machine.host import Host

__all__ = ["Exports"]

_BUFFER_BYTES = 65536
_WINDOW_NS = NSEC_PER_MSEC
"""How much later than all that follow an event may be told of; a switch is 4 us early at most."""


class _File:
    # A file whose lines are put into the order of their times.
    def __init__(self, path: str) -> None:
        self.path = path
        self.failure: OSError | None = None
        self.count = 0
        self._waiting: list[tuple[int, int, str]] = []
        self._buffer = bytearray()
        # A buffer of its own: Python's keeps what a full disk has refused, and tries again.
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - it outlives this call

    def put(self, time_ns: int, line: str) -> None:
        self.count += 1
        heappush(self._waiting, (time_ns, self.count, line))
        while self._waiting[0][0] < time_ns - _WINDOW_NS:
            self.write(heappop(self._waiting)[2])

    def write(self, text: str) -> None:
        self._buffer += text.encode("utf-8", "surrogateescape")
        if len(self._buffer) > _BUFFER_BYTES:
            self._write_out()

    def write_over(self, place: int, text: str) -> None:
        self._write_out()
        end = self._file.tell()
        self._file.seek(place)
        self.write(text)
        self._write_out()
        self._file.seek(end)

    def is_seekable(self) -> bool:
        return self._file.seekable()

    def flush(self) -> None:
        while self._waiting:
            self.write(heappop(self._waiting)[2])

    def close(self) -> None:
        self._write_out()
        self._file.close()

    # The run goes on whatever becomes of the file.
    def _write_out(self) -> None:
        data, self._buffer = memoryview(bytes(self._buffer)), bytearray()
        try:
            while data and self.failure is None:
                data = data[self._file.write(data) :]
        except OSError as error:
            self.failure = error


class Exports:
    """The files that one host's events go to."""

    def __init__(self, chrome_path: str | None = None, ftrace_path: str | None = None) -> None:
        """Open the files.

        Args:
            chrome_path: of the Chrome JSON trace; None for none.
            ftrace_path: of the ftrace text; None for none.

        Raises:
            OSError: one cannot be written; its ``filename`` says which.
        """
        self._chrome_file = _File(chrome_path) if chrome_path is not None else None
        self._ftrace_file = _File(ftrace_path) if ftrace_path is not None else None
        self._files = [one for one in (self._chrome_file, self._ftrace_file) if one is not None]
        self._chrome: ChromeTrace | None = None
        self._ftrace: FtraceText | None = None
        self._host: Host | None = None
        self._cpus = 0
        self._bugs: list[str] = []

    def begin(self, host: Host) -> None:
        """Listen to a host's events from now on."""
        self._host = host
        kernel = host.kernel

        def taints(name: str) -> str:
            module = kernel.modules.find(name)
            return module.taint_flags() if module is not None else ""

        self._begin(view_kernel(host), kernel.clock.jiffies, taints)
        kernel.trace.subscribe(self._on_event)

    def _begin(
        self, view: KernelView, jiffies: Callable[[int], int], taints: Callable[[str], str]
    ) -> None:
        self._cpus = view.cpus
        if self._chrome_file is not None:
            self._chrome_file.write(ChromeTrace.HEAD)
            self._chrome = ChromeTrace(self._chrome_file.put, view, view.cpus)
        if self._ftrace_file is not None:
            self._ftrace_file.write(FtraceText.HEAD + self._counts(0) + FtraceText.COLUMNS)
            comms = {task.pid: task.name for task in view.tasks}
            self._ftrace = FtraceText(self._ftrace_file.put, comms, jiffies, taints)

    def write(
        self,
        view: KernelView,
        events: Iterable[tuple[Any, ...]],
        end_ns: int,
        jiffies: Callable[[int], int],
        taints: Callable[[str], str],
    ) -> list[str]:
        """Write events that have been kept, and end the files.

        Args:
            view: of the kernel before the first one.
            events: as the kernel emitted them.
            end_ns: the moment after the last one.
            jiffies: gives jiffies at a time in nanoseconds since boot.
            taints: gives the letters of a loaded module's taints.

        Returns:
            What went wrong with the files, as ``close`` does.
        """
        self._begin(view, jiffies, taints)
        for event in events:
            self._on_event(event)
        self._end(end_ns)
        return self._close()

    def _on_event(self, event: tuple[Any, ...]) -> None:
        if self._chrome is not None:
            self._chrome.add(event)
        if self._ftrace is not None:
            self._ftrace.add(event)

    # How many lines there are is known at the end: the header's line is written over, where the
    # file is one in which one can go back. A pipe has none, as trace_pipe has not.
    def _counts(self, count: int) -> str:
        assert self._ftrace_file is not None
        if not self._ftrace_file.is_seekable():
            return ""
        return f"#\n{counts_line(count, self._cpus)}"

    def close(self) -> list[str]:
        """End the files.

        Returns:
            What went wrong with them, "FILE: reason" each.
        """
        host = self._host
        if host is not None:
            host.kernel.trace.unsubscribe(self._on_event)
            # A listener that fails is not called again.
            self._bugs = [f"this is a bug in vshell: {text}" for text in host.kernel.trace.failures]
            self._end(host.kernel.now_ns)
            self._host = None
        return self._close()

    def _end(self, end_ns: int) -> None:
        if self._chrome is not None and self._chrome_file is not None:
            tail = self._chrome.tail(end_ns)
            self._chrome_file.flush()
            self._chrome_file.write(tail)
        if self._ftrace is not None and self._ftrace_file is not None:
            self._ftrace_file.flush()
            if counts := self._counts(self._ftrace_file.count):
                self._ftrace_file.write_over(len(FtraceText.HEAD), counts)

    def _close(self) -> list[str]:
        for file in self._files:
            file.close()
        failed = [f"{one.path}: {one.failure.strerror}" for one in self._files if one.failure]
        return failed + self._bugs
