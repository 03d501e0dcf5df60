"""What a prompt needs of a host: a terminal, and answers. Of a host in this process."""

from __future__ import annotations

from vshell.machine.thread import MachineStopped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from vshell.abi.prompt import Glance, Survey
    from vshell.kernel.tty import PanelDoor
    from vshell.machine.completion import Candidate
    from vshell.machine.terminal import Listener
    from vshell.machine.thread import Machine

    Door = PanelDoor

    class Typable(Protocol):
        """A terminal, see ``vshell.machine.terminal.Terminal``."""

        def answer(self, line: str) -> None:
            """Hand over a line that was asked for."""

        def end_input(self) -> None:
            """Answer with the end of the input."""

        def cancel_line(self) -> None:
            """Give up the line that was asked for."""

        def press(self, keys: bytes) -> None:
            """Pass on keys that were pressed while a job runs."""

        def resize(self, columns: int, rows: int) -> None:
            """Pass on the window's size."""

    class Desk(Protocol):
        """Where a prompt sits; any thread may call any method."""

        def open(
            self, listener: Listener, columns: int, rows: int, panel: PanelDoor | None
        ) -> Typable:
            """Open a terminal, and let its session begin."""

        def complete(self, text: str) -> list[Candidate]:
            """Find what could stand at the end of an unfinished line; nothing if nobody answers."""

        def survey(self) -> Survey | None:
            """Ask what the editor of the next line needs to know; None if nobody answers."""

        def glance(self) -> Glance | None:
            """Ask how the host is; None if nobody answers."""

        def close(self) -> None:
            """Leave."""


__all__ = ["LocalDesk"]


class LocalDesk:
    """A place at a machine in this process; see ``Desk``."""

    def __init__(self, machine: Machine) -> None:
        """Sit down.

        Args: machine: not started yet, or running.
        """
        self.machine = machine
        """The machine itself, for what can be done only in its process."""
        self._number = 0

    def open(self, listener: Listener, columns: int, rows: int, panel: PanelDoor | None) -> Typable:
        """Open the machine's next terminal."""
        terminal = self.machine.open_terminal(listener, columns, rows, panel)
        self._number = terminal.number
        return terminal

    def complete(self, text: str) -> list[Candidate]:
        """Find what could stand at the end of an unfinished line."""
        from vshell.machine.survey import complete_at  # noqa: PLC0415 - not before the prompt

        number = self._number
        found: list[Candidate] | None = self._ask(lambda host, _: complete_at(host, number, text))
        return found or []

    def survey(self) -> Survey | None:
        """Ask what the editor of the next line needs to know."""
        from vshell.machine.survey import survey  # noqa: PLC0415 - as above

        number = self._number
        found: Survey | None = self._ask(lambda host, _: survey(host, number))
        return found

    def glance(self) -> Glance | None:
        """Ask how the host is."""
        from vshell.machine.survey import glance  # noqa: PLC0415 - as above

        found: Glance | None = self._ask(lambda host, _: glance(host))
        return found

    def _ask(self, look: Any) -> Any:
        try:
            return self.machine.query(look, self._number)
        except MachineStopped:
            return None

    def close(self) -> None:
        """Stop the machine."""
        self.machine.stop()
