"""cp: copy files and directories.

Source: cp(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._copy import Copier, each_target
from vshell.usr._files import join
from vshell.usr._options import Options, give_up, parse
from vshell.usr._paths import folder_name
from vshell.usr._program import Io, program
from vshell.usr._quote import quote, quoteaf

__all__ = ["main"]

_LONG = {
    "archive": "a",
    "attributes-only": "attributes",
    "backup=?": "b",
    "copy-contents": "copy-contents",
    "dereference": "L",
    "force": "f",
    "interactive": "i",
    "link": "l",
    "no-clobber": "n",
    "no-dereference": "P",
    "no-preserve=": "no-preserve",
    "no-target-directory": "T",
    "one-file-system": "x",
    "parents": "parents",
    "preserve=?": "preserve",
    "recursive": "r",
    "reflink=?": "reflink",
    "remove-destination": "remove",
    "sparse=": "sparse",
    "strip-trailing-slashes": "strip",
    "suffix=": "S",
    "symbolic-link": "s",
    "target-directory=": "t",
    "update": "u",
    "verbose": "v",
}
_USAGE = (
    "[OPTION]... [-T] SOURCE DEST\n"
    "  or:  cp [OPTION]... SOURCE... DIRECTORY\n"
    "  or:  cp [OPTION]... -t DIRECTORY SOURCE..."
)
_PRESERVABLE = ("mode", "timestamps", "ownership", "links", "context", "xattr", "all")


@program
def main(io: Io, words: list[str]) -> int:
    """Copy: ``cp [-abdfHilLnpPrRsTuvx] [-t DIRECTORY] SOURCE... TARGET``."""
    options = parse(io, words, "abdfHilLnprst:uvxPRS:TZ", _LONG, usage=_USAGE)
    copier = _copier(io, options)
    if options.has("strip"):
        options.operands = [name.rstrip("/") or "/" for name in options.operands]
    if options.has("parents"):
        return _with_parents(io, options, copier)

    def copy(source: str, target: str) -> bool:
        return copier.copy(source, target)

    return each_target(io, options, copy)


def _copier(io: Io, options: Options) -> Copier:
    copier = Copier(io)
    copier.recursive = options.has("a", "r", "R")
    for name, value in options.items:
        if name in ("i", "n", "f"):
            if name != "f" or copier.overwrite == "no":
                copier.overwrite = {"i": "ask", "n": "no", "f": "yes"}[name]
        elif name in ("p", "a", "preserve"):
            _preserve(io, copier, value if name == "preserve" else "", everything=name == "a")
        elif name == "d":
            copier.keep_links = True
        elif name == "no-preserve":
            _preserve(io, copier, value, on=False)
    last = options.last_of("HLPad")
    if last:
        copier.follow = {"H": "operands", "L": "all"}.get(last, "never")
    elif copier.recursive or options.has("l"):
        copier.follow = "never"
    copier.force = options.has("f")
    copier.remove_first = options.has("remove")
    copier.update = options.has("u")
    copier.verbose = options.has("v")
    copier.link = "hard" if options.has("l") else "symbolic" if options.has("s") else ""
    copier.contents = not options.has("attributes")
    if options.has("b", "S"):
        copier.backup = options.value("S", "~")
    return copier


def _preserve(
    io: Io, copier: Copier, value: str, *, everything: bool = False, on: bool = True
) -> None:
    words = value.split(",") if value else ["mode", "ownership", "timestamps"]
    if everything:
        words = ["all"]
    for word in words:
        if word not in _PRESERVABLE:
            option = "--preserve" if on else "--no-preserve"
            io.complain(f"invalid argument {quote(word)} for {quote(option)}")
            listed = "".join(f"  - {quote(one)}\n" for one in _PRESERVABLE)
            io.err(f"Valid arguments are:\n{listed}")
            give_up(io)
        if word in ("mode", "all"):
            copier.keep_mode = on
        if word in ("ownership", "all"):
            copier.keep_owner = on
        if word in ("timestamps", "all"):
            copier.keep_times = on
        if word in ("links", "all"):
            copier.keep_links = on


# --parents: the copy gets the source's whole path below the directory.
def _with_parents(io: Io, options: Options, copier: Copier) -> int:
    names = options.operands
    if len(names) < 2:
        return each_target(io, options, copier.copy)
    folder = names.pop()
    status = 0
    for name in names:
        path = folder
        for part in [part for part in folder_name(name).split("/") if part not in ("", ".")]:
            path = join(path, part)
            try:
                io.sys.mkdir(path)
            except KernelError as error:
                if error.errno != 17:
                    copier.fail(f"cannot make directory {quoteaf(path)}", error)
        status |= not copier.copy(name, join(folder, name.lstrip("/")))
    return status
