"""Signals as the programs that send them list and name them.

Source: kill(1), procps 4.0.2; killall(1), psmisc 23.6
"""

from __future__ import annotations

from vshell.abi.signals import NAMES

__all__ = ["signal_lines", "signal_name", "signal_table"]

_LAST = 31
_FIRST_ROW = 16


def signal_name(number: int) -> str:
    """Give a signal's name without SIG."""
    return "POLL" if number == 29 else NAMES[number]


def signal_lines() -> str:
    """List all ordinary signals in two lines."""
    names = [signal_name(number) for number in range(1, _LAST + 1)]
    return " ".join(names[:_FIRST_ROW]) + "\n" + " ".join(names[_FIRST_ROW:]) + "\n"


def signal_table() -> str:
    """List all ordinary signals with their numbers, seven in a line."""
    text = ""
    for number in range(1, _LAST + 1):
        name = signal_name(number)
        text += f"{number:2d} {name}\n" if number % 7 == 0 else f"{number:2d} {name:<8s}"
    return text + "\n"
