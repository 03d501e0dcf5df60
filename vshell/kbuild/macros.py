"""Macros: what C's preprocessor does, done on the syntax tree.

* ``current``, ``jiffies``: a bare name becomes a call, so that it is read anew at each use.
* ``wait_event(wq, condition)``: the condition becomes a function, so that it
  is evaluated at each wake-up.
* ``module_param(count, int, 0o644)``: what is named and not passed becomes its own text.
* ``pr_fmt``: a function of that name at the top of the module is expanded around every pr_ format.
* ``__func__``, ``__LINE__``, ``__FILE__``, ``KBUILD_MODNAME`` become constants.
* ``/``: C's division.
"""

from __future__ import annotations

import ast
import copy

from vshell.abi import dialect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kbuild.headers import Declaration

__all__ = ["MODULE_FACTS", "expand_macros", "is_prototype"]

MODULE_FACTS = {
    "MODULE_LICENSE": "license",
    "MODULE_AUTHOR": "author",
    "MODULE_DESCRIPTION": "description",
    "MODULE_VERSION": "version",
    "MODULE_ALIAS": "alias",
    "MODULE_SOFTDEP": "softdep",
}
"""Macros that only put a fact into .modinfo, and the fact's key."""

_SECTION_MARKS = ("__init", "__exit", "noinline", "__always_inline")


class _Expander(ast.NodeTransformer):
    def __init__(self, names: dict[str, Declaration], modname: str, path: str) -> None:
        self._names = names
        self._modname = modname
        self._path = path
        self._function: list[str] = []
        self._pr_fmt: ast.FunctionDef | None = None

    def visit_Module(self, node: ast.Module) -> ast.Module:
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == "pr_fmt":
                self._pr_fmt = statement
        kept = [s for s in node.body if s is not self._pr_fmt and not self._is_compile_time(s)]
        node.body = [self.visit(statement) for statement in kept] or [ast.Pass()]
        return node

    # Facts for .modinfo and declarations of other modules' functions leave no code behind.
    def _is_compile_time(self, statement: ast.stmt) -> bool:
        if isinstance(statement, (ast.Import, ast.ImportFrom)) or is_prototype(statement):
            return True
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            function = statement.value.func
            return isinstance(function, ast.Name) and (
                function.id in MODULE_FACTS or function.id in ("MODULE_INFO", "MODULE_PARM_DESC")
            )
        return False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.decorator_list = [
            d
            for d in node.decorator_list
            if not (isinstance(d, ast.Name) and d.id in _SECTION_MARKS)
        ]
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
        self._function.append(node.name)
        self.generic_visit(node)
        self._function.pop()
        return node

    # A header may be included anywhere; what it declares is linked.
    def visit_Import(self, node: ast.Import) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        # A type beside a variable is for the reader.
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        assign = ast.Assign([node.target], node.value)
        visited: ast.stmt = self.visit(ast.copy_location(assign, node))
        return visited

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if not isinstance(node.ctx, ast.Load):
            return node
        constant = self._constant(node)
        if constant is not None:
            return ast.copy_location(ast.Constant(constant), node)
        declaration = self._names.get(node.id)
        if declaration is not None and declaration.kind == "value":
            return ast.copy_location(ast.Call(node, [], []), node)
        return node

    def _constant(self, node: ast.Name) -> str | int | None:
        if node.id == "__func__":
            return self._function[-1] if self._function else ""
        if node.id == "__LINE__":
            return node.lineno
        if node.id == "__FILE__":
            return self._path
        return self._modname if node.id == "KBUILD_MODNAME" else None

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        divide = ast.copy_location(ast.Name(dialect.HOOK_DIVIDE, ast.Load()), node)
        return ast.copy_location(ast.Call(divide, [node.left, node.right], []), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        if not isinstance(node.op, ast.Div):
            self.generic_visit(node)
            return node
        value = copy.deepcopy(node.target)
        for child in ast.walk(value):
            if hasattr(child, "ctx"):
                child.ctx = ast.Load()
        quotient = ast.copy_location(ast.BinOp(value, ast.Div(), node.value), node)
        assign = ast.Assign([node.target], quotient)
        visited: ast.stmt = self.visit(ast.copy_location(assign, node))
        return visited

    def visit_Call(self, node: ast.Call) -> ast.expr:
        declaration = self._names.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if declaration is None:
            self.generic_visit(node)
            return node
        arguments = list(node.args)
        for index in declaration.named:
            if index < len(arguments):
                text = ast.Constant(ast.unparse(arguments[index]))
                arguments[index] = ast.copy_location(text, arguments[index])
        for index in declaration.lazy:
            if index < len(arguments):
                later = ast.Lambda(_no_arguments(), arguments[index])
                arguments[index] = ast.copy_location(later, arguments[index])
        node.args = arguments
        if declaration.fmt >= 0 and self._pr_fmt is not None and len(arguments) > declaration.fmt:
            self._apply_pr_fmt(node, declaration.fmt)
        self.generic_visit(node)
        return node

    def _apply_pr_fmt(self, node: ast.Call, index: int) -> None:
        assert self._pr_fmt is not None
        body = self._pr_fmt.body[-1]
        if not isinstance(body, ast.Return) or body.value is None or not self._pr_fmt.args.args:
            return
        parameter = self._pr_fmt.args.args[0].arg
        expansion = _Substitute(parameter, node.args[index]).visit(copy.deepcopy(body.value))
        for child in ast.walk(expansion):
            ast.copy_location(child, node.args[index])
        parts = expansion.elts if isinstance(expansion, ast.Tuple) else [expansion]
        node.args[index : index + 1] = parts


class _Substitute(ast.NodeTransformer):
    def __init__(self, name: str, value: ast.expr) -> None:
        self._name = name
        self._value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self._value) if node.id == self._name else node


def _no_arguments() -> ast.arguments:
    return ast.arguments([], [], None, [], [], None, [])


def is_prototype(statement: ast.AST) -> bool:
    """Tell whether a statement declares another module's function.

    ``def f(x): ...`` does.
    """
    return (
        isinstance(statement, ast.FunctionDef)
        and len(statement.body) == 1
        and isinstance(statement.body[0], ast.Expr)
        and isinstance(statement.body[0].value, ast.Constant)
        and statement.body[0].value.value is ...
    )


def expand_macros(tree: ast.Module, names: dict[str, Declaration], modname: str, path: str) -> None:
    """Expand all macros in a module's syntax tree, in place.

    Args:
        tree: of the source.
        names: what the module's local names from headers stand for.
        modname: KBUILD_MODNAME.
        path: of the source.
    """
    _Expander(names, modname, path).visit(tree)
    ast.fix_missing_locations(tree)
