"""Control builtins: doing nothing, leaving loops, functions and the shell.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import read_number
from vshell.shell.state import Leave, LoopControl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _colon(ex: Executor, argv: list[str]) -> int:
    del ex, argv
    return 0


def _exit(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if (
        shell.interactive
        and any(job.stopped for job in shell.jobs)
        and not shell.shopt & {"leaving"}
    ):
        shell.shopt.add("leaving")
        shell.write_error("exit\nThere are stopped jobs.\n")
        return 1
    if shell.interactive:
        shell.write_error("exit\n")
    status = shell.status
    if len(argv) > 1:
        number = read_number(ex, argv[0], argv[1])
        status = 2 if number is None else number & 0xFF
        if number is not None and len(argv) > 2:
            shell.complain(f"{argv[0]}: too many arguments")
            return 1
    raise Leave(status, "shell")


def _return(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.function_names and not shell.options & {"sourcing"}:
        shell.complain("return: can only `return' from a function or sourced script")
        return 2
    status = shell.status
    if len(argv) > 1:
        number = read_number(ex, "return", argv[1])
        status = 2 if number is None else number & 0xFF
    raise Leave(status, "function")


def _loop_control(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.loop_depth:
        shell.complain(f"{argv[0]}: only meaningful in a `for', `while', or `until' loop")
        return 0
    levels = 1
    if len(argv) > 1:
        number = read_number(ex, argv[0], argv[1])
        if number is None:
            raise Leave(128, "shell")
        if number < 1:
            shell.complain(f"{argv[0]}: {argv[1]}: loop count out of range")
            number = shell.loop_depth
        levels = number
    raise LoopControl(levels, again=argv[0] == "continue")


BUILTINS: dict[str, Builtin] = {
    ":": _colon,
    "break": _loop_control,
    "continue": _loop_control,
    "exec": _colon,
    "exit": _exit,
    "logout": _exit,
    "return": _return,
}
"""The builtins of this file, by name."""
