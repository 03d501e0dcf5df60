"""Builtins that set the shell's options.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import options_of, refuse_option, write_out
from vshell.shell.quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor
    from vshell.shell.state import Shell

__all__ = ["BUILTINS", "OPTION_NAMES", "SHOPT_NAMES", "names_of_options"]

OPTION_NAMES = {
    "allexport": "a",
    "braceexpand": "B",
    "emacs": "emacs",
    "errexit": "e",
    "errtrace": "E",
    "functrace": "T",
    "hashall": "h",
    "histexpand": "H",
    "history": "history",
    "ignoreeof": "ignoreeof",
    "interactive-comments": "interactive-comments",
    "keyword": "k",
    "monitor": "m",
    "noclobber": "C",
    "noexec": "n",
    "noglob": "f",
    "nolog": "nolog",
    "notify": "b",
    "nounset": "u",
    "onecmd": "t",
    "physical": "P",
    "pipefail": "pipefail",
    "posix": "posix",
    "privileged": "p",
    "verbose": "v",
    "vi": "vi",
    "xtrace": "x",
}
"""What an option is called behind ``set -o``, and its letter, or its name if it has none."""

_EDITORS = frozenset(("emacs", "vi"))

SHOPT_NAMES = (
    "autocd",
    "assoc_expand_once",
    "cdable_vars",
    "cdspell",
    "checkhash",
    "checkjobs",
    "checkwinsize",
    "cmdhist",
    "compat31",
    "compat32",
    "compat40",
    "compat41",
    "compat42",
    "compat43",
    "compat44",
    "complete_fullquote",
    "direxpand",
    "dirspell",
    "dotglob",
    "execfail",
    "expand_aliases",
    "extdebug",
    "extglob",
    "extquote",
    "failglob",
    "force_fignore",
    "globasciiranges",
    "globskipdots",
    "globstar",
    "gnu_errfmt",
    "histappend",
    "histreedit",
    "histverify",
    "hostcomplete",
    "huponexit",
    "inherit_errexit",
    "interactive_comments",
    "lastpipe",
    "lithist",
    "localvar_inherit",
    "localvar_unset",
    "login_shell",
    "mailwarn",
    "no_empty_cmd_completion",
    "nocaseglob",
    "nocasematch",
    "noexpand_translation",
    "nullglob",
    "patsub_replacement",
    "progcomp",
    "progcomp_alias",
    "promptvars",
    "restricted_shell",
    "shift_verbose",
    "sourcepath",
    "varredir_close",
    "xpg_echo",
)
"""What ``shopt`` knows, in its order."""

_SET_USAGE = "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"
_SHOPT_USAGE = "shopt [-pqsu] [-o] [optname ...]"


def names_of_options(shell: Shell) -> list[str]:
    """List the names of the options that are set."""
    return [name for name, option in OPTION_NAMES.items() if option in shell.options]


def _set(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    if not words:
        _show_variables(ex)
        return 0
    bad = _bad_option(words)
    if bad:
        return refuse_option(ex, "set", bad, _SET_USAGE)
    while words:
        word = words[0]
        if word in ("--", "-"):
            words.pop(0)
            if word == "-":
                shell.options -= {"x", "v"}
            if word == "--" or words:
                shell.positional = words
            return 0
        if word[:1] not in ("-", "+") or len(word) < 2:
            shell.positional = words
            return 0
        words.pop(0)
        for letter in word[1:]:
            option = letter
            if letter == "o":
                if not words or words[0][:1] in ("-", "+"):
                    _list_options(ex, plus=word[0] == "+")
                    continue
                if words[0] not in OPTION_NAMES:
                    shell.complain(f"set: {words[0]}: invalid option name")
                    return 2
                option = OPTION_NAMES[words.pop(0)]
            _change(shell, option, on=word[0] == "-")
    return 0


# The first option that there is not, "" if all are known.
def _bad_option(words: list[str]) -> str:
    for word in words:
        if word in ("--", "-") or word[:1] not in ("-", "+") or len(word) < 2:
            break
        for letter in word[1:]:
            if letter not in "abefhkmnoptuvxBCEHPT":
                return word[0] + letter
    return ""


def _change(shell: Shell, option: str, *, on: bool) -> None:
    if option in _EDITORS:
        # One editor at most; to switch either of them off is to have none.
        shell.options -= _EDITORS
    (shell.options.add if on else shell.options.discard)(option)
    if option == "m":
        shell.interactive = on or shell.at_prompt


def _show_variables(ex: Executor) -> None:
    from vshell.shell.builtin.variable import array_text  # noqa: PLC0415 - plain `set' only
    from vshell.shell.unparse import function_text  # noqa: PLC0415 - as above

    shell = ex.shell
    lines = []
    for name in sorted(shell.variables):
        variable = shell.variables[name]
        if variable.elements is not None:
            lines.append(f"{name}={array_text(shell, name)}\n")
        elif variable.text is not None:
            lines.append(f"{name}={quote(variable.text) if variable.text else ''}\n")
    if "posix" not in shell.options:
        lines += [function_text(shell.functions[name]) for name in sorted(shell.functions)]
    write_out(ex, "".join(lines))


def _list_options(ex: Executor, *, plus: bool) -> None:
    for name, option in OPTION_NAMES.items():
        on = option in ex.shell.options
        write_out(
            ex,
            f"set {'-' if on else '+'}o {name}\n"
            if plus
            else f"{name:<15s}\t{'on' if on else 'off'}\n",
        )


def _shopt(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "pqsuo", _SHOPT_USAGE)
    if "s" in options and "u" in options:
        shell.complain("shopt: cannot set and unset shell options simultaneously")
        return 1
    by_name = "o" in options
    known = tuple(OPTION_NAMES) if by_name else SHOPT_NAMES
    changing = bool({"s", "u"} & set(options))
    status = 0
    for word in words or known:
        if word not in known:
            what = "option name" if by_name else "shell option name"
            shell.complain(f"shopt: {word}: invalid {what}")
            status = 1
            continue
        on = OPTION_NAMES[word] in shell.options if by_name else word in shell.shopt
        if changing and words:
            if by_name:
                _change(shell, OPTION_NAMES[word], on="s" in options)
            else:
                (shell.shopt.add if "s" in options else shell.shopt.discard)(word)
            continue
        if changing and on != ("s" in options):
            continue
        if words and not on:
            status = 1
        if "q" not in options:
            write_out(ex, _shopt_line(word, on=on, command="p" in options, by_name=by_name))
    return status


def _shopt_line(name: str, *, on: bool, command: bool, by_name: bool) -> str:
    if not command:
        return f"{name:<15s}\t{'on' if on else 'off'}\n"
    if by_name:
        return f"set {'-' if on else '+'}o {name}\n"
    return f"shopt {'-s' if on else '-u'} {name}\n"


BUILTINS: dict[str, Builtin] = {
    "set": _set,
    "shopt": _shopt,
}
"""The builtins of this file, by name."""
