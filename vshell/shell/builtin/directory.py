"""Builtins that go from directory to directory.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.shell.builtin.common import UsageError, options_of, refuse_option, write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]

_CD_USAGE = "cd [-L|[-P [-e]] [-@]] [dir]"
_USAGES = {
    "dirs": "dirs [-clpv] [+N] [-N]",
    "popd": "popd [-n] [+N | -N]",
    "pushd": "pushd [-n] [+N | -N | dir]",
}


def _cd(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if len(argv) > 1 and argv[1] == "-":
        options: dict[str, str] = {}
        words = argv[1:]
    else:
        options, words = options_of(ex, argv, "LPe@", _CD_USAGE)
    if len(words) > 1:
        shell.complain("cd: too many arguments")
        return 1
    target = words[0] if words else shell.get("HOME")
    if target is None:
        shell.complain("cd: HOME not set")
        return 1
    show = False
    if words and target == "-":
        old = shell.get("OLDPWD")
        if old is None:
            shell.complain("cd: OLDPWD not set")
            return 1
        target, show = old, True
    return _go(ex, target, physical="P" in options or "P" in shell.options, show=show, name="cd")


def _go(ex: Executor, target: str, *, physical: bool, show: bool, name: str) -> int:
    shell = ex.shell
    before = shell.directory
    path = target
    if not target.startswith(("/", "./", "../")) and target not in (".", ".."):
        for folder in (shell.get("CDPATH") or "").split(":") if shell.get("CDPATH") else []:
            candidate = f"{folder.rstrip('/')}/{target}" if folder else target
            if _is_directory(ex, candidate):
                path = candidate
                show = show or bool(folder)
                break
    logical = _logical(before, path) if path else before
    try:
        # By the names one came by, ".." leads back where one came from.
        shell.sys.chdir(
            logical if path and not physical and ".." in path.split("/") else path or "."
        )
    except KernelError as error:
        shell.complain(f"{name}: {target}: {strerror(error.errno)}")
        return 1
    shell.set("OLDPWD", shell.get("PWD") or before)
    shell.directory = shell.sys.getcwd() if physical else logical
    shell.set("PWD", shell.directory)
    for variable in ("OLDPWD", "PWD"):
        shell.variables[variable].exported = True
    if show:
        write_out(ex, (shell.get("PWD") or "") + "\n")
    return 0


def _is_directory(ex: Executor, path: str) -> bool:
    try:
        return ex.shell.sys.stat(path).mode & 0o170000 == 0o040000
    except KernelError:
        return False


# Where one is by the names one came by, symbolic links kept.
def _logical(before: str, target: str) -> str:
    parts = [] if target.startswith("/") else [part for part in before.split("/") if part]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    # Two slashes at the beginning are something of their own, says POSIX.
    root = "//" if target.startswith("//") and not target.startswith("///") else "/"
    if not target.startswith("/") and before.startswith("//"):
        root = "//"
    return root + "/".join(parts)


def _pwd(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, _ = options_of(ex, argv, "LP", "pwd [-LP]")
    physical = "P" in options or ("P" in shell.options and "L" not in options)
    write_out(ex, (shell.sys.getcwd() if physical else shell.directory) + "\n")
    return 0


# -- The directory stack ------------------------------------------------------------------------


def _index(ex: Executor, name: str, word: str) -> int | None:
    shell = ex.shell
    size = len(shell.directory_stack) + 1
    if not word[1:].isdigit():
        shell.complain(f"{name}: {word}: invalid number")
        shell.write_error(f"{name}: usage: {_USAGES[name]}\n")
        raise UsageError
    number = int(word[1:])
    if number >= size:
        what = (
            "directory stack empty"
            if size == 1 and name != "dirs"
            else ("directory stack index out of range")
        )
        shown = "" if size == 1 and name == "popd" else f"{word[1:] if name == 'dirs' else word}: "
        shell.complain(f"{name}: {shown}{what}")
        return None
    return number if word[0] == "+" else size - 1 - number


def _pushd(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    stay = words[:1] == ["-n"]
    words = words[1:] if stay or words[:1] == ["--"] else words
    stack = [shell.directory, *shell.directory_stack]
    if len(words) > 1:
        shell.complain("pushd: too many arguments")
        return 1
    if not words:
        if len(stack) < 2:
            shell.complain("pushd: no other directory")
            return 1
        stack[0], stack[1] = stack[1], stack[0]
    elif words[0][0] in "+-" and words[0] != "-":
        index = _index(ex, "pushd", words[0])
        if index is None:
            return 1
        stack = stack[index:] + stack[:index]
    elif stay:
        shell.directory_stack.insert(0, words[0])
        return _show(ex)
    else:
        target = (shell.get("OLDPWD") or "") if words[0] == "-" else words[0]
        if _go(ex, target, physical=False, show=False, name="pushd"):
            return 1
        shell.directory_stack = stack
        return _show(ex)
    if not stay and _go(ex, stack[0], physical=False, show=False, name="pushd"):
        return 1
    shell.directory_stack = stack[1:]
    return _show(ex)


def _popd(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    stay = words[:1] == ["-n"]
    words = words[1:] if stay or words[:1] == ["--"] else words
    stack = shell.directory_stack
    index = 0
    if words:
        if words[0][:1] not in ("+", "-"):
            shell.complain(f"popd: {words[0]}: invalid argument")
            shell.write_error(f"popd: usage: {_USAGES['popd']}\n")
            return 2
        found = _index(ex, "popd", words[0])
        if found is None:
            return 1
        index = found
    if not stack:
        shell.complain("popd: directory stack empty")
        return 1
    if index or stay:
        del stack[max(index - 1, 0)]
    else:
        if _go(ex, stack[0], physical=False, show=False, name="popd"):
            return 1
        del stack[0]
    return _show(ex)


def _dirs(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    letters = ""
    wanted = ""
    for word in argv[1:]:
        if word[:1] in ("+", "-") and word[1:].isdigit():
            wanted = word
        elif word[:1] == "-" and word != "-":
            bad = word[1:].strip("clpv")
            if bad:
                return refuse_option(ex, "dirs", f"-{bad[0]}", _USAGES["dirs"])
            letters += word[1:]
        elif word.isdigit():
            shell.complain(f"dirs: {word}: directory stack index out of range")
            return 1
        else:
            shell.complain(f"dirs: {word}: invalid argument")
            shell.write_error(f"dirs: usage: {_USAGES['dirs']}\n")
            return 2
    if "c" in letters:
        shell.directory_stack.clear()
        return 0
    index = None
    if wanted:
        index = _index(ex, "dirs", wanted)
        if index is None:
            return 1
    return _show(ex, letters, index)


def _show(ex: Executor, letters: str = "", index: int | None = None) -> int:
    shell = ex.shell
    home = shell.get("HOME") or ""
    shown = [shell.directory, *shell.directory_stack]
    if home and "l" not in letters:
        shown = [
            "~" + one.removeprefix(home) if one == home or one.startswith(home + "/") else one
            for one in shown
        ]
    chosen = list(enumerate(shown)) if index is None else [(index, shown[index])]
    if "v" in letters:
        write_out(ex, "".join(f"{number:2d}  {one}\n" for number, one in chosen))
    elif "p" in letters:
        write_out(ex, "".join(one + "\n" for _, one in chosen))
    else:
        write_out(ex, " ".join(one for _, one in chosen) + "\n")
    return 0


BUILTINS: dict[str, Builtin] = {
    "cd": _cd,
    "dirs": _dirs,
    "popd": _popd,
    "pushd": _pushd,
    "pwd": _pwd,
}
"""The builtins of this file, by name."""
