"""Redirections: descriptors lead elsewhere, for one command or for good."""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.shell.state import ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys
    from vshell.shell.execute import Executor
    from vshell.shell.syntax import Redirect

__all__ = ["Saved", "apply_redirects"]

_O_RDONLY, _O_WRONLY, _O_RDWR = 0, 1, 2
_O_CREAT, _O_EXCL, _O_TRUNC, _O_APPEND = 0o100, 0o200, 0o1000, 0o2000
_FLAGS = {
    "<": _O_RDONLY,
    ">": _O_WRONLY | _O_CREAT | _O_TRUNC,
    ">|": _O_WRONLY | _O_CREAT | _O_TRUNC,
    ">>": _O_WRONLY | _O_CREAT | _O_APPEND,
    "<>": _O_RDWR | _O_CREAT,
    "&>": _O_WRONLY | _O_CREAT | _O_TRUNC,
    "&>>": _O_WRONLY | _O_CREAT | _O_APPEND,
}
_SAVE_FROM = 10
_PIPE_BYTES = 65536


class Saved:
    """Where descriptors led before, to put them back."""

    def __init__(self, sys: Sys) -> None:
        """Have saved nothing."""
        self._sys = sys
        self._copies: list[tuple[int, int | None]] = []

    def save(self, fd: int) -> None:
        """Remember where a descriptor leads."""
        sys = self._sys
        if fd not in sys.descriptors():
            self._copies.append((fd, None))
            return
        copy = sys.dup(fd, _SAVE_FROM)
        sys.set_cloexec(copy)
        self._copies.append((fd, copy))

    def restore(self) -> None:
        """Put everything back, the last change first."""
        sys = self._sys
        for fd, copy in reversed(self._copies):
            if copy is None:
                if fd in sys.descriptors():
                    sys.close(fd)
            elif copy in sys.descriptors():
                sys.dup2(copy, fd)
                sys.close(copy)
        self._copies.clear()


def apply_redirects(ex: Executor, redirects: list[Redirect], saved: Saved | None) -> None:
    """Carry out redirections in order.

    Args:
        ex: of the shell.
        redirects: what to do.
        saved: where to note what was; None if it need not come back.

    Raises:
        ShellError: with bash's text.
    """
    for redirect in redirects:
        _apply_one(ex, redirect, saved)


def _apply_one(ex: Executor, redirect: Redirect, saved: Saved | None) -> None:
    sys = ex.shell.sys
    operator = redirect.operator
    if redirect.variable:
        _apply_to_variable(ex, redirect)
        return
    fd = redirect.fd
    if operator in ("<<", "<<-", "<<<"):
        fd = 0 if fd is None else fd
        text = _here_text(ex, redirect)
        _note(saved, fd)
        _here_document(sys, text, fd)
        return
    if operator in ("<&", ">&"):
        if _duplicate(ex, redirect, saved):
            return
        operator = "&>"
    if fd is None:
        fd = 0 if operator in ("<", "<>") else 1
    opened = _open(ex, redirect, operator)
    _note(saved, fd)
    if operator in ("&>", "&>>"):
        _note(saved, 2)
    _move(sys, opened, fd)
    if operator in ("&>", "&>>"):
        sys.dup2(fd, 2)


def _open(ex: Executor, redirect: Redirect, operator: str) -> int:
    sys = ex.shell.sys
    path = ex.expander.single(redirect.target)
    if "C" in ex.shell.options and operator in (">", "&>") and _is_regular(sys, path):
        raise ShellError(f"{path}: cannot overwrite existing file")
    try:
        return sys.open(path, _FLAGS[operator])
    except KernelError as error:
        raise ShellError(f"{path}: {strerror(error.errno)}") from None


# {name}>file: a new descriptor from 10 on, its number in a variable; it stays open.
def _apply_to_variable(ex: Executor, redirect: Redirect) -> None:
    shell = ex.shell
    sys = shell.sys
    name, operator = redirect.variable, redirect.operator
    target = ""
    if operator in ("<&", ">&"):
        target = ex.expander.single(redirect.target)
    if target == "-":
        value = (shell.get_element_text(name) if "[" in name else shell.get(name)) or ""
        if value.isdigit() and int(value) in sys.descriptors():
            sys.close(int(value))
        return
    if operator in ("<<", "<<-", "<<<"):
        fd = sys.open("/dev/null")
        _here_document(sys, _here_text(ex, redirect), fd)
    elif target:
        if not target.isdigit() or int(target) not in sys.descriptors():
            text = "redirection error: cannot duplicate fd: Bad file descriptor"
            shell.write_error(f"{shell.source_name()}: {text}\n")
            raise ShellError(f"{target}: Bad file descriptor")
        fd = sys.dup(int(target))
    else:
        fd = _open(ex, redirect, operator)
    high = sys.dup(fd, _SAVE_FROM)
    sys.close(fd)
    if "[" in name:
        array, _, index = name.partition("[")
        shell.set_element(array, index.removesuffix("]"), str(high))
    else:
        shell.set(name, str(high))


def _note(saved: Saved | None, fd: int) -> None:
    if saved is not None:
        saved.save(fd)


def _move(sys: Sys, opened: int, fd: int) -> None:
    if opened != fd:
        sys.dup2(opened, fd)
        sys.close(opened)


def _is_regular(sys: Sys, path: str) -> bool:
    try:
        return sys.stat(path).mode & 0o170000 == 0o100000
    except KernelError:
        return False


# n>&m, n>&-, and >&file, which is another spelling of &>file. False for the last.
def _duplicate(ex: Executor, redirect: Redirect, saved: Saved | None) -> bool:
    sys = ex.shell.sys
    target = ex.expander.single(redirect.target)
    fd = redirect.fd
    if fd is None:
        fd = 0 if redirect.operator == "<&" else 1
    if target == "-":
        _note(saved, fd)
        if fd in sys.descriptors():
            sys.close(fd)
        return True
    digits = target.removesuffix("-")
    if not digits.isdigit():
        if redirect.operator == ">&" and redirect.fd is None:
            return False
        raise ShellError(f"{redirect.target.source}: ambiguous redirect")
    if int(digits) not in sys.descriptors():
        raise ShellError(f"{redirect.target.source}: Bad file descriptor")
    _note(saved, fd)
    sys.dup2(int(digits), fd)
    if target.endswith("-") and int(digits) != fd:
        _note(saved, int(digits))
        sys.close(int(digits))
    return True


def _here_text(ex: Executor, redirect: Redirect) -> bytes:
    if redirect.operator == "<<<":
        text = ex.expander.text(redirect.target) + "\n"
    else:
        assert redirect.body is not None
        text = ex.expander.text(redirect.body)
    return text.encode("utf-8", "surrogateescape")


# The body goes through a pipe if it fits into one, else through a file that is gone at once.
def _here_document(sys: Sys, data: bytes, fd: int) -> None:
    if len(data) <= _PIPE_BYTES:
        reader, writer = sys.pipe()
        if data:
            sys.write(writer, data)
        sys.close(writer)
        _move(sys, reader, fd)
        return
    path = f"/tmp/sh-thd.{sys.getpid()}"  # noqa: S108 - a file of the virtual host
    opened = sys.open(path, _O_RDWR | _O_CREAT | _O_EXCL, 0o600)
    sys.unlink(path)
    sys.write(opened, data)
    sys.lseek(opened, 0, 0)
    _move(sys, opened, fd)
