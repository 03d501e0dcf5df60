"""``vshell replay``: runs transcripts and tells which hold."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from shutil import get_terminal_size

from vshell.abi.plain import plain_text
from vshell.machine.export import Exports
from vshell.machine.observer import Observer
from vshell.machine.pacing import real_s
from vshell.transcript.load import find, is_markdown, load, write_answers, write_events
from vshell.transcript.model import Place, TranscriptError
from vshell.transcript.recorded import events_path
from vshell.transcript.replay import TIMEOUT_S, replay
from vshell.transcript.report import as_json, as_junit, difference_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence
    from typing import NoReturn

    from vshell.abi.events import Event
    from vshell.machine.host import Host
    from vshell.transcript.model import Outcome, Transcript

    _Result = Outcome | TranscriptError | None

__all__ = ["replay_command"]

_TIMEOUT_HELP = "real seconds that one may take, 0 for no limit (%(default)g)"
_CLEAR_LINE = "\r\x1b[K"


class _Parser(ArgumentParser):
    # Messages of vshell itself look all alike.
    def error(self, message: str) -> NoReturn:
        self.exit(2, plain_text(f"vshell: {message} (see {self.prog} --help)\n"))


def _parser() -> ArgumentParser:
    parser = _Parser(
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
    add("--timeout", metavar="S", type=float, default=TIMEOUT_S, help=_TIMEOUT_HELP)
    add("--realtime", action="store_true", help="let virtual seconds take real ones")
    add("--speed", metavar="X", type=float, help="as --realtime, X virtual seconds in a real one")
    add("--trace", metavar="FILE", help="of one transcript: write its threads as Chrome JSON")
    add("--ftrace", metavar="FILE", help="of one transcript: write its events as ftrace text")
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
    if options.speed is not None and not 0 < options.speed < 1e9:
        parser.error("argument --speed: must be positive")
    if not 0 <= options.timeout < 1e6:
        parser.error("argument --timeout: must not be negative")
    if options.seed is not None and options.seed < 0:
        parser.error("argument --seed: must not be negative")
    if options.workspace is not None and not os.path.isdir(options.workspace):
        parser.error(f"argument --workspace: {options.workspace}: No such directory")
    for stream in (sys.stdout, sys.stderr):
        # Names of files may hold what is no text.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    start_s = real_s()
    try:
        paths = list(find(options.paths))
    except TranscriptError as error:
        sys.stderr.write(plain_text(f"vshell: {error.path}: {error.text}\n"))
        return 2
    exports = _Exporting(options, parser, paths)
    run = _Run(options, len(paths))
    for outcome in _outcomes(paths, options):
        run.take(outcome)
        if options.exitfirst and not run.all_hold:
            break
    run.errors += exports.close()
    return run.finish(real_s() - start_s)


class _Exporting(Observer):
    # The files that the kernel's events go to, if any are named.
    def __init__(self, options: Namespace, parser: ArgumentParser, paths: Sequence[str]) -> None:
        self._exports: Exports | None = None
        options.exporting = None
        if options.trace is None and options.ftrace is None:
            return
        if options.trace == options.ftrace:
            parser.error("--trace and --ftrace name the same file")
        if len(paths) != 1:
            parser.error("--trace and --ftrace take one transcript")
        try:
            if _boots(load(paths[0])) > 1:
                parser.error(f"{paths[0]}: boots more than one host; a trace holds one")
        except TranscriptError:
            # Whoever runs it says so.
            return
        try:
            self._exports = Exports(options.trace, options.ftrace)
        except OSError as error:
            parser.exit(2, f"vshell: {error.filename}: {error.strerror}\n")
        options.exporting = self

    def on_boot(self, host: Host) -> None:
        assert self._exports is not None
        self._exports.begin(host)

    def close(self) -> list[str]:
        return [] if self._exports is None else self._exports.close()


def _boots(transcript: Transcript) -> int:
    acting = [step for step in transcript.steps if step.acts or step.wait_ns or step.at_ns]
    return 1 + sum(step.is_fresh for step in acting[1:])


def _outcomes(paths: Sequence[str], options: Namespace) -> Iterator[_Result]:
    jobs = [(path, options) for path in paths]
    if options.j == 1 or len(jobs) < 2:
        yield from map(_run_one, jobs)
        return
    from vshell.transcript.workers import in_processes  # noqa: PLC0415 - only with -j

    yield from in_processes(_run_one, jobs, min(options.j, len(jobs)), _killed)


def _killed(job: tuple[str, Namespace], status: int) -> _Result:
    text = f"the process that replayed it ended with status {status}"
    if status < 0:
        text = f"the process that replayed it was killed by signal {-status}"
    return TranscriptError(job[0], Place(1), text)


def _load(path: str, options: Namespace) -> Transcript | None:
    transcript = load(path)
    if is_markdown(path) and not transcript.steps:
        text = "no ```console block with a line that begins with '$ '"
        raise TranscriptError(path, Place(1), text)
    is_chosen = options.k.lower() in f"{path}\n{transcript.title}".lower()
    return transcript if is_chosen else None


# Reads a file and runs it; None if it is not among those asked for.
def _run_one(job: tuple[str, Namespace]) -> _Result:
    path, options = job
    try:
        transcript = _load(path, options)
        return None if transcript is None else _run_transcript(transcript, options)
    except TranscriptError as error:
        return error


def _run_transcript(transcript: Transcript, options: Namespace) -> Outcome:
    pace = options.speed or float(options.realtime)
    records = options.update and bool(transcript.events)

    def run(events: list[Event] | None, observer: Observer | None = None) -> Outcome:
        return replay(
            transcript,
            options.workspace,
            seed=options.seed,
            listen=events.append if events is not None else None,
            observer=observer,
            pace=pace,
            timeout_s=options.timeout,
        )

    first: list[Event] = []
    outcome = run(first if options.verify or records else None, options.exporting)
    if options.verify:
        second: list[Event] = []
        outcome = _compared(outcome, run(second), first, second)
    if records and outcome.event and _can_update(outcome):
        write_events(events_path(transcript), first)
    return outcome


# Answers are taken from a session that came to its end and did what it was to do.
def _can_update(outcome: Outcome) -> bool:
    return not outcome.failure and not any(step.unmet for step in outcome.steps)


def _compared(outcome: Outcome, again: Outcome, first: list[Event], second: list[Event]) -> Outcome:
    from dataclasses import replace  # noqa: PLC0415 - only with --verify

    for one, other in zip(first, second, strict=False):
        if one != other:
            text = f"two runs differ:\nfirst run:  {one}\nsecond run: {other}"
            return replace(outcome, failure=outcome.failure or text)
    if len(first) != len(second) or outcome.steps != again.steps:
        text = f"two runs differ: {len(first)} events, then {len(second)}"
        return replace(outcome, failure=outcome.failure or text)
    return outcome


class _Run:
    # What has been seen so far, and how it is shown.
    def __init__(self, options: Namespace, count: int) -> None:
        self.options = options
        self.count = count
        self.outcomes: list[Outcome] = []
        self.errors: list[str] = []
        self.seen = 0
        self.updated = 0
        self.is_quiet = options.json
        is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        self.colour = sys.stdout.isatty() and not is_plain
        self.shows_progress = sys.stderr.isatty() and not options.verbose

    @property
    def all_hold(self) -> bool:
        return not self.errors and all(outcome.holds for outcome in self.outcomes)

    def take(self, outcome: _Result) -> None:
        self.seen += 1
        if outcome is None:
            return
        if isinstance(outcome, TranscriptError):
            self.errors.append(str(outcome))
            return
        self.outcomes.append(outcome)
        path = outcome.transcript.path
        if self.shows_progress:
            text = plain_text(f"{self.seen}/{self.count} {path}")
            sys.stderr.write(_CLEAR_LINE + text[: get_terminal_size().columns - 1])
            sys.stderr.flush()
        if self.options.verbose:
            for step in outcome.steps:
                typed = (step.step.run or step.step.key).split("\n")[0]
                word = "ok     " if step.holds else "differs"
                self._say(plain_text(f"{word} {path}:{step.step.place.line} $ {typed}\n"))
        if outcome.holds:
            return
        if self.options.update and _can_update(outcome):
            try:
                write_answers(path, outcome.steps)
            except TranscriptError as error:
                self.errors.append(str(error))
                return
            self.updated += 1
            self._say(plain_text(f"updated {path}\n"))
        else:
            self._say(difference_text(outcome, colour=self.colour))

    # Standard output is JSON's alone, where that is asked for.
    def _say(self, text: str) -> None:
        if self.is_quiet:
            return
        if self.shows_progress:
            sys.stderr.write(_CLEAR_LINE)
            sys.stderr.flush()
        sys.stdout.write(text)
        sys.stdout.flush()

    def finish(self, took_s: float) -> int:
        if not self.outcomes and not self.errors:
            text = f"-k {self.options.k}: no transcript has this in its path or title"
            self.errors.append(text)
        if self.shows_progress:
            sys.stderr.write(_CLEAR_LINE)
        if self.options.junit:
            self._write_junit()
        for error in self.errors:
            sys.stderr.write(plain_text(f"vshell: {error}\n"))
        if self.options.json:
            sys.stdout.write(as_json(self.outcomes, self.errors))
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
