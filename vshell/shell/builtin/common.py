"""What builtins have in common: how they answer and read numbers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.execute import Executor

__all__ = ["read_number", "refuse_option", "write_out"]


def write_out(ex: Executor, text: str) -> None:
    """Write to standard output."""
    ex.shell.sys.write(1, text.encode("utf-8", "surrogateescape"))


def refuse_option(ex: Executor, name: str, option: str, usage: str) -> int:
    """Complain about an option that a builtin does not have; give its status.

    Args:
        ex: of the shell.
        name: of the builtin.
        option: with its "-" or "+".
        usage: one line: how the builtin is called.
    """
    ex.shell.complain(f"{name}: {option}: invalid option")
    ex.shell.write_error(f"{name}: usage: {usage}\n")
    return 2


def read_number(ex: Executor, name: str, text: str) -> int | None:
    """Read a builtin's numeric argument; None if it is none, having said so."""
    digits = text.removeprefix("-").removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return int(text)
    ex.shell.complain(f"{name}: {text}: numeric argument required")
    return None
