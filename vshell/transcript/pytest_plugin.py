"""The pytest plugin: transcripts are tests, and tests get a host from the fixture ``vshell``.

Every ``*.vshell.yaml`` below the folders that pytest looks into is collected, and so are the
Markdown pages that the option ``vshell_markdown`` or ``--vshell-markdown`` names. Each step is a
test of its own. A transcript runs once, as a whole and on a fresh host, when the first of its
steps is asked for; so a chosen step (``-k``) finds the host as the steps above it left it, and a
step below one that differs is reported for itself.

Options of the ini file: ``vshell_markdown`` (patterns, relative to that file's folder),
``vshell_workspace`` (a folder, relative likewise). On the command line: ``--vshell-markdown``,
``--vshell-workspace`` (both relative to the current folder) and ``--vshell-update``, which writes
into the files what the chosen steps show now. What the command line says about the workspace
goes before what a transcript or a mark says, and that before the ini file.

The plugin is in every pytest run beside which vshell is installed, so this file imports pytest
alone; the host is loaded with the first transcript. PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from vshell.abi.events import Event
    from vshell.transcript.fixture import Vshell
    from vshell.transcript.model import Outcome, Step, StepOutcome, Transcript

__all__ = ["EventsItem", "StepItem", "TranscriptFile"]

_SUFFIX = ".vshell.yaml"
_MARK = (
    "vshell(workspace=None, host=None, files=None, seed=None): "
    "what the host of the fixture 'vshell' is like"
)
_UPDATED = "vshell_updated"
_NAME_LETTERS_MAX = 72


# -- Options --------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Announce the options."""
    _leave_asserts_alone(pluginmanager)
    parser.addini("vshell_markdown", "Markdown pages that are transcripts: patterns", "args", [])
    parser.addini("vshell_workspace", "folder that is the home directory of the hosts", "string")
    group = parser.getgroup("vshell", "transcripts of vshell")
    group.addoption(
        "--vshell-markdown",
        action="append",
        default=[],
        metavar="PATTERN",
        help="Markdown pages that are transcripts, such as 'docs/**/*.md'; may be repeated",
    )
    group.addoption(
        "--vshell-workspace", metavar="DIR", help="folder that is the home directory of the hosts"
    )
    group.addoption(
        "--vshell-update",
        action="store_true",
        help="write into the transcripts what their steps show now",
    )


# pytest would compile all files of a package that brings a plugin along anew, with other asserts.
# Those of vshell are its own; not to touch them saves a third of a second where nothing is cached.
def _leave_asserts_alone(pluginmanager: pytest.PytestPluginManager) -> None:
    names = getattr(pluginmanager.rewrite_hook, "_must_rewrite", None)
    if isinstance(names, set):
        names.discard("vshell")


def pytest_configure(config: pytest.Config) -> None:
    """Announce the mark."""
    config.addinivalue_line("markers", _MARK)


def _workspace(config: pytest.Config, own: str | None) -> str | None:
    asked = config.getoption("vshell_workspace")
    if asked:
        return os.path.join(config.invocation_params.dir, asked)
    configured = config.getini("vshell_workspace")
    if own is None and configured:
        return os.path.join(config.rootpath, str(configured))
    return own


def _checked_workspace(config: pytest.Config, own: str | None) -> str | None:
    workspace = _workspace(config, own)
    if workspace is not None and not os.path.isdir(workspace):
        raise NotADirectoryError(f"the workspace {workspace} is not a directory")
    return workspace


def _is_wanted_markdown(path: Path, config: pytest.Config) -> bool:
    asked = [(config.invocation_params.dir, one) for one in config.getoption("vshell_markdown")]
    asked += [(config.rootpath, one) for one in config.getini("vshell_markdown")]
    if not asked:
        return False
    from vshell.transcript.pages import fits  # noqa: PLC0415 - only where pages are asked for

    return any(fits(path, base, pattern) for base, pattern in asked)


# -- Collection -----------------------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> TranscriptFile | None:
    """Collect transcripts by their name, Markdown pages if they are asked for."""
    is_markdown = file_path.suffix.lower() in (".md", ".markdown")
    if file_path.name.endswith(_SUFFIX) or (
        is_markdown and _is_wanted_markdown(file_path, parent.config)
    ):
        made: TranscriptFile = TranscriptFile.from_parent(parent, path=file_path)
        return made
    return None


