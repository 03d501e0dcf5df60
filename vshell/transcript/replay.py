"""Replays a transcript on a fresh host in free time, and compares.

What a step shows is everything that its terminal shows from the moment its line is entered until
the next line is entered there; the prompt and the typed line are left out.
"""

from __future__ import annotations

import os

from vshell.abi.events import Event
from vshell.machine.dialogue import Dialogue
from vshell.machine.failure import HostFailure
from vshell.machine.goal import Done, unmet_goals
from vshell.machine.host import Host, load_settings
from vshell.machine.pacing import Pacing
from vshell.machine.settings import SettingsError
from vshell.transcript.match import PatternError, as_lines, matches
from vshell.transcript.model import Outcome, Place, StepOutcome, TranscriptError
from vshell.transcript.patience import Patience
from vshell.transcript.recorded import RecordedEvents, events_path
from vshell.transcript.source import path_beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.machine.observer import Observer
    from vshell.machine.settings import HostSettings
    from vshell.transcript.model import Step, Transcript

__all__ = ["TIMEOUT_S", "Replay", "make_settings", "replay"]

TIMEOUT_S = 60.0
"""Real seconds that a replay may take; most take a few hundredths."""


def make_settings(transcript: Transcript) -> HostSettings:
    """Give the settings of a transcript's host.

    Raises:
        TranscriptError: they cannot be.
    """
    try:
        settings = load_settings(transcript.profile or None)
        if transcript.host:
            settings.update(dict(transcript.host), "host")
            settings.check("host")
    except SettingsError as error:
        raise TranscriptError(transcript.path, Place(1), str(error)) from None
    return settings


def replay(
    transcript: Transcript,
    workspace: str | None = None,
    *,
    seed: int | None = None,
    show: Callable[[StepOutcome], None] = lambda _outcome: None,
    listen: Callable[[Event], None] | None = None,
    observer: Observer | None = None,
    pace: float = 0.0,
    timeout_s: float = TIMEOUT_S,
) -> Outcome:
    """Run a transcript from its first step to its last.

    Args:
        transcript: what to run.
        workspace: a real directory that becomes the home directory, read only; None for the one
            that the transcript names, or the modules that come along.
        seed: another seed than the host's, None for that.
        show: called with each step's outcome as soon as it is known.
        listen: called with every kernel event.
        observer: hears of everything that enters and leaves the first terminal.
        pace: virtual seconds per real second; 0 for as fast as can be.
        timeout_s: real seconds after which a replay without a pace is given up; 0 for never.

    Raises:
        TranscriptError: its host cannot be made.
    """
    settings = make_settings(transcript)
    if seed is not None:
        settings.update({"seed": seed}, "--seed")
    run = Replay(transcript, settings, workspace, show)
    run.listen = listen
    run.observer = observer
    run.pace = pace
    run.timeout_s = timeout_s
    try:
        run.run()
    finally:
        run.close()
    return run.outcome()


class _Dialogue(Dialogue):
    # A dialogue that does not wait for ever.
    patience: Patience | None = None

    @property
    def is_waiting(self) -> bool:
        if super().is_waiting:
            return True
        if self.patience is not None and self.patience.is_over:
            raise HostFailure(f"no prompt after {self.patience.limit_s:g} real seconds; giving up")
        return False


class _Terminal:
    # A prompt, and the step that was entered there last.
    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.step: Step | None = None
        self.unmet: tuple[str, ...] | None = None


