"""less: show text, a page at a time on a terminal.

Source: less(1), less 590
Differs: keys and options for tags, editing, shell commands, filters and log files are not there.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFMT
from vshell.usr._program import Io, OptionError, getopt, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._pager import Looks

__all__ = ["main"]

_SHORT = "?aAb:BcCdeEfFgGh:iIj:JKLmMnNo:O:p:P:qQrRsSt:T:uUVwWx:XyZ:z:#:~"
_LONG = {
    "help": "?",
    "chop-long-lines": "S",
    "hilite-search": "g",
    "ignore-case": "i",
    "IGNORE-CASE": "I",
    "LINE-NUMBERS": "N",
    "line-numbers": "n",
    "LONG-PROMPT": "M",
    "long-prompt": "m",
    "no-init": "X",
    "pattern=": "p",
    "quit-at-eof": "e",
    "QUIT-AT-EOF": "E",
    "quit-if-one-screen": "F",
    "quit-on-intr": "K",
    "raw-control-chars": "r",
    "RAW-CONTROL-CHARS": "R",
    "silent": "q",
    "version": "V",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Show text: ``less [-EFiIKNRSX] [-p PATTERN] [+COMMAND] [FILE...]``."""
    io.write_complaint = ""
    io.write_status = 0
    commands = [word[1:] for word in words if word[:1] == "+"]
    words = [word for word in words if word[:1] != "+"]
    words = [*_environment_words(io), *words]
    try:
        options, names = getopt(words, _SHORT, _LONG)
    except OptionError as error:
        # Real: "There is no Z option".
        letter = str(error).rpartition(" ")[2].strip("'")
        io.err(f'There is no {letter} option ("less --help" for help)\n')
        return 1
    given = [name for name, _ in options]
    if "V" in given:
        io.out("less 590 (GNU regular expressions)\n")
        return 0
    if not names and io.sys.isatty(0) and "?" not in given:
        io.err('Missing filename ("less --help" for help)\n')
        return 1
    if not io.sys.isatty(1):
        return _copy_all(io, names or ["-"])
    names = _readable(io, names or ["-"])
    if not names:
        return 1
    return _page(io, names, options, commands)


def _environment_words(io: Io) -> list[str]:
    text = io.sys.environ().get("LESS", "").strip()
    words = text.replace("$", " ").split()
    return [word if word[:1] in "-+" else f"-{word}" for word in words]


# The files that can be shown; of others the reason is told.
def _readable(io: Io, names: list[str]) -> list[str]:
    found = []
    for name in names:
        try:
            if name != "-" and io.sys.stat(name).mode & S_IFMT == S_IFDIR:
                io.out(f"{name} is a directory\n")
                continue
            if name != "-":
                io.sys.close(io.sys.open(name))
            found.append(name)
        except KernelError as error:
            io.out(f"{name}: {strerror(error.errno)}\n")
    return found


def _page(io: Io, names: list[str], options: list[tuple[str, str]], commands: list[str]) -> int:
    from vshell.usr._pager import Looks, Pager  # noqa: PLC0415 - on a terminal only
    from vshell.usr._pager_commands import obey  # noqa: PLC0415 - likewise

    looks = Looks()
    for name, value in options:
        _apply(looks, name, value)
    for command in commands:
        looks.command += command + ("\n" if command[:1] in ("/", "?") else "")
        looks.command += "g" if command.isdigit() else ""
    title = io.sys.environ().get("MAN_PN", "")
    looks.title = f"Manual page {title}" if title else ""
    try:
        pager = Pager(io, names, looks)
    except KernelError:
        # Keys cannot come: everything is shown at once.
        return _copy_all(io, names)
    try:
        pager.run(obey)
    finally:
        io.flush()
        pager.keyboard.release()
    return 0


def _apply(looks: Looks, name: str, value: str) -> None:
    flags = {
        "S": "chop",
        "N": "numbers",
        "i": "ignore_case",
        "I": "always_ignore_case",
        "X": "no_screen",
        "F": "quit_if_one_screen",
        "K": "quit_on_interrupt",
        "r": "colours",
        "R": "colours",
    }
    if name in flags:
        setattr(looks, flags[name], True)
    elif name in ("e", "E"):
        looks.quit_at_end = 2 if name == "e" else 1
    elif name == "p":
        looks.command += f"/{value}\n"
    elif name == "?":
        looks.command += "h"


def _copy_all(io: Io, names: list[str]) -> int:
    for name in names:
        try:
            if name != "-" and io.sys.stat(name).mode & S_IFMT == S_IFDIR:
                io.out(f"{name} is a directory\n")
                continue
            _copy(io, name)
        except KernelError as error:
            io.out(f"{name}: {strerror(error.errno)}\n")
    return 0


def _copy(io: Io, name: str) -> None:
    fd = 0 if name == "-" else io.sys.open(name)
    try:
        while data := io.sys.read(fd):
            io.out_bytes(data)
            io.flush()
    finally:
        if fd:
            io.sys.close(fd)
