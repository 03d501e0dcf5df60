"""Moving files and trees, for mv: by renaming, or by copying from one file system to another.

Source: mv(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EEXIST, ENOTDIR, ENOTEMPTY, EXDEV, KernelError
from vshell.usr._copy import Copier
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT
from vshell.usr._paths import same_file
from vshell.usr._quote import quoteaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["Mover"]


class Mover(Copier):
    """Moves; the attributes are mv's options."""

    def move(self, source: str, target: str) -> bool:
        """Rename, or copy and remove where that is not possible."""
        sys = self.io.sys
        try:
            found = sys.lstat(source)
            if source.endswith("/"):
                sys.stat(source)
        except KernelError as error:
            return self.fail(f"cannot stat {quoteaf(source)}", error)
        existing = self.existing(target, follow=False)
        if existing is not None:
            answer = self.may_move_over(source, target, found, existing)
            if answer is not None:
                return answer
            if self.backup and found.mode & S_IFMT != S_IFDIR:
                self.make_way(target, existing)
        if found.mode & S_IFMT == S_IFDIR and self.is_inside(source, target):
            return self.fail(
                f"cannot move {quoteaf(source)} to a subdirectory of itself, {quoteaf(target)}"
            )
        try:
            if target.endswith("/") and found.mode & S_IFMT != S_IFDIR:
                raise KernelError(ENOTDIR)  # noqa: TRY301 - rename() would say it so
            sys.rename(source, target.rstrip("/") or target)
        except KernelError as error:
            if error.errno == EXDEV:
                return self.move_by_copying(source, target)
            errno = ENOTEMPTY if error.errno == EEXIST else error.errno
            return self.fail(
                f"cannot move {quoteaf(source)} to {quoteaf(target)}", KernelError(errno)
            )
        if self.verbose:
            self.io.out(f"renamed {quoteaf(source)} -> {quoteaf(target)}\n")
        return True

    def may_move_over(self, source: str, target: str, found: Stat, existing: Stat) -> bool | None:
        if same_file(found, existing):
            if found.mode & S_IFMT == S_IFDIR:
                return None
            return self.fail(f"{quoteaf(source)} and {quoteaf(target)} are the same file")
        folder, onto = (one.mode & S_IFMT == S_IFDIR for one in (found, existing))
        if self.overwrite == "no" and not onto:
            return True
        if self.update and existing.mtime_ns >= found.mtime_ns and not onto:
            return True
        if folder and not onto:
            return self.fail(
                f"cannot overwrite non-directory {quoteaf(target)} with directory {quoteaf(source)}"
            )
        if onto and not folder:
            return self.fail(f"cannot overwrite directory {quoteaf(target)} with non-directory")
        sys = self.io.sys
        link = existing.mode & S_IFMT == S_IFLNK
        protected = not link and not sys.access(target, 2) and sys.isatty(0)
        asked = self.overwrite == "ask" or (self.overwrite == "yes" and protected and not onto)
        if asked and not self.confirm_overwrite(target, existing):
            return False
        return None

    def move_by_copying(self, source: str, target: str) -> bool:
        from vshell.usr.rm import remove_tree  # noqa: PLC0415 - between file systems only

        self.recursive = True
        self.follow = "never"
        self.keep_mode = self.keep_owner = self.keep_times = self.keep_links = True
        verbose, self.verbose = self.verbose, False
        done = self.copy(source, target) and remove_tree(self.io, source)
        self.verbose = verbose
        if done and verbose:
            self.io.out(f"renamed {quoteaf(source)} -> {quoteaf(target)}\n")
        return done
