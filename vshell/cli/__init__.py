"""The command line."""

from vshell.cli.entry import main

__all__ = ["main"]
