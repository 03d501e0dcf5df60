"""``[[ ... ]]``: conditions with patterns and without splitting.

Source: bash(1), "Compound Commands" and "Conditional Expressions".
"""

from __future__ import annotations

from vshell.shell.pattern import match, tokens_of
from vshell.shell.state import Discard, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.execute import Executor
    from vshell.shell.state import Shell
    from vshell.shell.syntax import Condition, Word

__all__ = ["evaluate_conditional", "is_set"]

_NUMERIC = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
_FILES = frozenset(("-nt", "-ot", "-ef"))
# What set -x shows of an empty operand; others are shown as they are.
_EMPTY = "''"


def evaluate_conditional(executor: Executor, condition: Condition) -> int:
    """Evaluate what stands between [[ and ]].

    Give 0 for true, 1 for false, 2 for a regular expression that is none.
    """
    try:
        return int(not _holds(executor, condition))
    except Discard:
        raise
    except ShellError as error:
        if str(error):
            executor.shell.complain(str(error))
        return error.status


def _holds(executor: Executor, condition: Condition) -> bool:
    operator = condition.operator
    parts = condition.conditions
    if operator == "&&":
        return _holds(executor, parts[0]) and _holds(executor, parts[1])
    if operator == "||":
        return _holds(executor, parts[0]) or _holds(executor, parts[1])
    if operator == "!":
        inner = parts[0]
        if len(inner.words) == 1 and "x" in executor.shell.options:
            operand = executor.expander.text(inner.words[0])
            _trace(executor, f"! {inner.operator} {operand or _EMPTY}")
            return not _unary(executor, inner.operator, operand)
        if len(inner.words) == 2:
            return not _binary(executor, inner, prefix="! ")
        return not _holds(executor, inner)
    if operator == "(":
        return _holds(executor, parts[0])
    if len(condition.words) == 1:
        operand = executor.expander.text(condition.words[0])
        _trace(executor, f"{operator} {operand or _EMPTY}")
        return _unary(executor, operator, operand)
    return _binary(executor, condition)


def _trace(executor: Executor, text: str) -> None:
    if "x" in executor.shell.options:
        from vshell.shell.trace import trace  # noqa: PLC0415 - set -x only

        trace(executor.shell, f"[[ {text} ]]")


def _unary(executor: Executor, operator: str, operand: str) -> bool:
    from vshell.usr.test import unary_test  # noqa: PLC0415 - shared with test

    shell = executor.shell
    if operator in ("-v", "-R"):
        return is_set(shell, operator, operand)
    if operator == "-o":
        from vshell.shell.builtin.option import OPTION_NAMES  # noqa: PLC0415 - -o only

        return OPTION_NAMES.get(operand, "?") in shell.options
    return unary_test(operator, operand, shell.sys)


def is_set(shell: Shell, operator: str, operand: str) -> bool:
    """Tell whether -v or -R holds: a variable, or an element, is set; it is a reference."""
    if operator == "-R":
        variable = shell.variables.get(operand)
        return variable is not None and variable.reference
    name, bracket, index = operand.partition("[")
    index = index.removesuffix("]")
    if not bracket:
        if name.isdigit():
            return 0 < int(name) <= len(shell.positional)
        return shell.get(name) is not None
    if index in ("@", "*"):
        return bool(shell.elements_of(name))
    if shell.find(name) is None:
        return False
    return shell.get_element(name, index) is not None


def _binary(executor: Executor, condition: Condition, prefix: str = "") -> bool:
    expander = executor.expander
    shell = executor.shell
    operator, right = condition.operator, condition.words[1]
    left = expander.text(condition.words[0])
    head = f"{prefix}{left or _EMPTY} {operator} "
    if operator in ("=", "==", "!="):
        pieces = expander.pieces(right)
        shown = "".join(_backslashed(text) if quoted else text for text, quoted in pieces)
        _trace(executor, head + (shown or _EMPTY))
        matched = match(tokens_of(pieces), left, fold="nocasematch" in shell.shopt)
        return matched == (operator != "!=")
    if operator == "=~":
        return _regular_expression(executor, left, right, head)
    text = expander.text(right)
    _trace(executor, head + (text or _EMPTY))
    if operator in ("<", ">"):
        return left < text if operator == "<" else left > text
    if operator in _FILES:
        from vshell.usr.test import binary_test  # noqa: PLC0415 - shared with test

        return binary_test(left, operator, text, shell.sys)
    return _compare(executor, operator, left, text)


def _backslashed(text: str) -> str:
    return "".join("\\" + letter for letter in text)


def _compare(executor: Executor, operator: str, left: str, right: str) -> bool:
    try:
        a = executor.shell.arithmetic(left)
        b = executor.shell.arithmetic(right)
    except Discard as error:
        raise ShellError(f"[[: {error}") from None
    return {
        "-eq": a == b,
        "-ne": a != b,
        "-lt": a < b,
        "-le": a <= b,
        "-gt": a > b,
        "-ge": a >= b,
    }[operator]


def _regular_expression(executor: Executor, left: str, right: Word, head: str) -> bool:
    import re  # noqa: PLC0415 - =~ only

    from vshell.usr._regex import RegexError, extended  # noqa: PLC0415 - shared with grep

    shell = executor.shell
    pieces = executor.expander.pieces(right)
    _trace(executor, head + ("".join(text for text, _ in pieces) or _EMPTY))
    source = "".join(
        "".join("\\" + letter if letter in "\\^$.[]|()*+?{}" else letter for letter in text)
        if quoted
        else text
        for text, quoted in pieces
    )
    try:
        pattern = extended(source)
        flags = re.IGNORECASE if "nocasematch" in shell.shopt else 0
        found = re.search(pattern, left, flags)
    except (re.error, RegexError):
        # Nothing is said about it.
        raise ShellError("", 2) from None
    variable = shell.declare("BASH_REMATCH")
    variable.text = None
    groups = [found.group(0), *found.groups()] if found is not None else []
    variable.elements = {str(n): group or "" for n, group in enumerate(groups)}
    return found is not None
