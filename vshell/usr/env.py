"""env: run a program in a changed environment.

Source: env(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf
from vshell.usr._spawn import exec_program

__all__ = ["main"]

_LONG = {
    "ignore-environment": "i",
    "null": "0",
    "unset=": "u",
    "chdir=": "C",
    "split-string=": "S",
    "debug": "v",
    "block-signal=?": "block",
    "default-signal=?": "default",
    "ignore-signal=?": "ignore",
    "list-signal-handling": "list",
}
_USAGE = (
    "[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]\n"
    "Set each NAME to VALUE in the environment and run COMMAND."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Run a program: ``env [-i0] [-u NAME] [-C DIR] [-S TEXT] [NAME=VALUE...] [COMMAND...]``."""
    words = _split(io, words)
    options = parse(io, words, "+C:iS:u:v0", _LONG, usage=_USAGE, status=125, permute=False)
    rest = options.operands
    empty = options.has("i")
    if rest[:1] == ["-"]:
        empty = True
        rest.pop(0)
    environ = {} if empty else io.sys.environ()
    for name in options.values("u"):
        if "=" in name or not name:
            io.die(f"cannot unset {quote(name)}: Invalid argument", 125)
        environ.pop(name, None)
    while rest and "=" in rest[0]:
        name, _, value = rest.pop(0).partition("=")
        environ[name] = value
    if not rest:
        if options.has("C"):
            usage_error(io, "must specify command with --chdir (-C)", 125)
        end = "\0" if options.has("0") else "\n"
        io.out("".join(f"{name}={value}{end}" for name, value in environ.items()))
        return 0
    if options.has("0"):
        usage_error(io, "cannot specify --null (-0) with command", 125)
    if options.has("C"):
        folder = options.value("C")
        try:
            io.sys.chdir(folder)
        except KernelError as error:
            io.die(f"cannot change directory to {quoteaf(folder)}: {strerror(error.errno)}", 125)
    try:
        exec_program(io.sys, rest, environ)
    except KernelError as error:
        io.complain(f"{quote(rest[0])}: {strerror(error.errno)}")
        if error.errno == ENOENT and " " in rest[0]:
            io.complain("use -[v]S to pass options in shebang lines")
        return 127 if error.errno == ENOENT else 126


# -S: split a word into several, as a shell would; it is meant for "#!" lines.
def _split(io: Io, words: list[str]) -> list[str]:
    if not words or not words[0].startswith(("-S", "--split-string")):
        return words
    if words[0] in ("-S", "--split-string"):
        text, rest = (words[1] if len(words) > 1 else ""), words[2:]
    elif words[0].startswith("-S"):
        text, rest = words[0][2:], words[1:]
    else:
        text, rest = words[0].partition("=")[2], words[1:]
    parts: list[str] = []
    word: str | None = None
    mark = ""
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter == "\\" and position < len(text):
            word = (word or "") + text[position]
            position += 1
        elif mark:
            mark, word = ("", word) if letter == mark else (mark, (word or "") + letter)
        elif letter in "'\"":
            mark, word = letter, word or ""
        elif letter.isspace():
            parts += [word] if word is not None else []
            word = None
        else:
            word = (word or "") + letter
    if mark:
        io.die("no terminating quote in -S string", 125)
    return [*parts, *([word] if word is not None else []), *rest]
