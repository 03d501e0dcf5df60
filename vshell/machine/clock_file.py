"""/proc/vshell/clock: what programs see of the host's clock, and what they may ask of it.

Read, it gives facts, one "name value" a line: ``time_ns`` since boot, ``date_ns`` since 1970,
``rate``, ``state``, and of the next timer ``next_ns``, ``next_pid`` (0 if it is no task's) and
``next_name``. One write is one command:

* ``pause``, ``resume``, ``speed X``, ``speed max``;
* ``until NS``: virtual time runs ahead up to a time since boot;
* ``until wakeup``, ``step N``: ... until one task, or N, have been woken; step pauses the clock;
* ``until log TEXT``: ... until the kernel log has a new line with this text;
* ``until STATE PID``: ... until a task is so; ``until exited NAME``: one that is no more.

The write that lets time run ahead sleeps so long. What it has seen can then be read from the same
open file: "time_ns pid name" or "time_ns text" for each thing.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EINTR, EINVAL, ESRCH, ETIMEDOUT, KernelError
from vshell.abi.units import NEVER_NS, NSEC_PER_SEC
from vshell.kernel.inode import File, Inode
from vshell.kernel.timer import timer_name
from vshell.machine.clock import SPEED_LIMIT, SPEED_MIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task
    from vshell.kernel.trace import Event
    from vshell.machine.clock import ClockControl

__all__ = ["PATIENCE_NS", "ClockFile", "pending_timers", "read_rate"]

PATIENCE_NS = 86_400 * NSEC_PER_SEC
"""How far virtual time runs ahead for something that does not happen."""

_PID_DIGITS_MAX = 10
_NUMBER_DIGITS_MAX = 20
_LETTERS = {"parked": "P", "running": "R", "sleeping": "SDI", "stopped": "T", "exited": ""}


class ClockFile(File):
    """The file, open."""

    def __init__(self, inode: Inode, flags: int, kernel: Kernel, control: ClockControl) -> None:
        """Open it for one kernel's clock."""
        super().__init__(inode, flags)
        self._kernel = kernel
        self._control = control
        self._seen: list[str] = []
        self._content = b""
        self._has_written = False

    # -- Reading ----------------------------------------------------------------------------------

    def read(self, count: int) -> bytes:
        """Read the facts, or what the last command has seen."""
        if not self.position:
            lines = self._seen if self._has_written else list(self._facts())
            self._content = "".join(f"{one}\n" for one in lines).encode("utf-8", "surrogateescape")
        data = self._content[self.position : self.position + count]
        self.position += len(data)
        return data

    def _facts(self) -> Iterator[str]:
        kernel, control = self._kernel, self._control
        now_ns = kernel.now_ns
        yield f"time_ns {now_ns}"
        yield f"date_ns {kernel.clock.wall_ns(now_ns)}"
        yield f"rate {control.rate:g}" if control.rate else "rate max"
        yield f"state {'paused' if control.is_paused else 'running'}"
        own = self._own_pids()
        timers = sorted(one for one in pending_timers(kernel) if one[1] not in own)
        if timers:
            time_ns, pid, name = timers[0]
            yield from (f"next_ns {time_ns}", f"next_pid {pid}", f"next_name {name}")

    # The caller and the shells that wait for it: their wake-ups are no news.
    def _own_pids(self) -> set[int]:
        found = set()
        task: Task | None = self._kernel.sched.current
        while task is not None and task.pid not in found:
            found.add(task.pid)
            task = task.parent
        return found

    # -- Writing ----------------------------------------------------------------------------------

    def write(self, data: bytes) -> int:
        """Obey one command. May sleep."""
        words = data.decode("utf-8", "surrogateescape").strip().split(" ", 2)
        command, first, rest = [*words, "", ""][:3]
        self._has_written = True
        self.position = 0
        control = self._control
        if command == "until" and first:
            self._until(first, rest)
        elif command == "step" and not rest:
            count = _number(first or "1")
            if not count:
                raise KernelError(EINVAL)
            control.pause()
            self._until_wakeups(count)
        elif command == "speed" and not rest:
            control.set_rate(read_rate(first))
        elif command in ("pause", "resume") and not first:
            (control.pause if command == "pause" else control.resume)()
        else:
            raise KernelError(EINVAL)
        return len(data)

    def _until(self, word: str, rest: str) -> None:
        if word == "wakeup" and not rest:
            self._until_wakeups(1)
        elif word == "log" and rest:
            self._until_logged(rest)
        elif word in ("woken", *_LETTERS) and rest:
            is_pid = rest.isascii() and rest.isdigit() and len(rest) < _PID_DIGITS_MAX
            task = self._kernel.tasks.get(int(rest)) if is_pid else None
            if task is not None:
                self._until_state(task, word)
            elif word == "exited":
                self._find_exited(rest)
            else:
                raise KernelError(ESRCH)
        elif not rest:
            self._run_ahead(min(_number(word), NEVER_NS - 1), None)
        else:
            raise KernelError(EINVAL)

    # -- What ends a run --------------------------------------------------------------------------

    # A call that was stopped meanwhile (Ctrl-Z) begins anew, and goes on counting.
    def _until_wakeups(self, count: int) -> None:
        own = self._own_pids()

        def look(event: Event) -> bool:
            if event[3] == "sched_waking" and event[5] not in own:
                self._seen.append(f"{event[0]} {event[5]} {event[4]}")
            return len(self._seen) >= count

        self._run_until(look)

    def _until_logged(self, text: str) -> None:
        def look(event: Event) -> bool:
            if event[3] != "console":
                return False
            found = [line for line in event[6].split("\n") if text in line]
            self._seen += [f"{event[4]} {line}" for line in found[:1]]
            return bool(found)

        self._run_until(look)

    def _until_state(self, task: Task, state: str) -> None:
        pid, name = task.pid, task.name
        has_exited = False

        def look(event: Event) -> bool:
            nonlocal has_exited
            kind = event[3]
            if kind not in ("sched_waking", "sched_switch", "sched_process_exit"):
                return False
            if event[5] != pid:
                return False
            if kind == "sched_process_exit":
                has_exited = True
                return True
            if kind == "sched_waking":
                return state in ("woken", "running")
            return _is(task, state)

        if not _is(task, state):
            if task.exit_state:
                raise KernelError(ESRCH)
            self._run_until(look)
            if has_exited and state != _end_of(task, state):
                raise KernelError(ESRCH)
        self._seen.append(f"{self._kernel.now_ns} {pid} {name}")

    def _find_exited(self, who: str) -> None:
        for event in reversed(self._kernel.trace.events()):
            if event[3] == "sched_process_exit" and (who == str(event[5]) or who in event[4]):
                self._seen.append(f"{event[0]} {event[5]} {event[4]}")
                return
        raise KernelError(ESRCH)

    # -- Running ahead ----------------------------------------------------------------------------

    def _run_until(self, look: Callable[[Event], bool]) -> None:
        if not self._run_ahead(self._kernel.now_ns + PATIENCE_NS, look):
            raise KernelError(ETIMEDOUT)

    # Sleep until a time, or until an event ends it; tell whether one did. Time runs ahead so long.
    def _run_ahead(self, end_ns: int, look: Callable[[Event], bool] | None) -> bool:
        kernel = self._kernel
        task = kernel.sched.current
        happened = False

        def wake() -> None:
            kernel.sched.wake_up_process(task)

        def listen(event: Event) -> None:
            nonlocal happened
            if look is not None and not happened and look(event):
                happened = True
                # An event comes in the middle of a switch or a wake-up; this one is for afterwards.
                kernel.post(kernel.now_ns, wake)

        self._control.begin_running_ahead()
        kernel.trace.subscribe(listen)
        try:
            while not happened and kernel.now_ns < end_ns:
                task.state = st.TASK_INTERRUPTIBLE
                timed_out = not kernel.hrtimers.sleep_until(end_ns)
                if not timed_out and not happened and task.signal_pending():
                    raise KernelError(EINTR)
        finally:
            kernel.trace.unsubscribe(listen)
            self._control.end_running_ahead()
        return happened


