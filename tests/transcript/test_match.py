"""Expected lines: what they match, how output is written as such, and the difference of the two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vshell.transcript import match
from vshell.transcript.edit import entry_text
from vshell.transcript.format import parse_yaml
from vshell.transcript.match import (
    ANY_LINES,
    PatternError,
    as_lines,
    check_pattern,
    diff,
    matches,
    with_escaped_start,
)

# Arbitrary text, with a weight on what could be misread.
MARKED = [
    "...",
    " (re)",
    " (glob)",
    " (esc)",
    " (no-eol)",
    "a*",
    "a?",
    "\\",
    "\\x41",
    "\\U0001f600",
]
ODD = [
    "\x00",
    "\x1b",
    "\r",
    "\t",
    " ",
    "\x7f",
    "\x85",
    "\xa0",
    "\u2028",
    "\ufeff",
    "\udc80",
    "\ud800",
]
SPECIAL = [
    "|",
    "- ",
    "# c",
    ": ",
    "'",
    '"',
    "{",
    "%",
    "---",
    "$ ls",
    "> x",
    "```",
    "é",
    "😀",
    "a",
    "b",
]
PIECES = st.one_of(st.sampled_from([*MARKED, *ODD, *SPECIAL, "\n", "\n"]), st.text(max_size=3))
OUTPUTS = st.lists(PIECES, max_size=12).map("".join)
# Few different lines, so that they meet often.
LETTERS = st.sampled_from(["a", "b", "c"])
LINES = st.lists(LETTERS, max_size=7)
EXPECTED = st.lists(
    st.sampled_from(["a", "b", "c", ANY_LINES, "[ab] (re)", "? (glob)"]), max_size=6
)
HARD = settings(derandomize=True, deadline=None, max_examples=400)


# -- Output as expected lines ---------------------------------------------------------------------


@pytest.mark.slow  # a property test
@HARD
@given(OUTPUTS)
def test_output_matches_itself(output):
    """What as_lines() writes is accepted as a pattern and matches the output."""
    lines = as_lines(output)
    for line in lines:
        check_pattern(line)

    assert matches(lines, lines)


@pytest.mark.slow  # a property test
@HARD
@given(OUTPUTS, OUTPUTS)
def test_output_matches_nothing_else(one, other):
    """Two outputs have matching lines only if they are equal."""
    assert (one == other) == matches(as_lines(one), as_lines(other))


@pytest.mark.slow  # a property test
@HARD
@given(OUTPUTS)
def test_output_survives_yaml(output):
    """A step written with output as its block reads back as the same lines, whatever it is."""
    lines = as_lines(output)
    keys = {"run": "cat"} | ({"out": lines} if lines else {})
    step = parse_yaml("steps:\n" + entry_text(keys) + "- run: ls\n", "x").steps[0]

    assert matches(step.out, lines)
    assert matches(lines, as_lines(output))


@pytest.mark.slow  # a property test
@HARD
@given(OUTPUTS)
def test_written_lines_are_visible(output):
    """No written line holds a control character, or blanks at its end that an editor would take."""
    for line in as_lines(output):
        assert line.replace("\t", "").isprintable()
        assert line == line.rstrip()


@pytest.mark.slow  # a property test
@HARD
@given(OUTPUTS)
def test_an_escaped_start_means_the_same(output):
    """with_escaped_start() changes what a line begins with, not what it stands for."""
    for line in as_lines(output):
        again = with_escaped_start(line)
        assert again.startswith(("\\", " (esc)"))
        assert matches([again], [line])


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        ("", ()),
        ("\n", ("",)),
        ("a\n\n", ("a", "")),
        ("a", ("a (no-eol)",)),
        ("a\nb", ("a", "b (no-eol)")),
        ("...\n", ("\\x2e.. (esc)",)),
        ("...", ("... (no-eol)",)),
        ("a (re)\n", ("\\x61 (re) (esc)",)),
        ("é (glob)\n", ("\\u00e9 (glob) (esc)",)),
        ("a \n", ("a\\x20 (esc)",)),
        ("a\tb\t\n", ("a\tb\\t (esc)",)),
        ("\x1b[1m\\\n", ("\\x1b[1m\\\\ (esc)",)),
        ("a\r\n", ("a\\r (esc)",)),
        ("\udcff\n", ("\\xff (esc)",)),
        ("\U0010ffff\n", ("\\U0010ffff (esc)",)),
        ("C:\\new\n", ("C:\\new",)),
    ],
)
def test_how_output_is_written(output, lines):
    """Plain lines stay as they are; what nobody could see is escaped."""
    assert lines == as_lines(output)


# -- Patterns -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "actual", "agrees"),
    [
        ("a.c (re)", "abc", True),
        ("a.c (re)", "abcd", False),
        ("a*c (glob)", "a.*c", True),
        ("a?c (glob)", "ac", False),
        ("a\\*c (glob)", "a*c", True),
        ("a\\*c (glob)", "abc", False),
        ("a[b]c (glob)", "a[b]c", True),
        ("*** (glob)", "", True),
        ("a\\ (glob)", "a\\", True),
        ("\\e[1m (esc)", "\\x1b[1m (esc)", True),
        ("\\q (esc)", "\\\\q (esc)", True),
        ("\\x1b.* (re)", "\\x1b[1m (esc)", True),
        ("a (no-eol)", "a", False),
        ("a", "a (no-eol)", False),
        ("a.* (re) (no-eol)", "abc (no-eol)", True),
        ("a.* (re) (no-eol)", "abc", False),
        ("... (no-eol)", "abc (no-eol)", False),
        ("", "", True),
    ],
)
def test_one_line(expected, actual, agrees):
    """Each mark loosens its own line, and the end of the output is part of the line."""
    assert agrees == matches([expected], [actual])


@pytest.mark.parametrize("bad", ["( (re)", "* (re)", "a{2,1} (re)", "\\UFFFFFFFF (esc)"])
def test_a_bad_pattern_is_an_error(bad):
    """A pattern that can match nothing is refused."""
    with pytest.raises(PatternError):
        check_pattern(bad)


def matches_by_trying(expected, actual):
    """Tell the same as matches() by trying all that ``...`` could stand for."""
    if not expected:
        return not actual
    if expected[0] == ANY_LINES:
        return any(matches_by_trying(expected[1:], actual[n:]) for n in range(len(actual) + 1))
    return (
        bool(actual)
        and matches([expected[0]], [actual[0]])
        and matches_by_trying(expected[1:], actual[1:])
    )


@pytest.mark.slow  # a property test
@HARD
@given(EXPECTED, LINES)
def test_three_dots_stand_for_any_lines(expected, actual):
    """matches() agrees with trying out everything."""
    assert matches_by_trying(expected, actual) == matches(expected, actual)


def test_a_pattern_that_never_ends_is_an_error(monkeypatch):
    """A regular expression that explodes is interrupted; the difference is shown all the same."""
    monkeypatch.setattr(match, "_PATTERN_SECONDS_MAX", 0.05)
    monkeypatch.setattr(match, "_TOO_SLOW", set())
    expected, actual = ["(a+)+b (re)"], ["a" * 60]

    with pytest.raises(PatternError, match="takes too long"):
        matches(expected, actual)
    assert ["@@ -1 +1 @@", "-(a+)+b (re)", "+" + "a" * 60] == diff(expected, actual)


def test_hundred_thousand_lines_are_compared():
    """Long outputs are compared line by line, not pair by pair."""
    lines = as_lines("".join(f"line {n}\n" for n in range(100_000)))
    changed = [*lines[:50_000], "other", *lines[50_001:]]

    assert matches([ANY_LINES, "line \\d+ (re)", *lines[99_990:]], lines)
    assert ["@@ -50000 +50000 @@", " line 49999", "-other", "+line 50000", " line 50001"] == diff(
        changed, lines, context=1
    )


def test_long_texts_without_likeness_are_replaced_whole():
    """Where an alignment would take too long, the middle is shown as replaced."""
    old, new = [f"a{n}" for n in range(3000)], [f"b{n}" for n in range(3000)]
    shown = diff(["first", *old], ["first", *new])

    expected = ["@@ -1 +1 @@", " first", *(f"-{one}" for one in old), *(f"+{one}" for one in new)]
    assert expected == shown


# -- The difference -------------------------------------------------------------------------------


@pytest.mark.slow  # a property test
@HARD
@given(EXPECTED, LINES)
def test_the_difference_leads_from_one_to_the_other(expected, actual):
    """Its " " and "+" lines are the output; without "+", it is what was expected."""
    shown = diff(expected, actual, context=100)
    if not shown:
        assert matches(expected, actual)
        return
    body = shown[1:]

    assert not matches(expected, actual)
    assert actual == [line[1:] for line in body if line[0] in " +"]
    kept = [line[1:] for line in body if line[0] == " "]
    gone = [line[1:] for line in body if line[0] == "-"]
    assert can_be_split(expected, kept, gone)


def can_be_split(expected, kept, gone):
    """Tell whether expected lines are those gone and, in between, patterns of those kept."""
    if not expected:
        return not kept and not gone
    first, rest = expected[0], expected[1:]
    if gone and gone[0] == first and can_be_split(rest, kept, gone[1:]):
        return True
    if first == ANY_LINES:
        return any(can_be_split(rest, kept[n:], gone) for n in range(len(kept) + 1))
    return bool(kept) and matches([first], kept[:1]) and can_be_split(rest, kept[1:], gone)


@pytest.mark.slow  # a property test
@HARD
@given(st.lists(LETTERS, max_size=12), st.lists(LETTERS, max_size=12), st.integers(0, 3))
def test_hunks_stand_at_their_lines(expected, actual, context):
    """Applying the hunks at the lines they name turns the expected lines into the output."""
    out, at = [], 0
    for line in diff(expected, actual, context):
        if line.startswith("@@"):
            old, new = (int(word[1:]) - 1 for word in line.split()[1:3])
            out += expected[at:old]
            at = old
            assert new == len(out)
        elif line[0] == "+":
            out.append(line[1:])
        else:
            assert expected[at] == line[1:]
            out += [line[1:]] * (line[0] == " ")
            at += 1

    assert actual == out + expected[at:]


def test_the_difference_names_the_files_lines():
    """The first expected line's number counts the old lines of every hunk."""
    expected = ["a", *"bcdefghijk"]
    actual = ["A", *"bcdefghij", "K"]

    assert ["@@ -20 +20 @@", "-a", "+A", " b", "@@ -29 +29 @@", " j", "-k", "+K"] == diff(
        expected, actual, context=1, first=20
    )
