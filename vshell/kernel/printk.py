"""The kernel log: a ring of records, the console, /dev/kmsg and syslog(2).

A record that does not end in a newline stays open: the next pr_cont() of the same task joins it,
any other record closes it, and no reader sees it before (Real: 17-printk-levels). Text is kept as
str with undecodable bytes escaped, so that what a module printed comes out byte for byte.
"""

from __future__ import annotations

from collections import deque

from vshell.abi.errno import EINVAL, KernelError
from vshell.kernel.format import vsprintf
from vshell.kernel.wait import WaitQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

__all__ = [
    "ALERT",
    "CONSOLE_LOGLEVEL_MOTORMOUTH",
    "CRIT",
    "DEBUG",
    "EMERG",
    "ERR",
    "INFO",
    "KERN_SOH",
    "LEVELS",
    "NOTICE",
    "WARNING",
    "Printk",
    "RateLimit",
    "Record",
    "kmsg_text",
    "stamp_text",
]

KERN_SOH = "\001"
LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
EMERG, ALERT, CRIT, ERR, WARNING, NOTICE, INFO, DEBUG = range(8)
CONSOLE_LOGLEVEL_MOTORMOUTH = 15

# Bytes of one printk() including its level prefix and closing zero: LOG_LINE_MAX.
_LINE_MAX = 992
_RECORD_OVERHEAD = 88


class Record:
    """One record of the ring."""

    __slots__ = ("caller", "facility", "level", "open", "sequence", "text", "time_ns")

    def __init__(
        self, sequence: int, time_ns: int, level: int, facility: int, caller: int, text: str
    ) -> None:
        """Keep what was printed.

        Args:
            sequence: number of the record since boot.
            time_ns: when, nanoseconds since boot.
            level: 0 (emerg) to 7 (debug).
            facility: 0 kernel, 1 user, ...
            caller: pid of the printing task.
            text: one or more lines, without the closing newline.
        """
        self.sequence = sequence
        self.time_ns = time_ns
        self.level = level
        self.facility = facility
        self.caller = caller
        self.text = text
        self.open = False


class RateLimit:
    """At most ``burst`` messages in ``interval_ns``, by default 10 in 5 s."""

    __slots__ = ("_begin_ns", "_printed", "burst", "interval_ns", "missed")

    def __init__(self, interval_ns: int = 5_000_000_000, burst: int = 10) -> None:
        """Start with a fresh interval."""
        self.interval_ns = interval_ns
        self.burst = burst
        self.missed = 0
        self._begin_ns = -1
        self._printed = 0

    def allows(self, now_ns: int) -> bool:
        """Tell whether one more may be printed now."""
        if self._begin_ns < 0 or now_ns - self._begin_ns > self.interval_ns:
            self._begin_ns = now_ns
            self._printed = 0
            self.missed = 0
        if self._printed < self.burst:
            self._printed += 1
            return True
        self.missed += 1
        return False


