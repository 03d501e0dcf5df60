"""``vshell replay``: its options, what it prints, and its exit status."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from vshell.cli import main
from vshell.machine.host import Host
from vshell.transcript import command

ROOT = Path(__file__).resolve().parents[2]
GOOD = "title: the good one\nsteps:\n- run: echo a\n  out: a\n"
BAD = "# why\nsteps:\n- run: echo a; (exit 3)\n  out: b  # b\n\n- run: echo c\n  out: c\n"
CAT = "steps:\n- run: echo a\n  out: b\n- run: cat\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Work in a folder with a transcript that holds and one that does not."""
    (tmp_path / "bad.vshell.yaml").write_text(BAD)
    (tmp_path / "good.vshell.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder, capfd):
    """Run ``vshell replay`` here; give its status, standard output and standard error."""

    def replay(*words):
        try:
            status = main(["replay", *words])
        except SystemExit as leave:
            status = leave.code
        return status, *capfd.readouterr()

    return replay


DIFFERENCE = """\
bad.vshell.yaml:3: $ echo a; (exit 3)
@@ -4 +4 @@
-b
+a
status 3, expected 0
"""


@pytest.mark.parametrize("words", [(), ("-j", "2"), ("-j", "9"), ("--seed", "1")])
def test_a_difference_is_shown(words, run):
    """A difference is its place, the line and a diff, and status 1; without it, silence and 0."""
    assert (1, DIFFERENCE, "") == run("bad.vshell.yaml", "good.vshell.yaml", *words)
    assert (0, "", "") == run("good.vshell.yaml", "good.vshell.yaml", *words)


def test_every_step_can_be_named(run):
    """``-v`` names the steps, and ends in a summary."""
    status, out, err = run("-v", ".")

    head = "differs ./bad.vshell.yaml:3 $ echo a; (exit 3)\nok      ./bad.vshell.yaml:6 $ echo c\n"
    assert (1, head) == (status, out[: len(head)])
    assert out.endswith("ok      ./good.vshell.yaml:3 $ echo a\n")
    assert err.startswith("2 transcripts, 3 steps: 1 differ (")


def test_words_choose(run):
    """``-k`` looks for a word in path and title, in any case; finding none is an error."""
    assert (0, "", "") == run("-k", "GOOD one", ".")
    assert (1, DIFFERENCE, "") == run("-k", "bad", "bad.vshell.yaml")
    assert (2, "", "vshell: -k x: no transcript has this in its path or title\n") == run("-kx", ".")


@pytest.mark.parametrize("words", [(), ("-j", "2")])
def test_the_first_difference_can_end_it(words, run):
    """``-x`` leaves out what comes after the first difference."""
    out = run("-x", *words, "bad.vshell.yaml", "missing-after.md", "good.vshell.yaml")
    assert (2, "", "vshell: missing-after.md: No such file or directory\n") == out
    assert (1, DIFFERENCE, "") == run("-x", *words, "bad.vshell.yaml", "bad.vshell.yaml")


def test_update_writes_what_differs(run, folder):
    """``--update`` rewrites what differs, beside its comments; then all holds."""
    assert (0, "updated ./bad.vshell.yaml\n", "") == run("--update", ".")
    new = BAD.replace("out: b  # b", "out: a  # b\n  status: 3")
    assert new == (folder / "bad.vshell.yaml").read_text()
    assert GOOD == (folder / "good.vshell.yaml").read_text()
    assert (0, "", "") == run("--update", ".")


def test_update_refuses_after_a_failure(run, folder):
    """A session that did not come to its end is no source of answers."""
    (folder / "cat.vshell.yaml").write_text(CAT)
    status, out, _ = run("--update", "cat.vshell.yaml")

    assert 1 == status
    assert "cat.vshell.yaml:4: cat (pid 2915) sleeps in n_tty_read" in out
    assert CAT == (folder / "cat.vshell.yaml").read_text()


def test_update_writes_events(run, folder):
    """``--update`` writes the recorded events anew where they differ."""
    (folder / "e.vshell.yaml").write_text("events: e.jsonl\n" + GOOD)
    (folder / "e.jsonl").write_text("not an event\n")

    assert 1 == run("e.vshell.yaml")[0]
    assert (0, "updated e.vshell.yaml\n", "") == run("--update", "e.vshell.yaml")
    assert (0, "", "") == run("e.vshell.yaml")
    assert "time_ns" in json.loads((folder / "e.jsonl").read_text().split("\n")[0])


def test_update_cannot_write(run, folder, monkeypatch):
    """A file that cannot be written is an error, and stays as it is."""

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)

    assert (2, "", "vshell: bad.vshell.yaml:1:1: Permission denied\n") == run(
        "--update", "bad.vshell.yaml"
    )
    assert BAD == (folder / "bad.vshell.yaml").read_text()


def test_verify_compares_two_runs(run, monkeypatch):
    """``--verify`` runs everything twice; a host that is not deterministic fails, and is told."""
    assert (0, "", "") == run("--verify", "good.vshell.yaml")

    right, turns = Host.__init__, []

    def odd(self, settings, **options):
        turns.append(settings)
        settings.uptime = 100 + len(turns) % 2
        right(self, settings, **options)

    monkeypatch.setattr(Host, "__init__", odd)
    status, out, _ = run("--verify", "--update", "good.vshell.yaml")
    lines = out.splitlines()
    assert (1, "good.vshell.yaml: two runs differ:") == (status, lines[0])
    assert lines[1].startswith("first run:  101.")
    assert lines[2].startswith("second run: 100.")


