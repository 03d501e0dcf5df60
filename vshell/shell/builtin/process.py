"""Builtins for what the kernel keeps of the shell's process.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.builtin.common import options_of, refuse_option, write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]

# Letter, what it limits, unit, and the limit: what a host has that nobody has told otherwise.
_LIMITS = (
    ("R", "real-time non-blocking time", "microseconds", "unlimited"),
    ("c", "core file size", "blocks", "0"),
    ("d", "data seg size", "kbytes", "unlimited"),
    ("e", "scheduling priority", "", "0"),
    ("f", "file size", "blocks", "unlimited"),
    ("i", "pending signals", "", "15360"),
    ("l", "max locked memory", "kbytes", "8192"),
    ("m", "max memory size", "kbytes", "unlimited"),
    ("n", "open files", "", "1024"),
    ("p", "pipe size", "512 bytes", "8"),
    ("q", "POSIX message queues", "bytes", "819200"),
    ("r", "real-time priority", "", "0"),
    ("s", "stack size", "kbytes", "8192"),
    ("t", "cpu time", "seconds", "unlimited"),
    ("u", "max user processes", "", "15360"),
    ("v", "virtual memory", "kbytes", "unlimited"),
    ("x", "file locks", "", "unlimited"),
)
# Where the hard limit is another.
_HARD = {"c": "unlimited", "n": "1048576", "s": "unlimited"}
_ULIMIT_USAGE = "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]"


def _times(ex: Executor, argv: list[str]) -> int:
    options_of(ex, argv, "", "times")

    def shown(time_ns: int) -> str:
        milliseconds = time_ns // 1_000_000
        return (
            f"{milliseconds // 60_000}m{milliseconds % 60_000 // 1000}.{milliseconds % 1000:03d}s"
        )

    user, system, children = ex.shell.sys.cpu_times_ns()
    write_out(ex, f"{shown(user)} {shown(system)}\n{shown(children)} {shown(0)}\n")
    return 0


def _umask(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    sys = shell.sys
    options, words = options_of(ex, argv, "pS", "umask [-p] [-S] [mode]")
    mask = sys.umask(0)
    sys.umask(mask)
    if not words:
        text = _symbolic(mask) if "S" in options else f"{mask:04o}"
        head = ("umask -S " if "S" in options else "umask ") if "p" in options else ""
        write_out(ex, f"{head}{text}\n")
        return 0
    text = words[0]
    if text[:1].isdigit():
        if not all(digit in "01234567" for digit in text):
            shell.complain(f"umask: {text}: octal number out of range")
            return 1
        sys.umask(int(text, 8))
        return 0
    changed = _parse_symbolic(ex, text, mask)
    if changed is None:
        return 1
    sys.umask(changed)
    if "S" in options:
        write_out(ex, _symbolic(changed) + "\n")
    return 0


def _symbolic(mask: int) -> str:
    allowed = ~mask & 0o777
    parts = []
    for who, shift in (("u", 6), ("g", 3), ("o", 0)):
        bits = allowed >> shift & 7
        letters = "".join(letter for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if bits & bit)
        parts.append(f"{who}={letters}")
    return ",".join(parts)


def _parse_symbolic(ex: Executor, text: str, mask: int) -> int | None:
    allowed = ~mask & 0o777
    position = 0
    while position < len(text):
        who = 0
        while text[position : position + 1] in ("u", "g", "o", "a"):
            who |= {"u": 0o700, "g": 0o070, "o": 0o007, "a": 0o777}[text[position]]
            position += 1
        operator = text[position : position + 1]
        if operator not in ("+", "-", "="):
            ex.shell.complain(f"umask: `{operator}': invalid symbolic mode operator")
            return None
        position += 1
        bits = 0
        while text[position : position + 1] in ("r", "w", "x"):
            bits |= {"r": 0o444, "w": 0o222, "x": 0o111}[text[position]]
            position += 1
        following = text[position : position + 1]
        if following not in ("", ","):
            ex.shell.complain(f"umask: `{following}': invalid symbolic mode character")
            return None
        position += 1
        who = who or 0o777
        if operator == "+":
            allowed |= bits & who
        elif operator == "-":
            allowed &= ~(bits & who)
        else:
            allowed = allowed & ~who | bits & who
    return ~allowed & 0o777


def _ulimit(ex: Executor, argv: list[str]) -> int:
    words = argv[1:]
    letters = ""
    known = {letter for letter, _, _, _ in _LIMITS} | set("SHabkPT")
    # A limit may stand behind its letter: ulimit -n 100 -s.
    asked: list[tuple[str, str | None]] = []
    while words and words[0][:1] == "-" and len(words[0]) > 1:
        word = words.pop(0)
        for letter in word[1:]:
            if letter not in known:
                return refuse_option(ex, "ulimit", f"-{letter}", _ULIMIT_USAGE)
            letters += letter
            if letter not in "SHa":
                asked.append((letter, None))
        if words and words[0][:1] != "-" and asked:
            asked[-1] = (asked[-1][0], words.pop(0))
    if "a" in letters:
        for letter, _, _, _ in _LIMITS:
            write_out(ex, _labelled(letter) + _limit_of(ex, letter, hard="H" in letters) + "\n")
        return 0
    if not asked:
        asked = [("f", words[0] if words else None)]
    status = 0
    for letter, value in asked:
        if value is None:
            label = _labelled(letter) if len(asked) > 1 else ""
            write_out(ex, label + _limit_of(ex, letter, hard="H" in letters) + "\n")
        else:
            status |= _set_limit(ex, letter, value, letters)
    return status


def _labelled(letter: str) -> str:
    name, unit = next((name, unit) for one, name, unit, _ in _LIMITS if one == letter)
    where = f"({unit}, -{letter}) " if unit else f"(-{letter}) "
    return f"{name:<20s} {where:>20s}"


def _limit_of(ex: Executor, letter: str, *, hard: bool) -> str:
    default = next(limit for one, _, _, limit in _LIMITS if one == letter)
    return ex.shell.limits.get(letter, (default, _HARD.get(letter, default)))[hard]


def _number(value: str) -> float:
    return float("inf") if value == "unlimited" else int(value)


def _set_limit(ex: Executor, letter: str, value: str, letters: str) -> int:
    shell = ex.shell
    soft, hard = (_limit_of(ex, letter, hard=kind) for kind in (False, True))
    value = {"hard": hard, "soft": soft}.get(value, value)
    if value != "unlimited" and not value.isdigit():
        shell.complain(f"ulimit: {value}: invalid number")
        return 1
    both = "H" in letters or "S" not in letters
    name = next(name for one, name, _, _ in _LIMITS if one == letter)
    why = ""
    if letter == "p" or (not both and _number(value) > _number(hard)):
        why = "Invalid argument"
    elif both and _number(value) > _number(hard) and shell.sys.credentials()[1]:
        why = "Operation not permitted"
    elif "H" in letters and "S" not in letters and _number(value) < _number(soft):
        why = "Invalid argument"
    if why:
        shell.complain(f"ulimit: {name}: cannot modify limit: {why}")
        return 1
    changes_soft = "S" in letters or "H" not in letters
    shell.limits[letter] = (value if changes_soft else soft, value if both else hard)
    return 0


BUILTINS: dict[str, Builtin] = {
    "times": _times,
    "ulimit": _ulimit,
    "umask": _umask,
}
"""The builtins of this file, by name."""
