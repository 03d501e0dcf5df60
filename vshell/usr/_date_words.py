"""Reading dates as people write them: "2024-03-05 10:00", "yesterday", "+2 hours", "next monday".

Source: coreutils(1), "Date input formats"; gnulib's parse-datetime
Differs: of the letters of military time zones Z alone is known.
"""

from __future__ import annotations

from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import MONTHS, WEEKDAYS, Moment, days_of, zone_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable

__all__ = ["parse_date"]

_UNITS_S = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400}
_UNITS_S |= {"week": 604800, "fortnight": 1209600}
_UNIT_MONTHS = {"month": 1, "year": 12}
_ORDINALS = {
    "last": -1,
    "this": 0,
    "next": 1,
    "a": 1,
    "an": 1,
    "first": 1,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
}
# Minutes east of Greenwich.
_ZONE_MINUTES = {"utc": 0, "ut": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60}
_ZONE_MINUTES |= {"met": 60, "mez": 60, "wat": 60, "cest": 120, "mest": 120, "mesz": 120}
_ZONE_MINUTES |= {"eet": 120, "cat": 120, "sast": 120, "eest": 180, "eat": 180, "msk": 180}
_ZONE_MINUTES |= {"msd": 240, "ist": 330, "sgt": 480, "kst": 540, "jst": 540, "gst": 600}
_ZONE_MINUTES |= {"nzst": 720, "nzdt": 780, "art": -180, "brt": -180, "brst": -120, "clt": -240}
_ZONE_MINUTES |= {"clst": -180, "nst": -210, "ndt": -150, "ast": -240, "adt": -180, "est": -300}
_ZONE_MINUTES |= {"edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480}
_ZONE_MINUTES |= {"pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "hast": -600}
_ZONE_MINUTES |= {"hadt": -540, "sst": -720}
_TOKENS = r"""
      (?P<iso>\d{2,4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2})(?:[Tt](?=\d))?
    | (?P<american>\d{1,2}/\d{1,2}(?:/\d{2,4})?)
    | (?P<dashed>\d{1,2}-[A-Za-z]{3,9}(?:-\d{2,4})?)
    | (?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(?:\s*(?P<half>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?
        (?:\s*(?P<offset>[+-]\d{1,2}(?::?\d{2})?)(?![\d:]))?
    | (?P<hour>\d{1,2})\s*(?P<hourhalf>[AaPp]\.?[Mm]\.?)(?![A-Za-z])
    | (?P<number>(?:[+-]\s*)?\d+)
    | (?P<word>[A-Za-z]+)\.?
    | (?P<space>[\s,]+)
    | (?P<remark>\([^)]*\))
"""


def parse_date(text: str, now_ns: int, zone: tuple[str, int]) -> int | None:
    """Read a date.

    Args:
        text: the words.
        now_ns: the date now, nanoseconds since 1970 in UTC.
        zone: the time zone in force: its name and seconds east of Greenwich.

    Returns:
        Nanoseconds since 1970 in UTC; None if the words make no date.
    """
    text = text.strip()
    if text.startswith('TZ="'):
        name, quote, text = text[4:].partition('"')
        if not quote:
            return None
        zone = zone_named(name)
        text = text.strip()
    if text.startswith("@"):
        return _seconds(text[1:])
    import re  # noqa: PLC0415 - dates in words only

    reader = _Reader(Moment(now_ns, zone))
    position = 0
    scanner = re.compile(_TOKENS, re.VERBOSE)
    tokens = []
    while position < len(text):
        found = scanner.match(text, position)
        if found is None:
            return None
        position = found.end()
        if found.lastgroup not in ("space", "remark"):
            tokens.append(found)
    try:
        reader.read(tokens)
    except ValueError:
        return None
    return reader.result()


def _seconds(text: str) -> int | None:
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("+-").replace(",", ".").partition(".")
    if not (whole + fraction).isdigit() or not whole:
        return None
    return sign * (int(whole) * NSEC_PER_SEC + int(fraction[:9].ljust(9, "0") or "0"))


def _name_in(word: str, names: tuple[str, ...]) -> int | None:
    word = word.lower()
    word = {"sept": "sep", "tues": "tue", "wednes": "wed", "thur": "thu", "thurs": "thu"}.get(
        word, word
    )
    for number, name in enumerate(names):
        if word in (name.lower(), name[:3].lower()):
            return number
    return None


class _Reader:
    def __init__(self, now: Moment) -> None:
        self.now = now
        self.offset_s = now.offset_s
        self.date: tuple[int, int, int] | None = None
        self.has_year = False
        self.time_ns: int | None = None
        self.weekday: tuple[int, int] | None = None
        self.relative = False
        self.months = 0
        self.shift_s = 0
        self.tokens: list[re.Match[str]] = []

    def read(self, tokens: list[re.Match[str]]) -> None:
        self.tokens = tokens
        while self.tokens:
            found = self.tokens.pop(0)
            kind = found.lastgroup or ""
            if kind in ("half", "offset"):
                kind = "clock"
            kind = "hour" if kind == "hourhalf" else kind
            handler: Callable[[re.Match[str]], None] = getattr(self, f"on_{kind}")
            handler(found)

    def following(self, kind: str) -> str | None:
        if self.tokens and self.tokens[0].lastgroup == kind:
            return self.tokens[0].group(kind)
        return None

    def set_date(self, year: int, month: int, day: int, *, has_year: bool = True) -> None:
        if self.date is not None:
            raise ValueError
        last = days_of(year, month + 1, 1) - days_of(year, month, 1) if 1 <= month <= 12 else 0
        if not 1 <= day <= last:
            raise ValueError
        self.date = year, month, day
        self.has_year = has_year

    def on_iso(self, found: re.Match[str]) -> None:
        year, month, day = found.group("iso").replace("/", "-").split("-")
        self.set_date(_century(int(year), len(year)), int(month), int(day))

    def on_american(self, found: re.Match[str]) -> None:
        parts = [int(part) for part in found.group("american").split("/")]
        year = _century(parts[2]) if len(parts) > 2 else self.now.year
        self.set_date(year, parts[0], parts[1], has_year=len(parts) > 2)

    def on_dashed(self, found: re.Match[str]) -> None:
        parts = found.group("dashed").split("-")
        month = _name_in(parts[1], MONTHS)
        if month is None:
            raise ValueError
        year = _century(int(parts[2])) if len(parts) > 2 else self.now.year
        self.set_date(year, month + 1, int(parts[0]), has_year=len(parts) > 2)

    def on_clock(self, found: re.Match[str]) -> None:
        hour, minute, *rest = found.group("clock").replace(",", ".").split(":")
        seconds, _, fraction = (rest[0] if rest else "0").partition(".")
        offset = found.group("offset")
        if offset:
            self.set_offset(offset)
        self.set_time(
            _hour(int(hour), found.group("half")),
            int(minute),
            int(seconds),
            int(fraction[:9].ljust(9, "0")) if fraction else 0,
        )

    def on_hour(self, found: re.Match[str]) -> None:
        self.set_time(_hour(int(found.group("hour")), found.group("hourhalf")), 0, 0, 0)

    def set_time(self, hour: int, minute: int, second: int, ns: int) -> None:
        if self.time_ns is not None or hour > 23 or minute > 59 or second > 60:
            raise ValueError
        self.time_ns = (hour * 3600 + minute * 60 + second) * NSEC_PER_SEC + ns

    def set_offset(self, text: str) -> None:
        digits = text[1:].replace(":", "")
        hours, minutes = (
            (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
        )
        if hours > 24:
            raise ValueError
        self.offset_s = (hours * 3600 + minutes * 60) * (-1 if text[0] == "-" else 1)

    def on_number(self, found: re.Match[str]) -> None:
        text = found.group("number").replace(" ", "")
        word = (self.following("word") or "").lower()
        signed = text[0] in "+-"
        if _unit(word):
            self.tokens.pop(0)
            self.shift(int(text), word)
        elif signed and self.time_ns is not None and len(text) in (3, 5):
            self.set_offset(text)
        elif signed:
            raise ValueError
        elif _name_in(word, MONTHS) is not None:
            self.tokens.pop(0)
            self.day_and_month(int(text), word)
        elif _name_in(word, WEEKDAYS) is not None:
            self.tokens.pop(0)
            self.set_weekday(word, int(text))
        else:
            self.bare_number(text)

    def bare_number(self, text: str) -> None:
        if (
            self.date is not None
            and not self.has_year
            and (self.time_ns is not None or len(text) > 2)
        ):
            self.date = (_century(int(text), len(text)), *self.date[1:])
            self.has_year = True
        elif self.date is None and len(text) > 4:
            self.set_date(_century(int(text[:-4]), len(text) - 4), int(text[-4:-2]), int(text[-2:]))
        elif len(text) <= 4:
            hour, minute = (int(text), 0) if len(text) < 3 else (int(text[:-2]), int(text[-2:]))
            self.set_time(hour, minute, 0, 0)
        else:
            raise ValueError

    def day_and_month(self, day: int, word: str) -> None:
        month = _name_in(word, MONTHS)
        assert month is not None
        year = self.now.year
        text = self.following("number")
        has_year = text is not None and text.isdigit() and len(text) in (2, 4)
        if has_year and text is not None:
            self.tokens.pop(0)
            year = _century(int(text), len(text))
        self.set_date(year, month + 1, day, has_year=has_year)

    def on_word(self, found: re.Match[str]) -> None:
        word = found.group("word").lower()
        if word in ("now", "today"):
            self.relative = True
            return
        if word in ("tomorrow", "yesterday"):
            self.shift_s += 86400 if word == "tomorrow" else -86400
            self.relative = True
        elif word in _ZONE_MINUTES:
            self.offset_s = _ZONE_MINUTES[word] * 60
        elif _name_in(word, MONTHS) is not None:
            text = self.following("number")
            if text is None or not text.isdigit():
                raise ValueError
            self.tokens.pop(0)
            self.day_and_month(int(text), word)
        elif _name_in(word, WEEKDAYS) is not None:
            self.set_weekday(word, 0)
        elif word in _ORDINALS:
            self.ordinal(_ORDINALS[word])
        elif _unit(word):
            self.shift(1, word)
        elif word == "t" and self.date is not None:
            return
        else:
            raise ValueError

    def ordinal(self, count: int) -> None:
        word = (self.following("word") or "").lower()
        if not word:
            raise ValueError
        self.tokens.pop(0)
        if _unit(word):
            self.shift(count, word)
        elif _name_in(word, WEEKDAYS) is not None:
            self.set_weekday(word, count)
        else:
            raise ValueError

    def set_weekday(self, word: str, count: int) -> None:
        number = _name_in(word, WEEKDAYS)
        if number is None or self.weekday is not None:
            raise ValueError
        self.weekday = number, count

    def shift(self, count: int, word: str) -> None:
        unit = _unit(word)
        self.relative = True
        if (self.following("word") or "").lower() == "ago":
            self.tokens.pop(0)
            count = -count
        if unit in _UNIT_MONTHS:
            self.months += count * _UNIT_MONTHS[unit]
        else:
            self.shift_s += count * _UNITS_S[unit]

    def result(self) -> int:
        now = Moment(self.now.time_ns, (self.now.zone, self.offset_s))
        year, month, day = self.date or (now.year, now.month, now.day)
        of_day_ns = self.time_ns
        if of_day_ns is None:
            of_day_ns = 0
            if self.relative and self.date is None and self.weekday is None:
                of_day_ns = (now.hour * 3600 + now.minute * 60 + now.second) * NSEC_PER_SEC + now.ns
        days = days_of(year, month + self.months, day)
        # A day of the week beside a date says nothing new.
        if self.weekday is not None and self.date is None:
            number, count = self.weekday
            today = (days + 4) % 7
            days += (number - today) % 7
            days += 7 * (count - (count > 0 and number != today))
        seconds = days * 86400 + self.shift_s - self.offset_s
        return seconds * NSEC_PER_SEC + of_day_ns


def _unit(word: str) -> str:
    for name in (word, word.removesuffix("s")):
        if name in _UNITS_S or name in _UNIT_MONTHS:
            return name
    return ""


def _century(year: int, digits: int = 0) -> int:
    if year >= 100 or digits > 2:
        return year
    return year + (1900 if year > 68 else 2000)


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half[0] in "Pp" else 0)
