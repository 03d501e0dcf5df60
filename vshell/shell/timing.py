"""TIMEFORMAT: how the keyword time shows what it has measured.

Source: bash(1), "Shell Variables", TIMEFORMAT.
"""

from __future__ import annotations

from vshell.shell.state import ShellError

__all__ = ["format_times"]


def format_times(template: str, elapsed_ns: list[int]) -> str:
    """Write times by a template.

    Args:
        template: text with %[p][l]R, U, S, %P and %%; empty for nothing at all.
        elapsed_ns: real, user and system time.

    Raises:
        ShellError: something else stands behind a "%".
    """
    if not template:
        return ""
    out = []
    position = 0
    while position < len(template):
        letter = template[position]
        position += 1
        if letter != "%":
            out.append(letter)
            continue
        digits, long = 3, False
        if template[position : position + 1].isdigit():
            digits = min(int(template[position]), 3)
            position += 1
        if template[position : position + 1] == "l":
            long = True
            position += 1
        letter = template[position : position + 1]
        position += 1
        if letter in ("R", "U", "S"):
            out.append(_time(elapsed_ns["RUS".index(letter)], digits, long=long))
        elif letter == "P":
            real_ns = elapsed_ns[0] or 1
            hundredths = (elapsed_ns[1] + elapsed_ns[2]) * 10_000 // real_ns
            out.append(f"{hundredths // 100}.{hundredths % 100:02d}")
        elif letter in ("%", ""):
            out.append("%")
        else:
            raise ShellError(f"TIMEFORMAT: `{letter}': invalid format character")
    return "".join(out) + "\n"


def _time(time_ns: int, digits: int, *, long: bool) -> str:
    seconds, rest_ns = divmod(time_ns, 1_000_000_000)
    fraction = f".{rest_ns // 1_000_000:03d}"[: digits + 1] if digits else ""
    if long:
        return f"{seconds // 60}m{seconds % 60}{fraction}s"
    return f"{seconds}{fraction}"
