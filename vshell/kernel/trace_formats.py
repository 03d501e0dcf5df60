"""The tracepoints that tracefs shows: their groups, and what their format files say.

Source: include/trace/events/{sched,task,timer,signal,module,printk}.h,
kernel/trace/trace_events.c (v6.1)
Differs: the group ``vshell`` is not Linux's; it has requests to kthreads that no tracepoint tells.
"""

from __future__ import annotations

__all__ = ["GROUPS", "event_id", "format_text"]

GROUPS: dict[str, tuple[str, ...]] = {
    "module": ("module_free", "module_load"),
    "printk": ("console",),
    "sched": (
        *("sched_kthread_stop", "sched_migrate_task", "sched_process_exec", "sched_process_exit"),
        *("sched_process_fork", "sched_process_free", "sched_switch", "sched_wakeup"),
        *("sched_wakeup_new", "sched_waking"),
    ),
    "signal": ("signal_generate",),
    "task": ("task_rename",),
    "timer": ("timer_cancel", "timer_expire_entry", "timer_start"),
    "vshell": ("kthread_park", "kthread_parked", "kthread_stopped", "kthread_unpark"),
}
"""The names of the events of each group."""

_FIRST_ID = 304
_COMMON = """\
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

"""
_SIZES = {
    "char": (1, 0),
    "int": (4, 1),
    "long": (8, 1),
    "pid_t": (4, 1),
    "short": (2, 1),
    "unsigned int": (4, 0),
    "unsigned long": (8, 0),
    "void *": (8, 0),
    "__data_loc char[]": (4, 0),
}
_STATES = [f"0x{1 << bit:08x}" for bit in range(7)]
_STATE_MAX = f"(((0x00000000 | {' | '.join(_STATES)}) + 1) << 1)"
_STATE_FLAGS = ", ".join(
    f'{{ {value}, "{letter}" }}'
    for value, letter in zip([*_STATES, "0x00000080"], "SDTtXZPI", strict=True)
)
_TASK = (("char", "comm[16]"), ("pid_t", "pid"), ("int", "prio"))
_TASK_PRINT = '"comm=%s pid=%d prio=%d", REC->comm, REC->pid, REC->prio'
_WAKEUP = (
    (*_TASK, ("int", "target_cpu")),
    '"comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu',
)
_PERSON = ((("char", "comm[16]"), ("pid_t", "pid")), '"comm=%s pid=%d", REC->comm, REC->pid')

