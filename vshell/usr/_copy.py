"""Copying files and trees, for cp, and for mv from one file system to another.

Source: cp(1), mv(1), coreutils 9.1
"""

from __future__ import annotations

from contextlib import suppress

from vshell.abi.errno import (
    EISDIR,
    ENOENT,
    ENOTDIR,
    KernelError,
    strerror,
)
from vshell.usr._ask import confirm
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, join
from vshell.usr._mode import mode_text
from vshell.usr._options import Options, usage_error
from vshell.usr._paths import base_name, canonical, is_directory, same_file
from vshell.usr._program import Io, Quit
from vshell.usr._quote import quoteaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Stat

__all__ = ["Copier", "each_target"]

_READ = 1 << 20


def each_target(io: Io, options: Options, copy: Callable[[str, str], bool]) -> int:
    """Find out what goes where, from the operands of cp and mv, and do it; give the exit code.

    Args:
        io: the program's streams.
        options: with ``t`` for a target directory and ``T`` for none.
        copy: takes a source and its destination; False if it failed.
    """
    names = options.operands
    sys = io.sys
    if not names:
        usage_error(io, "missing file operand")
    if options.has("t"):
        folder = options.value("t")
        if not is_directory(sys, folder):
            io.die(f"target directory {quoteaf(folder)}: {_why_no_directory(io, folder)}")
    elif len(names) == 1:
        usage_error(io, f"missing destination file operand after {quoteaf(names[0])}")
    elif options.has("T"):
        if len(names) > 2:
            usage_error(io, f"extra operand {quoteaf(names[2])}")
        return 0 if copy(*names) else 1
    elif is_directory(sys, names[-1]):
        folder = names.pop()
    elif len(names) > 2:
        io.die(f"target {quoteaf(names[-1])}: {_why_no_directory(io, names[-1])}")
    else:
        return _to_one(io, names, copy)
    seen: set[str] = set()
    status = 0
    for name in names:
        target = join(folder, base_name(name))
        if target in seen and not is_directory(sys, name):
            io.complain(f"warning: source file {quoteaf(name)} specified more than once")
            continue
        seen.add(target)
        status |= not copy(name, target)
    return status


# The destination is no directory. What cannot even be looked at is said to be missing.
def _to_one(io: Io, names: list[str], copy: Callable[[str, str], bool]) -> int:
    try:
        io.sys.stat(names[1])
    except KernelError as error:
        if error.errno not in (ENOENT, ENOTDIR) or (
            error.errno == ENOTDIR and not names[1].endswith("/")
        ):
            io.die(f"cannot stat {quoteaf(names[1])}: {strerror(error.errno)}")
    return 0 if copy(*names) else 1


def _why_no_directory(io: Io, name: str) -> str:
    try:
        io.sys.stat(name)
    except KernelError as error:
        return strerror(error.errno)
    return strerror(ENOTDIR)


