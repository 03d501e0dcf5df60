"""The pytest plugin: Markdown pages, workspaces, --vshell-update, and its place in a pytest run."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vshell.transcript import load, replay
from vshell.transcript.model import Place, TranscriptError

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "vshell.transcript.pytest_plugin"
PAGE = "# A page\n\n```console\n$ echo a\na\n```\n"
WRONG = """\
title: 'Kept as it is'   # and so is this
steps:
- {run: echo one, out: "1\\n"}
# A remark.
- run: echo two
  out: |
    2
- run: echo three  # a third one
  out: |
    three
"""
RIGHT = WRONG.replace('"1\\n"', '"one\\n"').replace("    2\n", "    two\n")

# Keeps what the plugin needs loaded between the runs within this process.
assert replay.replay is not None


@pytest.fixture
def write(pytester):
    """Write files below the folder that pytest will be run in."""

    def write(files):
        for name, text in files.items():
            path = pytester.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write


@pytest.fixture
def run(pytester, write, monkeypatch):
    """Write files and run pytest with the plugin and no others; give what it did."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*words, files=()):
        write(dict(files))
        return pytester.runpytest("-p", PLUGIN, *words)

    return run


def collected(result):
    """Give the files that tests were collected from."""
    return sorted({line.partition("::")[0] for line in result.outlines if "::" in line})


# -- Markdown -------------------------------------------------------------------------------------

PAGES = dict.fromkeys(("README.md", "docs/a.md", "docs/b/c.md", "x/docs/a.md", "o.md"), PAGE)


def test_pages_are_left_alone(run):
    """Without being asked for, no Markdown page is collected, not even one that is named."""
    assert pytest.ExitCode.NO_TESTS_COLLECTED == run(files=PAGES).ret


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        ("README.md docs/*.md", ["README.md", "docs/a.md"]),
        ("docs/**/*.md", ["docs/a.md", "docs/b/c.md"]),
        ("**/a.md", ["docs/a.md", "x/docs/a.md"]),
        ("./*.md", ["README.md", "o.md"]),
        ("docs", []),
    ],
)
def test_pages_by_pattern(run, patterns, found):
    """Patterns of the ini file count from its folder; ** stands for any folders."""
    ini = {"pytest.ini": f"[pytest]\nvshell_markdown = {patterns}\n"}
    result = run("--collect-only", "-q", files=PAGES | ini)

    assert found == collected(result)


def test_pages_by_option(run, pytester, monkeypatch):
    """Patterns of the command line count from the current folder and add to the ini file's."""
    ini = {"pytest.ini": "[pytest]\nvshell_markdown = README.md\n"}
    run(files=PAGES | ini)
    monkeypatch.chdir(pytester.path / "docs")
    words = ("--vshell-markdown", "a.md", "--vshell-markdown", "b/*.md", "..")
    result = run("--collect-only", "-q", *words)

    assert ["README.md", "docs/a.md", "docs/b/c.md"] == collected(result)


def test_a_page_is_a_transcript(run):
    """The steps of a page are tests; one that differs is shown with its line."""
    result = run(
        "-v", "--vshell-markdown=*.md", files={"p.md": PAGE + PAGE.replace("\na\n", "\nb\n")}
    )

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["p.md::4 $ echo a PASSED*", "p.md:10: $ echo a", "-b", "+a"])


# -- The workspace --------------------------------------------------------------------------------

WORKSPACES = {"ini/name": "ini\n", "t/own/name": "own\n", "line/name": "line\n"}
WHICH = "steps:\n- run: cat ~/name\n"


@pytest.mark.parametrize(
    ("head", "words", "name"),
    [
        ("", (), "ini"),
        ("workspace: own\n", (), "own"),
        ("", ("--vshell-workspace", "line"), "line"),
        ("workspace: own\n", ("--vshell-workspace", "line"), "line"),
    ],
)
def test_the_workspace(run, head, words, name):
    """The command line's workspace goes before a transcript's own, and that before the ini's."""
    files = WORKSPACES | {
        "pytest.ini": "[pytest]\nvshell_workspace = ini\n",
        "t/t.vshell.yaml": f"{head}{WHICH}  out: {name}\n",
    }

    run(*words, files=files).assert_outcomes(passed=1)


