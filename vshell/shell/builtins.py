"""Builtins: the commands that the shell runs itself.

They change it, or are quicker so. Each file of ``vshell.shell.builtin`` holds some and is loaded
when one of them is first used; those that are programs too (echo, test, printf) share their code
with ``vshell.usr``.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from vshell.shell.execute import Executor

    Builtin = Callable[[Executor, list[str]], int]

__all__ = ["builtin_names", "find_builtin"]

_PROGRAMS = ("[", "false", "test", "true")
# The file of vshell.shell.builtin that holds a builtin.
_FILES = {
    ".": "source",
    ":": "control",
    "alias": "alias",
    "bg": "job",
    "bind": "completing",
    "break": "control",
    "builtin": "lookup",
    "caller": "control",
    "cd": "directory",
    "command": "lookup",
    "compgen": "completing",
    "complete": "completing",
    "compopt": "completing",
    "continue": "control",
    "declare": "variable",
    "dirs": "directory",
    "disown": "job",
    "echo": "print",
    "enable": "lookup",
    "eval": "source",
    "exec": "control",
    "exit": "control",
    "export": "variable",
    "fc": "alias",
    "fg": "job",
    "getopts": "parameter",
    "hash": "lookup",
    "help": "help",
    "history": "alias",
    "jobs": "job",
    "kill": "signal",
    "let": "parameter",
    "local": "variable",
    "logout": "control",
    "mapfile": "input",
    "popd": "directory",
    "printf": "print",
    "pushd": "directory",
    "pwd": "directory",
    "read": "input",
    "readarray": "input",
    "readonly": "variable",
    "return": "control",
    "set": "option",
    "shift": "parameter",
    "shopt": "option",
    "source": "source",
    "suspend": "job",
    "times": "process",
    "trap": "signal",
    "type": "lookup",
    "typeset": "variable",
    "ulimit": "process",
    "umask": "process",
    "unalias": "alias",
    "unset": "parameter",
    "wait": "job",
}


def builtin_names() -> list[str]:
    """List the names of all builtins."""
    return sorted((*_FILES, *_PROGRAMS))


def find_builtin(name: str, disabled: Collection[str] = ()) -> Builtin | None:
    """Find a builtin by name.

    Args:
        name: as written.
        disabled: those that ``enable -n`` has turned off.
    """
    file = _FILES.get(name)
    if (file is None and name not in _PROGRAMS) or name in disabled:
        return None
    if file is None:
        return _run_program
    from importlib import import_module  # noqa: PLC0415 - each file is loaded when first used

    builtins: dict[str, Builtin] = import_module(f"vshell.shell.builtin.{file}").BUILTINS
    found = builtins[name]

    def run(ex: Executor, argv: list[str]) -> int:
        from vshell.shell.builtin.common import UsageError  # noqa: PLC0415 - loaded by now

        try:
            return found(ex, argv)
        except UsageError:
            return 2

    return run


def _run_program(ex: Executor, argv: list[str]) -> int:
    from importlib import import_module  # noqa: PLC0415 - each program is loaded when first used

    name = "test" if argv[0] == "[" else argv[0]
    shell = ex.shell
    program = import_module(f"vshell.usr.{name}")
    if name == "test":
        words = argv[1:-1] if argv[0] == "[" else argv[1:]
        if len(words) == 2 and words[0] in ("-v", "-o", "-R"):
            return _test_shell(ex, words)
        return int(program.evaluate_command(argv, shell.sys, shell.prefix()))
    # The program puts its own name before what it complains about; a builtin the shell's.
    status: int = program.main([shell.prefix() + argv[0], *argv[1:]], shell.sys)
    return status


# What only the shell can know: whether a variable or an option is set.
def _test_shell(ex: Executor, words: list[str]) -> int:
    if words[0] == "-o":
        from vshell.shell.builtin.option import OPTION_NAMES  # noqa: PLC0415 - -o only

        return int(OPTION_NAMES.get(words[1], "?") not in ex.shell.options)
    from vshell.shell.conditional import is_set  # noqa: PLC0415 - -v only

    return int(not is_set(ex.shell, words[0], words[1]))
