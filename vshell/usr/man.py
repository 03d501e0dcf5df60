"""man: show pages of the manual.

Source: man(1), man-db 2.11.2
Differs: pages are found in /usr/share/man alone, and are not compressed.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program
from vshell.usr._spawn import start_program, wait_for
from vshell.usr._terminal import terminal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys

__all__ = ["main"]

_LONG = {
    "all": "a",
    "apropos": "k",
    "whatis": "f",
    "local-file": "l",
    "where": "w",
    "nh": "nh",
    "no-hyphenation": "nh",
    "nj": "nj",
    "no-justification": "nj",
    "path": "w",
    "location": "w",
    "pager=": "P",
    "sections=": "s",
}
_USAGE = """\
[OPTION...] [SECTION] PAGE...
Show pages of the manual. Sections: 1 programs, 8 programs of the administrator, 9 functions of
the kernel.

  -a, --all                  show all pages of that name
  -f, --whatis               tell what a page is about, as whatis does
  -k, --apropos              look for pages by what they are about, as apropos does
  -l, --local-file           PAGE is a file
  -P, --pager=PAGER          use this program to show pages
  -s, --sections=LIST        look in these sections, in this order
  -w, --where, --path        tell where pages lie
      --nj, --no-justification  leave the right edge ragged
      --nh, --no-hyphenation    words are not hyphenated anyway
      --help     display this help and exit
      --version  output version information and exit
"""
_ROOT = "/usr/share/man"
_SECTIONS = ("1", "8", "9", "2", "3", "4", "5", "6", "7")
_NOT_FOUND = 16
_WIDTH = 80


@program
def main(io: Io, words: list[str]) -> int:
    """Show the manual: ``man [-afklw] [-P PAGER] [-s LIST] [SECTION] PAGE...``."""
    options = parse(io, words, "afklM:P:s:wLEH", _LONG, usage=_USAGE, package="2.11.2")
    names = options.operands
    if options.has("k", "f") and names:
        return _index(io, options)
    if options.has("l"):
        return max([_show_file(io, name, options) for name in names], default=1)
    sections = [one for value in options.values("s") for one in value.replace(":", ",").split(",")]
    if len(names) > 1 and _is_section(names[0]):
        sections.append(names.pop(0))
    if not names:
        if options.has("w"):
            io.out(f"{_ROOT}\n")
            return 0
        if options.operands and _is_section(options.operands[0]):
            io.err(f"No manual entry for {options.operands[0]}\n")
            return _NOT_FOUND
        io.err("What manual page do you want?\nFor example, try 'man man'.\n")
        return 1
    status = 0
    for name in names:
        paths = _find(io, name, sections)
        if not paths:
            where = f" in section {', '.join(sections)}" if sections else ""
            io.err(f"No manual entry for {name}{where}\n")
            status = _NOT_FOUND
        for path in paths if options.has("a") else paths[:1]:
            if options.has("w"):
                io.out(f"{path}\n")
            else:
                status = _show_file(io, path, options) or status
    return status


def _is_section(word: str) -> bool:
    return len(word) == 1 and word in "123456789nl"


def _index(io: Io, options: Options) -> int:
    from vshell.usr._man_index import look_up  # noqa: PLC0415 - with -k and -f only

    by_name = options.last_of("kf") == "f"
    sections = [one for value in options.values("s") for one in value.replace(":", ",").split(",")]
    return look_up(
        io, options.operands, sections=sections, names_only=by_name, how="", every=False, long=False
    )


# A page's files, in the order of the sections; "name.9" names its section, too.
def _find(io: Io, name: str, sections: list[str]) -> list[str]:
    if "/" in name:
        return [name] if io.sys.access(name, 4) else []
    found = []
    stem, dot, ending = name.rpartition(".")
    for section in sections or _SECTIONS:
        path = f"{_ROOT}/man{section}/{name}.{section}"
        if io.sys.access(path, 4):
            found.append(path)
        elif dot and ending == section and io.sys.access(f"{_ROOT}/man{section}/{name}", 4):
            found.append(f"{_ROOT}/man{section}/{stem}.{section}")
    return found


def _show_file(io: Io, path: str, options: Options) -> int:
    from vshell.usr._man_roff import format_page, plain  # noqa: PLC0415 - with a page only

    try:
        source = io.read_text(path)
    except KernelError as error:
        io.complain(f"{path}: {strerror(error.errno)}")
        return _NOT_FOUND
    # Real: one column in forty stays free.
    text = format_page(source, _width(io) * 39 // 40, adjusts=not options.has("nj"))
    environ = io.sys.environ()
    pager = options.value("P") or environ.get("MANPAGER") or environ.get("PAGER") or "less"
    if not io.sys.isatty(1):
        io.out(plain(text))
        return 0
    return _page(io, pager, path, text)


def _width(io: Io) -> int:
    environ = io.sys.environ()
    for name in ("MANWIDTH", "COLUMNS"):
        value = environ.get(name, "")
        if value.isdigit() and int(value):
            return int(value)
    size = terminal_size(io)
    if not size:
        return _WIDTH
    return size[0]


def _page(io: Io, pager: str, path: str, text: str) -> int:
    stem, _, section = path.rpartition("/")[2].rpartition(".")
    title = f"{stem}({section})"

    def failed(sys: Sys, error: KernelError) -> int:
        sys.write(2, f"{io.name}: {pager}: {strerror(error.errno)}\n".encode())
        return 127

    argv = ["env", f"MAN_PN={title}", "LESS=-ix8R", "sh", "-c", pager]
    reader, writer = io.sys.pipe()
    for fd in (reader, writer):
        io.sys.set_cloexec(fd)
    pid = start_program(io, argv, on_failure=failed, redirections={0: reader})
    io.sys.close(reader)
    _write_all(io, writer, text.encode("utf-8", "surrogateescape"))
    io.sys.close(writer)
    return 0 if not wait_for(io, pid)[1] else 3


# The pager may be left before it has read everything.
def _write_all(io: Io, fd: int, data: bytes) -> None:
    from vshell.abi.signals import SIG_IGN, SIGPIPE  # noqa: PLC0415 - with a pager only

    io.sys.sigaction(SIGPIPE, SIG_IGN)
    while data:
        try:
            data = data[io.sys.write(fd, data) :]
        except KernelError:
            return
