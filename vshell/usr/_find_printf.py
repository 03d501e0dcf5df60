"""What find prints by a format (-printf), and as ls does (-ls).

Source: find(1), findutils 4.9
"""

from __future__ import annotations

from vshell.abi.errno import ELOOP, ENOENT, KernelError
from vshell.usr._dates import moment, strftime
from vshell.usr._files import S_IFMT
from vshell.usr._human import blocks_of
from vshell.usr._mode import mode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._find_entry import Entry, Run

    Part = Callable[[Entry], object]

__all__ = ["compile_format", "list_entry"]

_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "0": "\0",
    "\\": "\\",
}
_LETTERS = {
    0o140000: "s",
    0o120000: "l",
    0o100000: "f",
    0o060000: "b",
    0o040000: "d",
    0o020000: "c",
    0o010000: "p",
}
_TIMES = {"a": "atime_ns", "A": "atime_ns", "c": "ctime_ns", "C": "ctime_ns", "t": "mtime_ns"}
_TIMES |= {"T": "mtime_ns", "B": "ctime_ns"}
_HALF_YEAR_NS = 31556952 // 2 * 1_000_000_000


def compile_format(run: Run, template: str) -> Callable[[Entry], bool]:
    """Make the action that prints by a format."""
    parts: list[str | Part] = []
    position = 0
    flushing = False
    while position < len(template):
        letter = template[position]
        if letter == "\\":
            text, position = _escape(run, template, position + 1)
            if text is None:
                flushing = True
                break
            parts.append(text)
        elif letter == "%":
            part, position = _directive(run, template, position + 1)
            parts.append(part)
        else:
            parts.append(letter)
            position += 1

    def show(entry: Entry) -> bool:
        run.io.out("".join(str(one if isinstance(one, str) else one(entry)) for one in parts))
        if flushing:
            run.io.flush()
        return True

    return show


# An escape behind its backslash; None for the one that ends the output.
def _escape(run: Run, template: str, position: int) -> tuple[str | None, int]:
    letter = template[position : position + 1]
    digits = ""
    while len(digits) < 3 and template[position : position + 1] in tuple("01234567"):
        digits += template[position]
        position += 1
    if digits:
        return chr(int(digits, 8) & 0xFF), position
    if letter == "c":
        return None, position
    if not letter:
        run.io.complain("warning: escape `\\' followed by nothing at all")
        return "\\", position
    if letter not in _ESCAPES:
        run.io.complain(f"warning: unrecognized escape `\\{letter}'")
        return "\\" + letter, position + 1
    return _ESCAPES[letter], position + 1


def _directive(run: Run, template: str, position: int) -> tuple[str | Part, int]:
    start = position
    while template[position : position + 1] in tuple("-0 +#"):
        position += 1
    while template[position : position + 1].isdigit() or template[position : position + 1] == ".":
        position += 1
    flags = template[start:position]
    letter = template[position : position + 1]
    if not letter:
        run.io.die("error: % at end of format string")
    position += 1
    if letter == "%":
        return "%", position
    if letter in "ABCT":
        detail = template[position : position + 1]
        if not detail:
            run.io.die(f"error: %{letter} at end of format string")
        field = _TIMES[letter]
        return _formatted(flags, lambda entry: _time_part(run, entry, field, detail)), position + 1
    value = _VALUES.get(letter)
    if value is None:
        run.io.complain(f"warning: unrecognized format directive `%{letter}'")
        return f"%{flags}{letter}", position
    give = value
    return _formatted(flags, lambda entry: give(run, entry)), position


def _formatted(flags: str, value: Part) -> Part:
    if not flags:
        return value
    left = "-" in flags
    digits = flags.lstrip("-0 +#")
    zero = flags.startswith("0")
    width, _, precision = digits.partition(".")

    def text(entry: Entry) -> str:
        found = value(entry)
        shown = str(found)
        if precision and isinstance(found, str):
            shown = shown[: int(precision)]
        if left:
            return shown.ljust(int(width or 0))
        return shown.rjust(int(width or 0), "0" if zero and isinstance(found, int) else " ")

    return text


