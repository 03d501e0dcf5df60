"""Control builtins: doing nothing, leaving loops, functions and the shell.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.shell.assign import assign
from vshell.shell.builtin.common import UsageError, options_of, write_out
from vshell.shell.redirect import Saved, apply_redirects
from vshell.shell.simple import cannot_execute, find_program
from vshell.shell.special import lower_level
from vshell.shell.state import Leave, LoopControl, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor
    from vshell.shell.syntax import Simple

__all__ = ["BUILTINS", "run_exec"]


def _colon(ex: Executor, argv: list[str]) -> int:
    del ex, argv
    return 0


def _number(text: str) -> int | None:
    digits = text.strip().removeprefix("-").removeprefix("+")
    return int(text) if digits.isascii() and digits.isdigit() else None


def _exit(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if argv[0] == "logout" and not shell.interactive:
        shell.complain("logout: not login shell: use `exit'")
        return 1
    if (
        shell.interactive
        and any(job.stopped for job in shell.jobs)
        and not shell.shopt & {"leaving"}
    ):
        shell.shopt.add("leaving")
        shell.write_error("exit\nThere are stopped jobs.\n")
        return 1
    if shell.interactive and not shell.subshell_depth:
        shell.write_error("exit\n")
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    status = shell.status
    if words:
        number = _number(words[0])
        if number is None:
            shell.complain(f"{argv[0]}: {words[0]}: numeric argument required")
            status = 2
        elif len(words) > 1:
            shell.complain(f"{argv[0]}: too many arguments")
            raise Leave(1, "line")
        else:
            status = number & 0xFF
    # The trap runs here and now: $1 is still the function's.
    raise Leave(ex.run_exit_trap(status), "shell")


def _return(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    status = shell.status
    if words:
        number = _number(words[0])
        if number is None:
            shell.complain(f"return: {words[0]}: numeric argument required")
            number = 2
        status = number & 0xFF
    if not shell.function_depth and not shell.sourcing:
        shell.complain("return: can only `return' from a function or sourced script")
        return 2
    raise Leave(status, "function")


def _loop_control(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.loop_depth:
        shell.complain(f"{argv[0]}: only meaningful in a `for', `while', or `until' loop")
        return 0
    levels = 1
    if len(argv) > 1:
        number = _number(argv[1])
        if number is None:
            shell.complain(f"{argv[0]}: {argv[1]}: numeric argument required")
            raise Leave(128, "shell")
        if len(argv) > 2:
            shell.complain(f"{argv[0]}: too many arguments")
            raise Leave(1, "line")
        if number < 1:
            shell.complain(f"{argv[0]}: {argv[1]}: loop count out of range")
            raise LoopControl(shell.loop_depth, again=False, status=1)
        levels = number
    raise LoopControl(levels, again=argv[0] == "continue")


def run_exec(ex: Executor, node: Simple, arguments: list[str]) -> int:
    """Run ``exec``: redirect for good, or become another program."""
    shell = ex.shell
    usage = "exec [-cl] [-a name] [command [argument ...]] [redirection ...]"
    try:
        options, words = options_of(ex, arguments, "cla:", usage)
    except UsageError:
        return 2
    saved = Saved(shell.sys)
    try:
        apply_redirects(ex, node.redirects, saved if words else None)
    except ShellError as error:
        saved.restore()
        shell.complain(str(error))
        return 1
    if not words:
        for one in node.assignments:
            assign(ex, one)
        return 0
    extra = {
        one.name: ex.expander.assigned(one.value)
        for one in node.assignments
        if one.value is not None
    }
    status = _become(ex, words, extra, options)
    saved.restore()
    return _leave(ex, status)


# A failed exec ends a script, if it does not say otherwise.
def _leave(ex: Executor, status: int) -> int:
    if not ex.shell.interactive and "execfail" not in ex.shell.shopt:
        raise Leave(status, "shell")
    return status


def _become(ex: Executor, words: list[str], extra: dict[str, str], options: dict[str, str]) -> int:
    shell = ex.shell
    name = words[0]
    path = find_program(ex, name)
    if path is None:
        why = "cannot execute: No such file or directory" if "/" in name else "not found"
        shell.complain(f"exec: {name}: {why}")
        return 127
    if not shell.subshell_depth:
        lower_level(shell)
    shown = options.get("a", name)
    if "l" in options:
        shown = "-" + shown
    environment = {} if "c" in options else shell.environment(extra) | {"_": path}
    arguments = [shown, *words[1:]]
    try:
        shell.sys.execve(path, arguments, environment)
    except KernelError as error:
        errno = error.errno
    return cannot_execute(ex, path, arguments, errno, environment, "exec: ")


def _caller(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    frames = list(reversed(shell.frames))
    if len(argv) > 1:
        number = _number(argv[1])
        if number is None or number < 0:
            shell.complain(f"caller: {argv[1]}: invalid number")
            shell.write_error("caller: usage: caller [expr]\n")
            return 2
        if number >= len(frames):
            return 1
        upper = frames[number + 1] if number + 1 < len(frames) else None
        name = upper.name if upper is not None else "main"
        source = upper.source if upper is not None else shell.script_name
        write_out(ex, f"{frames[number].called_line} {name} {source}\n")
        return 0
    if not frames:
        write_out(ex, "0 NULL\n")
        return 0
    source = frames[1].source if len(frames) > 1 else shell.script_name
    write_out(ex, f"{frames[0].called_line} {source}\n")
    return 0


BUILTINS: dict[str, Builtin] = {
    ":": _colon,
    "break": _loop_control,
    "caller": _caller,
    "continue": _loop_control,
    "exec": _colon,
    "exit": _exit,
    "logout": _exit,
    "return": _return,
}
"""The builtins of this file, by name."""
