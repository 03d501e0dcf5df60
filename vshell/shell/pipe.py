"""Pipes between a shell and what it has forked."""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys

__all__ = ["connect", "read_all", "wait_for"]


def connect(
    sys: Sys, previous: int | None, reader: int | None, writer: int | None, *, merged: bool
) -> None:
    """Make a pipeline's stage read the end of one pipe and write into another.

    Args:
        sys: of the stage.
        previous: the pipe's end before it.
        reader: the other end of the pipe behind it.
        writer: the end it writes into.
        merged: whether standard error goes there, too.
    """
    if previous is not None:
        sys.dup2(previous, 0)
        sys.close(previous)
    if reader is not None:
        sys.close(reader)
    if writer is not None:
        sys.dup2(writer, 1)
        sys.close(writer)
        if merged:
            sys.dup2(1, 2)


def read_all(sys: Sys, fd: int) -> bytes:
    """Read until the end, signals or not."""
    chunks: list[bytes] = []
    while True:
        try:
            data = sys.read(fd)
        except KernelError as error:
            if error.errno == EINTR:
                # A trap's turn comes when the command has ended.
                continue
            raise
        if not data:
            return b"".join(chunks)
        chunks.append(data)


def wait_for(sys: Sys, pid: int) -> int:
    """Wait for a child, signals or not; give its wait status, 0 if there is no such child."""
    while True:
        try:
            return sys.wait4(pid)[1]
        except KernelError as error:
            if error.errno != EINTR:
                return 0
