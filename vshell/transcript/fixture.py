"""What the pytest fixture ``vshell`` gives to a test: a host, its prompt, and views of its kernel.

Virtual time moves while a command runs in the foreground, and with ``advance``; the real clock
has no part in it. Everything here can also be used without pytest.
"""

from __future__ import annotations

from dataclasses import dataclass

from vshell.abi.events import Event
from vshell.machine.dialogue import Dialogue
from vshell.machine.failure import HostFailure
from vshell.machine.host import Host, load_settings
from vshell.machine.settings import SettingsError
from vshell.machine.views import view_kernel
from vshell.transcript.duration import parse_duration_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Protocol

    from vshell.abi.views import KernelView

    class Mark(Protocol):
        """What is needed of a pytest mark."""

        args: tuple[Any, ...]
        kwargs: Mapping[str, Any]


__all__ = ["Result", "Terminal", "Vshell", "wishes"]

_WISHES = ("workspace", "host", "files", "seed")
_KEYS = {"ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-z": "\x1a", "ctrl-backslash": "\x1c"}


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did."""

    out: str
    """What the terminal showed, standard output and error alike; lines end in a newline."""
    status: int
    """The exit status."""

    @property
    def lines(self) -> list[str]:
        """What the terminal showed, line by line."""
        return self.out.splitlines()


def _duration_ns(duration: str | float) -> int:
    return parse_duration_ns(duration if isinstance(duration, str) else f"{duration:.9f}")


class Terminal:
    """A terminal of the host, and the bash that runs on it."""

    def __init__(self, host: Host) -> None:
        """Open a session on the host's next terminal; what it says first is not kept."""
        self._dialogue = Dialogue(host)
        self._dialogue.take_output()

    @property
    def prompt(self) -> str:
        """The prompt that waits for a line, without its colours; "" while a command runs."""
        return self._dialogue.prompt

    @property
    def has_ended(self) -> bool:
        """Whether the session is over."""
        return self._dialogue.has_ended

    def run(self, text: str) -> Result:
        """Type a line, or several, and wait for the prompt behind them.

        Raises:
            HostFailure: the command can never end, or the kernel panicked.
            ValueError: no prompt waits.
        """
        __tracebackhide__ = True
        self.type(text)
        return self.finish()

    def type(self, text: str) -> None:
        """Type a line at the prompt, and do not wait for what it does.

        Of several lines, all but the last are waited for.

        Raises:
            ValueError: no prompt waits.
        """
        __tracebackhide__ = True
        for number, line in enumerate(text.removesuffix("\n").split("\n")):
            if number:
                self._wait()
            if not self._dialogue.is_waiting:
                what = "the session has ended" if self.has_ended else "a command still runs"
                raise ValueError(f"no prompt waits for {line!r}: {what}")
            self._dialogue.enter(line)

    def press(self, keys: str, after: str | float = 0) -> None:
        """Press keys while a command runs; at the prompt, ctrl-c or ctrl-d.

        Args:
            keys: ctrl-c, ctrl-d, ctrl-z, ctrl-backslash, or text as it is typed.
            after: virtual time until then, such as "250ms", or seconds.

        Raises:
            ValueError: a prompt waits, and the keys are neither ctrl-c nor ctrl-d.
        """
        delay_ns = _duration_ns(after)
        dialogue = self._dialogue
        if delay_ns or not dialogue.is_waiting:
            now_ns = dialogue.host.kernel.now_ns
            dialogue.press(_KEYS.get(keys, keys).encode(), now_ns + delay_ns)
        elif keys == "ctrl-c":
            dialogue.cancel_line()
        elif keys == "ctrl-d":
            dialogue.end_input()
        else:
            raise ValueError(f"a prompt waits: type {keys!r} as a line")

    def finish(self) -> Result:
        """Wait for the prompt, and give what was shown since the last command was typed.

        Raises:
            HostFailure: the command can never end, or the kernel panicked.
        """
        __tracebackhide__ = True
        self._wait()
        return Result(self.read(), self._dialogue.status)

    def advance(self, duration: str | float) -> None:
        """Let virtual time pass for the whole host: see ``Vshell.advance``."""
        __tracebackhide__ = True
        until_ns = self._dialogue.host.kernel.now_ns + _duration_ns(duration)
        self._guarded(lambda: self._dialogue.wait_until(until_ns))

    def _wait(self) -> None:
        __tracebackhide__ = True
        self._guarded(self._dialogue.finish)

    # A test's report ends in the test's own line, not inside the machine.
    @staticmethod
    def _guarded(act: Callable[[], None]) -> None:
        __tracebackhide__ = True
        try:
            act()
        except HostFailure as failure:
            raise failure.with_traceback(None) from None

    def read(self) -> str:
        """Give what was shown since last asked, whether a command runs or not."""
        return self._dialogue.take_output().replace("\r\n", "\n")


