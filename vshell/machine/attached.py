"""The host's side of a prompt in another process: its terminal, and the answers to what it asks.

Other than the terminal of a viewer, which types whole lines, it has its keys passed on as they are
pressed: whoever is at its other end edits the lines, as the first terminal's front end does.
"""

from __future__ import annotations

from vshell.abi.wire import Answer, Ended, Question

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.abi.wire import Request
    from vshell.machine.host import Host
    from vshell.machine.terminal import Terminal
    from vshell.machine.viewer import Viewer

__all__ = ["AttachedTerminal", "obey"]


class AttachedTerminal:
    """The terminal of a prompt in another process: a listener. In the host's thread only."""

    def __init__(self, viewer: Viewer, columns: int, rows: int) -> None:
        """Open it.

        Args:
            viewer: is told what happens at it.
            columns: its width.
            rows: its height.
        """
        self._viewer = viewer
        self.terminal: Terminal = viewer.machine.open_terminal(self, columns, rows)
        """What it types at."""

    def resize(self, columns: int, rows: int) -> None:
        """Pass on its size."""
        self.terminal.resize(columns, rows)

    def hang_up(self) -> None:
        """Close it: its session gets SIGHUP."""
        self.terminal.hang_up()

    def on_output(self, data: bytes) -> None:
        """Pass on what programs write."""
        self._viewer.give_output(data)

    def on_question(self, prompt: str, typed: str) -> None:
        """Pass on that a line is wanted."""
        self._viewer.give(Question(prompt, typed))

    def on_end(self, status: int) -> None:
        """Pass on that the session is over."""
        self._viewer.end_terminal()
        self._viewer.give(Ended(status))

    def on_failure(self, text: str) -> None:
        """Pass on nothing: the feed tells everybody."""
        del text


def obey(viewer: Viewer, host: Host, request: Request) -> Answer:
    """Do what a prompt in another process asks for.

    Args:
        viewer: who asks.
        host: whose terminal it has.
        request: what for.
    """
    number, kind, value = request.number, request.kind, request.value
    attached = viewer.attached
    if kind == "glance":
        from vshell.machine.survey import glance  # noqa: PLC0415 - only if asked

        return Answer(number, value=_row(glance(host)))
    if kind == "open":
        if attached is not None:
            return Answer(number, "its terminal is open")
        viewer.attach(AttachedTerminal(viewer, *value))
        return Answer(number)
    if attached is None:
        return Answer(number, "its terminal is not open")
    if kind in ("complete", "survey"):
        return Answer(number, value=_look(host, attached.terminal.number, kind, value))
    terminal = attached.terminal
    if kind == "answer":
        terminal.answer(value)
    elif kind == "end_input":
        terminal.end_input()
    elif kind == "cancel":
        terminal.cancel_line()
    elif kind == "press":
        terminal.press(value.encode("utf-8", "surrogateescape"))
    elif kind == "size":
        terminal.resize(*value)
    else:
        return Answer(number, f"a prompt cannot ask for that: {kind}")
    return Answer(number)


def _look(host: Host, number: int, kind: str, text: str) -> list[Any]:
    from vshell.machine.survey import complete_at, survey  # noqa: PLC0415 - only if asked

    if kind == "survey":
        return _row(survey(host, number))
    found = complete_at(host, number, text)
    return [[one.text, one.start, one.shown, one.meta] for one in found]


def _row(value: object) -> list[Any]:
    return [getattr(value, name) for name in value.__slots__]  # type: ignore[attr-defined]
