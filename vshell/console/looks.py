"""How the prompt looks: what the command line, the environment and the terminal say."""

from __future__ import annotations

import os

__all__ = ["Looks", "is_dumb"]

# What a terminal with a light background puts last into COLORFGBG.
_LIGHT_COLOURS = ("7", "9", "10", "11", "12", "13", "14", "15")
_OFF = ("0", "off", "no", "false")


def is_dumb() -> bool:
    """Tell whether the terminal cannot move its cursor."""
    return os.environ.get("TERM", "dumb") in ("", "dumb", "unknown")


class Looks:
    """Wishes for how the prompt looks."""

    def __init__(self, theme: str = "", *, toolbar: bool | None = None) -> None:
        """Take what the command line says; the environment says the rest.

        Args:
            theme: "light" or "dark"; "" for what $VSHELL_THEME, or else $COLORFGBG, says.
            toolbar: whether there is a toolbar; None for what $VSHELL_TOOLBAR says.
        """
        environment = os.environ
        if not theme:
            theme = environment.get("VSHELL_THEME", "")
        if theme not in ("light", "dark"):
            background = environment.get("COLORFGBG", "").rpartition(";")[2]
            theme = "light" if background in _LIGHT_COLOURS else "dark"
        self.is_light = theme == "light"
        """Whether the terminal's background is light."""
        self.has_colours = not environment.get("NO_COLOR")
        """Whether anything may be coloured."""
        if toolbar is None:
            toolbar = environment.get("VSHELL_TOOLBAR", "").lower() not in _OFF
        self.toolbar = toolbar
        """Whether the toolbar is shown from the beginning."""
