"""The kernel events that a recording wrote down, compared one by one as they come."""

from __future__ import annotations

from vshell.abi.events import Event
from vshell.transcript.source import path_beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.transcript.model import Transcript

__all__ = ["RecordedEvents", "events_path"]


def events_path(transcript: Transcript) -> str:
    """Give the path of a transcript's recorded events; "" if it has none.

    Raises:
        TranscriptError: it leads out of the transcript's folder.
    """
    return path_beside(transcript.path, transcript.events) if transcript.events else ""


class RecordedEvents:
    """A file of events, one a line, beside those that happen now."""

    def __init__(self, path: str) -> None:
        """Begin a comparison; "" compares nothing."""
        self.is_wanted = bool(path)
        self.difference = ""
        """The first event that differs, described; "" if none does so far."""
        self.line = 0
        """The line of the step that ran then."""
        self._lines: Iterator[str] = iter(())
        if path:
            try:
                with open(path, encoding="utf-8") as file:
                    self._lines = iter(file.read().removesuffix("\n").split("\n"))
            except (OSError, UnicodeDecodeError) as error:
                self.difference = f"{path}: {getattr(error, 'strerror', None) or 'not text'}"

    def compare(self, event: Event, line: int) -> None:
        """Compare the next event.

        Args:
            event: what happened.
            line: of the step that runs.
        """
        if not self.is_wanted or self.difference:
            return
        recorded = next(self._lines, None)
        if recorded is None:
            self.difference = f"recorded: no more events\nnow:      {event}"
        elif recorded != event.to_json():
            self.difference = f"recorded: {_shown(recorded)}\nnow:      {event}"
        if self.difference:
            self.line = line

    def finish(self, line: int) -> None:
        """Note that nothing happens any more."""
        if self.is_wanted and not self.difference:
            recorded = next(self._lines, None)
            if recorded is not None:
                self.difference = f"recorded: {_shown(recorded)}\nnow:      no more events"
                self.line = line


def _shown(line: str) -> str:
    try:
        return str(Event.from_json(line))
    except ValueError:
        return line
