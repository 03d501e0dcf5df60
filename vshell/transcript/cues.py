"""What a typist does to play a transcript: its lines, keys and prose as cues."""

from __future__ import annotations

from vshell.machine.typist import KEY, KEYS, LINE, SAY, Cue
from vshell.transcript.model import TranscriptError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.transcript.model import Step, Transcript

__all__ = ["make_cues"]

_PROMPT_KEYS = {"ctrl-c": "\x03", "ctrl-d": "\x04"}


def make_cues(transcript: Transcript) -> list[Cue]:
    """Give the cues of a transcript's session; of a page with several, of its first.

    Raises:
        TranscriptError: it needs more than one prompt.
    """
    cues: list[Cue] = []
    wait_ns = 0
    at_ns: int | None = None
    for step in transcript.steps:
        if step.is_fresh and any(cue.kind != SAY for cue in cues):
            break
        if step.terminal:
            text = f"a demo has one prompt, and this is for another one, {step.terminal!r}"
            raise TranscriptError(transcript.path, step.place, text)
        if step.say.strip():
            cues.append(Cue(SAY, _unfilled(step.say.strip("\n"))))
        wait_ns += step.wait_ns
        at_ns = at_ns if step.at_ns is None else step.at_ns
        if step.acts:
            # What a step without a line has waited for is part of the next one's time.
            cues += _step_cues(step, at_ns, 0 if at_ns is not None else wait_ns)
            wait_ns, at_ns = 0, None
    return cues


def _step_cues(step: Step, at_ns: int | None, wait_ns: int) -> Iterator[Cue]:
    if step.key in _PROMPT_KEYS:
        yield Cue(KEY, _PROMPT_KEYS[step.key], at_ns, wait_ns)
        return
    first, *others = (step.run or "").split("\n")
    yield Cue(LINE, first, at_ns, wait_ns)
    # Somebody who types enters a paste line by line.
    yield from (Cue(LINE, line) for line in others)
    after = []
    for keys in step.press:
        if keys.is_absolute and at_ns is not None:
            # The line may be late; its keys are late with it.
            after.append((max(keys.at_ns - at_ns, 0), keys.text))
        elif keys.is_absolute:
            yield Cue(KEYS, keys.text, keys.at_ns)
        else:
            after.append((keys.at_ns, keys.text))
    for pause_ns, text in sorted(after, key=lambda one: one[0]):
        yield Cue(KEYS, text, None, pause_ns)


# Each paragraph on a line of its own, for whoever knows the width; what is indented stays as it is.
def _unfilled(text: str) -> str:
    return "\n\n".join(
        one.rstrip() if one.startswith(" ") else " ".join(one.split()) for one in text.split("\n\n")
    )
