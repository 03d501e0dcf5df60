"""dmesg: the records of the kernel log, as /dev/kmsg, syslog(2) or a file gives them.

Source: dmesg(1), util-linux 2.38.1; Documentation/ABI/testing/dev-kmsg. Real: 17-printk-levels.
"""

from __future__ import annotations

from vshell.abi.errno import EAGAIN, EPIPE, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.usr._program import Io

__all__ = ["FACILITIES", "LEVELS", "Record", "follow", "read_kmsg", "read_syslog"]

LEVELS = {
    "emerg": "system is unusable",
    "alert": "action must be taken immediately",
    "crit": "critical conditions",
    "err": "error conditions",
    "warn": "warning conditions",
    "notice": "normal but significant condition",
    "info": "informational",
    "debug": "debug-level messages",
}
"""Names of levels in the order of their numbers, with what they mean."""

FACILITIES = {
    "kern": "kernel messages",
    "user": "random user-level messages",
    "mail": "mail system",
    "daemon": "system daemons",
    "auth": "security/authorization messages",
    "syslog": "messages generated internally by syslogd",
    "lpr": "line printer subsystem",
    "news": "network news subsystem",
    "uucp": "UUCP subsystem",
    "cron": "clock daemon",
    "authpriv": "security/authorization messages (private)",
    "ftp": "FTP daemon",
}
"""Names of facilities in the order of their numbers, with what they mean."""

_SEEK_DATA, _SEEK_END = 3, 2


class Record:
    """One record: level and facility (-1 for unknown ones), time in microseconds, text."""

    __slots__ = ("facility", "level", "raw", "text", "time_us")

    def __init__(self, priority: int, time_us: int, text: bytes, raw: bytes = b"") -> None:
        """Take a record.

        Args:
            priority: eight times the facility, and the level; -1 for none.
            time_us: since boot.
            text: without its closing newline.
            raw: all of it as it was read, where that is text.
        """
        known = 0 <= priority >> 3 < len(FACILITIES)
        self.level = priority & 7 if known else -1
        self.facility = priority >> 3 if known else -1
        self.time_us = time_us
        self.text = text
        self.raw = raw


# "6,12,3181008,-;text": the text with \xNN, lines of other fields behind it.
def _parse_kmsg(data: bytes) -> Record:
    head, _, text = data.partition(b";")
    fields = head.split(b",")
    text = text.partition(b"\n")[0]
    if b"\\x" in text:
        first, *parts = text.split(b"\\x")
        text = first + b"".join(bytes([int(part[:2], 16)]) + part[2:] for part in parts)
    return Record(int(fields[0]), int(fields[2]), text)


def read_kmsg(io: Io, fd: int) -> Iterator[Record]:
    """Read records until there are no more, which is the end or, where reading waits, never comes.

    Raises:
        KernelError: reading fails.
    """
    while True:
        try:
            data = io.sys.read(fd, 8192)
        except KernelError as error:
            if error.errno == EPIPE:
                # The record was overwritten; the next read finds the oldest that is left.
                continue
            if error.errno == EAGAIN:
                return
            raise
        if not data:
            return
        yield _parse_kmsg(data)


def follow(io: Io, *, only_new: bool) -> int:
    """Open /dev/kmsg for reading that waits; give its descriptor.

    Raises:
        KernelError: that is not possible.
    """
    fd = io.sys.open("/dev/kmsg")
    io.sys.lseek(fd, 0, _SEEK_END if only_new else _SEEK_DATA)
    return fd


def read_syslog(data: bytes) -> Iterator[Record]:
    """Read what syslog(2) gives: "<6>[    3.181008] text", one line or more for each record."""
    for chunk in _chunks(data):
        priority, time_us, text = -1, 0, chunk
        if text.startswith(b"<"):
            number, _, text = text[1:].partition(b">")
            priority = int(number)
        if text.startswith(b"["):
            stamp, bracket, rest = text[1:].partition(b"] ")
            seconds, _, micros = stamp.strip().partition(b".")
            if bracket and seconds.isdigit() and micros.isdigit():
                time_us, text = int(seconds) * 1_000_000 + int(micros), rest
        yield Record(priority, time_us, text, chunk)


# A record begins where a line begins with "<N>"; lines without it belong to the record before.
def _chunks(data: bytes) -> list[bytes]:
    chunks: list[bytes] = []
    for line in data.removesuffix(b"\n").split(b"\n"):
        number, bracket, _ = line[1:].partition(b">")
        begins = line.startswith(b"<") and bracket and number.isdigit()
        if chunks and not begins:
            chunks[-1] += b"\n" + line
        else:
            chunks.append(line)
    return chunks if data else []
