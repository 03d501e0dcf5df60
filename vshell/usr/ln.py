"""ln: make links.

Source: ln(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EEXIST, KernelError, strerror
from vshell.usr._ask import confirm
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, join
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._paths import base_name, canonical, folder_name, is_directory, relative, same_file
from vshell.usr._program import Io, program
from vshell.usr._quote import quoteaf, quotef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_LONG = {
    "backup=?": "b",
    "directory": "d",
    "no-dereference": "n",
    "no-target-directory": "T",
    "force": "f",
    "interactive": "i",
    "suffix=": "S",
    "target-directory=": "t",
    "logical": "L",
    "physical": "P",
    "relative": "r",
    "symbolic": "s",
    "verbose": "v",
}
_USAGE = (
    "[OPTION]... [-T] TARGET LINK_NAME\n"
    "  or:  ln [OPTION]... TARGET\n"
    "  or:  ln [OPTION]... TARGET... DIRECTORY\n"
    "  or:  ln [OPTION]... -t DIRECTORY TARGET..."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Make links: ``ln [-bfiLnPrsTv] [-t DIRECTORY] TARGET... [LINK]``."""
    options = parse(io, words, "bdfinrst:vFLPS:T", _LONG, usage=_USAGE)
    names = options.operands
    linker = _Linker(io, options)
    if not names:
        usage_error(io, "missing file operand")
    if options.has("T"):
        if len(names) != 2:
            if len(names) < 2:
                usage_error(io, f"missing destination file operand after {quoteaf(names[0])}")
            usage_error(io, f"extra operand {quoteaf(names[2])}")
        return 0 if linker.link(*names) else 1
    if options.has("t"):
        folder = options.value("t")
    elif len(names) == 1:
        folder = "."
    elif _is_target(io, names[-1], follow=not options.has("n")):
        folder = names.pop()
    elif len(names) == 2:
        return 0 if linker.link(*names) else 1
    else:
        folder = names.pop()
    if not is_directory(io.sys, folder):
        what = "target directory" if options.has("t") else "target"
        io.die(f"{what} {quoteaf(folder)}: {_why(io, folder)}")
    done = [linker.link(name, join(folder, base_name(name))) for name in names]
    return int(not all(done))


def _is_target(io: Io, name: str, *, follow: bool) -> bool:
    try:
        if not follow and io.sys.lstat(name).mode & S_IFMT == S_IFLNK:
            return False
    except KernelError:
        return False
    return is_directory(io.sys, name)


def _why(io: Io, name: str) -> str:
    try:
        io.sys.stat(name)
    except KernelError as error:
        return strerror(error.errno)
    return "Not a directory"


class _Linker:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.symbolic = options.has("s")
        self.force = options.has("f") and options.last_of("fi") == "f"
        self.ask = options.last_of("fi") == "i"
        self.verbose = options.has("v")
        self.relative = options.has("r")
        self.logical = options.last_of("LP") == "L"
        self.backup = options.value("S", "~") if options.has("b", "S") else ""

    def link(self, target: str, name: str) -> bool:
        sys = self.io.sys
        if not self.symbolic:
            try:
                found = sys.stat(target) if self.logical else sys.lstat(target)
            except KernelError as error:
                self.io.complain(f"failed to access {quoteaf(target)}: {strerror(error.errno)}")
                return False
            if found.mode & S_IFMT == S_IFDIR:
                self.io.complain(f"{quotef(target)}: hard link not allowed for directory")
                return False
        existing = self.existing(name)
        if existing is not None:
            answer = self.make_way(target, name, existing)
            if answer is not None:
                return answer
        if self.relative:
            start = canonical(sys, folder_name(name), "any")
            target = relative(canonical(sys, target, "any"), start)
        try:
            if self.symbolic:
                sys.symlink(target, name)
            else:
                sys.link(canonical(sys, target) if self.logical else target, name)
        except KernelError as error:
            self.fail(target, name, error)
            return False
        if self.verbose:
            arrow = "->" if self.symbolic else "=>"
            self.io.out(f"{quoteaf(name)} {arrow} {quoteaf(target)}\n")
        return True

    def existing(self, name: str) -> Stat | None:
        try:
            return self.io.sys.lstat(name)
        except KernelError:
            return None

    # Put what has the name out of the way; None to go on, else the answer of link().
    def make_way(self, target: str, name: str, existing: Stat) -> bool | None:
        sys = self.io.sys
        if not (self.force or self.ask or self.backup):
            return None
        if existing.mode & S_IFMT == S_IFDIR:
            self.io.complain(f"{quotef(name)}: cannot overwrite directory")
            return False
        try:
            found = sys.lstat(target)
        except KernelError:
            found = None
        if found is not None and same_file(found, existing):
            one = join(canonical(sys, folder_name(target)), base_name(target))
            two = join(canonical(sys, folder_name(name)), base_name(name))
            if one == two:
                self.io.complain(f"{quoteaf(target)} and {quoteaf(name)} are the same file")
                return False
        if self.ask and not confirm(self.io, f"replace {quoteaf(name)}?"):
            return True
        if self.backup:
            sys.rename(name, name + self.backup)
        else:
            sys.unlink(name)
        return None

    def fail(self, target: str, name: str, error: KernelError) -> None:
        text = "failed to create " + ("symbolic link " if self.symbolic else "hard link ")
        text += quoteaf(name)
        if not self.symbolic and error.errno != EEXIST:
            text += f" => {quoteaf(target)}"
        if self.symbolic and not target:
            text += f" -> {quoteaf(target)}"
        self.io.complain(f"{text}: {strerror(error.errno)}")
