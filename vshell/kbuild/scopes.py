"""Which names a module's source defines, uses and forgets.

The checks look names up in it.
"""

from __future__ import annotations

import ast

__all__ = ["Function", "Use", "collect_functions", "top_level_names", "uses_in"]


class Use:
    """One place where a name is read, or called."""

    __slots__ = ("called", "column", "line", "name", "node")

    def __init__(self, node: ast.Name, *, called: bool) -> None:
        """Note a use."""
        self.name = node.id
        self.line = node.lineno
        self.column = node.col_offset + 1
        self.called = called
        self.node = node


class Function:
    """One function of the module: its own names and what it uses."""

    def __init__(self, node: ast.FunctionDef) -> None:
        """Look through a function, the functions inside it included."""
        self.node = node
        self.name = node.name
        self.assigned: dict[str, ast.Name] = {}
        self.assign_counts: dict[str, int] = {}
        self.globals: set[str] = set()
        self.inner: set[str] = set()
        self.uses: list[Use] = []
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        self.parameters = {argument.arg for argument in every}
        for statement in node.body:
            self._look(statement)
        for name in self.globals:
            self.assigned.pop(name, None)

    def _look(self, tree: ast.AST) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                self.globals.update(node.names)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.inner.add(node.name)
                if isinstance(node, ast.FunctionDef):
                    self.inner.update(argument.arg for argument in node.args.args)
            elif isinstance(node, ast.Lambda):
                self.inner.update(argument.arg for argument in node.args.args)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                self.assigned.setdefault(node.id, node)
                self.assign_counts[node.id] = self.assign_counts.get(node.id, 0) + 1
        self.uses += uses_in(tree)

    def own_names(self) -> set[str]:
        """All names that mean something of the function's own."""
        return self.parameters | set(self.assigned) | self.inner


def uses_in(tree: ast.AST) -> list[Use]:
    """List the names that are read below a node, in the order of the source."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [
        Use(node, called=id(node) in called)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    return sorted(found, key=lambda use: (use.line, use.column))


def collect_functions(tree: ast.Module) -> list[Function]:
    """List the functions of the top level."""
    return [Function(node) for node in tree.body if isinstance(node, ast.FunctionDef)]


def top_level_names(tree: ast.Module) -> dict[str, ast.AST]:
    """Give every name that the top level defines, with the node that does."""
    names: dict[str, ast.AST] = {}
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.setdefault(statement.name, statement)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                names.setdefault(node.id, node)
    for node in ast.walk(tree):
        # A function may make a variable of the top level with ``global``.
        if isinstance(node, ast.Global):
            for name in node.names:
                names.setdefault(name, node)
    return names
