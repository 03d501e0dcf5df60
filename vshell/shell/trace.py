"""``set -x``: what is run is shown before.

Source: bash(1), "set", -x.
"""

from __future__ import annotations

from vshell.shell.assign import CompoundArgument
from vshell.shell.quote import has_controls, quote, single_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.execute import Executor
    from vshell.shell.state import Shell
    from vshell.shell.syntax import Assignment

__all__ = ["trace", "trace_array", "trace_assignment", "trace_text", "trace_words"]


def trace(shell: Shell, text: str) -> None:
    """Write a line behind PS4, whose first character says how deep the subshell is."""
    prefix = shell.get("PS4")
    prefix = "+ " if prefix is None else prefix
    if "$" in prefix or "\\" in prefix or "`" in prefix:
        from vshell.shell.execute import Executor  # noqa: PLC0415 - needs this module
        from vshell.shell.prompt import expand_prompt  # noqa: PLC0415 - rarely needed

        options, shell.options = shell.options, shell.options - {"x"}
        status = shell.status
        try:
            prefix = expand_prompt(shell, prefix, 0, Executor(shell).expander)
        finally:
            shell.options = options
            shell.status = status
    depth = shell.trace_depth
    shell.write_error(f"{prefix[:1] * depth}{prefix}{text}\n")


def trace_words(ex: Executor, words: list[str]) -> None:
    """Show a simple command; the arrays among its arguments before it."""
    shown = []
    for word in words:
        if isinstance(word, CompoundArgument):
            trace_array(ex, word.assignment, associative="-A" in words)
            shown.append(word.assignment.name)
        else:
            shown.append(_shown(word))
    trace(ex.shell, " ".join(shown))


def _shown(word: str) -> str:
    # What has other characters that need quotes is not written as $'...'.
    if has_controls(word) and any(letter in " \t\n'\"$`;&|<>()*?[]!" for letter in word):
        return "'" + word.replace("'", "'\\''") + "'"
    return quote(word)


def trace_assignment(ex: Executor, assignment: Assignment, value: str) -> None:
    """Show the assignment of a text."""
    index = f"[{assignment.index.source}]" if assignment.index is not None else ""
    equals = "+=" if assignment.append else "="
    shown = _shown(value) if value else ""
    trace(ex.shell, f"{assignment.name}{index}{equals}{shown}")


def trace_text(shell: Shell, name: str, value: str) -> None:
    """Show what export and readonly have assigned."""
    trace(shell, f"{name}={_shown(value) if value else ''}")


def trace_array(ex: Executor, assignment: Assignment, *, associative: bool = False) -> None:
    """Show the assignment of an array."""
    items = []
    old = ex.shell.find(assignment.name)
    associative = associative or (old is not None and old.associative)
    for word in assignment.elements or []:
        if word.target is not None:
            index = ex.expander.text(word.target.index)
            value = single_quote(ex.expander.assigned(word))
            shown = single_quote(index) if associative else index
            items.append(f"[{shown}]={value}")
        else:
            items.append(word.source)
    equals = "+=" if assignment.append else "="
    trace(ex.shell, f"{assignment.name}{equals}({' '.join(items)})")
