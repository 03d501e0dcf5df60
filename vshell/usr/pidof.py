"""pidof: find the numbers of running programs.

Source: pidof(8), sysvinit 3.06
"""

from __future__ import annotations

from vshell.usr._proc import Task, tasks
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_SCRIPT_SHELLS = ("bash", "sh", "dash")


@program
def main(io: Io, words: list[str]) -> int:
    """Find programs: ``pidof [-scnqxz] [-o PID] [-d SEPARATOR] PROGRAM...``."""
    try:
        options, names = getopt(words, "hcno:d:sxqz")
    except OptionError:
        # Complaints go to the system's log.
        return 1
    letters = {letter for letter, _ in options}
    separator = dict(options).get("d", " ")
    avoided = {io.sys.getpid()}
    for letter, value in options:
        if letter == "o":
            own = {"%PPID": io.sys.getppid()}
            avoided |= {own.get(one, int(one) if one.isdigit() else -1) for one in value.split(",")}
    found: list[int] = []
    everybody = [task for task in tasks(io) if task.pid not in avoided]
    for name in names:
        fitting = [task.pid for task in everybody if _fits(task, name, scripts="x" in letters)]
        fitting.sort(reverse=True)
        found += fitting[:1] if "s" in letters else fitting
    if not found:
        return 1
    if "q" not in letters:
        io.out(separator.join(str(pid) for pid in found) + "\n")
    return 0


# A program is known by its path, by the name it was started with, and by its own name.
def _fits(task: Task, name: str, *, scripts: bool) -> bool:
    words = task.words()
    if not words or task.state in "ZD":
        return False
    if "/" in name:
        return name in (words[0], task.link("exe"))
    started = words[0].removeprefix("-").rpartition("/")[2]
    if name in (started, task.name):
        return True
    is_script = scripts and started in _SCRIPT_SHELLS and len(words) > 1
    return is_script and words[1].rpartition("/")[2] == name
