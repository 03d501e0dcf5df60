"""What a sleeping task waits for, in sentences: the timer, the thread, the lock, the terminal.

Which sleeps a wake-up, a signal or kthread_stop() ends, and which not: Real:
03-stop-variants.
"""

from __future__ import annotations

from vshell.abi import signals
from vshell.abi import state as st
from vshell.kernel.kthread import SHOULD_PARK, SHOULD_STOP
from vshell.kernel.pipe import PipeReader, PipeWriter
from vshell.machine.why_place import callers_of, module_task_is_in, object_name
from vshell.machine.why_words import length, stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.pipe import Pipe
    from vshell.kernel.process import Process
    from vshell.kernel.task import Task
    from vshell.kernel.wait import Completion
    from vshell.machine.why_place import Place

__all__ = ["Sleep", "ends_with", "timer_ns", "who"]


def who(task: Task) -> str:
    """Name a task: "4097 (kthread_park thread1 example)"."""
    return f"{task.pid} ({task.name})"


def ends_with(task: Task) -> str:
    """Say what must return for a thread to end: "thread1_function()", or "its function"."""
    function = task.kthread.threadfn if task.kthread is not None else None
    name = getattr(function, "__name__", "<")
    return "its function" if name.startswith("<") else f"{name}()"


def timer_ns(kernel: Kernel, task: Task) -> int | None:
    """Give when a task's own timer will wake it, None if none is armed."""
    if task.hrtimer is not None and task.hrtimer.is_active():
        return task.hrtimer.expires_ns
    timer = task.timer
    if timer is None or timer.bucket is None:
        return None
    clock, now_ns = kernel.clock, kernel.sched.now_ns
    at_ns = clock.at(timer.bucket.expiry + clock.lag_jiffies)
    return at_ns if at_ns > now_ns else clock.at(clock.jiffies(now_ns) + 1)


