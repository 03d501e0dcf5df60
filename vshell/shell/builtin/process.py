"""Builtins for what the kernel keeps of the shell's process.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _times(ex: Executor, argv: list[str]) -> int:
    del argv

    def shown(time_ns: int) -> str:
        milliseconds = time_ns // 1_000_000
        return (
            f"{milliseconds // 60_000}m{milliseconds % 60_000 // 1000}.{milliseconds % 1000:03d}s"
        )

    user, system, children = ex.shell.sys.cpu_times_ns()
    write_out(ex, f"{shown(user)} {shown(system)}\n{shown(children)} {shown(0)}\n")
    return 0


def _umask(ex: Executor, argv: list[str]) -> int:
    sys = ex.shell.sys
    if len(argv) < 2:
        mask = sys.umask(0)
        sys.umask(mask)
        write_out(ex, f"{mask:04o}\n")
        return 0
    if not all(digit in "01234567" for digit in argv[1]):
        ex.shell.complain(f"umask: {argv[1]}: octal number out of range")
        return 1
    sys.umask(int(argv[1], 8))
    return 0


BUILTINS: dict[str, Builtin] = {
    "times": _times,
    "umask": _umask,
}
"""The builtins of this file, by name."""
