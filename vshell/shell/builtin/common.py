"""What builtins have in common: how they answer, read options and numbers."""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError, strerror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.execute import Executor

__all__ = ["UsageError", "options_of", "read_number", "refuse_option", "write_out"]


class UsageError(Exception):
    """A builtin was called wrongly; it has been said, the status is 2."""


def write_out(ex: Executor, text: str, name: str = "") -> int:
    """Write to standard output, and say so if that fails; give 0, or 1."""
    data = text.encode("utf-8", "surrogateescape")
    while data:
        try:
            data = data[ex.shell.sys.write(1, data) :]
        except KernelError as error:
            if error.errno == EINTR:
                continue
            what = f"{name}: " if name else ""
            ex.shell.complain(f"{what}write error: {strerror(error.errno)}")
            return 1
    return 0


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


def options_of(
    ex: Executor, argv: list[str], allowed: str, usage: str
) -> tuple[dict[str, str], list[str]]:
    """Take a builtin's options apart.

    Args:
        ex: of the shell.
        argv: the builtin's name and arguments.
        allowed: its letters; one with ":" behind it takes a value.
        usage: one line: how the builtin is called.

    Returns:
        The letters with their values ("" without one), and the arguments that are left.

    Raises:
        UsageError: there is no such option; that has been said.
    """
    words = argv[1:]
    found: dict[str, str] = {}
    while words and words[0].startswith("-") and len(words[0]) > 1:
        letters = words.pop(0)[1:]
        if letters == "-":
            break
        while letters:
            letter, letters = letters[0], letters[1:]
            where = allowed.find(letter)
            if where < 0 or letter == ":":
                refuse_option(ex, argv[0], f"-{letter}", usage)
                raise UsageError
            if allowed[where + 1 : where + 2] != ":":
                found[letter] = ""
                continue
            if not letters and not words:
                ex.shell.complain(f"{argv[0]}: -{letter}: option requires an argument")
                ex.shell.write_error(f"{argv[0]}: usage: {usage}\n")
                raise UsageError
            found[letter] = letters or words.pop(0)
            letters = ""
    return found, words


def read_number(ex: Executor, name: str, text: str) -> int | None:
    """Read a builtin's numeric argument; None if it is none, having said so."""
    digits = text.strip().removeprefix("-").removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return int(text)
    ex.shell.complain(f"{name}: {text}: numeric argument required")
    return None
