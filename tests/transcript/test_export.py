"""``vshell replay --trace``: a transcript's events in a file."""

from __future__ import annotations

import json

import pytest

from vshell.transcript.command import replay_command
from vshell.transcript.load import load
from vshell.transcript.replay import replay

TRANSCRIPT = """\
steps:
- run: sleep 1
- run: echo done
  out: done
"""


@pytest.fixture
def transcript(tmp_path):
    """A transcript's path."""
    path = tmp_path / "t.vshell.yaml"
    path.write_text(TRANSCRIPT)
    return path


def test_a_replay_is_exported(transcript, tmp_path):
    """Every event of the replay is in both files; the status is the replay's."""
    events = []
    replay(load(str(transcript)), listen=events.append)
    trace, ftrace = tmp_path / "t.json", tmp_path / "t.txt"
    words = ["--trace", str(trace), "--ftrace", str(ftrace)]

    assert 0 == replay_command([str(transcript), "--verify", *words])
    lines = [line for line in ftrace.read_text().splitlines() if not line.startswith("#")]
    assert [event.name for event in sorted(events, key=lambda one: one.time_ns)] == [
        line.split(": ")[1] for line in lines
    ]
    assert any(
        one["name"] == "exec /usr/bin/sleep"
        for one in json.loads(trace.read_text())["traceEvents"]
        if one["ph"] == "i"
    )


@pytest.mark.parametrize(
    ("paths", "text"),
    [
        (["t.vshell.yaml", "other.vshell.yaml"], "--trace and --ftrace take one transcript"),
        (["fresh.md"], "boots more than one host; a trace holds one"),
    ],
)
def test_a_trace_holds_one_host(paths, text, transcript, tmp_path, capsys):
    """Several transcripts, or one that boots again, have no one trace; no file is made."""
    (tmp_path / "other.vshell.yaml").write_text(TRANSCRIPT)
    block = "```console\n$ true\n```\n"
    (tmp_path / "fresh.md").write_text(f"{block}\n<!-- vshell: new host -->\n{block}")
    trace = tmp_path / "t.json"

    with pytest.raises(SystemExit) as left:
        replay_command([*(str(tmp_path / path) for path in paths), "--trace", str(trace)])
    assert 2 == left.value.code
    assert text in capsys.readouterr().err
    assert not trace.exists()


def test_a_file_that_cannot_be_is_told_first(transcript, tmp_path, capsys):
    """A file that cannot be written ends the command before anything is run."""
    path = tmp_path / "nosuch" / "t.json"

    with pytest.raises(SystemExit) as left:
        replay_command([str(transcript), "-v", "--trace", str(path)])
    assert 2 == left.value.code
    assert ("", f"vshell: {path}: No such file or directory\n") == capsys.readouterr()
