from __future__ import annotations

import pytest

from tests.linux.play import evaluate, start
from vshell.kernel.oops import KernelPanic

VALUES = [
    ("INT_MAX", 2147483647),
    ("INT_MIN", -2147483648),
    ("UINT_MAX", 4294967295),
    ("LONG_MAX", 9223372036854775807),
    ("LONG_MIN", -9223372036854775808),
    ("ULONG_MAX", 18446744073709551615),
    ("ARRAY_SIZE([1, 2, 3])", 3),
    ("DIV_ROUND_UP(7, 2)", 4),
    ("DIV_ROUND_UP(8, 2)", 4),
    ("DIV_ROUND_UP(-8, 2)", -3),
    ("roundup(5, 8)", 8),
    ("roundup(16, 8)", 16),
    ("rounddown(15, 8)", 8),
    ("rounddown(16, 8)", 16),
    ("rounddown(-15, 8)", -8),
    ("clamp(5, 0, 3)", 3),
    ("clamp(-5, 0, 3)", 0),
    ("clamp(2, 0, 3)", 2),
    ("clamp(2, 5, 3)", 3),
    ('sprintf("%d-%d", 1, 2)', "1-2"),
    ('snprintf(5, "%s", "overflowing")', (11, "over")),
    ('snprintf(0, "%d", 12)', (2, "")),
    ('scnprintf(5, "%s", "overflowing")', (4, "over")),
    ('scnprintf(0, "%d", 12)', (0, "")),
    ('kstrtoint("077", 0)', (0, 63)),
    ('kstrtoint("077", 10)', (0, 77)),
    ('kstrtoint("-077", 10)', (0, -77)),
    ('kstrtoint("0x1f", 16)', (0, 31)),
    ('kstrtoint("1f\\n", 16)', (0, 31)),
    ('kstrtoint("17", 8)', (0, 15)),
    ('kstrtoint("18", 8)', (-22, 0)),
    ('kstrtoint("12a", 10)', (-22, 0)),
    ('kstrtoint("", 10)', (-22, 0)),
    ('kstrtoint(" 5", 16)', (-22, 0)),
    ('kstrtoint("2147483648", 10)', (-34, 0)),
    ('kstrtoint("80000000", 16)', (-34, 0)),
    ('sscanf("12 abc 0x1f", "%d %s %x")', (3, 12, "abc", 31)),
    ('sscanf("12 abc", "%d %d %d")', (1, 12, None, None)),
    ('sscanf("", "%d")', (0, None)),
    ('sscanf("-1,+2", "%d,%d")', (1, -1, None)),
    ('sscanf("-1", "%u")', (0, None)),
    ('sscanf("4294967295 256", "%d %hhu")', (2, -1, 0)),
    ('sscanf("010 0x10 10", "%i %i %i")', (3, 8, 16, 10)),
    ('sscanf("0x10 17 9", "%x %o %o")', (2, 16, 15, None)),
    ('sscanf("0x", "%x")', (1, 0)),
    ('sscanf("12345", "%2d%3d")', (2, 12, 345)),
    ('sscanf("abc", "%2s%c")', (2, "ab", "c")),
    ('sscanf("abc", "%2c")', (1, "ab")),
    ('sscanf("a 7", "%*s %d%n")', (1, 7, 3)),
    ('sscanf("50%!", "%d%%!")', (1, 50)),
    ('sscanf("50!", "%d%%!%d")', (1, 50, None)),
    ('sscanf("k=v", "%8[^=]=%8[a-z]")', (1, "k", None)),
    ('sscanf("k=va", "%8[^=]=%1[v]%c")', (3, "k", "v", "a")),
    ('sscanf("kk", "%[k]")', (0, None)),
    ('sscanf("x1", "y%d")', (0, None)),
    ('sscanf("1", "%q")', (0, None)),
    ('kstrtobool("yes")', (0, True)),
    ('kstrtobool("on")', (0, True)),
    ('kstrtobool("0")', (0, False)),
    ('kstrtobool("maybe")', (-22, False)),
]


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_small_helpers(bench, expression, value):
    """Arithmetic, text to number and number to text do what the C macros do."""
    assert value == evaluate(bench, expression)


def test_panic_stops_the_machine(bench):
    """panic() prints its text and where it was called, and ends everything."""
    with pytest.raises(KernelPanic, match="no 7"):
        start(bench, 'panic("no %d", 7)')

    log = bench.own_log()
    trace = log.index("Call Trace:")
    assert "Kernel panic - not syncing: no 7" == log[0]
    assert log[1].startswith("CPU: 0 PID: ")
    assert [" <TASK>", " dump_stack_lvl", " panic", " start"] == [
        line.split("+")[0] for line in log[trace + 1 : trace + 5]
    ]
    assert "---[ end Kernel panic - not syncing: no 7 ]---" == log[-1]


def test_might_sleep_lets_nobody_in_without_need(bench):
    """might_sleep() does nothing where nobody waits for the CPU."""
    assert [None, 0] == start(bench, "seen.append(might_sleep())\nseen.append(cond_resched())")
