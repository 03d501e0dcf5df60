"""How things look: a word, a letter, a filling and a colour for each state; never colour alone.

Rows are made of pieces with the name of a style; what a name means depends on the theme, and is
looked up when a line is drawn. Without colour the letters, marks and fillings say the same.
"""

from __future__ import annotations

from rich.style import Style

__all__ = [
    "DARK",
    "FILLINGS",
    "LEGEND",
    "LIGHT",
    "WORDS",
    "Look",
    "Piece",
    "Row",
    "clean",
    "cut",
    "cut_left",
    "duration",
    "stamp",
]

Piece = tuple[str, str]
"""A text and the name of its style."""

Row = tuple[Piece, ...]
"""A line of a widget."""


class Look(dict[str, Style]):
    """What the names of styles mean in a theme; several can be joined by "+"."""

    def __init__(self, parts: dict[str, Style]) -> None:
        """Know what the names mean; "" is the plain one that all others lie upon."""
        super().__init__()
        self._parts = parts

    def __missing__(self, name: str) -> Style:
        """Find out what a name means that is used for the first time."""
        parts = self._parts
        joined = [parts[""], *(parts[part] for part in name.split("+"))]
        style = self[name] = Style.combine(joined)
        return style


WORDS = {
    "R": "running",
    "r": "runnable",
    "S": "sleeping",
    "D": "sleeping",
    "P": "parked",
    "I": "idle",
    "T": "stopped",
    "X": "exited",
    "?": "unknown",
}
"""What stands beside the letter of a state."""

LEGEND = {
    "R": "running",
    "r": "runnable",
    "S": "interruptible",
    "D": "uninterruptible",
    "P": "parked",
    "I": "idle",
    "T": "stopped",
    "X": "exited",
    "?": "not known",
}
"""The states by letter, in the words of the kernel."""

FILLINGS = {
    "R": "\u2588",
    "r": "\u2592",
    "S": "\u00b7",
    "D": "\u2500",
    "P": "\u2550",
    "I": "\u00b7",
    "T": "~",
    "X": " ",
    "?": "?",
}
"""What a lane is filled with between two letters of a state."""


def _look(colours: dict[str, tuple[str, str, str]], names: dict[str, str]) -> Look:
    parts = {name: Style.parse(text) for name, text in names.items()}
    for state, (ink, lane_ink, lane_paper) in colours.items():
        parts[f"state {state}"] = Style(color=ink, bold=state in "RP")
        parts[f"lane {state}"] = Style(color=lane_ink, bgcolor=lane_paper)
        parts[f"mark {state}"] = Style(color=lane_ink, bgcolor=lane_paper, bold=True)
    return Look(parts)


# For each state: the ink of its letter and word, the ink and the paper of its lane.
DARK = _look(
    {
        "R": ("#6fdc6f", "#0d2b0d", "#5fd75f"),
        "r": ("#ffc14d", "#332200", "#e0a030"),
        "S": ("#8fc7dd", "#8fc7dd", "#16303a"),
        "D": ("#ff8a80", "#ff9d94", "#45191a"),
        "P": ("#cf9bff", "#dcb8ff", "#3b2161"),
        "I": ("#8a8f98", "#6d727a", "#1b1d21"),
        "T": ("#7aa7ff", "#7aa7ff", "#15264a"),
        "X": ("#747a83", "#565b63", "#101113"),
        "?": ("#747a83", "#747a83", "#101113"),
    },
    {
        "": "#d6d9de on #101113",
        "dim": "#8a8f98",
        "head": "bold #a9b1bd",
        "title": "#a9b1bd",
        "title focus": "bold #101113 on #a9b1bd",
        "rule": "#3b4048",
        "bar": "#e6e8eb on #23272e",
        "bar strong": "bold #ffffff on #23272e",
        "bar dim": "#9aa1ab on #23272e",
        "good": "bold #6fdc6f",
        "warn": "bold #ffc14d",
        "bad": "bold #ff8a80",
        "chosen": "on #2a303a",
        "here": "bold #101113 on #ffc14d",
        "marker": "bold #7aa7ff",
        "strong": "bold #ffffff",
    },
)
"""For dark terminals."""

LIGHT = _look(
    {
        "R": ("#0a7d16", "#ffffff", "#1f9a2c"),
        "r": ("#9a6200", "#3b2600", "#f2b84b"),
        "S": ("#1d6a85", "#1d6a85", "#dcf0f7"),
        "D": ("#b3261e", "#8f1d17", "#fbdad7"),
        "P": ("#6d28c9", "#5a1fa8", "#e6d6fb"),
        "I": ("#6b7078", "#8a8f98", "#eceef0"),
        "T": ("#1f4fbf", "#1f4fbf", "#dbe5fb"),
        "X": ("#7d828a", "#a2a7ae", "#fbfbfc"),
        "?": ("#7d828a", "#7d828a", "#fbfbfc"),
    },
    {
        "": "#1d2127 on #fbfbfc",
        "dim": "#6b7078",
        "head": "bold #444b55",
        "title": "#444b55",
        "title focus": "bold #ffffff on #444b55",
        "rule": "#c4c9d0",
        "bar": "#1d2127 on #dfe3e8",
        "bar strong": "bold #000000 on #dfe3e8",
        "bar dim": "#59606a on #dfe3e8",
        "good": "bold #0a7d16",
        "warn": "bold #9a6200",
        "bad": "bold #b3261e",
        "chosen": "on #e2e8f2",
        "here": "bold #ffffff on #9a6200",
        "marker": "bold #1f4fbf",
        "strong": "bold #000000",
    },
)
"""For light ones."""


def cut(text: str, width: int) -> str:
    """Give a text exactly this wide: filled up, or cut off at its end with a sign of it."""
    text = clean(text)
    if len(text) <= width:
        return text.ljust(width)
    return text[: width - 1] + "\u2026" if width > 0 else ""


def cut_left(text: str, width: int) -> str:
    """Give a text exactly this wide; if it is cut off, at its beginning."""
    text = clean(text)
    if len(text) <= width:
        return text.ljust(width)
    return "\u2026" + text[len(text) - width + 1 :] if width > 0 else ""


def clean(text: str) -> str:
    """Give a text in which nothing can move a terminal's cursor, each character one cell wide."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() and _is_narrow(letter) else "?" for letter in text
    )


def _is_narrow(letter: str) -> bool:
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 - for odd names only

    return east_asian_width(letter) not in "WF" and not combining(letter)


def duration(time_ns: int) -> str:
    """Say how long in at most five letters."""
    if time_ns < 1_000:
        return f"{time_ns}ns"
    if time_ns < 1_000_000:
        return f"{time_ns // 1000}us"
    if time_ns < 1_000_000_000:
        return f"{time_ns // 1_000_000}ms"
    seconds = time_ns / 1e9
    if seconds < 10:
        return f"{int(seconds * 10) / 10:.1f}s"
    if seconds < 1000:
        return f"{int(seconds)}s"
    if seconds < 60_000:
        return f"{seconds // 60:.0f}min"
    if seconds < 360_000:
        return f"{seconds // 3600:.0f}h"
    return f"{seconds // 86400:.0f}d"


def stamp(time_ns: int) -> str:
    """Say when, as the kernel's log does: seconds since boot."""
    return f"{time_ns // 1_000_000_000}.{time_ns // 1000 % 1_000_000:06d}"
