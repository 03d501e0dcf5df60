"""The README holds: its sessions are replayed, its commands are those of the gate."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.stories.readme import README, ROOT, blocks, command_lines, run_command_line
from vshell.transcript.load import load
from vshell.transcript.replay import replay
from vshell.transcript.report import difference_text


def test_its_sessions_read_as_they_run():
    """Every session answers, byte by byte, what the README shows."""
    outcome = replay(load(str(README)))

    assert "" == difference_text(outcome)
    assert len(outcome.steps) >= 15
    assert "sudo rmmod kthread" in [step.step.run for step in outcome.steps]


def test_its_command_lines_read_as_they_run():
    """What is typed at the reader's own shell answers what the README shows."""
    assert 1 == len(command_lines())
    for block in command_lines():
        assert block == run_command_line(block)


def test_its_transcript_holds(tmp_path):
    """The transcript that the README shows holds."""
    [text] = [text for order, text in blocks("yaml") if order == "transcript"]
    path = tmp_path / "parked.vshell.yaml"
    path.write_text(text)
    outcome = replay(load(str(path)))

    assert "" == difference_text(outcome)
    assert 5 == len(outcome.steps)


@pytest.mark.slow  # a run of pytest in a process of its own
def test_its_course_passes(tmp_path):
    """The course that the README shows passes under pytest, its steps one by one."""
    parts = [*blocks("ini"), *blocks("yaml"), *blocks("python"), *blocks("make")]
    for order, text in parts:
        kind, _, name = order.partition(": ")
        if kind in ("course", "file"):
            path = tmp_path / (f"modules/{name}" if kind == "file" else name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "vshell.transcript.pytest_plugin"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "6 passed" in done.stdout, done.stdout
    assert "blink.vshell.yaml::5 $ sleep 2.5 PASSED" in done.stdout


def test_the_gate_runs_the_readmes_second_line():
    """The gate takes its command from the README's second block for the reader's own shell."""
    lines = [text for _, text in blocks("sh")]

    assert all(line.count("\n") == 1 and line.startswith("python3 -m venv") for line in lines[:2])
    assert lines[0].rstrip().endswith("vshell")
    assert lines[1].rstrip().endswith("-m tests.check")
    text = README.read_text().splitlines(keepends=True)
    assert lines[1] == next(line for line in text if "tests.check" in line)
    assert "grep -m 1 'tests\\.check' README.md" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("folder", sorted(path.parent for path in ROOT.glob("modules/*/Makefile")))
def test_every_module_is_named(folder):
    """The README names every module that comes with vshell."""
    assert folder.name in README.read_text()
