"""Builtins that run other text: eval and source.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi.errno import EISDIR, KernelError, strerror
from vshell.shell.bash import run_text
from vshell.shell.builtin.common import options_of
from vshell.shell.simple import search_path
from vshell.shell.state import Frame, Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _eval(ex: Executor, argv: list[str]) -> int:
    _, words = options_of(ex, argv, "", "eval [arg ...]")
    text = " ".join(words)
    if not text.strip():
        return 0
    shell = ex.shell
    shell.trace_depth += 1
    try:
        return run_text(ex, text, shell.line, kind="eval")
    finally:
        shell.trace_depth -= 1


def _source(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    usage = f"{argv[0]} filename [arguments]"
    _, words = options_of(ex, argv, "", usage)
    if not words:
        shell.complain(f"{argv[0]}: filename argument required")
        shell.write_error(f"{argv[0]}: usage: {usage}\n")
        return 2
    path = words[0]
    if "/" not in path and "sourcepath" in shell.shopt:
        path = search_path(shell, path, shell.get("PATH") or "") or path
    try:
        text = _read_file(ex, path)
    except KernelError as error:
        if error.errno == EISDIR:
            shell.complain(f"{argv[0]}: {words[0]}: is a directory")
        else:
            shell.complain(f"{words[0]}: {strerror(error.errno)}")
        return 1
    return _run(ex, text, words[0] if path == words[0] else path, words[1:])


def _run(ex: Executor, text: str, path: str, arguments: list[str]) -> int:
    shell = ex.shell
    positional = shell.positional
    if arguments:
        shell.positional = list(arguments)
    given = shell.positional
    shell.sourcing += 1
    shell.trace_depth += 1
    shell.frames.append(Frame("source", path, shell.line, is_function=False))
    line = shell.line
    try:
        status = run_text(ex, text, 1)
    except Leave as leaving:
        if leaving.what != "function":
            raise
        status = leaving.status
    finally:
        shell.frames.pop()
        shell.trace_depth -= 1
        shell.sourcing -= 1
        if arguments and shell.positional is given:
            shell.positional = positional
    shell.line = line
    if shell.traps.get("RETURN") and not shell.trap_running:
        shell.status = status
        ex.run_trap("RETURN")
    return status


def _read_file(ex: Executor, path: str) -> str:
    sys = ex.shell.sys
    fd = sys.open(path)
    chunks: list[bytes] = []
    try:
        while True:
            data = sys.read(fd)
            if not data:
                return b"".join(chunks).decode("utf-8", "surrogateescape")
            chunks.append(data)
    finally:
        sys.close(fd)


BUILTINS: dict[str, Builtin] = {
    ".": _source,
    "eval": _eval,
    "source": _source,
}
"""The builtins of this file, by name."""
