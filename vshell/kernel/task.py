"""Tasks: what the scheduler runs, and their numbers, from birth to burial.

Words, each with one meaning in the whole code:

* *task*: anything schedulable; a ``Task`` here, a ``task_struct`` in a module.
* *kthread*: a task that runs kernel code only, made by kthread_create().
* *process*: a task of userland, with descriptors, a directory and a parent that waits for it.
* *context*: the stack a task's code runs on (``kernel.context``).
* *thread*: only the real computer's OS thread in ``machine.thread``.
* *hub*: the context that resumes all others; it is not a task.
* *CPU*: a virtual one (``kernel.sched.Cpu``).
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EAGAIN, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from vshell.kernel.context import Context
    from vshell.kernel.hrtimer import HrTimer
    from vshell.kernel.kthread import Kthread
    from vshell.kernel.process import Process
    from vshell.kernel.procfs_task import TaskDirectory
    from vshell.kernel.sched import Cpu
    from vshell.kernel.timer import Timer

__all__ = ["TASK_COMM_LEN", "Task", "TaskTable"]

TASK_COMM_LEN = 16
"""Bytes of task->comm, the closing zero included."""

# Linux: kernel/sched/core.c sched_prio_to_weight (v6.1).
_WEIGHTS = [
    *(88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916),
    *(9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277),
    *(1024, 820, 655, 526, 423, 335, 272, 215, 172, 137),
    *(110, 87, 70, 56, 45, 36, 29, 23, 18, 15),
]


class Task:
    """One schedulable thing and all the kernel knows of it."""

    __slots__ = (
        "children",
        "comm",
        "context",
        "cpu",
        "cpus_mask",
        "exec_start_ns",
        "exit_code",
        "exit_state",
        "fault",
        "flags",
        "freed",
        "handle",
        "hrtimer",
        "hung_checked_ns",
        "hung_switches",
        "irqs_off",
        "kernel_mode",
        "kthread",
        "migrations",
        "nivcsw",
        "nvcsw",
        "on_rq",
        "parent",
        "pid",
        "policy",
        "preempt_count",
        "prio",
        "proc_directory",
        "process",
        "resume",
        "rt_priority",
        "shared_pending",
        "sig_blocked",
        "sig_caught",
        "sig_ignored",
        "sig_notify",
        "sig_pending",
        "spins",
        "start_ns",
        "state",
        "state_since_ns",
        "static_prio",
        "sum_exec_ns",
        "timer",
        "turns",
        "usage",
        "utime_ns",
        "vruntime_ns",
        "waker_pid",
        "weight",
    )

    def __init__(self, pid: int, comm: str, cpu: Cpu, start_ns: int) -> None:
        """Make a task that is not runnable yet."""
        # Identity: set once, at birth (comm may be changed by its owner).
        self.pid = pid
        self.comm = comm[: TASK_COMM_LEN - 1]
        self.start_ns = start_ns
        self.parent: Task | None = None
        self.children: list[Task] = []
        self.kthread: Kthread | None = None
        self.process: Process | None = None
        # /proc/PID, once somebody has looked there; it goes with the task.
        self.proc_directory: TaskDirectory | None = None
        self.flags = 0

        # The stack: written by whoever spawns it.
        self.context: Context | None = None
        self.resume: Callable[[], object] | None = None
        self.turns: Any = None

        # State: written by the task itself and by wake-ups.
        self.state = st.TASK_UNINTERRUPTIBLE
        self.state_since_ns = start_ns
        self.exit_state = 0
        self.exit_code = 0
        self.usage = 1
        self.freed = False
        self.handle: object = None
        self.fault: BaseException | None = None

        # Scheduling: written by sched.py only.
        self.cpu = cpu
        self.on_rq = False
        self.policy = st.SCHED_NORMAL
        self.static_prio = st.DEFAULT_PRIO
        self.prio = st.DEFAULT_PRIO
        self.rt_priority = 0
        self.weight = 1024
        self.vruntime_ns = 0
        self.cpus_mask = -1
        self.exec_start_ns = 0
        self.sum_exec_ns = 0
        self.utime_ns = 0
        self.nvcsw = 0
        self.migrations = 0
        self.nivcsw = 0
        self.preempt_count = 0
        self.irqs_off = False
        self.kernel_mode = 0
        self.spins = 0
        self.waker_pid = 0
        self.timer: Timer | None = None
        self.hrtimer: HrTimer | None = None

        # Signals: bit n-1 is signal n.
        self.sig_pending = 0
        self.shared_pending = 0
        self.sig_blocked = 0
        self.sig_ignored = 0
        self.sig_caught = 0
        self.sig_notify = False

        # The hung-task watchdog's notes.
        self.hung_switches = -1
        self.hung_checked_ns = 0

    def __repr__(self) -> str:
        """Name the task and its state, for messages about vshell itself."""
        letter = st.state_letter(self.state, self.exit_state)
        return f"<Task {self.pid} {self.name!r} {letter}>"

    @property
    def name(self) -> str:
        """The full name that /proc/PID/comm shows; comm is cut to 15 characters."""
        return self.kthread.full_name if self.kthread is not None else self.comm

    @property
    def proc_name(self) -> str:
        """The name in /proc, of a worker with what it works for."""
        return self.name + self.kthread.desc if self.kthread is not None else self.comm

    @property
    def nice(self) -> int:
        """-20 to 19."""
        return self.static_prio - st.DEFAULT_PRIO

    def process_is_root(self) -> bool:
        """Tell whether it has the rights of root; the kernel's own threads do."""
        return self.process is None or self.process.euid == 0

    def is_rt(self) -> bool:
        """Tell whether a real-time policy schedules it."""
        return self.policy in (st.SCHED_FIFO, st.SCHED_RR)

    def is_alive(self) -> bool:
        """Tell whether it has not exited."""
        return self.exit_state == 0

    def set_priorities(self) -> None:
        """Derive prio and weight from policy, rt_priority and static_prio."""
        if self.is_rt():
            self.prio = st.MAX_RT_PRIO - 1 - self.rt_priority
        else:
            self.prio = self.static_prio
        # Linux: kernel/sched/core.c set_load_weight() (v6.1): SCHED_IDLE has weight 3.
        self.weight = 3 if self.policy == st.SCHED_IDLE else _WEIGHTS[self.nice + 20]

    def signal_pending(self) -> bool:
        """Tell whether an interruptible sleep would be refused."""
        return self.sig_notify or bool((self.sig_pending | self.shared_pending) & ~self.sig_blocked)

    def fatal_signal_pending(self) -> bool:
        """Tell whether SIGKILL waits for this task itself, not its process."""
        return bool(self.sig_pending & 0x100)


