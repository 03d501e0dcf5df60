"""A lesson: a transcript with prose, taken step by step at the prompt.

A step is done when its goals are met, whatever was typed to get there; a step without goals is done
when its line has been run. The suggested line is the step's ``run``. Nothing here knows the
terminal: texts go out, lines and what they did come in.
"""

from __future__ import annotations

import json
import os
import re
import textwrap

from vshell.machine.goal import Done, unmet_goals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from vshell.machine.host import Host
    from vshell.transcript.model import Step, Transcript

__all__ = ["LESSONS", "Lesson", "Progress", "lesson_names", "lesson_path", "step_numbers"]

LESSONS = os.path.join(os.path.dirname(__file__), "lessons")
_SUFFIX = ".vshell.yaml"
_WIDTH = 78
_WORDS = {
    "hint": "a hint for this step",
    "again": "this step's text once more",
    "skip": "go on without doing this step",
    "quit": "leave the lesson; it goes on here next time",
}
# What often goes wrong, told by what a command printed.
_WRONG_TURNS = [
    (
        r"insmod: ERROR: could not (?:load|insert) module .*: No such file or directory",
        (
            "There is no such .ko file here. Has the module been built? `make` does that; "
            "`ls` shows what there is."
        ),
    ),
    (
        r"(?:insmod|rmmod|modprobe): ERROR: .*Operation not permitted",
        "Only root may load and unload modules: put `sudo` in front.",
    ),
    (
        r"insmod: ERROR: could not insert module .*: File exists",
        "The module is loaded already; `lsmod` shows it. `sudo rmmod NAME` unloads it.",
    ),
    (
        r"insmod: ERROR: could not insert module .*: Invalid module format",
        "insmod wants the built module, a .ko file, not its source.",
    ),
    (
        r"rmmod: ERROR: Module \S+ is not currently loaded",
        "No such module is loaded; `lsmod` shows those that are.",
    ),
    (
        r"rmmod: ERROR: Module \S+ is in use by",
        "Another module uses it: that one has to go first.",
    ),
    (
        r"make: \*\*\* No targets specified and no makefile found",
        "There is no Makefile in this folder: `cd` into the module's folder first.",
    ),
    (
        r"\w: command not found",
        "There is no such command. Tab completes the names of those there are.",
    ),
    (
        r"\d: (?:fatal )?error: ",
        "The compiler does not like the source: the message names its line.",
    ),
]


def lesson_names() -> list[str]:
    """Give the names of the lessons that come with vshell, in the order to take them."""
    names = [name.removesuffix(_SUFFIX) for name in os.listdir(LESSONS) if name.endswith(_SUFFIX)]
    return [name.partition("-")[2] for name in sorted(names)]


def lesson_path(name: str) -> str | None:
    """Give the path of a lesson's transcript; None if there is no such lesson."""
    for file in sorted(os.listdir(LESSONS)):
        if file.endswith(_SUFFIX) and file.removesuffix(_SUFFIX).partition("-")[2] == name:
            return os.path.join(LESSONS, file)
    return None


def step_numbers(steps: Sequence[Step], done: int) -> tuple[int, int]:
    """Count as the learner does, without prose alone: the step that comes now, and all."""
    count = sum(step.run is not None for step in steps)
    return min(sum(step.run is not None for step in steps[:done]) + 1, count), count


class Progress:
    """How far the learner has come in each lesson, kept in a file."""

    def __init__(self, path: str) -> None:
        """Read the file; one that is missing or damaged is an empty one."""
        self._path = path
        try:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            found = {}
        self._done: dict[str, int] = {
            name: count
            for name, count in (found.items() if isinstance(found, dict) else ())
            if isinstance(count, int)
        }

    def steps_done(self, name: str) -> int:
        """Give how many steps of a lesson are done."""
        return self._done.get(name, 0)

    def note(self, name: str, steps: int) -> None:
        """Keep how many steps are done; where no file can be written, it is forgotten."""
        self._done[name] = steps
        try:
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            with open(f"{self._path}.new", "w", encoding="utf-8") as file:
                json.dump(self._done, file)
            os.replace(f"{self._path}.new", self._path)
        except OSError:
            return


