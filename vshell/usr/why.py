"""why: explain what a process, a thread or a module waits for.

Source: vshell's own; there is no such program on Linux.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._terminal import terminal_size

__all__ = ["main"]

_HELP = """\
Usage: why PID|NAME|MODULE...
Say what a process, a kernel thread or a module waits for: since when, which
timer or who ends the wait and when, and what must happen for rmmod to return.

NAME is the name of a process or thread, or one word of a thread's name.
Whoever it waits for is explained, too. Times are seconds since boot, as in
dmesg, or counted from now.

      --help     display this help and exit
      --version  output version information and exit

This command is an addition of vshell: a real Linux has none like it.
"""
_FOLDER = "/proc/vshell/why"


@program
def main(io: Io, words: list[str]) -> int:
    """Explain: ``why PID|NAME|MODULE...``."""
    options = parse(io, words, "", usage="", package="(vshell)", help_text=_HELP)
    if not options.operands:
        usage_error(io, "missing operand")
    status = 0
    answers: list[str] = []
    printed = False
    for operand in options.operands:
        texts = [_read(io, f"{_FOLDER}/{file}") for file in _files(io, operand)]
        found = [text for text in texts if text]
        if not found:
            printed = _print(io, answers, after=printed)
            io.complain(f"no process, thread or module called '{operand}'")
            status = 1
        answers += found
    _print(io, answers, after=printed)
    return status


# Print answers with an empty line between them, and before the first if there were some before.
def _print(io: Io, answers: list[str], *, after: bool) -> bool:
    size = terminal_size(io) if io.sys.isatty(1) else None
    for number, answer in enumerate(answers):
        if number or after:
            io.out("\n")
        for line in answer.splitlines():
            io.out("\n".join(_folded(line, size[0] if size else 0)) + "\n")
    printed = after or bool(answers)
    answers.clear()
    return printed


# Break a line between words, but not inside of a stamp; what follows is indented further.
def _folded(line: str, columns: int) -> list[str]:
    if not columns or len(line) <= columns:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    parts = [""]
    in_stamp = False
    for letter in line.strip():
        in_stamp = letter == "[" or (in_stamp and letter != "]")
        if letter == " " and not in_stamp:
            parts.append("")
        else:
            parts[-1] += letter
    lines = [indent + parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + 1 + len(part) > columns:
            lines.append(f"{indent}    {part}")
        else:
            lines[-1] += f" {part}"
    return lines


# The files that explain what an operand means: a pid, a name, a module, a word of a name.
def _files(io: Io, operand: str) -> list[str]:
    if operand.isascii() and operand.isdigit():
        return [str(int(operand))]
    names = {pid: _read(io, f"/proc/{pid}/comm").rstrip("\n") for pid in _pids(io)}
    found = [pid for pid, name in names.items() if name == operand]
    module = operand.replace("-", "_")
    loaded = [line.split(" ")[0] for line in _read(io, "/proc/modules").splitlines()]
    if module in loaded:
        found.append(f"module/{module}")
    return found or [pid for pid, name in names.items() if operand in name.split()]


def _pids(io: Io) -> list[str]:
    return [name for name in io.sys.listdir("/proc") if name.isdigit()]


# A task may have ended since it was found.
def _read(io: Io, path: str) -> str:
    try:
        return io.read_text(path)
    except KernelError:
        return ""
