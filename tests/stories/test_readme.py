"""The README holds: its sessions are replayed, its commands are those of the gate."""

from __future__ import annotations

import pytest

from tests.stories.readme import README, ROOT, blocks, files_before, play

TEXT = README.read_text()
SESSIONS = [block for block in blocks(TEXT) if block.kind == "console"]


@pytest.mark.parametrize("block", SESSIONS, ids=lambda block: f"line-{block.line}")
def test_a_session_reads_as_it_runs(block):
    """Every session answers, byte by byte, what the README shows."""
    assert block.text == play(block, files_before(TEXT, block.line))


def test_there_are_sessions():
    """The README's sessions are found: a changed fence would make the test above empty."""
    assert len(SESSIONS) >= 5
    assert "sudo rmmod kthread" in {line for block in SESSIONS for line in block.inputs}


def test_the_gate_runs_the_readmes_second_line():
    """The gate takes its command from the README's second block for the reader's own shell."""
    lines = [block.text for block in blocks(TEXT) if block.kind == "sh"]

    assert 2 == len(lines)
    assert all(line.count("\n") == 1 and line.startswith("python3 -m venv") for line in lines)
    assert lines[0].rstrip().endswith("vshell")
    assert lines[1].rstrip().endswith("-m tests.check")
    found = next(line for line in TEXT.splitlines(keepends=True) if "tests.check" in line)
    assert lines[1] == found
    assert "grep -m 1 'tests\\.check' README.md" in (ROOT / ".ci" / "run").read_text()


def test_every_module_is_named():
    """The README names every module that comes with vshell."""
    folders = {path.parent.name for path in (ROOT / "modules").glob("*/Makefile")}

    assert [] == [name for name in sorted(folders) if name not in TEXT]
