"""The kernel's events as the text of /sys/kernel/tracing/trace, as a 6.7 kernel prints it.

Fields that the events do not hold are filled with what the kernel would print here: a timer's
address is made up of its function and task, repeatably; SIGCHLD has the code of an exit. The
``comm`` columns hold 15 bytes, as the kernel's do.

Differs: ``kthread_park``, ``kthread_parked``, ``kthread_unpark`` and ``kthread_stopped`` are no
tracepoints of Linux; they appear under these names, in the manner of ``sched_kthread_stop``.

Source: include/trace/events/{sched,timer,signal,module,printk}.h, kernel/trace/trace.c,
kernel/trace/trace_output.c (v6.7).
"""

from __future__ import annotations

import zlib

from vshell.abi import signals as sg
from vshell.abi import state as st
from vshell.abi.events import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Fields = dict[str, Any]

__all__ = ["EVENT_NAMES", "FtraceText", "counts_line"]

_COMM_BYTES_MAX = 15
_COLUMNS = """\
#
#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
"""
_COUNTS_WIDTH = 64
_CLD_EXITED = 1
_SI_USER = 0
_SI_KERNEL = 128
_FROM_TERMINAL = (sg.SIGTTIN, sg.SIGTTOU, sg.SIGALRM)
_MODULE_FLAGS = "POFCE"

# What is off or held where the kernel has the tracepoint: interrupts and preempt_count().
_IN_TASK = {
    "sched_switch": ("d", 2),
    "sched_waking": ("d", 2),
    "sched_wakeup_new": ("d", 2),
    "sched_migrate_task": ("d", 2),
    "sched_process_free": (".", 1),
    "task_rename": (".", 1),
    "signal_generate": ("d", 1),
    "timer_start": ("d", 1),
    "timer_cancel": ("d", 1),
    "console": ("d", 0),
}
EVENT_NAMES = {"kthread_stop": "sched_kthread_stop"}
"""What Linux calls the events that have another name here."""
_LEVEL_SLOTS = 64
_LEVEL_SHIFT = 3
_LEVELS = 9


def counts_line(entries: int, cpus: int) -> str:
    """Give the header's line of counts, always of the same length: it is filled in at the end."""
    counts = f"# entries-in-buffer/entries-written: {entries}/{entries}   #P:{cpus}"
    return f"{counts:{_COUNTS_WIDTH}}\n"


def _comm(name: str) -> str:
    data = name.encode("utf-8", "surrogateescape")[:_COMM_BYTES_MAX]
    return data.decode("utf-8", "surrogateescape")


