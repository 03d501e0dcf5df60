"""Replays in several processes: one that is killed takes its own transcript with it, no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.stories.readme import ROOT
from vshell.transcript import command
from vshell.transcript.command import replay_command
from vshell.transcript.workers import in_processes

ENDLESS = "steps:\n- run: while true; do true; done\n"


def square_or_die(number):
    if number < 0:
        os.kill(os.getpid(), -number)
    return number * number


def test_results_come_in_order():
    """Whoever is done first, results come in the jobs' order."""
    assert [n * n for n in range(50)] == list(in_processes(square_or_die, range(50), 3, max))


@pytest.mark.parametrize("jobs", [[-9, 2, 3], [1, -9, -15, 4], [1, 2, -9], [-9, -9, -9, -9, -9]])
def test_a_killed_process_is_replaced(jobs):
    """The job of a process that is killed has that for a result; all others are done."""
    results = list(in_processes(square_or_die, jobs, 2, lambda job, status: (job, status)))

    assert results == [(job, job) if job < 0 else job * job for job in jobs]


def test_a_killed_worker_is_an_error_of_its_transcript(tmp_path, monkeypatch, capsys):
    """The report says which transcript has no result, and why; the others hold; no end is lost."""
    for name in "abcd":
        (tmp_path / f"{name}.vshell.yaml").write_text("steps:\n- run: echo x\n  out: x\n")
    run = command._run_transcript

    def run_or_die(transcript, options):
        if transcript.path.endswith("b.vshell.yaml"):
            os.kill(os.getpid(), signal.SIGKILL)
        return run(transcript, options)

    monkeypatch.setattr(command, "_run_transcript", run_or_die)
    status = replay_command(["-j", "2", "--verbose", str(tmp_path)])
    printed = capsys.readouterr()

    assert 2 == status
    assert 3 == printed.out.count("ok ")
    assert "b.vshell.yaml:1:1: the process that replayed it was killed by signal 9" in printed.err


@pytest.mark.slow  # starts processes
def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    """Nobody goes on for a replay that was killed."""
    for name in "abcd":
        (tmp_path / f"{name}.vshell.yaml").write_text("steps:\n- run: echo x\n")
    (tmp_path / "e.vshell.yaml").write_text(ENDLESS)
    words = ["replay", "-j", "2", "--verbose", "--timeout", "2", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-m", "vshell", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as replay:
        replay.stdout.readline()
        replay.kill()

        # The end of the file comes when the last of them has closed it.
        assert b"e.vshell.yaml" not in replay.stdout.read()
