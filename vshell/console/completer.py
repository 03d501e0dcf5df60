"""Completion from the live state of the host."""

from __future__ import annotations

from prompt_toolkit.completion import Completer, Completion

from vshell.machine.completion import complete, list_commands
from vshell.machine.thread import MachineStopped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from vshell.machine.thread import Machine

__all__ = ["ShellCompleter"]


class ShellCompleter(Completer):
    """Asks the machine what could stand at the cursor."""

    def __init__(self, machine: Machine) -> None:
        """Ask this machine."""
        self._machine = machine

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Give the candidates for the word at the cursor."""
        del complete_event
        text = document.text_before_cursor
        try:
            found = self._machine.query(lambda host, pid: complete(host, pid, text))
        except MachineStopped:
            return
        for candidate in found:
            yield Completion(
                candidate.text,
                start_position=candidate.start - len(text),
                display=candidate.shown,
                display_meta=candidate.meta,
            )

    def command_names(self) -> frozenset[str]:
        """Give all words that can stand as a command."""
        try:
            return frozenset(self._machine.query(list_commands))
        except MachineStopped:
            return frozenset()