class Replay:
    """One run of a transcript."""

    def __init__(
        self,
        transcript: Transcript,
        settings: HostSettings,
        workspace: str | None,
        show: Callable[[StepOutcome], None],
    ) -> None:
        """Prepare a run."""
        self.listen: Callable[[Event], None] | None = None
        self.observer: Observer | None = None
        self.pace = 0.0
        self.timeout_s = TIMEOUT_S
        self._transcript = transcript
        self._settings = settings
        if workspace is None and transcript.workspace:
            workspace = path_beside(transcript.path, transcript.workspace)
        self._workspace = workspace
        self._show = show
        self._outcomes: dict[Place, StepOutcome] = {}
        self._failure = ""
        self._failure_line = 0
        self._patience: Patience | None = None
        self._events = RecordedEvents(events_path(transcript))
        self._line = 0
        self._host: Host | None = None
        self._terminals: dict[str, _Terminal] = {}
        self._virtual_ns = 0
        self._started_ns = 0

    def close(self) -> None:
        """End the host."""
        if self._host is not None:
            self._virtual_ns += self._host.kernel.now_ns - self._started_ns
            self._host.shut_down()
            self._host = None
            self._terminals = {}

    def outcome(self) -> Outcome:
        """Give what became of it."""
        places = sorted(self._outcomes, key=lambda place: (place.line, place.column))
        steps = tuple(self._outcomes[place] for place in places)
        events = self._events
        if not self._failure:
            events.finish(self._line)
        return Outcome(
            self._transcript,
            steps,
            self._failure,
            self._failure_line,
            events.difference,
            events.line,
            self._virtual_ns,
        )

    def run(self) -> None:
        """Run all steps; what goes wrong ends up in the outcome."""
        steps = [step for step in self._transcript.steps if step.acts or step.wait_ns or step.at_ns]
        limit_s = 0.0 if self.pace else self.timeout_s
        try:
            with Patience(limit_s, self._stop) as self._patience:
                for number, step in enumerate(steps):
                    following = steps[number + 1] if number + 1 < len(steps) else None
                    self._run_step(step, following)
                self._collect_all()
        except HostFailure as failure:
            self._fail(str(failure), self._line)
            if self._patience is not None:
                self._patience.is_over = False
            self._collect_all()

    def _stop(self) -> None:
        if self._host is not None:
            self._host.kernel.stop_requested = True

    # What went wrong first is why all else did.
    def _fail(self, text: str, line: int) -> None:
        if not self._failure:
            self._failure, self._failure_line = text, line

    # -- A step -----------------------------------------------------------------------------------

    def _run_step(self, step: Step, following: Step | None) -> None:
        self._line = step.place.line
        if self._host is None or step.is_fresh:
            self._collect_all()
            self.close()
            self._boot()
        terminal = self._terminal(step)
        dialogue = terminal.dialogue
        at_ns = self._moment(step, terminal)
        if not step.acts:
            dialogue.wait_until(at_ns)
            return
        if dialogue.has_ended:
            self._collect(terminal)
            raise HostFailure("the session has ended before this step")
        before = dialogue.status
        self._enter(dialogue, step, at_ns)
        self._collect(terminal, status=before)
        terminal.step = step
        looks_elsewhere = following is not None and following.terminal != step.terminal
        waits = following is not None and (following.at_ns is not None or following.wait_ns > 0)
        terminal.unmet = None
        if not (looks_elsewhere and waits):
            dialogue.finish()
            terminal.unmet = self._unmet(terminal, as_lines(dialogue.peek_output()))

    def _boot(self) -> None:
        if self._workspace is not None and not os.path.isdir(self._workspace):
            text = f"workspace: {self._workspace}: No such directory"
            raise TranscriptError(self._transcript.path, Place(1), text)
        host = Host(self._settings, workspace=self._workspace)
        self._host = host
        self._started_ns = host.kernel.now_ns
        for path, text in self._transcript.files.items():
            host.place_file(path, text)
        if self.observer is not None:
            self.observer.on_boot(host)
        if self._events.is_wanted or self.listen is not None:
            host.kernel.trace.subscribe(self._note_event)
        self._terminal_named("")

    def _note_event(self, emitted: tuple[object, ...]) -> None:
        event = Event(emitted)
        self._events.compare(event, self._line)
        if self.listen is not None:
            self.listen(event)

    def _terminal(self, step: Step) -> _Terminal:
        return self._terminal_named(step.terminal)

    def _terminal_named(self, name: str) -> _Terminal:
        if name not in self._terminals:
            assert self._host is not None
            pacing = Pacing(self.pace) if self.pace else None
            if pacing is not None:
                pacing.start(self._host.kernel.now_ns)
            observer = None if name else self.observer
            dialogue = _Dialogue(self._host, pacing, observer)
            dialogue.patience = self._patience
            self._terminals[name] = _Terminal(dialogue)
        return self._terminals[name]

    # When a step begins: its terminal must wait for it then.
    def _moment(self, step: Step, terminal: _Terminal) -> int:
        assert self._host is not None
        kernel = self._host.kernel
        at_ns = step.at_ns
        if at_ns is None and step.wait_ns:
            at_ns = kernel.now_ns + step.wait_ns
        if step.acts:
            terminal.dialogue.finish()
        if step.at_ns is not None and step.at_ns < kernel.now_ns:
            raise HostFailure(
                f"'at' {_seconds(step.at_ns)} has passed; "
                f"it is {_seconds(kernel.now_ns)} on the host"
            )
        return max(at_ns or 0, kernel.now_ns)

    def _enter(self, dialogue: Dialogue, step: Step, at_ns: int) -> None:
        if step.size is not None:
            dialogue.resize(*step.size, at_ns)
        for keys in step.press:
            when_ns = keys.at_ns if keys.is_absolute else at_ns + keys.at_ns
            if when_ns < at_ns:
                raise HostFailure(
                    f"press 'at' {_seconds(when_ns)} is before the line is entered, "
                    f"at {_seconds(at_ns)}"
                )
            dialogue.press(keys.text.encode("utf-8", "surrogateescape"), when_ns)
        if step.key == "ctrl-c":
            dialogue.cancel_line(at_ns)
        elif step.key == "ctrl-d":
            dialogue.end_input(at_ns)
        else:
            # Several lines are entered at once, as a paste is.
            dialogue.enter(step.run or "", at_ns)

    # -- What came of it --------------------------------------------------------------------------

    def _collect(self, terminal: _Terminal, status: int | None = None) -> None:
        step = terminal.step
        dialogue = terminal.dialogue
        lines = as_lines(dialogue.take_output().replace("\r\n", "\n"))
        if step is None:
            # What the shell says before its first prompt.
            return
        if status is None:
            is_done = dialogue.is_waiting or dialogue.has_ended
            status = dialogue.status if is_done else (step.status or 0)
        unmet = terminal.unmet if terminal.unmet is not None else self._unmet(terminal, lines)
        outcome = StepOutcome(step, lines, status, self._is_expected(step, lines), unmet)
        self._outcomes[step.place] = outcome
        terminal.step = None
        self._show(outcome)

    # Goals are looked at when the step is done, not when the next one begins.
    def _unmet(self, terminal: _Terminal, lines: tuple[str, ...]) -> tuple[str, ...]:
        step = terminal.step
        if step is None or not step.goal or self._host is None:
            return ()
        done = Done(step.run or "", "\n".join(lines), terminal.dialogue.status)
        return tuple(unmet_goals(step.goal, self._host, done))

    def _is_expected(self, step: Step, lines: tuple[str, ...]) -> bool:
        try:
            return matches(step.out, lines)
        except PatternError as error:
            self._fail(str(error), step.place.line)
            return False

    def _collect_all(self) -> None:
        for terminal in self._terminals.values():
            if terminal.step is not None:
                self._collect(terminal)


def _seconds(time_ns: int) -> str:
    return f"{time_ns // 1_000_000_000}.{time_ns % 1_000_000_000:09d}"
