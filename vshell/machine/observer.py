"""Who hears of everything that enters and leaves a host: a recording, for one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.machine.host import Host

__all__ = ["Observer"]


class Observer:
    """Hears everything and does nothing with it; every method is called in the host's thread.

    ``number`` is the terminal's, 0 for the first; ``time_ns`` is virtual time since boot.
    """

    def on_boot(self, host: Host) -> None:
        """The host is there, and no session yet."""

    def on_entry(self, time_ns: int, kind: str, number: int, value: Any) -> None:
        """Something enters: see ``vshell.machine.thread.Machine.log``."""

    def on_output(self, number: int, time_ns: int, data: bytes) -> None:
        """Programs have written to a terminal."""

    def on_question(self, number: int, time_ns: int, prompt: str, status: int) -> None:
        """A shell asks for a line; the last command's status was so."""

    def on_end(self, number: int, time_ns: int, status: int) -> None:
        """A session is over."""