class Sleep:
    """One sleep: what the task does, what must happen, and whom it waits for."""

    def __init__(self, kernel: Kernel, task: Task, place: Place) -> None:
        """Describe the sleep of a task that is off every queue.

        Args:
            kernel: the task's.
            task: asleep.
            place: where it stands.
        """
        self._kernel = kernel
        self._task = task
        self._place = place
        self._values = place.values
        self.verb = "sleeps"
        """What it does: "sleeps in msleep()"."""
        self.details: list[str] = []
        """Sentences about what ends the sleep."""
        self.blockers: list[Task] = []
        """The tasks that must do something first."""
        # Names must match those that why_place looks for.
        tellers: dict[str, Callable[[], None]] = {
            "kthread_stop": self._tell_stop,
            "kthread_park": self._tell_park,
            "kthread_create": self._tell_create,
            "__kthread_parkme": self._tell_parked,
            "do_signal_stop": self._tell_stopped,
            "n_tty_read": self._tell_terminal,
            "pipe_read": self._tell_pipe_read,
            "pipe_write": self._tell_pipe_write,
            "do_wait": self._tell_children,
            "devkmsg_read": self._tell_log,
            "sys_pause": self._tell_pause,
            "hrtimer_nanosleep": self._tell_nanosleep,
            "synchronize_rcu": self._tell_rcu,
            "_twin_has_loaded": self._tell_twin,
            "_resolve": self._tell_owner,
            "mutex_lock_common": self._tell_mutex,
            "down_common": self._tell_semaphore,
            "wait_for_common": self._tell_completion,
            "wait_event": self._tell_queue,
            "sleep_until": self._tell_timeout,
            "schedule_timeout": self._tell_timeout,
            "_kthreadd_main": self._tell_kthreadd,
            "kthread": self._tell_new,
            "schedule": self._tell_timeout,
        }
        tellers.get(place.sleeps_in, self._tell_idle)()

    def _say(self, *sentences: str) -> None:
        self.details += [one for one in sentences if one]

    # -- Timers -----------------------------------------------------------------------------------

    def _timer(self, text: str, otherwise: str = "") -> str:
        at_ns = timer_ns(self._kernel, self._task)
        if at_ns is None:
            return otherwise
        left = length(at_ns - self._kernel.sched.now_ns)
        jiffies = ""
        if self._task.hrtimer is None:
            jiffies = f" (jiffies {self._kernel.clock.jiffies(at_ns)})"
        return f"{text} in {left}, at {stamp(at_ns)}{jiffies}."

    # What ends an interruptible or killable wait before its time; ``other`` for all others.
    def _earlier(self, other: str) -> str:
        state = self._task.state
        if state & st.TASK_INTERRUPTIBLE:
            if self._task.kthread is not None:
                return "kthread_stop() on it ends the wait, too."
            return "A signal ends the wait, too."
        if self._task.kthread is not None:
            return other
        if state & st.TASK_WAKEKILL:
            return "SIGKILL ends the wait, too."
        return "No signal ends the wait, not even SIGKILL."

    def _tell_timeout(self) -> None:
        called = self._place.called
        self.verb = f"sleeps in {called}()" if called else "sleeps"
        alone = "No timer runs: it sleeps until somebody wakes it."
        self._say(self._timer("A timer wakes it", alone))
        is_thread = self._task.kthread is not None
        if called in ("msleep", "ssleep", "fsleep", "usleep_range"):
            self._say(f"Nothing ends {called}() earlier; woken before its time, it sleeps on.")
        elif called == "msleep_interruptible":
            by = "kthread_stop() on it" if is_thread else "A signal"
            self._say(f"{by} ends it earlier; a mere wake-up does not.")
        elif called:
            by = ", kthread_park() and kthread_stop()" if is_thread else ""
            self._say(f"Any wake-up ends it, as by wake_up_process(){by}.")

    def _tell_nanosleep(self) -> None:
        self._say(self._timer("A timer wakes it"), "A signal that it acts upon ends it earlier.")

    def _tell_rcu(self) -> None:
        self.verb = "waits until nobody can be looking at what it has removed (an RCU grace period)"
        self._say(self._timer("A timer wakes it"))

    # -- Wait queues, completions and locks -------------------------------------------------------

    def _named(self, kind: str, thing: object) -> str:
        name = object_name(self._kernel, thing)
        return f"the {kind} {name}" if name else f"its {kind}"

    def _limit(self) -> str:
        return self._timer("A timer ends the wait", "No timer runs: nothing wakes it by itself.")

    def _tell_queue(self) -> None:
        self.verb = f"waits for a condition in {self._place.called or 'wait_event'}()"
        queue = self._named("wait queue", self._values.get("queue"))
        self._say(
            f"It goes on when somebody makes the condition true and calls wake_up() on {queue}.",
            self._limit(),
            self._earlier("kthread_stop() on it makes it look at its condition again, no more."),
        )

    def _tell_completion(self) -> None:
        completion = self._values["completion"]
        self.verb = f"waits in {self._place.called or 'wait_for_completion'}()"
        what = self._named("completion", completion)
        waiting = [waiter.task for waiter in completion.wait.waiters]
        self._say(
            f"It goes on when somebody calls complete() or complete_all() on {what}.",
            self._queue_before(waiting),
            self._limit(),
            self._earlier("kthread_stop() on it does not end the wait."),
        )

    def _queue_before(self, waiting: list[Task]) -> str:
        before = waiting[: waiting.index(self._task)] if self._task in waiting else []
        return f"Before it waits {_listed(before)}." if before else ""

    def _tell_mutex(self) -> None:
        mutex = self._values["mutex"]
        self.verb = f"waits in {self._place.called or 'mutex_lock'}()"
        what = self._named("mutex", mutex)
        owner = mutex.owner
        if owner is None:
            self._say(f"It gets {what} next: it has been unlocked.")
        elif owner is self._task:
            self._say(f"It holds {what} itself, and so waits for ever.")
        elif owner.exit_state:
            self._say(f"{who(owner)} held {what} and has ended without unlocking it.")
        else:
            self._say(f"{who(owner)} holds {what}: it must call mutex_unlock().")
            self.blockers.append(owner)
        self._say(
            self._queue_before(mutex.waiters),
            self._earlier("kthread_stop() on it does not end the wait."),
        )

    def _tell_semaphore(self) -> None:
        semaphore = self._values["semaphore"]
        self.verb = f"waits in {self._place.called or 'down'}()"
        what = self._named("semaphore", semaphore)
        self._say(
            f"It goes on when somebody calls up() on {what}.",
            self._queue_before(semaphore.waiters),
            self._limit(),
            self._earlier("kthread_stop() on it does not end the wait."),
        )

    # -- Threads ----------------------------------------------------------------------------------

    def _tell_parked(self) -> None:
        self.verb = "is parked"
        if not self._place.function:
            self._say(f"It was parked before {ends_with(self._task)} has begun.")
        self._say("No timer runs for it, and a wake-up does not help.")
        self._say("It goes on when somebody calls kthread_unpark() or kthread_stop() on it.")
        module = module_task_is_in(self._kernel, self._task)
        if module is not None:
            found = callers_of(module, ("kthread_unpark", "kthread_stop"))
            self._say(f"{module.name} does that in {' and '.join(found)}." if found else "")

    def _tell_new(self) -> None:
        self.verb = "has been created and waits for its first wake-up"
        self._say(
            f"wake_up_process() on it lets {ends_with(self._task)} begin.",
            "kthread_stop() on it ends it without that.",
        )

    def _tell_stop(self) -> None:
        target: Task = self._values["task"]
        self.verb = "waits in kthread_stop()"
        if target is self._task:
            self._say("It has asked itself to stop, and so waits for ever.")
        elif target.exit_state:
            self._say(
                f"{who(target)} has ended, but another kthread_stop() has taken note of that: "
                "this wait never ends."
            )
        elif target.kthread is not None and self._is_second(target.kthread.exited):
            self._say(
                f"Another task waits in kthread_stop() for {who(target)}, and its end lets only "
                "one go on: this wait never ends."
            )
        else:
            self._say(f"It goes on when {who(target)} returns from {ends_with(target)}.")
            self.blockers.append(target)

    def _is_second(self, completion: Completion) -> bool:
        waiters = completion.wait.waiters
        return bool(waiters) and waiters[0].task is not self._task

    def _tell_park(self) -> None:
        target: Task = self._values["task"]
        self.verb = "waits in kthread_park()"
        flags = target.kthread.flags if target.kthread is not None else 0
        if target.exit_state:
            self._say(f"{who(target)} has ended without parking: this wait never ends.")
        elif flags & SHOULD_STOP and not flags & SHOULD_PARK:
            self._say(
                f"{who(target)} has been asked to stop since, and need not park any more: "
                "this wait never ends."
            )
        else:
            self._say(
                f"It goes on when {who(target)} calls kthread_parkme().",
                "If that thread ends before it parks, this wait never ends.",
            )
            self.blockers.append(target)

    def _tell_create(self) -> None:
        self.verb = "waits in kthread_create()"
        kthreadd = self._kernel.kthreads.kthreadd
        if kthreadd is not None:
            self._say(f"It goes on when {who(kthreadd)} has made the thread.")
            self.blockers.append(kthreadd)

    def _tell_kthreadd(self) -> None:
        self.verb = "waits for work"
        self._say("It goes on when somebody calls kthread_create(): it makes all threads.")

    # -- Modules on their way ---------------------------------------------------------------------

    def _tell_twin(self) -> None:
        self._tell_other_load(self._values["module"].name)

    def _tell_owner(self) -> None:
        self._tell_other_load(self._values["owner"].name)
        self._say(self._timer("It gives up"))

    def _tell_other_load(self, name: str) -> None:
        self.verb = f"waits for the init function of module {name}"
        module = self._kernel.modules.find(name)
        if module is not None and module.loader is not None:
            loader = who(module.loader)
            self._say(f"{loader} runs it: this one goes on when that has succeeded or failed.")
            self.blockers.append(module.loader)

    # -- Processes --------------------------------------------------------------------------------

    def _tell_stopped(self) -> None:
        process = self._task.process
        number = process.stop_signal if process is not None else 0
        self.verb = f"is stopped by SIG{signals.NAMES.get(number, str(number))}"
        self._say(f"SIGCONT lets it go on: fg, bg or kill -CONT {self._task.pid}.")

    def _tell_terminal(self) -> None:
        self.verb = f"waits for a line typed at the terminal {self._values['self'].name}"
        self._say("No timer runs for it; a signal such as that of Ctrl-C wakes it, too.")

    def _tell_pipe_read(self) -> None:
        self.verb = "waits for data from a pipe"
        writers = self._at_end(self._values["pipe"], PipeWriter)
        self._say(f"It goes on when {_listed(writers, 'or')} writes there, or all have closed it.")
        self.blockers += writers

    def _tell_pipe_write(self) -> None:
        self.verb = "waits for room in a full pipe"
        readers = self._at_end(self._values["pipe"], PipeReader)
        self._say(f"It goes on when {_listed(readers, 'or')} reads from there.")
        self.blockers += readers

    def _at_end(self, pipe: Pipe, end: type[PipeReader | PipeWriter]) -> list[Task]:
        def has_it(process: Process) -> bool:
            return any(
                isinstance(file, end) and file.pipe is pipe for file in process.files.values()
            )

        return [one.task for one in self._kernel.processes if has_it(one)]

    def _tell_children(self) -> None:
        caller: Process = self._values["process"]
        pid: int = self._values["pid"]
        children = [child.task for child in caller.children if pid in (-1, child.pid)]
        if pid in (0, -1) or pid < -1:
            group = caller.pgid if pid == 0 else -pid
            children = [c.task for c in caller.children if pid == -1 or c.pgid == group]
        alive = [child for child in children if not child.exit_state]
        self.verb = "waits for a child"
        self._say(f"It goes on when {_listed(alive, 'or')} ends or stops.")
        self.blockers += alive

    def _tell_log(self) -> None:
        self.verb = "waits for the next message of the kernel log"
        self._say("It goes on when something is printed with printk() or written to /dev/kmsg.")

    def _tell_pause(self) -> None:
        self.verb = "waits for a signal"

    # One of those that stand in ps and have no stack.
    def _tell_idle(self) -> None:
        if self._task is self._kernel.kthreads.kthreadd:
            # It has not run yet.
            self._tell_kthreadd()
        elif self._task.context is None:
            kind = "thread of the kernel" if self._task.process is None else "service of the host"
            self._say(f"It is a {kind} that has nothing to do here: nothing wakes it.")


def _listed(tasks: list[Task], word: str = "and") -> str:
    names = [who(task) for task in tasks]
    if len(names) < 2:
        return names[0] if names else "nobody"
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
