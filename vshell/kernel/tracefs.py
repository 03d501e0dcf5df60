"""/sys/kernel/tracing: the kernel's events, chosen, kept and shown as text.

Source: kernel/trace/trace.c, kernel/trace/trace_events.c (v6.1);
Documentation/trace/{ftrace,events}.rst

Differs:
    There is no tracer but nop, and no filter or trigger. Who reads trace_pipe is woken ten times a
    second, so that one who traces all of sched does not live on the events of its own reading.
"""

from __future__ import annotations

from functools import partial

from vshell.abi import state as st
from vshell.abi.errno import EAGAIN, EINTR, EINVAL, KernelError
from vshell.abi.units import NSEC_PER_MSEC
from vshell.kernel.generated import GeneratedDirectory, fixed_directory
from vshell.kernel.inode import O_ACCMODE, O_NONBLOCK, O_RDONLY, O_TRUNC, ComputedFile, File, Inode
from vshell.kernel.params import parse_integer
from vshell.kernel.trace_buffer import BUFFER_KIB, UNUSED_BUFFER_KIB, TraceBuffer
from vshell.kernel.trace_formats import GROUPS, event_id, format_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.process import Process

__all__ = ["make_root"]

_PIPE_POLL_NS = 100 * NSEC_PER_MSEC
_MARK_BYTES_MAX = 1024
_CLOCKS = ("local", "global", "perf", "mono", "mono_raw", "boot")


class _TraceFile(ComputedFile):
    # A file that is emptied before it is written to, as "> FILE" does.
    def __init__(
        self,
        buffer: TraceBuffer,
        read: Callable[[], str],
        write: Callable[[str], None],
        clear: Callable[[], None],
    ) -> None:
        super().__init__(
            buffer.kernel.vfs,
            0o640,
            lambda: read().encode("utf-8", "surrogateescape"),
            lambda data: write(data.decode("utf-8", "surrogateescape")),
        )
        self._clear = clear

    def open(self, process: Process, flags: int) -> File:
        if flags & O_TRUNC and flags & O_ACCMODE != O_RDONLY:
            self._clear()
        return super().open(process, flags)


class _Pipe(ComputedFile):
    # trace_pipe: reading waits for events and takes them out.
    def __init__(self, buffer: TraceBuffer) -> None:
        super().__init__(buffer.kernel.vfs, 0o440, bytes)
        self._buffer = buffer

    def open(self, process: Process, flags: int) -> File:
        super().open(process, flags)
        return _OpenPipe(self, flags, self._buffer)


class _OpenPipe(File):
    def __init__(self, inode: Inode, flags: int, buffer: TraceBuffer) -> None:
        super().__init__(inode, flags)
        self._buffer = buffer
        self._rest = b""

    def can_read(self) -> bool:
        return bool(self._rest or self._buffer.lines)

    # Linux: kernel/trace/trace.c tracing_read_pipe() (v6.1): what was read while tracing goes off
    # is the end, if something has been read.
    def read(self, count: int) -> bytes:
        if not self._rest:
            self._rest = self._wait()
        data, self._rest = self._rest[:count], self._rest[count:]
        self.position += len(data)
        return data

    def _wait(self) -> bytes:
        kernel, buffer = self._buffer.kernel, self._buffer
        task = kernel.sched.current
        while not buffer.lines:
            if not buffer.is_on and self.position:
                return b""
            if self.flags & O_NONBLOCK:
                raise KernelError(EAGAIN)
            task.state = st.TASK_INTERRUPTIBLE
            until_ns = kernel.sched.now_ns + _PIPE_POLL_NS
            if kernel.hrtimers.sleep_until(until_ns) and task.signal_pending():
                raise KernelError(EINTR)
        return buffer.take().encode("utf-8", "surrogateescape")


