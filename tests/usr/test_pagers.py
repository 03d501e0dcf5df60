"""less, more and watch."""

from __future__ import annotations

import pytest

from tests.usr.screens import compare_screens

LESS_FILES = {
    "dir/": "",
    "a": "hi\n",
    "c": "\n\n\nx\n",
    "e": "",
    "st": b"abc\x00defgh\nij\tklm\x00\x01longer one\xffx\x00ab",
}
LESS = r"""
less nofile
less a c
less dir
echo hi | less
less e
less -R a
less < a
less -V | head -n 1
"""

MORE_FILES = {
    "dir/": "",
    "a": "hi\n",
    "c": "\n\n\nx\n",
    "e": "",
    "st": b"abc\x00defgh\nij\tklm\x00\x01longer one\xffx\x00ab",
}
MORE = r"""
more a
more a c
more nofile
more dir
more -s c
more -Z a
echo hi | more
more e
more -V
"""


def test_less(both):
    """less that does not print on a terminal copies, as the real one."""
    both("less", LESS, LESS_FILES)


def test_more(both):
    """more that does not print on a terminal copies, as the real one."""
    both("util-linux", MORE, MORE_FILES)


def test_watch_repeats(sh):
    """watch clears the screen, shows a header and the output, and waits two seconds."""
    result = sh("timeout 3 watch 'date +%s'; echo $?")

    header = "\x1b[H\x1b[2JEvery 2.0s: date +%s"
    shows = result.out.split(header)
    assert "" == shows[0]
    assert 3 == len(shows)
    first, second = (show.splitlines() for show in shows[1:])
    assert first[0].lstrip().startswith("test-V520-15IKL: Mon Mar 18 10:01:4")
    assert 80 == len("Every 2.0s: date +%s" + first[0])
    assert "" == first[1]
    assert 2 == int(second[2]) - int(first[2])
    assert "124" == second[3]


def test_watch_ends(sh):
    """watch ends by itself when the output changes, stays the same, or the command fails."""
    assert "0\n" == sh("watch -g -t date > /dev/null; echo $?").out
    assert "0\n" == sh("watch -q 2 -t echo x > /dev/null; echo $?").out
    assert "8\n" == sh("watch -e -t false > /dev/null; echo $?").out


def test_watch_marks_changes(sh):
    """watch -d shows in reverse what is not as it was."""
    result = sh("echo 10 > n; watch -n 1 -d -t -q 1 'cat n; echo 12 > n'")

    assert ["", "10\n", "1\x1b[7m2\x1b[27m\n", "12\n"] == result.out.split("\x1b[H\x1b[2J")


def test_watch_refuses(sh):
    """watch says what is wrong with its options."""
    result = sh("watch -n x ls; echo $?; watch -Z 2>&1 | head -n 3")

    assert "watch: failed to parse argument: 'x': Invalid argument\n" == result.err
    assert "1\nwatch: invalid option -- 'Z'\n\nUsage:\n" == result.out


def test_ctrl_c_ends_watch(make_dialogue):
    """Ctrl-C ends watch and gives the prompt back."""
    dialogue = make_dialogue()
    dialogue.press(b"\x03", dialogue.host.kernel.now_ns + 5_000_000_000)
    shown = dialogue.type("watch -t echo hi")

    assert 3 == shown.count("hi\n") or 3 == shown.count("hi\r\n")
    assert "0" in dialogue.type("echo $?")


PAGES = {
    "s30": "".join(f"{number}\n" for number in range(1, 31)),
    "s2": "a\nb\n",
    "s9": "".join(f"{number}\n" for number in range(1, 10)),
    "words": "one two\nthree four\nfive\n" * 9,
    "long": "x" * 100 + "\nshort\n" + "".join(f"{'y' * 50}{n}\n" for n in range(9)),
    "odd": "tab\there\nbell\x07\nbo\bold _\bu\n\x1b[31mred\x1b[m\n",
    "empty": "",
}
LESS_KEYS = [
    ("less s30", [" ", "j", "b", "G", "g", "k", "5j", "d", "u", "u"]),
    ("less s30", ["\x1bOB", "\x1bOA", "\x1b[6~", "\x1b[5~", "\x06", "\x02", "\n", "y", "e"]),
    ("less s30", ["12g", "3k", "100G", "\n", "G", "j", " ", "20p"]),
    ("less s30", ["/25\n", "n", "\n", "N", "g", "/2\n", "n", "n", "N", "?1\n", "n"]),
    ("less s30", ["/none\n", "\n", "/(\n", "\n", "="]),
    ("less s2", [" ", "j", "k", "="]),
    ("less s9", [" ", "g"]),
    ("less empty", [" "]),
    ("less words", ["/three\n", "n", "n", "N", "\x1bu", "3n"]),
    ("less s2 s30", [" ", ":n", " ", ":n", "\n", ":p"]),
    ("less long", ["j", "j", "j", "k", "G"]),
    ("less -S long", ["j", "G"]),
    ("less -N s30", [" ", "G"]),
    ("less odd", []),
    ("less -R odd", []),
    ("less -X s30", [" ", "q"]),
    ("less -F s2", []),
    ("less +20 s30", []),
    ("less +/15 s30", ["n"]),
    ("less +G s30", ["k"]),
    ("less -p 12 s30", []),
    ("less -i words", ["/THREE\n", "n"]),
    ("less nofile", []),
    ("cat s30 | less", [" ", "=", "\n", "G", "g"]),
    ("less < s30", [" ", "G"]),
]
MORE_KEYS = [
    ("more s30", [" ", "\n", "b", " ", " ", " "]),
    ("more s30", ["q"]),
    ("more s2", []),
    ("more s2 s30", [" "]),
    ("more s30", ["d", "s", "q"]),
    ("more -5 s30", [" ", "\n"]),
    ("more +20 s30", [" "]),
    ("cat s30 | more", [" ", "q"]),
    ("more long", [" "]),
    ("more empty", []),
    ("more -d s30", []),
]


