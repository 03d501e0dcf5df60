"""The recordings of a real kernel, replayed on Python twins of their modules.

``compare.py`` says how; ``python -m tests.conformance`` shows the table.
"""

from __future__ import annotations

import pytest

from tests.conformance.compare import NAMES, Deviation, compare, compare_texts, stale
from tests.conformance.normalise import Own, Rule
from tests.conformance.table import (
    DEVIATING_MAX,
    README,
    block,
    replace_block,
    table,
    total,
)


@pytest.mark.parametrize("name", NAMES)
def test_recording(name):
    """What was recorded on a real kernel happens here, line by line and in the same time."""
    differences = compare(name).differences

    assert () == differences, "\n".join(differences)


@pytest.mark.slow  # runs all recordings
def test_few_lines_deviate():
    """Of all lines at most three in a hundred differ on purpose."""
    summed = total([compare(name) for name in NAMES])

    assert summed.deviating <= DEVIATING_MAX * summed.lines


@pytest.mark.slow  # runs all recordings
def test_nothing_listed_is_stale():
    """Every rule and every deviation is needed by a recording."""
    assert [] == stale()


@pytest.mark.slow  # runs all recordings
def test_the_readme_says_so():
    """The README's table is today's; ``python -m tests.conformance --page`` writes it."""
    text = README.read_text()

    assert text == replace_block(text, block([compare(name) for name in NAMES]))


# -- The comparison itself ------------------------------------------------------------------------


def counts(recorded, shown, own=None, listed=()):
    """Compare two texts; give how many lines are equal, normalised, deviating and wrong."""
    found = compare_texts("", recorded, shown, own or Own(), list(listed))
    return found.equal, found.normalised, found.deviating, found.wrong


def test_lines_are_counted_by_kind():
    """A line counts once: as it stands, after normalising, on purpose, or wrong."""
    recorded = "same\n[    1.000000] stamped\nrc=127\nwrong\nleft\n ? residue+0x1/0x2\n"
    shown = "same\n[    2.000000] stamped\nrc=1\nother\nleft\n"

    listed = [Deviation("why", recorded="rc=127", shown="rc=1")]
    assert (2, 2, 1, 1) == counts(recorded, shown, None, listed)


def test_a_deviation_holds_on_its_side_only():
    """A line may stand in the recording only, not here, if that is what is listed."""
    listed = [Deviation("why", recorded="extra")]

    assert (1, 0, 1, 0) == counts("a\nextra\n", "a\n", None, listed)
    assert (1, 0, 0, 1) == counts("a\n", "a\nextra\n", None, listed)


def test_durations_are_compared_in_jiffies():
    """A sleep may differ by the width of its wheel level's bucket and a slow machine's two."""
    assert (0, 1, 0, 0) == counts("ev waited=64\n", "ev waited=74\n")
    assert (0, 0, 0, 1) == counts("ev waited=64\n", "ev waited=75\n")
    assert (0, 0, 0, 1) == counts("ev waited=10\n", "ev waited=13\n")


def test_neighbours_without_order_are_sorted():
    """Lines of two CPUs may come in either order."""
    own = Own(unordered="id=")

    assert (3, 0, 0, 0) == counts("a\nid=1\nid=2\n", "a\nid=2\nid=1\n", own)
    assert 0 < counts("a\nid=1\nid=2\n", "a\nid=2\nid=1\n")[3]


def test_what_is_needed_is_remembered():
    """A rule that found something is known, so that stale ones can be named."""
    rule, other = Rule("x+", "X", "why"), Rule("y+", "Y", "why")
    found = compare_texts("", "xxx\n", "x\n", Own(rules=(rule, other)), [])

    assert {rule} == found.used
    assert "total" in table([found])
