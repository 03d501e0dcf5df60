"""Dates: from nanoseconds to the calendar and back, and writing them by a format.

The host knows no time zone files; TZ may give an offset as POSIX has it ("EST5"), anything else
is UTC.

Source: date(1), coreutils 9.1; strftime(3), tzset(3)
"""

from __future__ import annotations

from vshell.abi.units import NSEC_PER_SEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["MONTHS", "WEEKDAYS", "Moment", "days_of", "moment", "strftime", "zone_named", "zone_of"]

WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_COMPOSED = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%+4Y-%m-%d",
    "h": "%b",
    "r": "%I:%M:%S %p",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
}


class Moment:
    """A moment on the calendar of a time zone."""

    __slots__ = (
        "day",
        "hour",
        "minute",
        "month",
        "ns",
        "offset_s",
        "second",
        "time_ns",
        "weekday",
        "year",
        "yearday",
        "zone",
    )

    def __init__(self, time_ns: int, zone: tuple[str, int]) -> None:
        """Find the date.

        Args:
            time_ns: nanoseconds since 1970 in UTC.
            zone: its name and its seconds east of Greenwich.
        """
        self.time_ns = time_ns
        self.zone, self.offset_s = zone
        seconds, self.ns = divmod(time_ns, NSEC_PER_SEC)
        days, rest = divmod(seconds + self.offset_s, 86400)
        self.hour, rest = divmod(rest, 3600)
        self.minute, self.second = divmod(rest, 60)
        self.weekday = (days + 4) % 7
        self.year, self.month, self.day = _date_of(days)
        self.yearday = days - days_of(self.year, 1, 1) + 1


def days_of(year: int, month: int, day: int) -> int:
    """Give the days from 1970-01-01 to a date; a month or day too far counts on."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    # Years begin in March here, so that the leap day is the last.
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def _date_of(days: int) -> tuple[int, int, int]:
    days += 719468
    era, of_era = divmod(days, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (month <= 2), month, day


def zone_of(io: Io, *, utc: bool = False) -> tuple[str, int]:
    """Give the name of the time zone in force and its seconds east of Greenwich."""
    return zone_named("UTC0" if utc else io.sys.environ().get("TZ", "UTC0"))


def zone_named(text: str) -> tuple[str, int]:
    """Read what TZ holds: give the zone's name and its seconds east of Greenwich."""
    text = text.removeprefix(":")
    name = text.rstrip("+-:0123456789")
    offset = text[len(name) :]
    if len(name) < 3 or not name.isalpha():
        # A name of the zone files, which are not there.
        name = text.partition("/")[0] if "/" in text else "UTC"
        return (name if name.isalpha() else "UTC"), 0
    sign = 1 if offset.startswith("-") else -1
    parts = [int(part) for part in offset.lstrip("+-").split(":") if part.isdigit()]
    seconds = sum(part * scale for part, scale in zip(parts, (3600, 60, 1), strict=False))
    return name, sign * seconds


def moment(io: Io, time_ns: int) -> Moment:
    """Put a time on the calendar of the time zone in force."""
    return Moment(time_ns, zone_of(io))


def strftime(template: str, when: Moment) -> str:
    """Write a date by a format; flags ``-_0^#+`` and a width may stand behind the ``%``."""
    out = []
    position = 0
    while position < len(template):
        letter = template[position]
        if letter != "%":
            out.append(letter)
            position += 1
            continue
        text, position = _directive(template, position, when)
        out.append(text)
    return "".join(out)


def _directive(template: str, start: int, when: Moment) -> tuple[str, int]:
    position = start + 1
    flags = ""
    while template[position : position + 1] in tuple("-_0^#+"):
        flags += template[position]
        position += 1
    digits = ""
    while template[position : position + 1].isdigit():
        digits += template[position]
        position += 1
    colons = 0
    while template[position : position + 1] == ":":
        colons += 1
        position += 1
    if template[position : position + 1] in ("E", "O"):
        position += 1
    letter = template[position : position + 1]
    position += 1
    width = int(digits) if digits else None
    if letter == "z":
        return _offset(when, colons, flags, width), position
    if letter == "N":
        return f"{when.ns:09d}".ljust(width or 9, "0")[: width or 9], position
    number = _number(letter, when) if letter and not colons else None
    if number is not None:
        value, length, pad = number
        return _padded(value, length, pad, flags, width), position
    text = _word(letter, when) if letter and not colons else None
    if text is None:
        return template[start:position], position
    if "^" in flags:
        text = text.upper()
    elif "#" in flags:
        text = text.lower() if letter in "pZ" else text.upper()
    return text.rjust(width or 0, "0" if "0" in flags else " "), position


