"""Builtins that make, set and show variables: declare and its relatives.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.

More than 400 lines, one idea: declare, export, readonly and local are one builtin.
"""

from __future__ import annotations

from vshell.shell.assign import CompoundArgument, append_to, assign_array
from vshell.shell.builtin.common import refuse_option, write_out
from vshell.shell.quote import ansi_quote, double_quote, has_controls
from vshell.shell.state import Discard, ShellError
from vshell.shell.unparse import function_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor
    from vshell.shell.state import Shell, Variable
    from vshell.shell.syntax import Assignment

__all__ = ["BUILTINS", "array_text"]

_DECLARE = "[-aAfFgiIlnrtux] [name[=value] ...] or {0} -p [-aAfFilnrtux] [name ...]"
_USAGES = {
    "declare": "declare " + _DECLARE.format("declare"),
    "typeset": "typeset " + _DECLARE.format("typeset"),
    "local": "local [option] name[=value] ...",
    "export": "export [-fn] [name[=value] ...] or export -p",
    "readonly": "readonly [-aAf] [name[=value] ...] or readonly -p",
}
_LETTERS = {"export": "fnpaA", "readonly": "fpaA"}
_KEY_SAFE = "_@%+=:,./-"


def array_text(shell: Shell, name: str) -> str:
    """Write an array's value: ``([0]="a" [1]="b")``."""
    variable = shell.find(name)
    assert variable is not None
    assert variable.elements is not None
    items = [
        f"[{_key(key, associative=variable.associative)}]={double_quote(variable.elements[key])}"
        for key in shell.keys_of(name)
    ]
    space = " " if variable.associative and items else ""
    return f"({' '.join(items)}{space})"


def _key(key: str, *, associative: bool) -> str:
    if not associative or all(letter.isalnum() or letter in _KEY_SAFE for letter in key):
        return key
    return ansi_quote(key) if has_controls(key) else double_quote(key)


def declaration(shell: Shell, name: str, variable: Variable) -> str:
    """Write the command that makes a variable as it is."""
    head = f"declare -{variable.attributes() or '-'} {name}"
    if variable.elements is not None:
        unset = not variable.elements and variable.text is None and not variable.was_assigned
        return f"{head}\n" if unset else f"{head}={array_text(shell, name)}\n"
    if variable.text is None:
        return head + "\n"
    return f"{head}={double_quote(variable.text)}\n"


