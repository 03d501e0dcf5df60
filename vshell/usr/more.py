"""more: show text, a screen at a time on a terminal.

Source: more(1), util-linux 2.38.1
Differs: keys for editing and shell commands are not there; a search shows two lines before what it
finds, as the page says.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFMT
from vshell.usr._options import parse
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {
    "silent": "d",
    "logical": "f",
    "no-pause": "l",
    "print-over": "p",
    "clean-print": "c",
    "exit-on-eof": "e",
    "squeeze": "s",
    "plain": "u",
    "lines=": "n",
}
_HELP = """
Usage:
 more [options] <file>...

Show the contents of files.

Options:
 -d, --silent          tell what to press instead of ringing the bell
 -s, --squeeze         several blank lines become one
 -n, --lines <number>  the lines per page
 -<number>             the same
 +<number>             begin at this line
 +/<pattern>           begin where this is found

 -h, --help            display this help
 -V, --version         display version
"""
_RULE = "::::::::::::::\n"


@program
def main(io: Io, words: list[str]) -> int:
    """Show text: ``more [-cdeflpsu] [-n LINES] [+LINE] [+/PATTERN] [FILE...]``."""
    io.write_complaint = ""
    io.write_status = 0
    package = "from util-linux 2.38.1"
    starts = [word[1:] for word in words if word[:1] == "+" and len(word) > 1]
    words = [word for word in words if word[:1] != "+"]
    lines = next((word[1:] for word in words if word[:1] == "-" and word[1:].isdigit()), "")
    words = [word for word in words if not (word[:1] == "-" and word[1:].isdigit())]
    options = parse(io, words, "cdefhln:psuV", _LONG, usage="", help_text=_HELP, package=package)
    if options.has("h", "V"):
        io.out(_HELP if options.has("h") else f"{io.name} {package}\n")
        return 0
    names = options.operands
    if not names and io.sys.isatty(0):
        io.err(f"{io.name}: bad usage\nTry '{io.name} --help' for more information.\n")
        return 1
    if io.sys.isatty(1):
        from vshell.usr._more import More  # noqa: PLC0415 - on a terminal only

        try:
            more = More(io, squeeze=options.has("s"), silent=options.has("d"))
        except KernelError:
            pass
        else:
            more.begin(options.value("n") or lines, starts)
            return more.run(names)
    _copy_all(io, names, squeeze=options.has("s") and io.sys.isatty(1))
    return 0


def _copy_all(io: Io, names: list[str], *, squeeze: bool) -> None:
    if not names:
        _copy(io, 0, squeeze=squeeze)
    for name in names:
        try:
            if io.sys.stat(name).mode & S_IFMT == S_IFDIR:
                io.out(f"\n*** {name}: directory ***\n\n")
                continue
            fd = io.sys.open(name)
        except KernelError as error:
            io.complain(f"cannot open {name}: {strerror(error.errno)}")
            continue
        if len(names) > 1 or not io.sys.isatty(0):
            io.out(f"{_RULE}{name}\n{_RULE}")
        _copy(io, fd, squeeze=squeeze)
        io.sys.close(fd)


def _copy(io: Io, fd: int, *, squeeze: bool) -> None:
    blank = False
    for line in io.lines(fd):
        if squeeze and blank and line == b"\n":
            continue
        blank = line == b"\n"
        io.out_bytes(line)
