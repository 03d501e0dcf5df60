"""Malformed transcripts: one clear error each, with its place, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from vshell.cli import main
from vshell.transcript.load import load
from vshell.transcript.model import TranscriptError
from vshell.transcript.source import FILE_BYTES_MAX

CORPUS = sorted(Path(__file__).with_name("malformed").glob("*.yaml"))
GOOD = b"steps:\n- run: ls\n"

# What cannot stand in a file of the repository, or should not.
GENERATED = {
    "empty": (b"", "1:1: empty: a transcript has at least 'steps'"),
    "blank-lines": (b"\n\n  \n", "1:1: empty: a transcript has at least 'steps'"),
    "only-a-bom": (b"\xef\xbb\xbf", "1:1: empty: a transcript has at least 'steps'"),
    "not-utf-8": (b"title: caf\xe9\n" + GOOD, "1:11: not UTF-8 text"),
    "utf-16": (GOOD.decode().encode("utf-16"), "1:1: not UTF-8 text"),
    "half-a-character-at-the-end": (GOOD + b"# \xe2\x82", "3:3: not UTF-8 text"),
    "nul": (b"steps:\n- run: l\0s\n", "2:9: character U+0000 is not allowed"),
    "escape-character": (b"steps:\n- run: \x1b[1m\n", "2:8: character U+001B is not allowed"),
    "binary": (bytes(range(1, 128)) * 100, "1:1: character U+0001 is not allowed"),
    "elf": (b"\x7fELF\x02\x01\x01" + bytes(100), "1:1: character U+007F is not allowed"),
    "old-mac": (b"steps:\r- run: ls\r", "1:7: character U+000D is not allowed"),
    "line-separator": (
        "steps:\n- say: a\u2028b\n".encode(),
        "2:9: character U+2028 is not allowed",
    ),
    "next-line": ("steps:\n- say: a\x85b\n".encode(), "2:9: character U+0085 is not allowed"),
    "line-of-10-mb": (
        GOOD + b"# " + b"x" * 10_000_000 + b"\n",
        "3:1000000: a line of 10000002 characters",
    ),
    "too-large": (
        b"# line\n" * (FILE_BYTES_MAX // 7 + 1),
        f"1:1: larger than {FILE_BYTES_MAX} bytes",
    ),
    "a-hundred-thousand-brackets": (b"[" * 100_000, "1:22: nested too deeply"),
    "a-thousand-mappings": (b"{a: " * 1000, "1:82: nested too deeply"),
}


def expected_error(path):
    """Give what a file of the corpus says about itself in its first line."""
    return path.read_text().split("\n", 1)[0].removeprefix("# ")


def run_replay(path, capfd):
    """Run ``vshell replay`` on a file; give its status, standard output and standard error."""
    status = main(["replay", str(path)])
    out, err = capfd.readouterr()
    return status, out, err


def test_the_corpus_is_large():
    """There are at least a hundred malformed transcripts."""
    assert len(CORPUS) + len(GENERATED) >= 100


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_malformed_transcript_is_one_error(path, capfd):
    """The error has path, line, column and text, and the exit status is 2."""
    assert (2, "", f"vshell: {path}:{expected_error(path)}\n") == run_replay(path, capfd)


@pytest.mark.parametrize("name", GENERATED)
def test_no_text_is_one_error(name, tmp_path, capfd):
    """What is no text at all, or has no end, is refused the same way."""
    path = tmp_path / f"{name}.yaml"
    data, expected = GENERATED[name]
    path.write_bytes(data)

    assert (2, "", f"vshell: {path}:{expected}\n") == run_replay(path, capfd)


def test_every_broken_file_is_named_and_the_others_run(tmp_path, capfd):
    """One malformed file does not keep the others from being replayed."""
    (tmp_path / "a.vshell.yaml").write_text("steps: 1\n")
    (tmp_path / "b.vshell.yaml").write_text('steps:\n- run: echo no\n  out: "yes"\n')
    (tmp_path / "c.vshell.yaml").write_text("")
    status, out, err = run_replay(tmp_path, capfd)

    assert 2 == status
    assert f"{tmp_path}/b.vshell.yaml:2: $ echo no\n@@ -3 +3 @@\n-yes\n+no\n" == out
    assert [
        f"vshell: {tmp_path}/a.vshell.yaml:1:8: steps must be a list",
        f"vshell: {tmp_path}/c.vshell.yaml:1:1: empty: a transcript has at least 'steps'",
    ] == err.splitlines()


MARKDOWN = {
    "# Title\n\n```console\n$ ls\n": "3:1: the fenced block never ends",
    "```console\nshown\n$ ls\n```\n": "2:1: output before the first line that begins with '$ '",
    "```console\n$ ls\n(( (re)\n```\n": (
        "3:1: bad regular expression: missing ), unterminated subpattern at position 1"
    ),
    "<!-- file: ../x -->\n```\na\n```\n": "2:1: no path of a file: '../x'",
    "<!-- file: -->\n```\na\n```\n": "2:1: no path of a file: ''",
    "<!-- vshell: newhost -->\n```console\n$ ls\n```\n": "2:1: unknown order: 'newhost'",
    "# Nothing to do\n": "1:1: no ```console block with a line that begins with '$ '",
}


@pytest.mark.parametrize("text", MARKDOWN)
def test_a_malformed_page_is_one_error(text, tmp_path, capfd):
    """A Markdown page that is no session is refused with the place of its mistake."""
    path = tmp_path / "page.md"
    path.write_text(text)

    assert (2, "", f"vshell: {path}:{MARKDOWN[text]}\n") == run_replay(path, capfd)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("name", ["a.yaml", "a.md"])
def test_foreign_line_ends_and_a_bom_are_accepted(start, end, name, tmp_path):
    """A file with CRLF or a byte order mark says the same as one without."""
    text = "title: t\nsteps:\n- run: |\n    echo a\n    echo b\n  out: |\n    a\n    b\n"
    if name == "a.md":
        text = "# t\n\n```console\n$ echo a\n> echo b\na\nb\n```\n"
    plain, path = tmp_path / f"plain-{name}", tmp_path / name
    plain.write_text(text)
    path.write_bytes((start + text.replace("\n", end)).encode())

    assert load(str(plain)).title == load(str(path)).title == "t"
    assert load(str(plain)).steps == load(str(path)).steps
    assert ("echo a\necho b", ("a", "b")) == (load(str(path)).steps[0].run, ("a", "b"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("missing.vshell.yaml", "No such file or directory"),
        ("folder", "no *.vshell.yaml in this folder"),
    ],
)
def test_a_path_that_holds_nothing_is_one_error(path, text, tmp_path, capfd, monkeypatch):
    """A path that does not exist, or a folder without transcripts, is an error."""
    (tmp_path / "folder" / ".hidden").mkdir(parents=True)
    (tmp_path / "folder" / ".hidden" / "a.vshell.yaml").write_text("steps:\n")
    monkeypatch.chdir(tmp_path)

    assert (2, "", f"vshell: {path}: {text}\n") == run_replay(path, capfd)


def test_an_alias_is_refused_before_it_is_expanded(tmp_path):
    """A billion laughs cost nothing: the first anchor ends it."""
    lines = ["a: &a0 [lol]"] + [
        f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)
    ]
    path = tmp_path / "laughs.yaml"
    path.write_text("\n".join(lines))

    with pytest.raises(TranscriptError, match=r":1:4: anchors and aliases are not understood"):
        load(str(path))
