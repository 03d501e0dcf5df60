"""What goes between a machine and those who watch it: values, and their form on a socket.

A viewer in the same process gets the values themselves. On a socket each is one line of JSON. The
first line of each side says which version of the protocol it speaks; whoever does not speak the
same gives up there.

More than 400 lines, one idea: each value stands beside the form that it has on the wire.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Protocol

from vshell.abi.events import FIELDS, Event
from vshell.abi.views import KernelView, LogLine, ModuleView, TaskView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = [
    "LINE_BYTES_MAX",
    "PANEL_KINDS",
    "PROMPT_KINDS",
    "PROMPT_LINE_BYTES_MAX",
    "PROMPT_ROLE",
    "PROTOCOL",
    "REQUEST_KINDS",
    "Answer",
    "Batch",
    "ClockView",
    "Ended",
    "Explanation",
    "Hello",
    "Link",
    "Lost",
    "Message",
    "Output",
    "Place",
    "Question",
    "Request",
    "Source",
    "WireError",
    "decode",
    "decode_request",
    "encode",
    "encode_request",
    "greeting",
    "read_greeting",
]

PROTOCOL = 2
"""The version of what is below. Any change of it is a new version."""

LINE_BYTES_MAX = 65_536
"""How long a line may be that a viewer sends."""

PROMPT_LINE_BYTES_MAX = 1_048_576
"""How long a line may be that a prompt sends: pastes are long."""

PANEL_KINDS = ("clock", "type", "keys", "size", "explain")
"""What a viewer may ask for, see ``Link``."""

PROMPT_KINDS = (
    *("open", "answer", "end_input", "cancel", "press", "size"),
    *("complete", "survey", "glance"),
)
"""What a prompt in another process may ask for, see ``vshell.machine.remote``."""

REQUEST_KINDS = frozenset((*PANEL_KINDS, *PROMPT_KINDS))
"""All of them."""

PROMPT_ROLE = "prompt"
"""What a greeting says who wants no more than a terminal: no events are told, no views."""

_DIGITS_MAX = 18
_EVENTS_PER_PIECE = 500


class WireError(Exception):
    """A line is no message of this protocol; the text says why."""


# -- Values ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hello:
    """The first thing a viewer hears: whom it watches."""

    version: str
    """Of vshell."""
    pid: int
    """The real process."""
    hostname: str
    release: str
    user: str
    cpus: int
    jiffy_ns: int
    """How long a jiffy lasts."""
    phase_ns: int
    """How long before the boot jiffies began to count."""
    initial_jiffies: int
    """With what."""

    def jiffies(self, time_ns: int) -> int:
        """Give jiffies at a time since boot, rounded down."""
        return (time_ns + self.phase_ns) // self.jiffy_ns + self.initial_jiffies


@dataclass(frozen=True, slots=True)
class ClockView:
    """The clock, and what it brings next."""

    is_paused: bool
    rate: float
    """Virtual seconds per real second; 0 for as fast as can be."""
    is_moving: bool
    """Whether virtual time passes now: it stands while paused, or free and every prompt waits."""
    next_ns: int
    """When the next timer fires, -1 without one."""
    next_pid: int
    """Whom it wakes, 0 if no task."""
    next_name: str
    """The task's name, or the timer's function."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands; "" for what there is not."""

    pid: int
    wchan: str
    """The kernel function that it sleeps in."""
    source: str
    """The line of the module: "kthread.py:24"."""
    function: str
    """The module's function."""
    module: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What has happened until a moment.

    With a ``view``, which the first one has, the events are those that led to it: all since the
    last batch, or those that are still known. Without one they go on where the last batch ended.
    """

    now_ns: int
    """The moment, virtual nanoseconds since boot. No later event is older."""
    clock: ClockView
    modules: tuple[ModuleView, ...]
    places: tuple[Place, ...]
    """Of tasks that have moved; with a view of all that have one."""
    emitted: tuple[tuple[Any, ...], ...]
    """The events as tracepoints emit them, oldest first."""
    missed: int = 0
    """How many events there were before these that no batch has told."""
    view: KernelView | None = None

    def events(self) -> Iterator[Event]:
        """Give the events as records."""
        return map(Event, self.emitted)


@dataclass(frozen=True, slots=True)
class Output:
    """Programs have written to the viewer's own terminal."""

    data: bytes
    missed: int = 0
    """How many bytes before these were lost, because the viewer did not read."""


