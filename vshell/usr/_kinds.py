"""What kind of file something is, in words.

Source: gnulib's file_type(), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    S_IFSOCK,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["kind_of"]

_WORDS = {
    S_IFDIR: "directory",
    S_IFBLK: "block special file",
    S_IFCHR: "character special file",
    S_IFIFO: "fifo",
    S_IFLNK: "symbolic link",
    S_IFSOCK: "socket",
}


def kind_of(found: Stat) -> str:
    """Give the words for a file's type, such as "regular empty file"."""
    kind = found.mode & S_IFMT
    if kind == S_IFREG:
        return "regular file" if found.size else "regular empty file"
    return _WORDS.get(kind, "weird file")
