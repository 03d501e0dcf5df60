"""Descriptions of terminals, compiled as ncurses has them, for /lib/terminfo.

Source: term(5), "STORAGE FORMAT"; the positions of capabilities are those of terminfo(5).
"""

from __future__ import annotations

import struct

__all__ = ["TERMINALS", "compile_terminfo"]

_MAGIC = 0o432
_COLUMNS, _LINES, _COLORS = 0, 2, 13
_STRINGS = {
    "clear": 5,
    "el": 6,
    "cup": 10,
    "civis": 13,
    "cnorm": 16,
    "bold": 27,
    "dim": 30,
    "rev": 34,
    "smul": 36,
    "sgr0": 39,
    "rmul": 44,
    "setaf": 359,
    "setab": 360,
}
_VT100 = {
    "clear": "\033[H\033[J",
    "el": "\033[K",
    "cup": "\033[%i%p1%d;%p2%dH",
    "bold": "\033[1m",
    "rev": "\033[7m",
    "smul": "\033[4m",
    "rmul": "\033[24m",
    "sgr0": "\033[0m",
}
_ANSI = _VT100 | {
    "dim": "\033[2m",
    "civis": "\033[?25l",
    "cnorm": "\033[?25h",
    "setaf": "\033[3%p1%dm",
    "setab": "\033[4%p1%dm",
}
_XTERM = _ANSI | {"clear": "\033[H\033[2J\033[3J", "sgr0": "\033(B\033[m"}
_MANY = {
    name: f"\033[%?%p1%{{8}}%<%t{few}%p1%d%e%p1%{{16}}%<%t{bright}%p1%{{8}}%-%d%e{rest};5;%p1%d%;m"
    for name, few, bright, rest in (("setaf", "3", "9", "38"), ("setab", "4", "10", "48"))
}

TERMINALS: dict[str, tuple[str, int, dict[str, str]]] = {
    "dumb": ("80-column dumb tty", -1, {}),
    "linux": ("Linux console", 8, _ANSI),
    "screen": ("VT 100/ANSI X3.64 virtual terminal", 8, _ANSI),
    "screen-256color": ("GNU Screen with 256 colors", 256, _ANSI | _MANY),
    "tmux-256color": ("tmux with 256 colors", 256, _ANSI | _MANY),
    "vt100": ("DEC VT100 (w/advanced video)", -1, _VT100),
    "xterm": ("xterm terminal emulator (X Window System)", 8, _XTERM),
    "xterm-256color": ("xterm with 256 colors", 256, _XTERM | _MANY),
}
"""By name: what it is in words, how many colours it has (-1 for none), and its strings."""


def compile_terminfo(name: str) -> bytes:
    """Compile the description of one of ``TERMINALS``."""
    words, colors, strings = TERMINALS[name]
    names = f"{name}|{words}\0".encode()
    numbers = [-1] * (_COLORS + 1)
    numbers[_COLUMNS], numbers[_LINES], numbers[_COLORS] = 80, 24, colors
    offsets = [-1] * (max(_STRINGS.values()) + 1)
    table = b""
    for capability, text in strings.items():
        offsets[_STRINGS[capability]] = len(table)
        table += text.encode() + b"\0"
    head = struct.pack("<6h", _MAGIC, len(names), 0, len(numbers), len(offsets), len(table))
    padding = b"\0" * (len(names) % 2)
    body = struct.pack(f"<{len(numbers)}h{len(offsets)}h", *numbers, *offsets)
    return head + names + padding + body + table
