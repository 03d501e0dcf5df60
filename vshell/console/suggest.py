"""What is suggested behind the cursor, in grey: a lesson's line, else one from the history."""

from __future__ import annotations

from prompt_toolkit.auto_suggest import AutoSuggest, AutoSuggestFromHistory, Suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document

__all__ = ["Suggestions"]


class Suggestions(AutoSuggest):
    """Suggests the rest of a given line, or of one typed before."""

    def __init__(self, line: Callable[[], str], is_silent: Callable[[], bool]) -> None:
        """Suggest what ``line`` gives, where what is typed begins it.

        Args:
            line: gives a line, "" for none.
            is_silent: tells whether nothing is to be suggested.
        """
        self._line = line
        self._is_silent = is_silent
        self._history = AutoSuggestFromHistory()

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """Give the rest of the line, None without one."""
        if self._is_silent():
            return None
        line, text = self._line(), document.text
        if line and line.startswith(text):
            return Suggestion(line[len(text) :])
        return self._history.get_suggestion(buffer, document)
