"""Simple commands: assignments, functions, builtins and programs.

Source: bash(1), "Simple Commands", "Command Search and Execution".
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, ENOEXEC, KernelError, strerror
from vshell.shell import jobs
from vshell.shell.builtins import find_builtin
from vshell.shell.expand import quote
from vshell.shell.redirect import apply_redirects
from vshell.shell.state import Leave, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.execute import Executor
    from vshell.shell.syntax import Assignment, Function, Simple

__all__ = ["assign", "become", "call_function", "find_program", "run_simple"]

_DEPTH_MAX = 250
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KEEPS_ASSIGNMENTS = frozenset(
    (":", "eval", "export", "readonly", "return", "set", "shift", "trap", "unset", ".")
)


def run_simple(ex: Executor, node: Simple, source: str, *, last: bool) -> int:
    """Run a simple command; give its status.

    Args:
        ex: of the shell.
        node: the command.
        source: its text, for a job's line.
        last: whether nothing follows, so that a program may take the shell's place.
    """
    shell = ex.shell
    try:
        arguments = ex.expander.words(node.words)
        if "x" in shell.options:
            _trace(ex, node, arguments)
        if not arguments:
            return _only_assignments(ex, node)
        return _dispatch(ex, node, arguments, source, last=last)
    except ShellError as error:
        shell.complain(str(error))
        if error.status == 127 and not shell.interactive:
            raise Leave(127, "shell") from None
        return error.status


def _only_assignments(ex: Executor, node: Simple) -> int:
    shell = ex.shell
    shell_status = 0
    before = shell.status
    shell.status = 0
    for assignment in node.assignments:
        assign(ex, assignment)
    shell_status = shell.status
    if not node.assignments:
        shell.status = before
        shell_status = shell.status if node.words else 0
    if node.redirects:
        return ex.with_redirects(node, lambda: shell_status)
    return shell_status


def assign(ex: Executor, assignment: Assignment) -> None:
    """Carry out an assignment.

    Raises:
        ShellError: the variable is read-only.
    """
    shell = ex.shell
    name = assignment.name
    if assignment.elements is not None:
        _assign_array(ex, assignment)
        return
    assert assignment.value is not None
    value = ex.expander.text(assignment.value)
    if assignment.index is not None:
        index = ex.expander.text(assignment.index)
        if assignment.append:
            value = shell.get_arith(name, index) + value
        shell.set_element(name, index, value)
        return
    if assignment.append:
        variable = shell.variables.get(name)
        if variable is not None and variable.integer:
            value = f"{variable.value() or 0}+({value})"
        else:
            value = (shell.get(name) or "") + value
    shell.set(name, value)


def _assign_array(ex: Executor, assignment: Assignment) -> None:
    shell = ex.shell
    variable = shell.declare(assignment.name)
    if variable.readonly:
        raise ShellError(f"{assignment.name}: readonly variable")
    if variable.elements is None or not assignment.append:
        variable.elements = {}
    position = (
        max((int(key) for key in variable.elements), default=-1) + 1
        if not variable.associative
        else 0
    )
    assert assignment.elements is not None
    for word in assignment.elements:
        plain = word.source
        if plain.startswith("[") and "]=" in plain:
            key, _, _ = plain[1:].partition("]=")
            value = ex.expander.text(word).partition("]=")[2]
            shell.set_element(assignment.name, key.strip("'\""), value)
            if not variable.associative:
                position = shell.arithmetic(key) + 1
            continue
        for value in ex.expander.words([word]):
            variable.elements[str(position)] = value
            position += 1


def _trace(ex: Executor, node: Simple, arguments: list[str]) -> None:
    shell = ex.shell
    parts = [
        f"{one.name}={quote(ex.expander.text(one.value))}"
        for one in node.assignments
        if one.value is not None
    ]
    parts += [quote(argument) for argument in arguments]
    if parts:
        prefix = shell.get("PS4") or "+ "
        shell.write_error(f"{prefix}{' '.join(parts)}\n")


def _dispatch(ex: Executor, node: Simple, arguments: list[str], source: str, *, last: bool) -> int:
    shell = ex.shell
    name = arguments[0]
    function = shell.functions.get(name)
    if function is not None:
        return _with_everything(ex, node, lambda: call_function(ex, function, arguments))
    builtin = find_builtin(name)
    if builtin is not None:
        if name == "exec":
            return _exec(ex, node, arguments)
        if name in _KEEPS_ASSIGNMENTS:
            for assignment in node.assignments:
                assign(ex, assignment)
            return ex.with_redirects(node, lambda: builtin(ex, arguments))
        return _with_everything(ex, node, lambda: builtin(ex, arguments))
    return _external(ex, node, arguments, source, last=last)


# Run with the command's redirections and its assignments in force, and take both back.
def _with_everything(ex: Executor, node: Simple, run: Callable[[], int]) -> int:
    shell = ex.shell
    if not node.assignments:
        return ex.with_redirects(node, run) if node.redirects else run()
    shell.enter_function()
    try:
        for assignment in node.assignments:
            shell.make_local(assignment.name).exported = True
            assign(ex, assignment)
        return ex.with_redirects(node, run)
    finally:
        shell.leave_function()


def call_function(ex: Executor, function: Function, arguments: list[str]) -> int:
    """Call a shell function."""
    shell = ex.shell
    if shell.depth >= _DEPTH_MAX:
        text = f"{function.name}: maximum function nesting level exceeded ({_DEPTH_MAX})"
        raise ShellError(text)
    positional, shell.positional = shell.positional, arguments[1:]
    loops, shell.loop_depth = shell.loop_depth, 0
    shell.depth += 1
    shell.function_names.append(function.name)
    shell.enter_function()
    try:
        return ex.run_command(function.body)
    except Leave as leaving:
        if leaving.what != "function":
            raise
        return leaving.status
    finally:
        shell.leave_function()
        shell.function_names.pop()
        shell.depth -= 1
        shell.loop_depth = loops
        shell.positional = positional


def _exec(ex: Executor, node: Simple, arguments: list[str]) -> int:
    shell = ex.shell
    try:
        apply_redirects(shell.sys, ex.expander, node.redirects, None)
    except ShellError as error:
        shell.complain(str(error))
        if not shell.interactive:
            raise Leave(1, "shell") from None
        return 1
    if len(arguments) == 1:
        return 0
    extra = {a.name: ex.expander.text(a.value) for a in node.assignments if a.value is not None}
    status = become(ex, arguments[1:], extra)
    if not shell.interactive:
        raise Leave(status, "shell")
    return status


def _external(ex: Executor, node: Simple, arguments: list[str], source: str, *, last: bool) -> int:
    shell = ex.shell
    extra = {a.name: ex.expander.text(a.value) for a in node.assignments if a.value is not None}

    def program(child: Executor) -> int:
        try:
            apply_redirects(
                child.shell.sys,
                child.expander,
                node.redirects,
                None,
                noclobber="C" in shell.options,
            )
        except ShellError as error:
            child.shell.complain(str(error))
            return 1
        return become(child, arguments, extra)

    if last and not shell.traps.get("EXIT") and not shell.jobs:
        return program(ex)
    pid = ex.fork(program, 0, foreground=True)
    job = jobs.add_job(shell, [pid], pid, source or " ".join(arguments), foreground=True)
    return ex.wait_foreground(job)


def become(ex: Executor, arguments: list[str], extra: dict[str, str] | None = None) -> int:
    """Replace the process by a program.

    Give 126 or 127 if that cannot be, having said why.
    """
    shell = ex.shell
    name = arguments[0]
    path = find_program(ex, name)
    if path is None:
        reason = "No such file or directory" if "/" in name else "command not found"
        shell.complain(f"{name}: {reason}")
        return 127
    environment = shell.environment(extra) | {"_": path}
    try:
        shell.sys.execve(path, arguments, environment)
    except KernelError as error:
        errno = error.errno
    if errno == ENOEXEC:
        return _run_script_without_magic(ex, path, arguments)
    if errno == ENOENT:
        shell.complain(f"{name}: No such file or directory")
        return 127
    text = "Is a directory" if _is_directory(ex, path) else strerror(errno)
    shell.complain(f"{name}: {text}")
    return 126


def _run_script_without_magic(ex: Executor, path: str, arguments: list[str]) -> int:
    shell = ex.shell
    fd = shell.sys.open(path)
    head = shell.sys.read(fd, 80)
    shell.sys.close(fd)
    if b"\0" not in head.split(b"\n")[0]:
        shell.sys.execve("/bin/bash", ["bash", path, *arguments[1:]], shell.environment())
    shell.complain(f"{path}: cannot execute binary file: Exec format error")
    return 126


def _is_directory(ex: Executor, path: str) -> bool:
    try:
        return ex.shell.sys.stat(path).mode & 0o170000 == 0o040000
    except KernelError:
        return False


def find_program(ex: Executor, name: str) -> str | None:
    """Find the file a command's name stands for; None if there is none."""
    if "/" in name:
        return name if ex.shell.sys.access(name, 0) else None
    sys = ex.shell.sys
    known = ex.shell.hashed.get(name)
    if known is not None and sys.access(known, 1):
        return known
    found = None
    path = ex.shell.get("PATH")
    for folder in (_DEFAULT_PATH if path is None else path).split(":"):
        candidate = f"{folder or '.'}/{name}"
        if not sys.access(candidate, 0) or _is_directory(ex, candidate):
            continue
        if sys.access(candidate, 1):
            ex.shell.hashed[name] = candidate
            return candidate
        found = found or candidate
    return found
