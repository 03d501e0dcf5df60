"""timeout: run a program and end it if it takes too long.

Source: timeout(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.abi.signals import (
    NAMES,
    SIG_DFL,
    SIG_IGN,
    SIGALRM,
    SIGCONT,
    SIGHUP,
    SIGINT,
    SIGKILL,
    SIGQUIT,
    SIGTERM,
    SIGTTIN,
    SIGTTOU,
    signal_number,
)
from vshell.abi.units import NEVER_NS
from vshell.usr._durations import duration_ns
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote
from vshell.usr._spawn import exit_code, start_program, wait_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys

__all__ = ["main"]

_TIMED_OUT, _FAILED = 124, 125
_LONG = {
    "preserve-status": "preserve-status",
    "foreground": "foreground",
    "kill-after=": "k",
    "signal=": "s",
    "verbose": "v",
}
_USAGE = """\
[OPTION] DURATION COMMAND [ARG]...
Start COMMAND, and kill it if still running after DURATION."""


@program
def main(io: Io, words: list[str]) -> int:
    """Run a program for a time: ``timeout [-v] [-k TIME] [-s SIGNAL] TIME COMMAND``."""
    options = parse(io, words, "k:s:v", _LONG, usage=_USAGE, status=_FAILED, permute=False)
    if len(options.operands) < 2:
        io.err(f"Try '{io.name} --help' for more information.\n")
        return _FAILED
    signal = signal_number(options.value("s", "TERM"))
    if signal is None:
        usage_error(io, f"{quote(options.value('s'))}: invalid signal", _FAILED)
    duration, *command = options.operands
    limit_ns = _duration_ns(io, duration)
    kill_ns = _duration_ns(io, options.value("k", "0"))
    return _Watch(io, options, command, signal).run(limit_ns, kill_ns)


def _duration_ns(io: Io, text: str) -> int:
    found_ns = duration_ns(text)
    if found_ns is None:
        usage_error(io, f"invalid time interval {quote(text)}", _FAILED)
    # An alarm that never comes is none.
    return found_ns if found_ns < NEVER_NS else 0


class _Watch:
    # A command with its time: the alarm and signals to timeout itself are passed on to it.
    def __init__(self, io: Io, options: Options, command: list[str], signal: int) -> None:
        self.io = io
        self.command = command
        self.signal = signal
        self.verbose = options.has("v")
        self.foreground = options.has("foreground")
        self.preserve = options.has("preserve-status")
        self.pid = 0
        self.kill_ns = 0
        self.timed_out = False

    def run(self, limit_ns: int, kill_ns: int) -> int:
        sys = self.io.sys
        self.kill_ns = kill_ns
        if not self.foreground and sys.getpgrp() != sys.getpid():
            sys.setpgid(0, 0)
        for signal in (SIGALRM, SIGINT, SIGQUIT, SIGHUP, SIGTERM, self.signal):
            if signal != SIGKILL:
                sys.sigaction(signal, self.pass_on)
        sys.sigaction(SIGTTIN, SIG_DFL)
        sys.sigaction(SIGTTOU, SIG_DFL)
        self.pid = start_program(self.io, self.command, on_failure=self.failed)
        sys.alarm(limit_ns)
        status = wait_for(self.io, self.pid)[1]
        sys.alarm(0)
        if self.timed_out and not self.preserve:
            return 128 + SIGKILL if status & 0x7F == SIGKILL else _TIMED_OUT
        if status & 0x7F and not self.timed_out:
            # Whoever waits for timeout is to see how the command died.
            if status & 0x7F != SIGKILL:
                sys.sigaction(status & 0x7F, SIG_DFL)
            sys.kill(sys.getpid(), status & 0x7F)
        return exit_code(status)

    def failed(self, sys: Sys, error: KernelError) -> int:
        text = f"failed to run command {quote(self.command[0])}: {strerror(error.errno)}"
        sys.write(2, f"{self.io.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return 127 if error.errno == ENOENT else 126

    # Runs when a signal has come; the command's group gets it, timeout itself shrugs it off.
    def pass_on(self, signal: int) -> None:
        sys = self.io.sys
        if signal == SIGALRM:
            self.timed_out = True
            signal = self.signal
            if self.verbose:
                what = f"sending signal {NAMES[signal]} to command {quote(self.command[0])}"
                self.io.complain(what)
        if not self.pid:
            sys.exit(128 + signal)
        if self.kill_ns:
            self.signal = SIGKILL
            sys.alarm(self.kill_ns)
            self.kill_ns = 0
        self.send(self.pid, signal)
        if not self.foreground:
            # The group of the command is timeout's own; SIGKILL ends timeout too.
            if signal != SIGKILL:
                sys.sigaction(signal, SIG_IGN)
            self.send(-sys.getpgrp(), signal)
        if signal not in (SIGKILL, SIGCONT):
            self.send(self.pid, SIGCONT)

    def send(self, pid: int, signal: int) -> None:
        try:
            self.io.sys.kill(pid, signal)
        except KernelError:
            return
