"""The real terminal, before anything that takes a while to load: its size, its modes."""

from __future__ import annotations

import os
import sys
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["own_mode", "take_keys", "window_size"]


def window_size() -> tuple[int, int]:
    """Give columns and rows; what the terminal itself says, not what was exported."""
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        columns, rows = 0, 0
    return columns or 80, rows or 24


def own_mode(fd: int) -> list[Any]:
    """Give a terminal's mode as termios has it; empty if it is no terminal."""
    try:
        return list(termios.tcgetattr(fd))
    except termios.error:
        return []


def take_keys(fd: int) -> None:
    """Have every key as it is pressed: no echo, no signals. What has been typed stays.

    Raises:
        termios.error: it is no terminal, or gone.
    """
    mode = termios.tcgetattr(fd)
    mode[0] &= ~(termios.ICRNL | termios.IXON | termios.INLCR)
    mode[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(fd, termios.TCSADRAIN, mode)
