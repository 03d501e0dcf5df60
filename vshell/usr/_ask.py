"""Asking the user yes or no.

Source: rpmatch(3); coreutils' yesno()
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["confirm"]


def confirm(io: Io, question: str) -> bool:
    """Ask on standard error; a line that begins with y or Y is a yes."""
    io.flush()
    io.err(f"{io.name}: {question} ")
    answer = b""
    while not answer.endswith(b"\n"):
        # One byte at a time: the rest belongs to the next question.
        byte = io.sys.read(0, 1)
        if not byte:
            break
        answer += byte
    return answer[:1] in (b"y", b"Y")
