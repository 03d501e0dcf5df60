"""nano on a terminal."""

from __future__ import annotations

import pytest

from tests.usr.screens import compare_screens

FILES = {
    "abc": "alpha\nbeta\ngamma\n",
    "s30": "".join(f"{number}\n" for number in range(1, 31)),
    "long": "x" * 100 + "\nshort\ttab\n",
    "nonl": "no newline",
}
DOWN, UP, RIGHT, HOME, END = "\x1bOB", "\x1bOA", "\x1bOC", "\x1bOH", "\x1bOF"
CASES = [
    ("nano abc", [DOWN, "zz", "\x03", "\x7f", "\x05", "!", HOME, "\x04"]),
    ("nano abc", ["\x0b", "\x0b", DOWN, "\x15", "\x15"]),
    ("nano abc", ["\x17mm\r", "\x17\r", "\x17zzz\r"]),
    ("nano new", ["a", "\r", "b", "\x0f\r"]),
    ("nano s30", ["\x16", "\x16", "\x19", "\x1f20\r", "\x1b/", "\x1b\\"]),
    ("nano long", [END, UP, HOME, DOWN, "\x05"]),
    ("nano nonl", ["\x05", "!"]),
    ("nano abc", ["x", "\x18", "\x03", "\x18"]),
    ("nano -l abc", [DOWN]),
    ("nano +2,3 abc", []),
    ("nano", ["hi"]),
]


@pytest.fixture
def edit(make_dialogue, tmp_path):
    """Edit a file by keys; give what is in it afterwards."""

    def run(text, keys, command="nano f"):
        (tmp_path / "f").write_text(text)
        dialogue = make_dialogue(workspace=tmp_path, folder="")
        now_ns = dialogue.host.kernel.now_ns
        for number, key in enumerate([*keys, "\x18"], 1):
            dialogue.press(key.encode(), now_ns + number * 100_000_000)
        dialogue.enter(command)
        dialogue.finish()
        shown = dialogue.take_output()
        return dialogue.type("cat f").replace("\r\n", "\n"), shown

    return run


@pytest.mark.slow  # a host for each line
def test_screens(make_dialogue, tmp_path):
    """nano's screen is the real one's after each key."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    compare_screens("test_nano.screens", make_dialogue, tmp_path, CASES, (80, 14))


@pytest.mark.parametrize(
    ("text", "keys", "result"),
    [
        ("one\ntwo\n", ["X", "\x0f", "\n"], "Xone\ntwo\n"),
        ("one\ntwo\n", ["X", "\x18", "n"], "one\ntwo\n"),
        ("one\ntwo\n", ["X", "\x18", "y", "\n"], "Xone\ntwo\n"),
        ("one\ntwo\n", ["\x0b", DOWN, "\x15", "\x0f", "\n"], "two\none\n"),
        ("one\ntwo\n", ["\x0b", "\x1bu", "\x0f", "\n"], "one\ntwo\n"),
        ("one\ntwo\n", ["a", "b", "\x1bu", "\x1be", "c", "\x0f", "\n"], "abcone\ntwo\n"),
        ("one\ntwo\n", ["\x1ba", RIGHT, RIGHT, "\x0b", "\x05", "\x15", "\x0f", "\n"], "eon\ntwo\n"),
        ("one\n", ["\x1b6", "\x15", "\x0f", "\n"], "one\none\n"),
        ("a a\na\n", ["\x1c", "a\n", "bb\n", "a", "\x0f", "\n"], "bb bb\nbb\n"),
        ("a a\na\n", ["\x1c", "a\n", "b\n", "n", "y", "n", "\x0f", "\n"], "a b\na\n"),
        ("ab", ["\x05", "\n", "\x7f", "\x7f", "\x0f", "\n"], "a\n"),
        ("x\n", ["\x12", "f\n", "\x0f", "\n"], "x\nx\n"),
        ("\tin\n", ["\x05", "\n", "y", "\x0f", "\n"], "\tin\ny\n"),
    ],
)
def test_editing(edit, text, keys, result):
    """What keys do arrives in the file."""
    assert result == edit(text, keys)[0]


def test_view_mode_changes_nothing(edit):
    """-v refuses every change."""
    text, shown = edit("one\n", ["X"], "nano -v f")

    assert "one\n" == text
    assert "Key is invalid in view mode" in shown


def test_a_file_that_cannot_be_written(edit):
    """What cannot be written is told, and nothing is lost."""
    _, shown = edit("x\n", ["y", "\x0f", "\x0b", "/proc/none\n", "\x18", "n"])

    assert "[ Error writing /proc/none: " in shown


def test_vi_says_what_it_is(edit):
    """vi and vim open the same editor, and tell how to leave it."""
    assert "[ vi is not here: this is nano; ^X leaves ]" in edit("x\n", [], "vi f")[1]
    assert "[ vim is not here: " in edit("x\n", [], "vim f")[1]


def test_without_a_terminal(sh):
    """nano needs a terminal."""
    result = sh("echo x | nano f")

    assert (1, "Standard input is not a terminal\n") == (result.status, result.err)


def test_ctrl_z_and_c_are_keys(edit):
    """Ctrl-C tells where the cursor is, and ends nothing."""
    assert "[ line  1/2 (50%), col  1/ 4 ( 25%), char  0/4 ( 0%) ]" in edit("one\n", ["\x03"])[1]
