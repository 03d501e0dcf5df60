"""Assignments: of variables, elements and whole arrays.

Source: bash(1), "Parameters", "Arrays".
"""

from __future__ import annotations

from vshell.shell.state import Discard, ShellError, Variable
from vshell.shell.syntax import Assignment, Literal, Simple, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from vshell.shell.execute import Executor

__all__ = ["CompoundArgument", "assign", "assign_array", "assign_temporarily", "with_keywords"]


class CompoundArgument(str):
    """An argument of declare that is ``name=(...)``; as text it is as written."""

    assignment: Assignment

    def __new__(cls, assignment: Assignment) -> Self:
        """Hold the assignment; declare carries it out."""
        made = super().__new__(cls, assignment.source)
        made.assignment = assignment
        return made


def assign(ex: Executor, assignment: Assignment, *, trace: bool = True) -> None:
    """Carry out an assignment; ``trace`` whether set -x shows it.

    Raises:
        Discard: the variable is read-only.
    """
    shell = ex.shell
    name = assignment.name
    if assignment.elements is not None:
        assign_array(ex, assignment)
        return
    assert assignment.value is not None
    value = ex.expander.assigned(assignment.value)
    if trace and "x" in shell.options:
        from vshell.shell.trace import trace_assignment  # noqa: PLC0415 - set -x only

        trace_assignment(ex, assignment, value)
    if assignment.index is not None:
        index = ex.expander.text(assignment.index)
        if not index and assignment.index.source:
            raise Discard(f"{name}[{assignment.index.source}]: bad array subscript")
        shell.set_element(name, index, value, append=assignment.append)
        return
    if assignment.append:
        append_to(ex, name, value)
    else:
        shell.set(name, value)


def append_to(ex: Executor, name: str, value: str) -> None:
    """Carry out ``name+=value``."""
    shell = ex.shell
    variable = shell.find(name)
    if variable is not None and variable.integer:
        shell.set(name, f"{variable.value() or 0}+({value})")
    else:
        shell.set(name, (shell.get(name) or "") + value)


def assign_array(ex: Executor, assignment: Assignment, *, trace: bool = True) -> None:
    """Carry out ``name=(...)`` or ``name+=(...)``."""
    shell = ex.shell
    name = shell.resolve(assignment.name)
    if "x" in shell.options and trace:
        from vshell.shell.trace import trace_array  # noqa: PLC0415 - set -x only

        trace_array(ex, assignment)
    old = shell.variables.get(name)
    if old is not None and old.readonly:
        raise Discard(f"{name}: readonly variable")
    assert assignment.elements is not None
    # The old elements can be among the new ones' words, so all is expanded first.
    associative = old is not None and old.associative
    items = [_element(ex, word, associative=associative) for word in assignment.elements]
    variable = shell.declare(name)
    if variable.elements is None:
        variable.elements = {}
        if variable.text is not None and assignment.append:
            variable.elements["0"] = variable.text
        variable.text = None
    if not assignment.append:
        variable.elements = {}
    variable.was_assigned = True
    if associative:
        _fill_associative(ex, name, variable, items)
    else:
        _fill_indexed(ex, name, variable, items)


# What a word in the parentheses gives: values, or a subscript, whether it is added to, and a value.
def _element(
    ex: Executor, word: Word, *, associative: bool
) -> tuple[str, bool, list[str]] | tuple[None, bool, list[str]]:
    target = word.target
    if target is None:
        if associative:
            return None, False, [ex.expander.text(word)]
        return None, False, ex.expander.words([word], elements=True)
    if not associative and len(ex.expander.braced(word)) > 1:
        # What braces have multiplied is no longer an element's name.
        return None, False, ex.expander.words([word], elements=True)
    index = ex.expander.text(target.index)
    value = ex.expander.assigned(word)
    return index, target.append, [value]