def _declare(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    name = argv[0]
    words = argv[1:]
    on: set[str] = set()
    off: set[str] = set()
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        if isinstance(words[0], CompoundArgument):
            break
        option = words.pop(0)
        if option == "--":
            break
        for letter in option[1:]:
            if letter not in _LETTERS.get(name, "aAfFgiIlnprtuxc"):
                return refuse_option(ex, name, option[0] + letter, _USAGES[name])
            (on if option[0] == "-" else off).add(letter)
    if name == "export":
        (off if "n" in on else on).add("x")
        on.discard("n")
    if name == "readonly":
        on.add("r")
    if "f" in on or "F" in on:
        return _declare_functions(ex, name, words, on, off)
    if not words:
        return _list_variables(ex, on, name)
    if "p" in on:
        return _print(ex, name, words) if name not in _LETTERS else _show(ex, words, on)
    if name == "local" and not shell.function_depth:
        shell.complain("local: can only be used in a function")
        return 1
    return _Declaration(ex, name, on, off).all(words)


def _show(ex: Executor, words: list[str], on: set[str]) -> int:
    del words
    return _list_variables(ex, on, "declare")


class _Declaration:
    # One call of declare or a relative.
    def __init__(self, ex: Executor, name: str, on: set[str], off: set[str]) -> None:
        self.ex = ex
        self.shell = ex.shell
        self.name = name
        self.on = on
        self.off = off
        self.local = bool(self.shell.function_depth) and name not in _LETTERS and "g" not in on

    def all(self, words: list[str]) -> int:
        status = 0
        for word in words:
            try:
                if isinstance(word, CompoundArgument):
                    status |= self.array(word.assignment)
                    continue
            except Discard as error:
                if "readonly" in str(error):
                    raise
                raise Discard(f"{self.name}: {error}") from None
            try:
                status |= self.one(word)
            except Discard as error:
                if "readonly" not in str(error):
                    raise Discard(f"{self.name}: {error}") from None
                self.shell.complain(self.prefixed(error))
                status = 1
            except ShellError as error:
                self.shell.complain(self.prefixed(error))
                status = 1
        return status

    def prefixed(self, error: ShellError) -> str:
        return str(error) if self.name in _LETTERS else f"{self.name}: {error}"

    def array(self, assignment: Assignment) -> int:
        variable = self.variable_for(assignment.name, array=True)
        if variable is None:
            return 1
        if variable.readonly:
            raise Discard(f"{assignment.name}: readonly variable")
        if "i" in self.on:
            variable.integer = True
        assign_array(self.ex, assignment, trace=False)
        variable.was_assigned = True
        self.set_attributes(assignment.name, variable)
        return 0

    def one(self, word: str) -> int:
        shell = self.shell
        key, equals, value = word.partition("=")
        append = key.endswith("+") and bool(equals)
        key = key.removesuffix("+") if append else key
        base, bracket, index = key.partition("[")
        if not (base.isascii() and base.isidentifier()) or (bracket and self.name in _LETTERS):
            shell.complain(f"{self.name}: `{word}': not a valid identifier")
            return 1
        variable = self.variable_for(base, array=bool(bracket))
        if variable is None:
            return 1
        if equals or self.off or {"i", "a", "A"} & self.on:
            self.check_writable(base, variable)
        if "n" in self.on:
            return self.reference(base, variable, value)
        self.set_conversions(variable)
        if equals and value[:1] == "(" and value[-1:] == ")" and {"a", "A"} & self.on:
            assign_array(self.ex, _parsed(base, value))
            variable.was_assigned = True
        elif equals and bracket:
            shell.set_element(base, index.removesuffix("]"), value, append=append)
        elif equals and append:
            append_to(self.ex, base, value)
        elif equals:
            shell.set(base, value)
        if equals and self.name in _LETTERS and "x" in shell.options:
            from vshell.shell.trace import trace_text  # noqa: PLC0415 - set -x only

            trace_text(shell, base, value)
        self.set_attributes(base, variable)
        return 0

    def check_writable(self, name: str, variable: Variable) -> None:
        if variable.readonly:
            raise ShellError(f"{name}: readonly variable")

    # The variable that is meant, made if need be, and made an array if it is to be one.
    def variable_for(self, name: str, *, array: bool) -> Variable | None:
        shell = self.shell
        old = shell.variables.get(name)
        if self.local and name not in shell.scopes[-1] and old is not None and old.readonly:
            raise ShellError(f"{name}: readonly variable")
        if self.local:
            inherit = "I" in self.on or "localvar_inherit" in shell.shopt
            variable = shell.make_local(name)
            if inherit and old is not None and variable is not old:
                copied = old.copy()
                shell.variables[name] = variable = copied
        elif self.on & {"n"} or self.off & {"n"}:
            variable = shell.variables.setdefault(name, _unset_variable())
        elif "g" in self.on and shell.scopes:
            variable = _global_variable(shell, name)
        else:
            variable = shell.declare(name)
        if "A" in self.on:
            if variable.elements is not None and not variable.associative:
                text = "cannot convert indexed to associative array"
                shell.complain(f"{self.name}: {name}: {text}")
                return None
            if variable.elements is None:
                variable.elements, variable.associative = {}, True
        elif "a" in self.on or array:
            if "a" in self.on and variable.associative:
                text = "cannot convert associative to indexed array"
                shell.complain(f"{self.name}: {name}: {text}")
                return None
            if variable.elements is None:
                variable.elements = {} if variable.text is None else {"0": variable.text}
                variable.was_assigned = variable.text is not None
                variable.text = None
        return variable

    def reference(self, name: str, variable: Variable, target: str) -> int:
        if target == name and not self.shell.scopes:
            self.shell.complain(
                f"{self.name}: {name}: nameref variable self references not allowed"
            )
            return 1
        base = target.partition("[")[0]
        if target and not (base.isascii() and base.isidentifier()):
            self.shell.complain(
                f"{self.name}: `{target}': invalid variable name for name reference"
            )
            return 1
        variable.reference = True
        if target:
            variable.text = target
        return 0

    # What changes the value has to be set before it.
    def set_conversions(self, variable: Variable) -> None:
        if "i" in self.on:
            variable.integer = True
        if "i" in self.off:
            variable.integer = False
        for letter in "luc":
            if letter in self.on:
                variable.case = letter
            elif letter in self.off and variable.case == letter:
                variable.case = ""
        if {"l", "u"} <= self.on:
            variable.case = ""

    def set_attributes(self, name: str, variable: Variable) -> None:
        current = self.shell.variables.get(self.shell.resolve(name), variable)
        for one in (variable, current):
            if "x" in self.on:
                one.exported = True
            if "x" in self.off:
                one.exported = False
            if "t" in self.on:
                one.traced = True
            if "t" in self.off:
                one.traced = False
            if "n" in self.off:
                one.reference = False
            if "r" in self.on:
                one.readonly = True


def _unset_variable() -> Variable:
    from vshell.shell.state import Variable as Made  # noqa: PLC0415 - only a type above

    return Made(None)


# The variable outside all functions, whatever hides it.
def _global_variable(shell: Shell, name: str) -> Variable:
    for scope in shell.scopes:
        if name in scope:
            found = scope[name]
            if found is None:
                found = scope[name] = _unset_variable()
            return found
    return shell.declare(name)


def _parsed(name: str, value: str) -> Assignment:
    from vshell.shell.parser import Parser  # noqa: PLC0415 - declare -a 'x=(...)' only
    from vshell.shell.syntax import Simple  # noqa: PLC0415 - as above

    parsed = Parser(f"{name}={value}").next_command()
    assert parsed is not None
    command = parsed.items[0][0].first.commands[0]
    assert isinstance(command, Simple)
    return command.assignments[0]


def _print(ex: Executor, name: str, words: list[str]) -> int:
    shell = ex.shell
    status = 0
    for word in words:
        variable = shell.variables.get(word)
        if variable is None:
            from vshell.shell.special import SPECIAL, special_elements  # noqa: PLC0415 - rare

            elements = special_elements(shell, word)
            if elements is not None:
                items = " ".join(f'[{n}]="{one}"' for n, one in enumerate(elements))
                write_out(ex, f"declare -a {word}=({items})\n")
                continue
            if word in SPECIAL and shell.get(word) is not None:
                letters = "i" if word in ("RANDOM", "SRANDOM", "BASHPID", "HISTCMD") else "-"
                write_out(ex, f'declare -{letters} {word}="{shell.get(word)}"\n')
                continue
            shell.complain(f"{name}: {word}: not found")
            status = 1
            continue
        write_out(ex, declaration(shell, word, variable))
    return status


def _list_variables(ex: Executor, on: set[str], name: str) -> int:
    shell = ex.shell
    wanted = on - {"p", "g", "I"}
    if name == "local":
        names = sorted(shell.scopes[-1]) if shell.scopes else []
        for key in names:
            if key in shell.variables:
                write_out(ex, declaration(shell, key, shell.variables[key]))
        return 0
    plain = not wanted and "p" not in on
    lines = []
    if wanted == {"x"} and shell.last_argument == shell.initial_argument:
        lines.append(f"declare -x _={double_quote(shell.last_argument or '')}\n")
    for key in sorted(shell.variables):
        variable = shell.variables[key]
        flags = variable.attributes()
        if any(letter not in flags for letter in wanted):
            continue
        if not plain:
            lines.append(declaration(shell, key, variable))
        elif variable.elements is not None:
            lines.append(f"{key}={array_text(shell, key)}\n")
        elif variable.text is not None:
            from vshell.shell.quote import quote  # noqa: PLC0415 - plain declare only

            lines.append(f"{key}={quote(variable.text) if variable.text else ''}\n")
    lines.sort(key=lambda line: line.split(" ", 2)[2] if not plain else "")
    if plain:
        lines += [function_text(shell.functions[key]) for key in sorted(shell.functions)]
    write_out(ex, "".join(lines))
    return 0


def _declare_functions(
    ex: Executor, name: str, words: list[str], on: set[str], off: set[str]
) -> int:
    shell = ex.shell
    if (name == "export" or "x" in on) and words and "p" not in on:
        return _export_functions(ex, name, words, on=name != "export" or "x" not in off)
    if "r" in on and words:
        for word in words:
            if word not in shell.functions:
                shell.complain(f"{name}: {word}: not a function")
                return 1
            shell.readonly_functions.add(word)
        return 0
    status = 0
    chosen = words or [
        one
        for one in sorted(shell.functions)
        if ("x" not in on or one in shell.exported_functions)
        and ("r" not in on or one in shell.readonly_functions)
    ]
    for word in chosen:
        function = shell.functions.get(word)
        flags = "f" + ("r" if word in shell.readonly_functions else "")
        flags += "x" if word in shell.exported_functions else ""
        if function is None:
            status = 1
        elif "F" in on:
            write_out(ex, f"{word}\n" if words else f"declare -{flags} {word}\n")
        else:
            write_out(ex, function_text(function))
            if len(flags) > 1:
                write_out(ex, f"declare -{flags} {word}\n")
    return status


def _export_functions(ex: Executor, name: str, words: list[str], *, on: bool) -> int:
    shell = ex.shell
    status = 0
    for word in words:
        if word not in shell.functions:
            shell.complain(f"{name}: {word}: not a function")
            status = 1
        elif on:
            shell.exported_functions.add(word)
        else:
            shell.exported_functions.discard(word)
    return status


BUILTINS: dict[str, Builtin] = {
    "declare": _declare,
    "export": _declare,
    "local": _declare,
    "readonly": _declare,
    "typeset": _declare,
}
"""The builtins of this file, by name."""
