"""watch: run a command again and again and show its output.

Source: watch(1), procps-ng 4.0.2
Differs: the screen is cleared and written anew each time, and with --errexit it does not wait for a
key; colours of the command are always shown.
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, EINVAL, KernelError, strerror
from vshell.abi.signals import SIGHUP, SIGINT, SIGTERM
from vshell.usr._dates import moment, strftime
from vshell.usr._options import Options
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._spawn import exit_code, start_program, wait_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys

__all__ = ["main"]

_LONG = {
    "beep": "b",
    "color": "c",
    "differences=?": "d",
    "errexit": "e",
    "chgexit": "g",
    "equexit=": "q",
    "interval=": "n",
    "precise": "p",
    "no-title": "t",
    "no-wrap": "w",
    "exec": "x",
    "help": "h",
    "version": "v",
}
_USAGE = """
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -d, --differences[=<permanent>]
                         mark what has changed
  -e, --errexit          end if command has a non-zero exit
  -g, --chgexit          end when the output changes
  -q, --equexit <cycles>
                         end when the output stays the same
  -n, --interval <secs>  seconds between two runs
  -p, --precise          begin runs, not pauses, at the interval
  -t, --no-title         no header
  -w, --no-wrap          cut long lines
  -x, --exec             run command itself, not by "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).
"""
_NSEC = 1_000_000_000
_INTERVAL_NS_MIN = _NSEC // 10
_CLEAR, _MARK, _UNMARK = "\x1b[H\x1b[2J", "\x1b[7m", "\x1b[27m"


@program
def main(io: Io, words: list[str]) -> int:
    """Run repeatedly: ``watch [-bdegptwx] [-n SECONDS] [-q CYCLES] COMMAND...``."""
    try:
        items, command = getopt(words, "bcd::eghn:pq:tvwx", _LONG, permute=False)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 1
    options = Options(items, command)
    if options.has("h", "v"):
        io.out(_USAGE if options.has("h") else "watch from procps-ng 4.0.2\n")
        return 0
    watch = _Watch(io, options)
    if not command:
        io.err(_USAGE)
        return 1
    return watch.run()


class _Watch:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.options = options
        self.command = options.operands
        text = options.value("n") or io.sys.environ().get("WATCH_INTERVAL") or "2"
        try:
            self.interval_ns = max(round(float(text.replace(",", ".")) * _NSEC), _INTERVAL_NS_MIN)
        except (ValueError, OverflowError):
            io.die(f"failed to parse argument: '{text}': {strerror(EINVAL)}")
        self.cycles = int(options.value("q")) if options.value("q").isdigit() else 0
        self.ended = False
        self.before: list[str] = []

    def run(self) -> int:
        sys = self.io.sys
        for signal in (SIGINT, SIGTERM, SIGHUP):
            sys.sigaction(signal, self.end)
        same = 0
        first = True
        while not self.has_ended():
            start_ns = sys.clock_monotonic_ns()
            lines, status = self.output()
            if self.has_ended():
                break
            changed = not first and lines != self.before
            same = 0 if changed or first else same + 1
            self.show(lines, status, first=first)
            first = False
            if status and self.options.has("e"):
                return 8
            if (changed and self.options.has("g")) or (self.cycles and same >= self.cycles):
                break
            until_ns = start_ns if self.options.has("p") else sys.clock_monotonic_ns()
            try:
                sys.sleep_until(until_ns + self.interval_ns)
            except KernelError as error:
                if error.errno != EINTR:
                    raise
        return 0

    def end(self, signal: int) -> None:
        del signal
        self.ended = True

    def has_ended(self) -> bool:
        return self.ended

    # Run the command once; give its lines and its exit code.
    def output(self) -> tuple[list[str], int]:
        sys = self.io.sys
        argv = self.command if self.options.has("x") else ["sh", "-c", " ".join(self.command)]
        reader, writer = sys.pipe()
        for fd in (reader, writer):
            sys.set_cloexec(fd)
        pid = start_program(
            self.io, argv, on_failure=self.failed, redirections={1: writer, 2: writer}
        )
        sys.close(writer)
        data = b""
        while True:
            try:
                more = sys.read(reader)
            except KernelError as error:
                if error.errno != EINTR:
                    raise
                continue
            if not more:
                break
            data += more
        sys.close(reader)
        status = exit_code(wait_for(self.io, pid)[1])
        return data.decode("utf-8", "surrogateescape").splitlines(), status

    def failed(self, sys: Sys, error: KernelError) -> int:
        text = f"unable to execute '{self.command[0]}': {strerror(error.errno)}"
        sys.write(2, f"{self.io.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return 4

    def show(self, lines: list[str], status: int, *, first: bool) -> None:
        columns, rows = self.io.sys.window_size(1) if self.io.sys.isatty(1) else (80, 24)
        columns, rows = columns or 80, rows or 24
        out = [_CLEAR]
        if status and self.options.has("b"):
            out.append("\a")
        if not self.options.has("t"):
            out.append(f"{self.title(columns)}\n\n")
            rows -= 2
        marked = self.marked(lines, first=first)
        if self.options.has("w"):
            lines = [line[:columns] for line in lines]
        shown = marked if self.options.has("d") else lines
        out.append("\n".join(shown[:rows]) + "\n")
        self.io.out("".join(out))
        self.io.flush()
        self.before = lines

    # Lines with what is not as it was in reverse.
    def marked(self, lines: list[str], *, first: bool) -> list[str]:
        if first:
            return lines
        out = []
        for number, line in enumerate(lines):
            old = self.before[number] if number < len(self.before) else ""
            text = ""
            for at, letter in enumerate(line):
                text += letter if old[at : at + 1] == letter else f"{_MARK}{letter}{_UNMARK}"
            out.append(text.replace(_UNMARK + _MARK, ""))
        return out

    def title(self, columns: int) -> str:
        when = strftime("%a %b %e %H:%M:%S %Y", moment(self.io, self.io.sys.clock_realtime_ns()))
        right = f"{self.io.sys.uname().nodename}: {when}"
        left = f"Every {self.interval_ns / _NSEC:.1f}s: "
        if columns < len(right) + len(left):
            return right.rjust(columns) if columns >= len(right) else ""
        space = columns - len(left) - len(right)
        command = " ".join(self.command)
        if len(command) >= space:
            command = command[: max(space - 4, 0)] + "..."
        return (left + command[: max(space - 1, 0)]).ljust(columns - len(right)) + right
