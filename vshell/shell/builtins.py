"""Builtins: the commands that the shell runs itself, because they change it or are quicker so.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's. Those that are programs too (echo, test, printf)
share their code with ``vshell.usr``.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import EINTR, KernelError, strerror
from vshell.shell import jobs
from vshell.shell.expand import quote
from vshell.shell.state import Leave, LoopControl, ShellError, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.execute import Executor

    Builtin = Callable[[Executor, list[str]], int]

__all__ = ["BUILTINS", "find_builtin"]

_SHARED = ("echo", "printf", "test", "[", "true", "false", "pwd")
_OPTION_NAMES = {
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


def _out(ex: Executor, text: str) -> None:
    ex.shell.sys.write(1, text.encode("utf-8", "surrogateescape"))


def _usage(ex: Executor, name: str, option: str, usage: str) -> int:
    ex.shell.complain(f"{name}: {option}: invalid option")
    ex.shell.write_error(f"{name}: usage: {usage}\n")
    return 2


def _number(ex: Executor, name: str, text: str) -> int | None:
    digits = text.removeprefix("-").removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return int(text)
    ex.shell.complain(f"{name}: {text}: numeric argument required")
    return None


# -- The smallest -----------------------------------------------------------------------------------


def _colon(ex: Executor, argv: list[str]) -> int:
    del ex, argv
    return 0


def _shared(ex: Executor, argv: list[str]) -> int:
    from importlib import import_module  # noqa: PLC0415 - each program is loaded when first used

    name = "test" if argv[0] == "[" else argv[0]
    program = import_module(f"vshell.usr.{name}")
    # The program puts its own name before what it complains about; the shell's builtin the shell's.
    shown = ex.shell.prefix() + argv[0] if argv[0] != "[" else "["
    if name == "test":
        return int(program.evaluate_command(argv, ex.shell.sys, ex.shell.prefix()))
    status: int = program.main([shown, *argv[1:]], ex.shell.sys)
    return status


# -- Leaving ------------------------------------------------------------------------------------------


def _exit(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if (
        shell.interactive
        and any(job.stopped for job in shell.jobs)
        and not shell.shopt & {"leaving"}
    ):
        shell.shopt.add("leaving")
        shell.write_error("exit\nThere are stopped jobs.\n")
        return 1
    if shell.interactive:
        shell.write_error("exit\n")
    status = shell.status
    if len(argv) > 1:
        number = _number(ex, argv[0], argv[1])
        status = 2 if number is None else number & 0xFF
        if number is not None and len(argv) > 2:
            shell.complain(f"{argv[0]}: too many arguments")
            return 1
    raise Leave(status, "shell")


def _return(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.function_names and not shell.options & {"sourcing"}:
        shell.complain("return: can only `return' from a function or sourced script")
        return 2
    status = shell.status
    if len(argv) > 1:
        number = _number(ex, "return", argv[1])
        status = 2 if number is None else number & 0xFF
    raise Leave(status, "function")


def _loop_control(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.loop_depth:
        shell.complain(f"{argv[0]}: only meaningful in a `for', `while', or `until' loop")
        return 0
    levels = 1
    if len(argv) > 1:
        number = _number(ex, argv[0], argv[1])
        if number is None:
            raise Leave(128, "shell")
        if number < 1:
            shell.complain(f"{argv[0]}: {argv[1]}: loop count out of range")
            number = shell.loop_depth
        levels = number
    raise LoopControl(levels, again=argv[0] == "continue")


# -- Running other text -------------------------------------------------------------------------------


def _eval(ex: Executor, argv: list[str]) -> int:
    from vshell.shell.bash import run_text  # noqa: PLC0415 - needs this module

    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    return run_text(ex, " ".join(words), ex.shell.line)


def _source(ex: Executor, argv: list[str]) -> int:
    from vshell.shell.bash import run_text  # noqa: PLC0415 - needs this module

    shell = ex.shell
    if len(argv) < 2:
        shell.complain(f"{argv[0]}: filename argument required")
        shell.write_error(f"{argv[0]}: usage: {argv[0]} filename [arguments]\n")
        return 2
    path = argv[1]
    if "/" not in path and not shell.sys.access(path, 0):
        path = ex.find_program(path) or path
    try:
        text = _read_file(ex, path)
    except KernelError as error:
        shell.complain(f"{argv[1]}: {strerror(error.errno)}")
        return 1
    positional = shell.positional
    if len(argv) > 2:
        shell.positional = argv[2:]
    shell.options.add("sourcing")
    name, interactive = shell.name, shell.interactive
    shell.name, shell.interactive = path, False
    try:
        return run_text(ex, text, 1)
    except Leave as leaving:
        if leaving.what != "function":
            raise
        return leaving.status
    finally:
        shell.options.discard("sourcing")
        shell.name, shell.interactive = name, interactive
        if len(argv) > 2:
            shell.positional = positional


def _read_file(ex: Executor, path: str) -> str:
    sys = ex.shell.sys
    fd = sys.open(path)
    chunks = []
    try:
        while True:
            data = sys.read(fd)
            if not data:
                return b"".join(chunks).decode("utf-8", "surrogateescape")
            chunks.append(data)
    finally:
        sys.close(fd)


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
    pid = ex.fork(lambda child: child.become(words), 0, foreground=True)
    job = jobs.add_job(ex.shell, [pid], pid, " ".join(words), foreground=True)
    return ex._wait_foreground(job)  # noqa: SLF001 - the same machinery


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
            _out(ex, kind + "\n")
        elif paths:
            path = ex.find_program(word)
            if kind == "file" and path is not None:
                _out(ex, path + "\n")
        else:
            _describe(ex, word, long=True, name="type")
    return status


_KEYWORDS = frozenset(
    ["if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do", "done", "in", "function", "time", "{", "}", "!", "[[", "]]"]
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
    return "file" if ex.find_program(word) is not None else None


def _describe(ex: Executor, word: str, *, long: bool, name: str) -> int:
    kind = _kind_of(ex, word)
    path = ex.find_program(word)
    if kind is None:
        if long:
            ex.shell.complain(f"{name}: {word}: not found")
        return 1
    if not long:
        alias = f"alias {word}={quote(ex.shell.aliases[word])}" if kind == "alias" else word
        _out(ex, (path if kind == "file" and path else alias) + "\n")
    elif kind == "alias":
        _out(ex, f"{word} is aliased to `{ex.shell.aliases[word]}'\n")
    elif kind == "file":
        hashed = word in ex.shell.hashed and "/" not in word
        _out(
            ex,
            f"{word} is {'hashed (' if hashed and name == 'type' else ''}{path}"
            f"{')' if hashed and name == 'type' else ''}\n",
        )
    elif kind == "function":
        _out(ex, f"{word} is a function\n{ex.shell.functions[word].source}\n")
    else:
        _out(ex, f"{word} is a shell {kind}\n")
    return 0


# -- Directories --------------------------------------------------------------------------------------


def _cd(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if word not in ("-L", "-P", "--", "-e", "-@")]
    if len(words) > 1:
        shell.complain("cd: too many arguments")
        return 1
    target = words[0] if words else shell.get("HOME")
    if target is None:
        shell.complain("cd: HOME not set")
        return 1
    show = False
    if target == "-":
        old = shell.get("OLDPWD")
        if old is None:
            shell.complain("cd: OLDPWD not set")
            return 1
        target, show = old, True
    before = shell.get("PWD") or shell.sys.getcwd()
    try:
        shell.sys.chdir(target or ".")
    except KernelError as error:
        shell.complain(f"cd: {target}: {strerror(error.errno)}")
        return 1
    shell.set("OLDPWD", before)
    shell.set("PWD", _logical(before, target) if target else before)
    for name in ("OLDPWD", "PWD"):
        shell.variables[name].exported = True
    if show:
        _out(ex, (shell.get("PWD") or "") + "\n")
    return 0


# Where one is by the names one came by, symbolic links kept.
def _logical(before: str, target: str) -> str:
    parts = [] if target.startswith("/") else [part for part in before.split("/") if part]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def _directories(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    stack = shell.directory_stack
    here = shell.get("PWD") or shell.sys.getcwd()
    if argv[0] == "pushd":
        if len(argv) < 2 and not stack:
            shell.complain("pushd: no other directory")
            return 1
        target = argv[1] if len(argv) > 1 else stack[0]
        if _cd(ex, ["cd", target]):
            return 1
        if len(argv) < 2:
            stack.pop(0)
        stack.insert(0, here)
    elif argv[0] == "popd":
        if not stack:
            shell.complain("popd: directory stack empty")
            return 1
        if _cd(ex, ["cd", stack.pop(0)]):
            return 1
    home = shell.get("HOME") or ""
    shown = [shell.get("PWD") or "", *stack]
    if home:
        shown = [
            "~" + one.removeprefix(home) if one == home or one.startswith(home + "/") else one
            for one in shown
        ]
    _out(ex, " ".join(shown) + "\n")
    return 0


# -- Variables ----------------------------------------------------------------------------------------


def _declare(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    name = argv[0]
    words = argv[1:]
    on: set[str] = set()
    off: set[str] = set()
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        option = words.pop(0)
        if option == "--":
            break
        (on if option[0] == "-" else off).update(option[1:])
    bad = (on | off) - set("aAfFgilnprtux")
    if bad:
        return _usage(
            ex,
            name,
            f"-{min(bad)}",
            f"{name} [-aAfFgiIlnrtux] [name[=value] ...] or {name} -p [name ...]",
        )
    if name == "export":
        on = {"x"} if "n" not in on else set()
        off = {"x"} if "n" in argv[1] else set() if len(argv) > 1 else set()
    if name == "readonly":
        on.add("r")
    if "f" in on or "F" in on:
        return _declare_functions(ex, words, names_only="F" in on)
    if not words:
        return _list_variables(ex, on, name)
    local = bool(shell.scopes) and name in ("local", "declare", "typeset") and "g" not in on
    if name == "local" and not shell.scopes:
        shell.complain("local: can only be used in a function")
        return 1
    status = 0
    for word in words:
        try:
            status |= _declare_one(ex, name, word, on, off, local=local)
        except ShellError as error:
            shell.complain(f"{name}: {error}" if not str(error).startswith(name) else str(error))
            status = 1
    return status


def _declare_one(
    ex: Executor, name: str, word: str, on: set[str], off: set[str], *, local: bool
) -> int:
    shell = ex.shell
    key, equals, value = word.partition("=")
    append = key.endswith("+") and bool(equals)
    key = key.removesuffix("+") if append else key
    base = key.partition("[")[0]
    if not (base.isascii() and base.isidentifier()):
        shell.complain(f"{name}: `{word}': not a valid identifier")
        return 1
    if "p" in on:
        variable = shell.variables.get(base)
        if variable is None:
            shell.complain(f"{name}: {base}: not found")
            return 1
        _out(ex, _declaration(shell, base, variable))
        return 0
    variable = shell.make_local(base) if local else shell.declare(base)
    if "A" in on and variable.elements is None:
        variable.elements, variable.associative = {}, True
    elif "a" in on and variable.elements is None:
        variable.elements = {} if variable.text is None else {"0": variable.text}
    variable.integer = ("i" in on) or (variable.integer and "i" not in off)
    if equals and value.startswith("(") and value.endswith(")"):
        ex.assign(_array_assignment(base, value))
    elif equals and "[" in key:
        shell.set_element(base, key.partition("[")[2].rstrip("]"), value)
    elif equals:
        shell.set(base, (shell.get(base) or "") + value if append else value)
    if "x" in on:
        variable.exported = True
    if "x" in off:
        variable.exported = False
    if "r" in on:
        variable.readonly = True
    return 0


def _array_assignment(name: str, value: str):  # noqa: ANN202 - an Assignment
    from vshell.shell.parser import Parser  # noqa: PLC0415 - declare -a only
    from vshell.shell.syntax import Simple  # noqa: PLC0415 - as above

    parsed = Parser(f"{name}={value}").next_command()
    assert parsed is not None
    command = parsed.items[0][0].first.commands[0]
    assert isinstance(command, Simple)
    return command.assignments[0]


def _attributes(variable: Variable) -> str:
    letters = ""
    if variable.elements is not None:
        letters += "A" if variable.associative else "a"
    letters += "i" if variable.integer else ""
    letters += "r" if variable.readonly else ""
    letters += "x" if variable.exported else ""
    return "-" + (letters or "-")


def _declaration(shell, name: str, variable: Variable) -> str:  # noqa: ANN001 - a Shell
    head = f"declare {_attributes(variable)} {name}"
    if variable.elements is not None:
        items = " ".join(f'[{key}]="{variable.elements[key]}"' for key in shell.keys_of(name))
        return f"{head}=({items})\n"
    if variable.text is None:
        return head + "\n"
    escaped = variable.text
    for letter in '\\"$`':
        escaped = escaped.replace(letter, "\\" + letter)
    return f'{head}="{escaped}"\n'


def _list_variables(ex: Executor, on: set[str], name: str) -> int:
    shell = ex.shell
    wanted = on - {"p", "g"}
    if name == "local":
        names = sorted(shell.scopes[-1]) if shell.scopes else []
        _out(ex, "".join(f"{n}={quote(shell.get(n) or '')}\n" for n in names))
        return 0
    for key in sorted(shell.variables):
        variable = shell.variables[key]
        flags = _attributes(variable)
        if all(letter in flags for letter in wanted):
            _out(ex, _declaration(shell, key, variable))
    return 0


def _declare_functions(ex: Executor, words: list[str], *, names_only: bool) -> int:
    status = 0
    for name in words or sorted(ex.shell.functions):
        function = ex.shell.functions.get(name)
        if function is None:
            status = 1
        elif names_only:
            _out(ex, f"declare -f {name}\n" if not words else f"{name}\n")
        else:
            _out(ex, function.source + "\n")
    return status


def _unset(ex: Executor, argv: list[str]) -> int:
    words = argv[1:]
    functions = variables = False
    while words and words[0] in ("-f", "-v", "-n"):
        option = words.pop(0)
        functions |= option == "-f"
        variables |= option == "-v"
    status = 0
    for word in words:
        base, bracket, index = word.partition("[")
        try:
            if functions:
                ex.shell.functions.pop(word, None)
            elif bracket:
                variable = ex.shell.variables.get(base)
                if variable is not None and variable.elements is not None:
                    variable.elements.pop(ex.shell.element_key(variable, index.rstrip("]")), None)
            elif not ex.shell.unset(word) and not variables:
                ex.shell.functions.pop(word, None)
        except ShellError as error:
            ex.shell.complain(str(error))
            status = 1
    return status


def _shift(ex: Executor, argv: list[str]) -> int:
    count = 1
    if len(argv) > 1:
        number = _number(ex, "shift", argv[1])
        if number is None:
            return 1
        count = number
    if count > len(ex.shell.positional):
        return 1
    del ex.shell.positional[:count]
    return 0


def _set(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    if not words:
        for name in sorted(shell.variables):
            value = shell.get(name)
            if value is not None:
                _out(ex, f"{name}={quote(value) if value else ''}\n")
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
                option = _OPTION_NAMES.get(words[0])
                if option is None:
                    shell.complain(f"set: {words[0]}: invalid option name")
                    return 2
                words.pop(0)
            elif letter in "abefhmnptuvxBCEHPT":
                option = letter
            else:
                text = "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"
                return _usage(ex, "set", f"{word[0]}{letter}", text)
            (shell.options.add if word[0] == "-" else shell.options.discard)(option)
    return 0


def _list_options(ex: Executor, *, plus: bool) -> int:
    for name in sorted(_OPTION_NAMES):
        on = _OPTION_NAMES[name] in ex.shell.options
        _out(
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
    known = {
        "nullglob",
        "failglob",
        "dotglob",
        "extglob",
        "globstar",
        "expand_aliases",
        "nocasematch",
    }
    known |= {
        "checkwinsize",
        "histappend",
        "cmdhist",
        "sourcepath",
        "lastpipe",
        "autocd",
        "nocaseglob",
    }
    status = 0
    for word in words or sorted(known):
        if word not in known:
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
                _out(ex, f"{word:<15s}\t{'on' if on else 'off'}\n")
    return status


def _let(ex: Executor, argv: list[str]) -> int:
    value = 0
    try:
        for word in argv[1:]:
            value = ex.shell.arithmetic(word)
    except ShellError as error:
        ex.shell.complain(f"let: {error}")
        return 1
    return int(value == 0)


def _read(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    raw = False
    prompt, delimiter, array, fd, count, timeout_ns = "", b"\n", "", 0, 0, 0
    while words and words[0].startswith("-") and len(words[0]) > 1:
        option = words.pop(0)
        letters = option[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter == "r":
                raw = True
            elif letter in "es":
                continue
            elif letter in "pdaunNtI":
                value = letters or (words.pop(0) if words else "")
                letters = ""
                if letter == "p":
                    prompt = value
                elif letter == "d":
                    delimiter = (value or "\0").encode()[:1]
                elif letter == "a":
                    array = value
                elif letter == "u":
                    fd = int(value) if value.isdigit() else 0
                elif letter in "nN":
                    count = int(value) if value.isdigit() else 0
            else:
                return _usage(
                    ex,
                    "read",
                    f"-{letter}",
                    "read [-ers] [-a array] [-d delim] [-n nchars] [name ...]",
                )
    del timeout_ns
    if prompt and shell.sys.isatty(fd):
        shell.write_error(prompt)
    line, ended = _read_line(ex, fd, delimiter, raw=raw, count=count)
    if line is None:
        return 1
    _assign_fields(ex, line, words, array)
    return 0 if ended else 1


def _read_line(
    ex: Executor, fd: int, delimiter: bytes, *, raw: bool, count: int
) -> tuple[list[tuple[str, bool]] | None, bool]:
    """Read a line byte by byte, as a shell must that shares its input; escaped characters are marked."""
    sys = ex.shell.sys
    line = bytearray()
    escaped: set[int] = set()
    while True:
        try:
            data = sys.read(fd, 1)
        except KernelError as error:
            if error.errno == EINTR:
                return None, False
            ex.shell.complain(f"read: read error: {fd}: {strerror(error.errno)}")
            return None, False
        if not data:
            break
        if data == delimiter:
            return _marked(line, escaped), True
        if data == b"\\" and not raw:
            following = sys.read(fd, 1)
            if following not in (b"\n", b""):
                escaped.add(len(line))
                line += following
            continue
        line += data
        if count and len(line) >= count:
            return _marked(line, escaped), True
    return (_marked(line, escaped), False) if line else ([], False)


def _marked(line: bytearray, escaped: set[int]) -> list[tuple[str, bool]]:
    if not escaped:
        return [(letter, False) for letter in line.decode("utf-8", "surrogateescape")]
    return [
        (bytes([byte]).decode("utf-8", "surrogateescape"), n in escaped)
        for n, byte in enumerate(line)
    ]


def _assign_fields(
    ex: Executor, line: list[tuple[str, bool]], names: list[str], array: str
) -> None:
    shell = ex.shell
    ifs = shell.get("IFS")
    ifs = " \t\n" if ifs is None else ifs
    if not names and not array:
        shell.set("REPLY", "".join(letter for letter, _ in line))
        return
    fields, rests = _split(line, ifs)
    if array:
        shell.variables[array] = Variable()
        shell.variables[array].elements = {str(n): field for n, field in enumerate(fields)}
        return
    for number, name in enumerate(names):
        if number == len(names) - 1 and number < len(fields) - 1:
            shell.set(name, rests[number])
        else:
            shell.set(name, fields[number] if number < len(fields) else "")


def _split(line: list[tuple[str, bool]], ifs: str) -> tuple[list[str], list[str]]:
    white = [letter for letter in ifs if letter in " \t\n"]
    position = 0

    def skip() -> None:
        nonlocal position
        while position < len(line) and line[position][0] in white and not line[position][1]:
            position += 1

    skip()
    fields: list[str] = []
    rests: list[str] = []
    while position < len(line):
        rest = "".join(letter for letter, _ in line[position:])
        rests.append(rest.rstrip("".join(white)))
        start = position
        while position < len(line) and (line[position][0] not in ifs or line[position][1]):
            position += 1
        fields.append("".join(letter for letter, _ in line[start:position]))
        skip()
        if position < len(line) and line[position][0] in ifs and line[position][0] not in white:
            position += 1
            skip()
    return fields, rests


# -- Aliases, history, hash -----------------------------------------------------------------------------


def _alias(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if word != "-p"]
    status = 0
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            shell.aliases[name] = value
        elif name in shell.aliases:
            _out(ex, f"alias {name}={quote(shell.aliases[name])}\n")
        else:
            shell.complain(f"alias: {name}: not found")
            status = 1
    if not words:
        for name in sorted(shell.aliases):
            text = shell.aliases[name].replace("'", "'\\''")
            _out(ex, f"alias {name}='{text}'\n")
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
        number = _number(ex, "history", argv[1])
        if number is None:
            return 1
        count = number
    first = max(len(shell.history) - count, 0)
    for number, line in enumerate(shell.history[first:], first + 1):
        _out(ex, f"{number:5d}  {line}\n")
    return 0


def _hash(ex: Executor, argv: list[str]) -> int:
    if "-r" in argv:
        ex.shell.hashed.clear()
        return 0
    if not ex.shell.hashed:
        _out(ex, "hash: hash table empty\n")
        return 0
    _out(ex, "hits\tcommand\n" + "".join(f"   1\t{path}\n" for path in ex.shell.hashed.values()))
    return 0


# -- Jobs -----------------------------------------------------------------------------------------------


def _jobs(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options = "".join(word[1:] for word in argv[1:] if word.startswith("-"))
    jobs.reap(shell)
    for job in shell.jobs:
        if job.foreground or job.disowned:
            continue
        if "r" in options and (job.stopped or job.is_done()):
            continue
        if "s" in options and not job.stopped:
            continue
        if "p" in options:
            _out(ex, f"{job.pids[0]}\n")
        else:
            _out(ex, jobs.job_line(shell, job, long="l" in options))
        job.notified = job.notified or job.is_done()
    jobs.forget_done(shell)
    return 0


def _fg_bg(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.interactive:
        shell.complain(f"{argv[0]}: no job control")
        return 1
    jobs.reap(shell)
    wanted = argv[1] if len(argv) > 1 else "%+"
    job = jobs.find_job(shell, wanted)
    if job is None or job.is_done():
        shell.complain(f"{argv[0]}: {'current' if len(argv) < 2 else wanted}: no such job")
        return 1
    job.stopped = False
    job.notified = False
    if argv[0] == "bg":
        line = jobs.job_line(shell, job)
        mark = line.partition("]")[2][:1]
        _out(ex, f"[{job.number}]{mark} {job.command} &\n")
        shell.sys.kill(-job.pgid, sg.SIGCONT)
        return 0
    _out(ex, job.command + "\n")
    job.foreground = True
    shell.sys.tcsetpgrp(0, job.pgid)
    shell.sys.kill(-job.pgid, sg.SIGCONT)
    return ex._wait_foreground(job)  # noqa: SLF001 - the same machinery


def _wait(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if not word.startswith("-")]
    if not words:
        for job in list(shell.jobs):
            if not job.stopped:
                jobs.wait_for_job(shell, job)
                if shell.pending_signals:
                    break
        jobs.notify(shell)
        return 0
    status = 0
    for word in words:
        job = jobs.find_job(shell, word) if word.startswith("%") else _job_of_pid(ex, word)
        if job is None:
            if word.startswith("%"):
                shell.complain(f"wait: {word}: no such job")
            elif word.isdigit():
                shell.complain(f"wait: pid {word} is not a child of this shell")
            else:
                shell.complain(f"wait: `{word}': not a pid or valid job spec")
            status = 127
            continue
        status = jobs.wait_for_job(shell, job)
        if job.is_done():
            job.notified = True
            pid = int(word) if word.isdigit() else job.pids[-1]
            status = jobs.exit_code(job.statuses.get(pid, 0))
    jobs.forget_done(shell)
    return status


def _job_of_pid(ex: Executor, text: str) -> jobs.Job | None:
    if not text.isdigit():
        return None
    return next((job for job in ex.shell.jobs if int(text) in job.pids), None)


def _disown(ex: Executor, argv: list[str]) -> int:
    job = jobs.find_job(ex.shell, argv[1] if len(argv) > 1 else "%+")
    if job is None:
        ex.shell.complain(f"disown: {argv[1] if len(argv) > 1 else 'current'}: no such job")
        return 1
    ex.shell.jobs.remove(job)
    return 0


_KILL_USAGE = (
    "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n"
)


def _kill(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    signal: int | None = sg.SIGTERM
    if words and words[0] in ("-l", "-L"):
        return _list_signals(ex, words[1:])
    if words and words[0] in ("-s", "-n") and len(words) > 1:
        name = words[1]
        words = words[2:]
        signal = sg.signal_number(name)
    elif words and words[0].startswith("-") and len(words[0]) > 1 and words[0] != "--":
        name = words.pop(0)[1:]
        signal = sg.signal_number(name)
    else:
        name = ""
    if words and words[0] == "--":
        words.pop(0)
    if signal is None:
        shell.complain(f"kill: {name}: invalid signal specification")
        return 1
    if not words:
        shell.write_error(_KILL_USAGE)
        return 2
    return max(_kill_one(ex, word, signal) for word in words)


def _kill_one(ex: Executor, word: str, signal: int) -> int:
    shell = ex.shell
    if word.startswith("%"):
        job = jobs.find_job(shell, word)
        if job is None:
            shell.complain(f"kill: {word}: no such job")
            return 1
        # Without job control a job's processes are in the shell's own group.
        pids = [-job.pgid] if shell.interactive else [p for p in job.pids if p not in job.statuses]
    elif word.removeprefix("-").isdigit() and word != "-":
        pids = [int(word)]
    else:
        shell.complain(f"kill: {word}: arguments must be process or job IDs")
        return 1
    for pid in pids:
        try:
            shell.sys.kill(pid, signal)
        except KernelError as error:
            shell.complain(f"kill: ({pid}) - {strerror(error.errno)}")
            return 1
    return 0


def _list_signals(ex: Executor, words: list[str]) -> int:
    status = 0
    for word in words:
        number = int(word) if word.isdigit() else None
        if number is not None and number > 128:
            number -= 128
        if number is not None and number in sg.NAMES:
            _out(ex, sg.NAMES[number] + "\n")
        elif number is None and sg.signal_number(word) is not None:
            _out(ex, f"{sg.signal_number(word)}\n")
        else:
            ex.shell.complain(f"kill: {word}: invalid signal specification")
            status = 1
    if not words:
        numbers = [number for number in range(1, 65) if number in sg.NAMES]
        lines = []
        for start in range(0, len(numbers), 5):
            row = numbers[start : start + 5]
            lines.append("\t".join(f"{number:2d}) SIG{sg.NAMES[number]}" for number in row))
        _out(ex, "\n".join(line if len(line.split("\t")) < 5 else line for line in lines) + "\n")
    return status


def _trap(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if word != "--"]
    if not words or words[0] == "-p":
        for name in sorted(shell.traps, key=lambda one: sg.NUMBERS.get(one, 0)):
            shown = name if name in ("EXIT", "ERR", "DEBUG", "RETURN") else "SIG" + name
            _out(ex, f"trap -- {quote(shell.traps[name])} {shown}\n")
        return 0
    if words[0] == "-l":
        return _list_signals(ex, [])
    action, names = words[0], words[1:]
    if not names:
        action, names = "-", words
    status = 0
    for word in names:
        name = _trap_name(word)
        if name is None:
            shell.complain(f"trap: {word}: invalid signal specification")
            status = 1
            continue
        _set_trap(ex, name, action)
    return status


def _trap_name(word: str) -> str | None:
    upper = word.upper()
    if upper in ("EXIT", "0"):
        return "EXIT"
    if upper in ("ERR", "DEBUG", "RETURN"):
        return upper
    number = sg.signal_number(word)
    return sg.NAMES.get(number) if number is not None else None


def _set_trap(ex: Executor, name: str, action: str) -> None:
    shell = ex.shell
    number = sg.NUMBERS.get(name)
    if action == "-":
        shell.traps.pop(name, None)
        if number is not None:
            shell.sys.sigaction(number, sg.SIG_DFL)
        return
    shell.traps[name] = action
    if number is not None and number not in (sg.SIGKILL, sg.SIGSTOP):
        handler = sg.SIG_IGN if action == "" else shell.pending_signals.append
        shell.sys.sigaction(number, handler)


def _times(ex: Executor, argv: list[str]) -> int:
    del argv

    def shown(time_ns: int) -> str:
        milliseconds = time_ns // 1_000_000
        return (
            f"{milliseconds // 60_000}m{milliseconds % 60_000 // 1000}.{milliseconds % 1000:03d}s"
        )

    user, system, children = ex.shell.sys.cpu_times_ns()
    _out(ex, f"{shown(user)} {shown(system)}\n{shown(children)} {shown(0)}\n")
    return 0


def _umask(ex: Executor, argv: list[str]) -> int:
    sys = ex.shell.sys
    if len(argv) < 2:
        mask = sys.umask(0)
        sys.umask(mask)
        _out(ex, f"{mask:04o}\n")
        return 0
    if not all(digit in "01234567" for digit in argv[1]):
        ex.shell.complain(f"umask: {argv[1]}: octal number out of range")
        return 1
    sys.umask(int(argv[1], 8))
    return 0


def _help(ex: Executor, argv: list[str]) -> int:
    from vshell.shell.help import help_text  # noqa: PLC0415 - rarely asked

    text = help_text(argv[1] if len(argv) > 1 else "", sorted(BUILTINS))
    if text is None:
        ex.shell.complain(
            f"help: no help topics match `{argv[1]}'.  Try `help help' or `man -k {argv[1]}'."
        )
        return 1
    _out(ex, text)
    return 0


BUILTINS: dict[str, Builtin] = {
    ":": _colon,
    ".": _source,
    "source": _source,
    "alias": _alias,
    "bg": _fg_bg,
    "break": _loop_control,
    "builtin": _builtin,
    "cd": _cd,
    "command": _command,
    "continue": _loop_control,
    "declare": _declare,
    "dirs": _directories,
    "disown": _disown,
    "eval": _eval,
    "exec": _colon,
    "exit": _exit,
    "export": _declare,
    "fg": _fg_bg,
    "hash": _hash,
    "help": _help,
    "history": _history,
    "jobs": _jobs,
    "kill": _kill,
    "let": _let,
    "local": _declare,
    "logout": _exit,
    "popd": _directories,
    "pushd": _directories,
    "read": _read,
    "readonly": _declare,
    "return": _return,
    "set": _set,
    "shift": _shift,
    "shopt": _shopt,
    "times": _times,
    "trap": _trap,
    "type": _type,
    "typeset": _declare,
    "umask": _umask,
    "unalias": _unalias,
    "unset": _unset,
    "wait": _wait,
} | dict.fromkeys(_SHARED, _shared)


def find_builtin(name: str) -> Builtin | None:
    """Find a builtin by name."""
    return BUILTINS.get(name)