def test_json_is_as_documented(run, folder):
    """``--json`` writes one object with the documented keys, and nothing else to its stream."""
    (folder / "worse.vshell.yaml").write_text("steps: 1\n")
    status, out, err = run("--json", "-v", ".")
    found = json.loads(out)

    assert (2, "vshell: ./worse.vshell.yaml:1:8: steps must be a list") == (
        status,
        err.splitlines()[0],
    )
    assert {"version", "holds", "transcripts", "errors"} == set(found)
    assert (1, False, ["./worse.vshell.yaml:1:8: steps must be a list"]) == (
        found["version"],
        found["holds"],
        found["errors"],
    )
    bad, good = found["transcripts"]
    assert ("the good one", True, "./bad.vshell.yaml", False) == (
        good["title"],
        good["holds"],
        bad["path"],
        bad["holds"],
    )
    documented = set(bad | bad["steps"][0])
    assert all(f'"{name}"' in command.as_json.__doc__ for name in documented)
    assert {
        "line": 3,
        "column": 8,
        "terminal": "",
        "run": "echo a; (exit 3)",
        "holds": False,
        "expected_status": 0,
        "status": 3,
        "expected": ["b"],
        "out": ["a"],
        "unmet": [],
    } == bad["steps"][0]


def test_junit_is_xml(run, folder):
    """``--junit`` writes a suite per transcript, whatever was shown; counts are right."""
    (folder / "odd.vshell.yaml").write_text("steps:\n- run: printf '\\1<&\"\\377]]>'\n- run: cat\n")
    (folder / "worse.vshell.yaml").write_text("steps: '\x7f'\n")
    assert 2 == run("--junit", "out.xml", ".")[0]
    suites = ET.parse(folder / "out.xml").getroot()

    assert [
        ("./bad.vshell.yaml", "2", "1", "0"),
        ("./good.vshell.yaml", "1", "0", "0"),
        ("./odd.vshell.yaml", "3", "1", "1"),
        ("unreadable", "1", "0", "1"),
    ] == [tuple(map(suite.get, ("name", "tests", "failures", "errors"))) for suite in suites]
    assert [len(suite) for suite in suites] == [int(suite.get("tests")) for suite in suites]
    assert "+a" in suites[0][0][0].text
    assert '+\\x01<&"\\xff]]> (esc) (no-eol)' in suites[2][0][0].text


def test_junit_that_cannot_be_written(run):
    """A file that cannot be written is an error."""
    assert (2, "", "vshell: no/out.xml: No such file or directory\n") == run(
        "--junit", "no/out.xml", "good.vshell.yaml"
    )


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--nonsense", "x"], "unrecognized arguments: --nonsense"),
        ([], "the following arguments are required: PATH"),
        (["-j", "0", "x"], "argument -j: must be at least 1"),
        (["-j", "many", "x"], "argument -j: invalid int value: 'many'"),
        (["--speed", "0", "x"], "argument --speed: must be positive"),
        (["--speed", "nan", "x"], "argument --speed: must be positive"),
        (["--timeout", "-1", "x"], "argument --timeout: must not be negative"),
        (["--seed", "-1", "x"], "argument --seed: must not be negative"),
        (["--workspace", "no", "x"], "argument --workspace: no: No such directory"),
    ],
)
def test_a_wrong_use_is_one_message(words, text, run):
    """A wrong option is one line of vshell's own, with status 2."""
    assert (2, "", f"vshell: {text} (see vshell replay --help)\n") == run(*words)


def test_a_path_of_odd_bytes(run, folder):
    """A file's name may hold bytes that are no text."""
    name = os.fsdecode(b"\xff.vshell.yaml")
    (folder / name).write_text(BAD)
    status, out, _ = run(name, "--junit", "out.xml")

    assert (1, "\\udcff.vshell.yaml:3: $ echo a; (exit 3)") == (status, out.split("\n")[0])
    assert ET.parse(folder / "out.xml").getroot()[0].get("name") == "?.vshell.yaml"


def on_a_terminal(folder, **environment):
    """Run ``vshell replay .`` on a terminal; give what it showed."""
    leader, follower = pty.openpty()
    plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    subprocess.run(
        [sys.executable, "-m", "vshell", "replay", "."],
        cwd=folder,
        env=plain | {"PYTHONPATH": str(ROOT), "TERM": "xterm"} | environment,
        stdout=follower,
        stderr=follower,
        check=False,
    )
    os.close(follower)
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    return shown


@pytest.mark.slow  # a process on a terminal
def test_a_terminal_gets_progress_and_colours(folder):
    """On a terminal there are a progress line, colours and a summary."""
    shown = on_a_terminal(folder)

    assert "\r\x1b[K1/2 ./bad.vshell.yaml" in shown
    assert "\x1b[31m-b\x1b[0m\r\n\x1b[32m+a\x1b[0m\r\n" in shown
    assert "2 transcripts, 3 steps: 1 differ (" in shown


@pytest.mark.slow  # processes on a terminal
@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_refused(folder, environment):
    """NO_COLOR and a dumb terminal mean no colours."""
    shown = on_a_terminal(folder, **environment)

    assert "-b\r\n+a\r\n" in shown
    assert "\x1b[3" not in shown


@pytest.mark.slow  # a hundred replays
def test_a_hundred_transcripts_in_one_start(run, folder):
    """A hundred transcripts replay with two processes, in order, in one start of vshell."""
    for number in range(98):
        (folder / f"n{number:02d}.vshell.yaml").write_text(f"steps:\n- {{run: echo {number}}}\n")
    status, out, _ = run("-j", "2", "--json", ".")
    found = json.loads(out)["transcripts"]

    assert (1, 100) == (status, len(found))
    assert sorted(one["path"] for one in found) == [one["path"] for one in found]
    assert [str(n) for n in range(98)] == [one["steps"][0]["out"][0] for one in found[2:]]
