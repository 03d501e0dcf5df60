"""ps: which tasks are shown.

Source: ps(1), "SIMPLE PROCESS SELECTION" and "PROCESS SELECTION BY LIST", procps 4.0.2.
Real: 27-ps-and-users.
"""

from __future__ import annotations

from vshell.usr._names import Names
from vshell.usr._proc import tty_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._proc import Task
    from vshell.usr._program import Io

__all__ = ["PsError", "Selection", "read_pids"]

_PID_MAX = 1 << 31


class PsError(Exception):
    """A command line that ps refuses; the text is ps's."""


class Selection:
    """What was asked for; ``accepts`` tells of each task whether it is shown."""

    def __init__(self) -> None:
        """Ask for the default."""
        self.everything = False
        self.letters: set[str] = set()
        """Of -a and -d, and of BSD's a, x and g, which stand as A, X and G."""
        self.lists: list[tuple[str, set[int] | set[str]]] = []
        """Kinds of lists with their members; one that fits is enough."""
        self.quick: list[int] = []
        self.bsd = False
        """Whether the default and the letters are BSD's."""
        self.running_only = False
        self.negated = False

    def check(self) -> None:
        """Refuse what cannot go together.

        Raises:
            PsError: UNIX and BSD letters, or more than a quick list.
        """
        if self.letters & {"a", "d"} and self.letters & {"A", "X", "G"}:
            raise PsError("process selection options conflict")

    def add(self, io: Io, kind: str, text: str) -> None:
        """Add a list.

        Args:
            io: of ps.
            kind: pid, ppid, pgrp, session, tty, command, ruid, euid, rgid, egid, or leader:
                sessions where all members are numbers, else effective groups.
            text: its members.

        Raises:
            PsError: it is none.
        """
        if kind in ("pid", "ppid", "pgrp", "session"):
            self.lists.append((kind, set(read_pids(text))))
        elif kind == "tty":
            self.lists.append((kind, _terminals(io, text)))
        elif kind == "command":
            self.lists.append((kind, set(_words(text))))
        elif kind in ("ruid", "euid"):
            self.lists.append((kind, _users(io, text)))
        elif kind in ("rgid", "egid"):
            self.lists.append((kind, _groups(io, text)))
        else:
            self._add_leaders(io, text)

    def _add_leaders(self, io: Io, text: str) -> None:
        if all(word.isascii() and word.isdigit() for word in _words(text)):
            self.lists.append(("session", set(read_pids(text))))
            return
        try:
            self.lists.append(("egid", _groups(io, text)))
        except PsError:
            raise PsError("list of session leaders OR effective group IDs was invalid") from None

    def accepts(self, task: Task, euid: int, tty: int) -> bool:
        """Tell whether a task is shown to a user at a terminal."""
        shown = (
            self.everything
            or ((bool(self.letters) or not self.lists) and self._by_letters(task, euid, tty))
            or any(_MEMBERS[kind](task) in members for kind, members in self.lists)
        )
        return (shown and self.may_run(task)) != self.negated

    def may_run(self, task: Task) -> bool:
        """Tell whether a task is left by BSD's r: one that runs, or sleeps for a short while."""
        return task.state in "RD" or not self.running_only

    def _by_letters(self, task: Task, euid: int, tty: int) -> bool:
        letters = self.letters - {"G"}
        if letters == {"a"}:
            return bool(task.tty) and task.session != task.pid
        if letters == {"d"}:
            return task.session != task.pid
        if letters == {"a", "d"}:
            return bool(task.tty) or task.session != task.pid
        if letters == {"A", "X"}:
            return True
        if letters == {"A"}:
            return bool(task.tty)
        if letters == {"X"}:
            return task.euid == euid
        if self.bsd:
            return bool(task.tty) and task.euid == euid
        return task.tty == tty and task.euid == euid


_MEMBERS: dict[str, Callable[[Task], int | str]] = {
    "pid": lambda task: task.pid,
    "ppid": lambda task: task.ppid,
    "pgrp": lambda task: task.pgrp,
    "session": lambda task: task.session,
    "tty": lambda task: task.tty,
    "command": lambda task: task.name,
    "ruid": lambda task: task.uid,
    "euid": lambda task: task.euid,
    "rgid": lambda task: task.ids("Gid")[0],
    "egid": lambda task: task.ids("Gid")[1],
}


# Takes a list with commas or blanks apart.
def _words(text: str) -> list[str]:
    for blank in " \t\n":
        text = text.replace(blank, ",")
    words = text.split(",")
    if not all(words):
        raise PsError("improper list")
    return words


def read_pids(text: str) -> list[int]:
    """Read a list of tasks' numbers.

    Raises:
        PsError: one that cannot be.
    """
    found = []
    for word in _words(text):
        digits = word.removeprefix("-").removeprefix("+")
        if not (digits.isascii() and digits.isdigit()):
            raise PsError("process ID list syntax error")
        if not 0 < int(word) < _PID_MAX:
            raise PsError("process ID out of range")
        found.append(int(word))
    return found


def _users(io: Io, text: str) -> set[int]:
    return {_number(word, Names(io).uid, "user name") for word in _words(text)}


def _groups(io: Io, text: str) -> set[int]:
    return {_number(word, Names(io).gid, "group name") for word in _words(text)}


def _number(word: str, find: Callable[[str], int | None], what: str) -> int:
    number = find(word)
    if number is None or word.startswith("+"):
        raise PsError(f"{what} does not exist")
    return number


def _terminals(io: Io, text: str) -> set[int]:
    found = set()
    for word in _words(text):
        number = 0 if word in ("-", "?") else tty_number(io, word)
        if number is None:
            raise PsError("TTY could not be found")
        found.add(number)
    return found
