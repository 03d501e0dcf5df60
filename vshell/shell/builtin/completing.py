"""Builtins of programmable completion: complete, compgen, compopt, bind.

What complete is told is kept and shown; the editor of the prompt completes in its own way.

Source: bash(1), "Programmable Completion"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import KernelError
from vshell.shell.builtin.common import UsageError, options_of, refuse_option, write_out
from vshell.shell.hashing import hash_order
from vshell.shell.quote import single_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]

_ACTIONS = {
    "alias": "a",
    "arrayvar": "",
    "binding": "",
    "builtin": "b",
    "command": "c",
    "directory": "d",
    "disabled": "",
    "enabled": "",
    "export": "e",
    "file": "f",
    "function": "",
    "group": "g",
    "helptopic": "",
    "hostname": "",
    "job": "j",
    "keyword": "k",
    "running": "",
    "service": "s",
    "setopt": "",
    "shopt": "",
    "signal": "",
    "stopped": "",
    "user": "u",
    "variable": "v",
}
_BY_LETTER = {letter: action for action, letter in _ACTIONS.items() if letter}
_OPTIONS = (
    "bashdefault",
    "default",
    "dirnames",
    "filenames",
    "noquote",
    "nosort",
    "nospace",
    "plusdirs",
)
_WORDS = (
    "[-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] "
    "[-X filterpat] [-P prefix] [-S suffix]"
)
_COMPLETE_USAGE = f"complete [-abcdefgjksuv] [-pr] [-DEI] {_WORDS} [name ...]"
_COMPGEN_USAGE = f"compgen [-abcdefgjksuv] {_WORDS} [word]"
_COMPOPT_USAGE = "compopt [-o|+o option] [-DEI] [name ...]"
_BIND_USAGE = (
    "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] "
    "[-x keyseq:shell-command] [keyseq:readline-function or readline-command]"
)
# What -D, -E and -I are about, by the names that bash keeps it under.
_PSEUDO = {"_DefaultCmD_": "-D", "_EmptycmD_": "-E", "_InitialWorD_": "-I"}
_BUCKETS = 512


class _Spec:
    # What completes the words of a command: letters of actions, -A's actions, options, values.
    def __init__(self) -> None:
        self.actions: list[str] = []
        self.options: list[str] = []
        self.values: dict[str, str] = {}
        self.flags: set[str] = set()

    def shown(self, name: str) -> str:
        words = [f"-o {one}" for one in _OPTIONS if one in self.options]
        words += [f"-{_ACTIONS[one]}" for one in _ACTIONS if one in self.actions and _ACTIONS[one]]
        words += [f"-A {one}" for one in _ACTIONS if one in self.actions and not _ACTIONS[one]]
        words += [f"-{x} {single_quote(self.values[x])}" for x in "GWPSXC" if x in self.values]
        words += [f"-F {self.values['F']}"] if "F" in self.values else []
        return " ".join(["complete", *words, _PSEUDO.get(name, name)]) + "\n"


# Take the options of complete and compgen; give what they say and the words left.
def _parsed(ex: Executor, argv: list[str], extra: str, usage: str) -> tuple[_Spec, list[str]]:
    spec = _Spec()
    words = argv[1:]
    while words and words[0][:1] == "-" and len(words[0]) > 1:
        letters = words.pop(0)[1:]
        if letters == "-":
            break
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in _BY_LETTER:
                spec.actions.append(_BY_LETTER[letter])
            elif letter in extra:
                spec.flags.add(letter)
            elif letter in "oAGWFCXPS":
                if not letters and not words:
                    ex.shell.complain(f"{argv[0]}: -{letter}: option requires an argument")
                    ex.shell.write_error(f"{argv[0]}: usage: {usage}\n")
                    raise UsageError
                value, letters = letters or words.pop(0), ""
                _take(ex, spec, argv[0], letter, value)
            else:
                refuse_option(ex, argv[0], f"-{letter}", usage)
                raise UsageError
    return spec, words


def _take(ex: Executor, spec: _Spec, name: str, letter: str, value: str) -> None:
    known = {"A": _ACTIONS, "o": _OPTIONS}.get(letter)
    if known is None:
        spec.values[letter] = value
        return
    if value not in known:
        kind = "action" if letter == "A" else "option"
        ex.shell.complain(f"{name}: {value}: invalid {kind} name")
        raise UsageError
    (spec.actions if letter == "A" else spec.options).append(value)


def _complete(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    spec, words = _parsed(ex, argv, "prDEI", _COMPLETE_USAGE)
    names = [key for key, flag in _PSEUDO.items() if flag[1] in spec.flags] or words
    if "r" in spec.flags and not names:
        shell.completions.clear()
        return 0
    if "p" in spec.flags or (not argv[1:]):
        names = names or hash_order(list(shell.completions), _BUCKETS)
    status = 0
    for name in names:
        if not {"p", "r"} & spec.flags and argv[1:]:
            shell.completions[name] = spec
        elif name not in shell.completions:
            shell.complain(f"complete: {name}: no completion specification")
            status = 1
        elif "r" in spec.flags:
            del shell.completions[name]
        else:
            found = shell.completions[name]
            assert isinstance(found, _Spec)
            write_out(ex, found.shown(name))
    return status


def _compopt(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    on: list[str] = []
    off: list[str] = []
    words = argv[1:]
    while words and words[0] in ("-o", "+o", "-D", "-E", "-I"):
        option = words.pop(0)
        if option[1] != "o":
            words += [key for key, flag in _PSEUDO.items() if flag == option]
            continue
        value = words.pop(0) if words else ""
        if value not in _OPTIONS:
            shell.complain(f"compopt: {value}: invalid option name")
            return 2
        (on if option == "-o" else off).append(value)
    if words and words[0][:1] == "-":
        return refuse_option(ex, "compopt", words[0][:2], _COMPOPT_USAGE)
    if not words:
        shell.complain("compopt: not currently executing completion function")
        return 1
    status = 0
    for word in words:
        spec = shell.completions.get(word)
        if not isinstance(spec, _Spec):
            shell.complain(f"compopt: {word}: no completion specification")
            status = 1
        elif on or off:
            spec.options = [one for one in spec.options + on if one not in off]
        else:
            signs = [f"{'-' if one in spec.options else '+'}o {one}" for one in _OPTIONS]
            write_out(ex, f"compopt {' '.join(signs)} {word}\n")
    return status


def _compgen(ex: Executor, argv: list[str]) -> int:
    spec, words = _parsed(ex, argv, "", _COMPGEN_USAGE)
    if not argv[1:]:
        return 0
    start = words[0] if words else ""
    found: list[str] = []
    for action in _ACTIONS:
        if action in spec.actions:
            found += [one for one in _candidates(ex, action, start) if one.startswith(start)]
    if "G" in spec.values:
        from vshell.shell.pattern import paths_matching  # noqa: PLC0415 - -G only

        found += paths_matching(ex.shell.sys, [(spec.values["G"], False)], ex.shell.shopt)
    if "W" in spec.values:
        from vshell.shell.parser import quoted_word  # noqa: PLC0415 - -W only

        listed = ex.expander.text(quoted_word(spec.values["W"])).split()
        found += [one for one in listed if one.startswith(start)]
    if "X" in spec.values:
        found = _filtered(found, spec.values["X"])
    prefix, suffix = spec.values.get("P", ""), spec.values.get("S", "")
    write_out(ex, "".join(f"{prefix}{one}{suffix}\n" for one in found))
    return int(not found)


# -X drops what matches; with "!" before it, what does not.
def _filtered(found: list[str], pattern: str) -> list[str]:
    from vshell.shell.pattern import match, tokens_of  # noqa: PLC0415 - -X only

    dropped = not pattern.startswith("!")
    tokens = tokens_of([(pattern.removeprefix("!"), False)])
    return [one for one in found if match(tokens, one) != dropped]


def _candidates(ex: Executor, action: str, start: str) -> list[str]:
    shell = ex.shell
    if action in ("file", "directory"):
        return _files(ex, start, folders=action == "directory")
    if action == "command":
        return _commands(ex, start)
    if action in ("variable", "export", "arrayvar"):
        return _variables(ex, action)
    if action in ("user", "group"):
        return _accounts(ex, "/etc/passwd" if action == "user" else "/etc/group")
    from vshell.shell.builtin.lookup import KEYWORDS  # noqa: PLC0415 - compgen only
    from vshell.shell.builtin.option import OPTION_NAMES, SHOPT_NAMES  # noqa: PLC0415 - as above
    from vshell.shell.builtins import builtin_names  # noqa: PLC0415 - as above

    jobs = {
        "job": shell.jobs,
        "running": [job for job in shell.jobs if not job.stopped and not job.is_done()],
        "stopped": [job for job in shell.jobs if job.stopped],
    }
    if action in jobs:
        return [job.command.split(" ")[0] for job in jobs[action]]
    disabled = shell.disabled_builtins
    lists = {
        "alias": sorted(shell.aliases),
        "builtin": builtin_names(),
        "disabled": sorted(disabled),
        "enabled": [name for name in builtin_names() if name not in disabled],
        "function": sorted(shell.functions),
        "helptopic": builtin_names(),
        "keyword": KEYWORDS,
        "setopt": list(OPTION_NAMES),
        "shopt": list(SHOPT_NAMES),
        "signal": [f"SIG{sg.NAMES[number]}" for number in sorted(sg.NAMES)],
    }
    return list(lists.get(action, ()))


def _files(ex: Executor, start: str, *, folders: bool) -> list[str]:
    sys = ex.shell.sys
    head, slash, tail = start.rpartition("/")
    try:
        names = sys.listdir((head or "/") if slash else ".")
    except KernelError:
        return []
    paths = [
        head + slash + name for name in sorted(names) if tail[:1] in ("", ".") or name[0] != "."
    ]
    if not folders:
        return paths
    return [path for path in paths if sys.access(path + "/.", 0)]


def _commands(ex: Executor, start: str) -> list[str]:
    from vshell.shell.builtin.lookup import KEYWORDS  # noqa: PLC0415 - compgen only
    from vshell.shell.builtins import builtin_names  # noqa: PLC0415 - as above

    shell = ex.shell
    found = [*sorted(shell.aliases), *KEYWORDS, *sorted(shell.functions), *builtin_names()]
    for folder in (shell.get("PATH") or "").split(":"):
        paths = _files(ex, f"{folder}/{start}", folders=False)
        found += [path.rpartition("/")[2] for path in paths if shell.sys.access(path, 1)]
    return found


def _variables(ex: Executor, action: str) -> list[str]:
    from vshell.shell.special import ARRAYS, SPECIAL  # noqa: PLC0415 - compgen only

    variables = ex.shell.variables
    if action == "export":
        return sorted(name for name, one in variables.items() if one.exported)
    if action == "arrayvar":
        arrays = {name for name, one in variables.items() if one.elements is not None}
        return sorted(arrays | set(ARRAYS))
    kept = {name for name, one in variables.items() if one.is_set()}
    return sorted(kept | set(SPECIAL) | set(ARRAYS))


def _accounts(ex: Executor, path: str) -> list[str]:
    sys = ex.shell.sys
    try:
        fd = sys.open(path)
    except KernelError:
        return []
    text = sys.read(fd).decode("utf-8", "replace")
    sys.close(fd)
    return [line.partition(":")[0] for line in text.splitlines()]


# The keys are those of the prompt's editor; what is asked for is taken and has no effect.
def _bind(ex: Executor, argv: list[str]) -> int:
    if not ex.shell.at_prompt:
        ex.shell.complain("bind: warning: line editing not enabled")
    options_of(ex, argv, "lpsvPSVXm:f:q:u:r:x:", _BIND_USAGE)
    return 0


BUILTINS: dict[str, Builtin] = {
    "bind": _bind,
    "compgen": _compgen,
    "complete": _complete,
    "compopt": _compopt,
}
"""The builtins of this file, by name."""
