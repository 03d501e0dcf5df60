"""The toolbar below the prompt: virtual time and rate, threads by state, tainted or not.

It is asked for again once a second while a line is edited, in a thread of its own, so that a host
that is busy makes no key wait.
"""

from __future__ import annotations

import asyncio

from vshell.console.looks import is_dumb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from vshell.abi.prompt import Glance
    from vshell.console.search import HistorySearch
    from vshell.machine.desk import Desk

__all__ = ["Toolbar", "toolbar_text"]

_PERIOD_S = 1.0
_COLUMNS_MIN, _ROWS_MIN = 60, 8
_NSEC_PER_SEC = 1_000_000_000


def toolbar_text(glance: Glance) -> StyleAndTextTuples:
    """Write down how a host is."""
    rate = f"x{glance.rate:g}" if glance.rate else "free"
    pace = "paused" if glance.is_paused else rate
    states = " ".join(f"{letter} {count}" for letter, count in glance.states)
    parts: StyleAndTextTuples = [
        ("class:bottom-toolbar.value", f"{glance.now_ns // _NSEC_PER_SEC} s "),
        ("class:bottom-toolbar.alarm" if glance.is_paused else "class:bottom-toolbar", pace),
        ("class:bottom-toolbar", "  tasks "),
        ("class:bottom-toolbar.value", states),
        ("class:bottom-toolbar", "  "),
    ]
    if glance.taint:
        parts.append(("class:bottom-toolbar.alarm", f"tainted {glance.taint}"))
    else:
        parts.append(("class:bottom-toolbar", "not tainted"))
    parts.append(("class:bottom-toolbar", "  F2 hides"))
    return parts


class Toolbar:
    """The toolbar of one prompt; where a search goes on, it shows what is found."""

    def __init__(
        self, session: PromptSession[str], desk: Desk, search: HistorySearch, *, is_wanted: bool
    ) -> None:
        """Prepare it.

        Args:
            session: below whose prompt it stands.
            desk: tells how the host is.
            search: in the history.
            is_wanted: whether it is shown from the beginning.
        """
        self._session = session
        self._desk = desk
        self._search = search
        self._is_wanted = is_wanted
        self._text: StyleAndTextTuples = []
        session.app.before_render += lambda _: self._place()

    def toggle(self) -> None:
        """Show it, or do not."""
        self._is_wanted = not self._is_wanted

    @property
    def is_shown(self) -> bool:
        """Whether it is wanted, and has room."""
        size = self._session.output.get_size()
        is_large = size.columns >= _COLUMNS_MIN and size.rows >= _ROWS_MIN
        return self._is_wanted and is_large and not is_dumb()

    def _place(self) -> None:
        if self._search.is_on:
            self._session.bottom_toolbar = self._search.rows(
                self._session.output.get_size().columns
            )
        else:
            self._session.bottom_toolbar = self._text if self._text and self.is_shown else None

    async def follow(self) -> None:
        """Follow the host until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            if self.is_shown:
                glance = await loop.run_in_executor(None, self._desk.glance)
                text = toolbar_text(glance) if glance is not None else []
                if text != self._text:
                    self._text = text
                    self._session.app.invalidate()
            await asyncio.sleep(_PERIOD_S)
