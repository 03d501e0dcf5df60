"""The functions that awk has.

Source: mawk(1), 1.3.4 20200120; random(3), glibc 2.36
"""

from __future__ import annotations

import math

from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._awk_values import Maybe, to_int, to_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.usr._awk_expr import Expressions
    from vshell.usr._awk_run import Runtime
    from vshell.usr._regex import Regex

    Value = float | str | None
    Frame = list[Any]
    Expr = Callable[[Frame], Value]
    Node = tuple[Any, ...]

__all__ = ["builtin"]

_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_RANDOM_MAX = 0x7FFFFFFF


def builtin(make: Expressions, name: str, nodes: list[Node]) -> Expr:
    """Make a function of a call.

    Args:
        make: the maker of expressions.
        name: of the function.
        nodes: its arguments.
    """
    if name in ("sub", "gsub"):
        return _substitution(make, nodes, everywhere=name == "gsub")
    if name == "split":
        return _split(make, nodes)
    if name == "length":
        return _length(make, nodes)
    if name == "match":
        return _match(make, nodes)
    runtime = make.runtime
    if name in _NUMERIC:
        function = _NUMERIC[name]
        numbers = [make.number(node) for node in nodes]
        return lambda frame: _computed(function, [number(frame) for number in numbers])
    values = [make.expr(node) for node in nodes]
    act = _OTHERS[name]
    return lambda frame: act(runtime, [value(frame) for value in values])


# -- Numbers ---------------------------------------------------------------------------------------


def _computed(function: Callable[..., float], numbers: list[float]) -> float:
    try:
        return function(*numbers)
    except ValueError:
        return -math.nan
    except OverflowError:
        return math.inf


def _log(number: float) -> float:
    return math.log(number) if number else -math.inf


def _int(number: float) -> float:
    return number if math.isinf(number) or math.isnan(number) else float(math.trunc(number))


_NUMERIC: dict[str, Callable[..., float]] = {
    "atan2": math.atan2,
    "cos": math.cos,
    "exp": math.exp,
    "int": _int,
    "log": _log,
    "sin": math.sin,
    "sqrt": math.sqrt,
}


class _Random:
    # glibc's random(): an additive generator of degree 31.
    def __init__(self, seed: int) -> None:
        words = [seed or 1]
        for _ in range(30):
            # As C's division, which rounds toward zero.
            high = int(words[-1] / 127773)
            word = 16807 * (words[-1] - 127773 * high) - 2836 * high
            words.append(word + _RANDOM_MAX if word < 0 else word)
        self.words = words + words[:3]
        self.words = [word & 0xFFFFFFFF for word in self.words]
        for _ in range(310):
            self.next()

    def next(self) -> int:
        words = self.words
        word = (words[-31] + words[-3]) & 0xFFFFFFFF
        words.append(word)
        del words[0]
        return word >> 1


class _Dice:
    # The generator of one runtime, and what it began with.
    __slots__ = ("random", "seed")

    def __init__(self, seed: Value, number: int) -> None:
        self.seed = seed
        self.random = _Random(number)


def _dice(runtime: Runtime) -> _Dice:
    if not isinstance(runtime.dice, _Dice):
        seconds = runtime.io.sys.clock_realtime_ns() // NSEC_PER_SEC
        runtime.dice = _Dice(float(seconds), seconds & 0x7FFFFFFF)
    assert isinstance(runtime.dice, _Dice)
    return runtime.dice


def _rand(runtime: Runtime, values: list[Value]) -> Value:
    del values
    return _dice(runtime).random.next() / _RANDOM_MAX


def _srand(runtime: Runtime, values: list[Value]) -> Value:
    before = _dice(runtime).seed
    seconds = runtime.io.sys.clock_realtime_ns() // NSEC_PER_SEC
    seed: Value = values[0] if values else float(seconds)
    runtime.dice = _Dice(seed, to_int(to_number(seed)))
    return before


# -- Text ------------------------------------------------------------------------------------------


def _length(make: Expressions, nodes: list[Node]) -> Expr:
    runtime = make.runtime
    if not nodes:
        return lambda _frame: float(len(runtime.record()))
    node = nodes[0]
    if node[0] == "var" and make.names.is_array(make.place, node[1]):
        array = make.array(node[1])
        return lambda frame: float(len(array(frame).values))
    text = make.text(node)
    return lambda frame: float(len(text(frame)))


# Positions lose their fractions. What begins before the text, mawk makes longer.
def _substr(runtime: Runtime, values: list[Value]) -> Value:
    text = runtime.text(values[0])
    start = to_int(to_number(values[1]))
    if len(values) == 2:
        return text[max(start - 1, 0) :]
    count = to_int(to_number(values[2]))
    if start < 0:
        count -= start
    first = max(start - 1, 0)
    return text[first : first + max(count, 0)]


def _index(runtime: Runtime, values: list[Value]) -> Value:
    text, part = runtime.text(values[0]), runtime.text(values[1])
    return float(text.find(part) + 1) if text else 0.0


def _tolower(runtime: Runtime, values: list[Value]) -> Value:
    return runtime.text(values[0]).translate(_LOWER)


def _toupper(runtime: Runtime, values: list[Value]) -> Value:
    return runtime.text(values[0]).translate(_UPPER)


def _sprintf(runtime: Runtime, values: list[Value]) -> Value:
    return runtime.format("sprintf", runtime.text(values[0]), values[1:])


