"""Checks of what functions return, and of the functions that the kernel calls."""

from __future__ import annotations

import ast

from vshell.kbuild.checker import Checker
from vshell.kbuild.diagnostics import END_OF_BLOCK, END_OF_FUNCTION
from vshell.kbuild.shapes import arity, can_fall_off, own_statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kbuild.diagnostics import Diagnostic
    from vshell.kbuild.scopes import Function

__all__ = ["ResultChecks"]

_THREAD_STARTERS = {
    "kthread_create": "kthread_create_on_node",
    "kthread_run": "kthread_create_on_node",
    "kthread_create_on_cpu": "kthread_create_on_cpu",
    "kthread_run_on_cpu": "kthread_run_on_cpu",
}
"""What makes threads, and the function that the thread's function is passed to."""

_INCOMPATIBLE = "incompatible-pointer-types"


class ResultChecks(Checker):
    """The checks of a module's functions' results."""

    def check_results(self) -> None:
        """Check that functions return what the kernel and their annotations want."""
        wanted = self._int_functions()
        for name in wanted:
            function = self.by_name.get(name)
            if function is not None:
                self._check_returns_int(function)
        void = {name for name, one in self.by_name.items() if _result_of(one) == "void"}
        leaving = self.by_name.get(self.found.exit or "")
        if leaving is not None and leaving.name not in wanted and _result_of(leaving) != "int":
            void.add(leaving.name)
        for name in sorted(void):
            function = self.by_name.get(name)
            if function is not None:
                self._check_returns_nothing(function)
        self._check_exit(wanted)

    # Which functions must return an int: init and the threads' functions.
    def _int_functions(self) -> list[str]:
        names = [self.found.init] if self.found.init else []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id in _THREAD_STARTERS and isinstance(first, ast.Name):
                    fits = self._check_threadfn(node, node.func.id, first)
                    if fits and first.id not in names:
                        names.append(first.id)
        for which in ("init", "exit"):
            function = self.by_name.get(getattr(self.found, which) or "")
            if function is not None and function.parameters:
                text = f"initialization of '{which}call_t' from incompatible pointer type"
                self.error(function.node, 3, text, _INCOMPATIBLE)
        return names

    # Whether a thread's function is one: int f(void *).
    def _check_threadfn(self, call: ast.Call, starter: str, first: ast.Name) -> bool:
        function = self.by_name.get(first.id)
        if function is None:
            return True
        void = _result_of(function) == "void"
        if arity(function.node)[0] == 1 and not void:
            return True
        callee = _THREAD_STARTERS[starter]
        text = f"passing argument 1 of '{callee}' from incompatible pointer type"
        message = self.error(first, len(first.id), text, _INCOMPATIBLE)
        message.label = _pointer_type(function)
        header = self.headers.get("linux/kthread.h")
        declarations = header.declarations if header is not None else {}
        if starter in ("kthread_create", "kthread_run") and "kthread_create" in declarations:
            create = declarations["kthread_create"]
            self.through(message, create)
            self.out.note_declaration(message, create, "in definition of macro 'kthread_create'")
            if starter == "kthread_run":
                place = (call.lineno, call.col_offset + 1, len(starter))
                self.out.note(message, *place, f"in expansion of macro '{starter}'")
        if callee in declarations:
            expected = "expected 'int (*)(void *)' but argument is of type"
            note = f"{expected} '{message.label}'"
            self.out.note_declaration(message, declarations[callee], note)
        return not void

    def _check_returns_int(self, function: Function) -> None:
        node = function.node
        returns = [n for n in own_statements(node) if isinstance(n, ast.Return)]
        for one in returns:
            if one.value is None:
                text = "'return' with no value, in function returning non-void"
                message = self.error(one, len("return"), text, "return-type")
                self._note_definition(message, function, "declared here")
        if not can_fall_off(node.body, self.unreadable):
            return
        text = "control reaches end of non-void function"
        if not returns:
            text = "no return statement in function returning non-void"
        last = node.body[-1]
        self.out.add(
            "error",
            last.end_lineno or last.lineno,
            last.col_offset + 1,
            1,
            text,
            function=function.name,
            option="return-type",
            phase=END_OF_FUNCTION,
        )

    def _check_returns_nothing(self, function: Function) -> None:
        for node in own_statements(function.node):
            if isinstance(node, ast.Return) and node.value is not None:
                text = "'return' with a value, in function returning void"
                message = self.error(node.value, 1, text, "return-type")
                self._note_definition(message, function, "declared here")

    # module_exit() of a function that returns something.
    def _check_exit(self, wanted: list[str]) -> None:
        call = self.exit_call
        function = self.by_name.get(self.found.exit or "")
        declaration = self.found.names.get("module_exit")
        if call is None or function is None or declaration is None:
            return
        if function.name not in wanted and _result_of(function) != "int":
            return
        message = self.error(
            call.args[0],
            len(function.name),
            "returning 'int (*)(void)' from a function with incompatible return type "
            "'exitcall_t' {aka 'void (*)(void)'}",
            _INCOMPATIBLE,
        )
        message.function = "__exittest"
        self.through(message, declaration)
        self.out.note_declaration(message, declaration, "in definition of macro 'module_exit'")
        alias = "'cleanup_module' alias between functions of incompatible types"
        warning = self.out.add(
            "warning",
            call.lineno,
            call.col_offset + 1,
            len("module_exit"),
            f"{alias} 'void(void)' and 'int(void)'",
            option="attribute-alias=",
            phase=END_OF_BLOCK,
        )
        self.in_macro(warning, declaration)
        self._note_definition(warning, function, "aliased declaration here")

    def _note_definition(self, message: Diagnostic, function: Function, text: str) -> None:
        node = function.node
        column = node.col_offset + 1 + len("def ")
        self.out.note(message, node.lineno, column, len(function.name), text)


# What a function's annotation says it returns: void, int, or "" for nothing said.
def _result_of(function: Function) -> str:
    returns = function.node.returns
    if returns is None:
        return ""
    if isinstance(returns, ast.Constant) and returns.value is None:
        return "void"
    text = ast.unparse(returns).strip("'")
    return {"void": "void", "None": "void", "int": "int"}.get(text, "")


# A function's type as a pointer: "int (*)(void *)".
def _pointer_type(function: Function) -> str:
    parameters = []
    for argument in function.node.args.args:
        note = argument.annotation
        kind = "void *"
        if note is not None:
            kind = str(note.value) if isinstance(note, ast.Constant) else ast.unparse(note)
        parameters.append(kind)
    return f"{_result_of(function) or 'int'} (*)({', '.join(parameters) or 'void'})"
