"""What a transcript says and what became of it: plain values, no behaviour.

A transcript is a session at the prompt written down: what is typed, and what the terminal shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Keys",
    "Outcome",
    "Place",
    "Step",
    "StepOutcome",
    "Transcript",
    "TranscriptError",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; both count from 1."""

    line: int
    column: int = 1


class TranscriptError(Exception):
    """A file is no transcript; says where and why."""

    def __init__(self, path: str, place: Place, text: str) -> None:
        """Describe the mistake at its place in the file."""
        super().__init__(f"{path}:{place.line}:{place.column}: {text}")
        self.path = path
        self.place = place
        self.text = text

    # So that a process can hand it to another one.
    def __reduce__(self) -> tuple[type, tuple[str, Place, str]]:
        return type(self), (self.path, self.place, self.text)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys pressed while a step's command runs."""

    at_ns: int
    """Virtual time since boot if ``is_absolute``, else since the line was entered."""
    is_absolute: bool
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done at the prompt, or one thing said."""

    place: Place
    """Where its ``run`` or ``key`` stands; the whole step, if it has neither."""
    run: str | None = None
    """The line or lines typed; None for prose alone."""
    out: tuple[str, ...] = ()
    """The expected lines, as written: patterns and all."""
    out_line: int = 0
    """The file's line on which the first expected one stands; 0 if they do not stand one by one."""
    key: str = ""
    """A key pressed at the prompt instead of a line: enter, ctrl-c or ctrl-d."""
    status: int | None = 0
    """The expected exit status; None for any."""
    say: str = ""
    hint: str = ""
    goal: tuple[str, ...] = ()
    """What the host must have come to, in a lesson."""
    at_ns: int | None = None
    """Virtual time since boot at which the line is entered."""
    wait_ns: int = 0
    """Virtual time that passes before the step."""
    terminal: str = ""
    """The name of another prompt on the same host; "" for the first."""
    press: tuple[Keys, ...] = ()
    size: tuple[int, int] | None = None
    """The terminal's columns and rows from this step on."""
    is_fresh: bool = False
    """Whether a new host begins here (Markdown only)."""

    @property
    def acts(self) -> bool:
        """Whether something is typed."""
        return self.run is not None or bool(self.key)


@dataclass(frozen=True, slots=True)
class Transcript:
    """One file's session."""

    path: str
    steps: tuple[Step, ...]
    title: str = ""
    profile: str = ""
    """The name of a host profile, or ""."""
    host: Mapping[str, object] = field(default_factory=dict)
    """The settings that differ from the profile's."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Extra files: their text by path, relative to the home directory or absolute."""
    workspace: str = ""
    """A folder beside the transcript that becomes the home directory; "" for vshell's modules."""
    events: str = ""
    """The file of the recorded kernel events beside the transcript, or ""."""


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What a step did."""

    step: Step
    lines: tuple[str, ...]
    """What the terminal showed, written as expected lines are."""
    status: int
    is_equal: bool
    unmet: tuple[str, ...] = ()
    """The goals that were not met when it was done."""

    @property
    def holds(self) -> bool:
        """Whether it did what the transcript says."""
        return self.is_equal and self.step.status in (None, self.status) and not self.unmet


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a transcript."""

    transcript: Transcript
    steps: tuple[StepOutcome, ...]
    failure: str = ""
    """Why the replay could not go on; "" if it came to its end."""
    failure_line: int = 0
    """The line of the step at which it could not; 0 if that was none's fault."""
    event: str = ""
    """The first kernel event that differs from the recorded one, described; "" if none does."""
    event_line: int = 0
    """The line of the step that ran when it differed; 0 if none did."""
    virtual_ns: int = 0
    """How far virtual time went."""

    @property
    def holds(self) -> bool:
        """Whether everything was as the transcript says."""
        return not self.failure and not self.event and all(step.holds for step in self.steps)
