"""chown, chgrp: change owner and group.

Source: chown(1), chgrp(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFLNK, S_IFMT, join
from vshell.usr._names import Names
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

__all__ = ["main"]

_LONG = {
    "recursive": "R",
    "changes": "c",
    "dereference": "dereference",
    "from=": "from",
    "no-dereference": "h",
    "no-preserve-root": "no-preserve",
    "preserve-root": "preserve",
    "quiet": "f",
    "silent": "f",
    "reference=": "reference",
    "verbose": "v",
}
_USAGE = "[OPTION]... [OWNER][:[GROUP]] FILE...\n  or:  chown [OPTION]... --reference=RFILE FILE..."


@program
def main(io: Io, words: list[str]) -> int:
    """Change owner and group: ``chown [-cfhRv] [OWNER][:[GROUP]] FILE...``, ``chgrp GROUP``."""
    options = parse(io, words, "HLPRcfhv", _LONG, usage=_USAGE)
    changer = _Changer(io, options)
    names = options.operands
    if options.has("reference"):
        name = options.value("reference")
        try:
            found = io.sys.stat(name)
        except KernelError as error:
            io.die(f"failed to get attributes of {quoteaf(name)}: {strerror(error.errno)}")
        changer.uid, changer.gid = found.uid, found.gid
        if changer.group_only:
            changer.uid = -1
    else:
        if not names:
            usage_error(io, "missing operand")
        if len(names) == 1:
            usage_error(io, f"missing operand after {quote(names[0])}")
        changer.read(names.pop(0))
    for name in names:
        changer.change_path(name)
    return changer.status


class _Changer:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.names = Names(io)
        self.group_only = io.name.rpartition("/")[2] == "chgrp"
        self.recursive = options.has("R")
        self.quiet = options.has("f")
        self.verbose = options.has("v")
        self.changes = options.has("c")
        self.text = ""
        self.uid = self.gid = -1
        self.status = 0

    def read(self, text: str) -> None:
        self.text = text
        names = self.names
        if self.group_only:
            owner, separator, group = "", ":", text
        else:
            separator = ":" if ":" in text else "." if "." in text else ""
            owner, _, group = text.partition(separator) if separator else (text, "", "")
        if owner:
            uid = names.uid(owner)
            if uid is None:
                what = "invalid spec" if separator and not group else "invalid user"
                self.io.die(f"{what}: {quote(text)}")
            self.uid = uid
            if separator and not group:
                self.gid = names.login_group(uid) or 0
        if group:
            gid = names.gid(group)
            if gid is None:
                self.io.die(f"invalid group: {quote(text)}")
            self.gid = gid

    def fail(self, text: str, error: KernelError) -> None:
        self.status = 1
        if not self.quiet:
            self.io.complain(f"{text}: {strerror(error.errno)}")

    def change_path(self, name: str, *, operand: bool = True) -> None:
        sys = self.io.sys
        try:
            found = sys.lstat(name)
            if found.mode & S_IFMT == S_IFLNK:
                if not operand:
                    return
                found = sys.stat(name)
        except KernelError as error:
            what = "cannot dereference" if operand and self.is_link(name) else "cannot access"
            self.fail(f"{what} {quoteaf(name)}", error)
            return
        if found.mode & S_IFMT == S_IFDIR and self.recursive:
            try:
                for one in sys.listdir(name):
                    self.change_path(join(name, one), operand=False)
            except KernelError as error:
                self.fail(f"cannot read directory {quoteaf(name)}", error)
        try:
            sys.chown(name, self.uid, self.gid)
        except KernelError as error:
            what = "group" if self.uid == -1 else "ownership"
            self.fail(f"changing {what} of {quoteaf(name)}", error)
            return
        self.tell(name, found.uid, found.gid)

    def is_link(self, name: str) -> bool:
        try:
            return self.io.sys.lstat(name).mode & S_IFMT == S_IFLNK
        except KernelError:
            return False

    def tell(self, name: str, uid: int, gid: int) -> None:
        changed = self.uid not in (-1, uid) or self.gid not in (-1, gid)
        if not self.verbose and not (self.changes and changed):
            return
        before, after = [], []
        if self.uid != -1:
            before.append(self.names.user(uid))
            after.append(self.names.user(self.uid))
        if self.gid != -1:
            before.append(self.names.group(gid))
            after.append(self.names.group(self.gid))
        what = "ownership" if self.uid != -1 else "group"
        if changed:
            text = f"changed {what} of {quoteaf(name)} from {':'.join(before)} to {':'.join(after)}"
        else:
            text = f"{what} of {quoteaf(name)} retained as {':'.join(after)}"
        self.io.out(text + "\n")
