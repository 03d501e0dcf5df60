"""Runs a recording's commands on a virtual host and compares line by line.

A recording's folder holds the Python twins of its C modules, ``run.sh`` (what was typed) or
``host.sh`` (typed where modules are built), ``real.txt`` (what the console showed), and sometimes
``env`` (the recorded machine's command line and number of CPUs) and ``host.yaml`` (settings of
the virtual host beside the recorded machine's profile).
"""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import yaml

from tests.conformance.normalise import (
    DURATIONS,
    LEFT_OUT,
    RULES,
    SINCE,
    Own,
    Rule,
    bucket_jiffies,
)
from tests.conformance.normalise import OWN as OWN_OTHERS
from tests.conformance.own_timing import OWN_TIMING
from vshell.kernel import costs
from vshell.kernel.context import VshellBug
from vshell.kernel.panic import KernelPanic
from vshell.machine.free import Standstill, run_free
from vshell.machine.host import Host, load_settings

HERE = Path(__file__).parent
NAMES = sorted(path.name for path in HERE.iterdir() if (path / "real.txt").exists())
PROFILE = "debian-12"
OWN = OWN_OTHERS | OWN_TIMING

# The recorded machine's first line: `c COMMAND` shows a command and runs it.
PRELUDE = 'c() { echo "\\$ $*"; eval "$*"; }\n'
MARKER = "===="  # what process 1's arguments held, for commands that leave its line out
FIRST_PID = 94  # the first that the recorded machine's boot had left over


class Deviation(NamedTuple):
    """An entry of deviations.yaml."""

    why: str
    recorded: str | None = None
    shown: str | None = None


class Line(NamedTuple):
    """A line of a console."""

    raw: str
    text: str
    """What is compared."""
    durations: tuple[tuple[int, int], ...]
    """Jiffies, and those since the first event if they are from one event to the next, else 0."""


class Comparison(NamedTuple):
    """How true a recording is; the counts add up to the lines on both sides together."""

    name: str
    equal: int
    """As they stand."""
    normalised: int
    """Equal after normalising, those left out on both sides included."""
    deviating: int
    """Listed in deviations.yaml; a line that stands for a recorded one counts once, with it."""
    differences: tuple[str, ...]
    """What is wrong."""
    used: frozenset[object]
    """The rules and deviations that were needed."""

    @property
    def wrong(self) -> int:
        """How many lines nothing explains."""
        return len(self.differences)

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return self.equal + self.normalised + self.deviating + self.wrong


@cache
def deviations() -> dict[str, list[Deviation]]:
    """Read deviations.yaml."""
    entries = yaml.safe_load((HERE / "deviations.yaml").read_text())
    return {name: [Deviation(**one) for one in several] for name, several in entries.items()}


# -- Running ------------------------------------------------------------------------------------


