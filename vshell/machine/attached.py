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


def obey(viewer: Viewer, request: Request) -> Answer | None:
    """Do what a prompt in another process asks for.

    Args:
        viewer: who asks.
        request: what for.

    Returns:
        The answer; None if ``look`` gives it, behind what has been typed before.
    """
    number, kind, value = request.number, request.kind, request.value
    attached = viewer.attached
    if kind == "open":
        if attached is not None:
            return Answer(number, "its terminal is open")
        viewer.attach(AttachedTerminal(viewer, *value))
        return Answer(number)
    if attached is None and kind != "glance":
        return Answer(number, "its terminal is not open")
    if kind in ("complete", "survey", "glance"):
        viewer.machine.put("feed", -1, ("look", viewer, request))
        return None
    return Answer(number, _type(attached, kind, value) if attached is not None else "")


# Pass on what is typed; give what is wrong.
def _type(attached: AttachedTerminal, kind: str, value: Any) -> str:
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
        return f"a prompt cannot ask for that: {kind}"
    return ""


def look(viewer: Viewer, host: Host, request: Request) -> Answer:
    """Answer what a prompt in another process asks of its host.

    Args:
        viewer: who asks.
        host: whose terminal it has.
        request: what for.
    """
    from vshell.machine.survey import complete_at, glance, survey  # noqa: PLC0415 - if asked

    number, kind = request.number, request.kind
    if kind == "glance":
        return Answer(number, value=_row(glance(host)))
    attached = viewer.attached
    if attached is None:
        return Answer(number, "its terminal is not open")
    if kind == "survey":
        return Answer(number, value=_row(survey(host, attached.terminal.number)))
    found = complete_at(host, attached.terminal.number, request.value)
    return Answer(number, value=[[one.text, one.start, one.shown, one.meta] for one in found])


def _row(value: object) -> list[Any]:
    return [getattr(value, name) for name in value.__slots__]  # type: ignore[attr-defined]
