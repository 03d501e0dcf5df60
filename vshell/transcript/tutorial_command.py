"""``vshell tutorial``: lists the lessons, and opens one for the prompt."""

from __future__ import annotations

import os
import sys

from vshell.transcript.lesson import Lesson, Progress, lesson_names, lesson_path, step_numbers
from vshell.transcript.load import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.transcript.model import Transcript

__all__ = ["list_lessons", "open_lesson"]


def _progress() -> Progress:
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Progress(os.path.join(state, "vshell", "lessons.json"))


def list_lessons() -> None:
    """Print the lessons' names and titles, and how far the learner has come."""
    progress = _progress()
    for name in lesson_names():
        path = lesson_path(name)
        assert path is not None
        transcript = load(path)
        done = progress.steps_done(name)
        state = ""
        if done >= len(transcript.steps):
            state = "done"
        elif done:
            number, count = step_numbers(transcript.steps, done)
            state = f"step {number} of {count}"
        sys.stdout.write(f"{name:<16} {transcript.title:<45} {state}".rstrip() + "\n")
    sys.stdout.write("\n'vshell tutorial NAME' begins one, or goes on with it.\n")


def open_lesson(name: str, *, restart: bool = False) -> tuple[Lesson, Transcript] | None:
    """Open a lesson where the learner left off.

    Args:
        name: of the lesson.
        restart: begin with its first step.

    Returns:
        The lesson and its transcript; None if there is no such lesson.
    """
    path = lesson_path(name)
    if path is None:
        return None
    transcript = load(path)
    progress = _progress()
    if restart:
        progress.note(name, 0)
    return Lesson(name, transcript, progress), transcript
