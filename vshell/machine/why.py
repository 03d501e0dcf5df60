"""``why``: what a task or a module waits for, since when, and what must happen for it to go on.

The answers are sentences, from the kernel's live state and the events that led to it. A task's
answer begins with its number; what else concerns it is indented; whoever it waits for follows, and
whoever that one waits for. They come out as files of /proc/vshell/why, one per task, and in its
folder ``module`` one per module; the program ``why`` finds the right ones.
"""

from __future__ import annotations

from vshell.abi import signals
from vshell.abi import state as st
from vshell.kernel.kthread import SHOULD_PARK, SHOULD_STOP
from vshell.machine.why_past import Past
from vshell.machine.why_place import find_place, module_task_is_in, remover_of
from vshell.machine.why_sleep import Sleep, ends_with, who
from vshell.machine.why_words import length, stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.module import Module
    from vshell.kernel.task import Task
    from vshell.machine.why_place import Place

__all__ = ["Why"]

_SPINS_NS = 100_000_000


class Why:
    """Answers for the tasks and modules of one kernel."""

    def __init__(self, kernel: Kernel) -> None:
        """Follow the kernel's events."""
        self._kernel = kernel
        self._past = Past(kernel.trace)

    def has_task(self, pid: int) -> bool:
        """Tell whether there is or has been such a task."""
        self._past.update()
        return self._kernel.tasks.get(pid) is not None or pid in self._past.ended_ns

    def task(self, pid: int) -> str:
        """Explain a task, and those it waits for; one sentence a line."""
        self._past.update()
        task = self._kernel.tasks.get(pid)
        if task is None:
            name = self._past.names.get(pid, "?")
            return f"{pid} ({name}) has ended at {stamp(self._past.ended_ns[pid])}.\n"
        answer = _Answer(self._kernel, self._past)
        answer.explain(task)
        return answer.text()

    def module(self, name: str) -> str:
        """Explain a module, what rmmod needs, and the module's threads; one sentence a line."""
        self._past.update()
        module = self._kernel.modules.find(name)
        if module is None:
            return ""
        answer = _Answer(self._kernel, self._past)
        answer.explain_module(module)
        return answer.text()


