"""Completion from the live state of the host."""

from __future__ import annotations

from prompt_toolkit.completion import Completer, Completion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from vshell.machine.desk import Desk

__all__ = ["ShellCompleter"]


class ShellCompleter(Completer):
    """Asks the host what could stand at the cursor."""

    def __init__(self, desk: Desk) -> None:
        """Ask at this place."""
        self._desk = desk

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Give the candidates for the word at the cursor."""
        del complete_event
        text = document.text_before_cursor
        for candidate in self._desk.complete(text):
            yield Completion(
                candidate.text,
                start_position=candidate.start - len(text),
                display=candidate.shown,
                display_meta=candidate.meta,
            )
