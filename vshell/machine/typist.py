"""The typist: what of a recorded session is to be typed by now, letter by letter.

It knows virtual time only. A line that was entered at a known time is complete at that time; any
other comes a moment after the shell has asked. While virtual time stands nothing is typed, so
whoever pauses the world pauses the typist. Front ends ask it a few times a second and show what it
says; it touches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["KEY", "KEYS", "LINE", "SAY", "Cue", "Typed", "Typist"]

LINE, KEYS, KEY, SAY = "line", "keys", "key", "say"
"""Kinds of cues: a line typed at the prompt; keys pressed while it runs; a key pressed at the
prompt instead of a line; something said there."""

_LETTER_NS = 40_000_000
# Between the shell's question and the first letter, where no time is given; where one is, or after
# something was said, at least a breath. As long as that a whole line stands before it is entered.
_PAUSE_NS = 1_200_000_000
_BREATH_NS = 300_000_000
_READING_NS = 45_000_000
_READING_LEAST_NS = 1_500_000_000
_READING_MOST_NS = 12_000_000_000


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to do."""

    kind: str
    """LINE, KEYS, KEY or SAY."""
    text: str
    at_ns: int | None = None
    """Virtual time since boot at which it is done, if it can be; None for when it comes."""
    wait_ns: int = 0
    """Virtual time that passes before it: since the shell has asked, or for KEYS since the line
    was entered."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is to be seen, or done, now."""

    text: str = ""
    """The command line's content."""
    is_entered: bool = False
    """Whether Enter is pressed now."""
    keys: str = ""
    """Keys pressed now, to be passed on."""
    said: str = ""
    """What is said now, beside the session."""


class Typist:
    """Types what the cues say, one after the other."""

    def __init__(self, cues: Sequence[Cue], rate: float = 1.0) -> None:
        """Begin with the first cue."""
        self._cues = tuple(cues)
        self._index = 0
        self.rate = rate
        """Virtual seconds per real second: a letter takes as long in slow motion. 0 is 1."""
        # Real time that counts as virtual for the cue at hand.
        self._waited_ns = 0
        self._asked_ns: int | None = None
        self._entered_ns = 0
        self._letters = 0

    @property
    def is_over(self) -> bool:
        """Whether everything has been typed."""
        return self._index >= len(self._cues)

    def stop(self) -> None:
        """Type nothing more."""
        self._index = len(self._cues)

    def pass_time(self, real_ns: int) -> None:
        """Let time pass for the cue at hand while virtual time stands.

        A session may pause its own clock, and goes on all the same.
        """
        self._waited_ns += real_ns

    def due(self, now_ns: int, is_asking: bool) -> Typed | None:  # noqa: FBT001 - a fact as the time
        """Tell what is due.

        Args:
            now_ns: virtual time since boot.
            is_asking: whether the shell waits for a line.

        Returns:
            What is to be shown or done, once for each key and each line entered; None for nothing
            yet.
        """
        if self.is_over:
            return None
        now_ns += self._waited_ns
        cue = self._cues[self._index]
        if cue.kind == KEYS:
            due_ns = self._entered_ns + cue.wait_ns if cue.at_ns is None else cue.at_ns
            return self._done(now_ns, Typed(keys=cue.text)) if now_ns >= due_ns else None
        if not is_asking:
            self._asked_ns = None
            self._letters = 0
            return None
        if self._asked_ns is None:
            self._asked_ns = now_ns
        if cue.kind == SAY:
            return self._say(cue, now_ns)
        return self._type(cue, now_ns, self._asked_ns)

    # Time is scaled so that it looks the same at any speed.
    def _scaled(self, real_ns: int) -> int:
        return int(real_ns * self.rate) if self.rate else real_ns

    def _say(self, cue: Cue, now_ns: int) -> Typed:
        waited_ns = self._waited_ns
        said = self._done(now_ns, Typed(said=cue.text))
        reading_ns = min(max(len(cue.text) * _READING_NS, _READING_LEAST_NS), _READING_MOST_NS)
        # As if the shell asked when it has been read.
        self._asked_ns = now_ns - waited_ns + self._scaled(reading_ns - _PAUSE_NS)
        return said

    def _type(self, cue: Cue, now_ns: int, asked_ns: int) -> Typed | None:
        letter_ns, breath_ns = self._scaled(_LETTER_NS), self._scaled(_BREATH_NS)
        typing_ns = len(cue.text) * letter_ns if cue.kind == LINE else 0
        at_ns = asked_ns + cue.wait_ns if cue.at_ns is None and cue.wait_ns else cue.at_ns
        if at_ns is None:
            begin_ns = asked_ns + self._scaled(_PAUSE_NS)
        else:
            begin_ns = max(asked_ns + breath_ns, at_ns - typing_ns - breath_ns)
        enter_ns = max(begin_ns + typing_ns + breath_ns, at_ns or 0)
        if now_ns >= enter_ns:
            is_line = cue.kind == LINE
            return self._done(
                now_ns, Typed(cue.text, is_entered=True) if is_line else Typed(keys=cue.text)
            )
        if now_ns < begin_ns or cue.kind != LINE:
            return None
        # A letter that has been typed stays, whatever becomes of the speed.
        count = (now_ns - begin_ns) // letter_ns + 1 if letter_ns else len(cue.text)
        self._letters = max(self._letters, count)
        return Typed(cue.text[: self._letters])

    def _done(self, now_ns: int, typed: Typed) -> Typed:
        self._index += 1
        # Keys count from the line that they belong to.
        if self._cues[self._index - 1].kind != KEYS:
            self._entered_ns = now_ns - self._waited_ns
            self._waited_ns = 0
        self._asked_ns = None
        self._letters = 0
        return typed
