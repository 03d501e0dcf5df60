"""awk: find patterns in text and act on them.

Source: mawk(1), 1.3.4 20200120, which is what Debian and Ubuntu call awk
Differs: of the options behind -W only version, help and posix_space are obeyed.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._awk_lex import AwkError, unescape
from vshell.usr._program import Io, Quit, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]

_VERSION = """\
mawk 1.3.4 20200120
Copyright 2008-2019,2020, Thomas E. Dickey
Copyright 1991-1996,2014, Michael D. Brennan

"""
_LIMITS = """\
random-funcs:       srandom/random
regex-funcs:        internal
compiled limits:
sprintf buffer      8192
maximum-integer     2147483647
"""
_HELP = """\
Usage: mawk [Options] [Program] [file ...]

Program:
    The -f option value is the name of a file containing program text.
    If no -f option is given, a "--" ends option processing; the following
    parameters are the program text.

Options:
    -f program-file  Program  text is read from file instead of from the
                     command-line.  Multiple -f options are accepted.
    -F value         sets the field separator, FS, to value.
    -v var=value     assigns value to program variable var.
    --               unambiguous end of options.

    Implementation-specific options are prefixed with "-W".  They can be
    abbreviated:

    -W version       show version information and exit.
    -W dump          show assembler-like listing of program and exit.
    -W help          show this message and exit.
    -W interactive   set unbuffered output, line-buffered input.
    -W exec file     use file as program as well as last option.
    -W random=number set initial random seed.
    -W sprintf=number adjust size of sprintf buffer.
    -W posix_space   do not consider "\\n" a space.
    -W usage         show this message and exit.
"""


@program
def main(io: Io, words: list[str]) -> int:
    """Find patterns in text: ``awk [-F SEP] [-v VAR=VALUE] [-f FILE | PROGRAM] [FILE...]``."""
    io.name = io.name.rpartition("/")[2]
    line = _CommandLine(io)
    operands = line.read(words)
    text = "".join(part + "\n" for _, part in line.programs)
    if not line.programs:
        if not operands:
            line.usage(2)
        text = operands.pop(0) + "\n"
    return _run(io, text.encode("utf-8", "surrogateescape").decode("latin-1"), operands, line)


class _CommandLine:
    # The options.
    def __init__(self, io: Io) -> None:
        self.io = io
        self.programs: list[tuple[str, str]] = []
        self.assignments: list[str] = []
        self.separator: str | None = None

    def read(self, words: list[str]) -> list[str]:
        waiting = list(words)
        while waiting and waiting[0][:1] == "-" and waiting[0] != "-":
            word = waiting.pop(0)
            if word == "--":
                break
            letter, value = word[1], word[2:]
            if letter not in "FvfW" or word.startswith("--"):
                self.refuse(f"not an option: {word}")
            if not value:
                if not waiting:
                    self.refuse(f"option -{letter} lacks argument")
                value = waiting.pop(0)
            self.option(letter, value)
        return waiting

    def option(self, letter: str, value: str) -> None:
        if letter == "F":
            self.separator = unescape(value)
        elif letter == "v":
            name = value.partition("=")[0]
            if "=" not in value or not name.replace("_", "a").isalnum() or name[:1].isdigit():
                self.refuse(f"improper assignment: -v {value}")
            self.assignments.append(value)
        elif letter == "f":
            try:
                self.programs.append((value, self.io.read_text(value)))
            except KernelError as error:
                self.refuse(f"cannot open {value} ({strerror(error.errno)})")
        elif "version".startswith(value):
            self.io.out(_VERSION)
            self.io.flush()
            self.io.err(_LIMITS)
            raise Quit(0)
        elif "usage".startswith(value) or "help".startswith(value):
            self.usage(0)

    def usage(self, status: int) -> NoReturn:
        self.io.err(_HELP)
        raise Quit(status)

    # A complaint about the program, with the name of its file and the line in there.
    def placed(self, text: str) -> str:
        place, colon, rest = text.partition(":")
        number = place.rpartition(" ")[2]
        if not self.programs or not number.isdigit():
            return text
        line = int(number)
        waiting = list(self.programs)
        while len(waiting) > 1 and line > waiting[0][1].count("\n") + 1:
            line -= waiting.pop(0)[1].count("\n") + 1
        return f"{waiting[0][0]}: {place.removesuffix(number)}{line}{colon}{rest}"

    def refuse(self, text: str) -> NoReturn:
        self.io.die(text, 2)


def _run(io: Io, text: str, operands: list[str], line: _CommandLine) -> int:
    from vshell.usr._awk_parse import Parser  # noqa: PLC0415 - when there is a program
    from vshell.usr._awk_run import Exit, Runtime, bytes_text  # noqa: PLC0415 - likewise
    from vshell.usr._awk_statement import Script  # noqa: PLC0415 - likewise

    arguments = [bytes_text(word) for word in [io.name, *operands]]
    runtime = Runtime(io, arguments, io.sys.environ())
    try:
        parser = Parser(text)
        script = Script(parser.parse(), runtime, parser.lexer.line - 1)
    except AwkError as error:
        shown = str(error).encode("latin-1").decode("utf-8", "surrogateescape")
        io.die(line.placed(shown), 2)
    if line.separator is not None:
        runtime.variables["FS"] = bytes_text(line.separator)
    for assignment in line.assignments:
        runtime.assign_operand(bytes_text(assignment))
    try:
        return script.run()
    except Exit:
        raise Quit(runtime.status) from None
