"""Which symbols of the kernel and of other modules an object refers to, in the linker's order.

They become the rows of ``____versions`` in a module's .mod.c.

Real: 28-kbuild-ok.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.kbuild.checks import Checked

__all__ = ["debug_sites", "undefined_symbols"]

_ENTRY = "__fentry__"
"""Every function begins with a call of it, so that ftrace can come in."""
_RETURN = "__x86_return_thunk"
"""Every function ends with a jump to it."""


def undefined_symbols(functions: list[ast.FunctionDef], found: Checked) -> list[str]:
    """List what the functions of a module refer to and do not define.

    Args:
        functions: of the top level, prototypes left out.
        found: what the checks have learnt.

    Returns:
        Each symbol once, where the compiled code first refers to it.
    """
    symbols: dict[str, None] = {}
    externs = set(found.externs)
    for function in functions:
        symbols.setdefault(_ENTRY)
        for name in _names(function.body):
            declaration = found.names.get(name)
            if declaration is not None:
                used = ([declaration.name] if declaration.export else []) + declaration.uses
                for symbol in used:
                    symbols.setdefault(symbol)
            elif name in externs:
                symbols.setdefault(name)
        symbols.setdefault(_RETURN)
    for key, value in found.modinfo:
        if key == "parmtype":
            for symbol in _parameter_symbols(value.partition(":")[2]):
                symbols.setdefault(symbol)
    return list(symbols)


# What prints only where dynamic debug says so.
_DEBUG_MACROS = ("pr_debug", "print_hex_dump_debug", "print_hex_dump_bytes")


def debug_sites(tree: ast.Module) -> list[tuple[str, int, str]]:
    """List the debug messages of a module whose macros are expanded.

    Returns:
        For each: the function it stands in, the line, and the format, as far as it is constant.
    """
    calls = [
        (function.name, node)
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
    ]
    found = [
        (function, node.lineno, _constant_text(node.args[0]))
        for function, node in calls
        if isinstance(node.func, ast.Name) and node.func.id in _DEBUG_MACROS
    ]
    return sorted(found, key=lambda site: site[1])


def _constant_text(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp):
        return _constant_text(node.left) + _constant_text(node.right)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _parameter_symbols(kind: str) -> list[str]:
    if kind.startswith("array of "):
        return ["param_array_ops", f"param_ops_{kind[len('array of ') :]}"]
    return [f"param_ops_{kind}"]


# What is read, in the order of the machine code: arguments before the call, and a loop's body
# before its condition, which gcc puts at the loop's end.
def _names(nodes: list[ast.stmt]) -> Iterator[str]:
    for node in nodes:
        yield from _names_of(node)


def _names_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.While):
        yield from _names(node.body)
        yield from _names_of(node.test)
        yield from _names(node.orelse)
    elif isinstance(node, ast.Call):
        for child in (*node.args, *node.keywords, node.func):
            yield from _names_of(child)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _names_of(child)