def test_the_workspace_is_that_of_vshell_otherwise(run):
    """Without any word about it, the home directory holds the modules that come with vshell."""
    text = "steps:\n- run: ls ~/hello\n  out: Makefile  hello.py\n"

    run(files={"t.vshell.yaml": text}).assert_outcomes(passed=1)


# -- Update ---------------------------------------------------------------------------------------


def test_update_writes_what_differs(run, pytester):
    """--vshell-update passes what differs, writes it, tells of it, and leaves the rest alone."""
    result = run("--vshell-update", files={"w.vshell.yaml": WRONG})

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*= vshell =*", "updated w.vshell.yaml: line 3, line 5"])
    assert RIGHT == (pytester.path / "w.vshell.yaml").read_text()
    again = run("--vshell-update")
    again.assert_outcomes(passed=3)
    again.stdout.no_fnmatch_line("*updated*")


def test_update_writes_what_is_chosen(run, pytester):
    """--vshell-update leaves steps that were not chosen as they are."""
    run("--vshell-update", "-k", "two", files={"w.vshell.yaml": WRONG}).assert_outcomes(passed=1)

    text = (pytester.path / "w.vshell.yaml").read_text()
    assert WRONG.replace("    2\n", "    two\n") == text


def test_update_of_a_page(run, pytester):
    """A Markdown page is updated in its block."""
    words = ("--vshell-update", "--vshell-markdown=*.md")
    run(*words, files={"p.md": PAGE.replace("\na\n", "\nb\nc\n")}).assert_outcomes(passed=1)

    assert PAGE == (pytester.path / "p.md").read_text()


def test_update_of_events(run, pytester):
    """Recorded events that differ are recorded anew."""
    text = "events: w.jsonl\nsteps:\n- run: sleep 1\n"
    result = run("--vshell-update", files={"w.vshell.yaml": text, "w.jsonl": ""})

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["updated w.vshell.yaml: events"])
    assert "sched_process_exit" in (pytester.path / "w.jsonl").read_text()
    run().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("step", "message"),
    [("goal: file none exists", "goal not met: *"), ("press: []", "*cat (pid *) sleeps in *")],
)
def test_update_of_a_session_gone_wrong(run, pytester, step, message):
    """Nothing is written from a session that does not end or misses a goal: its steps fail."""
    command = "cat" if "press" in step else "echo b"
    text = f"steps:\n- run: echo a\n- run: {command}\n  {step}\n"
    result = run("--vshell-update", files={"w.vshell.yaml": text})

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines([message])
    assert text == (pytester.path / "w.vshell.yaml").read_text()


def test_update_that_cannot_write(run, monkeypatch):
    """Where the file cannot be written, the step fails and says so."""

    def refuse(path, _outcomes):
        raise TranscriptError(path, Place(1), "Read-only file system")

    monkeypatch.setattr(load, "write_answers", refuse)
    result = run("--vshell-update", "-k", "two", files={"w.vshell.yaml": WRONG})

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["w.vshell.yaml: Read-only file system"])


# -- A course -------------------------------------------------------------------------------------

COURSE = {
    "pytest.ini": "[pytest]\nvshell_workspace = modules\n",
    "tests/blink.vshell.yaml": """\
title: The light goes on and off
steps:
- run: cd blink && make > log 2>&1
- run: sudo insmod blink.ko period_ms=1000
- run: sleep 2.5
- run: dmesg | grep -o 'blink. o[nf].*'
  out: |
    blink: on
    blink: off
    blink: on
- run: sudo rmmod blink
""",
    "tests/test_blink.py": """\
def test_the_light_is_a_sleeping_thread(vshell):
    assert vshell.run("cd blink && make > log 2>&1").status == 0
    assert vshell.run("sudo insmod blink.ko period_ms=1000").lines == []
    vshell.advance("2.5s")

    thread = vshell.kernel.task("blink/0")
    assert (thread.state_word, thread.wchan) == ("sleeping", "msleep_interruptible")
    assert vshell.kernel.messages("blink: o") == ("blink: on", "blink: off", "blink: on")

    assert vshell.run("sudo rmmod blink").status == 0
    assert vshell.kernel.module("blink") is None
    assert "kthread_stop" in [event.name for event in vshell.events]
""",
}