class _Answer:
    def __init__(self, kernel: Kernel, past: Past) -> None:
        self._kernel = kernel
        self._past = past
        self._lines: list[str] = []
        self._explained: set[int] = set()
        # Who waits for whom, from the one that was asked for to the one that is explained now.
        self._chain: list[Task] = []

    def text(self) -> str:
        return "".join(line + "\n" for line in self._lines)

    def _say(self, *sentences: str) -> None:
        self._lines += [f"  {one}" for one in sentences if one]

    def _since(self, time_ns: int) -> str:
        return f"since {stamp(time_ns)}, for {length(self._kernel.sched.now_ns - time_ns)}"

    def _who_pid(self, pid: int) -> str:
        task = self._kernel.tasks.get(pid)
        return who(task) if task is not None else f"{pid} ({self._past.names.get(pid, '?')})"

    # -- Tasks ------------------------------------------------------------------------------------

    def explain(self, task: Task) -> None:
        if task in self._chain:
            self._say("So they wait for each other: a deadlock.")
            return
        if task.pid in self._explained:
            return
        self._explained.add(task.pid)
        blockers: list[Task] = []
        if task.exit_state:
            self._explain_zombie(task)
        elif task.on_rq:
            blockers = self._explain_runnable(task)
        else:
            blockers = self._explain_sleep(task)
        self._chain.append(task)
        for blocker in blockers:
            self.explain(blocker)
        self._chain.pop()

    def _explain_zombie(self, task: Task) -> None:
        when = self._past.ended_ns.get(task.pid)
        status = task.exit_code
        how = f"with exit status {status >> 8}"
        if status & 0x7F:
            how = f"by SIG{signals.NAMES.get(status & 0x7F, str(status & 0x7F))}"
        at = f" at {stamp(when)}" if when is not None else ""
        self._lines.append(f"{who(task)} has ended{at}, {how}: it is a zombie.")
        if task.parent is not None:
            self._say(f"It goes away when its parent {who(task.parent)} calls wait().")

    def _explain_runnable(self, task: Task) -> list[Task]:
        cpu = task.cpu
        place = find_place(self._kernel, task)
        if cpu.curr is task:
            since_ns = self._past.running_since_ns.get(task.pid, task.exec_start_ns)
            since_ns = min(since_ns, self._kernel.sched.now_ns)
            head = f"{who(task)} runs on CPU {cpu.id}{_at(place)} {self._since(since_ns)}."
            self._lines.append(head)
            self._say("It waits for nothing.")
            if place.source and self._kernel.sched.now_ns - since_ns >= _SPINS_NS:
                self._say("It has not slept since.")
            waiting = [*cpu.rt, *(entry[2] for entry in sorted(cpu.fair))]
            if waiting:
                self._say(f"For its CPU waits: {', '.join(map(who, waiting))}.")
        else:
            since = self._since(task.state_since_ns)
            self._lines.append(f"{who(task)} is ready to run{_at(place)} {since}.")
            self._say(f"It waits for CPU {cpu.id}, where {who(cpu.curr)} runs.")
        self._tell_requests(task)
        self._tell_call(task, place)
        return [] if cpu.curr is task else [cpu.curr]

    def _explain_sleep(self, task: Task) -> list[Task]:
        place = find_place(self._kernel, task)
        sleep = Sleep(self._kernel, task, place)
        since = self._since(self._asleep_since_ns(task))
        self._lines.append(f"{who(task)} {sleep.verb}{_at(place)} {since}.")
        if place.sleeps_in == "__kthread_parkme" and task.pid in self._past.parks:
            pid, time_ns = self._past.parks[task.pid]
            self._say(f"{self._who_pid(pid)} called kthread_park() at {stamp(time_ns)}.")
        self._say(*sleep.details)
        if place.sleeps_in != "__kthread_parkme":
            self._tell_requests(task)
        self._tell_call(task, place)
        return sleep.blockers

    # A task that was woken before its time and sleeps on has slept since it began.
    def _asleep_since_ns(self, task: Task) -> int:
        expires, time_ns = self._past.armed.get(task.pid, (0, 0))
        timer = task.timer
        if timer is not None and timer.is_pending() and timer.expires == expires:
            return min(time_ns, task.state_since_ns)
        return task.state_since_ns

    # What a thread has been asked for; only the thread itself can look and act.
    def _tell_requests(self, task: Task) -> None:
        if task.fault is not None:
            self._say("Its module has been removed: it will fault when it returns there.")
        if task.kthread is None:
            return
        flags = task.kthread.flags
        for flag, asked in ((SHOULD_STOP, self._past.stops), (SHOULD_PARK, self._past.parks)):
            if not flags & flag:
                continue
            what = "stop" if flag == SHOULD_STOP else "park"
            if task.pid in asked:
                pid, time_ns = asked[task.pid]
                self._say(f"{self._who_pid(pid)} asked it to {what} at {stamp(time_ns)}.")
            else:
                self._say(f"It has been asked to {what}.")
            if flag == SHOULD_STOP:
                self._say(
                    "kthread_should_stop() is true for it, but it must look; "
                    f"it ends when {ends_with(task)} returns."
                )
            else:
                self._say("It parks when it calls kthread_parkme().")

    # What ends the system call in which a process runs a module's init or exit.
    def _tell_call(self, task: Task, place: Place) -> None:
        if task.process is None or not place.module:
            return
        if task.fatal_signal_pending():
            self._say("It has got SIGKILL, which it acts upon when its system call ends.")
        module = self._kernel.modules.find(place.module)
        if module is None:
            return
        function = module.init if module.loader is task else module.exit
        is_remover = module.state == st.MODULE_STATE_GOING
        if function is not None and (module.loader is task or is_remover):
            name = getattr(function, "__name__", "?")
            self._say(
                f"{task.comm} returns when {name}() of module {module.name} has returned; "
                "Ctrl-C and SIGKILL act only then."
            )

    # -- Modules ----------------------------------------------------------------------------------

    def explain_module(self, module: Module) -> None:
        loaded_ns = self._past.loads.get(module.name)
        since = f" {self._since(loaded_ns)}" if loaded_ns is not None else ""
        mover: Task | None = None
        if module.state == st.MODULE_STATE_GOING:
            mover = remover_of(self._kernel, module)
            self._lines.append(f"Module {module.name} is being unloaded.")
            self._tell_mover(mover, "exit", "rmmod")
        elif module.state == st.MODULE_STATE_LIVE:
            self._lines.append(f"Module {module.name} is loaded{since}.")
            self._tell_uses(module)
        else:
            mover = module.loader
            self._lines.append(f"Module {module.name} is being loaded{since}.")
            self._tell_mover(mover, "init", "insmod")
        threads = [
            task for task in self._kernel.tasks if module_task_is_in(self._kernel, task) is module
        ]
        if not threads:
            self._say("It has no threads.")
        else:
            names = ", ".join(who(task) for task in threads)
            self._say(f"Its threads: {names}.")
        if threads and module.state == st.MODULE_STATE_LIVE:
            self._say("Its exit function must stop them; one that outlives the module faults.")
        for task in ([mover] if mover is not None and not mover.exit_state else []) + threads:
            self.explain(task)

    def _tell_mover(self, mover: Task | None, what: str, tool: str) -> None:
        if mover is None or mover.exit_state:
            self._say(f"Its {what} function has died: it stays like this, rmmod cannot remove it.")
        else:
            self._say(f"{who(mover)} runs its {what} function; {tool} returns after that.")

    def _tell_uses(self, module: Module) -> None:
        users = ", ".join(holder.name for holder in module.holders)
        others = module.refcount - len(module.holders)
        if users:
            self._say(f"It is used by: {users}. rmmod refuses while they are loaded.")
        if others > 0:
            count = "1 reference is" if others == 1 else f"{others} references are"
            self._say(f"{count} held with try_module_get(): rmmod refuses until module_put().")
        if module.init is not None and module.exit is None:
            self._say("It has no exit function: rmmod refuses.")
        elif module.refcount == 0:
            name = getattr(module.exit, "__name__", "")
            call = f": it calls {name}() and returns after that" if name else ""
            self._say(f"Nothing uses it, so rmmod may begin{call}.")


def _at(place: Place) -> str:
    return f" at {place.source}" if place.source else ""
