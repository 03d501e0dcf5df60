"""Builtins that say or choose what a name stands for.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell import jobs
from vshell.shell.builtin.common import write_out
from vshell.shell.builtins import find_builtin
from vshell.shell.expand import quote
from vshell.shell.simple import become, find_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _command(ex: Executor, argv: list[str]) -> int:
    words = argv[1:]
    describe = ""
    while words and words[0] in ("-v", "-V", "-p", "--"):
        option = words.pop(0)
        if option == "--":
            break
        describe = option if option in ("-v", "-V") else describe
    if not words:
        return 0
    if describe:
        return max(_describe(ex, word, long=describe == "-V", name="command") for word in words)
    builtin = find_builtin(words[0])
    if builtin is not None:
        return builtin(ex, words)
    pid = ex.fork(lambda child: become(child, words), 0, foreground=True)
    job = jobs.add_job(ex.shell, [pid], pid, " ".join(words), foreground=True)
    return ex.wait_foreground(job)


def _builtin(ex: Executor, argv: list[str]) -> int:
    if len(argv) < 2:
        return 0
    found = find_builtin(argv[1])
    if found is None:
        ex.shell.complain(f"builtin: {argv[1]}: not a shell builtin")
        return 1
    return found(ex, argv[1:])


def _type(ex: Executor, argv: list[str]) -> int:
    words = argv[1:]
    short = False
    paths = False
    while words and words[0].startswith("-") and len(words[0]) > 1:
        option = words.pop(0)
        short |= "t" in option
        paths |= "p" in option or "P" in option
    status = 0
    for word in words:
        kind = _kind_of(ex, word)
        if kind is None:
            status = 1
            if not short and not paths:
                ex.shell.complain(f"type: {word}: not found")
        elif short:
            write_out(ex, kind + "\n")
        elif paths:
            path = find_program(ex, word)
            if kind == "file" and path is not None:
                write_out(ex, path + "\n")
        else:
            _describe(ex, word, long=True, name="type")
    return status


_KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "elif",
        "fi",
        "case",
        "esac",
        "for",
        "select",
        "while",
        "until",
        "do",
        "done",
        "in",
        "function",
        "time",
        "{",
        "}",
        "!",
        "[[",
        "]]",
    ]
)


def _kind_of(ex: Executor, word: str) -> str | None:
    if word in ex.shell.aliases:
        return "alias"
    if word in _KEYWORDS:
        return "keyword"
    if word in ex.shell.functions:
        return "function"
    if find_builtin(word) is not None:
        return "builtin"
    return "file" if find_program(ex, word) is not None else None


def _describe(ex: Executor, word: str, *, long: bool, name: str) -> int:
    kind = _kind_of(ex, word)
    path = find_program(ex, word)
    if kind is None:
        if long:
            ex.shell.complain(f"{name}: {word}: not found")
        return 1
    if not long:
        alias = f"alias {word}={quote(ex.shell.aliases[word])}" if kind == "alias" else word
        write_out(ex, (path if kind == "file" and path else alias) + "\n")
    elif kind == "alias":
        write_out(ex, f"{word} is aliased to `{ex.shell.aliases[word]}'\n")
    elif kind == "file":
        hashed = word in ex.shell.hashed and "/" not in word
        write_out(
            ex,
            f"{word} is {'hashed (' if hashed and name == 'type' else ''}{path}"
            f"{')' if hashed and name == 'type' else ''}\n",
        )
    elif kind == "function":
        write_out(ex, f"{word} is a function\n{ex.shell.functions[word].source}\n")
    else:
        write_out(ex, f"{word} is a shell {kind}\n")
    return 0


def _hash(ex: Executor, argv: list[str]) -> int:
    if "-r" in argv:
        ex.shell.hashed.clear()
        return 0
    if not ex.shell.hashed:
        write_out(ex, "hash: hash table empty\n")
        return 0
    write_out(
        ex, "hits\tcommand\n" + "".join(f"   1\t{path}\n" for path in ex.shell.hashed.values())
    )
    return 0


BUILTINS: dict[str, Builtin] = {
    "builtin": _builtin,
    "command": _command,
    "hash": _hash,
    "type": _type,
}
"""The builtins of this file, by name."""
