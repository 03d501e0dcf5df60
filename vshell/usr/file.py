"""file: tell what kind of file something is.

Source: file(1), file-5.44
Differs: it knows what is on this host: directories, devices, links, ELF files, texts and sources,
archives. The programs of the host, which have no machine code, are shown as the executables that
they stand for.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    S_IFSOCK,
)
from vshell.usr._options import Options
from vshell.usr._program import Io, OptionError, getopt, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_LONG = {
    "brief": "b",
    "dereference": "L",
    "extension": "extension",
    "files-from=": "f",
    "separator=": "F",
    "help": "help",
    "mime": "i",
    "mime-type": "mime-type",
    "mime-encoding": "mime-encoding",
    "keep-going": "k",
    "no-dereference": "h",
    "no-buffer": "n",
    "no-pad": "N",
    "preserve-date": "p",
    "print0": "0",
    "raw": "r",
    "special-files": "s",
    "uncompress": "z",
    "version": "v",
}
_USAGE = """\
Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]
            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]
            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]
            <file> ...
       file -C [-m <magicfiles>]
       file [--help]
"""
_READ = 1 << 20
_KINDS = {S_IFIFO: ("fifo (named pipe)", "fifo"), S_IFSOCK: ("socket", "socket")}
_DEVICES = {S_IFCHR: ("character special", "chardevice"), S_IFBLK: ("block special", "blockdevice")}
_MAGIC = (
    (b"\x1f\x8b", "gzip compressed data", "application/gzip"),
    (b"BZh", "bzip2 compressed data", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "XZ compressed data", "application/x-xz"),
    (b"PK\x03\x04", "Zip archive data", "application/zip"),
    (b"!<arch>\n", "current ar archive", "application/x-archive"),
    (b"%PDF-", "PDF document", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "PNG image data", "image/png"),
)


@program
def main(io: Io, words: list[str]) -> int:
    """Tell kinds: ``file [-bhiLNs0] [-F SEPARATOR] [-f NAMEFILE] [--mime-type] [FILE...]``."""
    io.write_complaint = ""
    io.write_status = 1
    try:
        items, operands = getopt(words, "0bcCdEe:f:F:hikLlm:nNpP:rsSvzZ", _LONG)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 1
    options = Options(items, operands)
    if options.has("v", "help"):
        version = "file-5.44\nmagic file from /etc/magic:/usr/share/misc/magic\n"
        io.out(version if options.has("v") else _USAGE)
        return 0
    names = operands
    for listed in options.values("f"):
        try:
            names = io.read_text(listed).splitlines() + names
        except KernelError as error:
            io.die(f"Cannot open `{listed}' ({strerror(error.errno)})")
    if not names:
        io.err(_USAGE)
        return 1
    return _File(io, options).show(names)


class _Kind:
    # The words for a file, its MIME type and its character set.
    def __init__(self, words: str, mime: str, charset: str = "binary") -> None:
        self.words = words
        self.mime = mime
        self.charset = charset


class _File:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.options = options

    def show(self, names: list[str]) -> int:
        options = self.options
        padded = not options.has("N", "0", "f")
        width = max(map(len, names)) if padded else 0
        separator = options.value("F", ":")
        for name in names:
            text = self.text(self.kind(name))
            shown = "/dev/stdin" if name == "-" else name
            if not options.has("b"):
                head = shown + ("\0" if options.has("0") else "") + separator
                self.io.out(head.ljust(width + len(separator)) + " ")
            self.io.out(text + "\n")
        return 0

    def text(self, kind: _Kind) -> str:
        options = self.options
        if not kind.mime:
            return kind.words
        if options.has("extension"):
            return "???"
        if options.has("i"):
            return f"{kind.mime}; charset={kind.charset}"
        if options.has("mime-type"):
            return kind.mime
        return kind.charset if options.has("mime-encoding") else kind.words

    def kind(self, name: str) -> _Kind:
        sys = self.io.sys
        try:
            if name == "-":
                return self.content(0, sys.fstat(0))
            found = sys.stat(name) if self.options.last_of("Lh") == "L" else sys.lstat(name)
            form = found.mode & S_IFMT
            if form == S_IFLNK:
                return self.link(name)
            if form != S_IFREG and not (self.options.has("s") and form in _DEVICES):
                return _special(found, form)
        except KernelError as error:
            return _Kind(f"cannot open `{name}' ({strerror(error.errno)})", "")
        try:
            fd = sys.open(name)
        except KernelError:
            return _Kind(f"{''.join(_modes(found))}regular file, no read permission", "")
        kind = self.content(fd, found)
        sys.close(fd)
        return kind

    def link(self, name: str) -> _Kind:
        target = self.io.sys.readlink(name)
        try:
            self.io.sys.stat(name)
        except KernelError as error:
            if error.errno == ENOENT:
                return _Kind(f"broken symbolic link to {target}", "inode/symlink")
        return _Kind(f"symbolic link to {target}", "inode/symlink")

    def content(self, fd: int, found: Stat) -> _Kind:
        data = b""
        while len(data) < _READ:
            more = self.io.sys.read(fd, _READ - len(data))
            if not more:
                break
            data += more
        kind = _of_bytes(data, found.size)
        if found.mode & S_IFMT == S_IFREG:
            modes = "".join(_modes(found))
            # A text begins with the separator of what stands before it.
            between = ", " if modes and kind.charset != "binary" else ""
            kind.words = modes + between + kind.words
        return kind


def _special(found: Stat, form: int) -> _Kind:
    modes = list(_modes(found))
    if form == S_IFDIR:
        return _Kind("".join(modes) + "directory", "inode/directory")
    if form in _DEVICES:
        words, mime = _DEVICES[form]
        return _Kind(f"{words} ({found.rdev[0]}/{found.rdev[1]})", f"inode/{mime}")
    words, mime = _KINDS[form]
    return _Kind(words, f"inode/{mime}")


def _modes(found: Stat) -> Iterator[str]:
    for bit, word in ((0o4000, "setuid"), (0o2000, "setgid"), (0o1000, "sticky")):
        if found.mode & bit:
            yield f"{word}{', ' if found.mode & S_IFMT == S_IFDIR else ' '}"


def _of_bytes(data: bytes, size: int) -> _Kind:
    if not data:
        return _Kind("empty", "inode/x-empty")
    if data.startswith(b"\x7fELF"):
        from vshell.usr._file_elf import describe_elf  # noqa: PLC0415 - for ELF files only

        words, mime = describe_elf(data)
        return _Kind(words, mime)
    for magic, words, mime in _MAGIC:
        if data.startswith(magic):
            return _Kind(words + _detail(data, size), mime)
    if data[257:262] == b"ustar":
        gnu = data[257:265] == b"ustar  \0"
        return _Kind("POSIX tar archive" + (" (GNU)" if gnu else ""), "application/x-tar")
    if len(data) == 1:
        return _Kind("very short file (no magic)", "application/octet-stream")
    if data[:2] in (b"\xfe\xff", b"\xff\xfe"):
        order = "big" if data[0] == 0xFE else "little"
        line = data[:2].decode("latin-1") and ("\n" in data.decode("utf-16", "replace"))
        words = f"Unicode text, UTF-16, {order}-endian text"
        words += "" if line else ", with no line terminators"
        return _Kind(words, "text/plain", f"utf-16{order[0]}e")
    from vshell.usr._file_text import text_kind  # noqa: PLC0415 - not for directories and devices

    text = text_kind(data)
    if text is None:
        return _Kind("data", "application/octet-stream")
    return _Kind(text.words, text.mime, text.charset)


def _detail(data: bytes, size: int) -> str:
    if data.startswith(b"\x1f\x8b"):
        original = int.from_bytes(data[-4:], "little") if len(data) == size else 0
        system = {3: ", from Unix", 255: "", 0: ", from FAT filesystem (MS-DOS, OS/2, NT)"}
        best = {2: ", max compression", 4: ", max speed"}.get(data[8], "")
        return f"{best}{system.get(data[9], '')}, original size modulo 2^32 {original}"
    if data.startswith(b"%PDF-"):
        return f", version {data[5:8].decode('latin-1')}"
    return ""
