"""Whoever watches holds the world: pause, one event at a time, go on, another speed.

``clock pause`` at the prompt lets a command run freely to its end. A viewer wants to stop in the
middle of one: while held, no virtual time passes at all, except for what is typed, until its
terminal waits again, and for steps. Nothing in the virtual world can tell.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.abi.units import NSEC_PER_SEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.tty import Tty
    from vshell.machine.host import Host

__all__ = ["Hold", "check_command"]

_PATIENCE_NS = 86_400 * NSEC_PER_SEC
_STEPS_MAX = 100_000
# What a step does not count: a timer's arming and expiry change no thread; what follows does.
_SILENT = frozenset(("timer_start", "timer_cancel", "timer_expire_entry"))
_SIGNAL_KEYS = (b"\x03", b"\x1a", b"\x1c")


def check_command(command: str) -> str:
    """Give what is wrong with a viewer's command for the clock, "" if nothing is."""
    word, _, rest = command.partition(" ")
    if word in ("pause", "resume") and not rest:
        return ""
    if word == "step":
        count = rest or "1"
        is_number = count.isascii() and count.isdigit() and len(count) < 10
        return "" if is_number and 0 < int(count) <= _STEPS_MAX else f"cannot step '{rest}'"
    if word == "speed":
        try:
            _speed(rest)
        except KernelError:
            return f"no such speed: '{rest}'"
        return ""
    return f"no such command: '{command}'"


def _speed(text: str) -> float:
    from vshell.machine.clock_file import read_rate  # noqa: PLC0415 - only when it is used

    return read_rate(text)


class Hold:
    """What viewers have asked of a host's clock. In the host's thread only."""

    def __init__(self, host: Host, ended: set[Tty]) -> None:
        """Hold nothing.

        Args:
            host: whose world.
            ended: the terminals whose sessions are over; kept up to date by the caller.
        """
        self._host = host
        self._ended = ended
        self._is_on = False
        self._moving: set[Tty] = set()
        self._steps = 0
        self._steps_end_ns = 0

    @property
    def is_on(self) -> bool:
        """Whether virtual time is held; ``clock resume`` at the prompt lets it go, too."""
        if self._is_on and not self._host.clock.is_paused:
            self._let_go()
        return self._is_on

    def _let_go(self) -> None:
        self._is_on = False
        self._end_steps()
        self._moving.clear()

    def obey(self, command: str) -> None:
        """Do what a command says that ``check_command`` has found right."""
        clock = self._host.clock
        word, _, rest = command.partition(" ")
        if word == "resume":
            self._let_go()
            clock.resume()
        elif word == "speed":
            clock.set_rate(_speed(rest))
        else:
            self._is_on = True
            self._moving.clear()
            self._end_steps()
            clock.pause()
            if word == "step":
                self._begin_steps(int(rest or "1"))

    def note_entry(self, kind: str, value: Any, tty: Tty) -> None:
        """Let time pass for what enters at a terminal: a command, keys that somebody waits for."""
        is_heard = kind in ("open", "line", "eof", "cancel", "hangup")
        if kind == "keys":
            is_heard = tty.is_awaited or any(key in value for key in _SIGNAL_KEYS)
        if self._is_on and is_heard:
            self._moving.add(tty)

    def stands(self) -> bool:
        """Tell whether no time passes, while it is held; what has entered must have happened."""
        if self._steps and self._host.kernel.now_ns < self._steps_end_ns:
            return False
        self._end_steps()
        self._moving = {
            tty
            for tty in self._moving
            if tty.question is None and not tty.is_awaited and tty not in self._ended
        }
        return not self._moving

    # -- Steps ------------------------------------------------------------------------------------

    def _begin_steps(self, count: int) -> None:
        self._steps = count
        self._steps_end_ns = self._host.kernel.now_ns + _PATIENCE_NS
        self._host.kernel.trace.subscribe(self._look)

    def _end_steps(self) -> None:
        self._steps = 0
        self._host.kernel.trace.unsubscribe(self._look)

    def _look(self, event: tuple[Any, ...]) -> None:
        if event[3] in _SILENT or not self._steps:
            return
        self._steps -= 1
        if not self._steps:
            # An event comes in the middle of a switch or a wake-up; the task gives way after it.
            kernel = self._host.kernel
            kernel.post(kernel.now_ns, self._stop)

    def _stop(self) -> None:
        self._end_steps()
        self._host.kernel.stop_requested = True
