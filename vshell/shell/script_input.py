"""Scripts from standard input, read line by line: the commands share it.

Source: bash(1), "Invocation".
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError
from vshell.shell.bash import run_text
from vshell.shell.lexer import Incomplete, ShellSyntaxError
from vshell.shell.parser import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys
    from vshell.shell.execute import Executor

__all__ = ["run_input"]

_BLOCK = 4096


def run_input(executor: Executor) -> int:
    """Run what standard input holds; give the status of the last command."""
    shell = executor.shell
    line = 1
    text = ""
    while True:
        more = _read_line(shell.sys)
        text += more
        if not text:
            return shell.status
        if more and _is_incomplete(text):
            continue
        stripped = text.strip()
        if stripped and not stripped.startswith("#"):
            shell.status = run_text(executor, text, line)
            if _is_wrong(text):
                return shell.status
        line += text.count("\n")
        text = ""


def _is_incomplete(text: str) -> bool:
    if text.endswith("\\\n") and not text.endswith("\\\\\n"):
        return True
    parser = Parser(text, more_to_come=True)
    try:
        while parser.next_command() is not None:
            pass
    except Incomplete:
        return True
    except ShellSyntaxError:
        return False
    return False


# After a syntax error nothing more is read.
def _is_wrong(text: str) -> bool:
    parser = Parser(text)
    try:
        while parser.next_command() is not None:
            pass
    except ShellSyntaxError:
        return True
    return False


# Read up to the end of a line and nothing more: the rest is for the commands.
def _read_line(sys: Sys) -> str:
    line = b""
    while True:
        try:
            data = sys.read(0, _BLOCK if _can_seek(sys) else 1)
        except KernelError as error:
            if error.errno == EINTR:
                continue
            return ""
        end = data.find(b"\n")
        if 0 <= end < len(data) - 1:
            sys.lseek(0, end + 1 - len(data), 1)
            data = data[: end + 1]
        line += data
        if not data or end >= 0:
            return line.decode("utf-8", "surrogateescape")


def _can_seek(sys: Sys) -> bool:
    try:
        sys.lseek(0, 0, 1)
    except KernelError:
        return False
    return True
