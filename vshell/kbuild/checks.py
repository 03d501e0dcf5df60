"""What the compiler refuses or warns about, in gcc's words.

A module may hold what a C module has: functions, variables, structures (classes),
loops. What C does not have, or a kernel does not offer, is refused here, so that a
module stays a mirror of its C original.

More than 400 lines, one idea: all checks share what one walk over the module has found.
"""

from __future__ import annotations

import ast

from vshell.abi import dialect
from vshell.kbuild.macros import MODULE_FACTS, is_prototype
from vshell.kbuild.scopes import Function, Use, collect_functions, top_level_names, uses_in
from vshell.kbuild.shapes import (
    arity,
    can_fall_off,
    conversions,
    distance,
    format_text,
    own_statements,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kbuild.diagnostics import Diagnostics
    from vshell.kbuild.headers import Declaration, Headers

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


class _Checker:
    def __init__(self, tree: ast.Module, headers: Headers, out: Diagnostics) -> None:
        self.tree = tree
        self.headers = headers
        self.out = out
        self.found = Checked()
        self.functions = collect_functions(tree)
        self.by_name = {function.name: function for function in self.functions}
        self.top = top_level_names(tree)
        self.enclosing = self._enclosing_functions()

    def _enclosing_functions(self) -> dict[ast.AST, str]:
        inside: dict[ast.AST, str] = {}
        for function in self.functions:
            for node in ast.walk(function.node):
                inside[node] = function.name
        return inside

    def _where(self, node: ast.AST) -> str:
        return self.enclosing.get(node, "")

    def _error(self, node: ast.stmt | ast.expr, length: int, text: str, option: str = "") -> None:
        self.out.add(
            "error",
            node.lineno,
            node.col_offset + 1,
            length,
            text,
            function=self._where(node),
            option=option,
        )

    def run(self) -> Checked:
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._check_import(node)
        if any(message.kind == "fatal error" for message in self.out.messages):
            return self.found
        self._check_syntax()
        self._read_top_level()
        self._check_names()
        self._check_calls()
        self._check_results()
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
        short = module[len(_MIRROR) + 1 :]
        for alias in node.names:
            if alias.name == "*":
                for declaration in header.declarations.values():
                    self._take(short, declaration, declaration.name)
                continue
            declared = header.declarations.get(alias.name)
            if declared is None:
                self.out.undeclared(
                    alias.lineno, alias.col_offset + 1, alias.name, self._where(node)
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
                if not self._where(node):
                    place = f"expected identifier or '(' before '{word}'"
                self._error(node, len(word), place)
            elif isinstance(node, ast.Attribute):
                self._check_attribute(node)
            elif isinstance(node, ast.Name) and node.id.startswith(dialect.HOOK_PREFIX):
                self._error(node, len(node.id), f"'{node.id}' is reserved for the compiler")
            elif isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
                text = "SSE register return with SSE disabled"
                self._error(node, len(ast.unparse(node)), text)

    # Python's own machinery hangs on names with underscores; no structure of C has such members.
    def _check_attribute(self, node: ast.Attribute) -> None:
        if node.attr.startswith("_") and node.attr != "__state":
            base = node.value.id if isinstance(node.value, ast.Name) else "<expression>"
            column = (node.end_col_offset or node.col_offset) - len(node.attr)
            text = f"'{base}' has no member named '{node.attr}'"
            line = node.end_lineno or node.lineno
            self.out.add(
                "error", line, column, len(node.attr) + 1, text, function=self._where(node)
            )

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
                self._redefined(call, "init")
            found.init = arguments[0]
        elif name == "module_exit" and arguments:
            if found.exit is not None:
                self._redefined(call, "exit")
            found.exit = arguments[0]

    def _check_defined(self, node: ast.expr) -> None:
        name = ast.unparse(node)
        if name not in self.top:
            self.out.undeclared(node.lineno, node.col_offset + 1, name, "")

    def _redefined(self, call: ast.Call, which: str) -> None:
        macro = f"module_{which}"
        alias = "init_module" if which == "init" else "cleanup_module"
        self._error(call, len(macro), f"redefinition of '__{which}test'")
        self._error(call, len(macro), f"redefinition of '{alias}'")

    def _constant_text(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        self._error(node, len(ast.unparse(node)), "initializer element is not constant")
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

    def _unknown(self, use: Use, function: str) -> None:
        if not use.called:
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

    def _check_calls(self) -> None:
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if any(isinstance(argument, ast.Starred) for argument in node.args):
                continue
            name = node.func.id
            declaration = self.found.names.get(name)
            if declaration is not None:
                self._checkarity(node, name, declaration.least, declaration.most, declaration)
                if declaration.fmt >= 0 or name in ("printk", "pr_cont"):
                    self._check_format(node, max(declaration.fmt, 0))
                self._check_pointer(node, declaration)
            elif name in self.by_name:
                least, most = arity(self.by_name[name].node)
                self._checkarity(node, name, least, most, None)

    def _checkarity(
        self, node: ast.Call, name: str, least: int, most: int, declaration: Declaration | None
    ) -> None:
        given = len(node.args) + len(node.keywords)
        if least <= given <= most:
            return
        if declaration is not None and declaration.kind in ("macro", "value"):
            how = "requires" if given < least else "passed"
            only = f"but only {given} given" if given < least else f"but takes just {most}"
            verb = f'macro "{name}" {how} {max(given, least)} arguments, {only}'
            self._error(node, len(name), verb)
            return
        what = "few" if given < least else "many"
        message = self.out.add(
            "error",
            node.lineno,
            node.col_offset + 1,
            len(name),
            f"too {what} arguments to function '{name}'",
            function=self._where(node),
        )
        if declaration is not None:
            path = f"include/{declaration.header}"
            self.out.note(
                message,
                path,
                declaration.line,
                declaration.column(),
                "declared here",
                declaration.text,
            )

    def _check_format(self, node: ast.Call, index: int) -> None:
        if index >= len(node.args):
            return
        template = format_text(node.args[index])
        if template is None:
            return
        wanted = conversions(template)
        given = len(node.args) - index - 1
        column = node.args[index].col_offset + 1
        line = node.args[index].lineno
        length = max((node.args[index].end_col_offset or column) - column + 1, 1)
        if given < len(wanted):
            missing = wanted[given]
            kind = {"s": "char *", "p": "void *", "*": "int"}.get(missing[-1], "int")
            text = f"format '{missing}' expects a matching '{kind}' argument"
        elif given > len(wanted):
            self.out.add(
                "warning",
                line,
                column,
                length,
                "too many arguments for format",
                function=self._where(node),
                option="format-extra-args",
            )
            return
        else:
            self._check_format_types(node, index, wanted)
            return
        self.out.add(
            "warning", line, column, length, text, function=self._where(node), option="format="
        )

    def _check_format_types(self, node: ast.Call, index: int, wanted: list[str]) -> None:
        for number, conversion in enumerate(wanted):
            argument = node.args[index + 1 + number]
            if not isinstance(argument, ast.Constant) or isinstance(argument.value, bool):
                continue
            is_text = isinstance(argument.value, str)
            wants_text = conversion[-1] == "s"
            if is_text == wants_text or conversion[-1] in "pc*":
                continue
            actual = "char *" if is_text else "int"
            expected = "char *" if wants_text else "int"
            text = (
                f"format '{conversion}' expects argument of type '{expected}', "
                f"but argument {number + 2} has type '{actual}'"
            )
            self.out.add(
                "warning",
                node.lineno,
                node.args[index].col_offset + 1,
                1,
                text,
                function=self._where(node),
                option="format=",
            )

    def _check_pointer(self, node: ast.Call, declaration: Declaration) -> None:
        types = declaration.parameter_types()
        for number, argument in enumerate(node.args[: len(types)]):
            if "struct " not in types[number] or "*" not in types[number]:
                continue
            if not isinstance(argument, ast.Constant) or argument.value in (None, 0):
                continue
            what = f"passing argument {number + 1} of '{declaration.name}'"
            length = (argument.end_col_offset or 0) - argument.col_offset
            if isinstance(argument.value, str):
                self._error(
                    argument,
                    length,
                    f"{what} from incompatible pointer type",
                    "incompatible-pointer-types",
                )
            else:
                text = f"{what} makes pointer from integer without a cast"
                self._error(argument, length, text, "int-conversion")

    # -- What functions return --------------------------------------------------------------------

    def _check_results(self) -> None:
        for name in self._int_functions():
            function = self.by_name.get(name)
            if function is not None:
                self._check_returns_int(function)
        leaving = self.by_name.get(self.found.exit or "")
        if leaving is not None:
            for node in ast.walk(leaving.node):
                if isinstance(node, ast.Return) and node.value is not None:
                    text = "'return' with a value, in function returning void"
                    self._error(node.value, 1, text, "return-type")

    def _int_functions(self) -> list[str]:
        names = [self.found.init] if self.found.init else []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id in _THREAD_STARTERS and isinstance(first, ast.Name):
                    self._check_threadfn(node, first)
                    if first.id not in names:
                        names.append(first.id)
        for which in ("init", "exit"):
            function = self.by_name.get(getattr(self.found, which) or "")
            if function is not None and function.parameters:
                text = f"initialization of '{which}call_t' from incompatible pointer type"
                self._error(function.node, 3, text, "incompatible-pointer-types")
        return names

    def _check_threadfn(self, call: ast.Call, first: ast.Name) -> None:
        function = self.by_name.get(first.id)
        if function is not None and arity(function.node)[0] != 1:
            text = "passing argument 1 of 'kthread_create_on_node' from incompatible pointer type"
            self._error(first, len(first.id), text, "incompatible-pointer-types")
        del call

    def _check_returns_int(self, function: Function) -> None:
        node = function.node
        returns = [n for n in own_statements(node) if isinstance(n, ast.Return)]
        for one in returns:
            if one.value is None:
                text = "'return' with no value, in function returning non-void"
                self._error(one, len("return"), text, "return-type")
        if not can_fall_off(node.body):
            return
        text = "control reaches end of non-void function"
        if not returns:
            text = "no return statement in function returning non-void"
        last = node.body[-1]
        line = last.end_lineno or last.lineno
        self.out.add(
            "error",
            line,
            last.col_offset + 1,
            1,
            text,
            function=function.name,
            option="return-type",
        )

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