class TaskTable:
    """All tasks by pid, and the next pid."""

    __slots__ = ("_floor", "_next", "_pid_max", "_tasks")

    def __init__(self, first_pid: int, pid_max: int) -> None:
        """Hand out pids from ``first_pid`` on, below ``pid_max``."""
        self._tasks: dict[int, Task] = {}
        self._next = first_pid
        self._floor = 300
        self._pid_max = pid_max

    def next_pid(self) -> int:
        """Hand out a pid: always the next one, from 300 again after pid_max.

        Raises:
            KernelError: EAGAIN when every number is taken.
        """
        # Linux: kernel/pid.c alloc_pid() (v6.1): cyclic, RESERVED_PIDS is 300.
        for _ in range(self._pid_max):
            if self._next >= self._pid_max:
                self._next = self._floor
            pid = self._next
            self._next += 1
            if pid not in self._tasks:
                return pid
        raise KernelError(EAGAIN)

    def free_below(self, limit: int) -> int:
        """Give a number that boot has left free, or else the next pid.

        Args:
            limit: the number lies between 7 and this one.
        """
        for pid in range(7, min(limit, self._next)):
            if pid not in self._tasks:
                return pid
        return self.next_pid()

    def skip_to(self, pid: int) -> None:
        """Hand out no pid below this one any more."""
        self._next = max(self._next, pid)

    def add(self, task: Task) -> None:
        """Enter a task under its pid."""
        self._tasks[task.pid] = task

    def remove(self, task: Task) -> None:
        """Take a task out; its pid may be handed out again much later."""
        del self._tasks[task.pid]

    def get(self, pid: int) -> Task | None:
        """Find a task."""
        return self._tasks.get(pid)

    def __iter__(self) -> Iterator[Task]:
        """Go through all tasks by rising pid."""
        return iter([self._tasks[pid] for pid in sorted(self._tasks)])

    def __len__(self) -> int:
        """How many tasks there are."""
        return len(self._tasks)

    def pids(self) -> Iterable[int]:
        """All pids, rising."""
        return sorted(self._tasks)
