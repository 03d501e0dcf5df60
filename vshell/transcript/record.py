"""Records a session as a transcript while it happens, and as a cast for players.

A recorder observes a machine. It writes every line as it is entered, and every line of an answer as
it comes, before anybody sees it. So a recording that is cut off at any moment, by SIGKILL even, is
a transcript of what was done and shown until then.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal

from vshell.abi.events import Event
from vshell.machine.observer import Observer
from vshell.machine.settings import HostSettings
from vshell.transcript.edit import OutBlock, entry_text, head_text
from vshell.transcript.match import as_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.machine.host import Host

__all__ = ["Cast", "Recorder", "Recording", "settings_changes"]

_NSEC_PER_SEC = 1_000_000_000
_KEYS = {"eof": "ctrl-d", "cancel": "ctrl-c"}


def settings_changes(settings: HostSettings) -> dict[str, object]:
    """Give what differs from the default host's settings."""
    default = HostSettings().facts()
    return {name: value for name, value in settings.facts().items() if value != default[name]}


# A virtual time as seconds since boot, to the nanosecond.
def _seconds(time_ns: int) -> Decimal:
    return Decimal(f"{time_ns // _NSEC_PER_SEC}.{time_ns % _NSEC_PER_SEC:09d}")


class _File:
    # A file written a whole piece at a time, past every buffer.
    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape")
        while data:
            data = data[os.write(self._fd, data) :]

    def close(self) -> None:
        os.close(self._fd)


