"""What the lines of the settings must be that are tables: boot log, services, kernel threads."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Tables(Protocol):
        """The settings that are tables, and those that their rows must fit."""

        boot_log: str
        services: str
        users: str
        user: str
        uid: int
        kernel_threads: str
        khungtaskd_pid: int
        init: str
        pid_max: int

        def facts(self) -> dict[str, object]:
            """Give all settings by name."""


__all__ = ["TABLES", "check_line", "check_tables"]

_KTHREADD_PID = 2
_LEVELS = tuple(f"<{level}>" for level in range(8))
_COMM_LETTERS_MAX = 15
_SECONDS_MAX = 1e9


def check_line(name: str, line: str) -> str:
    """Tell what is wrong with a row of a table, "" if nothing is.

    Args:
        name: of the setting, one of ``TABLES``.
        line: the row.
    """
    return _CHECKS[name](line)


def _boot_line(line: str) -> str:
    seconds, _, rest = line.partition(" ")
    level, space, text = rest.partition(" ")
    if not _is_seconds(seconds) or level not in _LEVELS or not space:
        return f"boot_log: expected 'SECONDS <LEVEL> TEXT', not {line!r}"
    if text.count("{") != text.count("}"):
        return f"boot_log: a brace stands alone in {line!r}"
    return ""


def _is_seconds(text: str) -> bool:
    digits = text.replace(".", "0", 1)
    return digits.isascii() and digits.isdigit() and float(text) < _SECONDS_MAX


def _is_pid(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def _service(line: str) -> str:
    fields = line.split(maxsplit=4)
    if len(fields) < 5 or not _is_pid(fields[0]) or not _is_pid(fields[1]) or not int(fields[0]):
        return f"services: expected 'PID PARENT USER TERMINAL COMMAND', not {line!r}"
    return ""


def _kernel_thread(line: str) -> str:
    fields = line.split(maxsplit=3)
    is_row = len(fields) == 4 and _is_pid(fields[0]) and int(fields[0]) > _KTHREADD_PID
    if not is_row or fields[1] not in ("S", "I"):
        return f"kernel_threads: expected 'PID S|I NICE NAME', not {line!r}"
    nice = fields[2].removeprefix("-")
    if not _is_pid(nice) or not -20 <= int(fields[2]) <= 19:
        return f"kernel_threads: nice must be -20 to 19, not {fields[2]!r}"
    return ""


_CHECKS: dict[str, Callable[[str], str]] = {
    "boot_log": _boot_line,
    "services": _service,
    "kernel_threads": _kernel_thread,
}
TABLES = tuple(_CHECKS)
"""The settings that are tables, a row per line."""


def check_tables(settings: Tables) -> str:
    """Tell what is wrong with the tables of a host's settings, "" if nothing is."""
    facts = settings.facts()
    for name in TABLES:
        for line in str(facts[name]).splitlines():
            wrong = check_line(name, line)
            if wrong:
                return wrong
    for line in settings.boot_log.splitlines():
        try:
            line.format(**facts)
        except (KeyError, IndexError, ValueError, AttributeError):
            return f"boot_log: in braces stands no setting: {line!r}"
    return _check_pids(settings) or _check_users(settings)


# The session's user is nobody else.
def _check_users(settings: Tables) -> str:
    for line in settings.users.splitlines():
        name, uid = line.split()[:2]
        if int(uid) == settings.uid and name != settings.user:
            return f"users: {line!r}: uid {uid} is that of {settings.user}"
    return ""


# Every pid is there once, and process 1 is the one that ``init`` says.
def _check_pids(settings: Tables) -> str:
    taken = {_KTHREADD_PID: "kthreadd", settings.khungtaskd_pid: "khungtaskd"}
    if settings.init == "shell":
        taken[1] = "the shell"
    for name in ("kernel_threads", "services"):
        for line in getattr(settings, name).splitlines():
            pid = int(line.split()[0])
            if pid in taken:
                return f"{name}: {line!r}: pid {pid} is that of {taken[pid]}"
            if pid > settings.pid_max:
                return f"{name}: {line!r}: pid {pid} is above pid_max"
            taken[pid] = line.split()[-1]
    return ""
