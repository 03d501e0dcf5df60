"""Variables whose value is made when it is asked for: RANDOM, SECONDS, FUNCNAME.

Source: bash(1), "Shell Variables".
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.shell.state import Shell

__all__ = [
    "ARRAYS",
    "SPECIAL",
    "assign_special",
    "lower_level",
    "special_elements",
    "special_value",
]

_NSEC_PER_SEC = 1_000_000_000


# bash 5.2's generator: Park and Miller's "minimal standard", its halves mixed.
def _random(shell: Shell) -> str:
    while True:
        state = shell.random_state or 123459876
        high, low = divmod(state, 127773)
        state = 16807 * low - 2836 * high
        shell.random_state = state if state >= 0 else state + 0x7FFFFFFF
        number = ((shell.random_state >> 16) ^ (shell.random_state & 0xFFFF)) & 32767
        if number != shell.random_last:
            shell.random_last = number
            return str(number)


def _seconds(shell: Shell) -> str:
    return str((shell.sys.clock_monotonic_ns() - shell.seconds_base_ns) // _NSEC_PER_SEC)


def _realtime(shell: Shell) -> str:
    seconds, rest_ns = divmod(shell.sys.clock_realtime_ns(), _NSEC_PER_SEC)
    return f"{seconds}.{rest_ns // 1000:06d}"


def _shell_options(shell: Shell) -> str:
    from vshell.shell.builtin.option import names_of_options  # noqa: PLC0415 - rarely asked for

    return ":".join(names_of_options(shell))


def _shopt_options(shell: Shell) -> str:
    from vshell.shell.builtin.option import SHOPT_NAMES  # noqa: PLC0415 - rarely asked for

    return ":".join(name for name in SHOPT_NAMES if name in shell.shopt)


SPECIAL: dict[str, Callable[[Any], str | None]] = {
    "BASHOPTS": _shopt_options,
    "BASHPID": lambda shell: str(shell.sys.getpid()),
    "BASH_COMMAND": lambda shell: shell.command_text(),
    "BASH_SUBSHELL": lambda shell: str(shell.subshell_level),
    "EPOCHREALTIME": _realtime,
    "EPOCHSECONDS": lambda shell: str(shell.sys.clock_realtime_ns() // _NSEC_PER_SEC),
    "HISTCMD": lambda shell: str(len(shell.history) + 1 if shell.at_prompt else 0),
    "LINENO": lambda shell: str(shell.line),
    "RANDOM": _random,
    "SECONDS": _seconds,
    "SHELLOPTS": _shell_options,
    "SRANDOM": lambda shell: str(int(_random(shell) or 0) << 15 | int(_random(shell) or 0)),
    "_": lambda shell: shell.last_argument,
}
"""The plain ones."""
ARRAYS = (
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_VERSINFO",
    "DIRSTACK",
    "FUNCNAME",
    "GROUPS",
    "PIPESTATUS",
)
"""The arrays."""


def special_value(shell: Shell, name: str) -> str | None:
    """Give a variable's value that is made now; None if it is not one of those."""
    function = SPECIAL.get(name)
    if function is not None:
        return function(shell) if name not in shell.unset_specials else None
    elements = special_elements(shell, name)
    return elements[0] if elements else None


def special_elements(shell: Shell, name: str) -> list[str] | None:
    """Give the elements of an array that is made now; None if it is not one of those."""
    if name == "PIPESTATUS":
        return [str(status) for status in shell.pipe_statuses]
    if name in shell.unset_specials:
        return None
    if name == "FUNCNAME":
        names = [frame.name for frame in reversed(shell.frames)]
        inside = any(frame.is_function for frame in shell.frames)
        return [*names, "main"] if inside and not shell.from_command else names
    if name == "BASH_SOURCE":
        sources = [frame.source for frame in reversed(shell.frames)]
        return sources if shell.from_command else [*sources, shell.script_name]
    if name == "BASH_LINENO":
        lines = [str(frame.called_line) for frame in reversed(shell.frames)]
        return lines if shell.from_command else [*lines, "0"]
    if name in ("BASH_ARGC", "BASH_ARGV"):
        return ["0"] if name == "BASH_ARGC" else []
    if name == "DIRSTACK":
        return [shell.get("PWD") or "", *shell.directory_stack]
    if name == "GROUPS":
        return [
            str(gid) for gid in sorted({shell.sys.credentials()[2], *shell.sys.credentials()[4]})
        ]
    if name == "BASH_VERSINFO":
        return ["5", "2", "2", "1", "release", "x86_64-pc-linux-gnu"]
    return None


def assign_special(shell: Shell, name: str, value: str) -> bool:
    """Assign to a variable whose value is made; give whether it is one."""
    if name not in SPECIAL or name in shell.unset_specials:
        return name in ("FUNCNAME", "BASH_SOURCE", "BASH_LINENO", "GROUPS", "DIRSTACK")
    if name == "RANDOM":
        shell.random_state = int(value) & 0xFFFFFFFF if value.isdigit() else 0
        shell.random_last = 0
    elif name == "SECONDS":
        seconds = int(value) if value.lstrip("-").isdigit() else 0
        shell.seconds_base_ns = shell.sys.clock_monotonic_ns() - seconds * _NSEC_PER_SEC
    return True


def lower_level(shell: Shell) -> None:
    """Count SHLVL down: the shell's place is taken."""
    level = shell.get("SHLVL") or ""
    if level.isdigit():
        shell.set("SHLVL", str(max(int(level) - 1, 0)))
