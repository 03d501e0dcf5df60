"""Simple commands: functions, builtins and programs.

Source: bash(1), "Simple Commands", "Command Search and Execution".
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import EACCES, ENOENT, ENOEXEC, KernelError, strerror
from vshell.shell import jobs
from vshell.shell.assign import CompoundArgument, assign, assign_temporarily
from vshell.shell.builtins import find_builtin
from vshell.shell.redirect import apply_redirects
from vshell.shell.special import lower_level
from vshell.shell.state import Discard, Frame, Leave, Shell, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.execute import Executor
    from vshell.shell.syntax import Function, Simple, Word

__all__ = ["become", "call_function", "find_program", "run_simple"]

_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Assignments before these last, says POSIX.
_SPECIAL_BUILTINS = frozenset(
    (
        ":",
        ".",
        "eval",
        "exec",
        "exit",
        "export",
        "readonly",
        "return",
        "set",
        "shift",
        "trap",
        "unset",
    )
)


def run_simple(ex: Executor, node: Simple, *, last: bool) -> int:
    """Run a simple command; give its status.

    Args:
        ex: of the shell.
        node: the command.
        last: whether nothing follows, so that a program may take the shell's place.
    """
    shell = ex.shell
    if "k" in shell.options and node.words:
        from vshell.shell.assign import with_keywords  # noqa: PLC0415 - set -k only

        node = with_keywords(node)
    ex.debug(node)
    shell.line = node.line + shell.line_offset
    shell.substitution_status = 0
    try:
        arguments = _arguments(ex, node.words)
        if not arguments:
            return _only_assignments(ex, node)
        if "x" in shell.options and node.assignments:
            _trace_assignments(ex, node)
        if "x" in shell.options:
            from vshell.shell.trace import trace_words  # noqa: PLC0415 - set -x only

            trace_words(ex, arguments)
        status = _dispatch(ex, node, arguments, last=last)
    except Discard:
        raise
    except ShellError as error:
        shell.complain(str(error))
        return error.status
    shell.last_argument = arguments[-1]
    return status


def _arguments(ex: Executor, words: list[Word]) -> list[str]:
    if not any(word.assignment is not None for word in words):
        return ex.expander.words(words)
    arguments: list[str] = []
    for word in words:
        assignment = word.assignment
        if assignment is None:
            arguments += ex.expander.words([word])
        elif assignment.elements is not None:
            arguments.append(CompoundArgument(assignment))
        else:
            assert assignment.value is not None
            index = ""
            if assignment.index is not None:
                index = f"[{ex.expander.text(assignment.index)}]"
            equals = "+=" if assignment.append else "="
            for one in ex.expander.braced(assignment.value):
                value = ex.expander.assigned(one)
                arguments.append(f"{assignment.name}{index}{equals}{value}")
    return arguments


def _only_assignments(ex: Executor, node: Simple) -> int:
    shell = ex.shell

    def run() -> int:
        for assignment in node.assignments:
            assign(ex, assignment)
        return shell.substitution_status

    if node.assignments:
        shell.last_argument = ""
    if node.redirects:
        if not node.assignments:
            # Nothing is run: the redirections are tried out in a subshell's stead.
            return ex.with_redirects(node, lambda: 0)
        return ex.with_redirects(node, run)
    return run()


def _trace_assignments(ex: Executor, node: Simple) -> None:
    from vshell.shell.trace import trace_assignment  # noqa: PLC0415 - set -x only

    for assignment in node.assignments:
        if assignment.value is not None:
            trace_assignment(ex, assignment, ex.expander.assigned(assignment.value))


def _dispatch(ex: Executor, node: Simple, arguments: list[str], *, last: bool) -> int:
    shell = ex.shell
    name = arguments[0]
    function = shell.functions.get(name)
    if function is not None:
        # In $(...), and nowhere else, the last program of a function takes the shell's place.
        last = last and ex.substitutes and not node.redirects and not node.assignments
        return _with_everything(ex, node, lambda: call_function(ex, function, arguments, last=last))
    builtin = find_builtin(name, shell.disabled_builtins)
    if builtin is not None:
        found = builtin
        if name == "exec":
            from vshell.shell.builtin.control import run_exec  # noqa: PLC0415 - loaded when used

            return run_exec(ex, node, arguments)
        return _with_everything(ex, node, lambda: found(ex, arguments))
    if (
        "autocd" in shell.shopt
        and shell.interactive
        and len(arguments) == 1
        and find_program(ex, name) is None
        and _is_directory(shell, name)
    ):
        arguments = ["cd", "--", name]
        shell.write_error(f"cd -- {name}\n")
        builtin = find_builtin("cd")
        assert builtin is not None
        return builtin(ex, arguments)
    return _external(ex, node, arguments, last=last)


# Run with the command's redirections and its assignments in force, and take both back.
def _with_everything(ex: Executor, node: Simple, run: Callable[[], int]) -> int:
    shell = ex.shell
    if not node.assignments:
        return ex.with_redirects(node, run) if node.redirects else run()

    def with_assignments() -> int:
        if "posix" in shell.options and node.words[0].plain() in _SPECIAL_BUILTINS:
            for one in node.assignments:
                assign(ex, one)
            return run()
        restore = assign_temporarily(ex, node.assignments)
        try:
            return run()
        finally:
            restore()

    return ex.with_redirects(node, with_assignments)


def call_function(
    ex: Executor, function: Function, arguments: list[str], *, last: bool = False
) -> int:
    """Call a shell function; ``last`` if nothing follows it."""
    shell = ex.shell
    limit = shell.get("FUNCNEST") or ""
    if limit.isdigit() and 0 < int(limit) <= shell.function_depth:
        raise Discard(f"{function.name}: maximum function nesting level exceeded ({limit})")
    positional, shell.positional = shell.positional, arguments[1:]
    loops, shell.loop_depth = shell.loop_depth, 0
    sourcing, shell.sourcing = shell.sourcing, 0
    line, shell.input_line = shell.input_line, function.line
    offset, shell.line_offset = shell.line_offset, 0
    hidden = _hide_traps(shell)
    shell.function_depth += 1
    shell.frames.append(Frame(function.name, function.source, shell.line, is_function=True))
    shell.enter_function()
    try:
        status = ex.run_command(function.body, last=last)
    except Leave as leaving:
        if leaving.what != "function":
            raise
        status = leaving.status
    finally:
        # A trap that the function has set stays; one it did not see comes back.
        own_return = shell.traps.get("RETURN")
        for name, action in hidden.items():
            shell.traps.setdefault(name, action)
        shell.leave_function()
        called = shell.frames.pop()
        shell.function_depth -= 1
        shell.loop_depth = loops
        shell.sourcing = sourcing
        shell.positional = positional
        shell.input_line = line
        shell.line_offset = offset
    shell.line = called.called_line
    if own_return:
        shell.status = status
        ex.run_trap("RETURN")
    return status


# A function does not see the traps DEBUG, RETURN and ERR, if set -T and -E do not say so.
def _hide_traps(shell: Shell) -> dict[str, str]:
    names = set()
    if "T" not in shell.options:
        names |= {"DEBUG", "RETURN"}
    if "E" not in shell.options:
        names.add("ERR")
    return {name: shell.traps.pop(name) for name in sorted(names) if name in shell.traps}


def _external(ex: Executor, node: Simple, arguments: list[str], *, last: bool) -> int:
    shell = ex.shell

    def program(child: Executor) -> int:
        state = child.shell
        try:
            apply_redirects(child, node.redirects, None)
            extra = {}
            for one in node.assignments:
                if one.value is not None and one.index is None:
                    # One assignment sees what the one before has set.
                    if one.name in state.variables and state.variables[one.name].readonly:
                        state.complain(f"{one.name}: readonly variable")
                        continue
                    assign(child, one, trace=False)
                    extra[one.name] = state.get(one.name) or ""
        except ShellError as error:
            state.complain(str(error))
            return 1
        return become(child, arguments, extra)

    own = not node.redirects or node is ex.own
    if last and own and not any(shell.traps.values()):
        if node is not ex.own:
            # The program that comes is not one shell deeper.
            lower_level(shell)
        return program(ex)
    if not any(one.name == "PATH" for one in node.assignments):
        find_program(ex, arguments[0], count=True)
    return ex.run_child(program, jobs.LazyText(node))


def become(ex: Executor, arguments: list[str], extra: dict[str, str] | None = None) -> int:
    """Replace the process by a program.

    Give 126 or 127 if that cannot be, having said why.
    """
    shell = ex.shell
    name = arguments[0]
    path = find_program(ex, name)
    if path is None:
        return _not_found(ex, name)
    environment = shell.environment(extra) | {"_": path}
    if "QUIT" not in shell.ignored_at_start and shell.subshell_depth == 0:
        shell.sys.sigaction(sg.SIGQUIT, sg.SIG_DFL)
    try:
        shell.sys.execve(path, arguments, environment)
    except KernelError as error:
        errno = error.errno
    return cannot_execute(ex, path, arguments, errno, environment)


def cannot_execute(
    ex: Executor,
    path: str,
    arguments: list[str],
    errno: int,
    environment: dict[str, str],
    prefix: str = "",
) -> int:
    """Say why a file cannot be executed, or run it as a script; give 126 or 127."""
    shell = ex.shell
    name = path
    if errno == ENOEXEC:
        return _run_script_without_magic(ex, path, arguments, environment)
    if _is_directory(shell, path):
        shell.complain(f"{name}: Is a directory")
        if prefix:
            shell.complain(f"{prefix}{name}: cannot execute: Is a directory")
        return 126
    if errno == ENOENT:
        interpreter = _interpreter(shell, path)
        if interpreter is not None:
            shell.complain(f"{name}: {interpreter}: bad interpreter: No such file or directory")
            return 126 if errno == EACCES else 127
        shell.complain(f"{prefix}{name}: No such file or directory")
        return 127
    what = "cannot execute: " if prefix else ""
    shell.complain(f"{prefix}{name}: {what}{strerror(errno)}")
    return 126


# What stands behind "#!", if the file can be read.
def _interpreter(shell: Shell, path: str) -> str | None:
    try:
        fd = shell.sys.open(path)
        head = shell.sys.read(fd, 256)
        shell.sys.close(fd)
    except KernelError:
        return None
    if not head.startswith(b"#!"):
        return None
    words = head[2:].split(b"\n")[0].decode("utf-8", "surrogateescape").split()
    return words[0] if words else None


def _not_found(ex: Executor, name: str) -> int:
    shell = ex.shell
    if "/" in name or shell.get("PATH") in (None, ""):
        shell.complain(f"{name}: No such file or directory")
        return 127
    handler = shell.functions.get("command_not_found_handle")
    if handler is not None:
        return call_function(ex, handler, ["command_not_found_handle", name])
    shell.complain(f"{name}: command not found")
    return 127


def _run_script_without_magic(
    ex: Executor, path: str, arguments: list[str], environment: dict[str, str]
) -> int:
    shell = ex.shell
    fd = shell.sys.open(path)
    head = shell.sys.read(fd, 80)
    shell.sys.close(fd)
    if b"\0" not in head.split(b"\n")[0]:
        shell.sys.execve("/bin/bash", ["bash", path, *arguments[1:]], environment)
    shell.complain(f"{path}: cannot execute binary file: Exec format error")
    return 126


def _is_directory(shell: Shell, path: str) -> bool:
    try:
        return shell.sys.stat(path).mode & 0o170000 == 0o040000
    except KernelError:
        return False


def find_program(ex: Executor, name: str, *, count: bool = False) -> str | None:
    """Find the file a command's name stands for; None if there is none.

    Args:
        ex: of the shell.
        name: as written.
        count: whether this is a use that ``hash`` counts.
    """
    shell = ex.shell
    sys = shell.sys
    if "/" in name:
        return name if sys.access(name, 0) else None
    known = shell.hashed.get(name)
    if known is not None and (sys.access(str(known[0]), 1) or known[2]):
        known[1] = int(str(known[1])) + count
        return str(known[0])
    found = search_path(shell, name, shell.get("PATH") or "")
    if found is not None and sys.access(found, 1) and found.startswith("/"):
        shell.hashed[name] = [found, int(count), False]
    return found


def search_path(shell: Shell, name: str, path: str | None) -> str | None:
    """Look for a program in the directories of a PATH; None if there is none."""
    sys = shell.sys
    found = None
    for folder in (_DEFAULT_PATH if path is None else path).split(":"):
        candidate = f"{folder or '.'}/{name}"
        if not sys.access(candidate, 0) or _is_directory(shell, candidate):
            continue
        if sys.access(candidate, 1):
            return candidate
        found = found or candidate
    return found
