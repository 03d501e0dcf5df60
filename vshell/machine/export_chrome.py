"""The kernel's events as a Chrome JSON trace, for Perfetto's viewer and others.

Threads stand in groups: those of a module under the module, kernel threads, user processes. Each
has a track with a slice for each state. A group of CPUs has a track for each, with who runs.
Arrows lead from who wakes (an interrupt on a CPU, or a thread) to who is woken, new threads
included. All else is an instant on the track of the thread that does it, or of the CPU that was
interrupted; requests to park, unpark and stop are on the track of the thread that is asked.

Times are microseconds with three decimals. Slices are written as pairs of B and E while they
happen, so that nothing must be kept; a thread whose number is used again goes on in its track.
"""

from __future__ import annotations

import json

from vshell.abi import signals as sg
from vshell.abi import state as st
from vshell.abi.events import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.abi.views import KernelView, TaskView

    Fields = dict[str, Any]

__all__ = ["ChromeTrace"]

_KTHREADD_PID = 2
# What stands for a group where the trace wants a process: init's number for its descendants,
# kthreadd's for its own, and for the CPUs the first number that no task can have (PID_MAX_LIMIT).
_USERS_GROUP = 1
_KERNEL_GROUP = _KTHREADD_PID
_CPUS_GROUP = 1 << 22
_SORT_INDEXES = {_CPUS_GROUP: 0, _USERS_GROUP: 2, _KERNEL_GROUP: 3}
_MODULES_SORT_INDEX = 1

_RUNNING = "Running"
_RUNNABLE = "Runnable"
# The slices' names and colours, by the letters that ps shows.
_NAMES = {
    "R": _RUNNABLE,
    "S": "Sleeping (interruptible)",
    "D": "Sleeping (uninterruptible)",
    "P": "Parked",
    "I": "Idle",
    "T": "Stopped",
    "t": "Traced",
    "Z": "Zombie",
}
_COLOURS = {
    _RUNNING: "thread_state_running",
    _RUNNABLE: "thread_state_runnable",
    _NAMES["S"]: "thread_state_sleeping",
    _NAMES["D"]: "thread_state_uninterruptible",
    _NAMES["P"]: "thread_state_iowait",
}
# What instants are called, with the events' fields, and their category.
_INSTANTS = {
    "console": ("printk", "{text}"),
    "module_free": ("module", "free module {module}"),
    "module_load": ("module", "load module {module}"),
    "kthread_stopped": ("kthread", "kthread_stop returns: {comm}"),
    "sched_migrate_task": ("sched", "to CPU {dest_cpu}"),
    "sched_process_exec": ("process", "exec {filename}"),
    "sched_process_exit": ("process", "exit"),
    "sched_process_fork": ("process", "fork {child_comm}"),
    "sched_process_free": ("process", "free {comm}"),
    "signal_generate": ("signal", ""),
    "task_rename": ("process", "now {newcomm}"),
    "timer_cancel": ("timer", "cancel {timer}"),
    "timer_expire_entry": ("timer", "expire {timer}"),
    "timer_start": ("timer", "start {timer}"),
}
_ON_THE_THREAD_MEANT = ("kthread_park", "kthread_unpark", "kthread_stop", "sched_migrate_task")


class _Thread:
    # A thread's track, and what is open there.
    __slots__ = ("group", "name", "pid", "since_ns", "state")

    def __init__(self, pid: int, group: int, name: str) -> None:
        self.pid = pid
        self.group = group
        self.name = name
        self.state = ""
        self.since_ns = 0