class Vshell:
    """A host with a prompt."""

    def __init__(
        self,
        workspace: str | None = None,
        host: str | Mapping[str, object] | None = None,
        files: Mapping[str, str] | None = None,
        seed: int | None = None,
    ) -> None:
        """Boot a host and open its first terminal.

        Args:
            workspace: a real directory that becomes the home directory, read only; None for the
                modules that come with vshell.
            host: the name of a profile or a host file, or the settings that differ from the default
                host's; with ``profile`` among them, from that one's.
            files: further files: their text by path, relative to the home directory or absolute.
            seed: of the order in which threads run; None for the host's own.

        Raises:
            SettingsError: there can be no such host.
            HostFailure: there can be no such file.
        """
        changes: dict[str, Any] = {"profile": host} if isinstance(host, str) else dict(host or {})
        settings = load_settings(changes.pop("profile", None))
        if changes:
            settings.update(changes, "host")
            settings.check("host")
        if seed is not None:
            settings.update({"seed": seed}, "seed")
        self._host = Host(settings, workspace=workspace)
        self._events: list[tuple[Any, ...]] = []
        self._host.kernel.trace.subscribe(self._events.append)
        self._terminals: dict[str, Terminal] = {}
        try:
            for path, text in (files or {}).items():
                self.write_file(path, text)
            self.terminal("")
        except BaseException:
            self.shut_down()
            raise

    def shut_down(self) -> None:
        """End the host; the fixture does it after the test."""
        self._host.shut_down()

    # -- The prompt -------------------------------------------------------------------------------

    def terminal(self, name: str) -> Terminal:
        """Give another terminal of the same host by a name; the first time, it is opened."""
        if name not in self._terminals:
            self._terminals[name] = Terminal(self._host)
        return self._terminals[name]

    def run(self, text: str) -> Result:
        """Type a line at the first terminal's prompt and wait: see ``Terminal.run``."""
        __tracebackhide__ = True
        return self.terminal("").run(text)

    def type(self, text: str) -> None:
        """Type a line at the first terminal's prompt and do not wait: see ``Terminal.type``."""
        __tracebackhide__ = True
        self.terminal("").type(text)

    def press(self, keys: str, after: str | float = 0) -> None:
        """Press keys at the first terminal: see ``Terminal.press``."""
        __tracebackhide__ = True
        self.terminal("").press(keys, after)

    def finish(self) -> Result:
        """Wait for the first terminal's prompt: see ``Terminal.finish``."""
        __tracebackhide__ = True
        return self.terminal("").finish()

    def write_file(self, path: str, text: str) -> None:
        """Put a file into the host, in memory; it belongs to the session's user.

        Args:
            path: relative to the home directory, or absolute.
            text: what is in it; one that begins with "#!" can be executed.
        """
        self._host.place_file(path, text)

    # -- Time and the kernel ----------------------------------------------------------------------

    def advance(self, duration: str | float) -> None:
        """Let virtual time pass, whether a prompt waits or not.

        Args:
            duration: a number of seconds, or one with a unit (ns, us, ms, s, min, h).

        Raises:
            HostFailure: the kernel panicked meanwhile.
            ValueError: it is no duration.
        """
        __tracebackhide__ = True
        self.terminal("").advance(duration)

    @property
    def now_ns(self) -> int:
        """Virtual time: nanoseconds since boot."""
        return self._host.kernel.now_ns

    @property
    def kernel(self) -> KernelView:
        """The kernel as it is now: its tasks, modules and log, as frozen values."""
        return view_kernel(self._host)

    @property
    def events(self) -> list[Event]:
        """All events of the kernel since the host was booted, in the order of the stream."""
        return list(map(Event, self._events))


def wishes(marks: Iterable[Mark]) -> dict[str, Any]:
    """Give the arguments of ``Vshell`` that marks ask for; the later ones count.

    Raises:
        SettingsError: a mark asks for something else.
    """
    asked: dict[str, Any] = {}
    for mark in marks:
        if mark.args:
            raise SettingsError(f"{mark.args[0]!r} needs a name: {', '.join(_WISHES)}")
        for name, value in mark.kwargs.items():
            if name not in _WISHES:
                raise SettingsError(f"there is no {name!r}, only {', '.join(_WISHES)}")
            asked[name] = value
    return asked