class Copier:
    """Copies; the attributes are cp's options."""

    def __init__(self, io: Io) -> None:
        """Start with the options of a plain cp."""
        self.io = io
        self.recursive = False
        self.follow = "all"
        self.keep_mode = self.keep_owner = self.keep_times = self.keep_links = False
        self.force = False
        self.remove_first = False
        self.overwrite = "yes"
        self.update = False
        self.verbose = False
        self.link = ""
        self.backup = ""
        self.contents = True
        self._copied: dict[tuple[int, int], str] = {}

    def fail(self, text: str, error: KernelError | None = None) -> bool:
        """Complain; always False."""
        self.io.complain(text + (f": {strerror(error.errno)}" if error is not None else ""))
        return False

    def copy(self, source: str, target: str, *, operand: bool = True) -> bool:
        """Copy a file, or a directory with all in it.

        Args:
            source: a path.
            target: the path of the copy.
            operand: whether the source stands on the command line.
        """
        sys = self.io.sys
        follow = self.follow == "all" or (self.follow == "operands" and operand)
        try:
            found = sys.stat(source) if follow else sys.lstat(source)
        except KernelError as error:
            return self.fail(f"cannot stat {quoteaf(source)}", error)
        kind = found.mode & S_IFMT
        if kind == S_IFDIR and not self.recursive:
            return self.fail(f"-r not specified; omitting directory {quoteaf(source)}")
        existing = self.existing(target, follow=kind != S_IFLNK and not self.remove_first)
        if existing is not None:
            answer = self.may_replace(source, target, found, existing)
            if answer is not None:
                return answer
        if kind == S_IFDIR:
            return self.copy_directory(source, target, found, existing)
        earlier = self._copied.get((found.device, found.inode)) if self.keep_links else None
        try:
            if earlier is not None and found.links > 1:
                self.make_way(target, existing)
                sys.link(earlier, target)
            else:
                self.copy_other(source, target, found, existing)
        except KernelError as error:
            return self.fail(f"cannot create {_noun(kind)} {quoteaf(target)}", error)
        except Quit:
            return False
        self._copied[found.device, found.inode] = target
        return True

    def existing(self, target: str, *, follow: bool) -> Stat | None:
        try:
            return self.io.sys.stat(target) if follow else self.io.sys.lstat(target)
        except KernelError:
            return None

    # What is to be done about a target that exists: None to go on, else the answer of copy().
    def may_replace(self, source: str, target: str, found: Stat, existing: Stat) -> bool | None:
        is_folder = found.mode & S_IFMT == S_IFDIR
        if is_folder != (existing.mode & S_IFMT == S_IFDIR):
            if is_folder:
                return self.fail(
                    f"cannot overwrite non-directory {quoteaf(target)} "
                    f"with directory {quoteaf(source)}"
                )
            return self.fail(f"cannot overwrite directory {quoteaf(target)} with non-directory")
        if is_folder:
            return None
        if same_file(found, existing) and not self.is_replaceable(target, found):
            if self.link == "hard":
                return True
            return self.fail(f"{quoteaf(source)} and {quoteaf(target)} are the same file")
        if self.update and existing.mtime_ns >= found.mtime_ns:
            return True
        if self.overwrite == "no":
            return True
        if self.overwrite == "ask" and not self.confirm_overwrite(target, existing):
            return False
        return None

    def is_replaceable(self, target: str, found: Stat) -> bool:
        # A link to the source may be put out of the way.
        links = self.remove_first and found.mode & S_IFMT == S_IFREG
        return links and self.io.sys.lstat(target).mode & S_IFMT == S_IFLNK

    def confirm_overwrite(self, target: str, existing: Stat) -> bool:
        """Ask whether a file may be overwritten."""
        if not self.io.sys.access(target, 2):
            text = f"{existing.mode & 0o7777:04o} ({mode_text(existing.mode)[1:]})"
            return confirm(self.io, f"replace {quoteaf(target)}, overriding mode {text}?")
        return confirm(self.io, f"overwrite {quoteaf(target)}?")

    def say(self, source: str, target: str) -> None:
        if self.verbose:
            self.io.out(f"{quoteaf(source)} -> {quoteaf(target)}\n")

    def make_way(self, target: str, existing: Stat | None) -> None:
        """Put an existing target aside, or remove it."""
        if existing is None:
            return
        if self.backup:
            self.io.sys.rename(target, target + self.backup)
        else:
            self.io.sys.unlink(target)

    # -- Directories ------------------------------------------------------------------------------

    def copy_directory(self, source: str, target: str, found: Stat, existing: Stat | None) -> bool:
        sys = self.io.sys
        if self.is_inside(source, target):
            return self.fail(
                f"cannot copy a directory, {quoteaf(source)}, into itself, {quoteaf(target)}"
            )
        try:
            names = sys.listdir(source)
        except KernelError as error:
            return self.fail(f"cannot access {quoteaf(source)}", error)
        if existing is None:
            try:
                sys.mkdir(target, found.mode & 0o777 | 0o700)
            except KernelError as error:
                return self.fail(f"cannot create directory {quoteaf(target)}", error)
            self.say(source, target)
        done = [self.copy(join(source, name), join(target, name), operand=False) for name in names]
        if existing is None or self.keep_mode or self.keep_owner or self.keep_times:
            self.keep_attributes(target, found)
        return all(done)

    def is_inside(self, source: str, target: str) -> bool:
        sys = self.io.sys
        try:
            outer = canonical(sys, source)
            inner = canonical(sys, target, "any")
        except KernelError:
            return False
        return inner == outer or inner.startswith(outer.rstrip("/") + "/")

    # -- Files ------------------------------------------------------------------------------------

    def copy_other(self, source: str, target: str, found: Stat, existing: Stat | None) -> None:
        sys = self.io.sys
        kind = found.mode & S_IFMT
        if self.link == "symbolic":
            self.make_way(target, existing)
            sys.symlink(source, target)
            self.say(source, target)
        elif self.link == "hard":
            self.make_way(target, existing)
            sys.link(source, target)
            self.say(source, target)
        elif kind == S_IFLNK:
            self.make_way(target, existing)
            sys.symlink(sys.readlink(source), target)
            self.say(source, target)
            return
        else:
            self.copy_regular(source, target, found, existing)

    def copy_regular(self, source: str, target: str, found: Stat, existing: Stat | None) -> None:
        sys = self.io.sys
        self.say(source, target)
        try:
            reader = sys.open(source)
        except KernelError as error:
            self.fail(f"cannot open {quoteaf(source)} for reading", error)
            raise Quit(1) from None
        try:
            if existing is not None and (self.remove_first or self.backup):
                self.make_way(target, existing)
                existing = None
            writer = self.open_target(target, found, existing)
            try:
                if self.contents:
                    self.copy_bytes(reader, writer, source, target)
            finally:
                sys.close(writer)
        finally:
            sys.close(reader)
        if existing is None and not self.keep_mode:
            return self.keep_attributes(target, found, mode=False)
        return self.keep_attributes(target, found)

    def open_target(self, target: str, found: Stat, existing: Stat | None) -> int:
        sys = self.io.sys
        if existing is None:
            if self.existing(target, follow=False) is not None:
                self.fail(f"not writing through dangling symlink {quoteaf(target)}")
                raise Quit(1)
            try:
                return sys.open(target, 0o1101, found.mode & 0o777)
            except KernelError as error:
                raise KernelError(ENOTDIR if error.errno == EISDIR else error.errno) from None
        try:
            return sys.open(target, 0o1001)
        except KernelError:
            if not self.force:
                raise
        sys.unlink(target)
        return sys.open(target, 0o1101, found.mode & 0o777)

    def copy_bytes(self, reader: int, writer: int, source: str, target: str) -> None:
        sys = self.io.sys
        while True:
            try:
                data = sys.read(reader, _READ)
            except KernelError as error:
                self.fail(f"error reading {quoteaf(source)}", error)
                raise Quit(1) from None
            if not data:
                return
            try:
                while data:
                    data = data[sys.write(writer, data) :]
            except KernelError as error:
                self.fail(f"error writing {quoteaf(target)}", error)
                raise Quit(1) from None

    def keep_attributes(self, target: str, found: Stat, *, mode: bool = True) -> None:
        sys = self.io.sys
        if self.keep_owner:
            # As the real one: silently, if one is not root.
            with suppress(KernelError):
                sys.chown(target, found.uid, found.gid)
        if mode and (self.keep_mode or found.mode & S_IFMT == S_IFDIR):
            bits = found.mode & 0o7777
            if not self.keep_mode:
                umask = sys.umask(0)
                sys.umask(umask)
                bits &= ~umask & 0o777
            sys.chmod(target, bits)
        if self.keep_times:
            sys.utimens(target, found.atime_ns, found.mtime_ns)


def _noun(kind: int) -> str:
    return "symbolic link" if kind == S_IFLNK else "regular file"