class ChromeTrace:
    """Makes records of events, each a line that ends in a comma, except the last."""

    HEAD = '{"displayTimeUnit":"ns","traceEvents":[\n'

    def __init__(self, put: Callable[[int, str], object], view: KernelView, cpus: int) -> None:
        """Begin with the threads that there are.

        Args:
            put: takes each record, with its time in nanoseconds since boot.
            view: of the kernel before the first event.
            cpus: how many CPUs it has.
        """
        self._put = put
        self._threads: dict[int, _Thread] = {}
        self._cpu_runs: list[str] = [""] * cpus
        self._arrows = 0
        # Which module's functions a process or a thread runs, if it does.
        self._modules: dict[int, str] = {}
        self._groups: dict[str, int] = {}
        self._kthreadd_for = 0
        self._now_ns = view.now_ns
        for cpu in range(cpus):
            self._name_track(view.now_ns, _CPUS_GROUP, cpu + 1, f"CPU {cpu}", cpu)
        self._name_group(view.now_ns, _USERS_GROUP, "user processes")
        self._name_group(view.now_ns, _KERNEL_GROUP, "kernel threads")
        for task in view.tasks:
            self._begin_with(task)

    def _begin_with(self, task: TaskView) -> None:
        group = _KERNEL_GROUP if task.is_kthread else _USERS_GROUP
        thread = self._open(self._now_ns, task.pid, group, task.name)
        if task.state in _NAMES:
            self._set_state(self._now_ns, thread, _NAMES[task.state], {})

    def add(self, event: tuple[Any, ...]) -> None:
        """Take an event as the kernel emitted it."""
        time_ns, cpu, pid, name = event[:4]
        self._now_ns = max(self._now_ns, time_ns)
        fields = dict(zip(FIELDS[name], event[4:], strict=True))
        if name == "sched_switch":
            self._switch(time_ns, cpu, fields)
        elif name == "sched_waking":
            self._wake(time_ns, cpu, pid, fields)
        elif name == "sched_wakeup_new":
            self._wake(time_ns, cpu, pid, fields | {"in_irq": 0})
        elif name == "sched_process_fork":
            self._fork(time_ns, cpu, pid, fields)
        else:
            self._note(time_ns, cpu, pid, name, fields)

    def tail(self, end_ns: int) -> str:
        """End what is open; give the end of the file, which ends the last record, too."""
        end_ns = max(end_ns, self._now_ns)
        for thread in self._threads.values():
            self._set_state(end_ns, thread, "", {})
        for cpu in range(len(self._cpu_runs)):
            self._run(end_ns, cpu, "", {})
        last = self._group_record(_CPUS_GROUP, "CPUs").removesuffix(",\n")
        self._put(end_ns, f"{last}\n")
        return "]}\n"

    # -- Records -----------------------------------------------------------------------------------

    def _record(
        self, time_ns: int, phase: str, where: tuple[int, int], name: str, cat: str, **more: object
    ) -> None:
        head: dict[str, object] = {"ph": phase, "pid": where[0], "tid": where[1]}
        if name:
            head |= {"name": _text(name)}
        if cat:
            head |= {"cat": cat}
        when = f'"ts":{time_ns // 1000}.{time_ns % 1000:03d}'
        self._put(time_ns, f"{_json(head | more)[:-1]},{when}}},\n")

    def _name_track(self, time_ns: int, group: int, tid: int, name: str, order: int) -> None:
        for kind, args in (
            ("thread_name", {"name": _text(name)}),
            ("thread_sort_index", {"sort_index": order}),
        ):
            record = {"ph": "M", "pid": group, "tid": tid, "name": kind, "args": args}
            self._put(time_ns, f"{_json(record)},\n")

    def _name_group(self, time_ns: int, group: int, name: str) -> None:
        self._put(time_ns, self._group_record(group, name))

    def _group_record(self, group: int, name: str) -> str:
        order = _SORT_INDEXES.get(group, _MODULES_SORT_INDEX)
        records = (
            {"ph": "M", "pid": group, "name": "process_sort_index", "args": {"sort_index": order}},
            {"ph": "M", "pid": group, "name": "process_name", "args": {"name": _text(name)}},
        )
        return "".join(f"{_json(record)},\n" for record in records)

    def _arrow(
        self, time_ns: int, name: str, source: tuple[int, int], target: tuple[int, int]
    ) -> None:
        self._arrows += 1
        self._record(time_ns, "s", source, name, "arrow", id=self._arrows)
        self._record(time_ns, "f", target, name, "arrow", id=self._arrows, bp="e")

    # -- Tracks ------------------------------------------------------------------------------------

    def _open(self, time_ns: int, pid: int, group: int, name: str) -> _Thread:
        thread = self._threads[pid] = _Thread(pid, group, name)
        thread.since_ns = time_ns
        self._name_track(time_ns, group, pid, name, pid)
        return thread

    def _thread(self, time_ns: int, pid: int, name: str) -> _Thread:
        found = self._threads.get(pid)
        if found is None:
            found = self._open(time_ns, pid, _USERS_GROUP, name)
        elif name and found.name != name:
            found.name = name
            self._name_track(time_ns, found.group, pid, name, pid)
        return found

    # Where something that a task does is drawn.
    def _place(self, time_ns: int, cpu: int, pid: int) -> tuple[int, int]:
        if pid == 0:
            return (_CPUS_GROUP, cpu + 1)
        return (self._thread(time_ns, pid, "").group, pid)

    def _set_state(self, time_ns: int, thread: _Thread, state: str, args: Fields) -> None:
        where = (thread.group, thread.pid)
        # CPUs see a task that moves between them at times some microseconds apart.
        time_ns = thread.since_ns = max(time_ns, thread.since_ns)
        if thread.state:
            self._record(time_ns, "E", where, "", "")
        thread.state = state
        if state:
            more: Fields = {"cname": _COLOURS[state]} if state in _COLOURS else {}
            if args:
                more["args"] = args
            self._record(time_ns, "B", where, state, "state", **more)

    def _run(self, time_ns: int, cpu: int, name: str, args: Fields) -> None:
        where = (_CPUS_GROUP, cpu + 1)
        if self._cpu_runs[cpu]:
            self._record(time_ns, "E", where, "", "")
        self._cpu_runs[cpu] = name
        if name:
            self._record(time_ns, "B", where, name, "cpu", args=args)

    # -- Events ------------------------------------------------------------------------------------

    def _switch(self, time_ns: int, cpu: int, fields: Fields) -> None:
        prev_pid, next_pid = fields["prev_pid"], fields["next_pid"]
        if prev_pid:
            thread = self._thread(time_ns, prev_pid, fields["prev_comm"])
            state = fields["prev_state"]
            letter = st.state_letter(state, fields["prev_exit_state"])
            preempted = state == st.TASK_REPORT_MAX
            # Nothing is drawn behind a thread's end.
            following = _RUNNABLE if preempted else _NAMES.get(letter, "")
            self._set_state(time_ns, thread, following, {"preempted": 1} if preempted else {})
        name = fields["next_comm"] if next_pid else ""
        self._run(time_ns, cpu, name, {"pid": next_pid, "prio": fields["next_prio"]})
        if next_pid:
            thread = self._thread(time_ns, next_pid, name)
            self._set_state(time_ns, thread, _RUNNING, {"cpu": cpu})

    def _wake(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> None:
        woken = self._thread(time_ns, fields["pid"], fields["comm"])
        if woken.pid == _KTHREADD_PID and pid:
            self._kthreadd_for = pid
        # A task that does not run wakes nobody: between tasks, the machine itself does (a login).
        waker = self._threads.get(pid)
        in_interrupt = fields["in_irq"] or waker is None or waker.state != _RUNNING
        time_ns = max(time_ns, woken.since_ns)
        source = self._place(time_ns, cpu, 0 if in_interrupt else pid)
        if in_interrupt:
            # An arrow needs a slice to begin at.
            self._record(time_ns, "B", source, "interrupt", "cpu")
        if woken.state not in (_RUNNING, _RUNNABLE):
            args = {"woken_by": 0 if in_interrupt else pid, "target_cpu": fields["target_cpu"]}
            self._set_state(time_ns, woken, _RUNNABLE, args)
        self._arrow(time_ns, "wakes", source, (woken.group, woken.pid))
        if in_interrupt:
            self._record(time_ns, "E", source, "", "")

    def _fork(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> None:
        child_pid, name = fields["child_pid"], fields["child_comm"]
        parent = self._thread(time_ns, fields["parent_pid"], fields["parent_comm"])
        group = parent.group
        if parent.pid == _KTHREADD_PID:
            # A kernel thread belongs to the module whose function has asked for it.
            group = self._module_group(time_ns, child_pid)
        old = self._threads.get(child_pid)
        if old is not None:
            self._set_state(time_ns, old, "", {})
        self._open(time_ns, child_pid, group, name)
        self._note(time_ns, cpu, pid, "sched_process_fork", fields)

    def _module_group(self, time_ns: int, child_pid: int) -> int:
        self._modules.pop(child_pid, None)
        module = self._modules.get(self._kthreadd_for, "")
        if not module:
            return _KERNEL_GROUP
        self._modules[child_pid] = module
        if module not in self._groups:
            # A number of its own, which no other group can have: its first thread's.
            self._groups[module] = child_pid
            self._name_group(time_ns, child_pid, f"module {module}")
        return self._groups[module]

    # Anything that is no slice.
    def _note(self, time_ns: int, cpu: int, pid: int, name: str, fields: Fields) -> None:
        where = self._place(time_ns, cpu, pid)
        about = fields.get("pid", 0)
        if name == "task_rename":
            self._thread(time_ns, about, fields["newcomm"])
        elif name == "sched_process_exit":
            self._modules.pop(pid, None)
        elif name == "sched_process_free":
            self._set_state_of_zombie(time_ns, about)
        elif name == "module_load":
            self._modules[pid] = fields["module"]
        elif name == "timer_expire_entry":
            where = (_CPUS_GROUP, cpu + 1)
        args = {key: _text(one) if isinstance(one, str) else one for key, one in fields.items()}
        if name in _ON_THE_THREAD_MEANT:
            where = self._place(time_ns, cpu, about)
            args["by"] = pid
        cat, words = _INSTANTS.get(name, ("kthread", name))
        if name == "signal_generate":
            signal = sg.NAMES.get(fields["sig"], str(fields["sig"]))
            words = f"SIG{signal} to {{comm}}"
        text = words.format_map(fields)
        self._record(time_ns, "i", where, text, cat, s="t", args={"event": name} | args)

    def _set_state_of_zombie(self, time_ns: int, pid: int) -> None:
        thread = self._threads.get(pid)
        if thread is not None and thread.state == _NAMES["Z"]:
            self._set_state(time_ns, thread, "", {})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# Any bytes can be in a name or a message; a viewer wants text.
def _text(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
