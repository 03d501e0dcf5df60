"""What strace writes: a line for each call and signal, and a table of counts.

Source: strace(1), 6.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.abi.signals import NAMES, SIGCHLD
from vshell.usr._strace_calls import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.ptrace import Stop
    from vshell.usr._program import Io
    from vshell.usr._strace_settings import Settings

__all__ = ["Printer"]

_NSEC = 1_000_000_000
_USEC = 1000
_RULE = "------ ----------- ----------- --------- --------- ----------------\n"
_HEAD = "% time     seconds  usecs/call     calls    errors syscall\n"


class _Count:
    __slots__ = ("calls", "errors", "ns")

    def __init__(self) -> None:
        self.calls = self.errors = self.ns = 0


class _Open:
    # A call that has been entered and not left.
    __slots__ = ("call", "is_shown", "since_ns")

    def __init__(self, call: Call, since_ns: int) -> None:
        self.call = call
        self.since_ns = since_ns
        self.is_shown = False


class Printer:
    """Writes what it is told."""

    def __init__(self, io: Io, settings: Settings) -> None:
        """Open the file that the trace goes to.

        Raises:
            Quit: that cannot be; it has been said.
        """
        self.io = io
        self.settings = settings
        self.first_pid = 0
        self.fd = 2
        if settings.output:
            try:
                self.fd = io.sys.open(settings.output, 0o1101)
            except KernelError as error:
                io.die(f"Can't fopen '{settings.output}': {strerror(error.errno)}")
            io.sys.set_cloexec(self.fd)
        self._open: dict[int, _Open] = {}
        self._counts: dict[str, _Count] = {}
        self._pids: set[int] = set()
        # Whose line is not finished, and how long it is.
        self._unfinished = 0
        self._column = 0
        self._last_ns: int | None = None
        self._started = False

    def _put(self, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape")
        while data:
            data = data[self.io.sys.write(self.fd, data) :]

    # -- Stops ------------------------------------------------------------------------------------

    def take(self, stop: Stop) -> None:
        """Write what one stop tells."""
        if stop.kind == "attach":
            self._attach(stop)
        elif stop.kind == "enter":
            self._enter(stop)
        elif stop.kind == "leave":
            self._leave(stop)
        elif stop.kind == "signal":
            self._signal(stop)
        else:
            self._exit(stop)

    def _attach(self, stop: Stop) -> None:
        self._pids.add(stop.pid)
        shows = self.settings.prints and not self.settings.quiet and self.fd == 2
        if stop.pid == self.first_pid or not shows:
            return
        self._put(f"strace: Process {stop.pid} attached\n")
        if self._unfinished:
            # The rest of that line would not be told from this one.
            self._put_unfinished()

    def _enter(self, stop: Stop) -> None:
        # What the child does before the program begins is strace's own.
        if not self._started:
            if stop.name != "execve":
                return
            self._started = True
        call = Call(stop.name, stop.args, stop.time_ns, self.settings.string_max)
        opened = self._open[stop.pid] = _Open(call, stop.time_ns)
        if not self._is_wanted(call.name) or not self.settings.prints:
            return
        if self.settings.only_failed or self.settings.only_successful:
            return
        self._begin_line(stop, f"{call.name}({call.before()}")
        opened.is_shown = True

    def _is_wanted(self, name: str) -> bool:
        return self.settings.wants(name)

    def _leave(self, stop: Stop) -> None:
        opened = self._open.pop(stop.pid, None)
        if opened is None:
            return
        call = opened.call
        result = call.result(stop.result, stop.errno)
        failed = result.startswith("-1 ")
        if self.settings.counts and self._is_wanted(call.name):
            count = self._counts.setdefault(call.name, _Count())
            count.calls += 1
            count.errors += failed
            count.ns += stop.time_ns - opened.since_ns
        settings = self.settings
        filtered = settings.only_failed or settings.only_successful
        wanted = self._is_wanted(call.name) and settings.prints
        if filtered and wanted and failed is settings.only_failed:
            self._begin_line(stop, f"{call.name}({call.before()}", opened.since_ns)
            opened.is_shown = True
        if not opened.is_shown:
            return
        rest = call.after(stop.result, stop.errno)
        if self._unfinished != stop.pid:
            self._begin_line(stop, f"<... {call.name} resumed>")
        self._end_line(f"{rest})", result, stop.time_ns - opened.since_ns)

    def _signal(self, stop: Stop) -> None:
        name = f"SIG{NAMES.get(stop.result, stop.result)}"
        if not self._started or not self.settings.prints or not self.settings.wants_signal(name):
            return
        code = "CLD_EXITED" if stop.result == SIGCHLD else "SI_USER"
        self._begin_line(stop, f"--- {name} {{si_signo={name}, si_code={code}}} ---\n")
        self._unfinished = 0

    def _exit(self, stop: Stop) -> None:
        self._open.pop(stop.pid, None)
        signal = stop.result & 0x7F
        code = stop.result >> 8 & 0xFF
        prints = self.settings.prints and self._started
        if not signal and prints and self._is_wanted("exit_group"):
            self._begin_line(stop, f"exit_group({code}")
            self._end_line(")", "?", 0)
        if prints and self.settings.quiet < 2:
            how = f"killed by SIG{NAMES.get(signal, signal)}" if signal else f"exited with {code}"
            self._begin_line(stop, f"+++ {how} +++\n")
            self._unfinished = 0
        self._pids.discard(stop.pid)

    # -- Lines ------------------------------------------------------------------------------------

    def _put_unfinished(self) -> None:
        self._put(" <unfinished ...>\n")
        self._unfinished = 0

    # Write the beginning of a line; a line that another task's call has left open ends there.
    def _begin_line(self, stop: Stop, text: str, at_ns: int | None = None) -> None:
        if self._unfinished:
            self._put_unfinished()
        head = self._who(stop.pid) + self._when(stop.time_ns if at_ns is None else at_ns)
        self._put(head + text)
        self._column = len(head) + len(text)
        self._unfinished = stop.pid

    def _who(self, pid: int) -> str:
        if not self.settings.follows:
            return ""
        if self.fd != 2:
            return f"{pid:<5} "
        return f"[pid {pid:5}] " if len(self._pids) > 1 else ""

    def _when(self, time_ns: int) -> str:
        settings = self.settings
        if settings.relative:
            last = time_ns if self._last_ns is None else self._last_ns
            self._last_ns = time_ns
            seconds, rest = divmod(time_ns - last, _NSEC)
            return f"{seconds:6}.{rest // _USEC:06} "
        if not settings.times:
            return ""
        from vshell.usr._dates import moment, strftime  # noqa: PLC0415 - with -t only

        sys = self.io.sys
        wall_ns = sys.clock_realtime_ns() - sys.clock_monotonic_ns() + time_ns
        fraction = f".{wall_ns % _NSEC // _USEC:06}"
        if settings.times == 3:
            return f"{wall_ns // _NSEC}{fraction} "
        clock = strftime("%H:%M:%S", moment(self.io, wall_ns))
        return f"{clock}{fraction if settings.times == 2 else ''} "

    def _end_line(self, text: str, result: str, duration_ns: int) -> None:
        column = self._column + len(text)
        gap = " " * max(self.settings.column - column, 1)
        took = ""
        if self.settings.shows_duration and result != "?":
            seconds, rest = divmod(duration_ns, _NSEC)
            took = f" <{seconds}.{rest // _USEC:06}>"
        self._put(f"{text}{gap}= {result}{took}\n")
        self._unfinished = 0

    # -- Counts -----------------------------------------------------------------------------------

    def finish(self) -> None:
        """Write the table, if there is one."""
        if not self.settings.counts:
            return
        total_ns = sum(count.ns for count in self._counts.values())
        rows = sorted(self._counts.items(), key=self._sort_key)
        out = [_HEAD, _RULE]
        for name, count in rows:
            share = count.ns * 100 / total_ns if total_ns else 0
            out.append(_row(share, count, name))
        total = _Count()
        total.calls = sum(count.calls for count in self._counts.values())
        total.errors = sum(count.errors for count in self._counts.values())
        total.ns = total_ns
        self._put("".join([*out, _RULE, _row(100, total, "total")]))

    def _sort_key(self, item: tuple[str, _Count]) -> tuple[float, str]:
        name, count = item
        keys = {"calls": -count.calls, "errors": -count.errors, "time": -count.ns}
        return keys.get(self.settings.sort, 0), name


def _row(share: float, count: _Count, name: str) -> str:
    each = count.ns // _USEC // count.calls if count.calls else 0
    errors = str(count.errors) if count.errors else ""
    seconds = f"{count.ns / _NSEC:.6f}"
    return f"{share:6.2f} {seconds:>11} {each:>11} {count.calls:>9} {errors:>9} {name}\n"