class FtraceText:
    """Makes a line of text of each event."""

    HEAD = "# tracer: nop\n"
    COLUMNS = _COLUMNS

    def __init__(
        self,
        put: Callable[[int, str], object],
        comms: dict[int, str],
        jiffies: Callable[[int], int],
        taints: Callable[[str], str],
    ) -> None:
        """Begin.

        Args:
            put: takes each line, with its time in nanoseconds since boot.
            comms: the names of tasks before the first event, by pid.
            jiffies: gives jiffies at a time in nanoseconds since boot.
            taints: gives the letters of a loaded module's taints.
        """
        self._put = put
        self._jiffies = jiffies
        self._taints = taints
        self._comms = {pid: _comm(name) for pid, name in comms.items()}
        self._expiries: dict[tuple[str, int], int] = {}
        # When a timer expired on each CPU: what happens at that very time is its doing.
        self._expired_ns: dict[int, int] = {}
        self._texts: dict[str, Callable[[int, int, int, Fields], str]] = {
            "sched_switch": self._switch_text,
            "sched_waking": self._waking_text,
            "sched_wakeup_new": self._waking_text,
            "task_rename": self._rename_text,
            "sched_process_fork": self._fork_text,
            "sched_process_exec": self._exec_text,
            "signal_generate": self._signal_text,
            "timer_start": self._start_text,
            "timer_cancel": self._cancel_text,
            "timer_expire_entry": self._expire_text,
        }

    def name_task(self, pid: int, name: str) -> None:
        """Learn a task's name from somebody who knows it."""
        self._comms[pid] = _comm(name)

    def mark(self, time_ns: int, cpu: int, pid: int, text: str) -> None:
        """Take what a program wrote into the trace."""
        self._line(time_ns, cpu, pid, ".....", f"tracing_mark_write: {text}")

    def add(self, event: tuple[Any, ...]) -> None:
        """Take an event as the kernel emitted it."""
        time_ns, cpu, pid, name = event[:4]
        fields = dict(zip(FIELDS[name], event[4:], strict=True))
        shown = name
        if name in self._texts:
            text = self._texts[name](time_ns, cpu, pid, fields)
        elif name == "console":
            text = fields["text"]
        elif name == "module_load":
            taints = self._taints(fields["module"])
            flags = "".join(letter for letter in _MODULE_FLAGS if letter in taints)
            text = f"{fields['module']} {flags}"
        elif name == "module_free":
            text = fields["module"]
        else:
            fields["comm"] = _comm(fields["comm"])
            text = " ".join(f"{field}={value}" for field, value in fields.items())
            shown = EVENT_NAMES.get(name, name)
        flags = self._flags(time_ns, cpu, pid, name, fields)
        self._line(time_ns, cpu, pid, flags, f"{shown}: {text}")

    def _line(self, time_ns: int, cpu: int, pid: int, flags: str, text: str) -> None:
        who = "<idle>" if pid == 0 else self._comms.get(pid, "<...>")
        # Linux: kernel/trace/trace.c ns2usecs() (v6.7) rounds to the nearest.
        seconds, microseconds = divmod((time_ns + 500) // 1000, 1_000_000)
        head = f"{who:>16}-{pid:<7d} [{cpu:03d}] {flags} {seconds:5d}.{microseconds:06d}: "
        self._put(time_ns, f"{head}{text}\n")

    def _flags(self, time_ns: int, cpu: int, pid: int, name: str, fields: Fields) -> str:
        off, depth = _IN_TASK.get(name, (".", 0))
        place = "."
        if name != "sched_switch":
            if self._expired_ns.get(cpu) == time_ns and fields.get("in_irq", 1):
                place = "s"
            elif pid == 0 or fields.get("in_irq"):
                # The idle task itself does nothing: a device has interrupted.
                off, place = "d", "h"
            # The idle task runs with preemption off.
            depth += pid == 0
        return f"{off}.{place}{depth or '.'}."

    # -- Scheduling --------------------------------------------------------------------------------

    def _switch_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del time_ns, cpu, pid
        before, after = _comm(fields["prev_comm"]), _comm(fields["next_comm"])
        prev_pid, next_pid = fields["prev_pid"], fields["next_pid"]
        self._comms[prev_pid], self._comms[next_pid] = before, after
        state = fields["prev_state"]
        letter = st.state_letter(state, fields["prev_exit_state"])
        if state == st.TASK_REPORT_MAX:
            letter = "R+"
        return (
            f"prev_comm={before} prev_pid={prev_pid} prev_prio={fields['prev_prio']} "
            f"prev_state={letter} ==> "
            f"next_comm={after} next_pid={next_pid} next_prio={fields['next_prio']}"
        )

    def _waking_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del time_ns, cpu, pid
        return (
            f"comm={_comm(fields['comm'])} pid={fields['pid']} prio={fields['prio']} "
            f"target_cpu={fields['target_cpu']:03d}"
        )

    def _fork_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del time_ns, cpu, pid
        parent, child = fields["parent_pid"], fields["child_pid"]
        self._comms[child] = _comm(fields["child_comm"])
        return (
            f"comm={_comm(fields['parent_comm'])} pid={parent} "
            f"child_comm={self._comms[child]} child_pid={child}"
        )

    def _exec_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del time_ns, cpu, pid
        return f"filename={fields['filename']} pid={fields['pid']} old_pid={fields['pid']}"

    def _rename_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del time_ns, cpu, pid
        new = self._comms[fields["pid"]] = _comm(fields["newcomm"])
        return (
            f"pid={fields['pid']} oldcomm={_comm(fields['oldcomm'])} newcomm={new} "
            f"oom_score_adj={fields['oom_score_adj']}"
        )

    def _signal_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del time_ns, cpu
        signal = fields["sig"]
        code = _SI_KERNEL if pid == 0 or signal in _FROM_TERMINAL else _SI_USER
        if signal == sg.SIGCHLD:
            code = _CLD_EXITED
        to_group = int(not (signal == sg.SIGPIPE and pid == fields["pid"]))
        return (
            f"sig={signal} errno=0 code={code} comm={_comm(fields['comm'])} "
            f"pid={fields['pid']} grp={to_group} res=0"
        )

    # -- Timers ------------------------------------------------------------------------------------

    def _start_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del pid
        expires, expiry = fields["expires"], fields["bucket_expiry"]
        timeout = expires - self._jiffies(time_ns)
        self._expiries[fields["timer"], fields["task_pid"]] = expiry
        return (
            f"timer={_address(fields)} function={fields['timer']} expires={expires} "
            f"[timeout={timeout}] cpu={cpu} idx={_slot(timeout, expiry)} flags="
        )

    def _cancel_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del time_ns, cpu, pid
        self._expiries.pop((fields["timer"], fields["task_pid"]), None)
        return f"timer={_address(fields)}"

    def _expire_text(self, time_ns: int, cpu: int, pid: int, fields: Fields) -> str:
        del pid
        self._expired_ns[cpu] = time_ns
        now = self._jiffies(time_ns)
        base = self._expiries.pop((fields["timer"], fields["task_pid"]), now)
        return f"timer={_address(fields)} function={fields['timer']} now={now} baseclk={base}"


# What %p prints: a hash of 32 bits.
def _address(fields: Fields) -> str:
    owner = f"{fields['timer']} {fields['task_pid']}"
    return f"{zlib.crc32(owner.encode()):016x}"


# Linux: kernel/time/timer.c calc_wheel_index() (v6.7): the further away, the coarser the level.
def _slot(timeout: int, expiry: int) -> int:
    level = 0
    while level < _LEVELS - 1 and timeout >= (_LEVEL_SLOTS - 1) << _LEVEL_SHIFT * level:
        level += 1
    return level * _LEVEL_SLOTS + (expiry >> _LEVEL_SHIFT * level) % _LEVEL_SLOTS
