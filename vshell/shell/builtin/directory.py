"""Builtins that go from directory to directory.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.shell.builtin.common import write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _cd(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if word not in ("-L", "-P", "--", "-e", "-@")]
    if len(words) > 1:
        shell.complain("cd: too many arguments")
        return 1
    target = words[0] if words else shell.get("HOME")
    if target is None:
        shell.complain("cd: HOME not set")
        return 1
    show = False
    if target == "-":
        old = shell.get("OLDPWD")
        if old is None:
            shell.complain("cd: OLDPWD not set")
            return 1
        target, show = old, True
    before = shell.get("PWD") or shell.sys.getcwd()
    try:
        shell.sys.chdir(target or ".")
    except KernelError as error:
        shell.complain(f"cd: {target}: {strerror(error.errno)}")
        return 1
    shell.set("OLDPWD", before)
    shell.set("PWD", _logical(before, target) if target else before)
    for name in ("OLDPWD", "PWD"):
        shell.variables[name].exported = True
    if show:
        write_out(ex, (shell.get("PWD") or "") + "\n")
    return 0


# Where one is by the names one came by, symbolic links kept.
def _logical(before: str, target: str) -> str:
    parts = [] if target.startswith("/") else [part for part in before.split("/") if part]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def _directories(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    stack = shell.directory_stack
    here = shell.get("PWD") or shell.sys.getcwd()
    if argv[0] == "pushd":
        if len(argv) < 2 and not stack:
            shell.complain("pushd: no other directory")
            return 1
        target = argv[1] if len(argv) > 1 else stack[0]
        if _cd(ex, ["cd", target]):
            return 1
        if len(argv) < 2:
            stack.pop(0)
        stack.insert(0, here)
    elif argv[0] == "popd":
        if not stack:
            shell.complain("popd: directory stack empty")
            return 1
        if _cd(ex, ["cd", stack.pop(0)]):
            return 1
    home = shell.get("HOME") or ""
    shown = [shell.get("PWD") or "", *stack]
    if home:
        shown = [
            "~" + one.removeprefix(home) if one == home or one.startswith(home + "/") else one
            for one in shown
        ]
    write_out(ex, " ".join(shown) + "\n")
    return 0


BUILTINS: dict[str, Builtin] = {
    "cd": _cd,
    "dirs": _directories,
    "popd": _directories,
    "pushd": _directories,
}
"""The builtins of this file, by name."""