@dataclass(frozen=True, slots=True)
class Question:
    """The shell of the viewer's own terminal waits for a line."""

    prompt: str
    typed: str = ""
    """What has been typed ahead, where nothing else keeps it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session of the viewer's own terminal is over; the next line typed opens a new one."""

    status: int


@dataclass(frozen=True, slots=True)
class Source:
    """The source file of a module, and where a task stands in it."""

    path: str
    line: int
    text: str
    is_current: bool
    """Whether it is what the module was made from; the line means little if it has changed."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All about one task."""

    pid: int
    why: str
    """What the program ``why`` prints."""
    backtrace: tuple[str, ...]
    """The innermost function first, as in /proc/PID/stack, the module's with their lines."""
    flags: tuple[str, ...]
    """Of a kernel thread: IS_PER_CPU, SHOULD_STOP, SHOULD_PARK, PARKED, EXITED."""
    source: Source | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A request has been taken note of, or refused."""

    number: int
    """What the method of ``Link`` returned."""
    error: str = ""
    """Why it was refused; "" if it was not."""
    explanation: Explanation | None = None
    value: Any = None
    """What a prompt asked for: rows of plain values."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The machine is gone; nothing comes after this."""

    text: str


Message = Hello | Batch | Output | Question | Ended | Answer | Lost


@dataclass(frozen=True, slots=True)
class Request:
    """What a viewer asks for."""

    number: int
    kind: str
    """One of ``REQUEST_KINDS``."""
    value: Any


class Link(Protocol):
    """A viewer's end of its connection with a machine, in this process or another.

    Each request gives a number; the ``Answer`` to it has the same. All methods belong to one
    thread, the viewer's.
    """

    def read(self) -> list[Message]:
        """Take what has come since last asked. Whoever asks seldom may get less, but is told."""

    def clock(self, command: str) -> int:
        """Ask for "pause", "resume", "step N" (events) or "speed X" (or "speed max")."""

    def type_line(self, line: str) -> int:
        """Type a line at a terminal of the viewer's own; the first one opens it."""

    def press(self, keys: str) -> int:
        """Press keys at that terminal: Ctrl-C is a character 3."""

    def resize(self, columns: int, rows: int) -> int:
        """Say how large that terminal is."""

    def explain(self, pid: int) -> int:
        """Ask for an ``Explanation``."""

    def close(self) -> None:
        """Leave; the terminal hangs up."""


# -- The form of messages -------------------------------------------------------------------------


# Values that are rows of plain fields.
def _row(value: object) -> list[Any]:
    return [getattr(value, name) for name in value.__slots__]  # type: ignore[attr-defined]


# The same values again; what they hold several of are tuples.
def _made(make: Callable[..., Any], rows: list[list[Any]]) -> tuple[Any, ...]:
    return tuple(
        make(*(tuple(one) if isinstance(one, list) else one for one in row)) for row in rows
    )


def _view_to(view: KernelView | None) -> Any:
    if view is None:
        return None
    return {
        field.name: list(map(_row, value)) if isinstance(value, tuple) else value
        for field in fields(view)
        for value in (getattr(view, field.name),)
    }


def _view_from(found: Any) -> KernelView | None:
    if found is None:
        return None
    parts = {"tasks": TaskView, "modules": ModuleView, "log": LogLine}
    made = {name: _made(make, found[name]) for name, make in parts.items()}
    return KernelView(**(found | made))


