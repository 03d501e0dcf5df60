"""sed: edit text by a script, line by line.

Source: sed(1), GNU sed 4.9
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program
from vshell.usr._sed_parse import Parser
from vshell.usr._sed_run import Sed
from vshell.usr._sed_script import ScriptError

__all__ = ["main"]

_LONG = {
    "binary": "b",
    "debug": "debug",
    "regexp-extended": "E",
    "in-place=?": "i",
    "expression=": "e",
    "file=": "f",
    "line-length=": "l",
    "null-data": "z",
    "zero-terminated": "z",
    "quiet": "n",
    "posix": "posix",
    "silent": "n",
    "sandbox": "sandbox",
    "separate": "s",
    "unbuffered": "u",
    "follow-symlinks": "follow",
}
_PACKAGE = "(GNU sed) 4.9"
_USAGE = "[OPTION]... {script-only-if-no-other-script} [input-file]..."


@program
def main(io: Io, words: list[str]) -> int:
    """Edit text: ``sed [-nErsuz] [-i[SUFFIX]] [-l N] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE...]``."""
    io.write_complaint = "couldn't flush stdout: {}"
    io.write_status = 4
    hint = f"Usage: {io.name} {_USAGE}\n\n"
    options = parse(
        io, words, "bsnrzuEe:f:l:i::V:", _LONG, usage=_USAGE, package=_PACKAGE, hint=hint
    )
    if not options.has("e", "f"):
        if not options.operands:
            io.err(hint)
            return 1
        options.items.append(("e", options.operands.pop(0)))
    sed = Sed(io, options)
    try:
        parser = _parse(io, options)
        sed.load(parser.finish())
    except ScriptError as error:
        io.die(str(error), error.status)
    sed.quiet = sed.quiet or parser.quiet
    return sed.run(options.operands or ["-"])


def _parse(io: Io, options: Options) -> Parser:
    parser = Parser(
        extended=options.has("E", "r"),
        posix=options.has("posix"),
        sandbox=options.has("sandbox"),
    )
    for name, value in options.items:
        if name == "e":
            parser.expression(value)
        elif name == "f":
            try:
                parser.file(value, io.read_text(value))
            except KernelError as error:
                io.die(f"couldn't open file {value}: {strerror(error.errno)}", 4)
    return parser
