"""Builtins that make, set and show variables.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import read_number, refuse_option, write_out
from vshell.shell.expand import quote
from vshell.shell.parser import Parser
from vshell.shell.simple import assign
from vshell.shell.state import ShellError
from vshell.shell.syntax import Simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor
    from vshell.shell.state import Shell, Variable
    from vshell.shell.syntax import Assignment

__all__ = ["BUILTINS"]


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
        return refuse_option(
            ex,
            name,
            f"-{min(bad)}",
            f"{name} [-aAfFgiIlnrtux] [name[=value] ...] or {name} -p [name ...]",
        )
    if name == "export":
        on = {"x"} if "n" not in on else set()
        off = {"x"} if "n" in argv[1] else set()
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
        write_out(ex, _declaration(shell, base, variable))
        return 0
    variable = shell.make_local(base) if local else shell.declare(base)
    if "A" in on and variable.elements is None:
        variable.elements, variable.associative = {}, True
    elif "a" in on and variable.elements is None:
        variable.elements = {} if variable.text is None else {"0": variable.text}
    variable.integer = ("i" in on) or (variable.integer and "i" not in off)
    if equals and value.startswith("(") and value.endswith(")"):
        assign(ex, _array_assignment(base, value))
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


def _array_assignment(name: str, value: str) -> Assignment:
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


def _declaration(shell: Shell, name: str, variable: Variable) -> str:
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
        write_out(ex, "".join(f"{n}={quote(shell.get(n) or '')}\n" for n in names))
        return 0
    for key in sorted(shell.variables):
        variable = shell.variables[key]
        flags = _attributes(variable)
        if all(letter in flags for letter in wanted):
            write_out(ex, _declaration(shell, key, variable))
    return 0


def _declare_functions(ex: Executor, words: list[str], *, names_only: bool) -> int:
    status = 0
    for name in words or sorted(ex.shell.functions):
        function = ex.shell.functions.get(name)
        if function is None:
            status = 1
        elif names_only:
            write_out(ex, f"declare -f {name}\n" if not words else f"{name}\n")
        else:
            write_out(ex, function.source + "\n")
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
        number = read_number(ex, "shift", argv[1])
        if number is None:
            return 1
        count = number
    if count > len(ex.shell.positional):
        return 1
    del ex.shell.positional[:count]
    return 0


def _let(ex: Executor, argv: list[str]) -> int:
    value = 0
    try:
        for word in argv[1:]:
            value = ex.shell.arithmetic(word)
    except ShellError as error:
        ex.shell.complain(f"let: {error}")
        return 1
    return int(value == 0)


BUILTINS: dict[str, Builtin] = {
    "declare": _declare,
    "export": _declare,
    "let": _let,
    "local": _declare,
    "readonly": _declare,
    "shift": _shift,
    "typeset": _declare,
    "unset": _unset,
}
"""The builtins of this file, by name."""
