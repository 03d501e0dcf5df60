"""tput: tell what the terminal can do, or have it done.

Source: tput(1), ncurses 6.4; terminfo(5)
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, KernelError
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._terminal import read_terminfo, terminal_size

__all__ = ["main"]

_USAGE = """\
Usage: tput [options] [command]

Options:
  -S <<       read commands from standard input
  -T TERM     use this instead of $TERM
  -V          print curses-version
  -x          do not try to clear scrollback

Commands:
  clear       clear the screen
  init        initialize the terminal
  reset       reinitialize the terminal
  capname     unlike clear/init/reset, print value for capability "capname"
"""
# What a terminal may lack; strings, and numbers that are then -1.
_STRINGS = frozenset(
    (
        "bold",
        "dim",
        "rev",
        "smul",
        "rmul",
        "sgr0",
        "setaf",
        "setab",
        "clear",
        "cup",
        "el",
        "civis",
        "cnorm",
    )
)


@program
def main(io: Io, words: list[str]) -> int:
    """Ask the terminal: ``tput [-T TERM] CAPABILITY [PARAMETER...]``, ``tput -S``."""
    try:
        options, operands = getopt(words, "ST:Vx", permute=False)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 2
    values = dict(options)
    if "V" in values:
        io.out("ncurses 6.4.20221231\n")
        return 0
    if not operands and "S" not in values:
        io.err(_USAGE)
        return 2
    term = values.get("T") or io.sys.environ().get("TERM", "")
    if not term:
        io.complain("No value for $TERM and no -T specified")
        return 2
    terminal = read_terminfo(io, term)
    if terminal is None:
        io.complain(f'unknown terminal "{term}"')
        return 3
    lines = io.read_all(0).decode().splitlines() if "S" in values else []
    commands = [line.split() for line in lines] or _commands(operands)
    return max((_one(io, terminal, command) for command in commands if command), default=0)


# Numbers belong to the capability before them.
def _commands(words: list[str]) -> list[list[str]]:
    commands: list[list[str]] = []
    for word in words:
        if commands and word.lstrip("-").isdigit():
            commands[-1].append(word)
        else:
            commands.append([word])
    return commands


def _one(io: Io, terminal: dict[str, int | str], command: list[str]) -> int:
    name, *words = command
    if name in ("cols", "lines"):
        size = terminal_size(io) or (80, 24)
        io.out(f"{size[name == 'lines']}\n")
        return 0
    if name in ("init", "reset"):
        return 0
    value = terminal.get({"sgr 0": "sgr0"}.get(name, name))
    if value is None:
        if name == "colors":
            io.out("-1\n")
            return 0
        if name in _STRINGS:
            return 1
        io.complain(f"unknown terminfo capability '{name}'")
        return 4
    if isinstance(value, int):
        io.out(f"{value}\n")
    elif name == "longname" or not words:
        io.out(value)
    else:
        try:
            io.out(_expand(value, [int(word) for word in words]))
        except (ValueError, IndexError):
            io.die(f"{KernelError(EINVAL)}", 2)
    return 0


# Fills the parameters into a string: %p1 pushes one, %d prints what was pushed, %? %t %e %; choose.
def _expand(text: str, parameters: list[int]) -> str:
    values = [*parameters, *([0] * 9)]
    stack: list[int] = []
    out = []
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter != "%":
            out.append(letter)
            continue
        code = text[position]
        position += 1
        if code == "p":
            stack.append(values[int(text[position]) - 1])
            position += 1
        elif code == "i":
            values[0] += 1
            values[1] += 1
        elif code == "d":
            out.append(str(stack.pop()))
        elif code == "{":
            number, _, _ = text[position:].partition("}")
            stack.append(int(number))
            position += len(number) + 1
        elif code in "<-":
            second, first = stack.pop(), stack.pop()
            stack.append(int(first < second) if code == "<" else first - second)
        elif code == "t" and not stack.pop():
            position = _behind(text, position, "e;")
        elif code == "e":
            position = _behind(text, position, ";")
        elif code == "%":
            out.append("%")
    return "".join(out)


def _behind(text: str, position: int, ends: str) -> int:
    while text[position] != "%" or text[position + 1] not in ends:
        position += 1
    return position + 2
