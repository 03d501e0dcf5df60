"""Rescheduling points: one in every loop and every function.

The last pass of the compiler inserts them.

A loop turn must give the kernel a chance to look in, at next to no cost. So::

    while c: body        becomes   for _ in turns:
                                       if not c: break
                                       body
    for x in xs: body    becomes   for x in compress(xs, turns): body

where ``turns`` is the running task's supply (``kernel.turns``): an iterator in C that runs Python
code only when a batch is used up. A ``while`` with an ``else`` whose body or else-part needs the
difference keeps its form and takes a turn by a call.
"""

from __future__ import annotations

import ast

from vshell.abi import dialect

__all__ = ["insert_preemption_points"]


class _Inserter(ast.NodeTransformer):
    def visit_While(self, node: ast.While) -> ast.stmt:
        self.generic_visit(node)
        if node.orelse:
            node.body.insert(0, _at(node, ast.Expr(_take_turn())))
            return node
        body = list(node.body)
        if not (isinstance(node.test, ast.Constant) and node.test.value):
            leave = ast.If(ast.UnaryOp(ast.Not(), node.test), [ast.Break()], [])
            body.insert(0, _at(node, leave))
        target = ast.Name(f"{dialect.HOOK_PREFIX}_turn", ast.Store())
        return _at(node, ast.For(target, _turns(), body, []))

    def visit_For(self, node: ast.For) -> ast.stmt:
        self.generic_visit(node)
        node.iter = _paid(node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        self.generic_visit(node)
        node.iter = _paid(node.iter)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        self.generic_visit(node)
        first = node.body[0]
        has_docstring = (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        )
        node.body.insert(int(has_docstring), _at(first, ast.Expr(_take_turn())))
        return node


def _at(place: ast.AST, node: ast.stmt) -> ast.stmt:
    # The new code stands where the old one stood, so that a backtrace names the loop's own line.
    for child in ast.walk(node):
        if not hasattr(child, "lineno") and isinstance(child, (ast.stmt, ast.expr)):
            ast.copy_location(child, place)
    return node


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _turns() -> ast.expr:
    return ast.Attribute(_name(dialect.HOOK_RUNTIME), "turns", ast.Load())


def _take_turn() -> ast.expr:
    return ast.Call(_name(dialect.HOOK_NEXT), [_turns()], [])


def _paid(iterable: ast.expr) -> ast.expr:
    call = ast.Call(_name(dialect.HOOK_COMPRESS), [iterable, _turns()], [])
    for child in ast.walk(call):
        if not hasattr(child, "lineno"):
            ast.copy_location(child, iterable)
    return call


def insert_preemption_points(tree: ast.Module) -> None:
    """Insert the points into a module's syntax tree, in place."""
    _Inserter().visit(tree)
    ast.fix_missing_locations(tree)