class TranscriptFile(pytest.File):
    """A transcript; it runs when the first of its steps is asked for."""

    transcript: Transcript
    _outcome: Outcome | None = None
    last_step: StepItem | None = None
    """The one below which nothing can be missed."""

    def __init__(self, **others: Any) -> None:
        """Stand for a file."""
        super().__init__(**others)
        self._events: list[Event] = []

    @property
    def shown_path(self) -> str:
        """Its path as messages show it: relative to the current folder, if it is below that."""
        here = self.config.invocation_params.dir
        return str(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)

    def collect(self) -> Iterable[pytest.Item]:
        """Read it; what is wrong with it is a message with its place."""
        from vshell.transcript.load import load  # noqa: PLC0415 - only where there is a transcript
        from vshell.transcript.model import TranscriptError  # noqa: PLC0415 - as above

        try:
            self.transcript = load(str(self.path))
            self._check_host()
        except TranscriptError as error:
            where = f"{self.shown_path}:{error.place.line}:{error.place.column}"
            raise self.CollectError(f"{where}: {error.text}") from None
        except NotADirectoryError as error:
            raise self.CollectError(f"{self.shown_path}: {error}") from None
        acting = [step for step in self.transcript.steps if step.acts]
        counts = Counter(step.place.line for step in acting)
        steps = [
            StepItem.from_parent(self, name=_name_of(step, counts[step.place.line]), step=step)
            for step in acting
        ]
        self.last_step = steps[-1] if steps else None
        if self.transcript.events:
            return [*steps, EventsItem.from_parent(self, name="events")]
        return steps

    def _check_host(self) -> None:
        transcript = self.transcript
        _checked_workspace(self.config, self._own_workspace())
        if transcript.host or transcript.profile:
            from vshell.transcript.replay import make_settings  # noqa: PLC0415 - loads the host

            make_settings(transcript)

    def _own_workspace(self) -> str | None:
        from vshell.transcript.source import path_beside  # noqa: PLC0415 - only for transcripts

        name = self.transcript.workspace
        return path_beside(str(self.path), name) if name else None

    def outcome(self) -> Outcome:
        """Give what became of it; the first time, run it."""
        if self._outcome is None:
            from vshell.transcript.replay import replay  # noqa: PLC0415 - loads the host

            workspace = _checked_workspace(self.config, self._own_workspace())
            records = self.transcript.events and self.config.getoption("vshell_update")
            listen = self._events.append if records else None
            self._outcome = replay(self.transcript, workspace, listen=listen)
        return self._outcome

    def is_to_update(self) -> bool:
        """Tell whether what differs is to be written into the files.

        Answers are taken only from a session that came to its end and did what it was to do.
        """
        whole = self.outcome()
        can_be = not whole.failure and not any(one.unmet for one in whole.steps)
        return can_be and bool(self.config.getoption("vshell_update"))

    def write_events(self) -> None:
        """Write the events of this run into the file of the recorded ones."""
        from vshell.transcript.load import write_events  # noqa: PLC0415 - only to update
        from vshell.transcript.recorded import events_path  # noqa: PLC0415 - as above

        write_events(events_path(self.transcript), self._events)

    def write_answers(self) -> None:
        """Write into the file what the chosen steps that differ show now.

        Where several processes share a run, each has the same outcome; it is written by the one
        that runs the first of these steps.
        """
        from vshell.transcript.load import write_answers  # noqa: PLC0415 - only to update

        chosen = {item.step.place for item in self._chosen()}
        answers = [one for one in self.outcome().steps if one.step.place in chosen]
        write_answers(str(self.path), answers)

    def first_differing(self) -> StepItem | None:
        """Give the first of the chosen steps that differs."""
        places = {one.step.place for one in self.outcome().steps if not one.holds}
        return next((item for item in self._chosen() if item.step.place in places), None)

    def _chosen(self) -> Iterator[StepItem]:
        for item in self.session.items:
            if isinstance(item, StepItem) and item.parent is self:
                yield item


def _name_of(step: Step, count_in_line: int) -> str:
    typed, _, rest = (step.run or step.key).partition("\n")
    # "::" would end a part of the name that pytest takes on its command line.
    typed = typed.replace("::", ": :").replace("\t", " ")
    if rest or len(typed) > _NAME_LETTERS_MAX:
        typed = typed[:_NAME_LETTERS_MAX] + "..."
    where = f"{step.place.line}:{step.place.column}" if count_in_line > 1 else f"{step.place.line}"
    return f"{where} {'$ ' if step.run is not None else ''}{typed}"


# -- Steps ----------------------------------------------------------------------------------------


class Difference(Exception):
    """A step is not as the transcript says; also what pytest's report shows of it."""

    def __init__(self, plain: str, coloured: str) -> None:
        """Describe it, without colours and with them."""
        super().__init__(plain)
        self._plain = plain
        self._coloured = coloured

    def toterminal(self, screen: Any) -> None:
        """Write it to pytest's terminal."""
        screen.write(self._coloured if screen.hasmarkup else self._plain)

    def __str__(self) -> str:
        return self._plain