def _padded(value: int, length: int, pad: str, flags: str, width: int | None) -> str:
    for flag in flags:
        pad = {"-": "", "_": " ", "0": "0", "+": "0"}.get(flag, pad)
    sign = "-" if value < 0 else ""
    text = str(abs(value))
    if pad == "":
        return sign + text.rjust(width or 0)
    wanted = max(length if width is None else width, 0)
    if pad == " ":
        return (sign + text).rjust(wanted)
    return sign + text.rjust(wanted - len(sign), "0")


def _offset(when: Moment, colons: int, flags: str, width: int | None) -> str:
    sign = "-" if when.offset_s < 0 else "+"
    hours, rest = divmod(abs(when.offset_s), 3600)
    minutes, seconds = divmod(rest, 60)
    text = (
        f"{hours:02d}{minutes:02d}",
        f"{hours:02d}:{minutes:02d}",
        f"{hours:02d}:{minutes:02d}:{seconds:02d}",
        f"{hours:02d}" + (f":{minutes:02d}" if minutes or seconds else ""),
    )[min(colons, 3)]
    if "-" in flags:
        text = text.lstrip("0") or "0"
    return sign + text.rjust((width or 0) - 1, "0")


# A number, how many digits it has at least, and with what it is filled up.
def _number(letter: str, when: Moment) -> tuple[int, int, str] | None:
    hour12 = when.hour % 12 or 12
    iso_year, iso_week = _iso_week(when)
    table = {
        "C": (when.year // 100, 2, "0"),
        "d": (when.day, 2, "0"),
        "e": (when.day, 2, " "),
        "g": (iso_year % 100, 2, "0"),
        "G": (iso_year, 4, "0"),
        "H": (when.hour, 2, "0"),
        "I": (hour12, 2, "0"),
        "j": (when.yearday, 3, "0"),
        "k": (when.hour, 2, " "),
        "l": (hour12, 2, " "),
        "m": (when.month, 2, "0"),
        "M": (when.minute, 2, "0"),
        "q": ((when.month + 2) // 3, 1, "0"),
        "s": (when.time_ns // NSEC_PER_SEC, 1, "0"),
        "S": (when.second, 2, "0"),
        "u": (when.weekday or 7, 1, "0"),
        "U": ((when.yearday + 6 - when.weekday) // 7, 2, "0"),
        "V": (iso_week, 2, "0"),
        "w": (when.weekday, 1, "0"),
        "W": ((when.yearday + 6 - (when.weekday - 1) % 7) // 7, 2, "0"),
        "y": (when.year % 100, 2, "0"),
        "Y": (when.year, 4, "0"),
    }
    return table.get(letter)


def _iso_week(when: Moment) -> tuple[int, int]:
    # The week belongs to the year its Thursday is in.
    thursday = when.yearday - ((when.weekday - 1) % 7) + 3
    year = when.year
    if thursday < 1:
        year -= 1
        thursday += days_of(year + 1, 1, 1) - days_of(year, 1, 1)
    elif thursday > days_of(year + 1, 1, 1) - days_of(year, 1, 1):
        thursday -= days_of(year + 1, 1, 1) - days_of(year, 1, 1)
        year += 1
    return year, (thursday - 1) // 7 + 1


def _word(letter: str, when: Moment) -> str | None:
    if letter in _COMPOSED:
        return strftime(_COMPOSED[letter], when)
    weekday, month = WEEKDAYS[when.weekday], MONTHS[when.month - 1]
    half = "AM" if when.hour < 12 else "PM"
    return {
        "%": "%",
        "a": weekday[:3],
        "A": weekday,
        "b": month[:3],
        "B": month,
        "n": "\n",
        "p": half,
        "P": half.lower(),
        "t": "\t",
        "Z": when.zone,
    }.get(letter)