def _fill_indexed(
    ex: Executor,
    name: str,
    variable: Variable,
    items: list[tuple[str, bool, list[str]] | tuple[None, bool, list[str]]],
) -> None:
    shell = ex.shell
    assert variable.elements is not None
    position = max((int(key) for key in variable.elements), default=-1) + 1
    for index, append, values in items:
        if index is not None:
            try:
                key = shell.element_key(name, variable, index)
            except Discard as error:
                shell.complain(str(error).removeprefix(name))
                continue
            shell.set_element(name, key, values[0], append=append)
            position = int(key) + 1
            continue
        for value in values:
            variable.elements[str(position)] = shell.converted(variable, value)
            position += 1


def _fill_associative(
    ex: Executor,
    name: str,
    variable: Variable,
    items: list[tuple[str, bool, list[str]] | tuple[None, bool, list[str]]],
) -> None:
    shell = ex.shell
    assert variable.elements is not None
    pairs = bool(items) and items[0][0] is None
    plain: list[str] = []
    for index, append, values in items:
        if index is not None and not pairs:
            if not index:
                shell.complain(f"[{index}]={values[0]}: bad array subscript")
                continue
            shell.set_element(name, index, values[0], append=append)
        elif pairs:
            plain += values if index is None else [f"[{index}]={values[0]}"]
        else:
            text = "must use subscript when assigning associative array"
            shell.complain(f"{name}: {values[0]}: {text}")
    for number in range(0, len(plain), 2):
        value = plain[number + 1] if number + 1 < len(plain) else ""
        if plain[number]:
            variable.elements[plain[number]] = shell.converted(variable, value)


def with_keywords(node: Simple) -> Simple:
    """Make a command whose arguments that look like assignments stand before it: set -k."""
    found = Simple(node.line)
    found.redirects = node.redirects
    found.assignments = list(node.assignments)
    for word in node.words:
        first = word.parts[0] if word.parts else None
        name, equals, rest = first.text.partition("=") if isinstance(first, Literal) else ("",) * 3
        append = name.endswith("+")
        name = name.removesuffix("+")
        if not (equals and name.isascii() and name.isidentifier()) or word.assignment is not None:
            found.words.append(word)
            continue
        value = Word([Literal(rest), *word.parts[1:]], word.line, word.source.partition("=")[2])
        found.assignments.append(
            Assignment(name, value, append=append, index=None, elements=None, source=word.source)
        )
    return found


def assign_temporarily(ex: Executor, assignments: list[Assignment]) -> Callable[[], None]:
    """Carry out the assignments before a builtin or a function.

    Returns:
        What takes them back.
    """
    shell = ex.shell
    before: dict[str, Variable | None] = {}
    made: dict[str, Variable] = {}
    for assignment in assignments:
        name = assignment.name
        if assignment.index is not None:
            shell.complain(f"`{name}[{assignment.index.source}]': not a valid identifier")
            continue
        old = shell.variables.get(name)
        if old is not None and old.readonly:
            shell.complain(f"{name}: readonly variable")
            continue
        if assignment.elements is not None:
            # An array cannot be handed on: what is handed on is its text.
            value = assignment.source.partition("=")[2]
        else:
            assert assignment.value is not None
            value = ex.expander.assigned(assignment.value)
            if assignment.append:
                value = (shell.get(name) or "") + value
        if name not in before:
            before[name] = old
        variable = Variable("")
        variable.exported = True
        variable.integer = old is not None and old.integer
        shell.variables[name] = made[name] = variable
        try:
            shell.set(name, value)
        except ShellError:
            _restore(ex, before, made)
            raise
    return lambda: _restore(ex, before, made)


def _restore(ex: Executor, before: dict[str, Variable | None], made: dict[str, Variable]) -> None:
    shell = ex.shell
    for name, old in before.items():
        if name == "PATH":
            shell.hashed.clear()
        if shell.variables.get(name) is not made[name]:
            # It has been unset or made anew meanwhile: declare -g, export.
            continue
        if old is None:
            shell.variables.pop(name, None)
        else:
            shell.variables[name] = old