def _pattern(make: Expressions, node: Node) -> Callable[[Frame], Regex]:
    regex = make.runtime.regex
    if node[0] in ("re", "str"):
        make.compiled(node[1], node[2] if node[0] == "re" else make.names.line)
        source = str(node[1])
        return lambda _frame: regex(source)
    text = make.text(node)
    return lambda frame: regex(text(frame))


def _match(make: Expressions, nodes: list[Node]) -> Expr:
    text, pattern = make.text(nodes[0]), _pattern(make, nodes[1])
    variables = make.runtime.variables

    def match(frame: Frame) -> Value:
        found = pattern(frame).search(text(frame))
        start = float(found.start() + 1) if found is not None else 0.0
        variables["RSTART"] = start
        variables["RLENGTH"] = float(found.end() - found.start()) if found is not None else -1.0
        return start

    return match


def _split(make: Expressions, nodes: list[Node]) -> Expr:
    runtime = make.runtime
    text, array = make.text(nodes[0]), make.array(nodes[1][1])
    pattern = _pattern(make, nodes[2]) if len(nodes) > 2 and nodes[2][0] == "re" else None
    separator = make.text(nodes[2] if len(nodes) > 2 else ("var", "FS"))

    def split(frame: Frame) -> Value:
        subject = text(frame)
        if pattern is not None:
            parts = runtime.split_by(subject, pattern(frame))
        else:
            parts = runtime.split(subject, separator(frame))
        array(frame).fill([Maybe(part) for part in parts])
        return float(len(parts))

    return split


# -- Substitution ----------------------------------------------------------------------------------


def _substitution(make: Expressions, nodes: list[Node], *, everywhere: bool) -> Expr:
    place = make.once(nodes[2]) if len(nodes) > 2 else ("field", ("num", 0.0))
    pattern, replacement = _pattern(make, nodes[0]), make.text(nodes[1])
    subject = make.text(place)
    writable = place[0] in ("var", "field", "index", "paren")
    put = make.setter(place) if writable else None
    parts = place[2] if place[0] == "index" else [place[1]] if place[0] == "field" else []
    kept = [part[2] for part in parts if part[0] == "kept"]

    def substitute(frame: Frame) -> Value:
        regex = pattern(frame)
        pieces = _pieces(replacement(frame))
        text = subject(frame)
        out, count = _replaced(regex, pieces, text, everywhere=everywhere)
        if count and put is not None:
            put(frame, out)
        for one in kept:
            one.clear()
        return float(count)

    return substitute


# A replacement, taken apart at the matches it holds.
def _pieces(text: str) -> list[str]:
    pieces = [""]
    position = 0
    while position < len(text):
        two = text[position : position + 2]
        if two in ("\\&", "\\\\"):
            pieces[-1] += two[1]
            position += 2
        elif two[0] == "&":
            pieces.append("")
            position += 1
        else:
            pieces[-1] += two[0]
            position += 1
    return pieces


def _replaced(regex: Regex, pieces: list[str], text: str, *, everywhere: bool) -> tuple[str, int]:
    out: list[str] = []
    position = count = 0
    last_end = -1
    while position <= len(text):
        found = regex.search(text, position)
        if found is None:
            break
        start, end = found.span()
        out.append(text[position:start])
        if end > start or start != last_end:
            out.append(found.group().join(pieces))
            count += 1
        last_end = end
        position = end
        if not everywhere:
            break
        if end == start:
            out.append(text[end : end + 1])
            position = end + 1
    out.append(text[position:])
    return "".join(out), count


# -- The system ------------------------------------------------------------------------------------


def _system(runtime: Runtime, values: list[Value]) -> Value:
    return runtime.streams.system(runtime.text(values[0]))


def _close(runtime: Runtime, values: list[Value]) -> Value:
    return runtime.streams.close(runtime.text(values[0]))


def _fflush(runtime: Runtime, values: list[Value]) -> Value:
    if not values:
        runtime.streams.flush()
        return 0.0
    return 0.0 if runtime.streams.flush_one(runtime.text(values[0])) else -1.0


def _systime(runtime: Runtime, values: list[Value]) -> Value:
    del values
    return float(runtime.io.sys.clock_realtime_ns() // NSEC_PER_SEC)


def _strftime(runtime: Runtime, values: list[Value]) -> Value:
    from vshell.usr._dates import Moment, strftime, zone_of  # noqa: PLC0415 - with dates only

    io = runtime.io
    form = runtime.text(values[0]) if values else "%c"
    time_ns = io.sys.clock_realtime_ns()
    if len(values) > 1:
        time_ns = to_int(to_number(values[1])) * NSEC_PER_SEC
    utc = len(values) > 2 and bool(to_number(values[2]))
    return strftime(form, Moment(time_ns, zone_of(io, utc=utc)))


def _mktime(runtime: Runtime, values: list[Value]) -> Value:
    from vshell.usr._dates import days_of, zone_of  # noqa: PLC0415 - with dates only

    words = runtime.text(values[0]).split()
    if len(words) < 6:
        return -1.0
    year, month, day, hour, minute, second = (int(to_number(word)) for word in words[:6])
    seconds = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
    return float(seconds - zone_of(runtime.io)[1])


_OTHERS: dict[str, Callable[[Runtime, list[Value]], Value]] = {
    "close": _close,
    "fflush": _fflush,
    "index": _index,
    "mktime": _mktime,
    "rand": _rand,
    "sprintf": _sprintf,
    "srand": _srand,
    "strftime": _strftime,
    "substr": _substr,
    "system": _system,
    "systime": _systime,
    "tolower": _tolower,
    "toupper": _toupper,
}
