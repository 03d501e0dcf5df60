"""which: find programs along PATH.

Source: which(1), debianutils 5.7
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import S_IFMT, S_IFREG
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Print the paths of programs: ``which [-a] NAME...``."""
    try:
        options, names = getopt(words, "a", permute=False)
    except OptionError as error:
        io.err(f"Illegal option -{str(error)[-2:-1]}\n")
        io.out("Usage: /usr/bin/which [-a] args\n")
        return 2
    flags = {name for name, _ in options}
    status = 0 if names else 1
    for name in names:
        found = _find(io, name)
        io.out("".join(path + "\n" for path in (found if "a" in flags else found[:1])))
        status = status if found else 1
    return status


def _find(io: Io, name: str) -> list[str]:
    if "/" in name:
        return [name] if _is_program(io, name) else []
    folders = io.sys.environ().get("PATH", "").split(":")
    paths = [f"{folder or '.'}/{name}" for folder in folders]
    return [path for path in paths if name and _is_program(io, path)]


def _is_program(io: Io, path: str) -> bool:
    try:
        found = io.sys.stat(path)
    except KernelError:
        return False
    return found.mode & S_IFMT == S_IFREG and io.sys.access(path, 1)