def _pages(folder):
    for name, text in PAGES.items():
        (folder / name).write_text(text)


@pytest.mark.slow  # a host for each line
def test_less_on_a_terminal(make_dialogue, tmp_path):
    """less shows on a terminal what the real one shows after each key."""
    _pages(tmp_path)
    compare_screens("test_pagers.less_screens", make_dialogue, tmp_path, LESS_KEYS)


@pytest.mark.slow  # a host for each line
def test_more_on_a_terminal(make_dialogue, tmp_path):
    """more shows on a terminal what the real one shows after each key."""
    _pages(tmp_path)
    compare_screens("test_pagers.more_screens", make_dialogue, tmp_path, MORE_KEYS)


def _at(dialogue, seconds, keys):
    """Press keys so many seconds from now."""
    dialogue.press(keys, dialogue.host.kernel.now_ns + int(seconds * 1_000_000_000))


def test_less_leaves_the_terminal_as_it_was(make_dialogue, tmp_path):
    """After q the prompt reads lines again, and Ctrl-C does not leave."""
    _pages(tmp_path)
    dialogue = make_dialogue(workspace=tmp_path, folder="")
    _at(dialogue, 1, b"\x03")
    _at(dialogue, 2, b"G")
    _at(dialogue, 3, b"q")

    shown = dialogue.type("less s30")
    assert "(END)" in shown
    assert shown.endswith("\x1b[?1049l\x1b[23;0;0t")
    _at(dialogue, 1, b"typed\n")
    assert "typed\n" in dialogue.type("head -n 1").replace("\r\n", "\n")


def test_less_can_be_stopped_and_goes_on(make_dialogue, tmp_path):
    """Ctrl-Z stops less; fg shows its page again, and keys are its own again."""
    _pages(tmp_path)
    dialogue = make_dialogue(workspace=tmp_path, folder="")
    _at(dialogue, 1, b"\x1a")

    assert "Stopped" in dialogue.type("less s30")
    _at(dialogue, 1, b"G")
    _at(dialogue, 2, b"q")
    assert "\n30\n" in dialogue.type("fg").replace("\r\n", "\n")


def test_less_follows_a_log(make_dialogue, tmp_path):
    """F shows what is appended to a file, until Ctrl-C."""
    (tmp_path / "log").write_text("first\n")
    dialogue = make_dialogue(workspace=tmp_path, folder="")
    dialogue.type("(sleep 3; echo second >> log) &")
    _at(dialogue, 5, b"\x03")
    _at(dialogue, 6, b"q")

    shown = dialogue.type("less +F log")
    assert "Waiting for data... (interrupt to abort)" in shown
    assert "second" in shown


def test_less_knows_the_size_of_the_window(make_dialogue, tmp_path):
    """A window that becomes smaller is filled anew."""
    _pages(tmp_path)
    dialogue = make_dialogue(workspace=tmp_path, folder="")
    start_ns = dialogue.host.kernel.now_ns
    dialogue.enter("less s30")
    dialogue.resize(40, 5, start_ns + 1_000_000_000)
    dialogue.wait_until(start_ns + 2_000_000_000)
    dialogue.take_output()
    _at(dialogue, 1, b"G")
    _at(dialogue, 2, b"q")
    dialogue.finish()

    assert "\x1b[H\x1b[2J27\n28\n29\n30\n" in dialogue.take_output().replace("\r\n", "\n")


def test_less_reads_no_more_than_it_shows(make_dialogue):
    """less shows the beginning of what never ends."""
    dialogue = make_dialogue()
    _at(dialogue, 1, b"q")

    assert 23 == dialogue.type("yes | less").replace("\r\n", "\n").count("y\n")
