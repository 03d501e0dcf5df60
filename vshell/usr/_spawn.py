"""Running other programs: searching PATH, fork, exec and wait.

Source: execvp(3), fork(2), waitpid(2)
"""

from __future__ import annotations

from vshell.abi.errno import EACCES, EINTR, ENOENT, ENOEXEC, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from vshell.kernel.syscall import Sys
    from vshell.usr._program import Io

__all__ = ["capture", "exec_program", "exit_code", "run_program", "start_program", "wait_for"]

_DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"


def exec_program(sys: Sys, argv: list[str], environ: dict[str, str]) -> NoReturn:
    """Go on with another program, found along the PATH of the new environment.

    Raises:
        KernelError: there is none, or it cannot be run.
    """
    name = argv[0]
    if "/" in name:
        _exec_file(sys, name, argv, environ)
    refused = ENOENT
    for folder in environ.get("PATH", _DEFAULT_PATH).split(":"):
        path = f"{folder or '.'}/{name}"
        try:
            if name and sys.access(path, 0):
                _exec_file(sys, path, argv, environ)
        except KernelError as error:
            if error.errno != EACCES:
                raise
            refused = EACCES
    raise KernelError(refused)


# What the kernel does not know how to run is a script for the shell.
def _exec_file(sys: Sys, path: str, argv: list[str], environ: dict[str, str]) -> NoReturn:
    try:
        sys.execve(path, argv, environ)
    except KernelError as error:
        if error.errno != ENOEXEC:
            raise
        sys.execve("/bin/sh", ["/bin/sh", path, *argv[1:]], environ)


def start_program(
    io: Io,
    argv: list[str],
    *,
    on_failure: Callable[[Sys, KernelError], int],
    redirections: dict[int, int] | None = None,
) -> int:
    """Start a program in a child; give its pid.

    Args:
        io: the caller's streams; what is buffered goes out first.
        argv: the program and its arguments.
        on_failure: what the child does if it cannot be run; gives its exit code.
        redirections: descriptors of the child, and which of the caller's they become.
    """
    io.flush()

    def entry(sys: Sys) -> int:
        for fd, old in (redirections or {}).items():
            sys.dup2(old, fd)
        for old in set((redirections or {}).values()):
            if old > 2:
                sys.close(old)
        try:
            exec_program(sys, argv, sys.environ())
        except KernelError as error:
            return on_failure(sys, error)

    return io.sys.fork(entry)


def wait_for(io: Io, pid: int = -1) -> tuple[int, int]:
    """Wait for a child; give its pid and wait status."""
    while True:
        try:
            return io.sys.wait4(pid)
        except KernelError as error:
            if error.errno != EINTR:
                raise


def exit_code(status: int) -> int:
    """Give the exit code that a shell would show for a wait status."""
    return 128 + (status & 0x7F) if status & 0x7F else status >> 8 & 0xFF


def run_program(io: Io, argv: list[str], *, on_failure: Callable[[Sys, KernelError], int]) -> int:
    """Run a program and wait for it; give its wait status."""
    return wait_for(io, start_program(io, argv, on_failure=on_failure))[1]


def capture(io: Io, argv: list[str]) -> bytes:
    """Run a program and give what it prints; nothing if it cannot be run."""
    reader, writer = io.sys.pipe()
    for fd in (reader, writer):
        io.sys.set_cloexec(fd)
    pid = start_program(io, argv, on_failure=lambda *_: 127, redirections={1: writer})
    io.sys.close(writer)
    data = io.read_all(reader)
    io.sys.close(reader)
    wait_for(io, pid)
    return data