def _time_part(run: Run, entry: Entry, field: str, detail: str) -> str:
    when = moment(run.io, getattr(entry.found, field))
    fraction = f"{when.ns:09d}0"
    if detail == "@":
        return f"{when.time_ns // 1_000_000_000}.{fraction}"
    if detail == "+":
        return strftime("%Y-%m-%d+%H:%M:%S", when) + "." + fraction
    if detail in "STX":
        return strftime("%S" if detail == "S" else "%H:%M:%S", when) + "." + fraction
    if detail == "r":
        return strftime("%I:%M:%S", when) + "." + fraction + strftime(" %p", when)
    if detail == "c":
        return strftime("%a %b %e %H:%M:%S", when) + "." + fraction + strftime(" %Y", when)
    return strftime("%" + detail, when)


def _full_time(field: str) -> Callable[[Run, Entry], str]:
    return lambda run, entry: _time_part(run, entry, field, "c")


def _target(run: Run, entry: Entry) -> str:
    return run.io.sys.readlink(entry.path) if entry.is_link() else ""


# The type of what a link leads to: N for nothing, L for a loop.
def _target_letter(run: Run, entry: Entry) -> str:
    try:
        found = run.io.sys.stat(entry.path)
    except KernelError as error:
        return {ENOENT: "N", ELOOP: "L"}.get(error.errno, "?")
    return _LETTERS.get(found.mode & S_IFMT, "U")


def _below_start(run: Run, entry: Entry) -> str:
    del run
    return entry.path[len(entry.start) :].removeprefix("/")


def _head(run: Run, entry: Entry) -> str:
    del run
    folder, slash, _ = entry.path.rpartition("/")
    return folder if slash else "."


def _tail(run: Run, entry: Entry) -> str:
    del run
    return entry.name + entry.path[len(entry.path.rstrip("/") or "/") :]


_VALUES: dict[str, Callable[[Run, Entry], str | int]] = {
    "a": _full_time("atime_ns"),
    "b": lambda _, entry: blocks_of(entry.found),
    "c": _full_time("ctime_ns"),
    "d": lambda _, entry: entry.depth,
    "D": lambda _, entry: entry.found.device,
    "f": _tail,
    "F": lambda _, entry: "ext4" if entry.found.device == 1 else "tmpfs",
    "g": lambda run, entry: run.names.group(entry.found.gid),
    "G": lambda _, entry: entry.found.gid,
    "h": _head,
    "H": lambda _, entry: entry.start,
    "i": lambda _, entry: entry.found.inode,
    "k": lambda _, entry: blocks_of(entry.found) // 2,
    "l": _target,
    "m": lambda _, entry: f"{entry.found.mode & 0o7777:o}",
    "M": lambda _, entry: mode_text(entry.found.mode),
    "n": lambda _, entry: entry.found.links,
    "p": lambda _, entry: entry.path,
    "P": _below_start,
    "s": lambda _, entry: entry.found.size,
    "t": _full_time("mtime_ns"),
    "u": lambda run, entry: run.names.user(entry.found.uid),
    "U": lambda _, entry: entry.found.uid,
    "y": lambda _, entry: _LETTERS.get(entry.kind(), "U"),
    "Y": _target_letter,
}


def list_entry(run: Run, entry: Entry) -> str:
    """Write a file as -ls does, on a line."""
    found = entry.found
    age_ns = run.now_ns - found.mtime_ns
    recent = 0 <= age_ns < _HALF_YEAR_NS
    when = strftime("%b %e %H:%M" if recent else "%b %e  %Y", moment(run.io, found.mtime_ns))
    size = str(found.size)
    if entry.kind() in (0o020000, 0o060000):
        size = f"{found.rdev[0]:3}, {found.rdev[1]:3}"
    line = f"{found.inode:9} {blocks_of(found) // 2:6} {mode_text(found.mode)} {found.links:3}"
    line += f" {run.names.user(found.uid):<8} {run.names.group(found.gid):<8} {size:>8} {when}"
    target = f" -> {_target(run, entry)}" if entry.is_link() else ""
    return f"{line} {entry.path}{target}\n"