# The fields of each event, by their types in C, and how it is printed.
_EVENTS: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "console": ((("__data_loc char[]", "msg"),), '"%s", __get_str(msg)'),
    "kthread_park": _PERSON,
    "kthread_parked": _PERSON,
    "kthread_stopped": _PERSON,
    "kthread_unpark": _PERSON,
    "module_free": ((("__data_loc char[]", "name"),), '"%s", __get_str(name)'),
    "module_load": (
        (("unsigned int", "taints"), ("__data_loc char[]", "name")),
        (
            '"%s %s", __get_str(name), __print_flags(REC->taints, "", { (1UL << 0), "P" }, '
            '{ (1UL << 12), "O" }, { (1UL << 1), "F" }, { (1UL << 10), "C" }, { (1UL << 13), "E" })'
        ),
    ),
    "sched_kthread_stop": _PERSON,
    "sched_migrate_task": (
        (*_TASK, ("int", "orig_cpu"), ("int", "dest_cpu")),
        (
            '"comm=%s pid=%d prio=%d orig_cpu=%d dest_cpu=%d", REC->comm, REC->pid, REC->prio, '
            "REC->orig_cpu, REC->dest_cpu"
        ),
    ),
    "sched_process_exec": (
        (("__data_loc char[]", "filename"), ("pid_t", "pid"), ("pid_t", "old_pid")),
        '"filename=%s pid=%d old_pid=%d", __get_str(filename), REC->pid, REC->old_pid',
    ),
    "sched_process_exit": (_TASK, _TASK_PRINT),
    "sched_process_fork": (
        (
            *(("char", "parent_comm[16]"), ("pid_t", "parent_pid")),
            *(("char", "child_comm[16]"), ("pid_t", "child_pid")),
        ),
        (
            '"comm=%s pid=%d child_comm=%s child_pid=%d", REC->parent_comm, REC->parent_pid, '
            "REC->child_comm, REC->child_pid"
        ),
    ),
    "sched_process_free": (_TASK, _TASK_PRINT),
    "sched_switch": (
        (
            *(("char", "prev_comm[16]"), ("pid_t", "prev_pid"), ("int", "prev_prio")),
            *(("long", "prev_state"), ("char", "next_comm[16]"), ("pid_t", "next_pid")),
            ("int", "next_prio"),
        ),
        (
            '"prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s%s ==> next_comm=%s next_pid=%d '
            'next_prio=%d", REC->prev_comm, REC->prev_pid, REC->prev_prio, (REC->prev_state & '
            f"({_STATE_MAX} - 1)) ? __print_flags(REC->prev_state & ({_STATE_MAX} - 1), "
            f'"|", {_STATE_FLAGS}) : "R", REC->prev_state & {_STATE_MAX} ? "+" : "", '
            "REC->next_comm, REC->next_pid, REC->next_prio"
        ),
    ),
    "sched_wakeup": _WAKEUP,
    "sched_wakeup_new": _WAKEUP,
    "sched_waking": _WAKEUP,
    "signal_generate": (
        (
            *(("int", "sig"), ("int", "errno"), ("int", "code"), ("char", "comm[16]")),
            *(("pid_t", "pid"), ("int", "group"), ("int", "result")),
        ),
        (
            '"sig=%d errno=%d code=%d comm=%s pid=%d grp=%d res=%d", REC->sig, REC->errno, '
            "REC->code, REC->comm, REC->pid, REC->group, REC->result"
        ),
    ),
    "task_rename": (
        (
            *(("pid_t", "pid"), ("char", "oldcomm[16]"), ("char", "newcomm[16]")),
            ("short", "oom_score_adj"),
        ),
        (
            '"pid=%d oldcomm=%s newcomm=%s oom_score_adj=%hd", REC->pid, REC->oldcomm, '
            "REC->newcomm, REC->oom_score_adj"
        ),
    ),
    "timer_cancel": ((("void *", "timer"),), '"timer=%p", REC->timer'),
    "timer_expire_entry": (
        (
            *(("void *", "timer"), ("unsigned long", "now"), ("void *", "function")),
            ("unsigned long", "baseclk"),
        ),
        (
            '"timer=%p function=%ps now=%lu baseclk=%lu", REC->timer, REC->function, REC->now, '
            "REC->baseclk"
        ),
    ),
    "timer_start": (
        (
            *(("void *", "timer"), ("void *", "function"), ("unsigned long", "expires")),
            *(("unsigned long", "now"), ("unsigned int", "flags")),
        ),
        (
            '"timer=%p function=%ps expires=%lu [timeout=%ld] cpu=%u idx=%u flags=%s", REC->timer, '
            "REC->function, REC->expires, (long)REC->expires - REC->now, REC->flags & 0x0003FFFF, "
            "REC->flags >> 22, __print_flags(REC->flags & (0x00040000 | 0x00080000 | 0x00100000 | "
            '0x00200000), "|", { 0x00040000, "M" }, { 0x00080000, "D" }, { 0x00100000, "P" }, '
            '{ 0x00200000, "I" })'
        ),
    ),
}


def event_id(name: str) -> int:
    """Give the number that perf knows an event by."""
    return _FIRST_ID + sorted(_EVENTS).index(name)


def format_text(name: str) -> str:
    """Give the text of an event's format file."""
    fields, shown = _EVENTS[name]
    lines = [f"name: {name}\nID: {event_id(name)}\nformat:\n{_COMMON}"]
    offset = 8
    for kind, field in fields:
        size, signed = _SIZES[kind]
        alignment = size
        if field.endswith("]"):
            size *= int(field.partition("[")[2].rstrip("]"))
        offset += -offset % alignment
        lines.append(f"\tfield:{kind} {field};\toffset:{offset};\tsize:{size};\tsigned:{signed};\n")
        offset += size
    return "".join(lines) + f"\nprint fmt: {shown}\n"
