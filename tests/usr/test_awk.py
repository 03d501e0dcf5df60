"""awk, compared with mawk: what tutorials use, and what they leave out."""

from __future__ import annotations

import os

FILES = {
    "staff": "Beth 4.00 0\nDan 3.75 0\nKathy 4.00 10\nMark 5.00 20\nMary 5.50 22\nSusie 4.25 18\n",
    "passwd": "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n"
    "ann:x:1000:1000:Ann,,,:/home/ann:/bin/bash\n",
    "words": "the quick brown fox\njumps over\n\nthe lazy dog\n  leading blank\n",
    "csv": "name,qty,price\nbolt,10,0.25\nnut,200,0.10\n,,\n",
    "log": "[    1.000000] a: start\n[    2.500000] b: tick 1\n[    3.000000] b: tick 2\nplain\n",
    "nums": "10\n9\n-3\n2.5\n1e2\n0x10\nabc\n",
    "blocks": "\n\nname: a\nage: 1\n\n\nname: b\nage: 2\n",
    "prog.awk": "# sums\nfunction add(a, b) {\n  return a + b\n}\n{ s = add(s, $3) }\n"
    "END { print s }\n",
    "multi.awk": 'BEGIN { # comment\n  x = 1 ; ; y = 2\n  if (x &&\n      y)\n    print "both",\n'
    '      x\n  else\n    print "no"\n  print "con\\\ntinued" \\\n    , 2\n}\n\n\nEND { exit 2 }\n',
    "bad.awk": "BEGIN {\n  x = 1 +\n}\n",
    "bytes": "h\u00e9llo w\u00f6rld\n\u65e5\u672c\n",
    "dir/": "",
}
_TABLES = os.path.join(os.path.dirname(__file__), "awk_cases.txt")


def _table(name: str) -> str:
    with open(_TABLES, encoding="utf-8") as file:
        return file.read().partition(f"#: {name}\n")[2].partition("\n#: ")[0]


def test_fields_and_patterns(both):
    """awk chooses and splits lines as the real one does."""
    both("mawk", _table("fields_and_patterns"), FILES)


def test_expressions(both):
    """Numbers, strings, comparisons and operators are mawk's."""
    both("mawk", _table("expressions"), FILES)


def test_substitution_and_splitting(both):
    """Function calls sub, gsub, split and sprintf give what mawk's give."""
    both("mawk", _table("substitution_and_splitting"), FILES)


def test_programs(both):
    """Arrays, loops, functions and whole programs do what they do in mawk."""
    both("mawk", _table("programs"), FILES)


def test_complaints(both):
    """What is wrong with a program or a command line is told in mawk's words."""
    both("mawk", _table("complaints"), FILES)


def test_a_loop_can_be_interrupted(make_dialogue):
    """Ctrl-C ends a program that computes forever."""
    dialogue = make_dialogue()
    dialogue.press(b"\x03", dialogue.host.kernel.now_ns + 1_000_000_000)

    assert "^C" in dialogue.type("awk 'BEGIN {while (1) n++}'")
    assert "130" in dialogue.type("echo $?")


def test_awk_reads_a_terminal_line_by_line(make_dialogue):
    """awk acts upon each line as it is typed."""
    dialogue = make_dialogue()
    now_ns = dialogue.host.kernel.now_ns
    dialogue.press(b"a b\n", now_ns + 1_000_000_000)
    dialogue.press(b"\x04", now_ns + 2_000_000_000)

    assert "a b\nb\n" in dialogue.type("awk '{print $2}'").replace("\r", "")
