"""Tasks, their states, and the scheduler.

Header: include/linux/sched.h. A package, because Linux has headers below it: <linux/sched/task.h>,
<linux/sched/signal.h>. task_struct has the fields that modules commonly read.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import exported, exported_gpl, macro, value_macro
from vshell.kernel import costs as _costs
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

    kernel: Kernel
    current: task_struct
else:

    @value_macro
    def current() -> task_struct:
        """Give the task that runs.

        C: #define current get_current()

        Returns:
            The running task's task_struct.

        Context:
            Any; in an interrupt, the task that was interrupted.

        Source:
            arch/x86/include/asm/current.h (v6.1)
        """
        return task_struct.of(kernel.sched.current)


__all__ = [
    "PF_EXITING",
    "PF_IDLE",
    "PF_KTHREAD",
    "PF_NOFREEZE",
    "PF_WQ_WORKER",
    "TASK_COMM_LEN",
    "TASK_DEAD",
    "TASK_IDLE",
    "TASK_INTERRUPTIBLE",
    "TASK_KILLABLE",
    "TASK_NORMAL",
    "TASK_PARKED",
    "TASK_RUNNING",
    "TASK_STOPPED",
    "TASK_UNINTERRUPTIBLE",
    "__set_current_state",
    "cond_resched",
    "current",
    "get_task_comm",
    "need_resched",
    "sched_set_fifo",
    "sched_set_fifo_low",
    "sched_set_normal",
    "schedule",
    "schedule_timeout",
    "schedule_timeout_idle",
    "schedule_timeout_interruptible",
    "schedule_timeout_killable",
    "schedule_timeout_uninterruptible",
    "set_cpus_allowed_ptr",
    "set_current_state",
    "set_special_state",
    "set_user_nice",
    "task_nice",
    "task_struct",
    "wake_up_process",
    "yield_",
]

TASK_RUNNING = _st.TASK_RUNNING
TASK_INTERRUPTIBLE = _st.TASK_INTERRUPTIBLE
TASK_UNINTERRUPTIBLE = _st.TASK_UNINTERRUPTIBLE
TASK_STOPPED = _st.TASK_STOPPED
TASK_PARKED = _st.TASK_PARKED
TASK_DEAD = _st.TASK_DEAD
TASK_KILLABLE = _st.TASK_KILLABLE
TASK_IDLE = _st.TASK_IDLE
TASK_NORMAL = _st.TASK_NORMAL
TASK_COMM_LEN = 16
PF_IDLE = _st.PF_IDLE
PF_EXITING = _st.PF_EXITING
PF_WQ_WORKER = _st.PF_WQ_WORKER
PF_NOFREEZE = _st.PF_NOFREEZE
PF_KTHREAD = _st.PF_KTHREAD

_FREED = 0x6B6B6B6B6B6B6B6B


class sigpending:
    """Signals that wait: ``signal``, a set.

    Header: include/linux/signal_types.h.
    """

    __slots__ = ("signal",)

    def __init__(self, signal: int) -> None:
        """Take the set as it is now."""
        self.signal = signal


class signal_struct:
    """What the threads of a process share: ``shared_pending``.

    Header: include/linux/sched/signal.h.
    """

    __slots__ = ("shared_pending",)

    def __init__(self, shared_pending: sigpending) -> None:
        """Take it as it is now."""
        self.shared_pending = shared_pending


class task_struct:
    """A task as a module sees it; the same task is always the same object.

    Header: include/linux/sched.h. Reading a field of a task that has been freed is a fault.
    """

    __slots__ = ("_task",)

    def __init__(self, task: Task) -> None:
        """Stand for a task. Modules never make one."""
        self._task = task

    @staticmethod
    def of(task: Task) -> task_struct:
        """Give the object that stands for a task."""
        handle = task.handle
        if handle is None:
            handle = task.handle = task_struct(task)
        return handle  # type: ignore[return-value]  # the kernel cannot know its class

    def __repr__(self) -> str:
        """Name the task, for whoever prints it with Python's means."""
        return f"<task_struct {self._task.comm} {self._task.pid}>"

    def _live(self) -> Task:
        task = self._task
        if task.freed:
            raise _Oops("gp", _FREED)
        return task

    @property
    def pid(self) -> int:
        """The task's number."""
        return self._live().pid

    @property
    def tgid(self) -> int:
        """The number of its thread group; kthreads are alone in theirs."""
        return self._live().pid

    @property
    def comm(self) -> str:
        """Its name, cut to 15 characters."""
        return self._live().comm

    @property
    def flags(self) -> int:
        """PF_ flags."""
        return self._live().flags

    @property
    def exit_state(self) -> int:
        """0 while it lives, EXIT_DEAD or EXIT_ZOMBIE afterwards."""
        return self._live().exit_state

    @property
    def exit_code(self) -> int:
        """What it ended with."""
        return self._live().exit_code

    @property
    def prio(self) -> int:
        """Its priority in force: 0 to 99 real-time, 100 to 139 fair."""
        return self._live().prio

    @property
    def static_prio(self) -> int:
        """120 plus its nice value."""
        return self._live().static_prio

    @property
    def normal_prio(self) -> int:
        """Its priority without inheritance, which does not exist here."""
        return self._live().prio

    @property
    def rt_priority(self) -> int:
        """1 to 99 for real-time policies, else 0."""
        return self._live().rt_priority

    @property
    def policy(self) -> int:
        """SCHED_NORMAL (0), SCHED_FIFO (1), ..."""
        return self._live().policy

    @property
    def pending(self) -> sigpending:
        """The signals that wait for this task alone."""
        return sigpending(self._live().sig_pending)

    @property
    def signal(self) -> signal_struct:
        """What it shares with its process: the signals that wait for whichever thread."""
        return signal_struct(sigpending(self._live().shared_pending))

    @property
    def nr_cpus_allowed(self) -> int:
        """On how many CPUs it may run."""
        return self._live().cpus_mask.bit_count()


