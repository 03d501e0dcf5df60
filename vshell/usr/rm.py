"""rm: remove files and directories.

Source: rm(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EISDIR, ENOENT, ENOTDIR, KernelError, strerror
from vshell.usr._ask import confirm
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, join
from vshell.usr._kinds import kind_of
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._paths import base_name
from vshell.usr._program import Io, program
from vshell.usr._quote import quoteaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["main", "remove_tree"]

_LONG = {
    "force": "f",
    "interactive=?": "interactive",
    "one-file-system": "one",
    "no-preserve-root": "no-preserve",
    "preserve-root=?": "preserve",
    "recursive": "r",
    "dir": "d",
    "verbose": "v",
}
_USAGE = "[OPTION]... [FILE]...\nRemove (unlink) the FILE(s)."


@program
def main(io: Io, words: list[str]) -> int:
    """Remove files: ``rm [-dfiIrRv] [FILE...]``."""
    options = parse(io, words, "dfirvIR", _LONG, usage=_USAGE)
    remover = _Remover(io, options)
    if not options.operands:
        if remover.force:
            return 0
        usage_error(io, "missing operand")
    recursive = remover.recursive
    count = len(options.operands)
    if remover.once and (recursive or count > 3):
        noun = "argument" if count == 1 else "arguments"
        if not confirm(io, f"remove {count} {noun}{' recursively' if recursive else ''}?"):
            return 0
    for name in options.operands:
        remover.operand(name)
    return remover.status


class _Remover:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.options = options
        self.recursive = options.has("r", "R")
        self.verbose = options.has("v")
        self.status = 0
        self.failed = 0
        mode = "normal"
        for name, value in options.items:
            if name in ("f", "i", "I"):
                mode = {"f": "force", "i": "always", "I": "once"}[name]
            elif name == "interactive":
                mode = {"never": "never", "no": "never", "none": "never", "once": "once"}.get(
                    value, "always"
                )
        self.force = mode == "force"
        self.ask_always = mode == "always"
        self.once = mode == "once"
        self.ask_protected = mode in ("normal", "once") and io.sys.isatty(0)

    def fail(self, name: str, error: KernelError) -> None:
        if self.force and error.errno in (ENOENT, ENOTDIR):
            return
        self.io.complain(f"cannot remove {quoteaf(name)}: {strerror(error.errno)}")
        self.status = 1
        self.failed += 1

    def operand(self, name: str) -> None:
        if self.recursive and base_name(name) in (".", ".."):
            self.io.complain(f"refusing to remove '.' or '..' directory: skipping {quoteaf(name)}")
            self.status = 1
            return
        if (
            self.recursive
            and name.strip("/") == ""
            and name
            and not self.options.has("no-preserve")
        ):
            shown = quoteaf(name) if name == "/" else f"{quoteaf(name)} (same as '/')"
            self.io.complain(f"it is dangerous to operate recursively on {shown}")
            self.io.complain("use --no-preserve-root to override this failsafe")
            self.status = 1
            return
        self.remove(name)

    # Remove a file or a directory with all in it; tell whether it is gone.
    def remove(self, name: str) -> bool:
        sys = self.io.sys
        try:
            found = sys.lstat(name)
            if found.mode & S_IFMT != S_IFDIR:
                if name.endswith("/"):
                    raise KernelError(ENOTDIR)  # noqa: TRY301 - as the system would
                if not self.may_remove(name, found, kind_of(found)):
                    return False
                sys.unlink(name)
            elif self.recursive:
                return self.remove_directory(name, found)
            elif not self.options.has("d"):
                raise KernelError(EISDIR)  # noqa: TRY301 - as the system would
            else:
                if not self.may_remove(name, found, "directory"):
                    return False
                sys.rmdir(name)
        except KernelError as error:
            self.fail(name, error)
            return False
        if self.verbose:
            what = "directory " if found.mode & S_IFMT == S_IFDIR else ""
            self.io.out(f"removed {what}{quoteaf(name)}\n")
        return True

    def remove_directory(self, name: str, found: Stat) -> bool:
        sys = self.io.sys
        names = sys.listdir(name)
        if names and not self.may_descend(name, found):
            return False
        failed = self.failed
        gone = [self.remove(join(name, one)) for one in names]
        if self.failed > failed or (not all(gone) and not self.ask_always):
            return False
        if not self.may_remove(name, found, "directory"):
            return False
        sys.rmdir(name)
        if self.verbose:
            self.io.out(f"removed directory {quoteaf(name)}\n")
        return True

    def is_protected(self, name: str, found: Stat) -> bool:
        if not self.ask_protected or found.mode & S_IFMT == S_IFLNK:
            return False
        return not self.io.sys.access(name, 2)

    def may_descend(self, name: str, found: Stat) -> bool:
        protected = self.is_protected(name, found)
        if not self.ask_always and not protected:
            return True
        what = "write-protected directory" if protected else "directory"
        return confirm(self.io, f"descend into {what} {quoteaf(name)}?")

    def may_remove(self, name: str, found: Stat, kind: str) -> bool:
        protected = self.is_protected(name, found)
        if not self.ask_always and not protected:
            return True
        what = f"write-protected {kind}" if protected else kind
        return confirm(self.io, f"remove {what} {quoteaf(name)}?")


def remove_tree(io: Io, name: str) -> bool:
    """Remove a file or a directory with all in it, without questions; tell whether it is gone."""
    return _Remover(io, Options([("r", ""), ("f", "")], [])).remove(name)
