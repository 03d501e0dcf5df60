"""Builtins that run other text: eval and source.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.shell.bash import run_text
from vshell.shell.simple import find_program
from vshell.shell.state import Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _eval(ex: Executor, argv: list[str]) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    return run_text(ex, " ".join(words), ex.shell.line)


def _source(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if len(argv) < 2:
        shell.complain(f"{argv[0]}: filename argument required")
        shell.write_error(f"{argv[0]}: usage: {argv[0]} filename [arguments]\n")
        return 2
    path = argv[1]
    if "/" not in path and not shell.sys.access(path, 0):
        path = find_program(ex, path) or path
    try:
        text = _read_file(ex, path)
    except KernelError as error:
        shell.complain(f"{argv[1]}: {strerror(error.errno)}")
        return 1
    positional = shell.positional
    if len(argv) > 2:
        shell.positional = argv[2:]
    shell.options.add("sourcing")
    name, interactive = shell.name, shell.interactive
    shell.name, shell.interactive = path, False
    try:
        return run_text(ex, text, 1)
    except Leave as leaving:
        if leaving.what != "function":
            raise
        return leaving.status
    finally:
        shell.options.discard("sourcing")
        shell.name, shell.interactive = name, interactive
        if len(argv) > 2:
            shell.positional = positional


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
