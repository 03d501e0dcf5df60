"""Parts of paths.

Source: basename(3), realpath(3), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import ELOOP, ENOENT, KernelError
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat, Sys

__all__ = ["base_name", "canonical", "folder_name", "is_directory", "relative", "same_file"]

_LINKS_MAX = 40


def base_name(path: str) -> str:
    """Give the last part of a path, slashes at the end left out; "/" for the root."""
    stripped = path.rstrip("/")
    return stripped.rpartition("/")[2] if stripped else path[:1]


def folder_name(path: str) -> str:
    """Give a path without its last part; "." if there is nothing before it."""
    stripped = path.rstrip("/")
    folder, slash, _ = stripped.rpartition("/")
    if not slash:
        return "/" if path.startswith("/") else "."
    return folder.rstrip("/") or "/"


def is_directory(sys: Sys, path: str) -> bool:
    """Tell whether a path leads to a directory."""
    try:
        return sys.stat(path).mode & S_IFMT == S_IFDIR
    except KernelError:
        return False


def same_file(a: Stat, b: Stat) -> bool:
    """Tell whether two are one file."""
    return (a.device, a.inode) == (b.device, b.inode)


def canonical(sys: Sys, path: str, missing: str = "last", *, links: bool = True) -> str:
    """Give the absolute path without ".", ".." and links.

    Args:
        sys: system calls.
        path: absolute or relative.
        missing: what need not exist: "none", the "last" part, or "any".
        links: whether links are followed.

    Raises:
        KernelError: something is missing that need not be.
    """
    if not path:
        raise KernelError(ENOENT)
    here = "/" if path.startswith("/") else sys.getcwd()
    waiting = [part for part in path.split("/") if part]
    followed = 0
    gone = False
    while waiting:
        part = waiting.pop(0)
        if part == ".":
            continue
        if part == "..":
            here = folder_name(here)
            gone = False
            continue
        below = join(here, part)
        if gone:
            here = below
            continue
        try:
            found = sys.lstat(below)
        except KernelError as error:
            allowed = missing == "any" or (missing == "last" and not waiting)
            if error.errno != ENOENT and missing != "any":
                raise
            if not allowed:
                raise
            here = below
            gone = True
            continue
        if links and found.mode & S_IFMT == S_IFLNK:
            followed += 1
            if followed > _LINKS_MAX:
                raise KernelError(ELOOP)
            target = sys.readlink(below)
            here = "/" if target.startswith("/") else here
            waiting = [one for one in target.split("/") if one] + waiting
            continue
        if (waiting or path.endswith("/")) and found.mode & S_IFMT != S_IFDIR and missing != "any":
            raise KernelError(20)
        here = below
    return here


def relative(path: str, start: str) -> str:
    """Give the way from one absolute path to another."""
    parts = [part for part in path.split("/") if part]
    base = [part for part in start.split("/") if part]
    common = 0
    while common < min(len(parts), len(base)) and parts[common] == base[common]:
        common += 1
    return "/".join([".."] * (len(base) - common) + parts[common:]) or "."
