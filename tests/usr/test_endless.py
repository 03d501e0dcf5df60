"""What never ends can be ended, and what wants all memory does not get it."""

from __future__ import annotations

import pytest

ENDLESS = {
    "sed that loops": ("timeout 0.3 sed ':a;ba' /etc/passwd; echo $?", "124\n", ""),
    "awk that loops": ("timeout 0.3 awk 'BEGIN { while (1) i++ }'; echo $?", "124\n", ""),
    "a text of awk that doubles": (
        "awk 'BEGIN { x = \"a\"; while (1) x = x x }'; echo $?",
        "2\n",
        'awk: run time error: out of memory\n\tFILENAME="" FNR=0 NR=0\n',
    ),
    "a line that never ends": (
        "sort /dev/zero; echo $?",
        "2\n",
        "sort: read failed: /dev/zero: Cannot allocate memory\n",
    ),
    "a file that never ends": (
        "tac /dev/zero; echo $?",
        "1\n",
        "tac: failed to open '/dev/zero' for reading: Cannot allocate memory\n",
    ),
    "a shell that loops in the background": (
        "while :; do :; done & sleep 600; kill $!; cut -d. -f1 /proc/uptime",
        "700\n",
        "",
    ),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_it_ends(case, sh):
    """A program that would never end, or take all memory, ends in an orderly way."""
    command, out, err = ENDLESS[case]

    result = sh(command)

    assert (out, err) == (result.out, result.err)