class Recorder(Observer):
    """Writes a session down as a transcript."""

    def __init__(
        self,
        path: str,
        title: str,
        *,
        events_path: str | None = None,
        workspace: str = "",
        with_times: bool = True,
    ) -> None:
        """Begin a recording.

        Args:
            path: of the transcript; it must not exist.
            title: of the transcript.
            events_path: of the kernel's events, beside the transcript; None for no events.
            workspace: the folder beside the transcript that is the home directory, or "".
            with_times: whether steps say when they were entered.

        Raises:
            OSError: a file cannot be made, or exists.
        """
        self._file = _File(path)
        self._events = _File(events_path) if events_path is not None else None
        self._others = {"workspace": workspace} if workspace else {}
        if events_path is not None:
            self._others["events"] = os.path.basename(events_path)
        self._title = title
        self._with_times = with_times
        self._changes: dict[str, object] = {}
        self._is_open = False
        self._block = OutBlock()
        # What has come of a line that is not complete.
        self._rest = b""
        self._press: list[dict[str, object]] = []
        self._status = 0
        self._size = (0, 0)
        self._size_seen = (0, 0)

    # -- What the machine tells -------------------------------------------------------------------

    def on_boot(self, host: Host) -> None:
        """Take note of the host's settings; listen to its events."""
        self._changes = settings_changes(host.settings)
        if self._events is not None:
            host.kernel.trace.subscribe(self._on_event)

    def on_entry(self, time_ns: int, kind: str, number: int, value: Any) -> None:
        """Write down what enters the first terminal."""
        if number:
            return
        if kind == "open":
            self._begin(*value)
        elif kind == "resize":
            self._size = tuple(value)
        elif kind == "keys":
            text = value.decode("utf-8", "surrogateescape")
            self._press.append({"at": _seconds(time_ns), "keys": text})
        else:
            self._enter(time_ns, kind, value)

    def on_output(self, number: int, time_ns: int, data: bytes) -> None:
        """Write down what the first terminal shows."""
        del time_ns
        if number or not self._is_open:
            return
        whole, newline, self._rest = (self._rest + data).rpartition(b"\n")
        if newline:
            self._answer(whole + newline)

    def on_question(self, number: int, time_ns: int, prompt: str, status: int) -> None:
        """Keep the last command's status."""
        del time_ns, prompt
        if not number:
            self._status = status

    def on_end(self, number: int, time_ns: int, status: int) -> None:
        """End the last step."""
        del time_ns
        if not number:
            self._status = status
            self._finish_step()

    def _on_event(self, emitted: tuple[Any, ...]) -> None:
        assert self._events is not None
        self._events.write(Event(emitted).to_json() + "\n")

    # -- What is written --------------------------------------------------------------------------

    def _begin(self, columns: int, rows: int) -> None:
        self._size = self._size_seen = (columns, rows)
        default = HostSettings()
        for name, value in (("columns", columns), ("rows", rows)):
            self._changes.pop(name, None)
            if value != getattr(default, name):
                self._changes[name] = value
        self._file.write(head_text(self._title, self._changes, **self._others))

    def _enter(self, time_ns: int, kind: str, value: str) -> None:
        self._finish_step()
        if kind == "line" and value.strip():
            keys: dict[str, object] = {"run": value}
        else:
            keys = {"key": _KEYS.get(kind, "enter")}
        if self._with_times:
            keys["at"] = _seconds(time_ns)
        if self._size != self._size_seen:
            keys["size"] = f"{self._size[0]}x{self._size[1]}"
            self._size_seen = self._size
        self._file.write(entry_text(keys))
        self._is_open = True
        self._block = OutBlock()
        self._rest = b""
        self._press = []

    def _answer(self, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        self._file.write(self._block.add(as_lines(text)))

    def _finish_step(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        self._answer(self._rest)
        self._file.write(self._block.end())
        keys: dict[str, object] = {}
        if self._press:
            keys["press"] = self._press
        if self._status:
            keys["status"] = self._status
        if keys:
            # They go on with the step that is there.
            self._file.write("  " + entry_text(keys)[2:])

    def close(self) -> None:
        """End the recording."""
        self._finish_step()
        self._file.close()
        if self._events is not None:
            self._events.close()


class Cast(Observer):
    """Writes a session down as an asciicast (version 3), in virtual time."""

    def __init__(self, path: str, title: str) -> None:
        """Begin a cast.

        Args:
            path: of the file; it must not exist.
            title: of the cast.

        Raises:
            OSError: the file cannot be made, or exists.
        """
        self._file = _File(path)
        self._title = title
        self._last_ns = 0
        self._started_s = 0

    def _event(self, time_ns: int, kind: str, data: str) -> None:
        interval_ms = max(time_ns - self._last_ns, 0) // 1_000_000
        # What is left below a millisecond stays for the next event.
        self._last_ns += interval_ms * 1_000_000
        line = json.dumps([interval_ms / 1000, kind, data], ensure_ascii=False)
        self._file.write(line.encode("utf-8", "replace").decode() + "\n")

    def on_boot(self, host: Host) -> None:
        """Take note of the virtual date."""
        self._last_ns = host.kernel.now_ns
        self._started_s = host.kernel.clock.wall_ns(host.kernel.now_ns) // _NSEC_PER_SEC

    def on_entry(self, time_ns: int, kind: str, number: int, value: Any) -> None:
        """Show what is typed at the prompt."""
        if number:
            return
        if kind == "open":
            columns, rows = value
            head = {
                "version": 3,
                "term": {"cols": columns, "rows": rows, "type": "xterm-256color"},
                "timestamp": self._started_s,
                "title": self._title,
            }
            self._file.write(json.dumps(head) + "\n")
        elif kind == "resize":
            self._event(time_ns, "r", f"{value[0]}x{value[1]}")
        elif kind == "line":
            self._event(time_ns, "o", value.replace("\n", "\r\n") + "\r\n")
        elif kind == "cancel":
            self._event(time_ns, "o", "^C\r\n")

    def on_output(self, number: int, time_ns: int, data: bytes) -> None:
        """Show what programs write."""
        if not number:
            text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\n", "\r\n")
            self._event(time_ns, "o", text)

    def on_question(self, number: int, time_ns: int, prompt: str, status: int) -> None:
        """Show the prompt, and mark it."""
        del status
        if not number:
            self._event(time_ns, "m", "")
            self._event(time_ns, "o", prompt)

    def on_end(self, number: int, time_ns: int, status: int) -> None:
        """Tell the exit status."""
        if not number:
            self._event(time_ns, "x", str(status))

    def close(self) -> None:
        """End the cast."""
        self._file.close()


class Recording(Observer):
    """A transcript and a cast of one session."""

    def __init__(self, recorder: Recorder, cast: Cast | None) -> None:
        """Tell both of everything."""
        self._observers = [one for one in (recorder, cast) if one is not None]

    def close(self) -> None:
        """End both."""
        for one in self._observers:
            one.close()

    def on_boot(self, host: Host) -> None:
        """Tell all."""
        for one in self._observers:
            one.on_boot(host)

    def on_entry(self, time_ns: int, kind: str, number: int, value: Any) -> None:
        """Tell all."""
        for one in self._observers:
            one.on_entry(time_ns, kind, number, value)

    def on_output(self, number: int, time_ns: int, data: bytes) -> None:
        """Tell all."""
        for one in self._observers:
            one.on_output(number, time_ns, data)

    def on_question(self, number: int, time_ns: int, prompt: str, status: int) -> None:
        """Tell all."""
        for one in self._observers:
            one.on_question(number, time_ns, prompt, status)

    def on_end(self, number: int, time_ns: int, status: int) -> None:
        """Tell all."""
        for one in self._observers:
            one.on_end(number, time_ns, status)
