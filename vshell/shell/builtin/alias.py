"""Builtins for what is typed: aliases and the history of lines.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import options_of, read_number, write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS", "alias_line"]

_NEVER_IN_ALIAS = " \t\n$`\\'\"&|;<>()/"


def alias_line(name: str, value: str) -> str:
    """Write an alias as the command that makes it."""
    quoted = value.replace("'", "'\\''")
    return f"alias {name}='{quoted}'\n"


def _alias(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "p", "alias [-p] [name[=value] ... ]")
    status = 0
    if not words or "p" in options:
        for name in sorted(shell.aliases):
            write_out(ex, alias_line(name, shell.aliases[name]))
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name:
            if any(letter in _NEVER_IN_ALIAS for letter in name):
                shell.complain(f"alias: `{name}': invalid alias name")
                status = 1
            else:
                shell.aliases[name] = value
        elif name in shell.aliases:
            write_out(ex, alias_line(name, shell.aliases[name]))
        else:
            shell.complain(f"alias: {word}: not found")
            status = 1
    return status


def _unalias(ex: Executor, argv: list[str]) -> int:
    usage = "unalias [-a] name [name ...]"
    options, words = options_of(ex, argv, "a", usage)
    if "a" in options:
        ex.shell.aliases.clear()
        return 0
    if not words:
        ex.shell.write_error(f"unalias: usage: {usage}\n")
        return 2
    status = 0
    for word in words:
        if ex.shell.aliases.pop(word, None) is None:
            ex.shell.complain(f"unalias: {word}: not found")
            status = 1
    return status


def _history(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    usage = "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]"
    options, words = options_of(ex, argv, "cd:anrwps", usage)
    if "c" in options:
        shell.history.clear()
        return 0
    if "d" in options:
        text = options["d"]
        number = int(text) if text.lstrip("-").isdigit() else 0
        place = number - 1 if number > 0 else len(shell.history) + number
        if not number or not 0 <= place < len(shell.history):
            shell.complain(f"history: {text}: history position out of range")
            return 1
        del shell.history[place]
        return 0
    if "s" in options:
        if words:
            shell.history[-1:] = [" ".join(words)]
        return 0
    if options:
        return 0
    count = len(shell.history)
    if words:
        asked = read_number(ex, "history", words[0])
        if asked is None:
            return 1
        count = abs(asked)
    first = max(len(shell.history) - count, 0)
    for place, line in enumerate(shell.history[first:], first + 1):
        write_out(ex, f"{place:5d}  {line}\n")
    return 0


# fc: what was typed, as a list; nothing can be edited here.
def _fix(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    usage = "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]"
    options, _ = options_of(ex, argv, "e:lnrs", usage)
    if "l" not in options:
        shell.complain("fc: no command found")
        return 1
    lines = list(enumerate(shell.history, 1))[-17:-1]
    for number, line in reversed(lines) if "r" in options else lines:
        write_out(ex, f"\t {line}\n" if "n" in options else f"{number}\t {line}\n")
    return 0


BUILTINS: dict[str, Builtin] = {
    "alias": _alias,
    "fc": _fix,
    "history": _history,
    "unalias": _unalias,
}
"""The builtins of this file, by name."""
