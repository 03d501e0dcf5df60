"""The compiler: Python module source to an object file.

Front end (parse, check) and back end (expand macros, insert preemption points, compile) are
separate, so that another front end can hand over a syntax tree of its own.
"""

from __future__ import annotations

import ast
import marshal
from zlib import crc32

from vshell.abi.ko import Function, KoFile
from vshell.kbuild.checks import Checked, check_module
from vshell.kbuild.diagnostics import Diagnostics
from vshell.kbuild.inline import only_callers
from vshell.kbuild.macros import expand_macros, is_prototype
from vshell.kbuild.preempt import insert_preemption_points
from vshell.kbuild.sections import section_mismatches
from vshell.kbuild.symbols import debug_sites, undefined_symbols

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kbuild.headers import Headers

__all__ = ["CompileResult", "compile_source"]


# What Python's compiler refuses, in the words of C's.
_IN_C = {
    "'break' outside loop": "break statement not within loop or switch",
    "'continue' not properly in loop": "continue statement not within a loop",
    "unterminated string literal": 'missing terminating " character',
    "'return' outside function": "expected identifier or '(' before 'return'",
}


class CompileResult:
    """What the compiler gives: messages, and the object file if no errors."""

    __slots__ = ("messages", "object")

    def __init__(self, messages: str, obj: KoFile | None) -> None:
        """Hold both."""
        self.messages = messages
        self.object = obj


def compile_source(
    source: str, path: str, modname: str, headers: Headers, *, warn: bool = False
) -> CompileResult:
    """Compile one source file.

    Args:
        source: its text.
        path: absolute, as messages and backtraces show it.
        modname: the module it becomes part of.
        headers: what it may import.
        warn: whether to warn of more, as W=1 asks.

    Returns:
        Messages and object file.
    """
    out = Diagnostics(path, source)
    try:
        tree = ast.parse(source, path)
        # Some of what is no program is only found by the compiler itself.
        compile(tree, path, "exec", dont_inherit=True, optimize=0)
        return _compile_tree(tree, out, modname, headers, warn=warn)
    except (SyntaxError, ValueError) as error:
        _syntax_error(out, error, source)
        _recover(out, error, source, headers)
    except (RecursionError, MemoryError):
        out.add("fatal error", 1, 1, 1, "nesting level exceeds what the compiler can take")
    return CompileResult(out.render(), None)


def _compile_tree(
    tree: ast.Module, out: Diagnostics, modname: str, headers: Headers, *, warn: bool
) -> CompileResult:
    path = out.path
    found = check_module(tree, headers, out, warn=warn)
    if out.has_errors:
        return CompileResult(out.render(), None)
    functions = _functions(tree, found)
    defined = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not is_prototype(node) and node.name != "pr_fmt"
    ]
    undefined = undefined_symbols(defined, found)
    mismatches = section_mismatches(defined, functions)
    prototypes = {
        node.name: _prototype(node) for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    on = any(isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "DEBUG" for s in tree.body)
    expand_macros(tree, found.names, modname, path)
    debug = [(*site[:2], on, site[2]) for site in debug_sites(tree)]
    insert_preemption_points(tree)
    code = compile(tree, path, "exec", dont_inherit=True, optimize=0)
    ko = KoFile()
    ko.code = marshal.dumps((code,))
    ko.source = path
    ko.imports = found.imports
    ko.externs = found.externs
    ko.undefined = undefined
    ko.exports = [
        (name, crc32(prototypes.get(name, name).encode()), kind) for name, kind in found.exports
    ]
    ko.functions = functions
    ko.mismatches = mismatches
    ko.debug = debug
    # gcc lays variables out in the reverse order of the source, and .modinfo with them.
    ko.modinfo = list(reversed(found.modinfo))
    return CompileResult(out.render(), ko)


# gcc goes on behind a statement that it cannot read, and says what else it finds.
def _recover(
    out: Diagnostics, error: SyntaxError | ValueError, source: str, headers: Headers
) -> None:
    if not isinstance(error, SyntaxError) or error.msg != "invalid syntax":
        return
    lines = source.split("\n")
    first, line, offset = _unread_statement(error, lines)
    before = "\n".join([*lines[first : line - 1], lines[line - 1][:offset]])
    try:
        start = ast.parse(before.replace("\\\n", " ").strip())
    except (SyntaxError, ValueError):
        return
    if not start.body:
        return
    # The error stands where the next statement begins: what is missing is the end of this one.
    missing = "',' or ';'" if isinstance(start.body[-1], (ast.Assign, ast.AnnAssign)) else "';'"
    word = lines[line - 1][offset:]
    length = next((n for n, c in enumerate(word) if not (c.isalnum() or c == "_")), len(word))
    message = out.messages[-1]
    message.text = f"expected {missing} before '{word[: max(length, 1)]}'"
    message.length = max(length, 1)
    lines[line - 1] = lines[line - 1][:offset].rstrip()
    try:
        tree = ast.parse("\n".join(lines), out.path)
    except (SyntaxError, ValueError):
        return
    check_module(tree, headers, out)


# Where the logical line of an error begins, and where the word stands that should not be there.
def _unread_statement(error: SyntaxError, lines: list[str]) -> tuple[int, int, int]:
    line = min(error.lineno or 1, len(lines))
    first = line - 1
    while first and lines[first - 1].endswith("\\"):
        first -= 1
    return first, line, max((error.offset or 1) - 1, 0)


def _syntax_error(out: Diagnostics, error: SyntaxError | ValueError, source: str) -> None:
    line, column, length, text = 1, 1, 1, str(error)
    if isinstance(error, SyntaxError):
        line = error.lineno or 1
        column = max(error.offset or 1, 1)
        if error.end_lineno == error.lineno and error.end_offset:
            length = error.end_offset - column
        text = _IN_C.get(error.msg.partition(" (")[0], error.msg)
    out.add("error", line, column, length, text, function=_function_around(source, line))


# The function whose body a line is in, by indentation: the source cannot be parsed.
def _function_around(source: str, line: int) -> str:
    lines = source.split("\n")
    if not lines[line - 1][:1].isspace():
        return ""
    for text in reversed(lines[: line - 1]):
        if text.startswith("def "):
            return text[4:].partition("(")[0].strip()
        if text and not text[0].isspace() and not text.startswith(("#", ")")):
            return ""
    return ""


def _functions(tree: ast.Module, found: Checked) -> list[Function]:
    kept = [*(name for name, _ in found.exports), found.init, found.exit]
    callers = only_callers(tree, [name for name in kept if name])
    functions = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or is_prototype(node) or node.name == "pr_fmt":
            continue
        marks = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
        section = ".text"
        if "__init" in marks or node.name == found.init:
            section = ".init.text"
        elif "__exit" in marks or node.name == found.exit:
            section = ".exit.text"
        last = node.end_lineno or node.lineno
        inlined = node.name in callers
        functions[node.name] = Function(node.name, node.lineno, last, section, inlined=inlined)
    for name, function in functions.items():
        # What is part of another function lies where that one lies.
        owner = name
        while owner in callers:
            owner = callers[owner]
        if owner in functions:
            function.section = functions[owner].section
    return list(functions.values())


def _prototype(node: ast.FunctionDef) -> str:
    return f"{node.name}({ast.unparse(node.args)})"
