"""Builtins: the commands that the shell runs itself.

They change it, or are quicker so. Each file of ``vshell.shell.builtin`` holds some and is loaded
when one of them is first used; those that are programs too (echo, test, printf) share their code
with ``vshell.usr``.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.execute import Executor

    Builtin = Callable[[Executor, list[str]], int]

__all__ = ["builtin_names", "find_builtin"]

_PROGRAMS = ("[", "echo", "false", "printf", "pwd", "test", "true")
# The file of vshell.shell.builtin that holds a builtin.
_FILES = {
    ".": "source",
    ":": "control",
    "alias": "alias",
    "bg": "job",
    "break": "control",
    "builtin": "lookup",
    "cd": "directory",
    "command": "lookup",
    "continue": "control",
    "declare": "variable",
    "dirs": "directory",
    "disown": "job",
    "eval": "source",
    "exec": "control",
    "exit": "control",
    "export": "variable",
    "fg": "job",
    "hash": "lookup",
    "help": "help",
    "history": "alias",
    "jobs": "job",
    "kill": "signal",
    "let": "variable",
    "local": "variable",
    "logout": "control",
    "popd": "directory",
    "pushd": "directory",
    "read": "input",
    "readonly": "variable",
    "return": "control",
    "set": "option",
    "shift": "variable",
    "shopt": "option",
    "source": "source",
    "times": "process",
    "trap": "signal",
    "type": "lookup",
    "typeset": "variable",
    "umask": "process",
    "unalias": "alias",
    "unset": "variable",
    "wait": "job",
}


def builtin_names() -> list[str]:
    """List the names of all builtins."""
    return sorted((*_FILES, *_PROGRAMS))


def find_builtin(name: str) -> Builtin | None:
    """Find a builtin by name."""
    file = _FILES.get(name)
    if file is None:
        return _run_program if name in _PROGRAMS else None
    from importlib import import_module  # noqa: PLC0415 - each file is loaded when first used

    builtins: dict[str, Builtin] = import_module(f"vshell.shell.builtin.{file}").BUILTINS
    return builtins[name]


def _run_program(ex: Executor, argv: list[str]) -> int:
    from importlib import import_module  # noqa: PLC0415 - each program is loaded when first used

    name = "test" if argv[0] == "[" else argv[0]
    program = import_module(f"vshell.usr.{name}")
    # The program puts its own name before what it complains about; the shell's builtin the shell's.
    shown = ex.shell.prefix() + argv[0] if argv[0] != "[" else "["
    if name == "test":
        return int(program.evaluate_command(argv, ex.shell.sys, ex.shell.prefix()))
    status: int = program.main([shown, *argv[1:]], ex.shell.sys)
    return status
