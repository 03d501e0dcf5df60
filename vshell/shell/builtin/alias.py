"""Builtins for what is typed: aliases and the history of lines.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import read_number, write_out
from vshell.shell.expand import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _alias(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if word != "-p"]
    status = 0
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            shell.aliases[name] = value
        elif name in shell.aliases:
            write_out(ex, f"alias {name}={quote(shell.aliases[name])}\n")
        else:
            shell.complain(f"alias: {name}: not found")
            status = 1
    if not words:
        for name in sorted(shell.aliases):
            text = shell.aliases[name].replace("'", "'\\''")
            write_out(ex, f"alias {name}='{text}'\n")
    return status


def _unalias(ex: Executor, argv: list[str]) -> int:
    status = 0
    for word in argv[1:]:
        if word == "-a":
            ex.shell.aliases.clear()
        elif ex.shell.aliases.pop(word, None) is None:
            ex.shell.complain(f"unalias: {word}: not found")
            status = 1
    return status


def _history(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if argv[1:2] == ["-c"]:
        shell.history.clear()
        return 0
    count = len(shell.history)
    if len(argv) > 1:
        number = read_number(ex, "history", argv[1])
        if number is None:
            return 1
        count = number
    first = max(len(shell.history) - count, 0)
    for number, line in enumerate(shell.history[first:], first + 1):
        write_out(ex, f"{number:5d}  {line}\n")
    return 0


BUILTINS: dict[str, Builtin] = {
    "alias": _alias,
    "history": _history,
    "unalias": _unalias,
}
"""The builtins of this file, by name."""
