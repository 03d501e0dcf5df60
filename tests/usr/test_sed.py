"""sed: addresses, commands, scripts, editing in place, complaints."""

from __future__ import annotations

import os

import pytest

FILES = {
    "f": "one\ntwo\nthree\n",
    "u": "one\ntwo\nthree",
    "e": "",
    "t": "  lead\ttab  \nfoo=bar\n\n\nfoo=baz # c\n[sec]\nx/y/z\n\"q\" 'r'\nh\u00e9llo\n",
    "n": "".join(f"{number}\n" for number in range(1, 13)),
    "scr": "k\np\n",
    "scr2": "p\nk\n",
    "scr3": "#n\np\n",
    "scr4": "a\\\nfoo\n",
    "scr5": "# comment\n/one/{\n  s/o/0/ # more\n  p\n}\n$!d\n",
    "d/": "",
}
TABLE = os.path.join(os.path.dirname(__file__), "sed_cases.txt")


@pytest.mark.slow  # a hundred command lines, by the real tools too
def test_sed(both):
    """sed edits and complains as the real one, for each line of the table."""
    with open(TABLE, encoding="utf-8") as file:
        both("sed", file.read(), FILES)