def _get_state(self: task_struct) -> int:
    return self._live().state


def _set_state(self: task_struct, state: int) -> None:
    self._live().state = state


# Inside the class Python would change a name with two underscores.
setattr(
    task_struct, "__state", property(_get_state, _set_state, doc="Its state: TASK_RUNNING, ...")
)


# Give the task behind a pointer, or fault as C would.
def _task_of(p: object, symbol: str = "") -> Task:
    if isinstance(p, task_struct):
        task = p._task  # noqa: SLF001 - the one place that looks behind the handle
        if not task.freed:
            return task
        fault = _Oops("gp", _FREED)
    else:
        fault = _Oops("page", kernel.addresses.address_of(p), "write")
    fault.at = symbol
    raise fault


@macro()
def set_current_state(state_value: int) -> None:
    """Set the state current will sleep in, before it looks at what it awaits.

    C: #define set_current_state(state_value)

    Args:
        state_value: TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, ...

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        include/linux/sched.h (v6.1)
    """
    kernel.sched.current.state = state_value


@macro()
def __set_current_state(state_value: int) -> None:
    """Set current's state without ordering it against other memory accesses.

    C: #define __set_current_state(state_value)

    Args:
        state_value: usually TASK_RUNNING.

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        include/linux/sched.h (v6.1)
    """
    kernel.sched.current.state = state_value


@macro()
def set_special_state(state_value: int) -> None:
    """Set a state that only its own wake-up ends: TASK_STOPPED, TASK_PARKED.

    C: #define set_special_state(state_value)

    Args:
        state_value: the state.

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        include/linux/sched.h (v6.1)
    """
    kernel.sched.current.state = state_value


@exported
def schedule() -> None:
    """Give up the CPU; sleep if current's state is not TASK_RUNNING.

    C: void schedule(void)

    Returns:
        Nothing, once somebody has woken current.

    Context:
        Process context, no spinlock held. Sleeps.

    Source:
        kernel/sched/core.c (v6.1)
    """
    sched = kernel.sched
    if sched.current.state:
        sched.charge(_costs.CALL_NS)
    else:
        # It will not sleep: who does this again and again is spinning.
        sched.poll()
    sched.schedule()


