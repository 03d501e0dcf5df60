"""Options of programs: getopt with the complaints, --help and --version that GNU programs share.

Source: getopt_long(3); the GNU coding standards, "Standards for Command Line Interfaces".
"""

from __future__ import annotations

from vshell.usr._program import Io, OptionError, Quit, getopt
from vshell.usr._quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["COREUTILS", "Options", "choose", "give_up", "parse", "usage_error"]

COREUTILS = "(GNU coreutils) 9.1"


class Options:
    """The options and operands of one command line."""

    def __init__(self, items: list[tuple[str, str]], operands: list[str]) -> None:
        """Keep what getopt found, in order."""
        self.items = items
        self.operands = operands

    def has(self, *names: str) -> bool:
        """Tell whether any of these options was given."""
        return any(name in names for name, _ in self.items)

    def value(self, name: str, default: str = "") -> str:
        """Give an option's last value."""
        return next((value for one, value in reversed(self.items) if one == name), default)

    def values(self, name: str) -> list[str]:
        """List all values of an option."""
        return [value for one, value in self.items if one == name]

    def last_of(self, names: str, default: str = "") -> str:
        """Give the one-letter option, of several that exclude each other, that was given last."""
        return next((name for name, _ in reversed(self.items) if name in names and name), default)


def parse(
    io: Io,
    words: list[str],
    short: str,
    long: dict[str, str] | None = None,
    *,
    usage: str,
    package: str = COREUTILS,
    status: int = 1,
    permute: bool = True,
    hint: str | None = None,
    help_text: str = "",
) -> Options:
    """Read a command line; answer --help and --version.

    Args:
        io: the program's streams.
        words: its arguments.
        short: letters, as getopt() takes them.
        long: names, as getopt() takes them; help and version need not be among them.
        usage: what stands behind "Usage: NAME " for --help.
        package: what stands behind the name for --version.
        status: the exit code for a wrong option.
        permute: whether options may stand behind operands.
        hint: what follows a complaint; None for "Try 'NAME --help' for more information."
        help_text: all that --help prints, if it is not of GNU's form.

    Raises:
        Quit: a wrong option, or one that has been answered.
    """
    known = {**(long or {}), "help": "help", "version": "version"}
    try:
        items, operands = getopt(words, short, known, permute=permute)
    except OptionError as error:
        usage_error(io, str(error), status, hint)
    short_name = io.name.rpartition("/")[2]
    for name, _ in items:
        if name == "help":
            io.out(help_text or f"Usage: {io.name} {usage}\n")
            raise Quit(0)
        if name == "version":
            io.out(f"{short_name} {package}\n")
            raise Quit(0)
    return Options(items, operands)


def choose(io: Io, value: str, words: tuple[str, ...], option: str, status: int = 1) -> str:
    """Complete an option's argument that is one of some words.

    Args:
        io: the program's streams.
        value: what was given, perhaps shortened.
        words: what is known.
        option: the option's name, for the complaint.
        status: the exit code for an argument that is not known.

    Raises:
        Quit: it is none of them, or could be several.
    """
    if value in words:
        return value
    similar = [word for word in words if word.startswith(value)]
    if not value or len(similar) != 1:
        what = "ambiguous" if value and similar else "invalid"
        io.complain(f"{what} argument {quote(value)} for {quote(option)}")
        io.err("Valid arguments are:\n" + "".join(f"  - {quote(word)}\n" for word in words))
        give_up(io, status)
    return similar[0]


def usage_error(io: Io, text: str, status: int = 1, hint: str | None = None) -> NoReturn:
    """Complain about the command line, point to --help, and end."""
    io.complain(text)
    give_up(io, status, hint)


def give_up(io: Io, status: int = 1, hint: str | None = None) -> NoReturn:
    """Point to --help and end."""
    io.err(f"Try '{io.name} --help' for more information.\n" if hint is None else hint)
    raise Quit(status)