class Lesson:
    """One lesson being taken."""

    def __init__(self, name: str, transcript: Transcript, progress: Progress) -> None:
        """Begin where the learner left off, or at the beginning if the lesson was finished.

        Args:
            name: of the lesson.
            transcript: its text.
            progress: of the learner.
        """
        self.name = name
        self.transcript = transcript
        self._progress = progress
        self._steps = transcript.steps
        self._at = progress.steps_done(name)
        if self._at >= len(self._steps):
            self._at = 0
        self._before = [step.run for step in self._steps[: self._at] if step.run is not None]
        self._told = -1
        self._hinted = False
        self._line = ""

    # -- What the prompt asks ---------------------------------------------------------------------

    def next_repeated(self) -> str | None:
        """Give the next line of an earlier sitting, to be repeated unseen; None if all are."""
        return self._before.pop(0) if self._before else None

    @property
    def suggestion(self) -> str:
        """The line that is suggested now; "" without one."""
        step = self._step
        return (step.run or "").split("\n")[0] if step is not None else ""

    @property
    def is_over(self) -> bool:
        """Whether all steps are done."""
        return self._at >= len(self._steps)

    @property
    def _step(self) -> Step | None:
        return None if self.is_over else self._steps[self._at]

    def take_line(self, line: str) -> str | None:
        """Take a line that is meant for the lesson and not for the shell.

        Returns:
            What to answer; None if the line is the shell's.
        """
        self._line = line
        word = line.strip()
        if word not in _WORDS or self.is_over:
            return None
        if word == "hint":
            return self._hint()
        if word == "again":
            self._told = -1
            return self.text()
        if word == "skip":
            self._go_on()
            return self.text()
        return "quit"

    def take_result(self, host: Host, output: str, status: int) -> str:
        """Look at what the last line did. The host must stand still.

        Returns:
            What to say before the next prompt.
        """
        if self.is_over:
            return ""
        if not self._line.strip():
            return self.text()
        done = Done(self._line, output, status)
        moved = False
        # Whoever follows the suggestions sees every step; a line of one's own may do several.
        follows = self._step is not None and _words(self._line) == _words(self._step.run or "")
        while (step := self._step) is not None and self._is_done(step, host, done, moved=moved):
            self._go_on()
            moved = True
            if follows:
                break
        if not moved and (advice := self._advice(output)):
            return advice
        return self.text()

    # A step without goals wants its own line to have been run. One line may do several steps, if
    # it names their programs.
    def _is_done(self, step: Step, host: Host, done: Done, *, moved: bool) -> bool:
        if step.run is None or (moved and _program(step.run) not in _words(done.line)):
            return False
        if step.goal:
            return not unmet_goals(step.goal, host, done)
        return _words(done.line) == _words(step.run)

    def _go_on(self) -> None:
        self._at += 1
        self._hinted = False
        self._progress.note(self.name, self._at)

    # -- Texts ------------------------------------------------------------------------------------

    def greeting(self) -> str:
        """Give what stands above the first prompt."""
        words = "; ".join(f"`{word}`: {meaning}" for word, meaning in _WORDS.items())
        text = f"Lesson: {self.transcript.title}. {words}."
        if self._at:
            number, count = step_numbers(self._steps, self._at)
            text += f" Going on at step {number} of {count}."
        return _paragraphs(text)

    def text(self) -> str:
        """Give the present step's text, if it has not been said yet."""
        while (step := self._step) is not None and step.run is None and step.say:
            # Prose alone is said and done.
            said = _paragraphs(step.say)
            self._go_on()
            return f"{said}\n{self.text()}"
        if step is None:
            if self._told == self._at:
                return ""
            self._told = self._at
            return _paragraphs(
                "That was the last step. Stay and try things, or leave with `exit`; "
                "`vshell tutorial` lists the other lessons."
            )
        if self._told == self._at:
            return ""
        self._told = self._at
        number, count = step_numbers(self._steps, self._at)
        return _paragraphs(f"[{number}/{count}] {step.say}") if step.say else ""

    def _hint(self) -> str:
        step = self._step
        assert step is not None
        if step.hint and not self._hinted:
            self._hinted = True
            return _paragraphs(step.hint)
        return _paragraphs(f"Type: {step.run}")

    def _advice(self, output: str) -> str:
        for pattern, advice in _WRONG_TURNS:
            if re.search(pattern, output):
                return _paragraphs(advice)
        return ""


def _words(line: str) -> list[str]:
    return line.replace("./", "").replace(";", " ").split()


def _program(line: str) -> str:
    words = _words(line)
    return words[1] if words[0] == "sudo" and len(words) > 1 else words[0]


# Each paragraph filled to the width; lines that are indented stay as they are.
def _paragraphs(text: str) -> str:
    out = []
    for paragraph in text.strip().split("\n\n"):
        if paragraph.startswith(" "):
            out.append(paragraph)
        else:
            out.append(textwrap.fill(" ".join(paragraph.split()), _WIDTH, break_long_words=False))
    return "\n\n".join(out) + "\n"
