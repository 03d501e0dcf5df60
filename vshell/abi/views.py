"""What an observer may hold of a kernel: frozen values, true at the moment they were taken.

They are made by ``machine.views``; nothing in them leads back into the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KernelView", "LogLine", "ModuleView", "TaskView"]


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task: a process or a kernel thread."""

    pid: int
    comm: str
    """At most 15 letters (task->comm)."""
    name: str
    """The full name, as /proc/PID/comm has it: a kernel thread's can be longer than its comm."""
    state: str
    """The letter that ps shows: R, S, D, T, P (parked), I, Z or X."""
    state_word: str
    """The letter in words, as /proc/PID/status has it: "parked"."""
    state_since_ns: int
    """When the task came into this state, virtual nanoseconds since boot."""
    cpu: int
    """The CPU that it runs on, or ran on last."""
    wchan: str
    """The kernel function that it sleeps in, as /proc/PID/wchan has it; "" while it runs."""
    is_kthread: bool
    parent_pid: int
    """0 for a task without a parent."""
    started_ns: int = 0
    """When it was made."""
    is_running: bool = False
    """Whether it is on its CPU now; its state may say already what it is about to wait in."""
    is_queued: bool = False
    """Whether it could run and waits for its CPU."""
    requests: tuple[str, ...] = ()
    """What a kernel thread has been asked to do and its flags still say: "stop", "park"."""
    module: str = ""
    """The module whose thread it is; "" for all others."""


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module, as /proc/modules shows it."""

    name: str
    state: str
    """Live, Loading or Unloading."""
    refs: int
    """How many references it has: it can be removed at 0."""
    used_by: tuple[str, ...]
    """The modules that use its symbols."""
    size: int
    """In bytes."""
    taints: str = ""
    """The letters of its taints."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A record of the kernel log."""

    time_ns: int
    level: int
    """0 (emerg) to 7 (debug)."""
    text: str


@dataclass(frozen=True, slots=True)
class KernelView:
    """A kernel at one moment."""

    now_ns: int
    """The moment: virtual nanoseconds since boot."""
    tasks: tuple[TaskView, ...]
    """All tasks, by rising pid."""
    modules: tuple[ModuleView, ...]
    """The modules that are loaded, the newest first, as lsmod lists them."""
    log: tuple[LogLine, ...]
    """The kernel log, what ``dmesg -c`` has cleared included."""
    cpus: int = 0
    """How many CPUs it has."""

    def task(self, which: int | str) -> TaskView | None:
        """Find a task by its pid, or the first one by its full name or comm; None without one."""
        for task in self.tasks:
            if which in (task.pid, task.name, task.comm):
                return task
        return None

    def module(self, name: str) -> ModuleView | None:
        """Find a module by its name; None if it is not loaded."""
        for module in self.modules:
            if module.name == name:
                return module
        return None

    def messages(self, word: str = "") -> tuple[str, ...]:
        """Give the texts of the kernel log that hold a word."""
        return tuple(line.text for line in self.log if word in line.text)
