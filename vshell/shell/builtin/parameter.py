"""Builtins for parameters and names: unset, shift, let, getopts.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import options_of, read_number
from vshell.shell.state import Discard, Leave, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _unset(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "fvn", "unset [-f] [-v] [-n] [name ...]")
    if "f" in options and "v" in options:
        shell.complain("unset: cannot simultaneously unset a function and a variable")
        return 1
    status = 0
    for word in words:
        try:
            status |= _unset_one(ex, word, options)
        except ShellError as error:
            shell.complain(str(error) if str(error).startswith("unset") else f"unset: {error}")
            status = 1
    return status


def _unset_one(ex: Executor, word: str, options: dict[str, str]) -> int:
    shell = ex.shell
    if "f" in options:
        return _unset_function(ex, word)
    base, bracket, index = word.partition("[")
    if not (base.isascii() and base.isidentifier()):
        if "v" not in options:
            return _unset_function(ex, word)
        shell.complain(f"unset: `{word}': not a valid identifier")
        return 1
    if "n" in options:
        shell.variables.pop(base, None)
        return 0
    if bracket:
        from vshell.shell.parser import quoted_word  # noqa: PLC0415 - elements only

        subscript = index.removesuffix("]")
        if "$" in subscript or "`" in subscript:
            subscript = ex.expander.text(quoted_word(subscript))
        return _unset_element(ex, base, subscript)
    if not shell.unset(word) and "v" not in options:
        return _unset_function(ex, word)
    return 0


def _unset_function(ex: Executor, name: str) -> int:
    if name in ex.shell.readonly_functions:
        ex.shell.complain(f"unset: {name}: cannot unset: readonly function")
        return 1
    ex.shell.functions.pop(name, None)
    ex.shell.exported_functions.discard(name)
    return 0


def _unset_element(ex: Executor, name: str, index: str) -> int:
    shell = ex.shell
    variable = shell.find(name)
    if variable is None:
        return 0
    if variable.readonly:
        shell.complain(f"unset: {name}: cannot unset: readonly variable")
        return 1
    if variable.elements is None:
        if shell.arithmetic(index) == 0:
            shell.unset(name)
            return 0
        shell.complain(f"unset: {name}: not an array variable")
        return 1
    if index in ("@", "*") and not variable.associative:
        shell.unset(name)
        return 0
    variable.elements.pop(shell.element_key(name, variable, index), None)
    variable.was_assigned = True
    return 0


def _shift(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    count = 1
    if len(words) > 1:
        shell.complain("shift: too many arguments")
        raise Leave(1, "line")
    if words:
        number = read_number(ex, "shift", words[0])
        if number is None:
            return 1
        if number < 0:
            shell.complain(f"shift: {words[0]}: shift count out of range")
            return 1
        count = number
    if count > len(shell.positional):
        if "shift_verbose" in shell.shopt or "posix" in shell.options:
            shown = f"{words[0]}: " if words else ""
            shell.complain(f"shift: {shown}shift count out of range")
        return 1
    shell.positional = shell.positional[count:]
    return 0


def _let(ex: Executor, argv: list[str]) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not words:
        ex.shell.complain("let: expression expected")
        return 1
    value = 0
    try:
        for word in words:
            value = ex.shell.arithmetic(word)
    except Discard as error:
        ex.shell.complain(f"let: {error}")
        return 1
    return int(value == 0)


def _getopts(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    _, words = options_of(ex, argv, "", "getopts optstring name [arg ...]")
    if len(words) < 2:
        shell.write_error("getopts: usage: getopts optstring name [arg ...]\n")
        return 2
    template, name = words[0], words[1]
    arguments = words[2:] if len(words) > 2 else shell.positional
    if not (name.isascii() and name.isidentifier()):
        # The option is taken all the same; it only cannot be handed over.
        _next_option(ex, template, "_", arguments)
        shell.complain(f"getopts: `{name}': not a valid identifier")
        return 1
    return _next_option(ex, template, name, arguments)


def _next_option(ex: Executor, template: str, name: str, arguments: list[str]) -> int:
    shell = ex.shell
    text = shell.get("OPTIND") or "1"
    index = int(text) if text.isdigit() and int(text) > 0 else 1
    place = shell.getopts_position
    word = arguments[index - 1] if index <= len(arguments) else None
    if place == 1 and (word is None or word == "-" or not word.startswith("-") or word == "--"):
        _set_index(ex, index + (word == "--"), 1)
        shell.set(name, "?")
        shell.unset("OPTARG")
        return 1
    if word is None or place >= len(word):
        return 1
    letter = word[place]
    index, place = (index + 1, 1) if place + 1 >= len(word) else (index, place + 1)
    where = template.removeprefix(":").find(letter) if letter != ":" else -1
    options = template.removeprefix(":")
    if where < 0:
        return _getopts_error(ex, name, template, letter, index, place, "illegal option")
    if options[where + 1 : where + 2] != ":":
        shell.unset("OPTARG")
    elif place > 1:
        shell.set("OPTARG", word[place:])
        index, place = index + 1, 1
    elif index <= len(arguments):
        shell.set("OPTARG", arguments[index - 1])
        index += 1
    else:
        return _getopts_error(
            ex, name, template, letter, index, place, "option requires an argument"
        )
    _set_index(ex, index, place)
    shell.set(name, letter)
    return 0


def _set_index(ex: Executor, index: int, place: int) -> None:
    ex.shell.set("OPTIND", str(index))
    ex.shell.getopts_position = place


def _getopts_error(
    ex: Executor, name: str, template: str, letter: str, index: int, place: int, what: str
) -> int:
    shell = ex.shell
    _set_index(ex, index, place)
    silent = template.startswith(":")
    if silent:
        shell.set(name, ":" if what != "illegal option" else "?")
        shell.set("OPTARG", letter)
        return 0
    shell.set(name, "?")
    shell.unset("OPTARG")
    if shell.get("OPTERR") != "0":
        shell.write_error(f"{shell.name}: {what} -- {letter}\n")
    return 0


BUILTINS: dict[str, Builtin] = {
    "getopts": _getopts,
    "let": _let,
    "shift": _shift,
    "unset": _unset,
}
"""The builtins of this file, by name."""
