"""The buffer of trace events: it takes those that are enabled, while tracing is on.

It holds lines, made when the event happens, as many as ``buffer_size_kb`` would hold of Linux's
binary records.

Source: kernel/trace/trace.c, kernel/trace/ring_buffer.c (v6.1)
Differs: ``sched_wakeup`` comes at the time of ``sched_waking``.
"""

from __future__ import annotations

from collections import deque

from vshell.abi.errno import EINVAL, KernelError
from vshell.abi.events import FIELDS
from vshell.kernel.trace_output import EVENT_NAMES, FtraceText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.trace import Event

__all__ = ["BUFFER_KIB", "UNUSED_BUFFER_KIB", "TraceBuffer"]

BUFFER_KIB = 1408
"""How much a buffer holds for each CPU, once it is used."""
UNUSED_BUFFER_KIB = 7
_RECORD_BYTES = 48


class TraceBuffer:
    """What is traced, and what has been."""

    def __init__(self, kernel: Kernel) -> None:
        """Make an empty one of a kernel; nothing is enabled."""
        self.kernel = kernel
        self.is_on = True
        self.clock = "local"
        self.size_kib = 0
        self.enabled: set[str] = set()
        self.pids: set[int] = set()
        self.lines: deque[tuple[int, int, str]] = deque()
        self.written = 0
        self._is_listening = False
        comms = {task.pid: task.name for task in kernel.tasks}
        self._text = FtraceText(self._put, comms, kernel.clock.jiffies, self._taints)
        self._wakeups = FtraceText(self._put_wakeup, comms, kernel.clock.jiffies, self._taints)

    # -- Filling -----------------------------------------------------------------------------------

    def _taints(self, name: str) -> str:
        module = self.kernel.modules.find(name)
        return module.taint_flags() if module is not None else ""

    def _put(self, time_ns: int, line: str) -> None:
        self.written += 1
        self.lines.append((time_ns, self.written, line))
        if len(self.lines) > self.capacity:
            self.lines.popleft()

    def _put_wakeup(self, time_ns: int, line: str) -> None:
        self._put(time_ns, line.replace(": sched_waking: ", ": sched_wakeup: ", 1))

    @property
    def capacity(self) -> int:
        """How many lines there can be."""
        cpus = len(self.kernel.sched.cpus)
        return max((self.size_kib or UNUSED_BUFFER_KIB) * 1024 * cpus // _RECORD_BYTES, 1)

    def enable(self, names: set[str], *, on: bool) -> None:
        """Take events of these names from now on, or no more."""
        self.enabled = self.enabled | names if on else self.enabled - names
        if self.enabled and not self.size_kib:
            self.size_kib = BUFFER_KIB
        self._listen_if_needed()

    def switch(self, *, on: bool) -> None:
        """Obey tracing_on."""
        self.is_on = on
        self._listen_if_needed()

    def _listen_if_needed(self) -> None:
        wanted = self.is_on and bool(self.enabled)
        trace = self.kernel.trace
        if wanted and not self._is_listening:
            trace.subscribe(self._hear)
        elif self._is_listening and not wanted:
            trace.unsubscribe(self._hear)
        self._is_listening = wanted

    def _hear(self, event: Event) -> None:
        name = EVENT_NAMES.get(event[3], event[3])
        wakes = name == "sched_waking" and "sched_wakeup" in self.enabled
        if not wakes and name not in self.enabled:
            return
        if self.pids and not self._concerns(event):
            return
        task = self.kernel.tasks.get(event[2])
        for text in (self._text, self._wakeups):
            if task is not None:
                text.name_task(event[2], task.name)
            if name in self.enabled if text is self._text else wakes:
                text.add(event)

    # Linux: kernel/trace/trace_events.c event_filter_pid_sched_switch_probe_pre() (v6.1).
    def _concerns(self, event: Event) -> bool:
        fields = FIELDS[event[3]]
        pids = {event[2]}
        pids |= {
            event[4 + fields.index(one)]
            for one in ("pid", "prev_pid", "next_pid", "child_pid")
            if one in fields
        }
        return bool(pids & self.pids)

    def mark(self, text: str) -> None:
        """Put a line of a program's own among the events."""
        if not self.is_on:
            return
        if not self.size_kib:
            self.size_kib = BUFFER_KIB
        sched = self.kernel.sched
        task = sched.current
        self._text.name_task(task.pid, task.name)
        self._text.mark(sched.now_ns, task.cpu.id, task.pid, text)

    def resize(self, kib: int) -> None:
        """Hold so much for each CPU."""
        if kib <= 0:
            raise KernelError(EINVAL)
        self.size_kib = kib
        while len(self.lines) > self.capacity:
            self.lines.popleft()

    # -- Reading -----------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget what there is."""
        self.lines.clear()
        self.written = 0

    def text(self) -> str:
        """Give what the file ``trace`` shows."""
        counts = f"# entries-in-buffer/entries-written: {len(self.lines)}/{self.written}"
        head = f"{FtraceText.HEAD}#\n{counts}   #P:{len(self.kernel.sched.cpus)}\n"
        return head + FtraceText.COLUMNS + "".join(line for *_, line in sorted(self.lines))

    def take(self) -> str:
        """Give what there is and forget it."""
        text = "".join(line for *_, line in sorted(self.lines))
        self.lines.clear()
        return text

    def cmdlines(self) -> str:
        """Give the pids and names that the trace shows."""
        names = {}
        for *_, line in sorted(self.lines):
            name, _, pid = line.partition("[")[0].strip().rpartition("-")
            names[int(pid)] = name
        return "".join(f"{pid} {name}\n" for pid, name in sorted(names.items()) if pid)
