"""Builtins that set the shell's options.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import refuse_option, write_out
from vshell.shell.expand import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS", "OPTION_NAMES"]

OPTION_NAMES = {
    "allexport": "a",
    "errexit": "e",
    "noglob": "f",
    "noexec": "n",
    "nounset": "u",
    "verbose": "v",
    "xtrace": "x",
    "noclobber": "C",
    "monitor": "m",
    "pipefail": "pipefail",
    "emacs": "emacs",
    "vi": "vi",
    "posix": "posix",
    "history": "history",
    "errtrace": "E",
    "functrace": "T",
    "notify": "b",
    "hashall": "h",
    "braceexpand": "B",
    "physical": "P",
}
"""What an option is called behind ``set -o``, and its letter, or its name if it has none."""

_SHOPT_NAMES = frozenset(
    (
        "autocd",
        "checkwinsize",
        "cmdhist",
        "dotglob",
        "expand_aliases",
        "extglob",
        "failglob",
        "globstar",
        "histappend",
        "lastpipe",
        "nocaseglob",
        "nocasematch",
        "nullglob",
        "sourcepath",
    )
)


def _set(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    if not words:
        for name in sorted(shell.variables):
            value = shell.get(name)
            if value is not None:
                write_out(ex, f"{name}={quote(value) if value else ''}\n")
        return 0
    while words:
        word = words[0]
        if word in ("--", "-"):
            words.pop(0)
            shell.positional = words
            return 0
        if word[:1] not in ("-", "+") or len(word) < 2:
            shell.positional = words
            return 0
        words.pop(0)
        for letter in word[1:]:
            if letter == "o":
                if not words:
                    return _list_options(ex, plus=word[0] == "+")
                option = OPTION_NAMES.get(words[0])
                if option is None:
                    shell.complain(f"set: {words[0]}: invalid option name")
                    return 2
                words.pop(0)
            elif letter in "abefhmnptuvxBCEHPT":
                option = letter
            else:
                text = "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"
                return refuse_option(ex, "set", f"{word[0]}{letter}", text)
            (shell.options.add if word[0] == "-" else shell.options.discard)(option)
    return 0


def _list_options(ex: Executor, *, plus: bool) -> int:
    for name in sorted(OPTION_NAMES):
        on = OPTION_NAMES[name] in ex.shell.options
        write_out(
            ex,
            f"set {'-' if on else '+'}o {name}\n"
            if plus
            else f"{name:<15s}\t{'on' if on else 'off'}\n",
        )
    return 0


def _shopt(ex: Executor, argv: list[str]) -> int:
    words = argv[1:]
    mode = ""
    while words and words[0].startswith("-"):
        mode += words.pop(0)[1:]
    status = 0
    for word in words or sorted(_SHOPT_NAMES):
        if word not in _SHOPT_NAMES:
            ex.shell.complain(f"shopt: {word}: invalid shell option name")
            status = 1
        elif "s" in mode and words:
            ex.shell.shopt.add(word)
        elif "u" in mode and words:
            ex.shell.shopt.discard(word)
        else:
            on = word in ex.shell.shopt
            status = status or (int(not on) if words else 0)
            if "q" not in mode:
                write_out(ex, f"{word:<15s}\t{'on' if on else 'off'}\n")
    return status


BUILTINS: dict[str, Builtin] = {
    "set": _set,
    "shopt": _shopt,
}
"""The builtins of this file, by name."""
