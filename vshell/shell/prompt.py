r"""Prompts: what PS1 and PS2 stand for.

Source: bash(1), "Prompting". ``\[`` and ``\]`` are dropped: the front end knows what is visible.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.expand import Expander
    from vshell.shell.state import Shell

__all__ = ["expand_prompt"]

_DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def expand_prompt(
    shell: Shell, text: str, command_number: int, expander: Expander | None = None
) -> str:
    r"""Replace the backslash escapes of a prompt.

    Args:
        shell: whose user, host and directory are shown.
        text: PS1 or PS2.
        command_number: what ``\#`` shows.
        expander: expands the parameters and commands in it; None if that is not wanted.
    """
    shown = _escapes(shell, text, command_number)
    if expander is None or "promptvars" not in shell.shopt:
        return shown
    if not any(letter in shown for letter in "$`\\"):
        return shown
    from vshell.shell.lexer import ShellSyntaxError  # noqa: PLC0415 - few prompts need it
    from vshell.shell.parser import quoted_word  # noqa: PLC0415 - as above

    try:
        return expander.text(quoted_word(shown))
    except ShellSyntaxError:
        return shown


def _escapes(shell: Shell, text: str, command_number: int) -> str:
    out = []
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter != "\\" or position >= len(text):
            out.append(letter)
            continue
        letter = text[position]
        position += 1
        if letter in "01234567":
            digits = letter
            while len(digits) < 3 and text[position : position + 1] in tuple("01234567"):
                digits += text[position]
                position += 1
            out.append(chr(int(digits, 8)))
        else:
            out.append(_escape(shell, letter, command_number))
    return "".join(out)


def _escape(shell: Shell, letter: str, command_number: int) -> str:
    uid = shell.sys.credentials()[1]
    if letter in "wW":
        return _directory(shell, base=letter == "W")
    if letter in "dtTA@":
        return _date(shell, letter)
    return {
        "u": shell.get("USER") or ("root" if uid == 0 else str(uid)),
        "h": shell.sys.uname().nodename.partition(".")[0],
        "H": shell.sys.uname().nodename,
        "$": "#" if uid == 0 else "$",
        "s": shell.name,
        "v": "5.2",
        "V": "5.2.2",
        "n": "\n",
        "r": "\r",
        "e": "\x1b",
        "a": "\a",
        "\\": "\\",
        "[": "",
        "]": "",
        "j": str(len(shell.jobs)),
        "#": str(command_number),
        "!": str(len(shell.history) + 1),
        "l": (shell.sys.tty_name(0) or "tty").rpartition("/")[2],
    }.get(letter, "\\" + letter)


# What bash 5.2 does to a directory's name: most control characters become ^X (lib/sh/strvis.c).
_VISIBLE = {code: f"^{chr(code ^ 0x40)}" for code in (*range(0x20), 0x7F) if code not in b"\t\n"}


def _directory(shell: Shell, *, base: bool) -> str:
    path = (shell.get("PWD") or shell.sys.getcwd()).translate(_VISIBLE)
    home = shell.get("HOME") or ""
    if home and (path == home or path.startswith(home + "/")):
        path = "~" + path.removeprefix(home)
    if base and path not in ("/", "~"):
        return path.rpartition("/")[2]
    return path


def _date(shell: Shell, letter: str) -> str:
    seconds = shell.sys.clock_realtime_ns() // 1_000_000_000
    hour, minute, second = seconds // 3600 % 24, seconds // 60 % 60, seconds % 60
    if letter == "t":
        return f"{hour:02d}:{minute:02d}:{second:02d}"
    if letter == "A":
        return f"{hour:02d}:{minute:02d}"
    if letter in "T@":
        half = hour % 12 or 12
        suffix = "AM" if hour < 12 else "PM"
        return (
            f"{half:02d}:{minute:02d}:{second:02d}"
            if letter == "T"
            else f"{half:02d}:{minute:02d} {suffix}"
        )
    from datetime import datetime, timezone  # noqa: PLC0415 - rarely in a prompt

    day = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{_DAYS[seconds // 86400 % 7]} {_MONTHS[day.month - 1]} {day.day:2d}"