class _TranscriptItem(pytest.Item):
    parent: TranscriptFile
    line = 1

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, f"{self.path.name}:{self.name}"

    # A difference stands for itself; where Python's stack was at the time says nothing.
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Difference):
            return excinfo.value
        return super().repr_failure(excinfo, style)

    def fail(self, text: str) -> None:
        raise Difference(text + "\n", text + "\n")

    def update(self, write: Callable[[], None], what: str) -> None:
        from vshell.transcript.model import TranscriptError  # noqa: PLC0415 - only to update

        try:
            write()
        except TranscriptError as error:
            self.fail(f"{self.parent.shown_path}: {error.text}")
        self.note_update(what)

    # With pytest-xdist a property of the report is what reaches the process that sums up.
    def note_update(self, what: str) -> None:
        self.user_properties.append((_UPDATED, f"{self.parent.shown_path}: {what}"))


class StepItem(_TranscriptItem):
    """One step of a transcript."""

    def __init__(self, *, step: Step, **others: Any) -> None:
        """Stand for a step."""
        super().__init__(**others)
        self.step = step
        self.line = step.place.line

    def runtest(self) -> None:
        """Look at what became of it."""
        whole = self.parent.outcome()
        mine = next((one for one in whole.steps if one.step is self.step), None)
        where = f"{self.parent.shown_path}:{self.line}"
        if mine is None:
            self.fail(f"{where}: not run: {whole.failure}")
        elif whole.failure and self is self.parent.last_step:
            self.fail(f"{where}: {whole.failure}")
        elif not mine.holds:
            if self.parent.is_to_update():
                self._update()
            else:
                self._differ(mine)

    def _update(self) -> None:
        if self.parent.first_differing() is self:
            self.update(self.parent.write_answers, f"line {self.line}")
        else:
            self.note_update(f"line {self.line}")

    def _differ(self, mine: StepOutcome) -> None:
        from vshell.transcript.report import step_text  # noqa: PLC0415 - only where something differs

        path = self.parent.shown_path
        raise Difference(step_text(path, mine), step_text(path, mine, colour=True))


class EventsItem(_TranscriptItem):
    """The kernel events of a transcript that has recorded them."""

    def runtest(self) -> None:
        """Look at whether they are the same."""
        whole = self.parent.outcome()
        if not whole.event:
            return
        if self.parent.is_to_update():
            self.update(self.parent.write_events, "events")
            return
        text = "".join(f"\n  {line}" for line in whole.event.split("\n"))
        where = f"{self.parent.shown_path}:{whole.event_line or 1}"
        self.fail(f"{where}: the first kernel event that differs:{text}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell which steps were updated."""
    updated: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", []):
            if name == _UPDATED:
                path, _, what = value.rpartition(": ")
                updated.setdefault(path, []).append(what)
    if updated:
        terminalreporter.section("vshell")
    for path, places in sorted(updated.items()):
        # By rising line, the events last.
        places.sort(key=lambda place: (place == "events", len(place), place))
        terminalreporter.line(f"updated {path}: {', '.join(places)}")


# -- The fixture ----------------------------------------------------------------------------------


@pytest.fixture(name="vshell")
def vshell_fixture(request: pytest.FixtureRequest) -> Iterator[Vshell]:
    """A virtual Linux host with a prompt: run(), advance(), kernel, events.

    The mark ``vshell(workspace=..., host=..., files=..., seed=...)`` says what the host is like; a
    relative workspace or host file is beside the test's file. Marks of the class and the module
    count as well.
    """
    from vshell.machine.failure import HostFailure  # noqa: PLC0415 - loads the host
    from vshell.machine.settings import SettingsError  # noqa: PLC0415 - as above
    from vshell.transcript.fixture import Vshell, wishes  # noqa: PLC0415 - as above

    try:
        asked = wishes(reversed(list(request.node.iter_markers("vshell"))))
        folder = request.path.parent
        own = asked.get("workspace")
        asked["workspace"] = _checked_workspace(
            request.config, None if own is None else os.path.join(folder, own)
        )
        host_file = asked.get("host")
        if isinstance(host_file, str) and os.path.isfile(os.path.join(folder, host_file)):
            asked["host"] = os.path.join(folder, host_file)
        host = Vshell(**asked)
    except (HostFailure, SettingsError, NotADirectoryError) as error:
        pytest.fail(f"the mark 'vshell': {error}", pytrace=False)
    yield host
    host.shut_down()
