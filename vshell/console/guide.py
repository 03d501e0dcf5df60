"""What the prompt asks of whoever leads a learner through a lesson."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.machine.host import Host

__all__ = ["Guide"]


class Guide(Protocol):
    """Who leads a learner through a lesson (see ``vshell.transcript.lesson``)."""

    @property
    def suggestion(self) -> str:
        """The line suggested now, "" for none."""

    def next_repeated(self) -> str | None:
        """The next line of an earlier sitting, repeated unseen; None if all are."""

    def greeting(self) -> str:
        """What stands above the first prompt."""

    def take_line(self, line: str) -> str | None:
        """What to answer to a line that is the guide's; "quit"; None for the shell's."""

    def take_result(self, host: Host, output: str, status: int) -> str:
        """What to say before a prompt, after a line has done something."""
