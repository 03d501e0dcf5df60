"""ps: what a command line can ask for.

Source: ps(1), procps 4.0.2.
"""

from __future__ import annotations

from vshell.usr._ps_select import Selection

__all__ = ["Options"]


class Options:
    """What a command line says."""

    def __init__(self) -> None:
        """Say nothing."""
        self.selection = Selection()
        self.unix_formats: set[str] = set()
        """Of -f, -F, -l, -j, -y, -c, -P and -M: what ps's own UNIX format gets."""
        self.bsd_format = ""
        """Of j, l, s, u, v and X; C is --context."""
        self.several_formats = False
        """Whether more than one of these was asked for."""
        self.columns: list[str] = []
        """Texts of -o, one after the other."""
        self.around = ""
        """O or o if the columns of -O or BSD's O stand between ps's own."""
        self.sort = ""
        """Text of --sort."""
        self.short_sort = ""
        """Text of BSD's O, where it is an order."""
        self.after_processes = False
        """Whether threads have lines of their own."""
        self.forest = ""
        """f (drawn) or H (indented)."""
        self.header = "once"
        """once, never, or pages."""
        self.wide = 0
        self.cols = 0
        self.rows = 0
        self.numeric = False
        self.command_name = False
        self.environment = False
        self.with_children = False
        self.answer = ""
        """What else is asked for, alone: help, version, names or info."""
        self.help_section = ""