def pending_timers(kernel: Kernel) -> Iterator[tuple[int, int, str]]:
    """Give every armed timer: its time, and whom it wakes, as pid and name.

    The pid of one that wakes no task is 0, the name its function's.
    """
    clock = kernel.clock
    sleepers = {task.hrtimer: task for task in kernel.tasks if task.hrtimer is not None}
    alarms = {one.alarm: one.task for one in kernel.processes if one.alarm is not None}
    for expires_ns, hrtimer in kernel.hrtimers.pending():
        task = sleepers.get(hrtimer) or alarms.get(hrtimer)
        if task is None:
            name = getattr(hrtimer.function, "__name__", "?").lstrip("_")
            yield expires_ns, 0, f"{name}()"
        else:
            yield expires_ns, task.pid, task.name
    for expiry, timer in kernel.timers.pending():
        at_ns = clock.at(expiry + clock.lag_jiffies)
        if timer.task is None:
            yield at_ns, 0, f"{timer_name(timer)}()"
        else:
            yield at_ns, timer.task.pid, timer.task.name


# Whether a task is in a state now; nothing is ever "woken".
def _is(task: Task, state: str) -> bool:
    if task.exit_state:
        return state == _end_of(task, state)
    letter = "R" if task.on_rq else st.state_letter(task.state)
    return letter in _LETTERS.get(state, "")


# The word by which somebody who waits for a state means that a task has ended: no signal stops a
# kernel thread, so one that is "stopped" has followed kthread_stop().
def _end_of(task: Task, state: str) -> str:
    return state if task.kthread is not None and state == "stopped" else "exited"


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _NUMBER_DIGITS_MAX:
        raise KernelError(EINVAL)
    return int(text)


def read_rate(text: str) -> float:
    """Read a speed, in virtual seconds per real second; "max" is 0.

    Raises:
        KernelError: EINVAL.
    """
    if text == "max":
        return 0.0
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not SPEED_MIN <= rate < SPEED_LIMIT:
        raise KernelError(EINVAL)
    return rate
