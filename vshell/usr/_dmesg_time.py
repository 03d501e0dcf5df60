"""dmesg: points in time as --since and --until take them.

Source: dmesg(1), util-linux 2.38.1 (lib/timeutils.c lists the forms).
"""

from __future__ import annotations

from vshell.usr._dates import days_of, moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["parse_time_us"]

_US = 1_000_000
_DAY = 86400
_UNITS = {
    "seconds second sec s": _US,
    "minutes minute min m": 60 * _US,
    "months month": 2_629_800 * _US,
    "msec ms": 1000,
    "hours hour hr h": 3600 * _US,
    "days day d": _DAY * _US,
    "weeks week w": 7 * _DAY * _US,
    "years year y": 31_557_600 * _US,
    "usec us": 1,
}


def parse_time_us(io: Io, text: str, now_us: int) -> int | None:
    """Read a point in time.

    Args:
        io: of dmesg.
        text: a date and time, a time of today, now, today, yesterday, tomorrow, "+5min", "-5min" or
            "5 min ago".
        now_us: the date, microseconds since 1970.

    Returns:
        Microseconds since 1970, None if it cannot be read.
    """
    if text == "now":
        return now_us
    if text[:1] in ("+", "-") or text.endswith(" ago"):
        span = _parse_span_us(text.removesuffix(" ago").lstrip("+-"))
        return None if span is None else now_us + (span if text[0] == "+" else -span)
    now = moment(io, now_us * 1000)
    today = days_of(now.year, now.month, now.day)
    words = {"today": today, "yesterday": today - 1, "tomorrow": today + 1}
    seconds = words[text] * _DAY if text in words else _parse_date(text, today)
    return None if seconds is None else (seconds - now.offset_s) * _US


# Reads "2024-03-18 10:00:02", "2024-03-18T10:00:02", "20240318100002", or its date or time alone.
def _parse_date(text: str, today: int) -> int | None:
    if text.isascii() and text.isdigit() and len(text) == 14:
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"
    gap = "T" if "T" in text else " "
    date, blank, clock = text.partition(gap)
    if not blank and ":" in date:
        date, clock = "", date
    days = today
    if date:
        numbers = _numbers(date, "-")
        if len(numbers) != 3 or not (1 <= numbers[1] <= 12 and 1 <= numbers[2] <= 31):
            return None
        days = days_of(*numbers)
    if not clock:
        return None if blank else days * _DAY
    parts = _numbers(clock, ":")
    if len(parts) not in ((3,) if gap == "T" else (2, 3)) or parts[0] > 23 or max(parts) > 59:
        return None
    return days * _DAY + sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def _numbers(text: str, separator: str) -> list[int]:
    words = text.split(separator)
    return [int(word) for word in words] if all(word.isdigit() for word in words) else []


# Reads "1h 30min": numbers, each with a unit.
def _parse_span_us(text: str) -> int | None:
    total = 0
    text = text.strip()
    if not text:
        return None
    while text:
        digits = text[: len(text) - len(text.lstrip("0123456789"))]
        rest = text[len(digits) :].lstrip()
        unit = rest[: len(rest) - len(rest.lstrip("abcdefghijklmnopqrstuvwxyz"))]
        text = rest[len(unit) :].lstrip()
        factor = next((value for names, value in _UNITS.items() if unit in names.split(" ")), None)
        if not digits or factor is None:
            return None
        total += int(digits) * factor
    return total
