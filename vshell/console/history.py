"""The history of typed lines, kept in a file of the real disk."""

from __future__ import annotations

import os

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

__all__ = ["history_path", "open_history"]


def history_path() -> str:
    """Give the path of the file: below $XDG_STATE_HOME, else ~/.local/state."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return os.path.join(state, "vshell", "history")


def open_history() -> History:
    """Open the history; where no file can be kept, it lasts as long as the session."""
    path = history_path()
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "ab"):
            return FileHistory(path)
    except OSError:
        return InMemoryHistory()
