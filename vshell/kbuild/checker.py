"""What all checks of a module share: its tree, its names, and where messages go."""

from __future__ import annotations

import ast

from vshell.kbuild.scopes import collect_functions, top_level_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kbuild.diagnostics import Diagnostic, Diagnostics
    from vshell.kbuild.headers import Declaration, Headers

__all__ = ["Checked", "Checker"]


class Checked:
    """What the checks have learnt about a module, for the passes behind them."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.names: dict[str, Declaration] = {}
        self.imports: list[tuple[str, str, str]] = []
        self.externs: list[str] = []
        self.extern_arities: dict[str, tuple[int, int]] = {}
        self.modinfo: list[tuple[str, str]] = []
        self.exports: list[tuple[str, str]] = []
        self.init: str | None = None
        self.exit: str | None = None


class Checker:
    """The module that is checked."""

    def __init__(self, tree: ast.Module, headers: Headers, out: Diagnostics) -> None:
        """Look at a module.

        Args:
            tree: of its source.
            headers: what it may import.
            out: takes the messages.
        """
        self.tree = tree
        self.headers = headers
        self.out = out
        self.found = Checked()
        self.functions = collect_functions(tree)
        self.by_name = {function.name: function for function in self.functions}
        self.top = top_level_names(tree)
        self.enclosing = self._enclosing_functions()
        self.header_lines: dict[str, int] = {}
        """Where each header is first included."""
        self.init_call: ast.Call | None = None
        self.exit_call: ast.Call | None = None
        self.unreadable: set[ast.AST] = set()
        """Statements that hold a name nobody knows: gcc drops them."""

    def _enclosing_functions(self) -> dict[ast.AST, str]:
        inside: dict[ast.AST, str] = {}
        for function in self.functions:
            for node in ast.walk(function.node):
                inside[node] = function.name
        return inside

    def where(self, node: ast.AST) -> str:
        """Give the function that a node is in, "" for the top level."""
        return self.enclosing.get(node, "")

    def error(
        self, node: ast.stmt | ast.expr, length: int, text: str, option: str = ""
    ) -> Diagnostic:
        """Add an error about a node."""
        return self.out.add(
            "error",
            node.lineno,
            node.col_offset + 1,
            length,
            text,
            function=self.where(node),
            option=option,
        )

    def through(self, message: Diagnostic, declaration: Declaration) -> None:
        """Note that a message goes through a header's macro."""
        message.header = (declaration.header, self.header_lines.get(declaration.header, 1))

    def in_macro(self, message: Diagnostic, declaration: Declaration) -> None:
        """Move a message to the definition of the macro that it is about."""
        self.through(message, declaration)
        message.macro = declaration
