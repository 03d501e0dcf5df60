"""less, more and watch."""

from __future__ import annotations

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


def test_less_on_a_terminal(make_dialogue, tmp_path):
    """less and more show everything at once on a terminal, where more squeezes blank lines."""
    (tmp_path / "t").write_text("a\n\n\nb\n")
    dialogue = make_dialogue(workspace=tmp_path)

    assert "a\n\n\nb\n" in dialogue.type("less t").replace("\r\n", "\n")
    assert "a\n\nb\n" in dialogue.type("more -s t").replace("\r\n", "\n")
    assert "::::" not in dialogue.type("more t")
    assert "Missing filename" in dialogue.type("less")