@exported
def schedule_timeout(timeout: int) -> int:
    """Sleep until woken or until a timeout; current's state must be set.

    C: long schedule_timeout(long timeout)

    Args:
        timeout: jiffies; MAX_SCHEDULE_TIMEOUT for no limit.

    Returns:
        Jiffies left, 0 if the timeout has passed. With current's state
        TASK_RUNNING, the timeout at once.

    Context:
        Process context. Sleeps.

    Source:
        kernel/time/timer.c (v6.1)
    """
    kernel.sched.charge(_costs.CALL_NS)
    return kernel.timers.schedule_timeout(timeout)


@exported
def schedule_timeout_interruptible(timeout: int) -> int:
    """Sleep in TASK_INTERRUPTIBLE until woken, signalled or until a timeout.

    C: long schedule_timeout_interruptible(long timeout)

    Args:
        timeout: jiffies.

    Returns:
        Jiffies left, 0 if the timeout has passed.

    Context:
        Process context. Sleeps.

    Source:
        kernel/time/timer.c (v6.1)
    """
    kernel.sched.current.state = TASK_INTERRUPTIBLE
    return kernel.timers.schedule_timeout(timeout)


@exported
def schedule_timeout_killable(timeout: int) -> int:
    """Sleep in TASK_KILLABLE until woken, killed or until a timeout.

    C: long schedule_timeout_killable(long timeout)

    Args:
        timeout: jiffies.

    Returns:
        Jiffies left, 0 if the timeout has passed.

    Context:
        Process context. Sleeps.

    Source:
        kernel/time/timer.c (v6.1)
    """
    kernel.sched.current.state = TASK_KILLABLE
    return kernel.timers.schedule_timeout(timeout)


@exported
def schedule_timeout_uninterruptible(timeout: int) -> int:
    """Sleep in TASK_UNINTERRUPTIBLE until woken or until a timeout.

    C: long schedule_timeout_uninterruptible(long timeout)

    Args:
        timeout: jiffies.

    Returns:
        Jiffies left, 0 if the timeout has passed.

    Context:
        Process context. Sleeps.

    Source:
        kernel/time/timer.c (v6.1)
    """
    kernel.sched.current.state = TASK_UNINTERRUPTIBLE
    return kernel.timers.schedule_timeout(timeout)


@exported
def schedule_timeout_idle(timeout: int) -> int:
    """Sleep in TASK_IDLE until woken or until a timeout.

    It is I in ps and no part of the load.

    C: long schedule_timeout_idle(long timeout)

    Args:
        timeout: jiffies.

    Returns:
        Jiffies left, 0 if the timeout has passed.

    Context:
        Process context. Sleeps.

    Source:
        kernel/time/timer.c (v6.1)
    """
    kernel.sched.current.state = TASK_IDLE
    return kernel.timers.schedule_timeout(timeout)


@exported
def wake_up_process(p: task_struct) -> int:
    """Wake a task that sleeps in TASK_INTERRUPTIBLE or TASK_UNINTERRUPTIBLE.

    C: int wake_up_process(struct task_struct *p)

    Args:
        p: any task.

    Returns:
        1 if it slept, 0 if it was running, parked, stopped or dead.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/core.c (v6.1)
    """
    task = _task_of(p, "wake_up_process")
    kernel.sched.charge(_costs.WAKE_NS)
    return kernel.sched.wake_up_process(task)


@macro(uses=("__SCT__cond_resched",))
def cond_resched() -> int:
    """Let other tasks of this CPU go first, if one is due.

    C: int cond_resched(void)

    Returns:
        1 if others ran, else 0.

    Context:
        Process context; may give up the CPU but does not sleep.

    Source:
        kernel/sched/core.c (v6.1)
    """
    return kernel.sched.cond_resched()


