"""mktemp: make a file or directory with a new name.

Source: mktemp(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import EEXIST, KernelError, strerror
from vshell.usr._files import join
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quote

__all__ = ["main"]

_LONG = {
    "directory": "d",
    "dry-run": "u",
    "quiet": "q",
    "suffix=": "suffix",
    "tmpdir=?": "p",
}
_USAGE = "[OPTION]... [TEMPLATE]\nCreate a temporary file or directory, safely, and print its name."
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@program
def main(io: Io, words: list[str]) -> int:
    """Make a file: ``mktemp [-dqtu] [-p DIR] [--suffix=TEXT] [TEMPLATE]``."""
    options = parse(io, words, "dp:qtuV", _LONG, usage=_USAGE)
    if len(options.operands) > 1:
        usage_error(io, "too many templates")
    template = options.operands[0] if options.operands else "tmp.XXXXXXXXXX"
    suffix = options.value("suffix")
    if options.has("suffix"):
        if not template.endswith("X"):
            io.die(f"with --suffix, template {quote(template)} must end in X")
    else:
        suffix = template[template.rfind("X") + 1 :]
        template = template[: len(template) - len(suffix)]
    count = len(template) - len(template.rstrip("X"))
    if count < 3:
        io.die(f"too few X's in template {quote(template + suffix)}")
    if not options.operands or options.has("p", "t"):
        folder = options.value("p") or io.sys.environ().get("TMPDIR") or "/tmp"  # noqa: S108 - of the virtual tree
        if options.has("p") and template.startswith("/"):
            text = "invalid template, {}; with --tmpdir, it may not be absolute"
            io.die(text.format(quote(template + suffix)))
        template = join(folder, template)
    made = _make(
        io,
        template.rstrip("X") if count == len(template) else template[: len(template) - count],
        count,
        suffix,
        folder=options.has("d"),
        dry=options.has("u"),
        quiet=options.has("q"),
    )
    io.out(made + "\n")
    return 0


def _make(
    io: Io, stem: str, count: int, suffix: str, *, folder: bool, dry: bool, quiet: bool
) -> str:
    sys = io.sys
    random = sys.open("/dev/urandom")
    while True:
        data = sys.read(random, count)
        path = stem + "".join(_LETTERS[byte % len(_LETTERS)] for byte in data) + suffix
        try:
            if dry:
                if sys.access(path, 0):
                    continue
            elif folder:
                sys.mkdir(path, 0o700)
            else:
                sys.close(sys.open(path, 0o302, 0o600))
        except KernelError as error:
            if error.errno == EEXIST:
                continue
            if not quiet:
                what = "directory" if folder else "file"
                template = quote(stem + "X" * count + suffix)
                io.complain(
                    f"failed to create {what} via template {template}: {strerror(error.errno)}"
                )
            raise Quit(1) from None
        return path
