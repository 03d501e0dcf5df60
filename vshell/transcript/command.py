"""``vshell replay``: runs transcripts and tells which hold."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from vshell.machine.pacing import real_s
from vshell.transcript.load import find, load, write_answers
from vshell.transcript.model import TranscriptError
from vshell.transcript.replay import replay
from vshell.transcript.report import as_json, as_junit, difference_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from vshell.abi.events import Event
    from vshell.transcript.model import Outcome, Transcript

__all__ = ["replay_command"]

_CLEAR_LINE = "\r\x1b[K"


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="vshell replay",
        description="Run transcripts on fresh hosts, in free time, and compare what they show.",
        epilog="Exit status: 0 all hold, 1 some differ, 2 something could not be read or run.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="a transcript, a Markdown page, or a folder")
    add("-v", "--verbose", action="store_true", help="name every step")
    add("-x", "--exitfirst", action="store_true", help="stop at the first that differs")
    add("-k", metavar="WORD", default="", help="only those with WORD in path or title")
    add("-j", metavar="N", type=int, default=1, help="run in N processes")
    add("--update", action="store_true", help="write what differs into the files")
    add("--verify", action="store_true", help="run everything twice, compare all kernel events")
    add("--json", action="store_true", help="the result as JSON on standard output")
    add("--junit", metavar="FILE", help="the result as JUnit XML in a file")
    add("--workspace", metavar="DIR", help="its files are the home directory")
    add("--seed", metavar="N", type=int, help="another seed than the hosts' own")
    add("--realtime", action="store_true", help="let virtual seconds take real ones")
    add("--speed", metavar="X", type=float, default=1.0, help="virtual seconds per real second")
    return parser


def replay_command(words: list[str]) -> int:
    """Run ``vshell replay``.

    Args:
        words: the arguments behind ``replay``.

    Returns:
        The exit status.
    """
    parser = _parser()
    options = parser.parse_args(words)
    if options.j < 1:
        parser.error("argument -j: must be at least 1")
    if not 0 < options.speed < 1e9:
        parser.error("argument --speed: must be positive")
    start_s = real_s()
    transcripts, errors = _load_all(options)
    run = _Run(options, len(transcripts))
    for outcome in _outcomes(transcripts, options):
        run.take(outcome)
        if options.exitfirst and not run.all_hold:
            break
    run.errors = errors + run.errors
    return run.finish(real_s() - start_s)


def _load_all(options: Namespace) -> tuple[list[Transcript], list[str]]:
    transcripts, errors = [], []
    try:
        paths = list(find(options.paths))
    except TranscriptError as error:
        return [], [f"{error.path}: {error.text}"]
    for path in paths:
        try:
            transcript = load(path)
        except TranscriptError as error:
            errors.append(str(error))
            continue
        if options.k.lower() in f"{path}\n{transcript.title}".lower():
            transcripts.append(transcript)
    return transcripts, errors


def _outcomes(
    transcripts: Sequence[Transcript], options: Namespace
) -> Iterator[Outcome | TranscriptError]:
    jobs = [(transcript, options) for transcript in transcripts]
    if options.j == 1 or len(jobs) < 2:
        yield from map(_run_one, jobs)
        return
    from multiprocessing import get_context  # noqa: PLC0415 - only with -j

    # The workers are forked: what has been imported and compiled here is theirs at once.
    with get_context("fork").Pool(min(options.j, len(jobs))) as pool:
        yield from pool.imap(_run_one, jobs)


def _run_one(job: tuple[Transcript, Namespace]) -> Outcome | TranscriptError:
    transcript, options = job
    pace = options.speed if options.realtime else 0.0

    def run(events: list[Event] | None) -> Outcome:
        listen = events.append if events is not None else None
        return replay(transcript, options.workspace, seed=options.seed, listen=listen, pace=pace)

    try:
        if not options.verify:
            return run(None)
        first: list[Event] = []
        second: list[Event] = []
        outcome = run(first)
        again = run(second)
    except TranscriptError as error:
        return error
    return _compared(outcome, again, first, second)


def _compared(outcome: Outcome, again: Outcome, first: list[Event], second: list[Event]) -> Outcome:
    from dataclasses import replace  # noqa: PLC0415 - only with --verify

    for one, other in zip(first, second, strict=False):
        if one != other:
            return replace(outcome, event=f"first run:  {one}\nsecond run: {other}")
    if len(first) != len(second) or outcome.steps != again.steps:
        text = f"first run: {len(first)} events, second run: {len(second)}"
        return replace(outcome, event=text)
    return outcome


class _Run:
    # What has been seen so far, and how it is shown.
    def __init__(self, options: Namespace, count: int) -> None:
        self.options = options
        self.count = count
        self.outcomes: list[Outcome] = []
        self.errors: list[str] = []
        self.updated = 0
        self.is_quiet = options.json
        self.colour = sys.stdout.isatty()
        self.shows_progress = sys.stderr.isatty() and not options.verbose

    @property
    def all_hold(self) -> bool:
        return not self.errors and all(outcome.holds for outcome in self.outcomes)

    def take(self, outcome: Outcome | TranscriptError) -> None:
        if isinstance(outcome, TranscriptError):
            self.errors.append(str(outcome))
            return
        self.outcomes.append(outcome)
        path = outcome.transcript.path
        if self.shows_progress:
            text = f"{len(self.outcomes)}/{self.count} {path}"
            sys.stderr.write(_CLEAR_LINE + text[:78])
            sys.stderr.flush()
        if self.options.verbose and not self.is_quiet:
            for step in outcome.steps:
                typed = (step.step.run or step.step.key).split("\n")[0]
                word = "ok     " if step.holds else "differs"
                self._say(f"{word} {path}:{step.step.place.line} $ {typed}\n")
        if outcome.holds:
            return
        if self.options.update and not outcome.failure:
            try:
                write_answers(path, outcome.steps)
            except TranscriptError as error:
                self.errors.append(str(error))
                return
            self.updated += 1
            self._say(f"updated {path}\n")
        elif not self.is_quiet:
            self._say(difference_text(outcome, colour=self.colour))

    def _say(self, text: str) -> None:
        if self.shows_progress:
            sys.stderr.write(_CLEAR_LINE)
            sys.stderr.flush()
        sys.stdout.write(text)
        sys.stdout.flush()

    def finish(self, took_s: float) -> int:
        if self.shows_progress:
            sys.stderr.write(_CLEAR_LINE)
        for error in self.errors:
            sys.stderr.write(f"vshell: {error}\n")
        if self.options.json:
            sys.stdout.write(as_json(self.outcomes, self.errors))
        if self.options.junit:
            self._write_junit()
        differ = sum(not outcome.holds for outcome in self.outcomes) - self.updated
        if sys.stderr.isatty() or self.options.verbose:
            sys.stderr.write(self._summary(differ, took_s))
        return 2 if self.errors else int(differ > 0)

    def _write_junit(self) -> None:
        try:
            with open(self.options.junit, "w", encoding="utf-8") as file:
                file.write(as_junit(self.outcomes, self.errors))
        except OSError as error:
            self.errors.append(f"{self.options.junit}: {error.strerror}")
            sys.stderr.write(f"vshell: {self.errors[-1]}\n")

    def _summary(self, differ: int, took_s: float) -> str:
        steps = sum(len(outcome.steps) for outcome in self.outcomes)
        virtual_s = sum(outcome.virtual_ns for outcome in self.outcomes) / 1e9
        verdict = f"{differ} differ" if differ else "all hold"
        if self.updated:
            verdict += f", {self.updated} updated"
        if self.errors:
            verdict += f", {len(self.errors)} could not be run"
        return (
            f"{len(self.outcomes)} transcripts, {steps} steps: {verdict} "
            f"({virtual_s:.1f} virtual seconds in {took_s:.1f} s)\n"
        )