@cache
def run(name: str) -> str:
    """Build a recording's modules, type its commands, give what the terminal shows."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "kthread_examples"
        folder.mkdir()
        for path in (HERE / name).iterdir():
            if path.suffix in (".py", ".sh") or path.name == "Makefile":
                shutil.copy(path, folder)
        if (folder / "host.sh").exists():
            return run_on_host(name, folder, "host.sh", ". /run.sh 2>&1 | cat")
        run_on_host(name, folder, "", "make >/tmp/log 2>&1 || cat /tmp/log", write=True)
        with mock.patch.object(costs, "EXEC_NS", OWN.get(name, Own()).exec_ns or costs.EXEC_NS):
            return run_on_host(name, folder, "run.sh")


def host_of(name: str, folder: Path, *, write: bool) -> Host:
    """Boot the recorded machine."""
    settings = load_settings(PROFILE)
    settings.update({"first_pid": FIRST_PID}, "the runner")
    environment = HERE / name / "env"
    if environment.exists():
        values = dict(word.split("=", 1) for word in shlex.split(environment.read_text()))
        if "SMP" in values:
            settings.update({"cpus": int(values["SMP"])}, "env")
        if "APPEND" in values:
            settings.update({"cmdline": f"{settings.cmdline} {values['APPEND']}"}, "env")
    own = HERE / name / "host.yaml"
    if own.exists():
        settings.update(yaml.safe_load(own.read_text()), "host.yaml")
    return Host(settings, workspace=str(folder.parent), write=write)


def run_on_host(
    name: str, folder: Path, script: str, command: str = ". /run.sh", *, write: bool = False
) -> str:
    """Run a command text as process 1 of the recorded machine; give what its terminal shows."""
    host = host_of(name, folder, write=write)
    if script:
        text = PRELUDE + (folder / script).read_text()
        (folder / script).unlink()
        host.kernel.vfs.place_text("/run.sh", text)
    tty = host.add_terminal()
    shown: list[bytes] = []
    tty.output = shown.append
    process = host.open_session(["bash", "-c", f"{command}\nexit # {MARKER}"], tty)
    try:
        run_free(host, lambda: process.pid in host.exit_statuses)
    except KernelPanic:
        pass  # The console has told of it.
    except (Standstill, VshellBug) as error:
        shown.append(f"{type(error).__name__}: {error}\n".encode())
    host.shut_down()
    return b"".join(shown).decode()


# -- Comparing ----------------------------------------------------------------------------------


def read_lines(text: str, own: Own, used: set[object]) -> tuple[list[Line], int]:
    """Normalise a console's text.

    Args:
        text: what was shown.
        own: the recording's own rules.
        used: takes the rules that found something.

    Returns:
        Its lines, and how many were left out.
    """
    lines: list[Line] = []
    left_out = before = 0
    source = False
    for raw in text.splitlines():
        line = raw
        for rule in (*RULES, *LEFT_OUT, *own.rules):
            line, count = re.subn(rule.pattern, rule.replacement, line)
            if count:
                used.add(rule)
                if rule in LEFT_OUT:
                    break
        else:
            durations = [(int(field.group(2)), 0) for field in DURATIONS.finditer(line)]
            since = SINCE.search(line)
            if since is not None:
                now = int(since.group(1))
                if not any(re.search(pattern, line) for pattern in own.commanded):
                    durations.append((now - before if now >= before else now, now))
                before = now
            source = bool(re.match(own.sources, line)) or (source and not line.startswith("$ "))
            if source and not line.startswith("$ "):
                line = "SOURCE"
            line = DURATIONS.sub(r"\1=N", SINCE.sub("t=T", line))
            lines.append(Line(raw, line, tuple(durations)))
            continue
        left_out += 1
    return sort_unordered(lines, own.unordered), left_out


def sort_unordered(lines: list[Line], pattern: str) -> list[Line]:
    """Sort neighbours that match: each moves up past its larger neighbours of the same kind."""
    ordered: list[Line] = []
    for line in lines:
        place = len(ordered)
        while (
            re.match(pattern, line.text)
            and place
            and re.match(pattern, ordered[place - 1].text)
            and line.text < ordered[place - 1].text
        ):
            place -= 1
        ordered.insert(place, line)
    return ordered


def late(there: Line, here: Line) -> str:
    """Compare the durations of two lines that are equal otherwise; give what is wrong, or ""."""
    if len(there.durations) != len(here.durations):
        return f"{there.raw}: times of other events here"
    for (expected, since), (found, our_since) in zip(there.durations, here.durations, strict=True):
        if abs(expected - found) <= bucket_jiffies(expected):
            continue
        # Between two events of one thread there may be one of another: look from the start, too.
        if not since or abs(since - our_since) > bucket_jiffies(since):
            return f"{there.raw}: {expected} jiffies there, {found} here"
    return ""


def explained(line: Line | None, side: str, listed: list[Deviation], used: set[object]) -> bool:
    """Tell whether a line that stands on one side only is listed."""
    if line is None:
        return True
    for one in listed:
        pattern = getattr(one, side)
        if pattern is not None and re.match(pattern, line.text):
            used.add((one, side))
            return True
    return False


def compare_texts(
    name: str, recorded: str, shown: str, own: Own, listed: list[Deviation]
) -> Comparison:
    """Compare two consoles.

    Args:
        name: of the recording.
        recorded: what the real one showed.
        shown: what ours showed.
        own: the recording's own rules.
        listed: its deviations.
    """
    used: set[object] = set()
    real, left_out = read_lines(recorded, own, used)
    ours, _ = read_lines(shown, own, used)
    equal = deviating = 0
    normalised = left_out
    wrong: list[str] = []
    matcher = SequenceMatcher(
        None, [line.text for line in real], [line.text for line in ours], autojunk=False
    )
    for kind, start, end, our_start, our_end in matcher.get_opcodes():
        for place in range(max(end - start, our_end - our_start)):
            there = real[start + place] if start + place < end else None
            here = ours[our_start + place] if our_start + place < our_end else None
            if kind == "equal":
                assert there is not None
                assert here is not None
                difference = late(there, here)
                if difference:
                    wrong.append(difference)
                elif there.raw == here.raw:
                    equal += 1
                else:
                    normalised += 1
                continue
            sides = ((there, "recorded", "-"), (here, "shown", "+"))
            left = [
                mark + line.text
                for line, side, mark in sides
                if line is not None and not explained(line, side, listed, used)
            ]
            if left:
                wrong.append("\n".join(left))
            else:
                deviating += 1
    return Comparison(name, equal, normalised, deviating, tuple(wrong), frozenset(used))


@cache
def compare(name: str) -> Comparison:
    """Run a recording and compare."""
    recorded = (HERE / name / "real.txt").read_text()
    listed = deviations().get(name, [])
    return compare_texts(name, recorded, run(name), OWN.get(name, Own()), listed)


def stale() -> list[str]:
    """Run all recordings; list the rules and deviations that none of them needs any more."""
    found = {name: compare(name).used for name in NAMES}
    needed = frozenset().union(*found.values())
    rules = {*RULES, *LEFT_OUT, *(rule for own in OWN.values() for rule in own.rules)}
    unused = sorted(rule.pattern for rule in rules - needed)
    unused += [
        f"{name}: {side} {getattr(one, side)}"
        for name in NAMES
        for one in deviations().get(name, [])
        for side in ("recorded", "shown")
        if getattr(one, side) is not None and (one, side) not in found[name]
    ]
    return unused + sorted(name for name in {*OWN, *deviations()} if name not in NAMES)


__all__ = [
    "NAMES",
    "Comparison",
    "Deviation",
    "Rule",
    "compare",
    "compare_texts",
    "deviations",
    "stale",
]
