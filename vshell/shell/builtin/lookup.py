"""Builtins that say or choose what a name stands for.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.alias import alias_line
from vshell.shell.builtin.common import options_of, refuse_option, write_out
from vshell.shell.builtins import builtin_names, find_builtin
from vshell.shell.hashing import COMMAND_BUCKETS, hash_order
from vshell.shell.simple import become, find_program, search_path
from vshell.shell.unparse import function_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS", "KEYWORDS"]

KEYWORDS = (
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
    "coproc",
)
"""The reserved words, in bash's order."""
_STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_COMMAND_USAGE = "command [-pVv] command [arg ...]"
_TYPE_USAGE = "type [-afptP] name [name ...]"
_HASH_USAGE = "hash [-lr] [-p pathname] [-dt] [name ...]"


def _command(ex: Executor, argv: list[str]) -> int:
    options, words = options_of(ex, argv, "pvV", _COMMAND_USAGE)
    if not words:
        return 0
    if "v" in options or "V" in options:
        long = "V" in options
        return min([_describe(ex, word, long=long, name="command") for word in words])
    builtin = find_builtin(words[0], ex.shell.disabled_builtins)
    if builtin is not None:
        return builtin(ex, words)
    if "p" in options:
        found = search_path(ex.shell, words[0], _STANDARD_PATH)
        words = [found or words[0], *words[1:]]
    return ex.run_child(lambda child: become(child, words), " ".join(words))


def _builtin(ex: Executor, argv: list[str]) -> int:
    usage = "builtin [shell-builtin [arg ...]]"
    if len(argv) > 1 and argv[1][:1] == "-" and argv[1] not in ("-", "--"):
        return refuse_option(ex, "builtin", argv[1][:2], usage)
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not words:
        return 0
    found = find_builtin(words[0])
    if found is None:
        ex.shell.complain(f"builtin: {words[0]}: not a shell builtin")
        return 1
    return found(ex, words)


def _type(ex: Executor, argv: list[str]) -> int:
    options, words = options_of(ex, argv, "afptP", _TYPE_USAGE)
    status = 0
    for word in words:
        status |= _type_one(ex, word, options)
    return status


def _type_one(ex: Executor, word: str, options: dict[str, str]) -> int:
    kinds = _kinds_of(ex, word, functions="f" not in options)
    if "P" in options:
        kinds = [(kind, path) for kind, path in kinds if kind == "file"]
    if "a" not in options:
        kinds = kinds[:1]
    if not kinds:
        if not {"t", "p", "P"} & set(options):
            ex.shell.complain(f"type: {word}: not found")
        return 1
    for kind, path in kinds:
        if "t" in options:
            write_out(ex, kind + "\n")
        elif "p" in options or "P" in options:
            if kind == "file":
                write_out(ex, path + "\n")
        else:
            _show_long(ex, word, kind, path, hashed="a" not in options)
    return 0


# Everything a name stands for, with a path for files; what counts first.
def _kinds_of(ex: Executor, word: str, *, functions: bool = True) -> list[tuple[str, str]]:
    shell = ex.shell
    found = []
    if word in shell.aliases and (shell.interactive or "expand_aliases" in shell.shopt):
        found.append(("alias", ""))
    if word in KEYWORDS:
        found.append(("keyword", ""))
    if functions and word in shell.functions:
        found.append(("function", ""))
    if find_builtin(word, shell.disabled_builtins) is not None:
        found.append(("builtin", ""))
    if "/" in word:
        if shell.sys.access(word, 1):
            found.append(("file", word))
        return found
    known = shell.hashed.get(word)
    if known is not None and not found:
        found.append(("file", str(known[0])))
    for folder in (shell.get("PATH") or "").split(":"):
        path = search_path(shell, word, folder)
        if path is not None and shell.sys.access(path, 1) and ("file", path) not in found:
            found.append(("file", path))
    return found


def _show_long(ex: Executor, word: str, kind: str, path: str, *, hashed: bool) -> None:
    shell = ex.shell
    if kind == "alias":
        write_out(ex, f"{word} is aliased to `{shell.aliases[word]}'\n")
    elif kind == "function":
        write_out(ex, f"{word} is a function\n{function_text(shell.functions[word])}")
    elif kind == "file":
        known = hashed and word in shell.hashed
        write_out(ex, f"{word} is hashed ({path})\n" if known else f"{word} is {path}\n")
    else:
        write_out(ex, f"{word} is a shell {kind}\n")


def _describe(ex: Executor, word: str, *, long: bool, name: str) -> int:
    kinds = _kinds_of(ex, word)
    if not kinds:
        if long:
            ex.shell.complain(f"{name}: {word}: not found")
        return 1
    kind, path = kinds[0]
    if long:
        _show_long(ex, word, kind, path, hashed=True)
    elif kind == "alias":
        write_out(ex, alias_line(word, ex.shell.aliases[word]))
    else:
        write_out(ex, (path if kind == "file" else word) + "\n")
    return 0


def _hash(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "lrp:dt", _HASH_USAGE)
    if "h" not in shell.options:
        shell.complain("hash: hashing disabled")
        return 1
    if "r" in options:
        shell.hashed.clear()
        return 0
    if "p" in options:
        for word in words:
            shell.hashed[word] = [options["p"], 0, True]
        return 0
    if not words:
        return _show_hashed(ex, commands="l" in options)
    status = 0
    for word in words:
        if "t" in options or "d" in options:
            known = shell.hashed.get(word)
            if known is None:
                shell.complain(f"hash: {word}: not found")
                status = 1
            elif "d" in options:
                del shell.hashed[word]
            else:
                write_out(ex, f"{word}\t{known[0]}\n" if len(words) > 1 else f"{known[0]}\n")
        elif "/" not in word and find_builtin(word) is None and word not in shell.functions:
            shell.hashed.pop(word, None)
            if find_program(ex, word) is None:
                shell.complain(f"hash: {word}: not found")
                status = 1
    return status


def _show_hashed(ex: Executor, *, commands: bool) -> int:
    hashed = ex.shell.hashed
    names = hash_order(list(hashed), COMMAND_BUCKETS)
    if commands:
        for name in names:
            write_out(ex, f"builtin hash -p {hashed[name][0]} {name}\n")
        return 0
    if not hashed:
        write_out(ex, "hash: hash table empty\n")
        return 0
    rows = [f"{hashed[name][1]!s:>4s}\t{hashed[name][0]}\n" for name in names]
    write_out(ex, "hits\tcommand\n" + "".join(rows))
    return 0


def _enable(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "anps", "enable [-a] [-dnps] [-f filename] [name ...]")
    if not words or "p" in options:
        for name in builtin_names():
            off = name in shell.disabled_builtins
            if "a" in options or off == ("n" in options):
                write_out(ex, f"enable {'-n ' if off else ''}{name}\n")
        return 0
    status = 0
    for word in words:
        if find_builtin(word) is None:
            shell.complain(f"enable: {word}: not a shell builtin")
            status = 1
        elif "n" in options:
            shell.disabled_builtins.add(word)
        else:
            shell.disabled_builtins.discard(word)
    return status


BUILTINS: dict[str, Builtin] = {
    "builtin": _builtin,
    "command": _command,
    "enable": _enable,
    "hash": _hash,
    "type": _type,
}
"""The builtins of this file, by name."""