@exported
def yield_() -> None:
    """Let all other tasks of this CPU go first.

    C: void yield(void)

    Returns:
        Nothing.

    Context:
        Process context; stays runnable.

    Source:
        kernel/sched/syscalls.c, kernel/sched/core.c (v6.1)

    Differs:
        The name has an underscore, because ``yield`` is a word of Python's grammar.
    """
    kernel.sched.yield_()


@macro()
def need_resched() -> bool:
    """Tell whether current should give up the CPU soon.

    C: bool need_resched(void)

    Returns:
        True if so.

    Context:
        Any.

    Source:
        include/linux/sched.h (v6.1)
    """
    kernel.sched.poll()
    return kernel.sched.cpu.need_resched


@exported
def set_user_nice(p: task_struct, nice: int) -> None:
    """Set a task's nice value; out of -20 to 19 nothing happens.

    C: void set_user_nice(struct task_struct *p, long nice)

    Args:
        p: any task.
        nice: -20 (most CPU time) to 19 (least).

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/sched/core.c (v6.1)
    """
    task = _task_of(p, "set_user_nice")
    if -20 <= nice <= 19:
        task.static_prio = _st.DEFAULT_PRIO + nice
        kernel.sched.change(task)


@exported_gpl
def set_cpus_allowed_ptr(p: task_struct, new_mask: int) -> int:
    """Say on which CPUs a task may run; a thread that is bound to one, too.

    C: int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *new_mask)

    Args:
        p: any task.
        new_mask: cpumask_of() and the like.

    Returns:
        0, or -EINVAL if none of them is there.

    Context:
        Process context; may give up the CPU.

    Source:
        kernel/sched/core.c (v6.1)
    """
    task = _task_of(p, "set_cpus_allowed_ptr")
    mask = new_mask & kernel.sched.all_cpus_mask
    if not mask:
        return -22
    task.cpus_mask = mask
    kernel.sched.change(task)
    return 0


@macro()
def task_nice(p: task_struct) -> int:
    """Give a task's nice value.

    C: int task_nice(const struct task_struct *p)

    Returns:
        -20 to 19.

    Context:
        Any.

    Source:
        include/linux/sched.h (v6.1)
    """
    return _task_of(p, "task_nice").nice


def _set_policy(p: task_struct, policy: int, priority: int, nice: int | None = None) -> None:
    task = _task_of(p, "sched_set_fifo")
    task.policy = policy
    task.rt_priority = priority
    if nice is not None:
        task.static_prio = _st.DEFAULT_PRIO + nice
    kernel.sched.change(task)


@exported_gpl
def sched_set_fifo(p: task_struct) -> None:
    """Make a task real-time: SCHED_FIFO at mid-range, priority 50.

    C: void sched_set_fifo(struct task_struct *p)

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        kernel/sched/core.c (v6.1)
    """
    _set_policy(p, _st.SCHED_FIFO, 50)


@exported_gpl
def sched_set_fifo_low(p: task_struct) -> None:
    """Make a task real-time: SCHED_FIFO just above ordinary, priority 1.

    C: void sched_set_fifo_low(struct task_struct *p)

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        kernel/sched/core.c (v6.1)
    """
    _set_policy(p, _st.SCHED_FIFO, 1)


@exported_gpl
def sched_set_normal(p: task_struct, nice: int) -> None:
    """Make a task ordinary again, with a nice value.

    C: void sched_set_normal(struct task_struct *p, int nice)

    Returns:
        Nothing.

    Context:
        Process context; does not sleep.

    Source:
        kernel/sched/core.c (v6.1)
    """
    _set_policy(p, _st.SCHED_NORMAL, 0, nice)


@macro()
def get_task_comm(tsk: task_struct) -> str:
    """Give a task's name, cut to 15 characters.

    C: #define get_task_comm(buf, tsk)

    Returns:
        The name.

    Context:
        Any.

    Source:
        include/linux/sched.h (v6.1)

    Differs:
        The buffer is the result.
    """
    return _task_of(tsk, "__get_task_comm").comm
