"""Goals: what a host must have come to, told by its state and not by the letters typed.

A goal is one line::

    file PATH exists | missing           relative to the home directory, or absolute
    module NAME loaded | unloading | gone
    thread NAME STATE                    STATE: running, sleeping, parked, gone, or any ps letter
    log has TEXT                         a line of the kernel log holds TEXT
    output has TEXT                      what the last command printed holds TEXT
    ran PROGRAM                          the last line names PROGRAM, and it did not fail
    status N                             the last command's exit status
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from vshell.kernel.inode import Directory
from vshell.machine.views import view_kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from vshell.abi.views import KernelView
    from vshell.kernel.inode import Inode
    from vshell.machine.host import Host

__all__ = ["Done", "check_goal", "unmet_goals"]

_FORMS = {
    "file": re.compile(r"file (?P<path>\S+) (?P<state>exists|missing)"),
    "module": re.compile(r"module (?P<name>\w+) (?P<state>loaded|unloading|gone)"),
    "thread": re.compile(
        r"thread (?P<name>\S.*?) (?P<state>running|sleeping|parked|gone|[RSDTPIZX])"
    ),
    "log": re.compile(r"log has (?P<text>.+)"),
    "output": re.compile(r"output has (?P<text>.+)"),
    "ran": re.compile(r"ran (?P<name>\S+)"),
    "status": re.compile(r"status (?P<status>\d+)"),
}
_LETTERS = {"running": "R", "sleeping": "SDI", "parked": "P"}


class Done:
    """What was done last at a prompt."""

    __slots__ = ("line", "output", "status")

    def __init__(self, line: str, output: str, status: int) -> None:
        """Describe a line, what it printed, and its exit status."""
        self.line = line
        self.output = output
        self.status = status


def check_goal(goal: str) -> str | None:
    """Tell what is wrong with a goal's wording; None if it is one."""
    form = _FORMS.get(goal.partition(" ")[0])
    if form is None:
        return f"unknown goal {goal!r}; a goal begins with {', '.join(_FORMS)}"
    if form.fullmatch(goal) is None:
        return f"goal {goal!r} is not of a known form"
    return None


def unmet_goals(goals: Iterable[str], host: Host, done: Done) -> list[str]:
    """Give the goals that are not met. The host must stand still.

    Args:
        goals: well formed ones.
        host: looked at only.
        done: what was done last.
    """
    view = view_kernel(host)
    return [goal for goal in goals if not _is_met(goal, host, view, done)]


def _is_met(goal: str, host: Host, view: KernelView, done: Done) -> bool:
    kind = goal.partition(" ")[0]
    found = _FORMS[kind].fullmatch(goal)
    assert found is not None
    parts = found.groupdict()
    if kind == "file":
        return _exists(host, parts["path"]) == (parts["state"] == "exists")
    if kind == "module":
        module = view.module(parts["name"])
        state = {"Live": "loaded", "Unloading": "unloading"}.get(module.state, "") if module else ""
        return (state or "gone") == parts["state"]
    if kind == "thread":
        return _thread_is(view, parts["name"], parts["state"])
    if kind == "log":
        return bool(view.messages(parts["text"]))
    if kind == "output":
        return parts["text"] in done.output
    if kind == "ran":
        words = re.findall(r"[\w./-]+", done.line)
        names = {word.rpartition("/")[2] for word in words}
        return parts["name"] in names and not done.status
    return done.status == int(parts["status"])


def _exists(host: Host, path: str) -> bool:
    whole = path if path.startswith("/") else f"{host.settings.home_directory}/{path}"
    here: Inode | None = host.kernel.vfs.root
    for part in whole.split("/"):
        if part and here is not None:
            here = here.lookup(part) if isinstance(here, Directory) else None
    return here is not None


def _thread_is(view: KernelView, name: str, state: str) -> bool:
    tasks = [one for one in view.tasks if fnmatchcase(one.name, name) or one.comm == name]
    alive = [one for one in tasks if one.state not in "ZX"]
    if state == "gone":
        return not alive
    return any(one.state in _LETTERS.get(state, state) for one in alive)
