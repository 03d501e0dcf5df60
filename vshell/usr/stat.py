"""stat: print the attributes of files.

Source: stat(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import moment, strftime
from vshell.usr._files import S_IFLNK, S_IFMT
from vshell.usr._human import blocks_of
from vshell.usr._kinds import kind_of
from vshell.usr._mode import mode_text
from vshell.usr._names import Names
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quoteaf, quotef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat

__all__ = ["main"]

_LONG = {
    "dereference": "L",
    "file-system": "f",
    "format=": "c",
    "printf=": "printf",
    "terse": "t",
    "cached=": "cached",
}
_USAGE = "[OPTION]... FILE...\nDisplay file or file system status."
_DEFAULT = (
    "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
    "Device: %Hd,%Ld\tInode: %-10i  Links: %h{devices}\n"
    "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
    "Access: %x\nModify: %y\nChange: %z\n Birth: %w\n"
)
_DEVICES = "     Device type: %Hr,%Lr"
_TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n"
_FS_DEFAULT = (
    '  File: "%n"\n    ID: %-8i Namelen: %-7l Type: %T\n'
    "Block size: %-10s Fundamental block size: %S\n"
    "Blocks: Total: %-10b Free: %-10f Available: %a\n"
    "Inodes: Total: %-10c Free: %d\n"
)
_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_BLOCK = 4096
_MAJOR_DISK, _MINOR_DISK = 8, 2


@program
def main(io: Io, words: list[str]) -> int:
    """Print attributes: ``stat [-Lft] [-c FORMAT] [--printf=FORMAT] FILE...``."""
    options = parse(io, words, "c:fLt", _LONG, usage=_USAGE)
    if not options.operands:
        usage_error(io, "missing operand")
    printer = _Printer(io)
    template: str | None = None
    for name, value in options.items:
        if name == "c":
            template, printer.escapes = value + "\n", False
        elif name == "printf":
            template, printer.escapes = value, True
    if template is None and options.has("t"):
        template = "%n %i %l %t %s %S %b %f %a %c %d\n" if options.has("f") else _TERSE
    printer.always_quote = template is not None
    status = 0
    for name in options.operands:
        try:
            found = io.sys.stat(name) if options.has("L", "f") else io.sys.lstat(name)
        except KernelError as error:
            what = "read file system information for" if options.has("f") else "statx"
            if name == "-":
                io.complain(
                    f"using {quoteaf(name)} to denote standard input "
                    "does not work in file system mode"
                )
            else:
                io.complain(f"cannot {what} {quoteaf(name)}: {strerror(error.errno)}")
            status = 1
            continue
        if options.has("f"):
            printer.print_filesystem(name, template or _FS_DEFAULT)
        else:
            device = found.mode & S_IFMT in (0o020000, 0o060000)
            default = _DEFAULT.replace("{devices}", _DEVICES if device else "")
            printer.print_file(name, found, default if template is None else template)
    return status


class _Printer:
    def __init__(self, io: Io) -> None:
        self.io = io
        self.names = Names(io)
        self.escapes = False
        self.always_quote = False

    def print_file(self, name: str, found: Stat, template: str) -> None:
        self.print(template, lambda letter, part: self.value(name, found, letter, part))

    def print_filesystem(self, name: str, template: str) -> None:
        total, used = self.io.sys.filesystem_bytes()
        free = (total - used) // _BLOCK
        values: dict[str, int | str] = {
            "n": name,
            "i": "0",
            "l": 255,
            "t": "ef53",
            "T": "ext2/ext3",
            "s": _BLOCK,
            "S": _BLOCK,
            "b": total // _BLOCK,
            "f": free,
            "a": free,
            "c": total // 16384,
            "d": free // 4,
        }
        self.print(template, lambda letter, _: values.get(letter))

    # Go through a format: %[flags][width][.precision][HL]letter.
    def print(self, template: str, value_of: object) -> None:
        assert callable(value_of)
        out = []
        position = 0
        while position < len(template):
            letter = template[position]
            position += 1
            if letter == "\\" and self.escapes:
                text, position = self.escape(template, position)
                out.append(text)
                continue
            if letter != "%":
                out.append(letter)
                continue
            start = position
            while template[position : position + 1] in tuple("-+ 0#'I123456789."):
                position += 1
            modifiers = template[start:position]
            part = ""
            if template[position : position + 2] in ("Hd", "Hr", "Ld", "Lr"):
                part = template[position]
                position += 1
            letter = template[position : position + 1]
            position += 1
            if letter in ("%", ""):
                out.append("%")
                continue
            value = value_of(letter, part)
            out.append("?" if value is None else _formatted(value, letter, modifiers))
        self.io.out("".join(out))

    def escape(self, template: str, position: int) -> tuple[str, int]:
        letter = template[position : position + 1]
        if letter in ("0", "1", "2", "3", "4", "5", "6", "7"):
            digits = ""
            while len(digits) < 3 and template[position : position + 1] in tuple("01234567"):
                digits += template[position]
                position += 1
            return chr(int(digits, 8) & 0xFF), position
        if letter == "x":
            digits = template[position + 1 : position + 3]
            while digits and digits.strip("0123456789abcdefABCDEF"):
                digits = digits[:-1]
            if digits:
                return chr(int(digits, 16)), position + 1 + len(digits)
        return _ESCAPES.get(letter, letter), position + 1

    def value(self, name: str, found: Stat, letter: str, part: str) -> int | str | None:
        if letter == "N":
            show = quoteaf if self.always_quote else quotef
            if found.mode & S_IFMT == S_IFLNK:
                return f"{show(name)} -> {show(self.io.sys.readlink(name))}"
            return show(name)
        if letter in "xyzXYZ":
            kind = {"x": "atime_ns", "y": "mtime_ns", "z": "ctime_ns"}[letter.lower()]
            return self.time(getattr(found, kind), as_text=letter.islower())
        if letter in "dr":
            major, minor = found.rdev if letter == "r" else _device(found)
            if part:
                return major if part == "H" else minor
            return major << 8 | minor
        values: dict[str, int | str] = {
            "a": found.mode & 0o7777,
            "A": mode_text(found.mode),
            "b": blocks_of(found),
            "B": 512,
            "C": "?",
            "D": _device(found)[0] << 8 | _device(found)[1],
            "f": found.mode,
            "F": kind_of(found),
            "g": found.gid,
            "G": self.names.group(found.gid),
            "h": found.links,
            "i": found.inode,
            "m": "/",
            "n": name,
            "o": _BLOCK if found.device == 1 else 1024,
            "s": found.size,
            "t": found.rdev[0],
            "T": found.rdev[1],
            "u": found.uid,
            "U": self.names.user(found.uid),
            "w": self.time(found.ctime_ns, as_text=True) if found.device == 1 else "-",
            "W": found.ctime_ns // NSEC_PER_SEC if found.device == 1 else 0,
        }
        return values.get(letter)

    def time(self, time_ns: int, *, as_text: bool) -> int | str:
        if not as_text:
            return time_ns // NSEC_PER_SEC
        return strftime("%Y-%m-%d %H:%M:%S.%N %z", moment(self.io, time_ns))


def _device(found: Stat) -> tuple[int, int]:
    return (_MAJOR_DISK, _MINOR_DISK) if found.device == 1 else (0, found.device)


def _formatted(value: int | str, letter: str, modifiers: str) -> str:
    flags = modifiers[: len(modifiers) - len(modifiers.lstrip("-+ 0#'I"))]
    size, _, precision = modifiers[len(flags) :].partition(".")
    if isinstance(value, int):
        text = f"{value:o}" if letter == "a" else f"{value:x}" if letter in "fDtT" else str(value)
        if "#" in flags and value:
            text = {"a": "0", "f": "0x", "D": "0x", "t": "0x", "T": "0x"}.get(letter, "") + text
    else:
        text = value[: int(precision)] if precision else value
    width = int(size or "0")
    if "-" in flags:
        return text.ljust(width)
    return text.rjust(width, "0" if "0" in flags and isinstance(value, int) else " ")
