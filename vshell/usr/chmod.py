"""chmod: change permissions.

Source: chmod(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, join
from vshell.usr._mode import mode_text, parse_mode
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._mode import Change

__all__ = ["main"]

_LONG = {
    "changes": "c",
    "silent": "f",
    "quiet": "f",
    "verbose": "v",
    "no-preserve-root": "no-preserve",
    "preserve-root": "preserve",
    "reference=": "reference",
    "recursive": "R",
}
_USAGE = (
    "[OPTION]... MODE[,MODE]... FILE...\n"
    "  or:  chmod [OPTION]... OCTAL-MODE FILE...\n"
    "  or:  chmod [OPTION]... --reference=RFILE FILE..."
)


@program
def main(io: Io, words: list[str]) -> int:
    """Change permissions: ``chmod [-cfRv] MODE FILE...``."""
    words, modes = _without_modes(words)
    options = parse(io, words, "Rcfv", _LONG, usage=_USAGE)
    names = options.operands
    if options.has("reference"):
        name = options.value("reference")
        try:
            bits = io.sys.stat(name).mode & 0o7777
        except KernelError as error:
            io.die(f"failed to get attributes of {quoteaf(name)}: {strerror(error.errno)}")
        text = f"{bits:05o}"
    elif modes:
        text = ",".join(modes)
    else:
        if not names:
            usage_error(io, "missing operand")
        text = names.pop(0)
    if not names:
        usage_error(io, f"missing operand after {quote(text)}" if text else "missing operand")
    umask = io.sys.umask(0)
    io.sys.umask(umask)
    change = parse_mode(text, umask)
    if change is None:
        usage_error(io, f"invalid mode: {quote(text)}")
    changer = _Changer(io, options, change)
    for name in names:
        changer.change_path(name, operand=True)
    return changer.status


# A mode such as "-w" looks like an option.
def _without_modes(words: list[str]) -> tuple[list[str], list[str]]:
    kept, modes = [], []
    ended = False
    for word in words:
        ended = ended or word == "--"
        if not ended and word[:1] == "-" and word[1:2] in tuple("rwxXstugoa,+=0123456789"):
            modes.append(word)
        else:
            kept.append(word)
    return kept, modes


class _Changer:
    def __init__(self, io: Io, options: Options, change: Change) -> None:
        self.io = io
        self.recursive = options.has("R")
        self.quiet = options.has("f")
        self.verbose = options.has("v")
        self.changes = options.has("c")
        self.change = change
        self.status = 0

    def fail(self, text: str, error: KernelError) -> None:
        self.status = 1
        if not self.quiet:
            self.io.complain(f"{text}: {strerror(error.errno)}")

    def change_path(self, name: str, *, operand: bool) -> None:
        sys = self.io.sys
        try:
            found = sys.lstat(name)
            if found.mode & S_IFMT == S_IFLNK:
                if not operand:
                    return
                try:
                    found = sys.stat(name)
                except KernelError:
                    self.status = 1
                    if not self.quiet:
                        self.io.complain(f"cannot operate on dangling symlink {quoteaf(name)}")
                    return
        except KernelError as error:
            self.fail(f"cannot access {quoteaf(name)}", error)
            return
        is_folder = found.mode & S_IFMT == S_IFDIR
        new = self.change(found.mode, is_folder)
        try:
            sys.chmod(name, new)
        except KernelError as error:
            self.fail(f"changing permissions of {quoteaf(name)}", error)
        else:
            self.tell(name, found.mode & 0o7777, new)
        if is_folder and self.recursive:
            self.change_folder(name)

    def change_folder(self, name: str) -> None:
        try:
            names = self.io.sys.listdir(name)
        except KernelError as error:
            self.fail(f"cannot read directory {quoteaf(name)}", error)
            return
        for one in names:
            self.change_path(join(name, one), operand=False)

    def tell(self, name: str, old: int, new: int) -> None:
        if old == new:
            if self.verbose:
                self.io.out(
                    f"mode of {quoteaf(name)} retained as {new:04o} ({mode_text(new)[1:]})\n"
                )
        elif self.verbose or self.changes:
            text = f"{old:04o} ({mode_text(old)[1:]}) to {new:04o} ({mode_text(new)[1:]})"
            self.io.out(f"mode of {quoteaf(name)} changed from {text}\n")
