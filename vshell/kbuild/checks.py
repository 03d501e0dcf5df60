"""What the compiler refuses or warns about, in gcc's words.

A module may hold what a C module has: functions, variables, structures (classes),
loops. What C does not have, or a kernel does not offer, is refused here, so that a
module stays a mirror of its C original.

More than 400 lines, one idea: all checks share what one walk over the module has found.
"""

from __future__ import annotations

import ast

from vshell.abi import dialect
from vshell.kbuild.calls import CallChecks
from vshell.kbuild.checker import Checked
from vshell.kbuild.diagnostics import END_OF_BLOCK
from vshell.kbuild.macros import MODULE_FACTS, is_prototype
from vshell.kbuild.members import MemberChecks
from vshell.kbuild.results import ResultChecks
from vshell.kbuild.scopes import Use, collect_functions, uses_in
from vshell.kbuild.shapes import (
    arity,
    distance,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kbuild.diagnostics import Diagnostics
    from vshell.kbuild.headers import Declaration, Headers

    _Named = ast.Name | ast.FunctionDef | ast.ClassDef | ast.arg | ast.alias

__all__ = ["Checked", "check_module"]

_MIRROR = "vshell.linux"
_CONSTANT_MACROS = ("__func__", "__LINE__", "__FILE__", "KBUILD_MODNAME", "__name__")
_THREAD_STARTERS = ("kthread_create", "kthread_run", "kthread_create_on_cpu", "kthread_run_on_cpu")
_NOT_C: dict[type[ast.AST], str] = {
    ast.Try: "try",
    ast.TryStar: "try",
    ast.Raise: "raise",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.Await: "await",
    ast.AsyncFunctionDef: "async",
    ast.AsyncFor: "async",
    ast.AsyncWith: "async",
    ast.Assert: "assert",
    ast.Delete: "del",
    ast.Match: "match",
}


class _Checker(CallChecks, ResultChecks, MemberChecks):
    def run(self) -> Checked:
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._check_import(node)
        if any(message.kind == "fatal error" for message in self.out.messages):
            return self.found
        self._check_syntax()
        self._read_top_level()
        self._check_names()
        self.check_calls()
        self.check_results()
        self.check_members()
        self._warn_unused()
        self._keep_used()
        return self.found

    # Only what is used is linked, in the order of its first use, as an object's symbols are.
    def _keep_used(self) -> None:
        places: dict[str, tuple[int, int]] = {}
        for use in uses_in(self.tree):
            places.setdefault(use.name, (use.line, use.column))
        found = self.found
        found.imports = [entry for entry in found.imports if entry[2] in places]
        found.imports.sort(key=lambda entry: places[entry[2]])
        found.externs = [name for name in found.externs if name in places]
        found.externs.sort(key=lambda name: places[name])

    # -- Imports ----------------------------------------------------------------------------------

    def _check_import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            module = node.names[0].name
            self._no_such_header(node, module.replace(".", "/"), len("import "), module)
            return
        module = node.module or ""
        if module == "__future__":
            return
        if not (module == _MIRROR or module.startswith(_MIRROR + ".")) or node.level:
            self._no_such_header(node, module.replace(".", "/"), len("from "), module)
            return
        if module == _MIRROR:
            for alias in node.names:
                self._no_such_header(node, f"linux/{alias.name}", len("from "), module)
            return
        name = "linux/" + module[len(_MIRROR) + 1 :].replace(".", "/") + ".h"
        header = self.headers.get(name)
        if header is None:
            self._no_such_header(node, name.removesuffix(".h"), len("from "), module)
            return
        self.header_lines.setdefault(name, node.lineno)
        short = module[len(_MIRROR) + 1 :]
        for alias in node.names:
            if alias.name == "*":
                for declaration in header.declarations.values():
                    self._take(short, declaration, declaration.name)
                continue
            declared = header.declarations.get(alias.name)
            if declared is None:
                self.out.undeclared(
                    alias.lineno, alias.col_offset + 1, alias.name, self.where(node)
                )
                continue
            self._take(short, declared, alias.asname or alias.name)

    def _take(self, short: str, declaration: Declaration, local: str) -> None:
        self.found.names[local] = declaration
        entry = (short, declaration.name, local)
        if entry not in self.found.imports:
            self.found.imports.append(entry)

    def _no_such_header(self, node: ast.stmt, name: str, offset: int, quoted: str) -> None:
        column = node.col_offset + 1 + offset
        text = f"{name}.h: No such file or directory"
        self.out.add("fatal error", node.lineno, column, len(quoted), text)

    # -- Things C does not have -------------------------------------------------------------------

    def _check_syntax(self) -> None:
        for node in ast.walk(self.tree):
            word = _NOT_C.get(type(node))
            if word is not None:
                assert isinstance(node, (ast.stmt, ast.expr))
                place = f"expected expression before '{word}'"
                if not self.where(node):
                    place = f"expected identifier or '(' before '{word}'"
                self.error(node, len(word), place)
            elif isinstance(node, ast.Attribute):
                self._check_attribute(node)
            elif isinstance(node, (ast.If, ast.While)) and isinstance(node.test, ast.NamedExpr):
                self._check_condition(node.test)
            elif isinstance(node, ast.Name):
                self._check_reserved(node, node.id)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self._check_reserved(node, node.name)
            elif isinstance(node, ast.arg):
                self._check_reserved(node, node.arg)
            elif isinstance(node, ast.alias):
                self._check_reserved(node, node.asname or "")
            elif isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
                text = "SSE register return with SSE disabled"
                self.error(node, len(ast.unparse(node)), text)

    # `if a := 1:` is what `if (a = 1)` is in C: often `==` was meant.
    def _check_condition(self, test: ast.NamedExpr) -> None:
        if self.out.text_before(test.lineno, test.col_offset).endswith("("):
            return
        self.out.add(
            "warning",
            test.lineno,
            test.col_offset + len(test.target.id) + 2,
            2,
            "suggest parentheses around assignment used as truth value",
            function=self.where(test),
            option="parentheses",
        )

    def _check_reserved(self, node: _Named, name: str) -> None:
        if name.startswith(dialect.HOOK_PREFIX):
            text = f"'{name}' is reserved for the compiler"
            column = node.col_offset + 1
            self.out.add("error", node.lineno, column, len(name), text, function=self.where(node))

    # What the module's own structures have, however they are called.
    def _is_own_member(self, name: str) -> bool:
        return any(
            isinstance(node, ast.Attribute) and node.attr == name
            for node in ast.walk(self.tree)
            if isinstance(getattr(node, "ctx", None), ast.Store)
        )

    # Python's own machinery hangs on names with underscores, and on a few others; no structure of C
    # has such members.
    def _check_attribute(self, node: ast.Attribute) -> None:
        is_inner = node.attr in dialect.INNER_MEMBERS and not self._is_own_member(node.attr)
        if is_inner or (node.attr.startswith("_") and node.attr != "__state"):
            base = node.value.id if isinstance(node.value, ast.Name) else "<expression>"
            column = (node.end_col_offset or node.col_offset) - len(node.attr)
            text = f"'{base}' has no member named '{node.attr}'"
            line = node.end_lineno or node.lineno
            self.out.add("error", line, column, len(node.attr) + 1, text, function=self.where(node))

    # -- The top level ----------------------------------------------------------------------------

    def _read_top_level(self) -> None:
        found = self.found
        for statement in self.tree.body:
            if is_prototype(statement):
                assert isinstance(statement, ast.FunctionDef)
                found.externs.append(statement.name)
                found.extern_arities[statement.name] = arity(statement)
                continue
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                self._read_macro(statement.value)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and self.where(node):
                self._check_inside(node)

    # module_init() defines functions, which cannot be done inside another one.
    def _check_inside(self, call: ast.Call) -> None:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        declaration = self.found.names.get(name)
        if name not in ("module_init", "module_exit") or declaration is None:
            return
        test = "__inittest" if name == "module_init" else "__exittest"
        message = self.error(call, len(name), f"invalid storage class for function '{test}'")
        self.in_macro(message, declaration)
        warning = self.out.add(
            "warning",
            call.lineno,
            call.col_offset + 1,
            len(name),
            "'alias' attribute ignored",
            function=self.where(call),
            option="attributes",
        )
        warning.quotes = False

    def _read_macro(self, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Name):
            return
        name = call.func.id
        found = self.found
        arguments = [
            argument.id if isinstance(argument, ast.Name) else "" for argument in call.args
        ]
        if name in MODULE_FACTS and call.args:
            text = self._constant_text(call.args[0])
            found.modinfo.append((MODULE_FACTS[name], text))
        elif name == "MODULE_INFO" and len(call.args) > 1:
            found.modinfo.append((ast.unparse(call.args[0]), self._constant_text(call.args[1])))
        elif name == "MODULE_PARM_DESC" and len(call.args) > 1:
            parameter = ast.unparse(call.args[0])
            found.modinfo.append(("parm", f"{parameter}:{self._constant_text(call.args[1])}"))
        elif name.startswith("module_param") and arguments:
            self._read_param(name, call)
        elif name in ("EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL") and arguments:
            self._check_defined(call.args[0])
            found.exports.append((arguments[0], name))
        elif name == "module_init" and arguments:
            if found.init is not None:
                self._redefined(self.init_call, call, "init")
            found.init = arguments[0]
            self.init_call = call
        elif name == "module_exit" and arguments:
            if found.exit is not None:
                self._redefined(self.exit_call, call, "exit")
            found.exit = arguments[0]
            self.exit_call = call

    def _check_defined(self, node: ast.expr) -> None:
        name = ast.unparse(node)
        if name not in self.top:
            self.out.undeclared(node.lineno, node.col_offset + 1, name, "")

    def _redefined(self, first: ast.Call | None, call: ast.Call, which: str) -> None:
        macro = f"module_{which}"
        declaration = self.found.names.get(macro)
        kinds = {
            "init": [("__inittest", "int (*(void))(void)"), ("init_module", "int(void)")],
            "exit": [("__exittest", "void (*(void))(void)"), ("cleanup_module", "void(void)")],
        }
        for name, kind in kinds[which]:
            message = self.error(call, len(macro), f"redefinition of '{name}'")
            if declaration is None or first is None:
                continue
            self.in_macro(message, declaration)
            before = f"previous definition of '{name}' with type '{kind}'"
            self.out.note_declaration(message, declaration, before)
            expansion = f"in expansion of macro '{macro}'"
            self.out.note(message, first.lineno, first.col_offset + 1, len(macro), expansion)

    def _constant_text(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        self.error(node, len(ast.unparse(node)), "initializer element is not constant")
        return ""

    def _read_param(self, macro: str, call: ast.Call) -> None:
        texts = [ast.unparse(argument) for argument in call.args]
        kinds: dict[str, Callable[[], str]] = {
            "module_param": lambda: texts[1],
            "module_param_named": lambda: texts[2],
            "module_param_array": lambda: f"array of {texts[1]}",
            "module_param_array_named": lambda: f"array of {texts[2]}",
            "module_param_string": lambda: "string",
        }
        kind = kinds.get(macro)
        variable = {
            "module_param_named": 1,
            "module_param_array_named": 1,
            "module_param_string": 1,
        }
        index = variable.get(macro, 0)
        if macro != "module_param_cb" and len(texts) > index and texts[index] not in self.top:
            place = call.args[index]
            self.out.undeclared(place.lineno, place.col_offset + 1, texts[index], "")
        if kind is not None and len(texts) > 2:
            self.found.modinfo.append(("parmtype", f"{texts[0]}:{kind()}"))

    # -- Names ------------------------------------------------------------------------------------

    def _check_names(self) -> None:
        known = set(self.found.names) | set(self.top) | dialect.BUILTINS | set(_CONSTANT_MACROS)
        for function in self.functions:
            if is_prototype(function.node):
                continue
            seen: set[str] = set()
            mine = known | function.own_names()
            for use in function.uses:
                if use.name in mine or use.name in seen or self._is_unevaluated(use.node):
                    continue
                seen.add(use.name)
                self._unknown(use, function.name)
        for statement in self.tree.body:
            if isinstance(statement, ast.FunctionDef):
                continue
            own = {
                n.name
                for n in ast.walk(statement)
                if isinstance(n, (ast.FunctionDef, ast.ClassDef))
            }
            own |= {
                a.arg for n in ast.walk(statement) if isinstance(n, ast.arguments) for a in n.args
            }
            for use in uses_in(statement):
                if use.name not in known | own and not self._is_unevaluated(use.node):
                    self._unknown(use, "")

    def _is_unevaluated(self, node: ast.Name) -> bool:
        # What a macro names and does not read need not be declared: the type in module_param().
        return any(node in unread for unread in self._unread_arguments())

    def _unread_arguments(self) -> list[list[ast.AST]]:
        cached: list[list[ast.AST]] | None = getattr(self, "_unread", None)
        if cached is not None:
            return cached
        unread: list[list[ast.AST]] = []
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            declaration = self.found.names.get(node.func.id)
            if declaration is not None:
                unread.extend(
                    list(ast.walk(node.args[index]))
                    for index in declaration.named
                    if index < len(node.args)
                )
        for node in ast.walk(self.tree):
            annotation: ast.expr | None = None
            if isinstance(node, (ast.arg, ast.AnnAssign)):
                annotation = node.annotation
            elif isinstance(node, ast.FunctionDef):
                annotation = node.returns
            if annotation is not None:
                unread.append(list(ast.walk(annotation)))
        self._unread = unread
        return unread

    # What holds a name nobody knows is no statement to gcc, which goes on behind it.
    def _drop_statement(self, name: ast.Name) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Return) and name in ast.walk(node):
                self.unreadable.add(node)

    def _unknown(self, use: Use, function: str) -> None:
        if not use.called:
            self._drop_statement(use.node)
            self.out.undeclared(use.line, use.column, use.name, function)
            return
        text = f"implicit declaration of function '{use.name}'"
        similar = self._similar(use.name)
        if similar:
            text += f"; did you mean '{similar}'?"
        self.out.add(
            "error",
            use.line,
            use.column,
            len(use.name),
            text,
            function=function,
            option="implicit-function-declaration",
        )

    def _similar(self, name: str) -> str:
        candidates = [n for n, d in self.found.names.items() if d.kind in ("function", "macro")]
        candidates += [function.name for function in self.functions]
        best, least = "", max(len(name) // 3, 1) + 1
        for candidate in candidates:
            steps = distance(name, candidate, least)
            if steps < least:
                best, least = candidate, steps
        return best

    # -- Calls ------------------------------------------------------------------------------------

    # -- What functions return --------------------------------------------------------------------

    # -- What nobody uses -------------------------------------------------------------------------

    def _warn_unused(self) -> None:
        used = {use.name for use in uses_in(self.tree)}
        for function in self.functions:
            mine = {use.name for use in function.uses}
            for name, node in function.assigned.items():
                loop = f"{name}" in mine or name.startswith("_")
                if (
                    not loop
                    and function.assign_counts[name] == 1
                    and not self._is_loop_target(node)
                ):
                    self.out.add(
                        "warning",
                        node.lineno,
                        node.col_offset + 1,
                        len(name),
                        f"unused variable '{name}'",
                        function=function.name,
                        option="unused-variable",
                        phase=END_OF_BLOCK,
                    )
        # A variable that is only assigned to counts as used, as for gcc.
        for other in ast.walk(self.tree):
            if isinstance(other, ast.Global):
                used |= set(other.names)
        exported = {name for name, _ in self.found.exports}
        special = exported | {self.found.init, self.found.exit, "pr_fmt", "DEBUG"}
        for name, defined in self.top.items():
            if name in used or name in special or is_prototype(defined):
                continue
            self._warn_unused_at_top(name, defined)

    def warn_of_more(self) -> None:
        """Warn of functions for others that nobody has declared, as gcc does with W=1."""
        declared = set(self.found.externs)
        declared |= {f.name for f in collect_functions(self.tree) if is_prototype(f.node)}
        for name, _ in self.found.exports:
            function = self.by_name.get(name)
            if function is not None and name not in declared:
                node = function.node
                self.out.add(
                    "warning",
                    node.lineno,
                    node.col_offset + 1 + len("def "),
                    len(name),
                    f"no previous prototype for '{name}'",
                    option="missing-prototypes",
                )

    def _is_loop_target(self, node: ast.Name) -> bool:
        for other in ast.walk(self.tree):
            if isinstance(other, (ast.For, ast.comprehension)) and node in ast.walk(other.target):
                return True
            if (
                isinstance(other, ast.Tuple)
                and isinstance(other.ctx, ast.Store)
                and node in other.elts
            ):
                return True
        return False

    def _warn_unused_at_top(self, name: str, defined: ast.AST) -> None:
        if isinstance(defined, ast.FunctionDef):
            column = defined.col_offset + 1 + len("def ")
            text, option = f"'{name}' defined but not used", "unused-function"
        elif isinstance(defined, ast.Name):
            column = defined.col_offset + 1
            text, option = f"'{name}' defined but not used", "unused-variable"
        else:
            return
        self.out.add("warning", defined.lineno, column, len(name), text, option=option)


def check_module(
    tree: ast.Module, headers: Headers, out: Diagnostics, *, warn: bool = False
) -> Checked:
    """Check a module's syntax tree.

    Args:
        tree: of the source.
        headers: what it may import.
        out: takes the messages.
        warn: whether to warn of more, as W=1 asks.

    Returns:
        What was learnt; meaningless if there are errors.
    """
    checker = _Checker(tree, headers, out)
    found = checker.run()
    if warn:
        checker.warn_of_more()
    return found
