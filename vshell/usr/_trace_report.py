"""Lines of a trace as trace-cmd report shows them.

Source: trace-cmd-report(1), 3.1.6; libtraceevent's plugins for sched
"""

from __future__ import annotations

__all__ = ["cpu_of", "report_line"]

_NAME_WIDTH = 20
_WAKEUPS = ("sched_wakeup", "sched_wakeup_new")


def cpu_of(line: str) -> int:
    """Give the CPU of a line of the file ``trace``, -1 if it is none."""
    number = line.partition("[")[2].partition("]")[0]
    return int(number) if number.isdigit() else -1


def report_line(line: str) -> str:
    """Show a line of the file ``trace`` in the manner of a report."""
    who, _, rest = line.partition("[")
    cpu, _, rest = rest.partition("] ")
    _, _, rest = rest.partition(" ")
    time, _, rest = rest.lstrip().partition(": ")
    name, _, text = rest.partition(": ")
    comm, _, pid = who.rstrip().rpartition("-")
    if name == "sched_switch":
        text = _switch(text)
    elif name in _WAKEUPS:
        text = _wakeup(text)
    elif name == "tracing_mark_write":
        name = "print"
        text = f"tracing_mark_write: {text}"
    head = f"{comm.strip():>16}-{pid:<5s} [{cpu}] {time:>12}: "
    return f"{head}{name}: {' ' * max(_NAME_WIDTH - len(name), 0)}{text}"


# The fields of a text; a name may have spaces.
def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for word in text.split(" "):
        key, equals, value = word.partition("=")
        if equals:
            last = key
            fields[key] = value
        elif last:
            fields[last] += f" {word}"
    return fields


def _switch(text: str) -> str:
    before, _, after = text.partition(" ==> ")
    prev, following = _fields(before), _fields(after)
    return (
        f"{prev['prev_comm']}:{prev['prev_pid']} [{prev['prev_prio']}] {prev['prev_state']} ==> "
        f"{following['next_comm']}:{following['next_pid']} [{following['next_prio']}]"
    )


def _wakeup(text: str) -> str:
    fields = _fields(text)
    return f"{fields['comm']}:{fields['pid']} [{fields['prio']}] CPU:{fields['target_cpu']}"
