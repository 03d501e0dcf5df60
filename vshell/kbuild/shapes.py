"""What a piece of source amounts to: how many arguments, whether its end is reached, its formats.

The checks ask; nothing here says anything to the user.
"""

from __future__ import annotations

import ast

from vshell.kbuild.headers import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

__all__ = [
    "arity",
    "can_fall_off",
    "conversions",
    "distance",
    "format_text",
    "own_statements",
]


def own_statements(function: ast.FunctionDef) -> list[ast.AST]:
    """List what belongs to a function and to no function inside it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += list(ast.iter_child_nodes(node))
    return found


def arity(function: ast.FunctionDef) -> tuple[int, int]:
    """Give the least and the greatest number of arguments a function takes."""
    arguments = function.args
    count = len(arguments.posonlyargs) + len(arguments.args)
    most = ANY if arguments.vararg is not None or arguments.kwarg is not None else count
    return count - len(arguments.defaults), most + len(arguments.kwonlyargs) if most != ANY else ANY


def can_fall_off(body: list[ast.stmt], dropped: Container[ast.AST] = ()) -> bool:
    """Tell whether the end of a list of statements can be reached; some count as not there."""
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return last in dropped
    if isinstance(last, ast.If):
        return (
            not last.orelse
            or can_fall_off(last.body, dropped)
            or can_fall_off(last.orelse, dropped)
        )
    if isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and last.test.value:
        return any(isinstance(node, ast.Break) for node in ast.walk(last))
    if isinstance(last, ast.With):
        return can_fall_off(last.body, dropped)
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        function = last.value.func
        ends = ("kthread_complete_and_exit", "kthread_exit", "BUG", "panic")
        return not (isinstance(function, ast.Name) and function.id in ends)
    return True


def format_text(node: ast.expr) -> str | None:
    """Give a format that is a constant text, None for any other expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        right = format_text(node.right)
        left = format_text(node.left) if not isinstance(node.left, ast.Name) else ""
        return None if right is None or left is None else left + right
    return None


def conversions(template: str) -> list[str]:
    """List the conversions of a printk format, one for each argument it takes."""
    found: list[str] = []
    position = 0
    while True:
        start = template.find("%", position)
        if start < 0:
            return found
        position = start + 1
        while (
            template[position : position + 1] and template[position] in "-+ #0123456789.*hlLqjzZt"
        ):
            if template[position] == "*":
                found.append("*")
            position += 1
        letter = template[position : position + 1]
        position += 1
        if letter and letter != "%":
            found.append(template[start:position])


def distance(a: str, b: str, limit: int) -> int:
    """Give Levenshtein's distance of two words, given up beyond a limit."""
    if abs(len(a) - len(b)) >= limit:
        return limit
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (x != y)))
        previous = row
    return previous[-1]
