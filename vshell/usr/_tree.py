"""Walking through trees of files.

Source: fts(3)
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import S_IFDIR, S_IFMT, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vshell.kernel.syscall import Stat, Sys

    Failed = Callable[[str, KernelError], None]

__all__ = ["Walk"]


class Walk:
    """A walk below one path; directories come first, or last with ``depth_first``."""

    def __init__(
        self,
        sys: Sys,
        *,
        depth_first: bool = False,
        follow: str = "never",
        failed: Failed,
        unreadable: Failed,
    ) -> None:
        """Get ready.

        Args:
            sys: system calls.
            depth_first: whether directories come after what is in them.
            follow: which links are followed: "never", "operands" or "always".
            failed: told what has no attributes, and why.
            unreadable: told which directory cannot be read, and why.
        """
        self.sys = sys
        self.depth_first = depth_first
        self.follow = follow
        self.failed = failed
        self.unreadable = unreadable
        self._pruned = False

    def prune(self) -> None:
        """Do not go into the directory that was given last."""
        self._pruned = True

    def stat(self, path: str, depth: int) -> Stat | None:
        """Give a path's attributes, as links are to be followed; None if it has none."""
        follow = self.follow == "always" or (self.follow == "operands" and depth == 0)
        try:
            if follow:
                try:
                    return self.sys.stat(path)
                except KernelError:
                    # A link that leads nowhere is shown itself.
                    return self.sys.lstat(path)
            return self.sys.lstat(path)
        except KernelError as error:
            self.failed(path, error)
            return None

    def below(
        self, path: str, depth_max: int | None = None, depth: int = 0
    ) -> Iterator[tuple[str, Stat, int]]:
        """Go through a path and all below it; give path, attributes and depth.

        Args:
            path: where to begin.
            depth_max: how deep to go, None for all the way.
            depth: of the path itself.
        """
        found = self.stat(path, depth)
        if found is None:
            return
        is_folder = found.mode & S_IFMT == S_IFDIR
        self._pruned = False
        if not self.depth_first or not is_folder:
            yield path, found, depth
        if is_folder and not self._pruned and (depth_max is None or depth < depth_max):
            yield from self._inside(path, depth_max, depth)
        if self.depth_first and is_folder:
            yield path, found, depth

    def _inside(
        self, path: str, depth_max: int | None, depth: int
    ) -> Iterator[tuple[str, Stat, int]]:
        try:
            names = self.sys.listdir(path)
        except KernelError as error:
            self.unreadable(path, error)
            return
        for name in names:
            yield from self.below(join(path, name), depth_max, depth + 1)
