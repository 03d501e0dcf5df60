"""The builtin that reads input: read.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError, strerror
from vshell.shell.builtin.common import refuse_option
from vshell.shell.state import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _read(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    raw = False
    prompt, delimiter, array, fd, count = "", b"\n", "", 0, 0
    while words and words[0].startswith("-") and len(words[0]) > 1:
        option = words.pop(0)
        letters = option[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter == "r":
                raw = True
            elif letter in "es":
                continue
            elif letter in "pdaunNtI":
                value = letters or (words.pop(0) if words else "")
                letters = ""
                if letter == "p":
                    prompt = value
                elif letter == "d":
                    delimiter = (value or "\0").encode()[:1]
                elif letter == "a":
                    array = value
                elif letter == "u":
                    fd = int(value) if value.isdigit() else 0
                elif letter in "nN":
                    count = int(value) if value.isdigit() else 0
            else:
                return refuse_option(
                    ex,
                    "read",
                    f"-{letter}",
                    "read [-ers] [-a array] [-d delim] [-n nchars] [name ...]",
                )
    if prompt and shell.sys.isatty(fd):
        shell.write_error(prompt)
    line, ended = _read_line(ex, fd, delimiter, raw=raw, count=count)
    if line is None:
        return 1
    _assign_fields(ex, line, words, array)
    return 0 if ended else 1


# Read a line byte by byte, as a shell must that shares its input. Give its characters, each with
# whether a backslash stood before it (None if nothing could be read), and whether it has ended.
def _read_line(
    ex: Executor, fd: int, delimiter: bytes, *, raw: bool, count: int
) -> tuple[list[tuple[str, bool]] | None, bool]:
    sys = ex.shell.sys
    line = bytearray()
    escaped: set[int] = set()
    while True:
        try:
            data = sys.read(fd, 1)
        except KernelError as error:
            if error.errno == EINTR:
                return None, False
            ex.shell.complain(f"read: read error: {fd}: {strerror(error.errno)}")
            return None, False
        if not data:
            break
        if data == delimiter:
            return _marked(line, escaped), True
        if data == b"\\" and not raw:
            following = sys.read(fd, 1)
            if following not in (b"\n", b""):
                escaped.add(len(line))
                line += following
            continue
        line += data
        if count and len(line) >= count:
            return _marked(line, escaped), True
    return (_marked(line, escaped), False) if line else ([], False)


def _marked(line: bytearray, escaped: set[int]) -> list[tuple[str, bool]]:
    if not escaped:
        return [(letter, False) for letter in line.decode("utf-8", "surrogateescape")]
    return [
        (bytes([byte]).decode("utf-8", "surrogateescape"), n in escaped)
        for n, byte in enumerate(line)
    ]


def _assign_fields(
    ex: Executor, line: list[tuple[str, bool]], names: list[str], array: str
) -> None:
    shell = ex.shell
    ifs = shell.get("IFS")
    ifs = " \t\n" if ifs is None else ifs
    if not names and not array:
        shell.set("REPLY", "".join(letter for letter, _ in line))
        return
    fields, rests = _split(line, ifs)
    if array:
        shell.variables[array] = Variable()
        shell.variables[array].elements = {str(n): field for n, field in enumerate(fields)}
        return
    for number, name in enumerate(names):
        if number == len(names) - 1 and number < len(fields) - 1:
            shell.set(name, rests[number])
        else:
            shell.set(name, fields[number] if number < len(fields) else "")


def _split(line: list[tuple[str, bool]], ifs: str) -> tuple[list[str], list[str]]:
    white = [letter for letter in ifs if letter in " \t\n"]
    position = 0

    def skip() -> None:
        nonlocal position
        while position < len(line) and line[position][0] in white and not line[position][1]:
            position += 1

    skip()
    fields: list[str] = []
    rests: list[str] = []
    while position < len(line):
        rest = "".join(letter for letter, _ in line[position:])
        rests.append(rest.rstrip("".join(white)))
        start = position
        while position < len(line) and (line[position][0] not in ifs or line[position][1]):
            position += 1
        fields.append("".join(letter for letter, _ in line[start:position]))
        skip()
        if position < len(line) and line[position][0] in ifs and line[position][0] not in white:
            position += 1
            skip()
    return fields, rests


BUILTINS: dict[str, Builtin] = {
    "read": _read,
}
"""The builtins of this file, by name."""