def _emitted_from(rows: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    for row in rows:
        if len(row) != 4 + len(FIELDS[row[3]]):
            raise ValueError(row[3])
    return tuple(map(tuple, rows))


def _explanation_from(found: Any) -> Explanation | None:
    if found is None:
        return None
    pid, why, backtrace, flags, source = found
    place = Source(*source) if source is not None else None
    return Explanation(pid, why, tuple(backtrace), tuple(flags), place)


def _explanation_to(value: Explanation | None) -> Any:
    if value is None:
        return None
    source = _row(value.source) if value.source is not None else None
    return [value.pid, value.why, value.backtrace, value.flags, source]


_CLASSES: dict[str, type[Any]] = {
    one.__name__: one for one in (Hello, Batch, Output, Question, Ended, Answer, Lost)
}
_TO: dict[str, Callable[[Any], Any]] = {
    "clock": _row,
    "modules": lambda values: list(map(_row, values)),
    "places": lambda values: list(map(_row, values)),
    "view": _view_to,
    "data": lambda data: data.decode("latin-1"),
    "explanation": _explanation_to,
}
_FROM: dict[str, Callable[[Any], Any]] = {
    "clock": lambda row: ClockView(*row),
    "modules": lambda rows: _made(ModuleView, rows),
    "places": lambda rows: _made(Place, rows),
    "emitted": _emitted_from,
    "view": _view_from,
    "data": lambda text: text.encode("latin-1"),
    "explanation": _explanation_from,
}


def encode(message: Message) -> bytes:
    """Give a message as a line, with its newline."""
    name = type(message).__name__
    found: dict[str, Any] = {"is": name}
    for field in fields(message):
        if field.name != "emitted":
            value = getattr(message, field.name)
            found[field.name] = _TO[field.name](value) if field.name in _TO else value
    text = json.dumps(found, separators=(",", ":"))
    if isinstance(message, Batch):
        text = f'{text[:-1]},"emitted":[{_events_text(message.emitted)}]}}'
    return text.encode() + b"\n"


# The encoder lets no other thread run, so that many events go through it a few at a time.
def _events_text(emitted: tuple[tuple[Any, ...], ...]) -> str:
    pieces = (
        json.dumps(emitted[start : start + _EVENTS_PER_PIECE], separators=(",", ":"))[1:-1]
        for start in range(0, len(emitted), _EVENTS_PER_PIECE)
    )
    return ",".join(pieces)


def decode(line: bytes) -> Message:
    """Read a line that ``encode`` wrote.

    Raises:
        WireError: it is none.
    """
    try:
        found = json.loads(line)
        made = _CLASSES[found.pop("is")]
        values = {
            name: _FROM[name](value) if name in _FROM else value for name, value in found.items()
        }
        message: Message = made(**values)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise WireError(f"not a message: {error!r}") from None
    return message


# -- Requests and greetings -----------------------------------------------------------------------


def encode_request(request: Request) -> bytes:
    """Give a request as a line, with its newline."""
    return json.dumps([request.number, request.kind, request.value]).encode() + b"\n"


def decode_request(line: bytes) -> Request:
    """Read a request, and make sure that it is one.

    Raises:
        WireError: it is none.
    """
    try:
        number, kind, value = json.loads(line)
    except (ValueError, TypeError, RecursionError) as error:
        raise WireError(f"not a request: {error!r}") from None
    if not _is_number(number) or not isinstance(kind, str) or kind not in REQUEST_KINDS:
        raise WireError("not a request")
    if kind in ("size", "open"):
        sound = isinstance(value, list) and len(value) == 2 and all(map(_is_size, value))
        value = tuple(value) if sound else value
    elif kind == "explain":
        sound = _is_number(value)
    elif kind == "press":
        sound = isinstance(value, str) and _is_typed(value)
    else:
        sound = isinstance(value, str) and _is_text(value)
    if not sound:
        raise WireError(f"not a request: {kind} takes something else")
    return Request(number, kind, value)


def _is_number(value: object) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 0 <= value < 10**_DIGITS_MAX  # type: ignore[operator]


# What a program can be given to read: no half characters, no zero.
def _is_text(value: str) -> bool:
    return "\0" not in value and _is_typed(value)


# What can be typed: any bytes.
def _is_typed(value: str) -> bool:
    try:
        value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _is_size(value: object) -> bool:
    return _is_number(value) and 1 <= value <= 10_000  # type: ignore[operator]


def greeting(error: str = "", role: str = "") -> bytes:
    """Give the first line of a side: its version, what it is, or why it does not go on."""
    told = {name: value for name, value in (("error", error), ("role", role)) if value}
    return json.dumps({"vshell": PROTOCOL} | told).encode() + b"\n"


def read_greeting(line: bytes) -> str:
    """Make sure that the other side speaks the same; give what it is, "" for a viewer.

    Raises:
        WireError: it does not; the text is for the user.
    """
    try:
        found = json.loads(line)
        version, error, role = found["vshell"], found.get("error"), found.get("role", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise WireError("the other side is no vshell") from None
    if error:
        raise WireError(str(error))
    if version != PROTOCOL:
        raise WireError(f"the other vshell speaks version {version}, this one {PROTOCOL}")
    return PROMPT_ROLE if role == PROMPT_ROLE else ""
