"""A script of the real disk, run by the virtual bash."""

from __future__ import annotations

from vshell.shell.bash import main_of_script as script_main

__all__ = ["script_main"]
