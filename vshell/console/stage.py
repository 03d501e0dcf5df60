"""The panel in the prompt's place: asked for by a program, shown until somebody leaves it.

The machine asks in its own thread, and says when the program that asked is no more. Everything else
happens in the event loop.
"""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vshell.abi.wire import Link
    from vshell.machine.thread import Machine
    from vshell.machine.viewer import Viewer

    ShowPanel = Callable[[Callable[[Callable[[], None]], Link]], Awaitable[str]]

__all__ = ["Showing", "Stage"]


class Showing:
    """One time that a program has asked for the panel."""

    def __init__(self) -> None:
        """Be wanted."""
        self.is_wanted = True
        """Whether the program still waits for its end."""
        self._task: asyncio.Task[str] | None = None

    async def run(self, show: Callable[[], Awaitable[str]]) -> str:
        """Show the panel.

        Args: show: returns when it has been left, with what went wrong.

        Returns:
            What went wrong on one line, "" if nothing did.
        """
        task = self._task = asyncio.ensure_future(_guarded(show))
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        return "" if task.cancelled() else task.result()

    def end(self) -> None:
        """Have it end, if it goes on."""
        self.is_wanted = False
        if self._task is not None:
            self._task.cancel()


class Stage:
    """Where the panel is shown: what the machine knows of it (``vshell.kernel.tty.PanelDoor``)."""

    def __init__(
        self,
        machine: Machine,
        show_panel: ShowPanel,
        call: Callable[[Callable[[], None]], None],
        begin: Callable[[Showing], None],
    ) -> None:
        """Prepare it.

        Args:
            machine: whose threads are shown.
            show_panel: shows the panel; given what makes a link for it.
            call: has something done in the event loop.
            begin: called there when a program asks.
        """
        self._machine = machine
        self._show_panel = show_panel
        self._call = call
        self._begin = begin
        self._showing: Showing | None = None

    # -- In the host's thread ----------------------------------------------------------------------

    def show(self) -> None:
        """Ask for the panel."""
        showing = self._showing = Showing()
        self._call(lambda: self._begin(showing))

    def end(self) -> None:
        """Say that nobody waits for it any more."""
        showing, self._showing = self._showing, None
        if showing is not None:
            self._call(showing.end)

    # -- In the event loop -------------------------------------------------------------------------

    async def perform(self, showing: Showing) -> str:
        """Show the panel until it is left, or not wanted any more.

        Returns:
            What went wrong on one line, "" if nothing did.
        """
        from vshell.machine.viewer import Viewer  # noqa: PLC0415 - not before the first prompt

        links: list[Viewer] = []

        def make_link(notify: Callable[[], None]) -> Link:
            links.append(Viewer(self._machine, notify))
            return links[-1]

        try:
            return await showing.run(lambda: self._show_panel(make_link))
        finally:
            # One that has failed may have left its own open.
            for link in links:
                link.close()


# A panel that fails must not take the prompt with it.
async def _guarded(show: Callable[[], Awaitable[str]]) -> str:
    try:
        text = await show()
    except (Exception, SystemExit) as error:
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
    return " ".join(text.split())