class Printk:
    """The ring buffer and who reads it."""

    def __init__(self, kernel: Kernel) -> None:
        """Start empty."""
        self._kernel = kernel
        self._records: deque[Record] = deque()
        self._bytes = 0
        self._next_sequence = 0
        self.clear_sequence = 0
        self.syslog_sequence = 0
        self.console_loglevel = kernel.config.console_loglevel
        self.default_loglevel = WARNING
        self.minimum_loglevel = EMERG + 1
        self.boot_loglevel = DEBUG
        self.saved_loglevel = -1
        self.devkmsg = "ratelimit"
        """What becomes of lines that programs write to /dev/kmsg: on, off or ratelimit."""
        self.console: Callable[[str], None] | None = None
        self.readers = WaitQueue()

    # -- Writing --------------------------------------------------------------------------------

    def printk(self, template: str, args: tuple[object, ...] = (), *, prefix: str = "") -> int:
        """Format and store a message, level prefix included.

        Args:
            template: may begin with KERN_SOH and a level, more than once; the first level counts.
            args: what the conversions of the template print.
            prefix: put before the template before its levels are read.

        Returns:
            Bytes printed, without levels and closing newline.
        """
        text = prefix + template
        if args or "%" in text:
            text = vsprintf(self._kernel.addresses, text, args)
        raw = text.encode("utf-8", "surrogateescape")[: _LINE_MAX - 1]
        text = raw.decode("utf-8", "surrogateescape")
        level = -1
        cont = False
        while text[:1] == KERN_SOH and text[1:2] in tuple("01234567c"):
            if text[1] == "c":
                cont = True
            elif level < 0:
                level = int(text[1])
            text = text[2:]
        self.store(text, level, cont=cont)
        return len(text.removesuffix("\n").encode("utf-8", "surrogateescape"))

    def emit(self, level: int, text: str) -> None:
        """Store one whole line of the kernel's own."""
        self.store(text + "\n", level)

    def store(self, text: str, level: int = -1, *, facility: int = 0, cont: bool = False) -> None:
        """Store text as a record, or join it to the open one.

        Args:
            text: a closing newline ends the record; one is taken off.
            level: 0 to 7, -1 for the default (warn).
            facility: 0 for the kernel.
            cont: whether it continues the record that this task left open.
        """
        kernel = self._kernel
        sched = kernel.sched
        ends = text.endswith("\n")
        text = text[:-1] if ends else text
        caller = sched.current.pid
        last = self._records[-1] if self._records else None
        if last is not None and last.open:
            # Linux: prb_reserve_in_last() refuses to make a record longer than a line may be,
            # and counts the prefix, the newline and the closing zero of what is added.
            size = len(last.text) + len(text) + ends + 3
            if cont and last.caller == caller and size <= _LINE_MAX:
                last.text += text
                self._bytes += len(text)
                if ends:
                    self._finish(last)
                return
            self._finish(last)
        if level < 0:
            level = self.default_loglevel
        record = Record(self._next_sequence, sched.now_ns, level, facility, caller, text)
        self._next_sequence += 1
        self._records.append(record)
        self._bytes += len(text) + _RECORD_OVERHEAD
        while self._bytes > kernel.config.log_buf_len and len(self._records) > 1:
            oldest = self._records.popleft()
            self._bytes -= len(oldest.text) + _RECORD_OVERHEAD
        record.open = True
        if ends:
            self._finish(record)

    def _finish(self, record: Record) -> None:
        record.open = False
        kernel = self._kernel
        sched = kernel.sched
        if kernel.trace.on:
            event = (sched.now_ns, sched.cpu.id, sched.current.pid, "console")
            kernel.trace.emit((*event, record.time_ns, record.level, record.text))
        if self.console is not None and record.level < self.console_loglevel:
            stamp = stamp_text(record.time_ns)
            for line in record.text.split("\n"):
                self.console(f"{stamp}{line}\n")
        if self.readers.waiters:
            kernel.waits.wake_up(self.readers, exclusive_max=0)

    # -- Reading --------------------------------------------------------------------------------

    @property
    def first_sequence(self) -> int:
        """Sequence number of the oldest record kept."""
        return self._records[0].sequence if self._records else self._next_sequence

    @property
    def end_sequence(self) -> int:
        """Sequence number behind the newest record that readers may see."""
        if self._records and self._records[-1].open:
            return self._next_sequence - 1
        return self._next_sequence

    def record_at(self, sequence: int) -> Record | None:
        """Find a finished record; None if it is not there yet or no more."""
        if not self.first_sequence <= sequence < self.end_sequence:
            return None
        return self._records[sequence - self.first_sequence]

    def records(self, since: int = 0) -> list[Record]:
        """List the finished records from a sequence number on."""
        return [one for one in self._records if one.sequence >= since and not one.open]

    def buffer_bytes(self) -> int:
        """Give the ring's size in bytes."""
        return self._kernel.config.log_buf_len

    def syslog(self, action: int, value: int) -> Any:
        """Do what the system call of this name asks for; see there.

        Raises:
            KernelError: EINVAL.
        """
        # Linux: kernel/printk/printk.c do_syslog() (v6.1).
        if action in (3, 4):
            lines = []
            for record in self.records(self.clear_sequence):
                head = f"<{record.facility << 3 | record.level}>{stamp_text(record.time_ns)}"
                lines += [head + line + "\n" for line in record.text.split("\n")]
            if action == 4:
                self.clear_sequence = self.end_sequence
            return "".join(lines).encode("utf-8", "surrogateescape")
        if action == 5:
            self.clear_sequence = self.end_sequence
        elif action == 6:
            if self.saved_loglevel < 0:
                self.saved_loglevel = self.console_loglevel
            self.console_loglevel = self.minimum_loglevel
        elif action == 7:
            if self.saved_loglevel >= 0:
                self.console_loglevel = self.saved_loglevel
                self.saved_loglevel = -1
        elif action == 8:
            if not 1 <= value <= 8:
                raise KernelError(EINVAL)
            self.console_loglevel = max(value, self.minimum_loglevel)
            self.saved_loglevel = -1
        elif action in (9, 10):
            return self.buffer_bytes()
        else:
            raise KernelError(EINVAL)
        return None

    def console_verbose(self) -> None:
        """Let everything appear on the console from now on, as an Oops does."""
        if self.console_loglevel:
            self.console_loglevel = CONSOLE_LOGLEVEL_MOTORMOUTH


def stamp_text(time_ns: int) -> str:
    """Write a record's time as the console does: "[    3.181008] "."""
    return f"[{time_ns // 1_000_000_000:5d}.{time_ns % 1_000_000_000 // 1000:06d}] "


def kmsg_text(record: Record) -> bytes:
    r"""Write a record as /dev/kmsg does: "6,12,3181008,-;text".

    Odd bytes are \xNN; a newline ends it.
    """
    head = f"{record.facility << 3 | record.level},{record.sequence},{record.time_ns // 1000},-;"
    out = []
    for byte in record.text.encode("utf-8", "surrogateescape"):
        if byte < 32 or byte >= 127 or byte == 0x5C:
            out.append(f"\\x{byte:02x}")
        else:
            out.append(chr(byte))
    return (head + "".join(out) + "\n").encode()