def test_a_course(run, pytester):
    """A repository of modules is tested by a transcript and by Python; the disk stays clean."""
    page = load.load(str(ROOT / "README.md"))
    modules = {f"modules/{name}": text for name, text in page.files.items() if "blink/" in name}
    files = COURSE | modules

    assert {"modules/blink/blink.py", "modules/blink/Makefile"} <= set(files)
    run(files=files).assert_outcomes(passed=6)
    run("tests/blink.vshell.yaml::6 $ dmesg | grep -o 'blink. o[nf].*'").assert_outcomes(passed=1)
    assert {"blink.py", "Makefile"} == {p.name for p in (pytester.path / "modules/blink").iterdir()}


# -- The plugin among others ----------------------------------------------------------------------


def test_the_entry_point():
    """The project announces the plugin to pytest under the name by which its own tests load it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    options = project["tool"]["pytest"]["ini_options"]["addopts"]

    assert {PLUGIN: PLUGIN} == project["project"]["entry-points"]["pytest11"]
    assert PLUGIN == options[options.index("-p") + 1]


@pytest.fixture
def installed(pytester, monkeypatch):
    """What an installation leaves for pytest to find: the metadata, beside the code's path."""
    folder = pytester.path / "site" / "vshell-0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: vshell\nVersion: 0\n")
    (folder / "entry_points.txt").write_text(f"[pytest11]\n{PLUGIN} = {PLUGIN}\n")
    (folder / "RECORD").write_text("vshell/__init__.py,,\nvshell/transcript/__init__.py,,\n")
    monkeypatch.setenv("PYTHONPATH", f"{folder.parent}:{ROOT}")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


@pytest.mark.slow  # a pytest of its own, started from nothing
def test_an_installed_vshell_needs_no_configuration(pytester, write, installed):
    """Beside an installed vshell a folder of transcripts is a folder of tests, and marks are known.

    Given by -p as well, the plugin is still there once; asserts of vshell stay as they are.
    """
    module = (
        "import pytest, sys\n"
        "@pytest.mark.vshell(seed=3)\n"
        "def test_lsmod(vshell):\n"
        "    assert vshell.run('lsmod').status == 0\n"
        "    loader = sys.modules['vshell.kernel.core'].__loader__\n"
        "    assert 'Rewriting' not in type(loader).__name__\n"
    )
    write({"a/w.vshell.yaml": RIGHT, "test_it.py": module})
    for words in ((), ("-p", PLUGIN, "--import-mode=importlib")):
        result = pytester.runpytest_subprocess("-v", "--strict-markers", *words)
        result.assert_outcomes(passed=4)
        result.stdout.fnmatch_lines(["a/w.vshell.yaml::3 $ echo one PASSED*"])


@pytest.mark.slow  # a pytest of its own, started from nothing
def test_a_run_without_transcripts_is_not_disturbed(pytester, write, installed):
    """Where nothing of vshell is used, nothing but the plugin's own file is loaded."""
    module = (
        "import sys\n"
        "def test_it():\n"
        "    mine = [m for m in sys.modules if m.split('.')[0] in ('vshell', 'yaml', 'greenlet')]\n"
        f"    assert ['vshell', 'vshell.transcript', {PLUGIN!r}] == mine\n"
    )
    write({"test_it.py": module, "README.md": PAGE, "x.yaml": "a: 1\n"})
    result = pytester.runpytest_subprocess("-v")

    result.assert_outcomes(passed=1)


@pytest.mark.slow  # three processes, started from nothing
@pytest.mark.parametrize("dist", ["load", "loadfile"])
def test_among_processes(pytester, write, monkeypatch, installed, dist):
    """With pytest-xdist every step is reported once and right, and an update is written once."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    write({f"{name}.vshell.yaml": WRONG for name in "abc"})
    words = ("-p", "xdist", "-p", PLUGIN, "-n", "2", "--dist", dist)
    result = pytester.runpytest_subprocess(*words)
    result.assert_outcomes(passed=3, failed=6)
    result.stdout.fnmatch_lines(["a.vshell.yaml:5: $ echo two", "-2", "+two"])

    result = pytester.runpytest_subprocess(*words, "--vshell-update")
    result.assert_outcomes(passed=9)
    result.stdout.fnmatch_lines(["updated c.vshell.yaml: line 3, line 5"])
    assert [RIGHT] * 3 == [(pytester.path / f"{n}.vshell.yaml").read_text() for n in "abc"]
