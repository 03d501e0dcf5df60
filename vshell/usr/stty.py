"""stty: show and set how the terminal behaves.

Source: stty(1), coreutils 9.1

Differs:
    Only echo and the window's size can be set; the other modes are those of a sane terminal.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import COREUTILS, usage_error
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quote, quoteaf, quotef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_USAGE = "[-F DEVICE | --file=DEVICE] [SETTING]...\nPrint or change terminal characteristics."
_KEYS = (
    "intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; eol2 = <undef>; "
    "swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R; werase = ^W; lnext = ^V; "
    "discard = ^O; min = 1; time = 0;"
)
_CONTROL = "-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts"
_INPUT = (
    "-ignbrk brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff -iuclc -ixany "
    "imaxbel -iutf8"
)
_OUTPUT = "opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0"
_LOCAL = (
    "isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt echoctl echoke "
    "-flusho -extproc"
)
_SPEED = 38400


@program
def main(io: Io, words: list[str]) -> int:
    """Show and set the terminal: ``stty [-ag] [-F DEVICE] [[-]echo|sane|size|rows N|cols N]``."""
    fd, name, rest = _device(io, words)
    settings = [word for word in rest if word not in ("-a", "--all", "-g", "--save")]
    for word in settings:
        if word in ("--help", "--version"):
            io.out(f"Usage: {io.name} {_USAGE}\n" if word == "--help" else f"stty {COREUTILS}\n")
            return 0
    _check(io, settings)
    try:
        if settings:
            _apply(io, fd, settings)
        else:
            _show(io, fd, everything="-a" in rest or "--all" in rest, saved="-g" in rest)
    except KernelError as error:
        io.complain(f"{name}: {strerror(error.errno)}")
        return 1
    return 0


def _device(io: Io, words: list[str]) -> tuple[int, str, list[str]]:
    rest = []
    path = ""
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word in ("-F", "--file"):
            if not waiting:
                usage_error(io, f"option requires an argument -- '{word.lstrip('-')}'")
            path = waiting.pop(0)
        elif word.startswith(("-F", "--file=")):
            path = word.removeprefix("--file=").removeprefix("-F")
        else:
            rest.append(word)
    if not path:
        return 0, quoteaf("standard input"), rest
    try:
        return io.sys.open(path), quotef(path), rest
    except KernelError as error:
        io.complain(f"{quotef(path)}: {strerror(error.errno)}")
        raise Quit(1) from None


_NUMBERED = ("rows", "cols", "columns")
_PLAIN = ("sane", "cooked", "size", "speed", "echo", "-echo")


def _check(io: Io, settings: list[str]) -> None:
    for index, word in enumerate(settings):
        before = settings[index - 1] if index else ""
        modes = f"{_INPUT} {_OUTPUT} {_LOCAL} {_CONTROL}".split()
        if before in _NUMBERED:
            if not word.isdigit():
                usage_error(io, f"invalid integer argument: {quote(word)}")
        elif word in _NUMBERED:
            if index + 1 == len(settings):
                usage_error(io, f"missing argument to {quote(word)}")
        elif word not in _PLAIN and word not in modes:
            usage_error(io, f"invalid argument {quote(word)}")


def _apply(io: Io, fd: int, settings: list[str]) -> None:
    columns, rows = io.sys.window_size(fd)
    for word, value in _settings(settings):
        if word == "size":
            io.out(f"{rows} {columns}\n")
        elif word == "speed":
            io.out(f"{_SPEED}\n")
        elif word == "rows":
            rows = int(value)
            io.sys.set_window_size(fd, columns, rows)
        elif word in ("cols", "columns"):
            columns = int(value)
            io.sys.set_window_size(fd, columns, rows)
        elif word in ("echo", "-echo", "sane"):
            io.sys.set_tty_echo(fd, word != "-echo")


def _settings(words: list[str]) -> Iterator[tuple[str, str]]:
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        yield word, waiting.pop(0) if word in _NUMBERED else ""


def _show(io: Io, fd: int, *, everything: bool, saved: bool) -> None:
    columns, rows = io.sys.window_size(fd)
    echo = io.sys.tty_echo(fd)
    if saved:
        flags = 0x8A3B if echo else 0x8A33
        io.out(
            f"2502:5:bf:{flags:x}:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0" + ":0" * 14 + "\n"
        )
        return
    if not everything:
        io.out(f"speed {_SPEED} baud; line = 0;\n" + ("" if echo else "-echo\n"))
        return
    local = _LOCAL if echo else _LOCAL.replace(" echo ", " -echo ", 1)
    head = f"speed {_SPEED} baud; rows {rows}; columns {columns}; line = 0;"
    for group in (
        _items(head),
        _items(_KEYS),
        *(one.split() for one in (_CONTROL, _INPUT, _OUTPUT, local)),
    ):
        io.out(_wrapped(group, columns) + "\n")


def _items(text: str) -> list[str]:
    return [part + ";" for part in text.rstrip(";").split("; ")]


def _wrapped(items: list[str], columns: int) -> str:
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + 1 + len(item) >= columns > 0:
            lines.append(item)
        else:
            lines[-1] += f" {item}" if lines[-1] else item
    return "\n".join(lines)
