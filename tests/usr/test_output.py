"""Programs whose output cannot be written, whose options are wrong, whose input is large."""

from __future__ import annotations

import pytest

FULL = "write error: No space left on device"
# How a program is called, and what the real one says and gives when the disk is full.
PRINTING = {
    **dict.fromkeys(("cat f", "date", "od f", "hexdump f", "cut -c 1 f", "uniq f"), (FULL, 1)),
    **dict.fromkeys(("head f", "tail f", "seq 3", "tr a b < f", "rev f", "nl f"), (FULL, 1)),
    **dict.fromkeys(("paste f", "fold f", "comm f f", "tac f", "stat f", "df"), (FULL, 1)),
    **dict.fromkeys(("realpath f", "basename f", "column f"), (FULL, 1)),
    **dict.fromkeys(("ls", "grep a f", "printenv"), (FULL, 2)),
    **dict.fromkeys(("wc f", "du", "sha256sum f"), ("write error", 1)),
    "xxd f": ("No space left on device", 3),
    "sed p f": ("couldn't flush stdout: No space left on device", 4),
    "sort f": ("fflush failed: 'standard output': No space left on device", 2),
    "diff f /dev/null": ("standard output: No space left on device", 2),
    "find .": ("\u2018standard output\u2019: No space left on device", 1),
}
SILENT = {"strings f": 0, "file f": 1, "less f": 0, "more f": 0}
ENDLESS = ("yes", "yes | cat", "yes | sed s/y/x/", "yes | grep y", "yes | tr y z", "yes | nl")
WRONG = {
    "cut": 1,
    "date": 1,
    "diff": 2,
    "cmp": 2,
    "find": 1,
    "grep": 2,
    "hexdump": 1,
    "ls": 2,
    "md5sum": 1,
    "od": 1,
    "sort": 2,
    "tail": 1,
    "xargs": 1,
}


def test_full_disk_is_told(sh):
    """Programs tell that their output cannot be written, in the words of the real ones."""
    commands = [*PRINTING, *SILENT]
    result = sh("echo abcd > f\n" + "\n".join(f"{one} > /dev/full; echo $?" for one in commands))

    told = [f"{one.split()[0]}: {text}" for one, (text, _) in PRINTING.items()]
    assert told == result.err.splitlines()
    statuses = [*(status for _, status in PRINTING.values()), *SILENT.values()]
    assert statuses == [int(line) for line in result.out.splitlines()]


@pytest.mark.parametrize("command", ENDLESS)
def test_closed_pipe_ends_quietly(sh, command):
    """A program whose reader has gone ends without a word."""
    result = sh(f"{command} | head -n 2 | wc -l")

    assert "2\n" == result.out
    assert "" == result.err


def test_wrong_options_are_refused(sh):
    """A wrong option is named, --help pointed to, and the exit code is the real one's."""
    script = "\n".join(f"{name} --no-such-option x; echo {name} $?" for name in WRONG)
    result = sh(script)

    assert [f"{name} {status}" for name, status in WRONG.items()] == result.out.splitlines()
    for name in set(WRONG) - {"find"}:
        assert f"{name}: unrecognized option '--no-such-option'\n" in result.err
        assert f"Try '{name} --help' for more information.\n" in result.err
    assert "find: unknown predicate `--no-such-option'\n" in result.err


@pytest.mark.slow  # the size is what is tested
def test_large_files(sh):
    """Files of megabytes and a hundred thousand lines go through the tools."""
    big = "yes abcdefghi | head -c 4000000 > big"
    result = sh(
        f"{big}; cat big | wc -c; grep -c def big; tr a b < big | head -n 1; cut -c 1 big | wc -l;"
        "md5sum < big; seq 100000 | sort -rn | head -n 1; cp big b2; cmp big b2; echo $?"
    )

    assert result.out.splitlines() == [
        "4000000",
        "400000",
        "bbcdefghi",
        "400000",
        "d8b35d5f4deeabdbaca6b609c7a49e9e  -",
        "100000",
        "0",
    ]
