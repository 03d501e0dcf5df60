"""The event stream's records: one kind per tracepoint, with its fields by name.

Names and fields are those of the kernel's tracepoints where it has them; a kthread's requests
(``kthread_park``, ``kthread_stop`` ...) have none there and are ours. The kernel emits plain
tuples ``(time_ns, cpu, pid, name, *fields)``; whoever reads makes records of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["FIELDS", "Event"]

_TASK = ("comm", "pid")
_TIMER = ("timer", "task_pid")

FIELDS: dict[str, tuple[str, ...]] = {
    "sched_switch": (
        *("prev_comm", "prev_pid", "prev_prio", "prev_state", "prev_exit_state"),
        *("next_comm", "next_pid", "next_prio"),
    ),
    "sched_waking": (*_TASK, "prio", "target_cpu", "in_irq"),
    "sched_wakeup_new": (*_TASK, "prio", "target_cpu"),
    "sched_migrate_task": (*_TASK, "prio", "orig_cpu", "dest_cpu"),
    "sched_process_fork": ("parent_comm", "parent_pid", "child_comm", "child_pid"),
    "sched_process_exec": ("filename", "pid"),
    "sched_process_exit": (*_TASK, "prio"),
    "sched_process_free": (*_TASK, "prio"),
    "task_rename": ("pid", "oldcomm", "newcomm", "oom_score_adj"),
    "signal_generate": ("sig", *_TASK),
    "timer_start": (*_TIMER, "expires", "bucket_expiry"),
    "timer_cancel": _TIMER,
    "timer_expire_entry": (*_TIMER, "expires"),
    "module_load": ("module",),
    "module_free": ("module",),
    "console": ("ts_ns", "level", "text"),
    "kthread_park": _TASK,
    "kthread_parked": _TASK,
    "kthread_unpark": _TASK,
    "kthread_stop": _TASK,
    "kthread_stopped": _TASK,
}
"""The names of every event's own fields; times are nanoseconds since boot or, where they are
called ``expires``, jiffies. ``in_irq`` is 1 if an interrupt did it, which in Linux is among the
flags before every event; an event's own ``pid`` is then the task that it interrupted."""


class Event:
    """One event; equal if everything is."""

    __slots__ = ("cpu", "name", "pid", "time_ns", "values")

    def __init__(self, emitted: tuple[Any, ...]) -> None:
        """Make a record of what a tracepoint emitted."""
        self.time_ns: int = emitted[0]
        self.cpu: int = emitted[1]
        self.pid: int = emitted[2]
        self.name: str = emitted[3]
        self.values = emitted[4:]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and self.as_tuple() == other.as_tuple()

    def __hash__(self) -> int:
        return hash(self.as_tuple())

    def __repr__(self) -> str:
        return f"Event({self})"

    def __str__(self) -> str:
        fields = " ".join(f"{name}={value}" for name, value in self.fields().items())
        when = f"{self.time_ns // 1_000_000_000}.{self.time_ns % 1_000_000_000:09d}"
        return f"{when} [{self.cpu:03d}] {self.pid} {self.name}: {fields}"

    def as_tuple(self) -> tuple[Any, ...]:
        """Give it as it was emitted."""
        return (self.time_ns, self.cpu, self.pid, self.name, *self.values)

    def fields(self) -> dict[str, Any]:
        """Give its own fields by name."""
        return dict(zip(FIELDS[self.name], self.values, strict=True))

    def to_json(self) -> str:
        """Give it as one line of JSON, without the newline."""
        import json  # noqa: PLC0415 - only where events are written down

        head = {"time_ns": self.time_ns, "cpu": self.cpu, "pid": self.pid, "name": self.name}
        return json.dumps(head | {"fields": self.fields()}, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Event:
        """Read a line that ``to_json`` wrote.

        Raises:
            ValueError: it is none.
        """
        import json  # noqa: PLC0415 - only where events are read back

        try:
            found = json.loads(line)
            names = FIELDS[found["name"]]
            head = (found["time_ns"], found["cpu"], found["pid"], found["name"])
            return cls((*head, *(found["fields"][name] for name in names)))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an event: {error!r}") from None
