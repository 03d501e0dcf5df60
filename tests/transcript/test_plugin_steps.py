"""The pytest plugin: how the steps of transcripts are collected, run, chosen and reported."""

from __future__ import annotations

import pytest

from vshell.abi.events import Event
from vshell.transcript import load, replay

pytest_plugins = ["pytester"]

COUNTING = """\
title: A counter in a file
steps:
- run: echo one > log
- run: cat log
  out: |
    two
- run: echo two >> log
- run: cat log
  out: |
    one
    two
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest in a fresh folder with the plugin and no others; give what it did."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*words, **files):
        for name, text in files.items():
            pytester.path.joinpath(f"{name}.vshell.yaml").write_text(text)
        return pytester.runpytest(
            "-p", "vshell.transcript.pytest_plugin", "--strict-markers", *words
        )

    return run


@pytest.fixture
def replays(monkeypatch):
    """Note the paths of the transcripts that are replayed."""
    paths = []

    def replay_noted(transcript, *words, **options):
        paths.append(transcript.path)
        return real(transcript, *words, **options)

    real = replay.replay
    monkeypatch.setattr(replay, "replay", replay_noted)
    return paths


def test_each_step_is_reported(run):
    """A step is a test named by its line; those below one that differs run on the same host."""
    result = run("-v", count=COUNTING)

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "count.vshell.yaml::3 $ echo one > log PASSED*",
            "count.vshell.yaml::4 $ cat log FAILED*",
            "count.vshell.yaml::7 $ echo two >> log PASSED*",
            "count.vshell.yaml::8 $ cat log PASSED*",
        ]
    )


def test_a_difference_is_a_diff(run):
    """What differs is shown with file, line and a unified diff, and nothing of Python."""
    result = run(count=COUNTING)

    result.stdout.fnmatch_lines(
        [
            "_* count.vshell.yaml:4 $ cat log _*",
            "count.vshell.yaml:4: $ cat log",
            "@@ -6 +6 @@",
            "-two",
            "+one",
            "FAILED count.vshell.yaml::4 $ cat log",
        ],
        consecutive=False,
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


def test_a_difference_has_colours_on_a_terminal(run):
    """With colours, what was expected is red and what came is green."""
    result = run("--color=yes", count=COUNTING)

    assert "\x1b[31m-two\x1b[0m\n" in str(result.stdout)
    assert "\x1b[32m+one\x1b[0m\n" in str(result.stdout)


def test_a_status_that_differs_is_told(run):
    """An exit status other than the expected one fails the step and is named."""
    result = run(status="steps:\n- run: 'false'\n- run: 'false'\n  status: 1\n")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["status 1, expected 0", "FAILED status.vshell.yaml::2 $ false"])


def test_a_transcript_runs_once(run, replays, pytester):
    """All steps of a transcript share one run."""
    run(count=COUNTING)

    assert [str(pytester.path / "count.vshell.yaml")] == replays


def test_listing_runs_nothing(run, replays):
    """Collecting alone replays nothing."""
    result = run("--collect-only", "-q", count=COUNTING)

    result.stdout.fnmatch_lines(["count.vshell.yaml::8 $ cat log"])
    assert [] == replays


@pytest.mark.parametrize("words", [("-k", "8"), ("count.vshell.yaml::8 $ cat log",)])
def test_a_chosen_step_finds_the_host_prepared(run, words):
    """A step chosen alone is reported alone, after all that stands above it has run."""
    result = run("-v", *words, count=COUNTING)

    assert [1, 0] == [result.parseoutcomes().get(word, 0) for word in ("passed", "failed")]


def test_only_chosen_transcripts_run(run, replays):
    """A transcript none of whose steps is chosen does not run."""
    run("-k", "other", count=COUNTING, other="steps:\n- run: 'true'\n")

    assert ["other.vshell.yaml"] == [path.rpartition("/")[2] for path in replays]


def test_names_can_be_given_back(run):
    """Long lines are cut and colons kept apart, so that every name chooses its step."""
    long = "true " + "x" * 100
    steps = f"steps:\n- run: echo a::b\n  out: a::b\n- run: {long}\n- run: |\n    true \\\n    a\n"
    listed = run("--collect-only", "-q", names=steps)
    names = [line for line in listed.outlines if "::" in line]

    assert [
        "names.vshell.yaml::2 $ echo a: :b",
        f"names.vshell.yaml::4 $ {long[:72]}...",
        "names.vshell.yaml::5 $ true \\...",
    ] == names
    for name in names:
        run(name).assert_outcomes(passed=1)


def test_steps_in_one_line(run):
    """Steps that stand in one line are told apart by their columns."""
    result = run("-v", flow="steps: [{run: 'true'}, {run: 'true', status: 1}]\n")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["flow.vshell.yaml::1:15 $ true PASSED*", "flow.vshell.yaml::1:30 $ true FAILED*"]
    )


def test_prose_and_keys(run):
    """Steps of prose are no tests; a key pressed at the prompt is one."""
    result = run("-v", keys="steps:\n- say: Hello.\n- wait: 1s\n- key: ctrl-c\n  status: 130\n")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["keys.vshell.yaml::4 ctrl-c PASSED*"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps:\n- walk: fast\n", "bad.vshell.yaml:2:3: unknown key 'walk' in a step*"),
        ("steps: [\n", "bad.vshell.yaml:2:1: *"),
        ("host: {colour: red}\nsteps: []\n", "bad.vshell.yaml:1:*: *no setting 'colour'"),
        (
            "workspace: none\nsteps: []\n",
            "bad.vshell.yaml: the workspace */none is not a directory",
        ),
    ],
)
def test_a_malformed_transcript_is_one_message(run, text, message):
    """What is no transcript is an error of the collection with its place, without a traceback."""
    result = run(bad=text, good="steps:\n- run: 'true'\n")

    assert pytest.ExitCode.INTERRUPTED == result.ret
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["_* ERROR collecting bad.vshell.yaml _*", message])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


def test_steps_behind_the_end_fail(run):
    """Steps that a session never came to are failures which say why."""
    result = run(end="steps:\n- run: exit\n  out: exit\n- run: echo a\n  out: a\n- run: 'true'\n")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "end.vshell.yaml:4: not run: the session has ended before this step",
            "end.vshell.yaml:6: not run: the session has ended before this step",
        ]
    )


def test_a_last_step_that_never_ends_fails(run):
    """A host that can go no further fails the last step, even if its output was as expected."""
    result = run(wait="steps:\n- run: echo a\n  out: a\n- run: cat\n")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["wait.vshell.yaml:4: cat (pid *) sleeps in *"])


def test_recorded_events_are_a_test(run, pytester):
    """The first kernel event that is not the recorded one is shown by a test of its own."""
    text = "events: e.jsonl\nsteps:\n- run: sleep 1\n"
    events: list[Event] = []
    pytester.path.joinpath("e.jsonl").write_text("")
    pytester.path.joinpath("e.vshell.yaml").write_text(text)
    replay.replay(load.load(str(pytester.path / "e.vshell.yaml")), listen=events.append)
    lines = [event.to_json() for event in events]

    pytester.path.joinpath("e.jsonl").write_text("\n".join(lines))
    run().assert_outcomes(passed=2)
    number = len(lines) // 2
    lines[number] = lines[number].replace('"cpu": ', '"cpu": 1')
    pytester.path.joinpath("e.jsonl").write_text("\n".join(lines))
    result = run("-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "e.vshell.yaml::events FAILED*",
            "e.vshell.yaml:3: the first kernel event that differs:",
            f"  recorded: {str(Event.from_json(lines[number])).replace('[', '[[]')}",
            f"  now:      {str(events[number]).replace('[', '[[]')}",
        ]
    )