class _Tree:
    # Makes the files.
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.buffer = TraceBuffer(kernel)

    def file(
        self, read: Callable[[], str], write: Callable[[str], None] | None = None, mode: int = 0
    ) -> Inode:
        mode = mode or (0o440 if write is None else 0o640)

        def write_bytes(data: bytes) -> None:
            assert write is not None
            write(data.decode("utf-8", "surrogateescape"))

        return ComputedFile(
            self.kernel.vfs,
            mode,
            (lambda: read().encode("utf-8", "surrogateescape")) if mode & 0o440 else None,
            write_bytes if write is not None else None,
        )

    def root(self) -> GeneratedDirectory:
        buffer = self.buffer
        root = fixed_directory(self.kernel.vfs, 0o700)
        root.add("available_events", self.file(lambda: _listed(_all_events())))
        root.add("available_tracers", self.file(lambda: "nop\n"))
        root.add("buffer_size_kb", self.file(self._size, lambda text: buffer.resize(_number(text))))
        root.add("buffer_total_size_kb", self.file(self._total_size))
        root.add("current_tracer", self.file(lambda: "nop\n", self._set_tracer))
        root.add("events", self._events())
        root.add("saved_cmdlines", self.file(buffer.cmdlines))
        root.add(
            "set_event", _TraceFile(buffer, self._enabled_list, self._set_event, self._disable_all)
        )
        root.add("set_event_pid", _TraceFile(buffer, self._pids, self._set_pids, buffer.pids.clear))
        root.add("trace", _TraceFile(buffer, buffer.text, lambda _text: None, buffer.clear))
        root.add("trace_clock", self.file(self._clocks, self._set_clock))
        root.add("trace_marker", self.file(str, self._mark, 0o220))
        root.add("trace_pipe", _Pipe(buffer))
        root.add("tracing_on", self.file(lambda: f"{int(buffer.is_on)}\n", self._switch))
        return root

    # -- Settings ----------------------------------------------------------------------------------

    def _size(self) -> str:
        size = self.buffer.size_kib
        return f"{size}\n" if size else f"{UNUSED_BUFFER_KIB} (expanded: {BUFFER_KIB})\n"

    def _total_size(self) -> str:
        cpus = len(self.kernel.sched.cpus)
        size = self.buffer.size_kib
        if size:
            return f"{size * cpus}\n"
        return f"{UNUSED_BUFFER_KIB * cpus} (expanded: {BUFFER_KIB * cpus})\n"

    def _set_tracer(self, text: str) -> None:
        if text.strip() != "nop":
            raise KernelError(EINVAL)

    def _clocks(self) -> str:
        chosen = self.buffer.clock
        return " ".join(f"[{name}]" if name == chosen else name for name in _CLOCKS) + "\n"

    def _set_clock(self, text: str) -> None:
        if text.strip() not in _CLOCKS:
            raise KernelError(EINVAL)
        self.buffer.clock = text.strip()
        self.buffer.clear()

    def _switch(self, text: str) -> None:
        self.buffer.switch(on=bool(_number(text)))

    def _mark(self, text: str) -> None:
        for line in text[:_MARK_BYTES_MAX].removesuffix("\n").split("\n"):
            self.buffer.mark(line)

    def _pids(self) -> str:
        return "".join(f"{pid}\n" for pid in sorted(self.buffer.pids))

    def _set_pids(self, text: str) -> None:
        self.buffer.pids |= {_number(word) for word in text.split()}

    # -- Events ------------------------------------------------------------------------------------

    def _disable_all(self) -> None:
        self.buffer.enable(set(self.buffer.enabled), on=False)

    def _enabled_list(self) -> str:
        return _listed([one for one in _all_events() if one[1] in self.buffer.enabled])

    # Linux: kernel/trace/trace_events.c __ftrace_set_clr_event() (v6.1).
    def _set_event(self, text: str) -> None:
        for word in text.split():
            on = not word.startswith("!")
            group, colon, name = word.lstrip("!").partition(":")
            if not colon:
                found = {one for place, one in _all_events() if group in (place, one)}
            else:
                found = {
                    one
                    for place, one in _all_events()
                    if group in (place, "*", "") and name in (one, "*", "")
                }
            if not found:
                raise KernelError(EINVAL)
            self.buffer.enable(found, on=on)

    def _events(self) -> GeneratedDirectory:
        vfs = self.kernel.vfs
        events = fixed_directory(vfs, 0o755)
        events.add("enable", self._switch_of({name for _, name in _all_events()}))
        for group, names in GROUPS.items():
            folder = fixed_directory(vfs, 0o755)
            events.add(group, folder)
            folder.add("enable", self._switch_of(set(names)))
            for name in names:
                event = fixed_directory(vfs, 0o755)
                folder.add(name, event)
                event.add("enable", self._switch_of({name}))
                event.add("format", self.file(partial(format_text, name)))
                event.add("id", self.file(partial(_id_text, name)))
        return events

    def _switch_of(self, names: set[str]) -> Inode:
        buffer = self.buffer

        def read() -> str:
            count = len(names & buffer.enabled)
            return "0\n" if not count else "1\n" if count == len(names) else "X\n"

        def write(text: str) -> None:
            value = _number(text)
            if value not in (0, 1):
                raise KernelError(EINVAL)
            buffer.enable(names, on=bool(value))

        return self.file(read, write)


def _all_events() -> list[tuple[str, str]]:
    return [(group, name) for group, names in GROUPS.items() for name in names]


def _listed(events: list[tuple[str, str]]) -> str:
    return "".join(f"{group}:{name}\n" for group, name in events)


def _id_text(name: str) -> str:
    return f"{event_id(name)}\n"


def _number(text: str) -> int:
    return parse_integer(text.strip(), 64, signed=True)


def make_root(kernel: Kernel) -> GeneratedDirectory:
    """Make the root of tracefs."""
    return _Tree(kernel).root()
