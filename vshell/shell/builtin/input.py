"""Builtins that read input: read and mapfile.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import EINTR, KernelError, strerror
from vshell.shell.builtin.common import options_of
from vshell.shell.state import Discard, Leave, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]

_READ_USAGE = (
    "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] "
    "[-u fd] [name ...]"
)
_MAPFILE_USAGE = (
    "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] "
    "[array]"
)
_TIMED_OUT = 142
_NSEC_PER_SEC = 1_000_000_000


class _Line:
    # What a read takes: its characters, each with whether a backslash stood before it.
    def __init__(self) -> None:
        self.letters: list[tuple[str, bool]] = []
        self.ended = False
        self.status = 0


def _read(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "ersa:d:i:n:N:p:t:u:", _READ_USAGE)
    fd = _descriptor(ex, "read", options.get("u", "0"))
    if fd is None:
        return 1
    counts = {}
    for letter in "nN":
        text = options.get(letter)
        if text is not None and not text.isdigit():
            shell.complain(f"read: {text}: invalid number")
            return 1
        counts[letter] = int(text) if text else 0
    timeout_ns = _timeout_ns(options.get("t", shell.get("TMOUT") or None))
    if timeout_ns is not None and timeout_ns < 0:
        shell.complain(f"read: {options['t']}: invalid timeout specification")
        return 1
    for name in [*words, *([options["a"]] if "a" in options else [])]:
        base = name.partition("[")[0]
        if not (base.isascii() and base.isidentifier()):
            shell.complain(f"read: `{name}': not a valid identifier")
            return 1
    if "N" in options and not counts["N"]:
        counts["N"] = 0
    if options.get("p") and shell.sys.isatty(fd):
        shell.write_error(options["p"])
    if timeout_ns == 0:
        return int(not shell.sys.can_read(fd))
    delimiter = (options["d"] or "\0").encode()[:1] if "d" in options else b"\n"
    if timeout_ns is None:
        line = _read_letters(ex, fd, delimiter, options, counts, None)
    else:
        line = _read_in_time(ex, fd, delimiter, options, counts, timeout_ns)
    try:
        if "N" in options:
            _assign_whole(ex, line, words)
        else:
            _assign_fields(ex, line.letters, words, options.get("a", ""))
    except Discard as error:
        shell.complain(str(error))
        return 1
    if line.status:
        return line.status
    return 0 if line.ended else 1


def _descriptor(ex: Executor, name: str, text: str) -> int | None:
    if not text.isdigit():
        ex.shell.complain(f"{name}: {text}: invalid file descriptor specification")
        return None
    if int(text) not in ex.shell.sys.descriptors():
        if name == "read" and text == "0":
            ex.shell.complain("read: read error: 0: Bad file descriptor")
        else:
            what = "invalid file descriptor: Bad file descriptor"
            ex.shell.complain(f"{name}: {text}: {what}")
        return None
    return int(text)


# A time in nanoseconds, None without one, -1 if it is none.
def _timeout_ns(text: str | None) -> int | None:
    if text is None:
        return None
    whole, _, rest = text.partition(".")
    if not (whole or rest) or not (whole or "0").isdigit() or not (rest or "0").isdigit():
        return -1
    return int(whole or "0") * _NSEC_PER_SEC + int(rest[:9].ljust(9, "0") or "0")


# Read with an alarm that will cut it short.
def _read_in_time(
    ex: Executor,
    fd: int,
    delimiter: bytes,
    options: dict[str, str],
    counts: dict[str, int],
    timeout_ns: int,
) -> _Line:
    sys = ex.shell.sys
    old = sys.sigaction(sg.SIGALRM, lambda _signal: None)
    sys.alarm(timeout_ns)
    try:
        end_ns = sys.clock_monotonic_ns() + timeout_ns
        return _read_letters(ex, fd, delimiter, options, counts, end_ns)
    finally:
        sys.alarm(0)
        sys.sigaction(sg.SIGALRM, old)


# Read byte by byte, as a shell must that shares its input.
def _read_letters(
    ex: Executor,
    fd: int,
    delimiter: bytes,
    options: dict[str, str],
    counts: dict[str, int],
    end_ns: int | None,
) -> _Line:
    line = _Line()
    exact = "N" in options
    count = counts["N"] if exact else counts["n"]
    if ("n" in options or exact) and not count:
        line.ended = True
        return line
    pending = b""
    escaped = False
    while True:
        data = _read_byte(ex, fd, line, end_ns)
        if data is None:
            return line
        if not data:
            if pending:
                line.letters.append((pending.decode("utf-8", "surrogateescape"), escaped))
            return line
        if escaped and data == b"\n" and not pending:
            escaped = False
            continue
        if data == delimiter and not escaped and not exact:
            line.ended = True
            return line
        if data == b"\\" and "r" not in options and not escaped and not pending:
            escaped = True
            continue
        if data == b"\0":
            continue
        pending += data
        try:
            letter = pending.decode("utf-8")
        except UnicodeDecodeError:
            if len(pending) < 4:
                continue
            letter = pending.decode("utf-8", "surrogateescape")
        line.letters.append((letter, escaped))
        pending, escaped = b"", False
        if count and len(line.letters) >= count:
            line.ended = True
            return line


# One byte, b"" at the end, None if there will be none: the line knows why.
def _read_byte(ex: Executor, fd: int, line: _Line, end_ns: int | None) -> bytes | None:
    shell = ex.shell
    while True:
        try:
            return shell.sys.read(fd, 1)
        except KernelError as error:
            if error.errno == EINTR:
                if end_ns is not None and shell.sys.clock_monotonic_ns() >= end_ns:
                    line.status = _TIMED_OUT
                    return None
                if shell.interrupted:
                    raise Leave(130, "command" if shell.interactive else "shell") from None
                if shell.pending_signals:
                    ex.run_traps()
                continue
            shell.complain(f"read: read error: {fd}: {strerror(error.errno)}")
            line.status = 1
            return None


def _assign_whole(ex: Executor, line: _Line, names: list[str]) -> None:
    text = "".join(letter for letter, _ in line.letters)
    for number, name in enumerate(names or ["REPLY"]):
        _assign_one(ex, name, "" if number else text)


def _assign_one(ex: Executor, name: str, value: str) -> None:
    base, bracket, index = name.partition("[")
    if bracket:
        ex.shell.set_element(base, index.removesuffix("]"), value)
    else:
        ex.shell.set(name, value)


def _assign_fields(
    ex: Executor, line: list[tuple[str, bool]], names: list[str], array: str
) -> None:
    shell = ex.shell
    ifs = shell.get("IFS")
    ifs = " \t\n" if ifs is None else ifs
    if not names and not array:
        shell.set("REPLY", "".join(letter for letter, _ in line))
        return
    fields, rests = _split(line, ifs)
    if array:
        variable = shell.declare(array)
        if variable.readonly:
            raise Discard(f"{array}: readonly variable")
        variable.text = None
        variable.elements = {str(n): field for n, field in enumerate(fields)}
        return
    for number, name in enumerate(names):
        if number == len(names) - 1 and number < len(fields) - 1:
            value = rests[number]
        else:
            value = fields[number] if number < len(fields) else ""
        _assign_one(ex, name, value)


def _split(line: list[tuple[str, bool]], ifs: str) -> tuple[list[str], list[str]]:
    white = [letter for letter in ifs if letter in " \t\n"]
    position = 0

    def is_white(place: int) -> bool:
        return line[place][0] in white and not line[place][1]

    def skip() -> None:
        nonlocal position
        while position < len(line) and is_white(position):
            position += 1

    skip()
    end = len(line)
    while end > position and is_white(end - 1):
        end -= 1
    fields: list[str] = []
    rests: list[str] = []
    while position < end:
        rests.append("".join(letter for letter, _ in line[position:end]))
        start = position
        while position < end and (line[position][0] not in ifs or line[position][1]):
            position += 1
        fields.append("".join(letter for letter, _ in line[start:position]))
        skip()
        if position < end and line[position][0] in ifs and not is_white(position):
            position += 1
            skip()
    return fields, rests


def _mapfile(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "d:n:O:s:tu:C:c:", _MAPFILE_USAGE)
    numbers = {"n": 0, "O": 0, "s": 0, "c": 5000}
    for letter, default in list(numbers.items()):
        text = options.get(letter)
        if text is not None and not text.isdigit():
            whats = {"O": "invalid array origin", "c": "invalid callback quantum"}
            shell.complain(f"{argv[0]}: {text}: {whats.get(letter, 'invalid line count')}")
            return 1
        numbers[letter] = int(text) if text is not None else default
    fd = _descriptor(ex, argv[0], options.get("u", "0"))
    if fd is None:
        return 1
    name = words[0] if words else "MAPFILE"
    if not (name.isascii() and name.isidentifier()):
        shell.complain(f"{argv[0]}: `{name}': not a valid identifier")
        return 1
    variable = shell.declare(name)
    if variable.readonly or variable.associative:
        what = "readonly variable" if variable.readonly else "not an indexed array"
        shell.complain(f"{name}: {what}" if variable.readonly else f"{argv[0]}: {name}: {what}")
        return 1
    _fill(ex, variable, fd, options, numbers)
    return 0


def _fill(
    ex: Executor, variable: Variable, fd: int, options: dict[str, str], numbers: dict[str, int]
) -> None:
    from vshell.shell.bash import run_text  # noqa: PLC0415 - -C only
    from vshell.shell.quote import quote  # noqa: PLC0415 - as above

    if variable.elements is None or "O" not in options:
        variable.elements = {}
    variable.text = None
    delimiter = (options["d"] or "\0").encode()[:1] if "d" in options else b"\n"
    place = numbers["O"]
    for number, record in enumerate(_records(ex, fd, delimiter), 1):
        if number <= numbers["s"]:
            continue
        data = record.removesuffix(delimiter) if "t" in options else record
        text = data.decode("utf-8", "surrogateescape")
        kept = number - numbers["s"]
        if "C" in options and kept % numbers["c"] == 0:
            run_text(ex, f"{options['C']} {place} {quote(text)}", ex.shell.line)
        variable.elements[str(place)] = text
        place += 1
        if numbers["n"] and kept >= numbers["n"]:
            return


def _records(ex: Executor, fd: int, delimiter: bytes) -> list[bytes]:
    data = b""
    while True:
        try:
            chunk = ex.shell.sys.read(fd)
        except KernelError as error:
            if error.errno == EINTR:
                continue
            break
        if not chunk:
            break
        data += chunk
    parts = data.split(delimiter)
    return [part + delimiter for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


BUILTINS: dict[str, Builtin] = {
    "mapfile": _mapfile,
    "read": _read,
    "readarray": _mapfile,
}
"""The builtins of this file, by name."""
